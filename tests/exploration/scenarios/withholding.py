"""Contents that a moderator withholds, and gives back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.exploration.before import Before
from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import cropped_photo, photo

_STATEMENT = {"rule": "spam", "statement": "It is somebody else's."}


@scenario
def withhold_and_undo(play: Play) -> Iterator[None]:
    """Everything is as it was."""
    case = _reported(play)
    play.world.rest()
    play.before = Before.read()
    yield

    def mod() -> None:
        action = case.withhold()
        play.wait(seconds=5)
        case.undo(action)

    play.also(mod)


@scenario
def withhold_while_publishing(play: Play) -> Iterator[None]:
    """Copies are posted in the same moment, one of them cropped."""
    case = _reported(play)
    play.authors = ("ben",)
    yield

    def ben() -> None:
        play.post("ben", photo(1), photo(3), key="copy")

    play.also(ben)
    play.also(lambda: play.post("ben", cropped_photo(1), key="cropped"))
    play.also(case.withhold)


@scenario
def undo_while_publishing(play: Play) -> Iterator[None]:
    """A copy is posted while what was withheld is given back."""
    case = _reported(play)
    action = case.withhold()
    play.world.rest()
    play.authors = ("ben",)
    yield

    def ben() -> None:
        play.post("ben", photo(1), photo(3), key="copy")

    play.also(ben)
    play.also(lambda: case.undo(action))


@dataclass(frozen=True, slots=True)
class _Case:
    play: Play
    id: str

    def withhold(self) -> str:
        """The id of the action."""
        version = self._get()["version"]
        body = {"kind": "withhold_content", **_STATEMENT, "version": version}
        decided = self.play.ask("mod", "POST", f"/moderation/cases/{self.id}/actions", body)
        action: str = decided["actions"][-1]["id"]
        return action

    def undo(self, action: str) -> None:
        body = {"action_id": action, "version": self._get()["version"]}
        self.play.ask("mod", "POST", f"/moderation/cases/{self.id}/undo", body)

    def _get(self) -> dict[str, int]:
        found: dict[str, int] = self.play.ask("mod", "GET", f"/moderation/cases/{self.id}")
        return found


def _reported(play: Play) -> _Case:
    """Ada and Ben have posted the same photo, Ben cropped, and Ada another one, too; Cy has
    reported Ada's post."""
    for name in ("ada", "ben", "cy", "mod"):
        play.person(name)
    play.moderators.add("mod")
    play.follow("cy", "ben")
    adas = play.post("ada", photo(1), photo(2), key="1", caption="#copied").id
    play.post("ben", cropped_photo(1), key="2", caption="#copied")
    play.world.rest()
    body = {"kind": "post", "id": adas, "reason": "spam"}
    return _Case(play, play.ask("cy", "POST", "/reports", body)["id"])
