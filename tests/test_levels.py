"""Levels go up only on what was seen, go down before it hurts, and beyond level 3 only with the therapist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from handmade_cards import SOURCE, a_card
from hypothesis import given
from hypothesis import strategies as st

from coach import levels, progression
from coach.assignment import Schedule
from coach.calibration import Range
from coach.events import Repetition, UnwantedMovement
from coach.exercise import Exercise, Target, closes_eyes
from coach.face import Side
from coach.levels import LEVELS, assignment_of, check_due, stepped
from coach.library import load_library
from coach.prescription import Item, Prescription
from coach.progression import HeldUp, Outing, Proposal, Result, held_up, propose, times_down

DAY = date(2026, 3, 9)
NOW = datetime(2026, 3, 9, 8, tzinfo=timezone.utc)
WELL = Result(hold_seconds=5.0, symmetry=0.92, flagged=False, judged_share=0.97)
JOINED_IN = replace(WELL, flagged=True)
LET_GO = replace(WELL, hold_seconds=3.9)
UNEVEN = replace(WELL, symmetry=0.6)
UNSEEN = replace(WELL, judged_share=0.5)

CARD = a_card()
ITEM = Item(card=CARD.id)
OWN = {"smile": Range(10.0, DAY)}
PRACTISED = [card for card in load_library().exercises.values() if card.judged == "movement"]


def outing(
    number: int = 0,
    results: Iterable[Result] = (WELL,) * 5,
    tightness_rise: int | None = 0,
    pain_rise: int | None = 0,
    day: int | None = None,
    hold_wanted: float = 5.0,
) -> Outing:
    """The practice of a session of its own, one a day from DAY on."""
    on = DAY + timedelta(days=number if day is None else day)
    return Outing(on, f"session-{number}", hold_wanted, tuple(results), tightness_rise, pain_rise)


def outings(*results: Iterable[Result]) -> list[Outing]:
    return [outing(number, result) for number, result in enumerate(results)]


THREE_GOOD = outings([WELL] * 5, [WELL] * 5, [WELL] * 5)


# --- up


def test_level_up_is_proposed_after_three_good_sessions_and_waits_for_the_therapist_beyond_level_three() -> (
    None
):
    assert propose(3, THREE_GOOD[:2]) is None
    assert propose(3, THREE_GOOD) == Proposal(
        from_level=3,
        to_level=4,
        reason="In the last 3 sessions on 3 days: held in 15 of 15 judged repetitions, "
        "something joined in in 0, evenness 0.92.",
        words="This has become soft and quiet. Your therapist is asked about the next step.",
        by_itself=False,
    )


@pytest.mark.parametrize(("level", "by_itself"), [(1, True), (2, True), (3, False), (4, False), (5, False)])
def test_up_to_level_three_a_step_up_may_be_taken_by_itself(level: int, by_itself: bool) -> None:
    step = propose(level, THREE_GOOD)
    assert step is not None
    assert (step.to_level, step.by_itself) == (level + 1, by_itself)


def test_from_the_last_level_there_is_no_step_up() -> None:
    assert propose(6, THREE_GOOD) is None


def test_three_sessions_on_one_day_are_not_enough() -> None:
    assert propose(3, [outing(n, day=0) for n in range(3)]) is None
    assert propose(3, [outing(0, day=0), outing(1, day=0), outing(2, day=1)]) is not None


def test_only_the_last_three_sessions_count_for_a_step_up() -> None:
    a_hard_start = [outing(0, [JOINED_IN] * 5), *(outing(n) for n in (1, 2, 3))]
    assert propose(3, a_hard_start[:3]) is None
    assert propose(3, a_hard_start) is not None


@pytest.mark.parametrize(
    ("other", "allowed"),
    [(LET_GO, 3), (JOINED_IN, 3)],  # of 15 repetitions: 12 held are 80 %, 3 joined in are 20 %
    ids=["let go early", "joined in"],
)
def test_a_fifth_of_the_repetitions_may_be_otherwise(other: Result, allowed: int) -> None:
    within = outings([WELL] * 5, [WELL] * 5, [other] * allowed + [WELL] * (5 - allowed))
    one_more = outings([WELL] * 5, [other] + [WELL] * 4, [other] * allowed + [WELL] * (5 - allowed))
    assert propose(3, within) is not None
    assert propose(3, one_more) is None


def test_four_of_five_seconds_are_a_hold_and_so_is_the_same_share_of_another() -> None:
    four = replace(WELL, hold_seconds=4.0)
    assert propose(3, outings([four] * 5, [four] * 5, [four] * 5)) is not None
    of_three = [outing(n, [replace(WELL, hold_seconds=2.4)] * 5, hold_wanted=3.0) for n in range(3)]
    assert propose(3, of_three) is not None
    of_ten = [outing(n, [WELL] * 5, hold_wanted=10.0) for n in range(3)]
    assert propose(3, of_ten) is None


def test_evenness_is_the_median_and_is_asked_only_where_both_sides_go_together() -> None:
    uneven = outings([UNEVEN] * 5, [UNEVEN] * 3 + [WELL] * 2, [WELL] * 5)
    assert propose(3, uneven) is None
    assert propose(3, uneven, evenness_asked=False) is not None
    just_even = [replace(o, results=tuple(replace(r, symmetry=0.80) for r in o.results)) for o in uneven]
    assert propose(3, just_even) is not None


def test_evenness_that_was_not_seen_is_not_taken_for_even() -> None:
    half_seen = outings(
        [WELL, replace(WELL, symmetry=None)] * 3, [WELL] * 4, [replace(WELL, symmetry=None)] * 4
    )
    assert propose(3, half_seen) is None
    assert propose(3, half_seen, evenness_asked=False) is not None


def test_a_step_up_while_it_hurts_waits_for_the_therapist_even_below_level_three() -> None:
    once = [outing(0), replace(outing(1), pain_rise=2), outing(2)]
    step = propose(2, once)
    assert step is not None
    assert not step.by_itself
    assert "tightness or pain rose" in step.reason
    assert step.words == "Your therapist is asked about the next step."
    afterwards = [*(outing(n) for n in range(3)), outing(3, [UNSEEN] * 5, tightness_rise=3)]
    step = propose(2, afterwards)
    assert step is not None
    assert not step.by_itself


# --- up and down and up again


def versions(*course: tuple[int, int]) -> list[Prescription]:
    """A card's level from so many days before NOW on; versions between that leave it as it is, too."""
    return [
        Prescription(
            created_at=NOW - timedelta(days=days),
            author="somebody",
            items=(Item(card=CARD.id, level=level), Item(card="other", level=2)),
        )
        for days, level in course
    ]


