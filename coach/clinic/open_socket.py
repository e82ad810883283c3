"""An open socket that can be ended from outside: to what stands behind it, that is as if the page had gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Send

SIGNED_OUT = 4401
"""The code it is closed with: of those left to applications (RFC 6455, 7.4.2), after HTTP's 401."""


class OpenSocket:
    """`receive` and `send` stand before the server's own; `used`: something came in since this was last set back."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._gone: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.used = False

    async def receive(self) -> Message:
        """What comes in next; after the end, that the page has gone."""
        coming = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait({coming, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            if self._gone.done():
                return self._gone.result()
            self.used = True
            return coming.result()
        finally:
            coming.cancel()

    async def send(self, message: Message) -> None:
        """Let something out; after the end nothing goes out any more."""
        if not self._gone.done():
            await self._send(message)

    async def end(self) -> None:
        """Close it; what is on its way is lost, as when a cable is cut."""
        told = {"code": SIGNED_OUT, "reason": ""}
        self._gone.set_result({"type": "websocket.disconnect", **told})
        with suppress(RuntimeError, OSError):  # it is closed already: both can happen at once
            await self._send({"type": "websocket.close", **told})
