"""Celebrities' heads between the readers and the table, for seconds."""
