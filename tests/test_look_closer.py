"""Look closer: every line, mark and word of one repetition comes from its rows and from the card it was done under."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from practices import CHIN, EYE, RESTING, WATCHED, a_repetition, another_person
from streamlit.testing.v1 import AppTest
from therapists import alone, charts, data_of, let_in, nobody
from visitors import CARDS, MONDAY, opened, words

from coach.assignment import Assignment
from coach.clinic.accounts import Role
from coach.events import Repetition
from coach.face import Side
from coach.library import load_library
from coach.movements import MILLIMETRES, target_amplitude
from coach.records import Records
from coach.trace import Trace
from pages.care import repetition as lines
from pages.care import repetition_words

pytestmark = pytest.mark.usefixtures("clock")

SMILE = CARDS["small-closed-smile"]
PATTERNS = load_library().patterns


@pytest.fixture
def records(home_log: Records) -> Records:
    return home_log


def a_trace(repetition: Repetition, gap: tuple[float, float] | None = None) -> Trace:
    """A smile that grows to 4 mm, with the right eye after it; the other eye narrows a little, as in everybody."""
    at = np.round(np.arange(repetition.started_at - 1.0, repetition.ended_at, 0.04), 3)
    if gap is not None:
        at = at[(at < repetition.started_at + gap[0]) | (at > repetition.started_at + gap[1])]
    grown = np.clip((at - repetition.started_at) / 3.0, 0.0, 1.0)
    values = np.zeros((len(at), len(MILLIMETRES)))
    for name, mm in {
        "corner_out_right": 3.0,
        "corner_up_right": 2.0,
        "corner_out_left": 4.0,
        "corner_up_left": 2.5,
        "eye_narrowing_right": 1.9,
        "eye_narrowing_left": 0.4,
        "chin_raise": 0.2,
    }.items():
        values[:, MILLIMETRES.index(name)] = np.round(mm * grown, 2)
    return Trace(at, MILLIMETRES, values)


def later(repetition: Repetition, **changed: object) -> Repetition:
    """A repetition whose eye joined in two seconds after it began."""
    begun = repetition.started_at
    eye = replace(EYE, started_at=begun + 2.0, ended_at=begun + 5.0, warned_at=begun + 2.7)
    usual = {"unwanted": (eye,), "watched": WATCHED, "resting": RESTING, "movement": "smile", "clean": False}
    return replace(repetition, **{**usual, **changed})  # type: ignore[arg-type]


def practise(
    records: Records,
    *done: Repetition,
    card: str = "small-closed-smile",
    hours: float = 0,
    traced: bool = True,
    **how: object,
) -> str:
    """A practice of the log's own profile, so many hours before now."""
    at = MONDAY - timedelta(hours=hours)
    me = records.profile()
    uid = records.begin_practice(me.uid, CARDS[card], Side.RIGHT, Assignment(card, **how), at)  # type: ignore[arg-type]
    for repetition in done:
        records.add_repetition(uid, repetition, a_trace(repetition) if traced else None)
    records.end_practice(uid, "finished", at + timedelta(minutes=2), 0.95)
    return uid


def closer(records: Records, **query: str) -> AppTest:
    """The page of the log's own profile."""
    return opened("patient.py", **{"patient": records.profile().uid, "part": "closer", **query})


def course_of(records: Records, uid: str, number: int = 1) -> lines.Course:
    me = records.profile().uid
    record = records.practice(uid, me)
    assert record is not None
    repetition = record.repetitions[number - 1]
    return lines.course(records.traces(uid, me)[number], record, repetition, CARDS[record.card_id], PATTERNS)


# --- the page


def test_the_sentence_says_what_happened(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, later(a_repetition(1)))

    said = words(closer(records))

    assert (
        "The smile went about 5.2 mm. The right eye joined in at 3.0 s, when the movement had reached about 4.1 mm, "
        "and went up to about 1.9 mm. It was said 0.7 s later, and was quiet again 2.3 s after that." in said
    )
    assert "Small closed smile, repetition 1" in said
    assert "The chin: not seen for much of it" not in said


