"""The line of a browser to the network, which can be cut: the protocols that drive Firefox and
WebKit have no switch for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

_HOST: Final = "127.0.0.1"
_PIECE: Final = 65_536


class Line:
    """A proxy on this machine that passes all bytes on to one server, whatever host is asked for.
    Once it is cut nothing listens there, and what was under way is broken off."""

    def __init__(self, server_port: int, loop: asyncio.AbstractEventLoop) -> None:
        self._server_port = server_port
        self._loop = loop
        self._listening: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[None]] = set()
        self.port = 0
        """The same after it was mended."""

    def mend(self) -> None:
        self._do(self._listen())

    def cut(self) -> None:
        self._do(self._break_off())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> None:
        self._listening = await asyncio.start_server(self._join, _HOST, self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _break_off(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._joined)

    def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._pass_on(reader, writer))
        self._joined.add(task)
        task.add_done_callback(self._joined.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        far_reader, far_writer = await asyncio.open_connection(_HOST, self._server_port)
        self._ends.add(far_writer)
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._ends -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until there are no more, or the line is cut."""
    with suppress(ConnectionError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()


@contextmanager
def laid(server_port: int) -> Iterator[Line]:
    """A line to a server on this machine, cut at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    line = Line(server_port, loop)
    try:
        line.mend()
        yield line
    finally:
        line.cut()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
