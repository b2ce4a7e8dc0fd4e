"""Presigned upload to visible in a follower's feed, on a local cloud of its own, over HTTP.

The clock starts when the photo's bytes are on their way and stops when the follower's feed has the
post; the feed is asked every 20 ms, so a figure is at most that much too high. Functions are warm.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Final

from bench.figures import Figure
from tools.client import LOCAL_CONFIRMATION_CODE, Accounts, Api, Json, Photo, upload
from tools.cloud import LocalCloud
from tools.deploy import deploy
from tools.pictures import landscape

UPLOADS: Final = 50
_WARM_UP: Final = 5
_PASSWORD: Final = "Correct-horse-7-battery"  # noqa: S105 - of a cloud that ends with this run
_POLL_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 60.0


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(Path(folder) / "state")
        cloud.start()
        try:
            outputs = deploy(cloud.endpoint)
            people = [sign_up(cloud.endpoint, outputs, name) for name in ("author", "reader")]
            return _figures(_measured(*people))
        finally:
            cloud.stop()


def sign_up(endpoint: str, outputs: Mapping[str, str], handle: str) -> Api:
    """The API as somebody new sees it."""
    accounts = Accounts(endpoint, outputs["UserPoolClientId"])
    nobody = Api(outputs["ApiUrl"])
    email = f"{handle}@example.com"
    accounts.sign_up(email, _PASSWORD)
    accounts.confirm(email, LOCAL_CONFIRMATION_CODE)
    api = nobody.as_user(accounts.sign_in(email, _PASSWORD).access)
    api.edit_me(handle=handle)
    return api


def _measured(author: Api, reader: Api) -> list[float]:
    """Seconds from upload to visible, of each."""
    reader.follow("author")
    found = []
    for number in range(UPLOADS + _WARM_UP):
        print(f"\rupload {number + 1} of {UPLOADS + _WARM_UP}", end="", file=sys.stderr, flush=True)
        photo = Photo(landscape(number))
        created = author.create_post([photo])
        post_id: str = created["post"]["id"]
        start = time.perf_counter()
        answer = upload(created["uploads"][0], photo)
        if answer.status >= 400:
            raise RuntimeError(f"the upload was answered {answer.status}: {answer.body[:300]!r}")
        found.append(_until(lambda: reader.feed(limit=1), _shows(post_id), start))
    print(file=sys.stderr)
    return found[_WARM_UP:]


def _shows(post_id: str) -> Callable[[Json], bool]:
    return lambda feed: any(post["id"] == post_id for post in feed["items"])


def _until(read: Callable[[], Json], accepts: Callable[[Json], bool], start: float) -> float:
    while not accepts(read()):
        if time.perf_counter() - start > _PATIENCE_SECONDS:
            raise TimeoutError("the post did not appear in the feed")
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - start


def _figures(times: Sequence[float]) -> list[Figure]:
    cuts = quantiles(times, n=100, method="inclusive")
    return [
        Figure("upload to feed, p50", cuts[49], "s"),
        Figure("upload to feed, p95", cuts[94], "s", "<= 3"),
        Figure("upload to feed, slowest", max(times), "s"),
    ]
