"""The live socket: camera pictures come in one at a time, and each is answered with what the coach saw in it.

It is reached from pages/camera/camera.js. A socket that is lost may come back with the newest ticket and go on
with the same practice; nothing is judged by the clock of this room, only by the camera's own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from coach import CoachError
from coach.events import Phase, Repetition
from coach.exercise import Exercise, Library
from coach.face import Side
from coach.logbook import Ending, Logbook
from coach.picture import BrokenPicture, PictureTooLarge, decode
from coach.ticket import Ticket, TicketOffice, TicketRefused

if TYPE_CHECKING:
    from coach.practice import Practice
    from coach.records import Records

T = TypeVar("T")

HELLO_SECONDS = 5.0
RETURN_SECONDS = 120.0  # how long a lost practice is kept
IDLE_SECONDS = 30 * 60.0  # a page left open in pause
TICKET_EVERY_SECONDS = 30.0
MESSAGE_BYTES = 256 * 1024
MESSAGES_PER_SECOND = 60
RATE_WINDOW_SECONDS = 2.0
PRACTICES_AT_ONCE = 8
SHORTEST_STEP_SECONDS, LONGEST_STEP_SECONDS = 0.001, 1.0

_CAPTURED = struct.Struct("<d")
_NOTHING_SEEN: dict[str, Any] = {
    "judged": False, "cue": None, "tone": None, "say": None, "warning": None, "guides": [], "done": False,
}  # fmt: skip
_POLITE = {  # reason: (words for the person, WebSocket close code)
    "no_ticket": ("The page did not say which practice this is. Please start again.", 1008),
    "ticket_unknown": ("This page is from an earlier start of the coach. Please start again.", 1008),
    "ticket_expired": ("This page waited a little too long. Please start again.", 1008),
    "practice_over": ("This practice has been closed. What you did is kept. You can start a new one.", 1008),
    "unknown_exercise": ("This exercise is not here any more. Please choose another one.", 1008),
    "taken_over": ("This practice goes on in another window.", 1008),
    "busy": ("The coach is busy with other people. Please try again in a few minutes.", 1013),
    "too_big": ("The camera sent a picture that is too large. Please start again.", 1009),
    "too_fast": ("The camera sent pictures too quickly. Please start again.", 1008),
    "too_long": ("This practice was paused for a long time. What you did is kept.", 1008),
    "not_ready": ("The coach cannot start on this computer yet.", 1011),
    "trouble": ("Something unexpected stopped the coach. What you did is kept. Please start again.", 1011),
}
_PROBLEM = "Your practice goes on, but it cannot be written down at the moment. It will be tried again."

_log = logging.getLogger(__name__)


class Refused(Exception):
    """A polite no: the reason is one of `_POLITE`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        words, self.code = _POLITE[reason]
        self.message = f"{words} {detail}".strip()
        super().__init__(reason)


def same_origin(origins: list[str], host: str | None) -> bool:
    """Whether the page that opens a socket came from this server: exactly one Origin, the same host and port."""
    if len(origins) != 1 or not host:
        return False
    try:
        page, server = urlsplit(origins[0]), urlsplit(f"//{host}")
        standard = {"http": 80, "https": 443}[page.scheme]
        if page.path or page.query or page.fragment or page.username is not None or server.path:
            return False
        return page.hostname is not None and (page.hostname, page.port or standard) == (
            server.hostname,
            server.port or standard,
        )
    except (KeyError, ValueError):
        return False


class CameraClock:
    """Turns the camera's capture times into a clock that only goes forward, at most a second at a time.

    A gap (a lost socket, a sleeping laptop) then never counts as practice, and a clock that is set back
    does no harm.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._captured: float | None = None

    def at(self, captured: float) -> float:
        """Seconds of practice at a picture captured at `captured` seconds of the browser's clock."""
        if math.isfinite(captured):
            step = 0.0 if self._captured is None else captured - self._captured
            self._captured = captured
        else:
            step = 0.0
        self.now += min(max(step, SHORTEST_STEP_SECONDS), LONGEST_STEP_SECONDS)
        return self.now


