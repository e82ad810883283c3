"""The method of retraining, fed by hand: ease off and hold there, smaller, slower, evener, one side, rest."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from test_coaching import GAP_MM, LIBRARY, NARROWED, SMILE, STILL, Person, corrections, rest, smiling

from coach import words
from coach.assignment import Assignment
from coach.coaching import Seen
from coach.events import HoldCounted, Phase, Repetition, UnwantedMovementWarned
from coach.exercise import Exercise
from coach.face import Side
from coach.library import Library
from coach.line_fit import FEWEST, LineFit
from coach.movements import Readings
from coach.plan import Plan

RIGHT, LEFT = Side.RIGHT, Side.LEFT


def plan_for(
    card: Exercise, affected: Side | None = RIGHT, library: Library = LIBRARY, **assigned: object
) -> Plan:
    return Plan.of(card, library.patterns, affected, Assignment(card.id, **assigned))  # type: ignore[arg-type]


def card_that_is(judged: str, **how: object) -> Exercise:
    """The first card of that kind."""
    return next(
        card
        for card in LIBRARY.exercises.values()
        if card.judged == judged and all(getattr(card, name) == value for name, value in how.items())
    )


def smiles_along(
    person: Person, mm: float, seconds: float, share_left: float = 1.0, late: float = 0.0
) -> None:
    """Ease in along a raised cosine; the left side goes `share_left` as far and sets off `late` seconds behind."""
    start = person.at
    while person.at - start < seconds + late:
        since = person.at - start
        right, left = (_eased(s / seconds) * mm for s in (since, since - late))
        person.does(smiling(right, left * share_left), 1 / person.per_second)


def melts(person: Person, mm: float, seconds: float) -> None:
    start = person.at
    while person.at - start < seconds:
        person.does(smiling(_eased(1 - (person.at - start) / seconds) * mm), 1 / person.per_second)


def _eased(share: float) -> float:
    return (1 - math.cos(math.pi * min(max(share, 0.0), 1.0))) / 2


def last(person: Person) -> Repetition:
    return person.repetitions[-1]


# --- ease off, and hold just below


def test_after_a_warning_one_eases_back_below_the_point_and_the_hold_counts_from_there() -> None:
    person = Person(plan_for(SMILE, repetitions=1)).holds(3.0)
    person.does(smiling(3.0, **NARROWED), 2.0)
    assert len(person.warned()) == 1
    before = person.state.attempt.hold_seconds

    person.does(smiling(1.2), 5.5)  # 0.6 of the band's lower edge, with the eye quiet

    assert person.state.phase is Phase.RELEASE
    assert person.state.attempt.hold_seconds == pytest.approx(5.0, abs=0.1)
    assert person.state.attempt.hold_seconds > before
    person.does(STILL, 1.0)
    done = last(person)
    assert (done.clean, done.hold_seconds >= 5.0 - 1e-6) == (False, True), (
        "held, and the warning is not forgotten"
    )
    assert done.unwanted[0].onset_amplitude_mm == pytest.approx(3.0)


# --- smaller


def test_too_big_is_corrected_as_an_unwanted_movement_is_once_it_has_lasted() -> None:
    person = Person(plan_for(SMILE, repetitions=1)).moves()
    smiles_along(person, 3.0, 3.0)
    person.does(smiling(5.5), 0.5)
    assert "too_big" not in corrections(person)

    person.does(smiling(5.5), 0.5)
    assert corrections(person).count("too_big") == 1
    person.does(smiling(5.5), 3.0)
    assert corrections(person).count("too_big") == 1, "said once while it stands"
    held = person.state.attempt.hold_seconds

    person.does(smiling(3.0), 2.0)
    assert person.state.attempt.hold_seconds > held, "easing back into the band is holding"
    person.does(smiling(5.5), 1.0)
    assert corrections(person).count("too_big") == 2, "and said again when it comes again"
    person.does(smiling(3.0), 5.0)
    melts(person, 3.0, 3.0)
    person.does(STILL, 1.0)

    assert not last(person).clean
    assert "too_big" in last(person).corrections


def test_a_band_from_calibration_and_level_takes_the_place_of_the_cards() -> None:
    tiny = Person(plan_for(SMILE, band=(1.0, 2.0), level=2, repetitions=1)).moves()
    smiles_along(tiny, 1.5, 3.0)
    tiny.does(smiling(1.5), 5.2)
    melts(tiny, 1.5, 3.0)
    tiny.does(STILL, 1.0)
    assert last(tiny).clean

    large = Person(plan_for(SMILE, band=(1.0, 2.0), level=2)).moves()
    large.does(smiling(3.0), 2.0)
    assert "too_big" in corrections(large)


# --- slower


@pytest.mark.parametrize("per_second", [12, 25, 30])
@pytest.mark.parametrize(("seconds", "said"), [(0.5, True), (0.8, True), (1.5, False), (3.0, False)])
def test_a_movement_that_takes_less_than_about_a_second_is_asked_to_be_slower(
    seconds: float, said: bool, per_second: float
) -> None:
    person = Person(plan_for(SMILE, repetitions=1), per_second=per_second).moves()
    smiles_along(person, 3.0, seconds)
    person.does(smiling(3.0), 5.5)
    melts(person, 3.0, 3.0)
    person.does(STILL, 1.0)

    assert ("too_fast" in corrections(person)) == said
    rise = last(person).rise_seconds
    assert rise is not None
    assert rise == pytest.approx(seconds, abs=0.15 + 1.5 / per_second / 0.313)


@pytest.mark.parametrize(("seconds", "said"), [(0.4, True), (3.0, False)])
def test_letting_go_too_fast_is_said_in_the_rest_behind_it(seconds: float, said: bool) -> None:
    person = Person(plan_for(SMILE, repetitions=1)).moves()
    smiles_along(person, 3.0, 3.0)
    person.does(smiling(3.0), 5.2)
    assert person.state.phase is Phase.RELEASE
    melts(person, 3.0, seconds)
    person.does(STILL, 1.0)

    assert ("released_fast" in corrections(person)) == said
    assert last(person).release_seconds == pytest.approx(seconds, abs=0.3)
    assert last(person).clean, "a thing to be gentler with, not a repetition lost"


# --- evener


@pytest.mark.parametrize(("late", "said"), [(0.0, False), (0.2, False), (1.0, True)])
def test_sides_that_do_not_set_off_together_are_asked_to(late: float, said: bool) -> None:
    person = Person(plan_for(SMILE, repetitions=1)).moves()
    smiles_along(person, 3.0, 3.0, late=late)
    person.does(smiling(3.0), 1.0)

    assert ("uneven_start" in corrections(person)) == said


def test_a_side_that_stays_behind_in_the_hold_is_told_once() -> None:
    person = Person(plan_for(SMILE, repetitions=1)).moves()
    person.does(smiling(3.5, 1.4), 4.0)

    assert corrections(person).count("uneven") == 1


# --- one side at a time


def test_one_side_at_a_time_begins_with_the_affected_side_and_takes_turns() -> None:
    card = card_that_is("movement", clinical_id="E19")
    plan = plan_for(card, LEFT, repetitions=4)

    assert [turn.side for turn in plan.turns] == [LEFT, RIGHT, LEFT, RIGHT]
    later = plan_for(card, LEFT, repetitions=3, done=1)
    assert [turn.side for turn in later.turns] == [RIGHT, LEFT, RIGHT], "gone on with, each side gets its due"
    resting = {rule.side for rule in plan.turn(1).rules if rule.pattern == "other-corner"}
    assert resting == {RIGHT}
    assert not any(rule.movement == "eye_narrowing" for turn in plan.turns for rule in turn.rules)


def test_one_side_alone_is_counted_by_that_side_and_the_other_is_watched() -> None:
    card = card_that_is("movement", clinical_id="E19")
    person = Person(plan_for(card, RIGHT, repetitions=2)).moves()
    person.does(smiling(3.0, 0.0), 6.0)
    person.does(STILL, 1.0)
    first = last(person)
    assert (first.clean, first.side, first.amplitude_left_mm, first.symmetry) == (True, RIGHT, None, None)
    assert first.amplitude_right_mm == pytest.approx(3.0)
    assert "uneven" not in first.corrections

    person.waits_for_rest()
    person.does(STILL, card.dose.rest_seconds)
    person.does(smiling(2.0, 3.0), 2.0)  # the left is to move, the right comes along
    assert [(pattern, side) for _, pattern, side in person.warned()] == [("other-corner", RIGHT)]


# --- led by the clock


def test_what_cannot_be_measured_is_led_by_the_clock_and_watched_all_the_same() -> None:
    card = card_that_is("areas", clinical_id="E11")
    person = Person(plan_for(card, repetitions=1)).moves()
    dose = card.dose
    person.does(STILL, dose.ramp_seconds + 0.1)
    assert person.state.phase is Phase.HOLD
    person.does({**STILL, **NARROWED}, 2.0)
    assert person.warned()
    assert person.state.attempt.hold_seconds < 0.3
    person.does(STILL, dose.hold_seconds + 1.0)  # a warning stands until the area has been quiet as long
    assert person.state.phase is Phase.RELEASE
    person.does(STILL, dose.release_seconds + 0.2)

    done = last(person)
    assert person.state.phase is Phase.DONE
    assert (done.movement, done.amplitude_right_mm, done.symmetry) == (None, None, None)
    assert done.hold_seconds == pytest.approx(dose.hold_seconds, abs=0.1)
    assert all(area.coupling is None for area in done.watched), "no wanted movement was measured"
    assert [unwanted.onset_amplitude_mm for unwanted in done.unwanted] == [None]


def test_a_clock_led_exercise_waits_while_the_face_is_not_judged() -> None:
    card = card_that_is("areas", clinical_id="E11")
    person = Person(plan_for(card, repetitions=1)).moves()
    person.does(STILL, 1.0)
    person.is_unseen(2.5)
    assert person.state.phase is Phase.MOVE
    assert person.state.phase_seconds == pytest.approx(1.1, abs=0.1)


def test_resting_counts_while_everything_is_quiet_and_asks_for_no_movement() -> None:
    card = card_that_is("stillness")
    person = Person(plan_for(card, repetitions=1, hold_seconds=5.0))
    person.waits_for_rest()
    person.does(STILL, 1.0)
    assert person.state.phase is Phase.HOLD
    person.does(smiling(4.0), 2.0)
    assert person.warned()
    person.does(STILL, 6.0)

    assert person.phases == [Phase.REST, Phase.HOLD, Phase.DONE]
    assert last(person).hold_seconds == pytest.approx(5.0, abs=0.1)


def test_the_first_level_of_any_exercise_is_rest_only() -> None:
    plan = plan_for(SMILE, level=1)

    assert {turn.still for turn in plan.turns} == {True}
    assert {turn.movement for turn in plan.turns} == {None}
    assert {rule.pattern for rule in plan.turn(1).rules} == {watch.pattern for watch in SMILE.watch}


# --- the comfortable range


def test_the_comfortable_range_is_measured_twice_for_each_movement_and_judged_in_nothing() -> None:
    card = card_that_is("range")
    plan = plan_for(card)
    assert len(plan.turns) == 2 * len(card.tasks)
    smile = next(i for i, turn in enumerate(plan.turns) if turn.movement == "smile")
    person = Person(replace(plan, turns=plan.turns[smile : smile + 1])).moves()
    person.does(smiling(9.0, 6.0), card.dose.ramp_seconds + 0.1)
    person.does(smiling(9.0, 6.0, eye_narrowing_right=4.0), card.dose.hold_seconds + 0.1)
    person.does(STILL, card.dose.release_seconds + 0.2)

    done = last(person)
    assert (done.movement, done.corrections, done.unwanted, done.watched) == ("smile", (), (), ())
    assert done.amplitude_right_mm == pytest.approx(9.0)
    assert done.amplitude_left_mm == pytest.approx(6.0)


def test_every_turn_of_the_range_names_its_task_also_when_it_is_gone_on_with() -> None:
    card = card_that_is("range")
    each = [task.id for task in card.tasks for _ in range(card.dose.repetitions)]
    assert [turn.task for turn in plan_for(card).turns] == each
    left = plan_for(card, repetitions=5, done=len(each) - 5)
    assert [turn.task for turn in left.turns] == each[-5:]
    assert {turn.task for turn in plan_for(SMILE).turns} == {None}


# --- the tiny movement


@pytest.mark.parametrize("card", ["gentle-eye-closing", "half-closing"])
def test_lids_that_are_to_close_a_little_are_not_asked_to_close(card: str) -> None:
    exercise = LIBRARY.exercises[card]
    tiny, small = (plan_for(exercise, level=level).turn(1).prompt for level in (2, 3))
    assert small == exercise.prompt
    assert tiny == {"gentle-eye-closing": words.LIDS_HALF_WAY, "half-closing": words.LIDS_A_LITTLE}[card]
    assert plan_for(SMILE, level=2).turn(1).prompt == SMILE.prompt


# --- fading feedback


@pytest.mark.parametrize(
    ("feedback", "muted"),
    [("every", [False] * 4), ("half", [False, True, False, True]), ("after", [True] * 4)],
)
def test_feedback_fades_from_every_repetition_to_none_before_the_end_of_the_set(
    feedback: str, muted: list[bool]
) -> None:
    plan = plan_for(SMILE, feedback=feedback, repetitions=4)

    assert [turn.muted for turn in plan.turns] == muted
    later = plan_for(SMILE, feedback=feedback, repetitions=3, done=1)
    assert [turn.muted for turn in later.turns] == muted[1:]


def test_without_feedback_the_seconds_run_on_and_the_truth_is_kept() -> None:
    person = Person(plan_for(SMILE, feedback="after", repetitions=1)).moves()
    smiles_along(person, 3.0, 3.0)
    person.does(smiling(3.0, **NARROWED), 5.5)
    assert person.state.phase is Phase.RELEASE, "nobody was told to ease off"
    person.does(STILL, 1.0)

    done = last(person)
    assert done.muted
    assert not done.clean
    assert done.hold_seconds < 1.0, "time with the eye in it is no hold"
    assert [u.pattern for u in done.unwanted] == ["oral-ocular-narrow"]
    assert any(isinstance(e, UnwantedMovementWarned) for e in person.events), "kept, though not said"


def test_every_whole_second_of_the_hold_is_counted() -> None:
    person = Person(plan_for(SMILE, repetitions=1)).holds()
    person.does(smiling(3.0), 6.0)

    assert [e.seconds for e in person.events if isinstance(e, HoldCounted)] == [1, 2, 3, 4, 5]


# --- the measures of a repetition


def eye_follows(person: Person, mm_per_mm: float, to_mm: float = 3.0) -> Repetition:
    start = person.at
    while person.at - start < 3.0:
        mm = _eased((person.at - start) / 3.0) * to_mm
        person.does(smiling(mm, eye_narrowing_right=mm * mm_per_mm), 1 / person.per_second)
    person.does(smiling(to_mm, eye_narrowing_right=to_mm * mm_per_mm), 4.0)
    person.does(STILL, 1.0)
    return last(person)


@pytest.mark.parametrize("coupling", [0.0, 0.1, 0.5])
def test_coupling_is_how_much_an_area_moves_for_each_mm_of_the_wanted_movement(coupling: float) -> None:
    done = eye_follows(Person(plan_for(SMILE, repetitions=1)).moves(), coupling)

    eye = next(area for area in done.watched if area.pattern == "oral-ocular-narrow")
    assert eye.coupling == pytest.approx(coupling, abs=0.01)
    assert eye.peak_mm == pytest.approx(3.0 * coupling, abs=0.05)
    assert eye.seen_share == 1.0


def test_isolation_is_whole_while_all_is_quiet_and_falls_with_what_joins_in() -> None:
    quiet, little, much = (
        eye_follows(Person(plan_for(SMILE, repetitions=1)).moves(), mm).isolation for mm in (0.1, 0.4, 1.0)
    )

    assert quiet == 1.0
    assert little is not None
    assert much is not None
    assert 0 < much < little < 1.0


def test_an_area_that_was_not_seen_leaves_isolation_and_coupling_unknown() -> None:
    person = Person(plan_for(SMILE, repetitions=1))
    bearded: Readings = {**STILL, "chin_raise": None}
    person.waits_for_rest()
    person.does(bearded, 0.1)
    person.does({**smiling(3.0), "chin_raise": None}, 6.0)
    person.does(bearded, 1.0)

    chin = next(area for area in last(person).watched if area.pattern == "chin")
    assert (chin.coupling, chin.peak_mm, chin.seen_share) == (None, None, 0.0)
    assert last(person).isolation is None


def test_a_slope_needs_points_that_are_apart() -> None:
    close = LineFit()
    for number in range(50):
        close = close.add(2.0 + 0.01 * (number % 3), number)
    few = LineFit()
    for number in range(FEWEST - 1):
        few = few.add(number, 2 * number)

    assert close.slope is None
    assert few.slope is None
    assert few.add(20.0, 40.0).slope == pytest.approx(2.0)


# --- which patterns, which sensitivity


def test_a_prescription_may_leave_patterns_out() -> None:
    plan = plan_for(SMILE, watch=("chin",))

    assert {rule.pattern for rule in plan.turn(1).rules} == {"chin"}
    person = Person(plan).holds()
    person.does(smiling(3.0, **NARROWED), 2.0)
    assert person.warned() == []


@pytest.mark.parametrize(
    ("sensitivity", "warned"), [("sensitive", True), ("default", False), ("lenient", False)]
)
def test_the_three_sensitivities_warn_of_more_and_of_less(sensitivity: str, warned: bool) -> None:
    person = Person(plan_for(SMILE, sensitivity=sensitivity)).holds()
    person.does(smiling(3.0, chin_raise=0.9), 2.0)

    assert bool(person.warned()) == warned


def test_a_brow_raise_takes_off_what_the_healthy_corner_does_and_a_pucker_nothing() -> None:
    brow = card_that_is("movement", clinical_id="E05")
    plan = plan_for(brow, RIGHT)
    rule = next(rule for rule in plan.turn(1).rules if rule.pattern == "brow-to-mouth")
    assert {limit.compare for limit, _ in rule.limits} == {"minus_other_side"}

    raised = {f"brow_raise_{side}": 3.0 for side in ("right", "left")}
    both = {**STILL, **raised, "corner_up_right": 2.0, "corner_up_left": 2.0}
    person = Person(plan).moves()
    person.does(both, 3.0)
    assert [pattern for _, pattern, _ in person.warned()] == []
    person.does({**both, "corner_up_left": 0.0}, 2.0)
    assert "brow-to-mouth" in [pattern for _, pattern, _ in person.warned()]


def test_a_blink_neither_warns_nor_counts() -> None:
    person = Person(plan_for(SMILE, repetitions=1), resting=rest(gap_mm=GAP_MM)).holds()
    shut = smiling(3.0, eye_narrowing_right=9.0, eye_narrowing_left=8.0)
    person.shows(Seen(True, shut, person.resting, blink=True), 2.0)

    assert person.warned() == []
