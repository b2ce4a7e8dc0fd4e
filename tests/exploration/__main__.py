"""`python -m tests.exploration "<schedule>" ...` runs schedules as they are printed."""

import sys

from tests.exploration.explore import main

sys.exit(main(sys.argv[1:]))
