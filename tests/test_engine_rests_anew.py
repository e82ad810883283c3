"""Light that has changed, a person who has moved: an old rest is not held against them, a new one is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from patient_script import Act, Movement, Script, smile
from simulated_patient import SimulatedPatient

from coach import phases
from coach.assignment import Assignment
from coach.events import Phase, Repetition, UnwantedMovementWarned
from coach.library import load_library
from coach.plan import Plan
from coach.practice import Practice
from coach.sight import Reason
from coach.snapshot import Snapshot

LIBRARY = load_library()
FPS = 6.0
SMILED = smile(3.1)

# One repetition, a long rest, another repetition. The change comes while the first smile is held, or while the second
# repetition's rest goes on although it has been taken. A smile that was cut short is done again.
FIRST, CUT_SHORT = Act(2.0, 0.8, 1.6, 0.7, SMILED), Act(2.0, 0.8, 0.7, 0.5, SMILED)
SMILING_AT, RESTING_AT = 3.0, 6.6
AGAIN_AFTER = 5.0  # 3 s until what was taken at rest is given up, and 1.5 s for a new rest
STILL_MM = 0.5  # a still face reads up to 0.3 mm in these few pictures; judged from elsewhere it reads 1.2 mm


@dataclass(frozen=True, slots=True)
class Stays:
    """A change that comes within 0.2 s and stays."""

    start: float
    movement: Movement
    end: float = 0.0

    def share(self, seconds: float) -> float:
        return min(max((seconds - self.start) / 0.2, 0.0), 1.0)


DARKER = Movement(gain=-0.5)
EXPOSED = Movement(gain=0.4)
TURNED = Movement(yaw_degrees=8.0)
NEARER = Movement(nearness=0.25, shift_x_mm=20.0)
FARTHER = Movement(nearness=-0.2, shift_x_mm=-15.0, roll_degrees=5.0)


def played(script: Script, repetitions: int) -> tuple[list[Snapshot], list[Repetition]]:
    full = LIBRARY.exercises["small-closed-smile"]
    short = {"repetitions": repetitions, "hold_seconds": 1.0, "rest_seconds": 4.0}
    card = full.model_copy(update={"dose": full.dose.model_copy(update=short)})
    kept: list[Repetition] = []
    patient = SimulatedPatient(camera_mm=500.0)
    plan = Plan.of(card, LIBRARY.patterns, None, Assignment(card.id, sensitivity="sensitive"))
    practice = Practice(plan, LIBRARY.patterns, lambda done, _: kept.append(done), rest_seconds=1.0)
    try:
        return [practice.see(picture, at) for at, picture, _ in patient.frames(script, FPS)], kept
    finally:
        practice.close()


def seen_at_rest(snapshots: list[Snapshot]) -> dict[str, float]:
    """The median of every movement over the judged pictures; the face is still in all of them."""
    seen: dict[str, list[float]] = {}
    for name, mm in [pair for s in snapshots for pair in s.movements.items()]:
        seen.setdefault(name, []).extend([] if mm is None else [mm])
    return {name: float(np.median(mms)) for name, mms in seen.items() if mms}


@pytest.mark.parametrize(
    ("at", "change", "reason"),
    [
        pytest.param(SMILING_AT, DARKER, Reason.TOO_DARK, id="smiling, half the light"),
        pytest.param(SMILING_AT, NEARER, Reason.TOO_NEAR, id="smiling, a quarter nearer and 20 mm aside"),
        pytest.param(RESTING_AT, DARKER, Reason.TOO_DARK, id="resting, half the light"),
        pytest.param(RESTING_AT, TURNED, Reason.TURNED_AWAY, id="resting, turned by 8 degrees"),
        pytest.param(RESTING_AT, FARTHER, Reason.TOO_FAR, id="resting, a fifth farther away and aside"),
        pytest.param(RESTING_AT, EXPOSED, None, id="resting, exposure up by 40 percent"),
    ],
)
def test_what_changes_and_stays_is_told_and_then_a_new_rest_is_taken(
    at: float, change: Movement, reason: Reason | None
) -> None:
    resting = at == RESTING_AT
    first = FIRST if resting else CUT_SHORT
    second = Act(at + AGAIN_AFTER, 0.8, 1.5, 0.7, SMILED)
    script = Script(second.end + 0.6, (first, second, Stays(at, change)))

    snapshots, repetitions = played(script, 2 if resting else 1)

    assert [e for s in snapshots for e in s.events if isinstance(e, UnwantedMovementWarned)] == []
    assert [r.clean for r in repetitions] == ([True, True] if resting else [True]), (
        "all can be done in the end"
    )
    assert second.start < repetitions[-1].started_at < second.end
    changed = [s for s in snapshots if at + 0.5 < s.at < second.start]
    told = {s.reason for s in changed}
    if reason is None:  # the skin is followed through it
        assert told == {None}
    else:
        assert told >= {reason, Reason.TAKING_REST}
        assert changed[-1].reason is None
    for name, mm in seen_at_rest([s for s in changed if s.at > first.end + 0.5]).items():
        assert abs(mm) < STILL_MM, f"{name} is judged against a rest that is gone"


def test_a_face_that_does_nothing_for_long_is_given_a_new_rest_whatever_was_noted_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A chin that rose, came back and then came to rest elsewhere is warned of, but not for ever."""
    monkeypatch.setattr(phases, "MOVE_PATIENCE_SECONDS", 4.0)
    chin_up = Movement(chin_raise=2.5)

    snapshots, repetitions = played(Script(8.5, (Act(2.2, 0.2, 1.0, 0.2, chin_up), Stays(4.4, chin_up))), 1)

    warned = [s.at for s in snapshots for e in s.events if isinstance(e, UnwantedMovementWarned)]
    assert len(warned) == 2
    assert repetitions == []
    last = snapshots[-1]
    assert (last.phase, last.judged, last.warning) == (Phase.MOVE, True, None)
