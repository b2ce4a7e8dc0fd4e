"""The function that makes the edge deny media."""
