"""The service's limits, from its OpenAPI document: `make openapi` writes this file.

The client knows them so that a file which cannot be taken is not read and sent first.
"""

from typing import Final

MAX_CAPTION: Final = 2_200
MAX_MEDIA: Final = 10
MAX_PAGE: Final = 100
MAX_PHOTO_BYTES: Final = 67_108_864
MAX_PLACE_NAME: Final = 100
MAX_SUGGESTIONS: Final = 20
MAX_VIDEO_BYTES: Final = 314_572_800
