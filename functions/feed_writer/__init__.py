"""The function `feed_writer`."""