def test_a_level_that_was_come_down_from_twice_is_only_gone_up_to_by_the_therapist() -> None:
    once = propose(2, THREE_GOOD, times_down=1)
    assert once is not None
    assert once.by_itself
    assert "come down" not in once.reason

    twice = propose(2, THREE_GOOD, times_down=2)
    assert twice is not None
    assert (twice.to_level, twice.by_itself) == (3, False)
    assert twice.reason.endswith("but within 8 weeks it has come down from level 3 2 times.")
    assert twice.words == "This has become soft and quiet. Your therapist is asked about the next step."


def test_however_often_it_came_down_the_way_down_stays_open() -> None:
    hard = [JOINED_IN] * 5
    assert propose(3, outings(hard, hard), times_down=5) == propose(3, outings(hard, hard))


@pytest.mark.parametrize(
    ("course", "level", "times"),
    [
        ([(30, 3)], 3, 0),
        ([(30, 3), (20, 2)], 2, 1),
        ([(30, 3), (20, 2), (15, 3), (14, 3), (10, 2), (9, 2)], 2, 2),
        ([(90, 3), (57, 2), (50, 3), (40, 2)], 2, 1),
        ([(90, 3), (55, 2), (50, 3), (40, 2)], 2, 2),
        ([(30, 4), (20, 1), (10, 2)], 2, 1),
        ([(30, 2), (20, 1), (10, 2)], 2, 0),
    ],
    ids=["never", "once", "twice", "once of late", "twice of late", "past it", "to another level"],
)
def test_the_versions_tell_how_often_of_late_a_card_came_down(
    course: list[tuple[int, int]], level: int, times: int
) -> None:
    found = versions(*course)
    assert times_down(found, CARD.id, level, NOW) == times
    assert times_down(reversed(found), CARD.id, level, NOW) == times, "in whatever order they come"
    assert times_down(found, "other", level, NOW) == 0
    assert times_down(found, "not prescribed", level, NOW) == 0


