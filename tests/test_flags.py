"""Flags have reasons and sources, come in the order of need, and are never raised by silence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach import comfort
from coach.clinic.flags import Due, Facts, Flag, Kind, Said, Waits, Warned, flags, need
from coach.comfort import Answers, Feelings
from coach.progression import Proposal

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 10, 8, 0, tzinfo=BERLIN)
FINE = Answers(eyes=(), new_signs=(), muscles=(), pain=1, tightness=3)
WELL = Feelings(tightness=3, effort=2, eye_comfort=8, pain=1)
UP = Proposal(3, 4, "In the last 3 sessions on 3 days: held in 15 of 15.", "Soft.", by_itself=False)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def said(days: float = 1, **answered: Any) -> Said:
    """A session that many days ago; what is not given was well."""
    ending = answered.pop("ending", "finished")
    feelings = answered.pop("feelings", WELL)
    return Said(ago(days), ending, replace(FINE, **answered), feelings)


def kinds(facts: Facts) -> list[Kind]:
    return [flag.kind for flag in flags(facts, NOW)]


def only(facts: Facts) -> Flag:
    (flag,) = flags(facts, NOW)
    return flag


def test_of_nothing_there_is_no_flag() -> None:
    assert flags(Facts(), NOW) == ()
    assert need(()) == 0


def test_a_session_that_went_well_is_no_flag() -> None:
    assert kinds(Facts(last_practice_at=ago(1), prescribed_at=ago(60), said=[said(1), said(2)])) == []


# Stopped by the safety check


@pytest.mark.parametrize(
    ("answered", "words", "source"),
    [
        ({"eyes": ("redness", "light")}, "a red eye, light hurts", "S78"),
        ({"new_signs": ("headache",)}, "severe headache", "proposal"),
        ({"muscles": ("trembling",)}, "trembling", "proposal"),
        ({"pain": 6}, "pain 6 of 10", "proposal: pain above 3"),
        ({"tightness": 7}, "pain or tightness had risen by 2 or more of 10", "proposal: what has risen"),
    ],
)
def test_a_safety_stop_is_told_with_what_was_ticked(answered: Any, words: str, source: str) -> None:
    flag = only(Facts(said=[said(2, ending="safety", **answered)]))

    assert flag.kind == "stopped"
    assert flag.words == f"Stopped by the safety check on 8 June 2026: {words}."
    assert flag.source.startswith(source)


def test_a_stop_that_is_dealt_with_is_no_flag_and_a_newer_one_is() -> None:
    old, new = said(3, ending="safety", muscles=("tired",)), said(1, ending="safety", eyes=("pain",))

    assert kinds(Facts(said=[old], stops_dealt_up_to=old.at)) == []
    assert kinds(Facts(said=[old], stops_dealt_up_to=old.at - timedelta(seconds=1))) == ["stopped"]
    flag = only(Facts(said=[old, new], stops_dealt_up_to=old.at))
    assert "more in the last" not in flag.words
    assert flag.at == new.at


def test_the_gravest_stop_is_told_and_the_others_are_counted() -> None:
    facts = Facts(
        said=[
            said(1, ending="safety", muscles=("tired",)),
            said(6, ending="safety", new_signs=("speech",), eyes=("pain",)),
            said(9, ending="safety", eyes=("pain",)),
        ]
    )

    first = flags(facts, NOW)[0]

    assert first.words.startswith(
        "Stopped by the safety check on 4 June 2026: pain in an eye, trouble speaking."
    )
    assert first.words.endswith("So it was 2 times more in the last 14 days.")


def test_a_sign_that_was_ticked_counts_although_the_window_was_closed() -> None:
    flag = only(Facts(said=[said(2, ending=None, eyes=("sight",))]))

    assert flag.kind == "stopped"
    assert flag.words.endswith("found: seeing less well. The session was not ended.")


def test_a_stop_whose_answers_cannot_be_read_is_a_stop() -> None:
    flag = only(Facts(said=[Said(ago(1), "safety", None)]))

    assert (flag.kind, flag.words.endswith(": the answers cannot be read.")) == ("stopped", True)


@pytest.mark.parametrize(("days", "there"), [(13, True), (14, False), (-1, False)])
def test_answers_of_long_ago_are_the_storys(days: float, there: bool) -> None:
    assert (kinds(Facts(said=[said(days, ending="safety", eyes=("pain",))])) == ["stopped"]) is there


def test_a_day_is_that_of_the_therapists_calendar() -> None:
    """Half past eleven at night in London is the next day in Berlin."""
    late = datetime(2026, 6, 8, 22, 30, tzinfo=timezone.utc)

    assert "9 June 2026" in only(Facts(said=[Said(late, "safety", replace(FINE, pain=9))])).words


# Pain and eyes


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"pain": 4}, "After the session of 9 June 2026: pain 4 of 10, 1 before it."),
        ({"pain": 3}, "After the session of 9 June 2026: pain 3 of 10, 1 before it."),  # risen by two
        ({"pain": 2}, None),
        ({"tightness": 5}, None),  # once is told to the person, twice to the therapist
        ({"effort": 9}, None),
    ],
)
def test_pain_after_a_session(after: Any, words: str | None) -> None:
    found = flags(Facts(said=[said(1, feelings=replace(WELL, **after))]), NOW)

    assert [flag.words for flag in found] == ([] if words is None else [words])


def test_pain_is_told_also_where_it_is_not_known_how_it_began() -> None:
    flag = only(Facts(said=[Said(ago(1), "finished", None, replace(WELL, pain=5))]))

    assert flag.words == "After the session of 9 June 2026: pain 5 of 10."


def test_pain_or_tightness_on_two_days_is_told_with_its_days() -> None:
    tight = replace(WELL, tightness=5)

    flag = only(Facts(said=[said(1, feelings=tight), said(1.1, feelings=tight), said(5, feelings=tight)]))

    assert flag.kind == "pain"
    assert flag.words.replace("\N{NO-BREAK SPACE}", " ") == (
        "Pain or tightness came up on 2 days of the last 14: 5 Jun, 9 Jun."
    )


def test_two_sessions_of_one_day_are_one_day() -> None:
    tight = replace(WELL, tightness=5)

    assert kinds(Facts(said=[said(1, feelings=tight), said(1.1, feelings=tight)])) == []


def test_sore_eyes_are_told_from_the_second_day_on() -> None:
    sore = replace(WELL, eye_comfort=comfort.EYES_TIRED)

    assert kinds(Facts(said=[said(1, feelings=sore)])) == []
    flag = only(Facts(said=[said(1, feelings=sore), said(3, feelings=sore)]))
    assert flag.kind == "eyes"
    assert flag.source.startswith("S78")


# Who waits


def test_a_wish_for_an_appointment_is_told_with_its_times() -> None:
    flag = only(Facts(waiting=[Waits("appointment", ago(2), False, ["Mondays", "after 5 pm"])]))

    assert flag.kind == "appointment"
    assert flag.words == "An appointment is asked for, since 8 June 2026, not seen yet: Mondays; after 5 pm."


def test_several_notes_are_one_flag() -> None:
    flag = only(Facts(waiting=[Waits("note", ago(2)), Waits("note", ago(4), seen=True)]))

    assert flag.words == "2 notes wait, the first since 6 June 2026, 1 not seen yet."
    assert only(Facts(waiting=[Waits("note", ago(2), seen=True)])).words == "A note waits, since 8 June 2026."


# Warnings


def course(*weeks: list[float] | None, repetitions: float = 5) -> Warned:
    """The shares of the practices week by week, the latest first."""
    shares = {number: values for number, values in enumerate(weeks) if values is not None}
    return Warned("Small closed smile", shares, repetitions)


LOW, HIGH = [0.0, 0.2, 0.2, 0.0], [0.8, 0.6, 0.8, 0.6]


def test_warnings_that_rise_beyond_the_persons_own_ups_and_downs() -> None:
    flag = only(Facts(warned=[course(HIGH, [0.6, 0.6, 0.4], LOW, LOW, LOW)]))

    assert flag.kind == "warnings"
    assert flag.words.replace("\N{NO-BREAK SPACE}", " ") == (
        "Small closed smile: something was warned of in 70 % of the repetitions in the last 7 days and in 60 % in "
        "the 7 before; in 3 weeks before them in 10 %, with ups and downs to 31 %."
    )


@pytest.mark.parametrize(
    "weeks",
    [
        pytest.param((HIGH, LOW, LOW, LOW), id="one week alone"),
        pytest.param((LOW, HIGH, LOW, LOW), id="not any more"),
        pytest.param((HIGH, None, HIGH, LOW, LOW), id="no practice in between"),
        pytest.param((None, HIGH, HIGH, LOW, LOW), id="no practice now"),
        pytest.param((HIGH, HIGH, LOW), id="one week before says too little"),
        pytest.param((HIGH, HIGH, HIGH, HIGH), id="as ever"),
        pytest.param((HIGH, HIGH, [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]), id="up and down before, too"),
        pytest.param((HIGH[:2], HIGH, LOW, LOW), id="too few practices this week"),
        pytest.param((HIGH, HIGH, LOW[:2], LOW[:2], LOW), id="too few practices before"),
        pytest.param(([0.2] * 5, [0.2] * 5, [0.0] * 5, [0.0] * 5), id="one repetition is no change"),
        pytest.param((), id="nothing was judged"),
    ],
)
def test_within_them_nothing_is_flagged(weeks: Any) -> None:
    assert kinds(Facts(warned=[course(*weeks)])) == []


def test_what_rises_in_one_exercise_is_not_hidden_by_another() -> None:
    steady = course(LOW, LOW, LOW, LOW)

    assert kinds(Facts(warned=[steady, course(HIGH, HIGH, LOW, LOW), steady])) == ["warnings"]


# No practice


@pytest.mark.parametrize(("days", "words"), [(4, None), (5, "No practice for 5 days, since 5 June 2026.")])
def test_no_practice_for_five_days(days: float, words: str | None) -> None:
    found = flags(Facts(last_practice_at=ago(days), prescribed_at=ago(90)), NOW)

    assert [flag.words for flag in found] == ([] if words is None else [words])


def test_whoever_never_practised_is_told_by_the_prescription() -> None:
    facts = Facts(prescribed_at=ago(8))

    assert only(facts).words == "No practice yet; it was first prescribed 8 days ago, on 2 June 2026."
    assert kinds(replace(facts, prescribed_at=ago(2))) == []


def test_without_a_prescription_nobody_is_waited_for() -> None:
    assert kinds(Facts(last_practice_at=ago(90))) == []


def test_what_was_practised_before_it_was_prescribed_does_not_count_as_a_lapse() -> None:
    assert kinds(Facts(last_practice_at=ago(30), prescribed_at=ago(2))) == []


@pytest.mark.parametrize(
    ("days", "flagged"), [((), True), (("monday",), True), (("wednesday",), False), (("thursday",), False)]
)
def test_only_days_that_were_prescribed_can_be_missed(days: Any, flagged: bool) -> None:
    """NOW is a Wednesday, the last practice was on Thursday: between them lie Friday to Tuesday."""
    facts = Facts(last_practice_at=ago(6), prescribed_at=ago(90), days=days)

    assert (kinds(facts) == ["idle"]) is flagged


# A next step


def test_a_step_beyond_level_3_waits_for_the_therapist() -> None:
    flag = only(Facts(due=[Due("Small closed smile", UP)]))

    assert flag.kind == "ready"
    assert flag.words == f"Small closed smile could go from level 3 to 4. {UP.reason}"


@pytest.mark.parametrize(
    "proposal", [replace(UP, by_itself=True), replace(UP, from_level=4, to_level=3, by_itself=True)]
)
def test_a_step_that_is_taken_by_itself_is_no_flag(proposal: Proposal) -> None:
    assert kinds(Facts(due=[Due("Small closed smile", proposal)])) == []


# All together

EVERYTHING = Facts(
    last_practice_at=ago(7),
    prescribed_at=ago(90),
    said=[
        said(8, ending="safety", eyes=("pain",)),
        said(9, feelings=replace(WELL, pain=5, eye_comfort=3)),
        said(10, feelings=replace(WELL, eye_comfort=3)),
    ],
    warned=[course(HIGH, HIGH, LOW, LOW)],
    due=[Due("Small pucker", UP)],
    waiting=[Waits("note", ago(1)), Waits("appointment", ago(1))],
)


def test_flags_come_in_the_order_of_need() -> None:
    found = flags(EVERYTHING, NOW)

    assert [flag.kind for flag in found] == [
        *("stopped", "pain", "eyes", "appointment", "warnings", "note", "idle", "ready")
    ]
    assert [flag.need for flag in found] == sorted((flag.need for flag in found), reverse=True)
    assert need(found) == 10 * found[0].need + 8


def test_a_grave_flag_outweighs_many_small_ones() -> None:
    grave = flags(Facts(said=[said(1, ending="safety", new_signs=("limb",))]), NOW)
    small = flags(replace(EVERYTHING, said=()), NOW)

    assert need(grave) > need(small) > need(small[1:]) > 0


def test_every_flag_has_a_source_and_calm_words() -> None:
    for flag in flags(EVERYTHING, NOW):
        assert re.match(r"(S\d+|proposal): \S", flag.source), flag.source
        assert flag.words.endswith(".")
        said_words = flag.words.lower()
        for harsh in ("fail", "wrong", "bad", "poor", "score", "nan", "none", "all is well", "lazy", "quiet"):
            assert harsh not in said_words


answers = st.builds(
    Answers,
    eyes=st.sets(st.sampled_from(["pain", "redness"])).map(tuple),
    new_signs=st.sets(st.sampled_from(["rash"])).map(tuple),
    muscles=st.sets(st.sampled_from(["tired"])).map(tuple),
    pain=st.integers(0, 10),
    tightness=st.integers(0, 10),
)
after = st.builds(
    Feelings,
    tightness=st.integers(0, 10),
    effort=st.integers(0, 10),
    eye_comfort=st.integers(0, 10),
    pain=st.integers(0, 10),
)
sessions = st.builds(
    Said,
    at=st.integers(0, 20).map(ago),
    ending=st.sampled_from([None, "finished", "stopped", "safety"]),
    comfort=st.none() | answers,
    feelings=st.none() | after,
)


@given(st.lists(sessions, max_size=4))
def test_whatever_was_answered_a_stop_is_flagged_and_silence_never_is(those: list[Said]) -> None:
    found = {flag.kind for flag in flags(Facts(said=those), NOW)}

    recent = [one for one in those if one.at > ago(13.5)]
    if any(one.ending == "safety" for one in recent):
        assert "stopped" in found
    if all(one.ending != "safety" and one.comfort is None and one.feelings is None for one in recent):
        assert found == set()
