"""A session's steps in every order life may bring: paused, resumed, stopped by the clock, one too many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from handmade_cards import SOURCE, a_card
from hypothesis import given, settings
from hypothesis import strategies as st

from coach import session
from coach.assignment import Assignment
from coach.exercise import Dose, Exercise, Judged
from coach.library import load_library
from coach.programme import FRAME_SECONDS, LONGEST_SESSION_SECONDS, PAUSE_SECONDS
from coach.session import Sitting, Step, allowed, fit, next_step, remaining, resumable, steps

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=BERLIN)

SMILE, PUCKER, CLOSING = a_card("Small smile"), a_card("Small pucker"), a_card("Eye closing")
MASSAGE = a_card("Cheek massage", judged="nothing")
THREE = steps((SMILE, MASSAGE, CLOSING))
KEYS = [step.key for step in THREE]


def planned(*cards: Exercise) -> tuple[tuple[Exercise, Assignment], ...]:
    return tuple((card, Assignment(card.id)) for card in cards)


def walked(
    of: tuple[Step, ...],
    done: Iterable[str] = (),
    comfort_at: datetime | None = None,
    at: datetime = MONDAY,
    used_seconds: float = 0.0,
    a_step_takes: timedelta = timedelta(0),
) -> list[str]:
    """The keys of all that comes, each done in turn, to the end."""
    done, came = set(done), []
    while (step := next_step(of, done, comfort_at, at, used_seconds)) is not None:
        came.append(step.key)
        done.add(step.key)
        if step.kind == "comfort":
            comfort_at = at
        at += a_step_takes
        assert len(came) <= 3 * len(of), came
    return came


# --- the steps


def test_a_session_begins_with_comfort_and_ends_with_the_summary() -> None:
    assert KEYS == [
        *("comfort", "rest"),
        *("exercise-1", "felt-1", "blink-1"),
        *("exercise-2", "blink-2"),
        *("exercise-3", "felt-3"),
        *("closing", "feelings", "summary"),
    ]
    assert walked(THREE) == KEYS


def test_rests_and_pauses_have_their_seconds() -> None:
    seconds = {step.kind: step.seconds for step in THREE}
    assert seconds["rest"] == 60
    assert seconds["blink"] == 15
    assert seconds["closing"] == 30
    assert seconds["exercise"] is None


@pytest.mark.parametrize(
    ("judged", "asked"),
    [("movement", True), ("areas", True), ("stillness", True), ("nothing", False), ("range", True)],
)
def test_after_each_exercise_but_a_timer_it_is_asked_what_was_felt(judged: Judged, asked: bool) -> None:
    keys = [step.key for step in steps((a_card(judged=judged),))]
    assert ("felt-1" in keys) is asked


def test_keys_tell_all_steps_apart() -> None:
    assert len(set(KEYS)) == len(KEYS)


def test_there_are_calm_words_for_every_step_but_an_exercise() -> None:
    assert set(session.WORDS) == {step.kind for step in THREE} - {"exercise"}
    for words in (*session.WORDS.values(), session.TIME_IS_UP):
        assert 0 < len(words) <= 90
        assert "!" not in words


# --- pause and resume


def test_after_a_short_pause_it_goes_on_where_it_stood() -> None:
    done = set(KEYS[:4])
    assert next_step(THREE, done, MONDAY, MONDAY + timedelta(minutes=40)) == Step("blink", 1, 15.0)


def test_pause_and_resume_on_another_day_asks_after_comfort_first_and_then_goes_on() -> None:
    done = {"comfort", "rest", "exercise-1", "felt-1"}
    tuesday = MONDAY + timedelta(days=1)
    assert next_step(THREE, done, MONDAY, tuesday) == Step("comfort")
    assert walked(THREE, done, comfort_at=MONDAY, at=tuesday) == ["comfort", *KEYS[4:]]
    assert remaining(planned=5, done=2) == 3
    assert resumable(MONDAY, tuesday)


def test_after_four_hours_comfort_is_asked_after_again() -> None:
    done = set(KEYS[:3])
    assert next_step(THREE, done, MONDAY, MONDAY + timedelta(hours=4)) == Step("felt", 1)
    assert next_step(THREE, done, MONDAY, MONDAY + timedelta(hours=4, seconds=1)) == Step("comfort")


def test_midnight_on_the_persons_own_clock_makes_another_day() -> None:
    late = datetime(2026, 3, 9, 23, 50, tzinfo=BERLIN)
    done = set(KEYS[:2])
    assert next_step(THREE, done, late, late + timedelta(minutes=9)) == Step("exercise", 1)
    assert next_step(THREE, done, late, late + timedelta(minutes=11)) == Step("comfort")
    in_utc = late.astimezone(timezone.utc)
    assert next_step(THREE, done, in_utc, late + timedelta(minutes=9)) == Step("exercise", 1)
    assert next_step(THREE, done, in_utc, late + timedelta(minutes=11)) == Step("comfort")


def test_without_a_comfort_check_nothing_is_practised_whatever_else_is_done() -> None:
    assert next_step(THREE, set(KEYS[:4]), None, MONDAY) == Step("comfort")


def test_on_another_day_nobody_is_asked_how_a_finished_practice_felt() -> None:
    done = set(KEYS[:-3])
    assert walked(THREE, done, comfort_at=MONDAY, at=MONDAY) == ["closing", "feelings", "summary"]
    assert walked(THREE, done, comfort_at=MONDAY, at=MONDAY + timedelta(days=1)) == ["summary"]


def test_a_clock_that_was_set_back_asks_again_only_if_by_much() -> None:
    assert session.comfort_holds(MONDAY, MONDAY - timedelta(minutes=30))
    assert not session.comfort_holds(MONDAY, MONDAY - timedelta(days=1))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        next_step(THREE, (), datetime(2026, 3, 9, 10), MONDAY)  # noqa: DTZ001


def test_an_open_session_can_be_gone_on_with_for_three_days() -> None:
    assert resumable(MONDAY, MONDAY + timedelta(days=3))
    assert not resumable(MONDAY, MONDAY + timedelta(days=3, minutes=1))


def test_of_an_interrupted_exercise_the_remaining_repetitions_are_left() -> None:
    assert [remaining(5, done) for done in (0, 2, 5, 7)] == [5, 3, 0, 0]


@settings(deadline=None)
@given(
    number=st.integers(min_value=1, max_value=5),
    done=st.sets(st.sampled_from([step.key for step in steps((SMILE, MASSAGE, PUCKER, CLOSING, SMILE))])),
    asked=st.none() | st.timedeltas(min_value=timedelta(days=-3), max_value=timedelta(days=3)),
    a_step_takes=st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=5)),
    used_seconds=st.floats(min_value=0, max_value=1000),
)
def test_from_anywhere_a_session_comes_to_its_end(
    number: int, done: set[str], asked: timedelta | None, a_step_takes: timedelta, used_seconds: float
) -> None:
    of = steps((SMILE, MASSAGE, PUCKER, CLOSING, SMILE)[:number])
    comfort_at = None if asked is None else MONDAY + asked
    came = walked(of, done, comfort_at, MONDAY, used_seconds, min(a_step_takes, timedelta(hours=4)))
    assert not (set(came) - {"comfort"}) & done
    if session.time_is_up(used_seconds):
        assert not [key for key in came if key.startswith(("exercise", "blink"))]
    if "summary" not in done:
        assert came[-1] == "summary"


# --- the time


def test_when_the_time_is_used_up_the_closing_rest_comes_next() -> None:
    done = {"comfort", "rest", "exercise-1"}
    assert walked(THREE, done, MONDAY, used_seconds=719) == KEYS[3:]
    assert walked(THREE, done, MONDAY, used_seconds=720) == ["felt-1", "closing", "feelings", "summary"]


def test_an_exercise_of_the_cards_own_dose_takes_95_seconds() -> None:
    assert session.estimate_seconds(SMILE, Assignment(SMILE.id)) == 95  # clinical.md 1.3


def test_a_prescriptions_own_dose_is_reckoned_with() -> None:
    assert session.estimate_seconds(SMILE, Assignment(SMILE.id, repetitions=2)) == 38
    assert session.estimate_seconds(SMILE, Assignment(SMILE.id, repetitions=2, hold_seconds=10)) == 48
    assert session.estimate_seconds(SMILE, Assignment(SMILE.id, hold_seconds=10)) == 120


def test_the_tasks_of_the_range_card_are_all_reckoned_with() -> None:
    card = a_card(judged="range", dose=Dose(repetitions=2, source=SOURCE))
    assert session.estimate_seconds(card, Assignment(card.id)) == 76
    assert session.estimate_seconds(card, Assignment(card.id, repetitions=3)) == 57


@pytest.mark.parametrize("number", [3, 4, 5])
def test_three_to_five_exercises_of_the_usual_dose_fit(number: int) -> None:
    found = fit(planned(*[SMILE] * number))
    assert (len(found.kept), found.left_out, found.words) == (number, (), None)
    assert found.seconds < 12 * 60


def test_what_does_not_fit_is_left_out_from_the_end_and_said() -> None:
    long = Dose(repetitions=12, source=SOURCE)
    found = fit(planned(SMILE, a_card("Long pucker", dose=long), a_card("Long frown", dose=long), CLOSING))
    assert [card.name for card, _ in found.kept] == ["Small smile", "Long pucker"]
    assert found.left_out == ("Long frown", "Eye closing")
    assert found.words == "Under 12 minutes is best, so today leaves out: Long frown, Eye closing."


def test_a_first_exercise_that_is_too_long_is_done_fewer_times() -> None:
    card = a_card(dose=Dose(hold_seconds=60, repetitions=10, source=SOURCE))
    found = fit(planned(card, PUCKER))
    ((_, assignment),) = found.kept
    assert assignment.repetitions == 7
    assert found.left_out == ("Small pucker",)


seconds_of = st.floats(min_value=1, max_value=10)
any_dose = st.builds(
    Dose,
    ramp_seconds=seconds_of,
    hold_seconds=st.floats(min_value=1, max_value=120),
    release_seconds=seconds_of,
    rest_seconds=st.floats(min_value=2, max_value=60),
    repetitions=st.integers(min_value=1, max_value=20),
    source=st.just(SOURCE),
)
any_item = st.tuples(
    any_dose,
    st.sampled_from(["movement", "areas", "stillness", "nothing", "range"]),
    st.none() | st.integers(min_value=1, max_value=20),
    st.none() | st.floats(min_value=1, max_value=120),
)


@given(st.lists(any_item, max_size=8))
def test_a_fitted_session_never_exceeds_twelve_minutes_and_leaves_out_only_the_last(
    items: list[tuple[Dose, Judged, int | None, float | None]],
) -> None:
    given_items = [
        (card := a_card(f"Card {n}", judged, dose), Assignment(card.id, repetitions, hold))
        for n, (dose, judged, repetitions, hold) in enumerate(items)
    ]
    found = fit(given_items)
    assert found.seconds < LONGEST_SESSION_SECONDS
    assert [card for card, _ in found.kept] == [card for card, _ in given_items[: len(found.kept)]]
    assert len(found.kept) + len(found.left_out) == len(given_items)
    if len(found.kept) > 1:
        assert list(found.kept) == given_items[: len(found.kept)]


def test_no_more_is_reckoned_with_than_the_check_of_programmes_does() -> None:
    frame = session.session_seconds(())
    assert frame <= FRAME_SECONDS
    assert session.FELT_SECONDS + session.BLINK_SECONDS <= PAUSE_SECONDS


def test_every_ready_programme_fits_whole() -> None:
    library = load_library()
    for programme in library.programmes.values():
        items = [
            (
                library.exercises[item.card],
                Assignment(item.card, repetitions=item.repetitions, hold_seconds=item.hold_seconds),
            )
            for item in programme.items
        ]
        assert fit(items).left_out == (), programme.id


# --- how many a day


def sat(hours_ago: float, minutes: float = 10, practised: bool = True, now: datetime = MONDAY) -> Sitting:
    began_at = now - timedelta(hours=hours_ago)
    return Sitting((began_at,) if practised else (), began_at + timedelta(minutes=minutes))


EVENING = datetime(2026, 3, 9, 21, 0, tzinfo=BERLIN)


def in_the_evening(*hours_ago: float, planned: int = 2) -> str:
    return allowed([sat(hours, now=EVENING) for hours in hours_ago], EVENING, planned).kind


def test_day_limit_two_are_planned_more_is_not_better_and_four_are_the_limit() -> None:
    assert in_the_evening() == "go"
    assert in_the_evening(12) == "go"
    assert in_the_evening(12, 8) == "enough"
    assert in_the_evening(12, 8, 6) == "enough"
    assert in_the_evening(12, 8, 6, 3) == "limit"
    assert in_the_evening(12, 8, 6, 3, 2) == "limit"


def test_four_planned_sessions_are_four_and_no_more() -> None:
    assert in_the_evening(12, 8, 6, planned=4) == "go"
    assert in_the_evening(12, 8, 6, 3, planned=4) == "limit"


def test_yesterdays_sessions_do_not_count_today() -> None:
    assert in_the_evening(30, 28, 26, 25) == "go"


def test_the_day_is_that_of_the_persons_own_clock() -> None:
    just_after_midnight = datetime(2026, 3, 10, 0, 30, tzinfo=BERLIN)
    utc_evening = [
        Sitting((datetime(2026, 3, 9, hour, 0, tzinfo=timezone.utc),), None) for hour in (18, 19, 20, 21)
    ]
    assert allowed(utc_evening, just_after_midnight).kind == "go"
    assert allowed(utc_evening, datetime(2026, 3, 9, 23, 50, tzinfo=BERLIN)).kind == "limit"


def test_a_session_in_which_nothing_was_practised_does_not_count() -> None:
    assert allowed([sat(hours, practised=False) for hours in (8, 6, 4, 0.2)], MONDAY).kind == "go"


def test_a_session_from_yesterday_that_was_practised_on_today_counts_today() -> None:
    over_two_days = Sitting((MONDAY - timedelta(days=1), MONDAY - timedelta(hours=2)), None)
    assert allowed([over_two_days], MONDAY, planned=1).kind == "enough"


def test_less_than_an_hour_after_the_last_one_a_rest_is_better() -> None:
    found = allowed([sat(hours_ago=0.75, minutes=10)], MONDAY)
    assert found.kind == "enough"
    assert "less than an hour ago" in found.words
    assert allowed([sat(hours_ago=1.2, minutes=10)], MONDAY).kind == "go"


def test_the_words_of_an_allowance_are_calm_and_say_how_it_stands() -> None:
    assert allowed([], MONDAY).words == "Session 1 of 2 today."
    told = [in_words for n in range(5) if (in_words := allowed([sat(9 - n) for _ in range(n)], MONDAY).words)]
    assert len(told) == 5
    for words in told:
        assert len(words) <= 120
        assert "!" not in words