# --- down


def test_level_down_after_two_sessions_in_which_most_repetitions_were_joined() -> None:
    hard = [JOINED_IN] * 3 + [WELL] * 2
    assert propose(3, outings(hard)) is None
    assert propose(3, outings([WELL] * 5, hard, hard)) == Proposal(
        from_level=3,
        to_level=2,
        reason="In the last 2 sessions: something joined in in 3 of 5 judged repetitions; "
        "something joined in in 3 of 5 judged repetitions.",
        words="One step softer lets it settle. Next time a tiny movement is enough.",
        by_itself=True,
    )


def test_half_of_the_repetitions_is_not_yet_more_than_half() -> None:
    half = [JOINED_IN] * 3 + [WELL] * 3
    assert propose(3, outings(half, half)) is None


@pytest.mark.parametrize("rise", [{"tightness_rise": 2}, {"pain_rise": 2}, {"pain_rise": 7}], ids=str)
def test_level_down_after_two_sessions_with_tightness_or_pain_up_by_two(rise: dict[str, int]) -> None:
    twice = [replace(outing(n), **rise) for n in range(2)]  # type: ignore[arg-type]
    step = propose(4, twice)
    assert step is not None
    assert (step.to_level, step.by_itself) == (3, True)
    assert "rose by" in step.reason
    assert propose(4, [twice[0], outing(1)]) is None
    assert propose(4, [twice[0], outing(1, [LET_GO] * 5), replace(outing(2), **rise)]) is None  # type: ignore[arg-type]


def test_both_reasons_together_are_two_sessions_too() -> None:
    mixed = [outing(0, [JOINED_IN] * 5), replace(outing(1), pain_rise=3)]
    assert propose(3, mixed) is not None


def test_pain_counts_where_the_camera_saw_too_little() -> None:
    blind = [outing(n, [UNSEEN] * 5, pain_rise=2) for n in range(2)]
    step = propose(3, blind)
    assert step is not None
    assert step.to_level == 2


def test_there_is_nothing_below_level_one() -> None:
    assert propose(1, outings([JOINED_IN] * 5, [JOINED_IN] * 5)) is None


# --- what was not judged counts neither way


def test_sessions_that_were_not_judged_count_neither_way() -> None:
    unseen = [UNSEEN] * 5
    assert propose(3, outings(unseen, unseen, unseen)) is None
    assert propose(3, outings([WELL] * 5, unseen, [WELL] * 5, unseen, [WELL] * 5)) is not None
    joined_unseen = [replace(JOINED_IN, judged_share=0.5)] * 5
    assert propose(3, outings(joined_unseen, joined_unseen)) is None
    assert propose(3, outings([JOINED_IN] * 5, joined_unseen, [JOINED_IN] * 5)) is not None


def test_a_session_of_two_repetitions_says_nothing() -> None:
    assert propose(3, outings([WELL] * 2, [WELL] * 2, [WELL] * 2)) is None
    assert propose(3, outings([JOINED_IN] * 2, [JOINED_IN] * 2)) is None


def test_a_session_gone_on_with_the_next_day_is_one_session() -> None:
    first, second = outing(0, [WELL] * 2), replace(outing(0, [WELL] * 3), day=DAY + timedelta(days=1))
    assert propose(3, [first, second]) is None
    assert propose(3, [first, second, outing(2), outing(3)]) is not None


