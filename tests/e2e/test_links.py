"""Links to media, in front of real files: only good tokens open them, for anybody, until denied."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from operations import denials
from operations.deployment import Deployment as Stage
from shutterfeed.domain.links import signed_query
from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request
from tests import pictures
from tests.e2e.conftest import Deployment, Person, published
from tools import names, templates
from tools.deploy import LocalAws


def _status(url: str, method: str = "GET", **headers: str) -> int:
    return request(method, url, headers=headers).status_code


def _publish(author: Person, seed: int) -> Json:
    photo = Photo(pictures.jpeg(400, 300, seed=seed))
    return published(author.api, author.api.publish([photo]))


def _urls(post: Json) -> list[str]:
    return [rendition["url"] for rendition in post["media"][0]["renditions"]]


def _stage(stack: Deployment) -> Stage:
    return Stage(LocalAws(stack.endpoint).client, templates.LOCAL_STAGE, stack.outputs)


def _keys(stack: Deployment) -> list[str]:
    function = names.function(templates.LOCAL_STAGE, "api")
    client = LocalAws(stack.endpoint).client("lambda")
    settings = client.get_function_configuration(FunctionName=function)
    keys: str = settings["Environment"]["Variables"]["MEDIA_KEYS"]
    return keys.split(",")


def _parts(url: str) -> tuple[str, str, str]:
    """The address without its token, the blob and the medium."""
    address, _, query = url.partition("?")
    return address, urlsplit(url).path.split("/")[2], parse_qs(query)["m"][0]


def test_only_a_good_token_opens_a_file(stack: Deployment, person: Callable[[], Person]) -> None:
    author = person()
    post, other = _publish(author, 71), _publish(author, 72)
    for url in _urls(post):
        assert _status(url) == 200
        assert _status(url, "HEAD") == 200
    [url, *_] = _urls(post)
    partial = request("GET", url, headers={"Range": "bytes=0-9"})
    assert (partial.status_code, len(partial.content)) == (206, 10)
    address, blob_id, media_id = _parts(url)
    now = int(time.time())
    [key, *_] = _keys(stack)
    assert _status(f"{address}?{signed_query(key, blob_id, media_id, now + 3600)}") == 200
    wrong = [
        address,
        f"{address}?m={media_id}",
        f"{address}?{_urls(other)[0].partition('?')[2]}",
        f"{address}?{signed_query(key, blob_id, media_id, now - 1)}",
        f"{address}?{signed_query('x' * 43, blob_id, media_id, now + 3600)}",
        f"{address}?{signed_query(key, blob_id, _parts(_urls(other)[0])[2], now + 3600)}&m=x",
        f"{url[:-1]}{'B' if url.endswith('A') else 'A'}",
        f"{url}&s=1",
    ]
    for each in wrong:
        for method in ("GET", "HEAD"):
            assert _status(each, method) == 403, each


def test_a_deleted_posts_file_needs_a_token_like_any_other(person: Callable[[], Person]) -> None:
    author = person()
    post = _publish(author, 73)
    author.api.call("DELETE", f"/posts/{post['id']}")
    for url in _urls(post):
        assert _status(url.partition("?")[0]) == 403


def test_what_an_operator_denies_is_gone_at_once_until_it_is_allowed(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    # Both have posted the same content.
    [first, second] = [_publish(person(), 74) for _ in range(2)]
    urls = [_urls(post)[0] for post in (first, second)]
    stage, [_, blob_id, media_id] = _stage(stack), _parts(urls[0])
    assert denials.deny(stage, first["id"]) == [media_id]
    assert [_status(url) for url in urls] == [403, 200]
    denials.deny(stage, blob_id)
    assert [_status(url) for url in urls] == [403, 403]
    assert denials.denied(stage).keys() >= {media_id, blob_id}
    denials.allow(stage, first["id"])
    assert [_status(url) for url in urls] == [403, 403]
    denials.allow(stage, blob_id)
    assert [_status(url) for url in urls] == [200, 200]


def test_what_its_owner_erases_is_dead_within_seconds_and_anothers_copy_is_not(
    person: Callable[[], Person],
) -> None:
    authors = [person() for _ in range(2)]
    [erased, kept] = [_publish(author, 75) for author in authors]
    urls = [_urls(post)[0] for post in (erased, kept)]
    assert [_status(url) for url in urls] == [200, 200]
    for _ in range(2):
        authors[0].api.erase_post(erased["id"])
    end = time.monotonic() + 60
    while _status(urls[0]) != 403 and time.monotonic() < end:
        time.sleep(0.2)
    assert [_status(url) for url in urls] == [403, 200]
