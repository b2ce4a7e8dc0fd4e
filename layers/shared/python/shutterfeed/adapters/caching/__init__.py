"""Caches that keep the recent posts of celebrities for seconds, so that fewer reads reach the
table."""
