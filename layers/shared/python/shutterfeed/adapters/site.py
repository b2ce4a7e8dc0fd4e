"""The web client's page in the bucket from which CloudFront serves it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from shutterfeed.ports.system import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE: Final = "index.html"
_KEPT: Final = timedelta(minutes=1)
"""How long a page is kept in memory. The files that an older page names are still there: a
deployment removes none of them."""


@dataclass(slots=True)
class S3SitePage:
    """`connect` makes the client only when it is needed, since few routes need it."""

    connect: Callable[[], S3Client]
    bucket: str
    clock: Clock
    _page: str = field(default="", init=False)
    _read_at: datetime | None = field(default=None, init=False)

    def read(self) -> str:
        now = self.clock.now()
        if self._read_at is None or not timedelta() <= now - self._read_at < _KEPT:
            answer = self.connect().get_object(Bucket=self.bucket, Key=PAGE)
            content = answer["Body"].read()
            # The local cloud's CloudFront compresses nothing, so the files are stored compressed.
            if answer.get("ContentEncoding") == "gzip":
                content = gzip.decompress(content)
            self._page, self._read_at = content.decode(), now
        return self._page
