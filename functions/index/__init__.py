"""The function `index`."""
