"""The function that builds exports."""
