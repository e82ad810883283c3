"""One WebSocket line to a page: which pages may open it, how much may come in, and the polite way to say no."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from coach.logbook import Logbook

MESSAGE_BYTES = 256 * 1024  # a 640x480 picture has about 50 kB
MESSAGES_PER_SECOND = 60
RATE_WINDOW_SECONDS = 2.0

_POLITE = {  # reason: (words for the person, WebSocket close code)
    "no_ticket": ("The page did not say which practice this is. Please start again.", 1008),
    "ticket_unknown": ("This page is from an earlier start of the coach. Please start again.", 1008),
    "ticket_expired": ("This page waited a little too long. Please start again.", 1008),
    "practice_over": ("This practice has been closed. What you did is kept. You can start a new one.", 1008),
    "not_theirs": ("This practice is somebody else's. Please start again.", 1008),
    "unknown_exercise": ("This exercise is not here any more. Please choose another one.", 1008),
    "taken_over": ("This practice goes on in another window.", 1008),
    "busy": (
        "Practices are open in too many windows. Close one of them, or try again in a few minutes.",
        1013,
    ),
    "too_big": ("The camera sent a picture that is too large. Please start again.", 1009),
    "too_fast": ("The camera sent pictures too quickly. Please start again.", 1008),
    "too_long": ("This practice was paused for a long time. What you did is kept.", 1008),
    "not_ready": ("The coach cannot start on this computer yet.", 1011),
    "trouble": ("Something unexpected stopped the coach. What you did is kept. Please start again.", 1011),
}
_PROBLEM = "Your practice goes on, but it cannot be written down at the moment. It will be tried again."


class Refused(Exception):
    """A polite no: the reason is one of `_POLITE`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        words, self.code = _POLITE[reason]
        self.message = f"{words} {detail}".strip()
        super().__init__(reason)


def address_of(scope: Scope) -> str | None:
    """Where a request or socket comes from, as far as it is known."""
    client = scope.get("client")
    return client[0] if client else None


def same_origin(origins: list[str], host: str | None) -> bool:
    """Whether the page that opens a socket came from this server: exactly one Origin, the same host and port."""
    if len(origins) != 1 or not host:
        return False
    try:
        page, server = urlsplit(origins[0]), urlsplit(f"//{host}")
        standard = {"http": 80, "https": 443}[page.scheme]
        places = [(part.hostname, part.port or standard) for part in (page, server)]
    except (KeyError, ValueError):
        return False
    bare = not (page.path or page.query or page.fragment or server.path) and page.username is None
    return bare and page.hostname is not None and places[0] == places[1]


class Rate:
    """Messages in a sliding window of two seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._arrivals: deque[float] = deque()

    def too_fast(self) -> bool:
        """Count one message; true once the average passes what is allowed."""
        now = self._now()
        self._arrivals.append(now)
        while self._arrivals[0] <= now - RATE_WINDOW_SECONDS:
            self._arrivals.popleft()
        return len(self._arrivals) > MESSAGES_PER_SECOND * RATE_WINDOW_SECONDS


class Line:
    """One accepted socket: what may come in through it, and what was told through it."""

    def __init__(self, socket: WebSocket, rate: Rate) -> None:
        self.socket = socket
        self._rate = rate
        self._told_behind, self._told_written = False, 0

    async def receive(self) -> str | bytes:
        """The next message.

        Raises:
            WebSocketDisconnect: the page has gone.
            Refused: the message is too big, or they come too fast.
        """
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1006)
        content: str | bytes = message.get("text") or message.get("bytes") or b""
        if len(content) > MESSAGE_BYTES:
            raise Refused("too_big")
        if self._rate.too_fast():
            raise Refused("too_fast")
        return content

    async def send(self, **message: Any) -> None:
        """Send one message as JSON."""
        try:
            await self.socket.send_text(json.dumps(message))
        except RuntimeError:  # Starlette's word for a socket that is closed already
            raise WebSocketDisconnect(1006) from None

    async def close(self, code: int) -> None:
        """End the line."""
        try:
            await self.socket.close(code)
        except RuntimeError:
            raise WebSocketDisconnect(1006) from None

    async def tell(self, logbook: Logbook) -> None:
        """Say once when the log falls behind, and when a repetition is safely in it."""
        if logbook.behind and not self._told_behind:
            await self.send(type="problem", message=_PROBLEM)
        elif not logbook.behind and (self._told_behind or logbook.written != self._told_written):
            await self.send(type="saved", repetitions=logbook.written)
            self._told_written = logbook.written
        self._told_behind = logbook.behind


async def refuse(socket: WebSocket, refused: Refused) -> None:
    """Say why not, and close."""
    try:
        await socket.send_json({"type": "refused", "reason": refused.reason, "message": refused.message})
        await socket.close(refused.code)
    except (WebSocketDisconnect, RuntimeError):
        pass  # nobody is there to hear it
