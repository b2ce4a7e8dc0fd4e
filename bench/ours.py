"""The counterpart of `sharp/render.mjs`: a program that renders photos. Each line of its input
names one.

`time` goes through the child that production uses; `memory` does without, so that this process's
peak is the photo's.
"""

from __future__ import annotations

import json
import sys
import time
from io import BytesIO
from pathlib import Path

from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused, sniff
from shutterfeed.ports.media import PhotoCodec


def main() -> None:
    plain = PillowImageCodec()
    codecs: dict[str, PhotoCodec] = {"time": ConfinedCodec(), "memory": plain}
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        content = Path(request["path"]).read_bytes()
        start = time.perf_counter()
        try:
            codecs[request["what"]].render(BytesIO(content), sniff(content[:64]) or "")
        except PhotoRefused as refused:
            answer: dict[str, object] = {"error": refused.message}
        else:
            answer = {"ms": (time.perf_counter() - start) * 1000}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