def a_repetition(**changes: object) -> Repetition:
    return replace(Repetition(1, 1.0, 9.0, 3.0, 2.9, 0.97, 5.0, True, 1.0, ()), **changes)  # type: ignore[arg-type]


def joined(warned_at: float | None) -> UnwantedMovement:
    return UnwantedMovement("chin", "chin_raise", None, 2.0, 3.0, 1.4, 2.5, warned_at)


@pytest.mark.parametrize(
    ("repetition", "flagged"),
    [
        (a_repetition(), False),
        (a_repetition(unwanted=(joined(2.7),)), True),
        (a_repetition(unwanted=(joined(None),)), False),
        (a_repetition(unseen=("platysma",)), None),
        (a_repetition(unseen=("platysma",), unwanted=(joined(2.7),)), True),
    ],
    ids=["quiet", "warned", "too short to be said", "not seen", "one not seen, one warned"],
)
def test_the_log_says_whether_something_joined_in_or_that_it_is_not_known(
    repetition: Repetition, flagged: bool | None
) -> None:
    found = Outing.of(DAY, "one", 5.0, [repetition], tightness_rise=1)
    result = Result(5.0, 0.97, flagged, 1.0, repetition.unseen)
    assert found == Outing(DAY, "one", 5.0, (result,), 1, None)


def test_where_an_area_was_not_seen_nobody_is_moved_up() -> None:
    unknown = replace(WELL, flagged=None)
    assert propose(3, outings([unknown] * 5, [unknown] * 5, [unknown] * 5)) is None


BLIND = replace(WELL, flagged=None, unseen=("platysma",))


def test_what_is_never_seen_is_told_after_two_sessions() -> None:
    blind = [BLIND] * 5
    assert held_up(outings(blind)) is None
    assert held_up(outings(blind, blind)) == HeldUp(("platysma",), unseen=10, seen_well=10)
    assert held_up(outings([WELL] * 5, blind, [WELL, *blind])) == HeldUp(("platysma",), 10, 11)


@pytest.mark.parametrize(
    "last",
    [[BLIND, BLIND, WELL, WELL, WELL], [UNSEEN] * 5, [BLIND] * 2, []],
    ids=["enough seen to count", "the face itself was not seen", "too few repetitions", "nothing done"],
)
def test_what_holds_nothing_up_is_not_told(last: list[Result]) -> None:
    assert held_up(outings([BLIND] * 5, last)) is None


def test_only_what_was_missing_often_is_named() -> None:
    eye = replace(BLIND, unseen=("oral-ocular-narrow", "platysma"))
    chin = replace(BLIND, unseen=("chin",))
    found = held_up(outings([BLIND, BLIND, eye, eye], [eye, eye, chin, chin]))
    assert found is not None
    assert found.patterns == ("platysma", "oral-ocular-narrow")


def test_the_therapist_reads_what_was_not_seen_and_what_may_help() -> None:
    told = HeldUp(("platysma", "gone"), 9, 10).reason({"platysma": "Corner drawn down"})
    assert told.startswith(
        "In the last 2 sessions the camera did not see what is watched for (at least one of Corner drawn down, gone) "
        "in 9 of 10 repetitions"
    )
    assert told.endswith("else take it off the watch list.")
    alone = HeldUp(("gone",), 9, 10).reason({})
    assert "watched for (gone) in 9" in alone


any_result = st.builds(
    Result,
    hold_seconds=st.floats(min_value=0, max_value=6),
    symmetry=st.none() | st.floats(min_value=0, max_value=1),
    flagged=st.none() | st.booleans(),
    judged_share=st.floats(min_value=0, max_value=1),
)
any_outing = st.builds(
    Outing,
    day=st.dates(min_value=DAY, max_value=DAY + timedelta(days=5)),
    session=st.sampled_from("abcde"),
    hold_wanted=st.floats(min_value=1, max_value=10),
    results=st.lists(any_result | st.just(WELL) | st.just(JOINED_IN), max_size=6).map(tuple),
    tightness_rise=st.none() | st.integers(min_value=-10, max_value=10),
    pain_rise=st.none() | st.integers(min_value=-10, max_value=10),
)


