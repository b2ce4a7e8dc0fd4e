"""The ports' implementations: the only code that imports AWS's SDK, Pillow or msgspec."""
