"""The function `collect`."""
