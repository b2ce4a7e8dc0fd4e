"""Shutterfeed: a photo- and video-sharing backend.

`domain` holds the rules, `ports` what the use cases in `services` need from the outside,
`adapters` how AWS and Pillow give it, and `bootstrap` wires them together.
"""