@given(st.integers(min_value=1, max_value=6), st.lists(any_outing, max_size=12), st.booleans())
def test_no_step_is_more_than_one_and_none_beyond_level_three_is_taken_by_itself(
    level: int, practised: list[Outing], evenness_asked: bool
) -> None:
    step = propose(level, practised, evenness_asked=evenness_asked)
    if step is not None:
        assert step.from_level == level
        assert abs(step.to_level - level) == 1
        assert step.to_level in LEVELS
        assert step.by_itself is (step.to_level < level) or (step.to_level > level and step.to_level <= 3)
        assert not (step.by_itself and step.to_level > max(level - 1, 3))


@given(st.integers(min_value=1, max_value=6), st.lists(any_outing, max_size=12), st.booleans())
def test_what_was_not_judged_changes_nothing(
    level: int, practised: list[Outing], evenness_asked: bool
) -> None:
    blind = [replace(o, results=(*o.results, UNSEEN, replace(JOINED_IN, flagged=None))) for o in practised]
    asked = {"evenness_asked": evenness_asked}
    assert propose(level, blind, **asked) == propose(level, practised, **asked)


# --- the levels themselves


def test_feedback_is_faded_by_level() -> None:
    told: list[Schedule] = [levels.schedule(level) for level in range(1, 7)]
    assert told == ["every", "every", "every", "half", "after", "after"]


def test_each_level_has_calm_words_for_getting_there() -> None:
    assert list(LEVELS) == [1, 2, 3, 4, 5, 6]
    for level in LEVELS.values():
        assert level.up or level.number == 1
        assert level.down or level.number == 6
        for words in (level.up, level.down):
            assert len(words) <= 90
            assert "!" not in words


@pytest.mark.parametrize(
    ("card", "level", "asked"),
    [
        (CARD, 3, True),
        (CARD, 1, False),
        (a_card(judged="areas"), 3, False),
        (a_card(judged="stillness"), 3, False),
        (
            a_card(target=Target(movement="smile", unit="mm", low=1, high=2, one_side=True, source=SOURCE)),
            3,
            False,
        ),
    ],
    ids=["small smile", "at rest only", "areas", "stillness", "one side at a time"],
)
def test_evenness_is_asked_where_both_sides_move_together(card: Exercise, level: int, asked: bool) -> None:
    assert levels.asks_evenness(card, level) is asked


def test_rest_timers_and_the_test_of_the_range_have_no_levels() -> None:
    assert levels.has_levels(a_card(judged="movement"))
    assert levels.has_levels(a_card(judged="areas"))
    for judged in ("stillness", "nothing", "range"):
        assert not levels.has_levels(a_card(judged=judged))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("from_level", "to_level", "kept"),
    [(3, 4, True), (5, 4, True), (3, 2, False), (2, 3, False), (2, 1, True)],
)
def test_a_step_into_or_out_of_the_tiny_movement_lets_go_of_a_prescribed_band(
    from_level: int, to_level: int, kept: bool
) -> None:
    item = Item(card="small-smile", share_low=20, share_high=50, level=from_level, repetitions=4)
    after = stepped(item, to_level)
    assert (after.level, after.repetitions) == (to_level, 4)
    assert (after.share_low, after.share_high) == ((20, 50) if kept else (None, None))


# --- the weekly check


@pytest.mark.parametrize(
    ("level", "last_check", "first", "due"),
    [
        (3, None, 7, True),
        (3, None, 6, False),
        (3, 7, 30, True),
        (3, 6, 30, False),
        (2, None, 30, False),
        (6, 8, 30, True),
    ],
)
def test_a_check_without_feedback_is_due_every_seven_days_from_level_three_on(
    level: int, last_check: int | None, first: int, due: bool
) -> None:
    last = None if last_check is None else DAY - timedelta(days=last_check)
    assert check_due(last, DAY - timedelta(days=first), DAY, level=level) is due