def test_the_picture_has_its_sentence_and_its_moments(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    uid = practise(records, later(a_repetition(1)))

    app = closer(records)

    ((drawn, above),) = charts(app)
    assert drawn["description"] == above
    course = course_of(records, uid)
    tables = data_of(app)
    line = next(table for table in tables if "line" in table.columns)
    by_name = {name: some["mm"].to_numpy() for name, some in line.groupby("line")}
    assert set(by_name) == {"smile, mean of both sides", "the right eye", "the right eye: so much may pass"}
    assert course.wanted is not None
    np.testing.assert_allclose(by_name["smile, mean of both sides"], course.wanted.mm)
    moments = next(table for table in tables if list(table.get("words", [])) == [" joins in", " said"])
    assert list(moments["s"].round(3)) == [3.0, 3.7]
    span = next(table for table in tables if {"s", "to", "mm"} <= set(table.columns))
    assert (round(span["s"][0], 3), round(span["to"][0], 3)) == (3.0, 6.0)


def test_the_figures_stand_beside_their_names(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    done = later(
        a_repetition(1), corrections=("too_big",), isolation=0.42, rise_seconds=None, release_seconds=2.04
    )
    uid = practise(records, done)
    records.keep_felt(uid, records.profile().uid, ["chin"])

    html = closer(records).get("html")
    facts = next(element.proto.body for element in html if "<dl" in element.proto.body)

    for name, value in {
        "Held quietly": "5.0 s",
        "Isolation": "0.42",
        "Evenness": "not seen",
        "Way there": "not seen",
        "Way back": "2.0 s",
        "Judged": "97\N{NO-BREAK SPACE}%",
        "Corrections": "smaller",
        "The patient felt join in": "chin",
    }.items():
        assert f"<dt>{name}</dt><dd>{value}</dd>" in facts


def test_any_session_practice_and_repetition_can_be_looked_at(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    me = records.profile().uid
    session = records.begin_session(me, None, None, MONDAY - timedelta(hours=1))
    smile = practise(records, later(a_repetition(1)), a_repetition(2), hours=1, session=session, item=1)
    pucker = practise(records, a_repetition(1, CHIN), card="small-pucker", hours=0.9, session=session, item=2)
    old = practise(records, a_repetition(1), a_repetition(2), hours=30)

    app = closer(records)
    assert "Small closed smile, repetition 1" in words(app)  # the one in which something joined in

    app.radio(key="closer-practice").set_value(pucker).run()
    assert "Small pucker, repetition 1" in words(app)
    assert app.query_params["practice"] == [pucker]

    app.selectbox(key="closer-session").set_value(old).run()
    assert app.query_params["practice"] == [old]
    app.button_group(key="closer-repetition").set_value(1).run()
    assert not app.exception
    assert app.query_params["repetition"] == ["1"]
    assert "Small closed smile, repetition 1" in words(app)

    app.button(key="closer-later").click().run()
    assert app.query_params["practice"] == [smile]
    assert "repetition" not in app.query_params


def test_the_address_leads_to_one_repetition(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, a_repetition(1))
    old = practise(records, a_repetition(1), a_repetition(2), a_repetition(3), hours=50)

    assert "Small closed smile, repetition 2" in words(closer(records, practice=old, repetition="2"))
    for strange in ("0", "17", "-1", "two", "²"):
        assert "Small closed smile, repetition 3" in words(closer(records, practice=old, repetition=strange))


def test_somebody_elses_practice_is_not_shown(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, a_repetition(1))
    other = another_person(records)
    theirs = records.begin_practice(
        other.uid, CARDS["small-pucker"], None, Assignment("small-pucker"), MONDAY
    )
    records.add_repetition(theirs, a_repetition(1))

    assert "Small pucker" not in words(closer(records, practice=theirs))


def test_without_a_course_the_words_and_figures_are_there(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, later(a_repetition(1)), traced=False)

    app = closer(records)

    assert charts(app) == []
    assert "The course of this repetition was not kept." in words(app)
    assert "The right eye joined in, when the movement had reached about 4.1 mm" in words(app)


def test_before_the_first_repetition_there_is_a_kind_word(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records)

    assert "Nothing has been practised before the camera yet" in words(closer(records))


def test_nothing_is_shown_to_anybody_else(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    practise(records, later(a_repetition(1)))
    me = records.profile().uid
    nobody(monkeypatch)
    said = [closer(records), alone("patient.py", patient=me, part="closer")]
    let_in(records, monkeypatch, MONDAY, Role.PATIENT, me)
    said += [closer(records), alone("patient.py", patient=me, part="closer")]

    for app in said:
        assert charts(app) == []
        assert "joined in at" not in words(app)
    for app in said[1::2]:
        assert app.header[0].value == "This page is not open to you"


# --- the lines


def test_the_wanted_movement_is_the_mean_of_its_sides(records: Records) -> None:
    uid = practise(records, later(a_repetition(1)))
    course = course_of(records, uid)
    trace = records.traces(uid, records.profile().uid)[1]
    last = dict(zip(trace.names, trace.values_mm[-1], strict=True))
    sides = [target_amplitude("smile", last, side) or 0.0 for side in (Side.RIGHT, Side.LEFT)]

    assert [line.side for line in course.sides] == [Side.RIGHT, Side.LEFT]
    assert [line.mm[-1] for line in course.sides] == pytest.approx(sides)
    assert course.wanted is not None
    assert course.wanted.mm[-1] == pytest.approx(sum(sides) / 2)
    assert course.reach_mm == (2.0, 4.0)


def test_what_may_pass_is_the_cards_limit_as_it_is_watched(records: Records) -> None:
    """6 % of the resting gap (8.25 mm) beyond what the other eye does, and never beyond 15 % of it."""
    uid = practise(records, later(a_repetition(1)))

    (eye, chin) = course_of(records, uid).watched

    assert eye.area == ("oral-ocular-narrow", Side.RIGHT)
    assert eye.let_pass_mm is not None
    assert eye.let_pass_mm[0] == pytest.approx(0.06 * 8.25)
    assert eye.let_pass_mm[-1] == pytest.approx(min(0.06 * 8.25 + 0.4, 0.15 * 8.25))
    assert chin.let_pass_mm == pytest.approx(1.0)


def test_limits_that_are_not_known_are_not_drawn(records: Records) -> None:
    """The resting gap was not seen; or the card has changed since."""
    uid = practise(records, later(a_repetition(1), resting=None))
    eye, chin = course_of(records, uid).watched
    assert eye.let_pass_mm is None
    assert chin.let_pass_mm is not None

    me = records.profile().uid
    record = records.practice(uid, me)
    assert record is not None
    other = SMILE.model_copy(update={"name": "Another smile"})
    changed = lines.course(records.traces(uid, me)[1], record, record.repetitions[0], other, PATTERNS)
    assert [line.let_pass_mm for line in changed.watched] == [None, None]
    assert changed.reach_mm is None
    gone = lines.course(records.traces(uid, me)[1], record, record.repetitions[0], None, {})
    assert [line.area for line in gone.watched] == [("oral-ocular-narrow", Side.RIGHT)]


def test_the_band_of_the_practice_is_drawn_not_the_cards(records: Records) -> None:
    assert course_of(records, practise(records, later(a_repetition(1)), band=(1.2, 2.6))).reach_mm == (
        1.2,
        2.6,
    )


def test_what_was_not_judged_is_a_gap(records: Records) -> None:
    me = records.profile().uid
    repetition = later(a_repetition(1))
    uid = records.begin_practice(me, SMILE, Side.RIGHT, Assignment(SMILE.id), MONDAY)
    records.add_repetition(uid, repetition, a_trace(repetition, gap=(6.0, 8.0)))

    ((begin, end),) = course_of(records, uid).unseen

    assert (begin, end) == pytest.approx((7.0, 9.0), abs=0.05)


# --- the words


@pytest.mark.parametrize(
    ("repetition", "kind"),
    [
        (a_repetition(1), "clean"),
        (a_repetition(1, CHIN), "joined"),
        (replace(a_repetition(1), judged_share=0.5), "unseen"),
        (replace(a_repetition(1, CHIN), judged_share=0.5), "joined"),
        (replace(a_repetition(1), clean=False), "quiet"),
    ],
)
def test_each_repetition_has_its_sign(repetition: Repetition, kind: str) -> None:
    assert repetition_words.kind(repetition) == kind


def test_what_was_not_seen_is_told_as_such(records: Records) -> None:
    me = records.profile().uid
    uid = practise(
        records, later(a_repetition(1), unwanted=(), unseen=("chin",), judged_share=0.6, muted=True)
    )
    record = records.practice(uid, me)
    assert record is not None

    said = repetition_words.sentence(record, record.repetitions[0], None).replace("\N{NO-BREAK SPACE}", " ")

    assert "Nothing that was seen joined in." in said
    assert "The chin: not seen for much of it, so whether anything joined in there is not known." in said
    assert "Only 60 % of it could be judged." in said
    assert "it was done by feel" in said


def lids_shut(repetition: Repetition) -> tuple[Trace, NDArray[np.bool_]]:
    """A trace in which both eyes shut for a fifth of a second, and its samples in which they do."""
    trace = a_trace(repetition)
    since = trace.at_seconds - repetition.started_at
    shut = (since > 7.0) & (since < 7.2)
    values = trace.values_mm.copy()
    for side in ("right", "left"):
        values[shut, MILLIMETRES.index(f"eye_narrowing_{side}")] = 8.0
    return Trace(trace.at_seconds, trace.names, values), shut


def test_a_blink_is_no_finding(records: Records) -> None:
    """Both eyes shut for a fifth of a second: nothing is watched then, and the picture says so."""
    me = records.profile().uid
    repetition = later(a_repetition(1), unwanted=())
    trace, shut = lids_shut(repetition)
    uid = records.begin_practice(me, SMILE, Side.RIGHT, Assignment(SMILE.id), MONDAY)
    records.add_repetition(uid, repetition, trace)

    course = course_of(records, uid)

    ((begin, end),) = course.blinks
    assert (begin, end) == pytest.approx((8.0, 8.5), abs=0.1)
    eye = course.watched[0]
    assert np.isnan(eye.mm[shut]).all()
    assert np.nanmax(eye.mm) == pytest.approx(1.9)
    assert course.wanted is not None
    assert np.isfinite(course.wanted.mm).all()


@pytest.mark.parametrize(("level", "blinks"), [(2, 1), (3, 0)])
def test_lids_that_shut_as_asked_are_no_blink_and_lids_that_only_sink_can_blink(
    records: Records, level: int, blinks: int
) -> None:
    card = CARDS["gentle-eye-closing"]
    repetition = later(a_repetition(1), unwanted=())
    trace, _ = lids_shut(repetition)
    assigned = Assignment(card.id, level=level)
    uid = records.begin_practice(records.profile().uid, card, Side.RIGHT, assigned, MONDAY)
    records.add_repetition(uid, repetition, trace)

    assert len(course_of(records, uid).blinks) == blinks
