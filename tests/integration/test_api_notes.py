"""What of a file could not be kept, as the API says it."""

from __future__ import annotations

from dataclasses import replace

from tests import samples
from tests.integration.client import Client, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_at_once
from tests.integration.world import Person


def test_notes_are_for_the_owner_alone(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    picture = replace(samples.picture(), notes=(samples.NOTE,))
    post_id = publish_at_once(client, ada, draft([b"one"]), "key", picture)
    pipeline.run()
    said = [{"code": samples.NOTE.code, "message": samples.NOTE.message}]
    (medium,) = client.get(f"/posts/{post_id}", ada).json["media"]
    assert medium["notes"] == said
    (entry,) = client.get("/me/uploads", ada).json["items"]
    assert entry["notes"] == said
    one = client.get(f"/me/uploads/{medium['id']}", ada).json["upload"]
    assert one["notes"] == said
    for path, person in ((f"/posts/{post_id}", ben), (f"/public/posts/{post_id}", None)):
        answer = client.get(path, person)
        (seen,) = answer.json["media"]
        assert (seen["state"], seen["notes"]) == ("ready", [])
        assert samples.NOTE.message not in str(answer.json)
