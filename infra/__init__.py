"""The CDK app: one construct per concern, and a stack that puts them together and grants rights."""
