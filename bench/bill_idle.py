"""`make costs`: writes into README what a deployment costs in a month in which nobody uses it.

The queues are those of the table of workers; `docs/cost.md` has the bills of deployments in use.
"""

from __future__ import annotations

from typing import Final

from bench import bill_page, bill_report
from bench.bill_measured import Standing
from bench.bill_model import idle
from shutterfeed import topology
from tools import paths

_ALARMS: Final = 4
"""The alarms that are no queue's: `tests/infra/test_monitoring.py` names them."""
USUAL: Final = Standing(
    queues=sum(not lane.worker.is_optional for lane in topology.LANES),
    alarms=_ALARMS + len(topology.dead_letter_queues()),
    dashboards=1,
    memory_mb={"reconcile": 512},
)
"""A deployment with the settings of `cdk.json`."""


def readme() -> str:
    """The text of README.md with the bill of an idle month as it is now."""
    text = paths.README.read_text(encoding="utf-8")
    return bill_page.filled(text, {"idle": bill_report.with_total(idle(USUAL))})


def main() -> None:
    paths.README.write_text(readme(), encoding="utf-8")
    print(f"wrote {paths.README}")


if __name__ == "__main__":
    main()
