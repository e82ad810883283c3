"""A practice that goes by script, and what a page says and hears on its live socket."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from coach.events import Phase, Repetition
from coach.library import load_library
from coach.trace import Trace

JPEG = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
CARD = "small-closed-smile"
CARDS = load_library()


def picture(at: float, jpeg: bytes = JPEG) -> bytes:
    return struct.pack("<d", at) + jpeg


@dataclass
class Seen:
    """What the scripted practice answers with; the real one's Snapshot in the one thing the socket uses."""

    answer: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return self.answer


@dataclass
class ScriptedPractice:
    """Two pictures make a repetition, `repetitions` of them a practice; it remembers what it was asked."""

    on_repetition: Callable[[Repetition, Trace], None]
    repetitions: int = 3
    times: list[float] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    judged_share: float = 0.5

    def see(self, shown: np.ndarray, at: float) -> Seen:
        self.times.append(at)
        self.shapes.append(shown.shape)
        count = len(self.times) // 2
        if len(self.times) % 2 == 0:
            course = Trace(np.array([at - 1, at]), ("corner_up_right",), np.array([[0.0], [float(count)]]))
            self.on_repetition(Repetition(count, at - 1, at, 3.0, 3.2, 0.94, 5.0, True, 1.0, ()), course)
        done = count >= self.repetitions
        phase = Phase.DONE if done else Phase.MOVE
        return Seen(
            {"at": at, "phase": phase.value, "repetition": min(count + 1, self.repetitions), "judged": True,
             "repetitions": self.repetitions, "reason": None, "message": "Softly.", "cue": None, "tone": None,
             "say": None, "warning": None, "hold_share": 0.0, "guides": [], "done": done}
        )  # fmt: skip

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def close(self) -> None:
        self.asked.append("close")


def hello(socket: WebSocketTestSession, ticket: str) -> dict[str, Any]:
    socket.send_json({"type": "hello", "ticket": ticket})
    answer: dict[str, Any] = socket.receive_json()
    return answer


def refusal(socket: WebSocketTestSession) -> tuple[str, int]:
    """The reason given and the code of the close behind it."""
    answer = socket.receive_json()
    assert answer["type"] == "refused"
    assert answer["message"]
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return answer["reason"], closed.value.code


def until(socket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    for _ in range(20):
        answer: dict[str, Any] = socket.receive_json()
        if answer["type"] == kind:
            return answer
    raise AssertionError(f"no {kind} came")


def eventually(true: Callable[[], bool], within_seconds: float = 5.0) -> None:
    end = time.monotonic() + within_seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
