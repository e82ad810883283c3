"""The comfort check: every sign leads where it should, the gravest wins, and nothing reassures."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach import comfort
from coach.comfort import (
    FEELINGS,
    GRAVITY,
    QUESTIONS,
    Answers,
    Feelings,
    Question,
    Rise,
    Verdict,
)

WELL = Answers(eyes=(), new_signs=(), muscles=(), pain=1, tightness=3)
FINE = Feelings(tightness=3, effort=2, eye_comfort=9, pain=1)
TODAY = date(2026, 3, 9)
TICKS = [(question, option.id) for question in QUESTIONS for option in question.options]

UNKIND = re.compile(
    r"\b(fail\w*|wrong\w*|bad\w*|error\w*|must|scor\w*|grade\w*|diagnos\w*|treat\w*|detect\w*)\b", re.I
)
REASSURING = re.compile(r"\b(worry|harmless|normal\w*|nothing|probably|usually|fine|safe|only)\b", re.I)


def ticking(question: Question, *ticks: str, answers: Answers = WELL) -> Answers:
    return replace(answers, **{question.id: ticks})  # type: ignore[arg-type]


def on_scales() -> st.SearchStrategy[int]:
    return st.integers(min_value=0, max_value=10)


def any_ticks(question: Question) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from([option.id for option in question.options])).map(tuple)


any_answers = st.builds(
    Answers,
    eyes=any_ticks(QUESTIONS[0]),
    new_signs=any_ticks(QUESTIONS[1]),
    muscles=any_ticks(QUESTIONS[2]),
    pain=on_scales(),
    tightness=on_scales(),
)
any_feelings = st.builds(
    Feelings, tightness=on_scales(), effort=on_scales(), eye_comfort=on_scales(), pain=on_scales()
)


# --- before a session


def test_somebody_who_is_well_begins() -> None:
    assert comfort.verdict(WELL).go


@pytest.mark.parametrize(
    ("ticked", "kind"),
    [
        (("eyes", "pain"), "eye_service"),
        (("eyes", "redness"), "eye_service"),
        (("eyes", "light"), "eye_service"),
        (("eyes", "discharge"), "eye_service"),
        (("eyes", "sight"), "eye_service"),
        (("new_signs", "weakness"), "medical"),
        (("new_signs", "numbness"), "medical"),
        (("new_signs", "limb"), "medical"),
        (("new_signs", "speech"), "medical"),
        (("new_signs", "headache"), "medical"),
        (("new_signs", "rash"), "medical"),
        (("new_signs", "ear"), "medical"),
        (("new_signs", "swelling"), "medical"),
        (("muscles", "twitching"), "rest_today"),
        (("muscles", "trembling"), "rest_today"),
        (("muscles", "tired"), "rest_today"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_each_sign_leads_where_it_should(ticked: tuple[str, str], kind: str) -> None:
    question = next(question for question in QUESTIONS if question.id == ticked[0])
    found = comfort.verdict(ticking(question, ticked[1]))
    assert found.kind == kind
    assert not found.go


def test_every_sign_that_can_be_ticked_is_in_that_table() -> None:
    assert len(TICKS) == 16


@pytest.mark.parametrize(("pain", "kind"), [(0, "go"), (3, "go"), (4, "rest_today"), (10, "rest_today")])
def test_pain_above_three_is_a_day_of_rest(pain: int, kind: str) -> None:
    assert comfort.verdict(replace(WELL, pain=pain)).kind == kind


def test_safety_stop_the_gravest_sign_decides_and_the_eye_is_not_forgotten() -> None:
    all_at_once = Answers(eyes=("redness",), new_signs=("speech",), muscles=("tired",), pain=8, tightness=5)
    found = comfort.verdict(all_at_once)
    assert (found.kind, found.title) == ("medical", "Please seek medical care now.")
    assert found.advice.endswith(comfort.EYES_TOO)
    assert comfort.verdict(replace(all_at_once, new_signs=())).kind == "eye_service"
    assert comfort.verdict(replace(all_at_once, new_signs=(), eyes=())).kind == "rest_today"


@given(any_answers, any_answers)
def test_one_more_sign_never_makes_the_verdict_milder(one: Answers, other: Answers) -> None:
    both = Answers(
        eyes=one.eyes + other.eyes,
        new_signs=one.new_signs + other.new_signs,
        muscles=one.muscles + other.muscles,
        pain=max(one.pain, other.pain),
        tightness=one.tightness,
    )
    kinds = [GRAVITY.index(comfort.verdict(answers).kind) for answers in (one, other)]
    assert GRAVITY.index(comfort.verdict(both).kind) == max(kinds)


# --- during one


def test_safety_stop_something_hurts_ends_the_session_as_the_same_sign_before_it_would() -> None:
    for question, tick in TICKS:
        answers = ticking(question, tick)
        assert comfort.stopped(WELL, answers) == comfort.verdict(answers)
    assert comfort.stopped(WELL, replace(WELL, pain=4)).kind == "rest_today"


def test_tightness_that_rises_during_a_session_ends_it() -> None:
    assert comfort.stopped(WELL, replace(WELL, tightness=4)).go
    assert comfort.stopped(WELL, replace(WELL, tightness=5)).kind == "rest_today"


def test_who_stopped_without_a_sign_may_go_on_but_is_not_urged_to() -> None:
    found = comfort.stopped(WELL, WELL)
    assert found == comfort.EASE_OFF
    assert found.go
    assert "Stopping here is welcome" in found.advice


# --- days that must not repeat


def test_a_day_of_pain_is_one_at_the_start_at_a_stop_or_at_the_end() -> None:
    assert not comfort.is_pain_day(WELL)
    assert not comfort.is_pain_day(WELL, FINE)
    assert comfort.is_pain_day(replace(WELL, pain=5))
    assert comfort.is_pain_day(WELL, replace(FINE, pain=4))
    assert comfort.is_pain_day(WELL, replace(FINE, tightness=5))
    assert comfort.is_pain_day(WELL, replace(WELL, muscles=("twitching",)))
    assert not comfort.is_pain_day(WELL, replace(WELL, pain=2))


def test_pain_on_a_second_day_goes_to_the_therapist() -> None:
    assert not comfort.pain_repeats([TODAY], TODAY)
    assert not comfort.pain_repeats([TODAY, TODAY], TODAY)
    assert comfort.pain_repeats([TODAY - timedelta(days=1), TODAY], TODAY)
    assert comfort.pain_repeats([TODAY - timedelta(days=13), TODAY], TODAY)
    assert not comfort.pain_repeats([TODAY - timedelta(days=14), TODAY], TODAY)
    assert not comfort.pain_repeats([TODAY + timedelta(days=1), TODAY], TODAY)


# --- how it felt


@pytest.mark.parametrize(
    ("feelings", "told"),
    [
        (FINE, False),
        (replace(FINE, tightness=4), False),
        (replace(FINE, tightness=5), True),
        (replace(FINE, pain=3), True),
        (replace(FINE, tightness=0, pain=0), False),
    ],
)
def test_tightness_or_pain_up_by_two_is_told_to_the_levels(feelings: Feelings, told: bool) -> None:
    assert comfort.rise(WELL, feelings).told is told


def test_a_rise_is_counted_from_the_comfort_check() -> None:
    assert comfort.rise(WELL, replace(FINE, tightness=2, pain=4)) == Rise(tightness=-1, pain=3)


def test_after_a_session_that_went_well_nothing_is_said() -> None:
    assert comfort.words_after(WELL, FINE) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pain": 3}, "hurts"),
        ({"tightness": 5}, "Tighter"),
        ({"effort": 4}, "effort"),
        ({"eye_comfort": 5}, "eyes"),
    ],
)
def test_each_feeling_has_its_word(change: dict[str, int], said: str) -> None:
    (words,) = comfort.words_after(WELL, replace(FINE, **change))
    assert said in words


# --- what is written down


@given(any_answers)
def test_answers_come_back_from_json_as_they_were(answers: Answers) -> None:
    assert Answers.of_json(json.loads(json.dumps(answers.as_json()))) == answers


@given(any_feelings)
def test_feelings_come_back_from_json_as_they_were(feelings: Feelings) -> None:
    assert Feelings.of_json(json.loads(json.dumps(feelings.as_json()))) == feelings


def test_ticks_are_kept_in_the_order_of_the_question_and_once() -> None:
    answers = Answers(eyes=("sight", "pain", "sight"), new_signs=(), muscles=(), pain=0, tightness=0)
    assert answers.eyes == ("pain", "sight")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"pain": 11}, "pain is 11; allowed: a whole number from 0 to 10"),
        ({"pain": -1}, "pain is -1; allowed: a whole number from 0 to 10"),
        ({"pain": True}, "pain is True; allowed: a whole number from 0 to 10"),
        ({"pain": 2.5}, "pain is 2.5; allowed: a whole number from 0 to 10"),
        ({"tightness": None}, "tightness is None; allowed: a whole number from 0 to 10"),
        ({"eyes": "pain"}, "eyes is 'pain'; allowed: a list of pain, redness, light, discharge, sight"),
        ({"eyes": ["left"]}, "eyes.0 is 'left'; allowed: pain, redness, light, discharge, sight"),
        ({"eyes": [["pain"]]}, "eyes.0 is ['pain']; allowed: pain, redness, light, discharge, sight"),
        ({"muscles": None}, "muscles is None; allowed: a list of twitching, trembling, tired"),
        ({"mood": 3}, "'mood' is no question; allowed: eyes, new_signs, muscles, pain, tightness"),
    ],
)
def test_a_foreign_answer_is_named_with_what_is_allowed(change: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError) as refused:
        Answers.of_json(WELL.as_json() | change)
    assert str(refused.value) == fault


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_without_an_answer_is_not_taken_for_none(question: Question) -> None:
    answers: dict[str, object] = {**WELL.as_json()}
    del answers[question.id]
    with pytest.raises(ValueError) as refused:
        Answers.of_json(answers)
    assert str(refused.value).startswith(f"{question.id} is missing")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*WELL.as_json(), "other"]), inner, max_size=6)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_either_answers_or_refused(value: object) -> None:
    wanted = {question.id for question in QUESTIONS}
    if isinstance(value, dict) and set(value) == wanted:
        with suppress(ValueError):
            assert Answers.of_json(value).as_json().keys() == wanted
    else:
        with pytest.raises(ValueError, match="allowed:"):
            Answers.of_json(value)


def test_feelings_from_elsewhere_are_refused_too() -> None:
    with pytest.raises(ValueError, match="effort is 12; allowed"):
        Feelings.of_json(FINE.as_json() | {"effort": 12})


# --- the words


FOUND = [
    comfort.verdict(ticking(question, question.options[0].id)) for question in QUESTIONS if question.options
]
VERDICTS = [comfort.BEGIN, comfort.EASE_OFF, *FOUND]


@pytest.mark.parametrize("question", [*QUESTIONS, *FEELINGS], ids=lambda question: question.id)
def test_a_question_is_short_calm_and_can_be_answered(question: Question) -> None:
    taps = [question.words, question.none, *(option.words for option in question.options)]
    assert all(0 < len(words) <= 60 for words in taps)
    assert not any(UNKIND.search(words) for words in taps)
    assert question.words.endswith("?")
    assert re.match(r"(S\d+|proposal): \S", question.source)
    if question.kind == "scale":
        assert question.low
        assert question.high
        assert not question.options
    else:
        assert len({option.id for option in question.options}) == len(question.options) >= 3


def test_the_questions_are_the_fields_of_the_answers() -> None:
    assert [question.id for question in QUESTIONS] == list(WELL.as_json())
    assert [question.id for question in FEELINGS] == list(FINE.as_json())


@pytest.mark.parametrize("found", VERDICTS, ids=lambda found: found.title)
def test_a_verdict_says_calmly_what_to_do(found: Verdict) -> None:
    assert 0 < len(found.title) <= 60
    assert 0 < len(found.advice) <= 160
    assert not UNKIND.search(found.title + found.advice)
    assert "!" not in found.title + found.advice


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.kind)
def test_where_something_is_found_nothing_reassures_and_there_is_no_practice(found: Verdict) -> None:
    assert not REASSURING.search(found.title + found.advice)
    assert found.advice.startswith("No practice today")


def test_there_is_a_verdict_for_every_kind() -> None:
    assert {found.kind for found in VERDICTS} == set(GRAVITY)


@given(any_answers, any_feelings)
def test_what_is_said_afterwards_is_calm(answers: Answers, feelings: Feelings) -> None:
    for words in (*comfort.words_after(answers, feelings), comfort.TELL_THERAPIST):
        assert 0 < len(words) <= 110
        assert not UNKIND.search(words)
