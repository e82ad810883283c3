"""One practice under way, while sockets come and go: its engine, its clock and its page in the log."""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket

from coach.events import Phase
from coach.exercise import Exercise
from coach.library import Library
from coach.logbook import Logbook
from coach.picture import BrokenPicture, decode
from coach.plan import Plan
from coach.records import Ending
from coach.sight import Reason
from coach.ticket import Ticket
from coach.words import REASONS

if TYPE_CHECKING:
    from coach.practice import Practice

SHORTEST_STEP_SECONDS, LONGEST_STEP_SECONDS = 0.001, 1.0

_CAPTURED = struct.Struct("<d")
_BROKEN: dict[str, Any] = {
    "judged": False,
    "reason": Reason.BROKEN_FRAME.value,
    "message": REASONS[Reason.BROKEN_FRAME],
    "cue": None,
    "tone": None,
    "say": None,
    "warning": None,
    "guides": [],
    "done": False,
}


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
        step = 0.0
        if math.isfinite(captured):
            step = 0.0 if self._captured is None else captured - self._captured
            self._captured = captured
        self.now += min(max(step, SHORTEST_STEP_SECONDS), LONGEST_STEP_SECONDS)
        return self.now


class Seat:
    """The methods that work run in a worker thread, one at a time under `lock`; the rest belongs to coach.live."""

    def __init__(self, ticket: Ticket, exercise: Exercise, library: Library, logbook: Logbook) -> None:
        self.ticket, self.logbook = ticket, logbook
        self.repetitions = 0  # how many there will be, once it has begun
        self._exercise, self._patterns = exercise, library.patterns
        self.ending: Ending | None = None
        self.closed = False  # given up: who still waits for it is told so, and nothing begins in it again
        self.socket: WebSocket | None = None
        self.lock = asyncio.Lock()
        self.leaving: asyncio.TimerHandle | None = None
        self._practice: Practice | None = None
        self._clock = CameraClock()
        self._judged_share = 0.0
        self._last: dict[str, Any] = {
            "phase": Phase.PREPARE.value,
            "repetition": 0,
            "repetitions": exercise.dose.repetitions,
            "hold_share": 0.0,
        }

    @property
    def repetition(self) -> int:
        """The repetition under way; 0 while preparing."""
        return int(self._last["repetition"])

    @property
    def open(self) -> bool:
        """Whether pictures can be seen: it has begun and has not ended."""
        return self._practice is not None

    def begin(self, make_practice: Callable[..., Practice]) -> None:
        """Make the engine ready, then write down that the practice began."""
        plan = Plan.of(self._exercise, self._patterns, self.ticket.affected, self.ticket.assignment)
        self._practice = make_practice(plan, self._patterns, on_repetition=self.logbook.repetition)
        self.repetitions = plan.repetitions
        self.logbook.write()

    def see(self, message: bytes) -> dict[str, Any]:
        """The answer to one picture: 8 bytes of capture time, then the JPEG.

        Raises:
            PictureTooLarge: it was not looked at.
        """
        assert self._practice is not None
        captured = _CAPTURED.unpack_from(message)[0] if len(message) >= _CAPTURED.size else math.nan
        at = self._clock.at(captured)
        try:
            answer = self._practice.see(decode(message[_CAPTURED.size :]), at).to_json()
            self._last = answer
            self._judged_share = self._practice.judged_share
        except BrokenPicture:
            answer = {**self._last, **_BROKEN, "at": at}
        return {"type": "snapshot", "captured": captured if math.isfinite(captured) else None, **answer}

    def obey(self, command: object) -> None:
        """Pause, resume or stop; anything else is passed over."""
        assert self._practice is not None
        if command == "pause":
            self._practice.pause()
        elif command == "resume":
            self._practice.resume()
        elif command == "stop":
            self.end("stopped")

    def end(self, ending: Ending) -> None:
        """Write how the practice ended, and free what it held."""
        self.ending = ending
        self.logbook.end(ending, self._judged_share)
        self.close()

    def close(self) -> None:
        """Free what the practice held; what is not written yet is tried once more."""
        practice, self._practice = self._practice, None
        if practice is not None:
            practice.close()
        if self.logbook.behind:
            self.logbook.write()
