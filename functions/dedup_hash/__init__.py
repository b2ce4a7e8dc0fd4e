"""The function `dedup_hash`."""
