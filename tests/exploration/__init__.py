"""The project's own exploration of fault schedules.

Real handlers and real adapters run on moto; queues, stream, S3 events, time-to-live, lifecycle
and the reconciler's rule go by a virtual clock with the stack's own numbers. In every run something
goes wrong: at one AWS call or message, or at two. At the end, and 150 days later, everything has to
be as `invariants.py` and `leftovers.py` say.

A **scenario** (`scenarios/`) is what people do. A **schedule** is a scenario and its faults, in one
line: `publish_a_photo suspended@12 late@3`. Calls and messages are numbered from 1,
from the moment when the scenario's preparations are over. Faults at calls: `crash_before`,
`crash_after`, `doubled`, `unanswered`, `throttled`, `conflict`, `partial`, `suspended`,
`overtaken`; at messages: `twice`, `late`, `poisoned`, `lost`; throughout: `ttl_late@0`. What each
of them is, `faults.py` says.

**To repeat a schedule**, as a violation prints it:

    PYTHONPATH=.:functions:layers/shared/python \\
        .venv/bin/python -m tests.exploration "publish_a_photo suspended@12 late@3"

The same schedule is always the same run: one function or client runs at a time (`tasks.py`), and
what comes next is decided by `world.py` alone.

**To add a scenario**, write a generator beside the others and declare it with `@scenario`. Before
its `yield` nothing goes wrong. After it, start what people do with `play.also`; they may
`play.wait(seconds=1)` or `play.until(...)`. Short waits matter: a suspended function stands still
for its own timeout, 15 seconds to 15 minutes, and what others do meanwhile overtakes it.
Name in `play.authors` who is to publish once more when all is at rest: it shows whether every
subscription and pull marker is there. Tests and `make bench B=faults` find a scenario by
themselves.

**To add an invariant**, write a function that yields a sentence for each thing that is not as it
has to be, and call it in `explore.py`. `mutants.py` has faults put into the code on purpose; one
that shows that the new invariant can fail belongs there too.
"""