class Rate:
    """Messages in a sliding window of two seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._arrivals: deque[float] = deque()

    def too_fast(self) -> bool:
        """Count one message; true once the average passes what is allowed."""
        now = self._now()
        self._arrivals.append(now)
        while self._arrivals[0] < now - RATE_WINDOW_SECONDS:
            self._arrivals.popleft()
        return len(self._arrivals) > MESSAGES_PER_SECOND * RATE_WINDOW_SECONDS


class Seat:
    """One practice, and the socket it is reached through at the moment. Its methods run in a worker thread."""

    def __init__(self, ticket: Ticket, exercise: Exercise, logbook: Logbook) -> None:
        self.ticket, self.exercise, self.logbook = ticket, exercise, logbook
        self.practice: Practice | None = None
        self.socket: WebSocket | None = None
        self.lock = asyncio.Lock()  # one picture, or one socket changing, at a time
        self.leaving: asyncio.TimerHandle | None = None
        self.ending: Ending | None = None
        self.told_behind, self.told_written = False, 0
        self._clock = CameraClock()
        self._pictures = self._judged = 0
        self._last = {
            **_NOTHING_SEEN, "at": 0.0, "phase": Phase.PREPARE.value, "repetition": 0,
            "repetitions": exercise.dose.repetitions, "hold_share": 0.0,
        }  # fmt: skip

    @property
    def repetition(self) -> int:
        """The repetition under way; 0 while preparing."""
        return int(self._last["repetition"])

    def see(self, message: bytes) -> dict[str, Any]:
        """The answer to one picture."""
        assert self.practice is not None
        (captured,) = _CAPTURED.unpack_from(message)
        at = self._clock.at(captured)
        self._pictures += 1
        try:
            answer = self.practice.see(decode(message[_CAPTURED.size :]), at).to_json()
        except BrokenPicture:
            answer = {**self._last, **_NOTHING_SEEN, "at": at, "reason": "broken_frame",
                      "message": "One picture did not arrive whole."}  # fmt: skip
        self._last = answer
        self._judged += bool(answer["judged"])
        return {"type": "snapshot", "captured": captured if math.isfinite(captured) else None, **answer}

    def end(self, ending: Ending) -> None:
        """Write how the practice ended, and free what it held."""
        self.ending = ending
        self.logbook.end(ending, self._judged / self._pictures if self._pictures else 0.0)
        self.close()

    def close(self) -> None:
        """Free what the practice held; what is not written yet is tried once more."""
        if self.practice is not None:
            self.practice.close()
            self.practice = None
        if self.logbook.behind:
            self.logbook.write()


class Live:
    """All live practices of this process."""

    def __init__(
        self,
        records: Records,
        library: Library,
        *,
        secret: str | None = None,
        make_practice: Callable[..., Practice] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records, self._library, self._now = records, library, now
        self._office = TicketOffice(secret)
        self._make_practice = make_practice or _practice
        self._seats: dict[str, Seat] = {}
        self._workers = ThreadPoolExecutor(max_workers=os.cpu_count() or 2, thread_name_prefix="practice")

    def ticket(self, exercise: str, patient: str, affected: Side | None, sensitivity: str = "default") -> str:
        """A ticket for one practice, to be handed to the page that asked for it."""
        return self._office.issue(Ticket(exercise, patient, affected, sensitivity))

    async def endpoint(self, socket: WebSocket) -> None:
        """One WebSocket connection, from its handshake to its close."""
        if not same_origin(socket.headers.getlist("origin"), socket.headers.get("host")):
            await socket.close(1008)
            return
        await socket.accept()
        seat = None
        try:
            rate = Rate(self._now)
            seat = await self._seat(await self._hello(socket, rate))
            await self._sit_down(seat, socket)
            await self._practise(seat, socket, rate)
        except Refused as refused:
            await _refuse(socket, refused)
        except WebSocketDisconnect:
            pass
        finally:
            if seat is not None:
                self._stand_up(seat, socket)

    async def _hello(self, socket: WebSocket, rate: Rate) -> Ticket:
        try:
            hello = _command(await asyncio.wait_for(_receive(socket, rate), HELLO_SECONDS))
            if hello.get("type") != "hello" or not isinstance(hello.get("ticket"), str):
                raise Refused("no_ticket")
            return self._office.read(hello["ticket"])
        except asyncio.TimeoutError:
            raise Refused("no_ticket") from None
        except TicketRefused as refused:
            raise Refused(refused.reason) from refused

    async def _seat(self, ticket: Ticket) -> Seat:
        seat = self._seats.get(ticket.key)
        if seat is None:
            if ticket.returning:
                raise Refused("practice_over")
            exercise = self._library.exercises.get(ticket.exercise)
            if exercise is None:
                raise Refused("unknown_exercise")
            if sum(seat.ending is None for seat in self._seats.values()) >= PRACTICES_AT_ONCE:
                raise Refused("busy")
            seat = self._seats[ticket.key] = Seat(ticket, exercise, self._logbook(ticket, exercise))
        return seat

    def _logbook(self, ticket: Ticket, exercise: Exercise) -> Logbook:
        return Logbook(
            self._records,
            lambda records, started_at: records.begin_practice(
                ticket.patient, exercise, ticket.affected, ticket.sensitivity, started_at
            ),
        )

    async def _sit_down(self, seat: Seat, socket: WebSocket) -> None:
        """Give the practice to this socket, away from an earlier one, and welcome it."""
        earlier, seat.socket = seat.socket, socket
        if seat.leaving is not None:
            seat.leaving.cancel()
            seat.leaving = None
        if earlier is not None:
            await _refuse(earlier, Refused("taken_over"))
        async with seat.lock:
            if seat.practice is None and seat.ending is None:
                await self._begin(seat)
        await _send(
            socket,
            {
                "type": "welcome",
                "ticket": self._returning(seat),
                "practice": seat.logbook.practice,
                "repetition": seat.repetition,
                "repetitions": seat.exercise.dose.repetitions,
            },
        )

    async def _begin(self, seat: Seat) -> None:
        def begin() -> None:
            seat.practice = self._make_practice(
                seat.exercise,
                self._library.patterns,
                seat.ticket.affected,
                seat.ticket.sensitivity,
                on_repetition=seat.logbook.repetition,
            )
            seat.logbook.write()

        try:
            await self._in_worker(begin)
        except CoachError as error:
            self._seats.pop(seat.ticket.key, None)
            raise Refused("not_ready", str(error)) from error

    async def _practise(self, seat: Seat, socket: WebSocket, rate: Rate) -> None:
        renewing = asyncio.create_task(self._renew(seat, socket))
        try:
            while seat.ending is None:
                message = await asyncio.wait_for(_receive(socket, rate), IDLE_SECONDS)
                await self._answer(seat, socket, message)
            await _tell_log(seat, socket)
            await _send(
                socket, {"type": "ended", "practice": seat.logbook.practice, "ending": seat.ending}
            )
            await _close(socket, 1000)
        except asyncio.TimeoutError:
            raise Refused("too_long") from None
        finally:
            renewing.cancel()

    async def _answer(self, seat: Seat, socket: WebSocket, message: str | bytes) -> None:
        async with seat.lock:
            if seat.socket is not socket:
                raise WebSocketDisconnect(1008)  # another window took over while this message was under way
            if seat.practice is None:
                raise Refused("practice_over")
            if isinstance(message, str):
                await self._obey(seat, _command(message).get("type"))
                return
            if len(message) < _CAPTURED.size:
                return  # not even a capture time: nothing to answer to
            try:
                answer = await self._in_worker(seat.see, message)
            except PictureTooLarge as large:
                raise Refused("too_big") from large
            except Exception as error:
                _log.exception("A picture could not be looked at.")
                raise Refused("trouble") from error
            await _send(socket, answer)
            await _tell_log(seat, socket)
            if answer["done"]:
                await self._in_worker(seat.end, "finished")

    async def _obey(self, seat: Seat, command: object) -> None:
        assert seat.practice is not None
        if command == "pause":
            seat.practice.pause()
        elif command == "resume":
            seat.practice.resume()
        elif command == "stop":
            await self._in_worker(seat.end, "stopped")

    async def _renew(self, seat: Seat, socket: WebSocket) -> None:
        while True:
            await asyncio.sleep(TICKET_EVERY_SECONDS)
            await _send(socket, {"type": "ticket", "ticket": self._returning(seat)})

    def _returning(self, seat: Seat) -> str:
        return self._office.issue(replace(seat.ticket, returning=True))

    def _stand_up(self, seat: Seat, socket: WebSocket) -> None:
        """The socket is gone: keep the practice for a while, unless another socket has it by now."""
        if seat.socket is socket:
            seat.socket = None
            loop = asyncio.get_running_loop()
            seat.leaving = loop.call_later(
                RETURN_SECONDS, lambda: loop.create_task(self._leave(seat), name="leave")
            )

    async def _leave(self, seat: Seat) -> None:
        async with seat.lock:
            if seat.socket is None:
                self._seats.pop(seat.ticket.key, None)
                await self._in_worker(seat.close)

    async def _in_worker(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, *arguments)


async def _receive(socket: WebSocket, rate: Rate) -> str | bytes:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1006)
    content: str | bytes = message.get("text") or message.get("bytes") or b""
    if len(content) > MESSAGE_BYTES:
        raise Refused("too_big")
    if rate.too_fast():
        raise Refused("too_fast")
    return content


def _command(message: str | bytes) -> dict[str, Any]:
    try:
        command = json.loads(message) if isinstance(message, str) else None
    except (ValueError, RecursionError):
        command = None
    return command if isinstance(command, dict) else {}


async def _send(socket: WebSocket, message: dict[str, Any]) -> None:
    try:
        await socket.send_text(json.dumps(message))
    except (WebSocketDisconnect, RuntimeError):  # Starlette's words for a socket that is closed already
        raise WebSocketDisconnect(1006) from None


async def _refuse(socket: WebSocket, refused: Refused) -> None:
    try:
        await _send(socket, {"type": "refused", "reason": refused.reason, "message": refused.message})
        await _close(socket, refused.code)
    except WebSocketDisconnect:
        pass


async def _close(socket: WebSocket, code: int) -> None:
    try:
        await socket.close(code)
    except RuntimeError:
        raise WebSocketDisconnect(1006) from None


async def _tell_log(seat: Seat, socket: WebSocket) -> None:
    """Say when the log falls behind, and when a repetition is safely in it."""
    if seat.logbook.behind and not seat.told_behind:
        await _send(socket, {"type": "problem", "message": _PROBLEM})
    elif seat.logbook.written != seat.told_written and not seat.logbook.behind:
        await _send(socket, {"type": "saved", "repetitions": seat.logbook.written})
        seat.told_written = seat.logbook.written
    seat.told_behind = seat.logbook.behind


def _practice(*arguments: Any, **named: Any) -> Practice:
    from coach.practice import Practice  # brings in MediaPipe, which takes 1.5 s

    return Practice(*arguments, **named)


def warm_up() -> threading.Thread:
    """Load MediaPipe in the background, so that the first practice starts at once."""

    def load() -> None:
        from coach.tracker import Tracker

        try:
            Tracker().close()
        except Exception:
            _log.exception("The face tracker could not be loaded.")

    thread = threading.Thread(target=load, name="warm-up", daemon=True)
    thread.start()
    return thread
