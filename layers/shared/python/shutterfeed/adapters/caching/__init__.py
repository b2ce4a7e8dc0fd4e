"""Caches that keep the heads of celebrities for seconds, so that fewer reads reach the table."""
