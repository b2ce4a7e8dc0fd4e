"""The function `transcode`."""
