"""What the edge denies: the same in a key-value store and in a function's code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from infra.edge_settings import SOURCES
from shutterfeed.adapters.denials import DenialsChanged, DenialsInCode, StoredDenials
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import random_id
from shutterfeed.ports.denials import Denials
from shutterfeed.services.denials import DenialService
from tests.fakes.cloudfront import FakeCloudFront
from tests.fakes.system import FakeClock

ARN = "arn:aws:cloudfront::123456789012:key-value-store/0a1b"
UNTIL = datetime(2026, 12, 1, 12, tzinfo=UTC)
IDS = [random_id(number) for number in range(120)]


@dataclass
class Engine:
    cloudfront: FakeCloudFront
    denials: Denials


@pytest.fixture(params=["store", "code"])
def engine(request: pytest.FixtureRequest) -> Engine:
    code = (SOURCES / "denials_in_code.js").read_text()
    cloudfront = FakeCloudFront(code=code, live=code)
    denials: Denials = DenialsInCode(cloudfront.client("cloudfront"), "media-links")
    if request.param == "store":
        denials = StoredDenials(cloudfront.client("cloudfront-keyvaluestore"), ARN)
    return Engine(cloudfront, denials)


def test_nothing_is_denied_at_first(engine: Engine) -> None:
    assert engine.denials.all() == {}


def test_entries_stay_until_they_are_removed(engine: Engine) -> None:
    engine.denials.add(IDS[:5], UNTIL)
    engine.denials.add(IDS[3:7], None)
    assert engine.denials.all() == dict.fromkeys(IDS[:3], UNTIL) | dict.fromkeys(IDS[3:7])
    engine.denials.remove([IDS[0], IDS[6]])
    assert engine.denials.all().keys() == set(IDS[1:6])


def test_adding_and_removing_again_changes_nothing_more(engine: Engine) -> None:
    for _ in range(2):
        engine.denials.add(IDS[:2], None)
        assert engine.denials.all().keys() == set(IDS[:2])
    for _ in range(2):
        engine.denials.remove([IDS[0], IDS[9]])
        assert engine.denials.all().keys() == {IDS[1]}


def test_more_than_one_call_takes(engine: Engine) -> None:
    engine.denials.add(IDS, None)
    assert engine.denials.all().keys() == set(IDS)
    engine.denials.remove(IDS[1:])
    assert engine.denials.all().keys() == {IDS[0]}


def test_nothing_is_asked_for_nothing(engine: Engine) -> None:
    if isinstance(engine.denials, StoredDenials):
        engine.denials.add([], None)
        engine.denials.remove([])
        assert engine.cloudfront.calls == []


def test_a_change_by_others_in_between_is_kept(engine: Engine) -> None:
    engine.denials.add([IDS[0]], None)

    def once() -> None:
        engine.cloudfront.meanwhile = lambda: None
        engine.denials.add([IDS[1]], None)

    engine.cloudfront.meanwhile = once
    engine.denials.add([IDS[2]], None)
    assert engine.denials.all().keys() == set(IDS[:3])


def test_endless_changes_by_others_are_told(engine: Engine) -> None:
    engine.cloudfront.meanwhile = engine.cloudfront.touch
    with pytest.raises(DenialsChanged):
        engine.denials.add([IDS[0]], None)


def test_what_is_in_code_is_published() -> None:
    code = (SOURCES / "denials_in_code.js").read_text()
    cloudfront = FakeCloudFront(code=code, live=code)
    denials = DenialsInCode(cloudfront.client("cloudfront"), "media-links")
    denials.add([IDS[1], IDS[0]], None)
    line = f'const DENIED = {{"{IDS[0]}": "for good", "{IDS[1]}": "for good"}};'
    assert cloudfront.live == cloudfront.code == code.replace("const DENIED = {};", line)
    denials.remove(IDS)
    assert cloudfront.live == code


def test_an_entry_for_what_is_hidden_ends_after_the_last_link(engine: Engine) -> None:
    clock = FakeClock()
    service = DenialService(denials=engine.denials, clock=clock)
    service.deny(IDS[:1], hidden=True)
    service.deny(IDS[1:2], hidden=False)
    clock.advance(timedelta(hours=48))
    assert service.tidy().keys() == set(IDS[:2])
    clock.advance(timedelta(hours=2))
    assert service.tidy() == {IDS[1]: None}
    assert engine.denials.all() == {IDS[1]: None}
    service.allow(IDS[1:2])
    assert service.tidy() == {}


def test_entries_that_end_by_themselves_leave_room_for_those_that_stay() -> None:
    cloudfront = FakeCloudFront(taken=4_000_001)
    store = StoredDenials(cloudfront.client("cloudfront-keyvaluestore"), ARN)
    with pytest.raises(Busy):
        store.add(IDS[:1], UNTIL)
    store.add(IDS[:1], None)
    assert store.all() == {IDS[0]: None}
