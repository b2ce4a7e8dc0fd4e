"""Pictures that look like people's photos, painted by rules: the demo's.

The same scene and seed give the same picture.
"""
