"""The rules of Shutterfeed: frozen dataclasses and pure functions, standard library only."""
