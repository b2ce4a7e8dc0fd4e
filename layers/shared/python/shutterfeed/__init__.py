"""Shutterfeed: a photo- and video-sharing backend.

`domain` holds the rules, and `services` the use cases. `ports` says what they need from outside,
`adapters` implements that with AWS and Pillow, and `bootstrap` wires everything together.
"""
