"""The function `publish`."""
