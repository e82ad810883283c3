"""The exercise as a pure step, fed readings by hand: every phase, every warning, and any readings at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach import coaching, phases, under_way
from coach.assignment import Assignment, Schedule
from coach.coaching import Seen
from coach.events import (
    Corrected,
    Event,
    Phase,
    PhaseEntered,
    PracticeDone,
    Repetition,
    RepetitionDone,
    UnwantedMovementEnded,
    UnwantedMovementStarted,
    UnwantedMovementWarned,
)
from coach.exercise import Exercise
from coach.face import Side
from coach.library import load_library
from coach.movements import NAMES, Readings
from coach.plan import Plan
from coach.records.trends import seen_well
from coach.rest import Rest
from coach.resting_shape import RestingShape
from coach.under_way import Coaching
from coach.watch import DWELL_SECONDS

LIBRARY = load_library()
SMILE = LIBRARY.exercises["small-closed-smile"]
PUCKER = LIBRARY.exercises["small-pucker"]
CLOSING = LIBRARY.exercises["gentle-eye-closing"]
HALF = LIBRARY.exercises["half-closing"]
GAP_MM = {Side.RIGHT: 10.0, Side.LEFT: 8.0}
EYE = ("oral-ocular-narrow", Side.RIGHT)

STILL: Readings = dict.fromkeys(NAMES, 0.0)


def rest(noise_mm: float = 0.05, gap_mm: Mapping[Side, float] = GAP_MM) -> Rest:
    return Rest(STILL, dict.fromkeys(NAMES, noise_mm), gap_mm)


def smiling(mm: float, left_mm: float | None = None, **others: float | None) -> Readings:
    """Both corners `mm` along the diagonal, and whatever else is told by name."""
    right, left = mm / math.sqrt(2), (mm if left_mm is None else left_mm) / math.sqrt(2)
    corners = {
        "corner_up_right": right,
        "corner_out_right": right,
        "corner_up_left": left,
        "corner_out_left": left,
    }
    return {**STILL, **corners, **others}


def plan_of(
    exercise: Exercise = SMILE,
    affected: Side | None = Side.RIGHT,
    sensitivity: str = "default",
    repetitions: int = 2,
) -> Plan:
    dose = exercise.dose.model_copy(update={"repetitions": repetitions})
    short = exercise.model_copy(update={"dose": dose})
    return Plan.of(short, LIBRARY.patterns, affected, Assignment(short.id, sensitivity=sensitivity))


def corrections(person: Person) -> list[str]:
    return [event.kind for event in person.events if isinstance(event, Corrected)]


@dataclass
class Person:
    """Someone who practises, seen `per_second` times a second from time 100 on."""

    plan: Plan = field(default_factory=plan_of)
    per_second: float = 20.0
    at: float = 100.0
    resting: Rest = field(default_factory=rest)
    state: Coaching = field(init=False)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = under_way.start(self.plan)

    def shows(self, seen: Seen, seconds: float) -> list[Event]:
        """The same sight for some seconds; returns what happened."""
        happened: list[Event] = []
        for _ in range(max(round(seconds * self.per_second), 1)):
            self.at += 1 / self.per_second
            happened += self.steps(seen)
        return happened

    def steps(self, seen: Seen) -> list[Event]:
        """One more picture at the present time."""
        self.state, events = coaching.step(self.plan, self.state, seen, self.at)
        self.events += events
        return list(events)

    def does(self, readings: Readings, seconds: float = 1.0, blink: bool = False) -> list[Event]:
        return self.shows(Seen(True, readings, self.resting, blink), seconds)

    def is_unseen(self, seconds: float) -> list[Event]:
        return self.shows(Seen(False), seconds)

    def waits_for_rest(self, seconds: float = 2.0) -> list[Event]:
        """The resting face is still being taken."""
        return self.shows(Seen(True), seconds)

    def moves(self) -> Person:
        """Up to MOVE of the first repetition, with the face at rest."""
        self.waits_for_rest()
        self.does(STILL, 0.1)
        assert self.state.phase is Phase.MOVE
        return self

    def holds(self, mm: float = 3.0) -> Person:
        self.moves()
        self.does(smiling(mm), 0.5)
        assert self.state.phase is Phase.HOLD
        return self

    def repeats(self, readings: Readings | None = None) -> Repetition:
        """One whole repetition from wherever the person is, and the rest taken behind it."""
        self.does(readings or smiling(3.0), 6.0)
        done = [e for e in self.does(STILL, 1.0) if isinstance(e, RepetitionDone)]
        self.waits_for_rest()
        return done[0].repetition

    @property
    def phases(self) -> list[Phase]:
        return [event.phase for event in self.events if isinstance(event, PhaseEntered)]

    @property
    def repetitions(self) -> list[Repetition]:
        return [event.repetition for event in self.events if isinstance(event, RepetitionDone)]

    def warned(self) -> list[tuple[float, str, Side | None]]:
        return [(e.at, e.pattern, e.side) for e in self.events if isinstance(e, UnwantedMovementWarned)]


@pytest.fixture
def person() -> Person:
    return Person()


AboutAnArea = UnwantedMovementStarted | UnwantedMovementWarned | UnwantedMovementEnded
NARROWED = {"eye_narrowing_right": 1.5}


# --- phases


def test_a_whole_practice_goes_through_every_phase_in_order(person: Person) -> None:
    assert person.state.phase is Phase.PREPARE
    person.moves()
    person.repeats()
    person.does(STILL, 9.0)
    person.does(smiling(3.0), 6.0)
    person.does(STILL, 1.0)

    each = [Phase.REST, Phase.MOVE, Phase.HOLD, Phase.RELEASE]
    assert person.phases == [*each, *each, Phase.DONE]
    assert isinstance(person.events[-1], PracticeDone)
    assert [r.number for r in person.repetitions] == [1, 2]
    for repetition in person.repetitions:
        assert repetition.clean
        assert repetition.hold_seconds == pytest.approx(5.0, abs=0.06)
        assert repetition.amplitude_right_mm == pytest.approx(3.0)
        assert repetition.symmetry == pytest.approx(1.0)
        assert repetition.judged_share == 1.0
        assert repetition.unwanted == ()


def test_each_repetition_carries_the_shape_of_the_rest_before_it(person: Person) -> None:
    shapes = [RestingShape(8.0, 9.0, 1.0, -0.5), None]
    person.resting = replace(rest(), shape=shapes[0])
    person.moves()
    person.repeats()
    person.resting = replace(rest(), shape=shapes[1])
    person.repeats()

    assert [repetition.resting for repetition in person.repetitions] == shapes


def test_a_repetition_done_anew_carries_the_shape_of_its_own_rest(person: Person) -> None:
    before, after = (RestingShape(8.0, 9.0, mm, 0.0) for mm in (1.0, 2.0))
    person.resting = replace(rest(), shape=before)
    person.holds()
    person.is_unseen(4.0)
    assert person.state.phase is Phase.REST
    person.resting = replace(rest(), shape=after)
    person.does(STILL, 0.5)

    assert person.repeats().resting == after


def test_nothing_begins_before_a_face_is_judged(person: Person) -> None:
    person.is_unseen(10.0)

    assert person.state.phase is Phase.PREPARE
    assert person.events == []


def test_the_first_repetition_begins_as_soon_as_the_resting_face_is_taken(person: Person) -> None:
    person.waits_for_rest(6.0)
    assert person.phases == [Phase.REST]

    person.does(STILL, 0.1)

    assert person.phases == [Phase.REST, Phase.MOVE]


def test_later_repetitions_wait_for_the_rest_on_the_card(person: Person) -> None:
    person.moves()
    person.repeats()  # two seconds and a half of its rest are over
    person.does(STILL, SMILE.dose.rest_seconds - 4.0)
    assert person.state.phase is Phase.REST

    person.does(STILL, 2.0)

    assert person.state.phase is Phase.MOVE


def test_whoever_starts_early_is_followed(person: Person) -> None:
    person.moves()
    person.repeats()

    person.does(smiling(3.0), 0.6)

    assert person.state.phase is Phase.HOLD
    assert person.phases[-3:] == [Phase.REST, Phase.MOVE, Phase.HOLD]


def test_one_stray_picture_changes_no_phase(person: Person) -> None:
    person.moves()
    person.does(smiling(3.0), 0.05)
    person.does(STILL, 1.0)
    assert person.state.phase is Phase.MOVE

    person.does(smiling(3.0), 1.0)
    person.does(STILL, 0.05)
    person.does(smiling(3.0), 1.0)

    assert person.state.phase is Phase.HOLD


def test_a_movement_that_never_reaches_the_band_is_told_and_at_last_let_go_kindly(person: Person) -> None:
    person.moves()
    person.does(smiling(1.5), 5.0)
    assert corrections(person) == []
    person.does(smiling(1.5), 15.0)
    assert corrections(person) == ["too_small"], "once, and it is waited for"
    assert person.state.phase is Phase.MOVE
    person.does(smiling(1.5), 6.0)
    assert person.state.phase is Phase.RELEASE
    person.does(STILL, 1.0)

    (repetition,) = person.repetitions
    assert not repetition.clean
    assert repetition.hold_seconds == 0
    assert repetition.amplitude_right_mm == pytest.approx(1.5)
    assert repetition.corrections == ("too_small",)
    assert person.warned() == []


def test_a_movement_that_is_late_to_reach_the_band_can_still_be_clean(person: Person) -> None:
    person.moves()
    person.does(smiling(1.5), 20.0)
    person.does(smiling(2.4), 6.0)
    person.does(STILL, 1.0)

    assert [r.clean for r in person.repetitions] == [True]


def test_a_side_that_lags_is_not_asked_to_go_further_too(person: Person) -> None:
    person.moves()
    person.does(smiling(2.4, left_mm=0.4), 20.0)

    assert "uneven" in corrections(person)
    assert "too_small" not in corrections(person)


def test_a_person_who_does_nothing_gets_a_fresh_rest(person: Person) -> None:
    person.moves()
    happened = person.does(STILL, 26.0)

    assert next(e.phase for e in happened if isinstance(e, PhaseEntered)) is Phase.REST
    assert person.state.repetition == 1
    assert person.repetitions == []


def test_a_rest_taken_on_a_moved_face_is_taken_again(person: Person) -> None:
    person.moves()
    person.does(smiling(-2.0), 0.25)

    assert person.phases == [Phase.REST, Phase.MOVE, Phase.REST]
    assert person.repetitions == []


def test_letting_go_before_the_hold_is_done_ends_the_repetition_kindly(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0), 2.0)
    person.does(STILL, 0.5)

    (repetition,) = person.repetitions
    assert not repetition.clean
    assert repetition.hold_seconds == pytest.approx(2.3, abs=0.1)
    assert person.state.phase is Phase.REST
    assert person.state.repetition == 2


def test_a_band_that_was_only_brushed_is_no_repetition(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0), 0.3)
    person.does(STILL, 1.0)
    assert person.state.phase is Phase.MOVE
    assert person.repetitions == []

    person.repeats()

    assert [(r.number, r.clean) for r in person.repetitions] == [(1, True)]


def test_a_blink_begins_no_eye_closing() -> None:
    person = Person(plan_of(CLOSING)).moves()

    person.does({**STILL, "eye_narrowing_right": 9.0, "eye_narrowing_left": 7.0}, 0.4, blink=True)

    assert person.state.phase is Phase.MOVE


def test_a_late_release_is_waited_for(person: Person) -> None:
    person.moves()
    person.does(smiling(3.0), 14.0)
    assert person.state.phase is Phase.RELEASE
    assert person.repetitions == []

    person.does(STILL, 0.5)

    (repetition,) = person.repetitions
    assert repetition.clean
    assert repetition.hold_seconds == pytest.approx(5.0, abs=0.06)
    assert repetition.ended_at - repetition.started_at == pytest.approx(14.2, abs=0.2)


def test_a_release_that_never_quite_ends_is_ended(person: Person) -> None:
    person.moves()
    person.does(smiling(3.0), 6.0)
    person.does(smiling(1.0), 13.0)

    assert [r.clean for r in person.repetitions] == [True]
    assert person.state.repetition == 2


def test_a_hold_that_will_not_settle_is_let_go(person: Person) -> None:
    person.holds()
    person.does(smiling(1.2), 26.0)

    assert person.state.phase is Phase.RELEASE
    assert person.state.attempt.hold_seconds < 1.0
    person.does(STILL, 1.0)
    assert [r.clean for r in person.repetitions] == [False]


def test_too_big_is_said_and_not_counted(person: Person) -> None:
    person.holds()
    counted = person.state.attempt.hold_seconds

    person.does(smiling(5.0), 3.0)

    assert person.state.too_big
    assert person.state.attempt.hold_seconds == counted
    assert person.warned() == []
    person.does(smiling(3.0), 1.0)
    assert not person.state.too_big
    assert person.state.attempt.hold_seconds == pytest.approx(counted + 1.0)


def test_what_joins_in_with_a_movement_far_beyond_the_band_is_not_judged(person: Person) -> None:
    person.holds()
    person.does(smiling(7.0, **NARROWED), 5.0)

    assert [e for e in person.events if isinstance(e, UnwantedMovementStarted)] == []


def test_done_stays_done(person: Person) -> None:
    person.plan = plan_of(repetitions=1)
    person.moves()
    person.repeats()
    assert person.state.phase is Phase.DONE
    before = len(person.events)

    person.does(smiling(3.0, **NARROWED), 20.0)
    person.is_unseen(10.0)
    person.does(STILL, 20.0)

    assert person.state.phase is Phase.DONE
    assert len(person.events) == before


def test_the_weaker_side_makes_the_symmetry(person: Person) -> None:
    person.moves()
    repetition = person.repeats(smiling(2.1, left_mm=3.0))

    assert repetition.amplitude_right_mm == pytest.approx(2.1)
    assert repetition.amplitude_left_mm == pytest.approx(3.0)
    assert repetition.symmetry == pytest.approx(0.7)


def test_a_side_that_is_never_seen_has_no_amplitude_and_no_symmetry(person: Person) -> None:
    person.moves()
    repetition = person.repeats(smiling(3.0, corner_up_left=None))

    assert repetition.amplitude_right_mm == pytest.approx(3.0)
    assert repetition.amplitude_left_mm is None
    assert repetition.symmetry is None
    assert repetition.clean


@pytest.mark.parametrize(
    ("exercise", "readings", "mm"),
    [
        pytest.param(PUCKER, {"corner_out_right": -2.0, "corner_out_left": -2.0}, 2.0, id="pucker"),
        pytest.param(CLOSING, {"eye_narrowing_right": 8.0, "eye_narrowing_left": 6.4}, 8.0, id="eye closing"),
    ],
)
def test_every_kind_of_target_can_be_practised(exercise: Exercise, readings: Readings, mm: float) -> None:
    person = Person(plan_of(exercise)).moves()

    repetition = person.repeats({**STILL, **readings})

    assert repetition.clean
    assert repetition.amplitude_right_mm == pytest.approx(mm)


def test_a_band_in_percent_of_the_lid_gap_is_each_eyes_own() -> None:
    plan = plan_of(CLOSING)
    band = plan.turn(1).band

    assert band is not None
    assert band.mm(Side.RIGHT, rest()) == pytest.approx((6.0, 11.5))
    assert band.mm(Side.LEFT, rest()) == pytest.approx((4.8, 9.2))
    person = Person(plan).moves()
    person.does({**STILL, "eye_narrowing_right": 6.0, "eye_narrowing_left": 4.8}, 0.1)
    assert person.state.level == pytest.approx(1.0)


# --- not judged


def test_while_the_face_is_unseen_for_a_second_the_clock_stands_still(person: Person) -> None:
    person.holds()
    counted = person.state.attempt.hold_seconds

    assert person.is_unseen(1.0) == []

    assert person.state.phase is Phase.HOLD
    assert person.state.attempt.hold_seconds == counted
    assert person.state.level is None
    person.does(smiling(3.0), 5.0)
    person.does(STILL, 1.0)
    (repetition,) = person.repetitions
    assert repetition.clean
    assert repetition.hold_seconds == pytest.approx(5.0, abs=0.06)
    assert 0.7 < repetition.judged_share < 0.95


def test_a_face_unseen_for_five_seconds_rests_again_and_the_repetition_begins_anew(person: Person) -> None:
    person.moves()
    person.repeats()
    person.does(STILL, 9.0)
    person.does(smiling(3.0), 3.0)
    assert (person.state.phase, person.state.repetition) == (Phase.HOLD, 2)

    person.is_unseen(5.0)

    assert (person.state.phase, person.state.repetition) == (Phase.REST, 2)
    assert person.state.attempt.hold_seconds == 0
    person.waits_for_rest()
    person.does(STILL, 9.0)
    person.repeats()
    assert [r.number for r in person.repetitions] == [1, 2]


def test_one_side_above_the_band_is_not_counted_however_still_the_other(person: Person) -> None:
    person.holds()
    before = person.state.attempt.hold_seconds

    person.does(smiling(0.0, left_mm=5.0), 2.0)

    assert person.state.too_big
    assert person.state.attempt.hold_seconds == pytest.approx(before, abs=0.1)


def test_a_smile_of_one_side_alone_is_not_clean(person: Person) -> None:
    person.moves()

    repetition = person.repeats(smiling(0.0, left_mm=4.2))

    assert repetition.symmetry == 0.0
    assert repetition.hold_seconds == pytest.approx(5.0, abs=0.1)
    assert not repetition.clean


def test_an_area_that_was_not_seen_is_named_and_said_to_be_neither(person: Person) -> None:
    person.moves()

    repetition = person.repeats(smiling(3.0, chin_raise=None))

    assert repetition.unseen == ("chin",)
    assert repetition.unwanted == ()


def test_a_stray_picture_does_not_begin_a_repetition(person: Person) -> None:
    person.moves()
    began = person.at

    person.steps(Seen(True, smiling(1.0), person.resting))
    person.does(STILL, 4.0)
    repetition = person.repeats()

    assert repetition.started_at > began + 3.9


def test_a_blink_begins_no_repetition_of_eye_closing() -> None:
    person = Person(plan_of(CLOSING)).moves()

    shut = {**STILL, "eye_narrowing_right": 9.0, "eye_narrowing_left": 8.0}
    person.does(shut, 0.4, blink=True)
    person.does(STILL, 1.0)

    assert person.state.phase is Phase.MOVE
    assert person.repetitions == []


def test_a_band_that_was_only_brushed_is_tried_again(person: Person) -> None:
    person.moves()

    person.does(smiling(3.0), 0.6)
    person.does(STILL, 1.0)

    assert person.state.phase is Phase.MOVE
    assert person.repetitions == []
    assert person.repeats().number == 1


def test_a_warning_given_before_the_face_was_lost_stays_with_its_repetition(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=2.0), 1.2)
    assert person.warned()

    person.is_unseen(5.0)
    person.does(STILL, 0.5)
    repetition = person.repeats()

    assert [movement.pattern for movement in repetition.unwanted] == ["oral-ocular-narrow"]
    assert not repetition.clean


def test_after_a_pause_the_same_repetition_begins_from_a_fresh_rest(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=2.0), 1.2)

    person.state, events = phases.after_break(person.plan, person.state, person.at)

    assert events == (PhaseEntered(person.at, Phase.REST),)
    assert person.state.repetition == 1
    person.waits_for_rest()
    person.does(STILL, 0.5)
    assert not person.repeats().clean


def test_a_pause_before_the_beginning_or_after_the_end_changes_nothing(person: Person) -> None:
    assert phases.after_break(person.plan, person.state, 1.0) == (person.state, ())


def test_a_hold_that_was_reached_is_kept_when_the_face_is_lost_behind_it(person: Person) -> None:
    person.moves()
    person.does(smiling(3.0), 6.0)
    assert person.state.phase is Phase.RELEASE

    person.is_unseen(5.0)

    assert [(r.number, r.clean) for r in person.repetitions] == [(1, True)]


def test_a_warning_that_was_given_is_kept_when_the_face_is_lost_behind_it(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 1.5)
    person.is_unseen(5.0)
    person.waits_for_rest()
    person.does(STILL, 1.0)
    person.repeats()

    (repetition,) = person.repetitions
    assert not repetition.clean
    assert [(u.pattern, u.side, u.warned_at is not None) for u in repetition.unwanted] == [(*EYE, True)]


def test_what_is_not_judged_is_never_a_warning(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 0.4)
    assert person.warned() == []

    person.shows(Seen(False, smiling(3.0, **NARROWED), person.resting), 2.5)

    assert person.warned() == []
    assert [e for e in person.events if isinstance(e, UnwantedMovementEnded)] == []


def test_a_blink_neither_feeds_a_warning_nor_clears_it(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 0.4)
    person.does(smiling(3.0, **NARROWED), 0.6, blink=True)
    assert person.warned() == []

    person.does(smiling(3.0, **NARROWED), 0.4)

    assert [w[1:] for w in person.warned()] == [EYE]
    person.does(smiling(3.0), 0.5, blink=True)
    assert person.state.warning is not None


def lowered(share: float, right_share: float | None = None) -> Readings:
    """Both lids, or the right one by itself, so far of their own gap."""
    right = share if right_share is None else right_share
    gaps = {f"eye_narrowing_{side.value}": gap for side, gap in GAP_MM.items()}
    return {
        **STILL,
        **{name: (right if name.endswith("right") else share) * gap for name, gap in gaps.items()},
    }


# What coach.blink masks: the healthy left eye shuts for up to half a second, and the affected right one hardly follows.
BLINK, BLINK_SECONDS = lowered(0.95, 0.45), 0.55


@pytest.mark.parametrize("feedback", ["every", "after"])
def test_blinks_while_the_lids_are_held_half_way_take_nothing_from_the_repetition(feedback: Schedule) -> None:
    assigned = Assignment(HALF.id, repetitions=1, sensitivity="sensitive", feedback=feedback)
    person = Person(Plan.of(HALF, LIBRARY.patterns, Side.RIGHT, assigned)).moves()
    for share in (0.1, 0.2, 0.3, 0.4):
        person.does(lowered(share), 0.5)
    while person.state.phase in (Phase.MOVE, Phase.HOLD):
        person.does(lowered(0.5), 1.0)
        person.does(BLINK, BLINK_SECONDS, blink=True)
    for share in (0.4, 0.3, 0.2, 0.1, 0.0):
        person.does(lowered(share), 0.6)

    (repetition,) = person.repetitions
    assert repetition.clean
    assert repetition.corrections == ()
    assert repetition.amplitude_right_mm == pytest.approx(5.0)
    assert repetition.amplitude_left_mm == pytest.approx(4.0)
    assert repetition.hold_seconds == pytest.approx(5.0, abs=0.1)


def test_a_blink_while_the_lids_open_slowly_is_not_a_hold_that_was_dropped() -> None:
    person = Person(plan_of(HALF, repetitions=1)).moves()
    person.does(lowered(0.5), 6.0)
    assert person.state.phase is Phase.RELEASE
    for share in (0.4, 0.3, 0.2):
        person.does(lowered(share), 0.7)
    person.does(BLINK, 0.2, blink=True)
    person.does(lowered(0.1), 0.5)

    (repetition,) = person.repetitions
    assert "released_fast" not in repetition.corrections
    assert repetition.release_seconds is not None
    assert repetition.release_seconds > 2.0


def test_a_blink_is_no_part_of_how_far_a_movement_went_that_was_not_held() -> None:
    person = Person(plan_of(HALF, repetitions=1)).moves()
    person.does(lowered(0.3), 0.5)
    person.does(BLINK, 0.3, blink=True)

    assert person.state.attempt.peak == pytest.approx((3.0, 2.4))


# --- the clock


def test_a_clock_that_stands_still_adds_nothing(person: Person) -> None:
    person.holds()
    state = person.state

    for _ in range(500):
        person.steps(Seen(True, smiling(3.0, **NARROWED), person.resting))

    assert person.state.attempt.hold_seconds == state.attempt.hold_seconds
    assert person.warned() == []
    assert person.state.phase is Phase.HOLD


def test_a_clock_that_goes_back_adds_nothing_until_it_is_past_where_it_was(person: Person) -> None:
    person.holds()
    counted = person.state.attempt.hold_seconds

    person.at -= 50.0
    person.does(smiling(3.0), 40.0)

    assert person.state.attempt.hold_seconds == counted
    assert person.state.phase is Phase.HOLD


def test_a_clock_that_jumps_adds_nothing(person: Person) -> None:
    person.holds()
    counted = person.state.attempt.hold_seconds

    for _ in range(20):
        person.at += 3600.0
        person.steps(Seen(True, smiling(3.0, **NARROWED), person.resting))

    assert person.state.attempt.hold_seconds == counted
    assert person.warned() == []


# --- watching


@pytest.mark.parametrize("sensitivity", DWELL_SECONDS)
def test_a_movement_is_said_once_it_has_lasted(sensitivity: str) -> None:
    dwell = {"sensitive": 0.5, "default": 0.7, "lenient": 1.0}[sensitivity]
    person = Person(plan_of(sensitivity=sensitivity), per_second=50.0).holds()
    began = person.at

    person.does(smiling(3.0, eye_narrowing_right=2.5), 3.0)

    ((at, pattern, side),) = person.warned()
    assert (pattern, side) == EYE
    assert at - began == pytest.approx(dwell, abs=0.03)


@pytest.mark.parametrize("per_second", [5.0, 10.0, 15.0, 30.0, 60.0])
def test_the_time_until_it_is_said_is_the_same_at_any_pace(per_second: float) -> None:
    person = Person(per_second=per_second).holds()
    began = person.at

    person.does(smiling(3.0, **NARROWED), 3.0)

    ((at, _, _),) = person.warned()
    assert 0.7 - 1e-6 <= at - began <= 0.7 + 1 / per_second + 1e-6


def test_a_warning_is_given_once_and_stands_until_the_area_is_quiet_again(person: Person) -> None:
    person.holds()
    counted = person.state.attempt.hold_seconds
    person.does(smiling(3.0, **NARROWED), 4.0)
    assert len(person.warned()) == 1
    assert person.state.warning is not None
    assert person.state.warning.rule.pattern == EYE[0]
    assert person.state.attempt.hold_seconds == pytest.approx(counted), "time with the eye in it is no hold"

    person.does(smiling(3.0), 2.0)

    assert person.state.warning is None
    assert [type(e) for e in person.events if isinstance(e, AboutAnArea)] == [
        UnwantedMovementStarted,
        UnwantedMovementWarned,
        UnwantedMovementEnded,
    ]


def test_an_area_at_the_edge_does_not_flicker(person: Person) -> None:
    """Tolerance 15 % of a gap of 10 mm against its own rest, 6 % against the other side: outside from 0.6 mm."""
    person.holds()
    for _ in range(10):
        person.does(smiling(3.0, eye_narrowing_right=0.65), 0.2)
        person.does(smiling(3.0, eye_narrowing_right=0.5), 0.2)  # inside, but not below 0.7 of the tolerance

    assert len([e for e in person.events if isinstance(e, UnwantedMovementStarted)]) == 1
    assert len(person.warned()) == 1
    person.does(smiling(3.0, eye_narrowing_right=0.4), 1.0)
    assert len([e for e in person.events if isinstance(e, UnwantedMovementEnded)]) == 1


def test_a_flicker_is_not_noted(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 0.2)
    person.does(smiling(3.0), 6.0)
    person.does(STILL, 1.0)

    (repetition,) = person.repetitions
    assert repetition.unwanted == ()
    assert repetition.clean


def test_what_passed_too_soon_to_be_said_is_noted_and_the_repetition_stays_clean(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 0.5)
    person.does(smiling(3.0), 6.0)
    person.does(STILL, 1.0)

    (repetition,) = person.repetitions
    (eye,) = repetition.unwanted
    assert (eye.pattern, eye.side, eye.warned_at) == (*EYE, None)
    assert repetition.clean


def test_the_note_says_when_how_far_and_at_which_amplitude(person: Person) -> None:
    person.moves()
    person.does(smiling(1.6), 1.0)
    began = person.at
    person.does(smiling(1.6, eye_narrowing_right=0.9), 0.1)
    person.does(smiling(3.0, eye_narrowing_right=1.8), 1.0)
    person.does(smiling(3.0), 7.0)
    person.does(STILL, 1.0)

    ((eye,),) = [r.unwanted for r in person.repetitions]
    assert (eye.pattern, eye.movement, eye.side) == ("oral-ocular-narrow", "eye_narrowing", Side.RIGHT)
    assert eye.started_at == pytest.approx(began, abs=0.06)
    assert eye.onset_amplitude_mm == pytest.approx(1.6)
    assert eye.peak_mm == pytest.approx(1.8)
    assert eye.warned_at is not None
    assert eye.started_at < eye.warned_at < eye.ended_at


def test_what_is_still_there_when_the_repetition_ends_is_noted(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 2.0)
    person.does({**STILL, **NARROWED}, 1.0)

    ((eye,),) = [r.unwanted for r in person.repetitions]
    assert eye.warned_at is not None
    assert len([e for e in person.events if isinstance(e, UnwantedMovementEnded)]) == 1
    assert person.state.warning is None, "the next repetition begins quiet"


def test_after_a_warning_the_hold_counts_below_the_point_where_it_came(person: Person) -> None:
    person.moves()
    person.does(smiling(3.0, **NARROWED), 1.5)
    person.does(smiling(1.2), 1.5)  # 0.6 of the band's lower edge
    counted = person.state.attempt.hold_seconds

    person.does(smiling(1.2), 2.0)

    assert person.state.phase is Phase.HOLD
    assert person.state.attempt.hold_seconds == pytest.approx(counted + 2.0)
    person.does(smiling(1.2), 3.0)
    person.does(STILL, 1.0)
    (repetition,) = person.repetitions
    assert repetition.hold_seconds == pytest.approx(5.0, abs=0.06)
    assert not repetition.clean


def test_without_a_warning_the_same_small_movement_is_no_hold(person: Person) -> None:
    person.holds()
    person.does(smiling(1.2), 0.2)
    counted = person.state.attempt.hold_seconds

    person.does(smiling(1.2), 2.0)

    assert person.state.attempt.hold_seconds == counted


@pytest.mark.parametrize("sensitivity", DWELL_SECONDS)
def test_the_tolerance_grows_with_the_persons_own_unrest(sensitivity: str) -> None:
    """The chin of a restless face: 1 mm is let pass where the noise is 0.5 mm, for four of them are 2 mm."""
    floor = {"sensitive": 0.8, "default": 1.0, "lenient": 1.5}[sensitivity]

    def warns(mm: float, noise_mm: float) -> bool:
        person = Person(plan_of(sensitivity=sensitivity), resting=rest(noise_mm)).holds()
        person.does(smiling(3.0, chin_raise=mm), 2.0)
        return ("chin", None) in [w[1:] for w in person.warned()]

    assert not warns(floor - 0.05, 0.05)
    assert warns(floor + 0.05, 0.05)
    assert not warns(1.9, 0.5)
    assert warns(2.1, 0.5)


@pytest.mark.parametrize(
    ("degrees", "chin_mm", "said"), [(0.0, 1.1, True), (1.0, 1.1, True), (3.0, 1.2, False), (3.0, 1.4, True)]
)
def test_the_tolerance_grows_with_each_degree_the_head_has_turned_beyond_what_the_mesh_wavers(
    person: Person, degrees: float, chin_mm: float, said: bool
) -> None:
    person.holds()
    person.shows(Seen(True, smiling(3.0, chin_raise=chin_mm), person.resting, turned_degrees=degrees), 2.0)

    assert (("chin", None) in [w[1:] for w in person.warned()]) is said


def test_what_both_eyes_do_alike_is_healthy_up_to_a_point(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=1.3, eye_narrowing_left=1.2), 3.0)
    assert person.warned() == []

    person.does(smiling(3.0, eye_narrowing_right=1.9, eye_narrowing_left=1.2), 1.0)

    assert [w[1:] for w in person.warned()] == [EYE]


def test_both_eyes_far_beyond_a_small_smiles_share_are_said(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=1.6, eye_narrowing_left=1.6), 1.0)  # 15 % of 10 mm are 1.5

    assert [w[1:] for w in person.warned()] == [EYE]


def test_an_other_eye_that_opens_does_not_make_this_one_narrow(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=0.3, eye_narrowing_left=-2.0), 3.0)

    assert person.warned() == []


def test_a_tolerance_in_percent_is_each_eyes_own() -> None:
    person = Person(plan_of(PUCKER, affected=None)).moves()  # 8 % of 10 mm right, of 8 mm left
    pucker = {"corner_out_right": -2.0, "corner_out_left": -2.0}

    person.does({**STILL, **pucker, "eye_narrowing_right": 0.7, "eye_narrowing_left": 0.7}, 2.0)

    assert [w[1:] for w in person.warned()] == [("oral-ocular-narrow", Side.LEFT)]


def test_where_the_side_is_known_the_other_is_let_be(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_left=2.0), 3.0)

    assert person.warned() == []


def test_a_corner_that_is_drawn_down_is_less_of_what_goes_up() -> None:
    person = Person(plan_of(PUCKER)).moves()
    pucker = {"corner_out_right": -2.0, "corner_out_left": -2.0}
    person.does({**STILL, **pucker, "corner_up_right": 2.0}, 2.0)
    assert person.warned() == []

    person.does({**STILL, **pucker, "corner_up_right": -2.0}, 2.0)

    assert [w[1:] for w in person.warned()] == [("platysma", Side.RIGHT)]


def test_an_unseen_area_is_not_warned_of(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=None), 4.0)

    assert person.warned() == []
    assert [e for e in person.events if isinstance(e, UnwantedMovementStarted)] == []


def test_an_area_that_joined_in_and_is_then_unseen_is_not_taken_for_quiet(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 1.0)
    counted = person.state.attempt.hold_seconds

    person.does(smiling(3.0, eye_narrowing_right=None), 3.0)

    assert person.state.warning is not None
    assert person.state.attempt.hold_seconds == counted
    assert [e for e in person.events if isinstance(e, UnwantedMovementEnded)] == []


@pytest.mark.parametrize(("every_seconds", "unseen"), [pytest.param(2.0, False), pytest.param(1.0, True)])
def test_what_blinks_hid_is_unseen_and_not_quiet(person: Person, every_seconds: float, unseen: bool) -> None:
    person.moves()
    for _ in range(round(6 / every_seconds)):
        person.does(smiling(3.0), every_seconds - 0.6)
        person.does(smiling(3.0), 0.6, blink=True)
    person.does(STILL, 1.0)

    (repetition,) = person.repetitions
    assert (EYE[0] in repetition.unseen) is unseen


def test_a_hold_spent_in_blinks_is_not_quiet(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=4.0, chin_raise=5.0), 6.0, blink=True)
    person.does(STILL, 0.5)

    (repetition,) = person.repetitions
    assert repetition.unseen
    assert repetition.isolation is None
    assert not repetition.clean


@pytest.mark.parametrize(("every_seconds", "known"), [(1.7, True), (0.9, False)])
def test_nothing_is_said_of_a_hold_that_was_mostly_blinks_but_that_eyes_may_pause(
    person: Person, every_seconds: float, known: bool
) -> None:
    person.moves()
    person.does(smiling(3.0), 0.25)
    assert person.state.phase is Phase.HOLD
    while person.state.phase is Phase.HOLD:
        person.does(smiling(3.0), every_seconds - 0.5)
        person.does(smiling(3.0), 0.5, blink=True)
    person.does(STILL, 0.5)

    (repetition,) = person.repetitions
    assert repetition.hold_seconds == pytest.approx(5.0, abs=0.1)
    assert repetition.clean is known
    assert (EYE[0] not in repetition.unseen) is known
    assert ("blinked" not in repetition.corrections) is known
    assert seen_well(repetition) is known


def test_a_movement_too_big_to_watch_leaves_its_areas_unseen(person: Person) -> None:
    person.moves()
    person.does(smiling(12.0, **NARROWED), 27.0)
    person.does(STILL, 1.0)

    (repetition,) = person.repetitions
    assert repetition.unseen
    assert repetition.isolation is None


@pytest.mark.parametrize("phase", [Phase.MOVE, Phase.HOLD, Phase.RELEASE])
def test_where_the_movement_itself_is_unseen_the_clock_stands_and_it_begins_anew_from_a_fresh_rest(
    person: Person, phase: Phase
) -> None:
    person.moves()
    if phase is not Phase.MOVE:
        person.does(smiling(3.0), 1.0 if phase is Phase.HOLD else 6.0)
    assert person.state.phase is phase
    counted, before = person.state.attempt.hold_seconds, person.state.phase_seconds
    covered: Readings = dict.fromkeys((name for name in NAMES if name.startswith("corner")), None)

    person.does({**STILL, **covered}, 0.9)
    assert not person.state.movement_unseen
    person.does({**STILL, **covered}, 3.0)

    assert person.state.movement_unseen
    assert person.state.phase is phase
    assert person.state.phase_seconds == before
    assert person.state.attempt.hold_seconds == counted
    happened = person.does({**STILL, **covered}, 3.0)
    assert [e.phase for e in happened if isinstance(e, PhaseEntered)][:1] == [Phase.REST]
    assert [r.judged_share < 1 for r in person.repetitions] == ([True] if phase is Phase.RELEASE else [])


def test_blinks_do_not_put_off_that_a_movement_is_unseen(person: Person) -> None:
    person.moves()
    covered: Readings = {
        **STILL,
        **dict.fromkeys((name for name in NAMES if name.startswith("corner")), None),
    }
    happened: list[Event] = []
    for _ in range(3):
        happened += person.does(covered, 2.0)
        happened += person.does(covered, 0.5, blink=True)

    assert [e.phase for e in happened if isinstance(e, PhaseEntered)][:1] == [Phase.REST]


def test_whoever_begins_late_is_not_cut_off_on_the_way(person: Person) -> None:
    person.moves()
    person.does(STILL, 24.0)
    person.does(smiling(1.5), 3.0)
    assert person.state.phase is Phase.MOVE

    person.does(smiling(3.0), 6.0)
    person.does(STILL, 1.0)

    assert [r.clean for r in person.repetitions] == [True]


def test_whoever_eased_off_is_not_asked_to_go_further(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 1.0)
    assert person.state.attempt.warned
    person.is_unseen(3.5)
    person.does(STILL, 0.2)
    assert person.state.phase is Phase.MOVE
    person.does(smiling(0.7), 8.0)

    assert "too_small" not in corrections(person)


def test_the_last_hold_that_ends_unseen_leaves_nothing_unseen(person: Person) -> None:
    person.plan = plan_of(repetitions=1)
    person.moves()
    person.does(smiling(3.0), 6.0)
    assert person.state.phase is Phase.RELEASE
    covered: Readings = {
        **STILL,
        **dict.fromkeys((name for name in NAMES if name.startswith("corner")), None),
    }
    person.does(covered, 7.0)

    assert person.state.phase is Phase.DONE
    assert not person.state.movement_unseen


def test_a_movement_that_is_unseen_for_a_moment_is_no_break(person: Person) -> None:
    person.holds()
    person.does({**STILL, "corner_up_right": None, "corner_up_left": None, "corner_out_right": None}, 0.4)
    person.does(smiling(3.0), 6.0)
    person.does(STILL, 1.0)

    assert [r.clean for r in person.repetitions] == [True]


def test_the_area_furthest_over_its_tolerance_is_the_one_shown(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, eye_narrowing_right=0.7, chin_raise=3.0), 2.0)

    assert {w[1] for w in person.warned()} == {"oral-ocular-narrow", "chin"}
    assert person.state.warning is not None
    assert person.state.warning.rule.pattern == "chin"


def test_what_is_under_way_is_told_when_the_practice_stops(person: Person) -> None:
    person.holds()
    person.does(smiling(3.0, **NARROWED), 1.0)

    (eye,) = under_way.unfinished(person.state)

    assert (eye.pattern, eye.side) == EYE
    assert eye.ended_at == person.at


# --- whatever comes

IN_BAND: Mapping[str, Mapping[str, float]] = {
    SMILE.id: {f"{way}_{side}": 2.0 for way in ("corner_up", "corner_out") for side in ("right", "left")},
    PUCKER.id: {"corner_out_right": -2.0, "corner_out_left": -2.0},
    CLOSING.id: {"eye_narrowing_right": 8.0, "eye_narrowing_left": 6.0},
}
Sight = tuple[Seen, float, int]
"""What is seen, the seconds from picture to picture, and how many pictures."""

millimetres = st.none() | st.floats(-60, 60) | st.sampled_from([0.0, -0.0, 1e-12, -1e-12, 0.6, 0.7, 1.0, 2.0])
paces = st.floats(0.02, 0.4) | st.floats(0.02, 0.4) | st.floats(-5, 100) | st.just(0.0)
rests = st.builds(
    lambda noise, right, left: rest(noise, {Side.RIGHT: right, Side.LEFT: left}),
    st.floats(0, 3),
    st.floats(0.5, 20),
    st.floats(0.5, 20),
)


def sights(wanted: Mapping[str, float]) -> st.SearchStrategy[Sight]:
    """The wanted movement, done well or hardly or too much, with anything else beside it, seen or not."""
    readings = st.builds(
        lambda share, others: {**STILL, **{name: share * mm for name, mm in wanted.items()}, **others},
        st.sampled_from([1.0, 1.0, 1.0, 0.0, 0.0, 0.5, -1.0, 3.0]) | st.floats(-2, 4),
        st.just({}) | st.dictionaries(st.sampled_from(NAMES), millimetres, max_size=4),
    )
    usual = st.builds(lambda seen: Seen(True, seen, rest()), readings)
    other = st.builds(
        lambda seen, resting, blink: Seen(True, seen, resting, blink), readings, rests, st.booleans()
    )
    seen = usual | usual | other | st.sampled_from([Seen(False), Seen(True)])
    return st.tuples(seen, paces, st.integers(1, 60))


@st.composite
def walks(draw: st.DrawFn) -> tuple[Exercise, list[Sight]]:
    exercise = draw(st.sampled_from([SMILE, PUCKER, CLOSING]))
    wanted = {**STILL, **IN_BAND[exercise.id]}
    held = [(Seen(True, wanted, rest()), 0.2, 30), (Seen(True, STILL, rest()), 0.2, 50)]
    joined = [
        (Seen(True, {**wanted, "chin_raise": 3.0}, rest()), 0.2, 8),
        (Seen(True, wanted, rest()), 0.2, 9),
    ]
    anything = sights(IN_BAND[exercise.id]).map(lambda sight: [sight])
    parts = draw(st.lists(st.sampled_from([held, joined]) | anything, max_size=20))
    return exercise, [sight for part in parts for sight in part]


@settings(max_examples=100, deadline=None)
@given(
    walk=walks(),
    affected=st.sampled_from([None, Side.RIGHT, Side.LEFT]),
    sensitivity=st.sampled_from(list(DWELL_SECONDS)),
    repetitions=st.integers(1, 4),
)
def test_whatever_is_seen_the_account_adds_up(
    walk: tuple[Exercise, list[Sight]], affected: Side | None, sensitivity: str, repetitions: int
) -> None:
    exercise, path = walk
    plan = plan_of(exercise, affected, sensitivity, repetitions)
    state = under_way.start(plan)
    now, elapsed, number = 0.0, 0.0, 1
    judged = True
    done: list[Repetition] = []
    ends = 0
    for seen, seconds, count in path:
        for _ in range(count):
            latest = state.last_at
            now += seconds
            elapsed += max(now - latest, 0.0) if latest is not None else 0.0
            state, events = coaching.step(plan, state, seen, now)
            judged = seen.judged and seen.rest is not None
            assert state.repetition >= number
            number = state.repetition
            assert 0 <= state.attempt.hold_seconds <= elapsed + 1e-6
            for event in events:
                assert event.at == now
                if isinstance(event, UnwantedMovementStarted | UnwantedMovementWarned):
                    assert judged, "what is not judged is never a warning"
                    assert not seen.blink
                if isinstance(event, RepetitionDone):
                    done.append(event.repetition)
                ends += isinstance(event, PracticeDone)
    assert [r.number for r in done] == list(range(1, len(done) + 1))
    assert len(done) <= repetitions
    assert ends == (len(done) == repetitions)
    assert (state.phase is Phase.DONE) == (len(done) == repetitions)
    assert sum(r.hold_seconds for r in done) <= elapsed + 1e-6
    for repetition in done:
        assert repetition.clean <= (repetition.hold_seconds >= exercise.dose.hold_seconds - 1e-6)
        assert repetition.symmetry is None or 0 <= repetition.symmetry <= 1
        assert 0 <= repetition.judged_share <= 1
        assert not (repetition.clean and any(u.warned_at is not None for u in repetition.unwanted))
