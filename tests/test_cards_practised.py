"""Each card that the camera judges, practised once by the simulated patient: cleanly, and with what joins in most."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from patient_script import STILL, Movement, smile
from simulated_patient import SimulatedPatient

from coach.assignment import Assignment
from coach.events import Phase, Repetition, UnwantedMovementWarned
from coach.exercise import Exercise, Pattern
from coach.face import Side
from coach.library import load_library
from coach.plan import Plan
from coach.practice import Practice
from coach.snapshot import Snapshot

LIBRARY = load_library()
JUDGED = [card for card in LIBRARY.exercises.values() if card.judged in ("movement", "areas", "stillness")]
FPS = 10.0
REACTION, RAMP = 0.3, 2.0  # seconds
PATIENCE = 40.0  # seconds for two repetitions and their rests
READ = 0.85  # what the engine reads of a true movement, about (docs/validation.md)
JOINS_MM = 3.2  # an unwanted movement that anyone can see


def both(name: str, mm: float) -> Movement:
    return Movement(**{f"{name}_right": mm, f"{name}_left": mm})


def wanted(card: Exercise, side: Side | None) -> Movement:
    """The card's own movement, to the middle of its band; small where the camera does not measure it."""
    target = card.target
    if target is None:
        return STILL if card.judged == "stillness" else Movement(pucker=2.0)
    middle = (target.low + target.high) / 2 / READ
    match target.movement:
        case "smile":
            return smile(middle, *((1.0, 1.0) if side is None else (side is Side.RIGHT, side is Side.LEFT)))
        case "pucker":
            return Movement(pucker=2 * middle)
        case "eye_closing":
            return both("eye_closing", SimulatedPatient().lid_gap_mm("right") * min(middle / 100, 1.0))
        case "frown":
            return both("brow_draw_in", middle)
        case movement:
            return both(movement, middle)


def joining(pattern: Pattern, moving: Side | None) -> Movement:
    """The pattern's movement on the right, the affected side; the side at rest where one moves alone."""
    assert pattern.movement is not None
    name = {"corner_travel": "corner_up"}.get(pattern.movement, pattern.movement)
    mm = -JOINS_MM if pattern.direction == "less" else JOINS_MM
    if pattern.where == "midline":
        return Movement(**{name: mm})
    side = moving.other if pattern.where == "resting_side" and moving is not None else Side.RIGHT
    return Movement(**{f"{name}_{side.value}": mm})


@dataclass
class Follower:
    """Does what the coach asks, a moment later; in the second repetition something joins in until it is said."""

    card: Exercise
    plan: Plan
    snapshots: list[Snapshot] = field(default_factory=list)
    repetitions: list[Repetition] = field(default_factory=list)
    share: float = 0.0
    joined: float = 0.0

    def warned(self) -> list[tuple[str, Side | None]]:
        events = [event for snapshot in self.snapshots for event in snapshot.events]
        return [(e.pattern, e.side) for e in events if isinstance(e, UnwantedMovementWarned)]

    def movement(self, at: float) -> Movement:
        """What the face does now, after what was last asked."""
        before = self.snapshots[-1] if self.snapshots else None
        if before is None or before.phase is Phase.PREPARE:
            return STILL
        asked = before.phase in (Phase.MOVE, Phase.HOLD)
        self.share = _nearer(self.share, float(asked), at - before.at)
        second = before.repetition == 2
        joins = second and before.phase is Phase.HOLD and not self.warned()
        self.joined = _nearer(self.joined, float(joins), at - before.at)
        turn = self.plan.turn(max(before.repetition, 1))
        unwanted = joining(LIBRARY.patterns[self.card.watch[0].pattern], turn.side)
        return wanted(self.card, turn.side) * _eased(self.share) + unwanted * _eased(self.joined)

    def practise(self) -> None:
        patient = SimulatedPatient()
        practice = Practice(self.plan, LIBRARY.patterns, lambda done, _: self.repetitions.append(done))
        try:
            for number in range(round(PATIENCE * FPS)):
                at = number / FPS
                self.snapshots.append(practice.see(patient.frame(self.movement(at), number), at))
                if practice.done:
                    return
        finally:
            practice.close()


def _nearer(share: float, to: float, seconds: float) -> float:
    step = seconds / RAMP
    return min(share + step, to) if to > share else max(share - step, to)


def _eased(share: float) -> float:
    return (1 - math.cos(math.pi * share)) / 2


@pytest.mark.parametrize("card", JUDGED, ids=lambda card: card.id)
def test_a_card_is_counted_when_done_cleanly_and_warns_of_what_joins_in_most(card: Exercise) -> None:
    short = card.model_copy(update={"dose": card.dose.model_copy(update={"rest_seconds": 2.0})})
    assigned = Assignment(card.id, repetitions=2, hold_seconds=2.0)
    follower = Follower(card, Plan.of(short, LIBRARY.patterns, Side.RIGHT, assigned))

    follower.practise()

    clean, joined = follower.repetitions
    expected = LIBRARY.patterns[card.watch[0].pattern]
    assert clean.clean, f"{clean.corrections} {clean.unwanted} {clean.hold_seconds:.1f} s held"
    assert [unwanted for unwanted in clean.unwanted if unwanted.warned_at is not None] == []
    assert clean.hold_seconds >= 2.0 - 1e-6
    assert expected.id in {pattern for pattern, _ in follower.warned()}, f"warned of {follower.warned()}"
    assert expected.id in {unwanted.pattern for unwanted in joined.unwanted}
    assert not joined.clean
    assert joined.hold_seconds >= 2.0 - 1e-6, "after easing off the hold counts"
    sides = {side for pattern, side in follower.warned() if pattern == expected.id}
    assert sides <= {None, Side.RIGHT}
