"""Strangers' files are parsed by children of a small process of its own, the decoder server."""
