"""A pytest plugin for runs in several processes. It keeps the tests of some folders in one process.

Those tests share something that takes long to make: a deployed cloud, a browser, the synthesized
templates, the servers of databases. In one process it is made once. All other tests go to whichever
process is free.

pytest-xdist has a mode for this (`--dist loadgroup`), but it does nothing from pytest 9.2 on: it
marks a test by changing an attribute of its id that pytest no longer reads. So the group is found
here from the test's path, at the place where pytest-xdist asks for the way to schedule.
"""

from __future__ import annotations

import os
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling
from xdist.workermanage import WorkerController

GROUPS: Final = (
    ("tests/e2e/browser",),
    ("tests/e2e",),
    ("tests/bench", "tests/contract"),
    ("tests/infra",),
)
"""The folders whose tests stay together, the longest run first. A folder comes before the one that
contains it."""
_LOWERED: Final = 3
"""How much later than the longest group other tests come, in steps of niceness: half of its share
while both want to run."""
_FIRST_OF: Final = {folder: folders[0] for folders in GROUPS for folder in folders}


def group(test: str) -> str:
    """Returns the group of a test that stays with others, by its first folder, or else the test's
    own id."""
    return next(
        (first for folder, first in _FIRST_OF.items() if test.startswith(f"{folder}/")), test
    )


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc] # pytest-xdist is not typed
    """Hands each group to one process as a whole, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget what is done: after each test all that a process was ever given is counted."""
        scope = self._split_scope(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        given = self.assigned_work[node]
        if all(given[scope].values()):
            del given[scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Schedule by group, whatever `--dist` says."""
    return GroupScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups first: what takes longest must not begin last."""
    order = {folders[0]: place for place, folders in enumerate(GROUPS)}
    items.sort(key=lambda item: order.get(group(item.nodeid), len(order)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the longest group come first on a busy processor, too: a process that has another test
    gives way from then on, with all that it starts.

    Tests in a browser are half waiting, and all in one process. Where they had to share, the others
    ended 80 s before them, and left three quarters of two cores idle.
    """
    in_a_process_of_several = hasattr(item.config, "workerinput")
    if in_a_process_of_several and group(item.nodeid) != GROUPS[0][0] and os.nice(0) < _LOWERED:
        os.nice(_LOWERED - os.nice(0))
