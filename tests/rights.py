"""What each function may do on AWS, as `tests/rights.json` has it.

`make rights` writes that file from the template, so that a change of `infra/access.py` shows in the
difference right by right. `tests/infra/test_access.py` holds it against the templates, and
`tests/exploration` every call that a function makes against it: moto allows everything, and the
end-to-end tests, in which rights are enforced, do not come by every path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from shutterfeed import topology

FILE: Final = Path(__file__).with_suffix(".json")
GRANTED: Final[Mapping[str, frozenset[str]]] = {
    function: frozenset(rights) for function, rights in json.loads(FILE.read_text()).items()
}
"""The rights by function, besides its own log, its traces, and the queues that trigger it."""
CONSUMED: Final = {
    worker.function: {lane.queue for lane in worker.lanes} for worker in topology.WORKERS
}
"""The queues of each worker."""
_RECEIVING: Final = (
    "ReceiveMessage",
    "DeleteMessage",
    "GetQueueAttributes",
    "ChangeMessageVisibility",
)


TRACING: Final = frozenset(("xray:PutTraceSegments *", "xray:PutTelemetryRecords *"))
"""The rights of a function that is traced."""
SCREENING = {
    "screen": {
        "s3:GetObject originals/lists/*",
        "s3:ListBucket originals",
        "s3:GetObject renditions/media/*",
        "rekognition:DetectModerationLabels *",
    },
    "reconcile": {"sqs:SendMessage screen", "sqs:GetQueueAttributes screen"},
}
"""What the functions may do besides if a deployment screens."""


def common(function: str) -> set[str]:
    """The rights that every function has to its own log and traces, and to its own queues if it has
    any."""
    log = f"Functions{function.title().replace('_', '')}Logs"
    return {
        f"logs:CreateLogStream {log}",
        f"logs:PutLogEvents {log}",
        *TRACING,
        *(f"sqs:{action} {queue}" for action in _RECEIVING for queue in CONSUMED.get(function, ())),
    }
