"""The function `thumbnail`."""