def test_a_check_is_short_and_told_only_afterwards() -> None:
    found = assignment_of(ITEM, CARD, OWN, check=True)
    assert (found.repetitions, found.feedback, found.is_check) == (3, "after", True)
    few = Item(card=CARD.id, repetitions=2)
    assert assignment_of(few, CARD, OWN, check=True).repetitions == 2


# --- today's assignment


def test_an_assignment_holds_what_prescription_level_and_range_say() -> None:
    item = Item(card=CARD.id, repetitions=4, hold_seconds=3, level=4, sensitivity="lenient", watch=("chin",))
    found = assignment_of(item, CARD, OWN, session="s", index=2, prescription="p")
    assert found.exercise == CARD.id
    assert (found.repetitions, found.hold_seconds, found.band) == (4, 3, (2.0, 4.0))
    assert (found.level, found.feedback, found.sensitivity, found.watch) == (4, "half", "lenient", ("chin",))
    assert (found.session, found.item, found.prescription, found.is_check) == ("s", 2, "p", False)


def test_an_interrupted_exercise_goes_on_with_what_remains() -> None:
    assert assignment_of(ITEM, CARD, OWN, done=2).repetitions == 3
    assert assignment_of(ITEM, CARD, OWN, done=2, check=True).repetitions == 1
    with pytest.raises(ValueError, match="5 repetitions of small-smile are done, and no more are planned"):
        assignment_of(ITEM, CARD, OWN, done=5)


def test_the_tasks_of_the_range_card_are_counted_together() -> None:
    card = a_card(judged="range")
    assert levels.planned(Item(card=card.id, repetitions=2), card) == 4


@pytest.mark.parametrize(
    ("level", "band"),
    [(1, None), (2, (1.5, 3.0)), (3, (3.0, 6.0)), (4, (3.0, 6.0)), (5, (3.0, 6.0)), (6, (3.0, 6.0))],
)
def test_the_band_is_the_levels_share_of_the_persons_own_range(
    level: int, band: tuple[float, float] | None
) -> None:
    item = Item(card=CARD.id, level=level)
    assert assignment_of(item, CARD, {"smile": Range(15.0, DAY)}).band == band


def test_a_cards_and_a_prescriptions_own_shares_come_before_the_usual_ones() -> None:
    wider = a_card(target=Target(movement="smile", unit="mm", low=2, high=5, share_high=50, source=SOURCE))
    assert assignment_of(ITEM, wider, OWN).band == (2.0, 5.0)
    assert assignment_of(Item(card=CARD.id, share_low=25, share_high=30), CARD, OWN).band == (2.5, 3.1)


def test_a_band_is_never_smaller_or_narrower_than_the_camera_reads_steadily() -> None:
    assert assignment_of(ITEM, CARD, {"smile": Range(3.0, DAY)}).band == (0.8, pytest.approx(1.4))
    assert assignment_of(Item(card=CARD.id, level=2), CARD, {"smile": Range(1.0, DAY)}).band == (
        0.8,
        pytest.approx(1.4),
    )


def test_where_the_range_is_not_known_the_cards_own_band_holds_and_half_of_it_is_tiny() -> None:
    assert assignment_of(ITEM, CARD, {}).band is None
    assert assignment_of(ITEM, CARD, {"pucker": Range(8.0, DAY)}).band is None
    assert assignment_of(Item(card=CARD.id, level=2), CARD, {}).band == (1.0, 2.0)


@pytest.mark.parametrize("judged", ["areas", "stillness", "nothing", "range"])
def test_where_nothing_is_measured_there_is_no_band(judged: str) -> None:
    card = a_card(judged=judged)  # type: ignore[arg-type]
    assert assignment_of(ITEM, card, OWN).band is None


