"""Many pictures leave no more behind than a few: whatever gathers readings or times lets them go again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType

import cv2
import numpy as np
import pytest
from patient_script import Act, Script, smile
from simulated_patient import SimulatedPatient

from coach import lids
from coach import practice as room
from coach.assignment import Assignment
from coach.face import Face
from coach.library import load_library
from coach.movements import Readings
from coach.plan import Plan
from coach.practice import Picture, Practice
from coach.skin import Shift, Skin
from coach.tracker import Tracker

LIBRARY = load_library()
FPS = 6.0
SMILED = Act(1.7, 0.7, 1.6, 0.5, smile(3.1))
STILL_AT, HELD_AT = 6, round((SMILED.start + SMILED.ramp + 0.6) * FPS)
OUTSIDE = (type, ModuleType, FunctionType)  # the program itself


@dataclass(frozen=True, eq=False)
class Recording:
    """One smile: its pictures, the face in each, and by the face's `id` what was measured in it."""

    pictures: list[Picture]
    faces: list[Face]
    shifts: dict[int, Shift]
    readings: dict[int, Readings]


@pytest.fixture(scope="module")
def recording() -> Recording:
    script = Script(SMILED.end + 0.5, (SMILED,))
    pictures = [picture for _, picture, _ in SimulatedPatient().frames(script, FPS)]
    faces: list[Face] = []
    with Tracker() as tracker:
        for number, picture in enumerate([*pictures[:STILL_AT], *pictures]):
            face = tracker.follow(picture, number / FPS)
            assert isinstance(face, Face)
            faces.append(face)
    del faces[:STILL_AT]  # the mesh is off in its first pictures
    grays = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8) for picture in pictures]
    skin = Skin(58.0)
    resting = room._RestingFace(skin.rest(grays[STILL_AT], faces[STILL_AT]), faces[STILL_AT])
    shifts = {id(f): skin.since(resting.resting, g, f) for g, f in zip(grays, faces, strict=True)}
    readings = {
        id(s): resting.readings(s, lids.windows(s, g), {}, p)
        for g, s, p in zip(grays, shifts.values(), pictures, strict=True)
    }
    return Recording(pictures, faces, shifts, readings)


class Replay:
    """A practice that is shown the recorded smile; only what was measured in it is not measured anew."""

    def __init__(self, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
        full = LIBRARY.exercises["small-closed-smile"]
        endless = {"repetitions": 100_000, "hold_seconds": 1.0, "rest_seconds": 1.0}
        card = full.model_copy(update={"dose": full.dose.model_copy(update=endless)})
        self.practice = Practice(
            Plan.of(card, LIBRARY.patterns, None, Assignment(card.id, sensitivity="sensitive")),
            LIBRARY.patterns,
            rest_seconds=0.8,
        )
        self.recording = recording
        self.at = 0.0
        self._shown = recording.faces[0]
        monkeypatch.setattr(self.practice._tracker, "follow", lambda picture, at: self._shown)
        monkeypatch.setattr(Skin, "since", lambda self, resting, gray, face: recording.shifts[id(face)])
        monkeypatch.setattr(
            room._RestingFace, "readings", lambda self, shift, *windows: recording.readings[id(shift)]
        )

    def shows(self, number: int, after: float = 1 / FPS) -> None:
        self.at += after
        self._shown = self.recording.faces[number]
        self.practice.see(self.recording.pictures[number], self.at)

    def smiles(self, times: int) -> None:
        for _ in range(times):
            for number in range(len(self.recording.pictures)):
                self.shows(number)

    @property
    def held(self) -> int:
        """How many things the practice holds on to, down to the last number."""
        found: set[int] = set()
        ahead = [value for name, value in vars(self.practice).items() if name != "_tracker"]
        while ahead:
            thing = ahead.pop()
            if id(thing) not in found and not isinstance(thing, OUTSIDE):
                found.add(id(thing))
                ahead += gc.get_referents(thing)
        return len(found)


@pytest.fixture
def replay(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    replay = Replay(recording, monkeypatch)
    yield replay
    replay.practice.close()


def test_smile_after_smile_leaves_nothing_behind(replay: Replay) -> None:
    replay.smiles(6)
    early = replay.held

    replay.smiles(60)

    assert replay.practice._state.repetition > 50
    assert abs(replay.held - early) < 30, "one thing for each smile would be 60"


@pytest.mark.parametrize(
    ("begins_at", "number", "after"),
    [
        pytest.param(STILL_AT, STILL_AT, 0.5, id="nothing is done"),
        pytest.param(HELD_AT, HELD_AT, 0.0, id="the clock stands still in a hold"),
        pytest.param(2, STILL_AT, 0.0, id="the clock stands still before the first rest"),
        pytest.param(2, STILL_AT, 1.0, id="one picture a second, too few to take a rest by"),
        pytest.param(STILL_AT, STILL_AT, 0.005, id="200 pictures a second"),
    ],
)
def test_where_nothing_goes_on_nothing_gathers(
    replay: Replay, begins_at: int, number: int, after: float
) -> None:
    for first in range(begins_at):
        replay.shows(first)
    for _ in range(400):
        replay.shows(number, after)
    early = replay.held

    for _ in range(800):
        replay.shows(number, after)

    assert abs(replay.held - early) < 100, "one thing for each picture would be 800"
