"""The function `index_search`."""
