"""The CDK app: one construct per concern, a stack that composes and grants."""
