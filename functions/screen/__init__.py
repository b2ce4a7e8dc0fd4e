"""The function `screen`."""
