"""The function `deliver`."""