@pytest.mark.parametrize(("low", "high", "tiny"), [(40, 60, (20, 30)), (60, 115, (30, 57.5))])
def test_an_eye_closing_goes_by_its_own_gap_and_is_tiny_at_level_two(
    low: float, high: float, tiny: tuple[float, float]
) -> None:
    closing = Target(movement="eye_closing", unit="percent_of_rest_gap", low=low, high=high, source=SOURCE)
    own = {"eye_closing": Range(9.0, DAY)}
    for level in LEVELS:
        item = Item(card=CARD.id, level=level, share_low=20, share_high=30)
        found = assignment_of(item, a_card(target=closing), own).band
        assert found == (tiny if level == 2 else None)


@pytest.mark.parametrize("card", PRACTISED, ids=lambda card: card.id)
def test_the_tiny_movement_is_smaller_on_every_card(card: Exercise) -> None:
    assert card.target is not None
    band = assignment_of(Item(card=card.id, level=2), card, {}).band
    assert band is not None
    assert band[0] <= card.target.low, "nothing smaller than the camera reads steadily"
    assert band[1] < card.target.high


@given(
    st.integers(min_value=1, max_value=6),
    st.floats(min_value=1, max_value=30),
    st.none() | st.tuples(st.floats(min_value=10, max_value=29), st.floats(min_value=30, max_value=50)),
)
def test_a_band_is_small_and_can_be_read(level: int, mm: float, shares: tuple[float, float] | None) -> None:
    low, high = shares or (None, None)
    item = Item(card=CARD.id, level=level, share_low=low, share_high=high)
    band = assignment_of(item, CARD, {"smile": Range(mm, DAY)}).band
    if band is None:
        assert level == 1
        return
    assert band[0] >= levels.SMALLEST_MM
    assert band[1] - band[0] >= levels.NARROWEST_MM - 1e-9
    assert (
        band[1] <= max(mm / 2, levels.SMALLEST_MM + levels.NARROWEST_MM, band[0] + levels.NARROWEST_MM) + 1e-9
    )


def test_the_sides_of_a_one_sided_turn_leave_no_evenness_in_the_log() -> None:
    turn = a_repetition(side=Side.RIGHT, amplitude_left_mm=None, symmetry=None)
    one_sided = [Outing.of(DAY + timedelta(days=n), f"s{n}", 5.0, [turn] * 4) for n in range(3)]
    assert propose(2, one_sided) is None
    assert propose(2, one_sided, evenness_asked=False) is not None


def test_a_card_twice_in_a_plan_has_come_down_no_oftener_than_its_versions_say() -> None:
    items = (ITEM.model_copy(update={"level": 3}), ITEM.model_copy(update={"level": 2}))
    twice = [
        Prescription(created_at=NOW - timedelta(days=days), author="Dr Kay", items=items) for days in (20, 10)
    ]
    assert times_down(twice, CARD.id, 2, NOW) == 0


@pytest.mark.parametrize(("level", "closes"), [(1, False), (2, False), (3, True), (6, True)])
def test_only_from_level_three_on_eyes_close(level: int, closes: bool) -> None:
    cards = load_library().exercises
    assert closes_eyes(cards["gentle-eye-closing"], level) is closes
    assert not closes_eyes(cards["half-closing"], level)


def test_at_level_one_nothing_is_drawn_moving_but_a_massage_keeps_its_fingers() -> None:
    massage = load_library().exercises["cheek-massage"]
    assert levels.drawn(CARD, 1).moves == {}
    assert levels.drawn(massage, 1) == massage.drawing


def test_what_is_due_of_an_item_goes_by_its_card_and_its_versions() -> None:
    item = ITEM.model_copy(update={"level": 2})
    assert progression.due(item, CARD, THREE_GOOD, (), NOW) == propose(2, THREE_GOOD)
    uneven = outings([UNEVEN] * 5, [UNEVEN] * 5, [UNEVEN] * 5)
    assert progression.due(item, CARD, uneven, (), NOW) is None
    came_down = versions((30, 3), (20, 2), (15, 3), (10, 2))
    assert progression.due(item, CARD, THREE_GOOD, came_down, NOW) == propose(2, THREE_GOOD, times_down=2)
