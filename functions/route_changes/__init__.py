"""The function `route_changes`."""
