"""The story of a patient: every point, band and middle is a row of the log, and every chart says what it shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from practices import EYE, RESTING, WATCHED, a_repetition, another_person
from streamlit.testing.v1 import AppTest
from therapists import alone, charts, data_of, let_in, nobody
from visitors import CARDS, MONDAY, WELL, opened, words

from coach.assignment import Assignment
from coach.clinic.accounts import Role
from coach.clinic.around import MEASURES, Around
from coach.clinic.assessed import keep
from coach.clinic.entries import SHEETS, Entry
from coach.events import Repetition
from coach.face import Side
from coach.prescription import Item, Prescription
from coach.records import Records
from coach.records.trends import Comparison, Course
from pages.care import story_days, story_words
from pages.care.story_time import Mark, Span

pytestmark = pytest.mark.usefixtures("clock")

TITLES = [
    "How far the smile gets before the right eye joins in",
    "Coupling: how much the right eye moves along",
    "Symmetry: the smaller side beside the larger",
    "Excursion: how far the smile goes",
    "Clean repetitions",
    "Days of practice",
    "As the patient felt it, after each session",
    "Share judged",
    "Eyes: ↓ narrower, ↑ more open",
    "Corners of the mouth: ↓ lower, ↑ higher",
]
"""In this order; the brows of the rests here were not seen, so there is no picture of them."""


@pytest.fixture
def records(home_log: Records) -> Records:
    return home_log


def done(
    number: int, onset_mm: float | None, coupling: float | None = 0.3, symmetry: float = 0.8
) -> Repetition:
    """A repetition in which the eye joined in at that point, or not at all."""
    unwanted = [] if onset_mm is None else [replace(EYE, onset_amplitude_mm=onset_mm)]
    return replace(
        a_repetition(number, *unwanted),
        movement="smile",
        amplitude_right_mm=2.5,
        amplitude_left_mm=3.5,
        symmetry=symmetry,
        resting=RESTING,
        watched=(replace(WATCHED[0], coupling=coupling),),
    )


def practise(
    records: Records,
    days_ago: float,
    *repetitions: Repetition,
    card: str = "small-closed-smile",
    pain: int = 1,
) -> str:
    """A whole session with one exercise, so many days before now."""
    me, at = records.profile().uid, MONDAY - timedelta(days=days_ago)
    session = records.begin_session(me, None, WELL, at)
    uid = records.begin_practice(me, CARDS[card], Side.RIGHT, Assignment(card, session=session, item=1), at)
    for repetition in repetitions:
        records.add_repetition(uid, repetition)
    records.end_practice(uid, "finished", at + timedelta(minutes=2), 0.95)
    felt = {"tightness": 3, "effort": 2, "eye_comfort": 8, "pain": pain}
    records.end_session(session, me, "finished", at + timedelta(minutes=3), felt)
    return uid


def twelve_weeks(records: Records, around_days_ago: int = 42) -> dict[str, tuple[float, float]]:
    """Every other day for twelve weeks; from two weeks after a toxin on, the eye joins in later. Gives the onsets."""
    records.set_affected(records.profile().uid, Side.RIGHT)
    onsets = {}
    for number, days_ago in enumerate(range(84, 0, -2)):
        late = days_ago < around_days_ago - 14
        first = (4.0 if late else 2.0) + 0.1 * (number % 3)
        uid = practise(records, days_ago, done(1, first), done(2, first + 0.2, coupling=0.1 if late else 0.3))
        onsets[uid] = (first, first + 0.2)
    return onsets


def story(records: Records, **query: str) -> AppTest:
    return opened("patient.py", **{"patient": records.profile().uid, "part": "story", **query})


def pictures(app: AppTest) -> dict[str, dict[str, Any]]:
    """Each chart by its heading."""
    found, above = {}, [""]
    for element in app.main:
        if element.type == "markdown":
            above.append(element.value)
        if element.type == "vega_lite_chart":
            spec = json.loads(element.proto.spec)
            assert spec["description"] == above[-1], "the sentence right above is also the text of the chart"
            found[above[-2].strip("*")] = spec
    return found


def layers(spec: dict[str, Any], kind: str) -> list[list[dict[str, Any]]]:
    """What the marks of one kind are drawn from."""
    return [layer["data"]["values"] for layer in spec["layer"] if layer["mark"]["type"] == kind]


def points(spec: dict[str, Any]) -> list[dict[str, Any]]:
    (found,) = layers(spec, "point")
    return found


def said(spec: dict[str, Any]) -> str:
    return str(spec["description"]).replace("\N{NO-BREAK SPACE}", " ")


def practice_of(point: dict[str, Any]) -> str:
    """The practice a point leads to."""
    address = urlsplit(point["href"])
    assert address.path == "/patient"
    query = parse_qs(address.query)
    assert query["part"] == ["closer"]
    return query["practice"][0]


# --- what is drawn


def test_onset_comes_first_and_every_chart_has_its_sentence(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    twelve_weeks(records)

    drawn = pictures(story(records))

    assert list(drawn) == TITLES
    assert all(said(spec).endswith(".") for spec in drawn.values())
    assert len({said(spec) for spec in drawn.values()}) == len(TITLES)


def test_every_point_is_a_practice(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    onsets = twelve_weeks(records)
    me = records.profile().uid

    drawn = pictures(story(records))

    by_practice = {one.uid: one for one in records.practices(me)}
    expected = {
        TITLES[0]: lambda uid: median(onsets[uid]),
        TITLES[1]: lambda uid: median(r.watched[0].coupling for r in by_practice[uid].repetitions),
        TITLES[2]: lambda uid: 0.8,
        TITLES[3]: lambda uid: 3.0,
        TITLES[4]: lambda uid: 0.0,
        TITLES[7]: lambda uid: 0.97,
        TITLES[8]: lambda uid: 8.25 - 9.5,
        TITLES[9]: lambda uid: 1.5,
    }
    for title, value in expected.items():
        found = {practice_of(point): point["value"] for point in points(drawn[title])}
        assert set(found) == set(by_practice), title
        for uid, drawn_value in found.items():
            assert drawn_value == pytest.approx(value(uid)), title
    first = min(one.started_at for one in by_practice.values())
    moments = {practice_of(point): point["at"] for point in points(drawn[TITLES[0]])}
    for uid, at in moments.items():
        assert at == pytest.approx((by_practice[uid].started_at - first).days + 9 / 24, abs=0.001)


def test_the_answers_are_drawn_as_they_were_given(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, 4, done(1, 2.0), pain=0)
    practise(records, 1, done(1, 2.0), pain=4)

    spec = pictures(story(records))["As the patient felt it, after each session"]

    answers = points(spec)
    assert [row["value"] for row in answers if row["what"] == "pain"] == [0, 4]
    assert [row["value"] for row in answers if row["what"] == "eye comfort"] == [8, 8]
    assert "After the session of 1 Mar: pain 4, tightness 3, effort 2, eye comfort 8, of 10 each." in said(
        spec
    )
    assert "The strongest pain shown was 4, on 1 Mar." in said(spec)


def test_each_day_says_what_was_practised_of_what_was_prescribed(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    me = records.profile().uid
    practise(records, 12, done(1, 2.0))
    records.prescribe(
        me,
        Prescription(
            created_at=MONDAY - timedelta(days=10),
            author="Ada",
            sessions_per_day=1,
            items=(Item(card="small-closed-smile"),),
        ),
    )
    practise(records, 3, done(1, 2.0))

    spec = pictures(story(records))["Days of practice"]

    cells = {row["words"].split(":")[0]: row["kind"] for row in layers(spec, "rect")[0]}
    assert cells["18 February 2026"] == story_days.PART  # nothing was prescribed yet
    assert cells["19 February 2026"] == story_days.FREE
    assert cells["26 February 2026"] == story_days.NONE
    assert cells["27 February 2026"] == story_days.FULL
    assert "there was practice on 2 days: 4 minutes of" in said(spec)


def test_what_was_not_seen_is_not_drawn(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    for days_ago in (5, 4):
        practise(records, days_ago, done(1, 2.0))
    unseen = replace(
        done(1, None, coupling=None), judged_share=0.4, unseen=("oral-ocular-narrow",), symmetry=None
    )
    blind = practise(records, 1, replace(unseen, amplitude_left_mm=None, amplitude_right_mm=None))

    drawn = pictures(story(records))

    for title in TITLES[:5]:
        assert blind not in {practice_of(point) for point in points(drawn[title])}, title
    assert blind in {practice_of(point) for point in points(drawn["Share judged"])}
    assert "In 1 of 3 practices it was under 80 %" in said(drawn["Share judged"])


# --- treatments


def toxin(records: Records, days_ago: int, **more: Any) -> str:
    day = MONDAY.date() - timedelta(days=days_ago)
    me = records.profile().uid
    return records.add_treatment(me, "botulinum_toxin", day, "Ada", MONDAY, **more).uid


def test_treatments_are_marked_across_all_charts(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    twelve_weeks(records)
    toxin(records, 42, sites=["right eye", "chin"], dose_text="2.5 U")
    me = records.profile().uid
    records.add_treatment(me, "therapy_visit", MONDAY.date() - timedelta(days=7), "Ada", MONDAY)

    app = story(records)

    drawn = pictures(app)
    for title, spec in drawn.items():
        if title == "Days of practice":
            letters = {row["words"].split(":")[0]: row["letter"] for row in layers(spec, "text")[0]}
            assert (letters["19 January 2026"], letters["23 February 2026"]) == ("A", "·")
            continue
        rules = [row for some in layers(spec, "rule") for row in some if "words" in row]
        assert [row["words"] for row in rules] == [
            "19 January 2026: Botulinum toxin, right eye, chin, 2.5 U",
            "23 February 2026: Therapy visit",
        ], title
        assert [row["at"] for row in rules] == [42, 77], title
        assert ["A toxin"] == [
            row["label"] for some in layers(spec, "text") for row in some if "label" in row
        ]
    assert "**A** 19 January 2026: Botulinum toxin, right eye, chin, 2\\.5 U" in words(app)
    assert "Visits (dotted): 23 Feb" in words(app)


def assessed(records: Records, days_ago: int, sheet: str, author: str = "Dr Kay", **answers: object) -> None:
    day = MONDAY - timedelta(days=days_ago)
    assessment = Entry.of(SHEETS[sheet], answers)
    keep(records, records.profile().uid, assessment, day.date(), author, day)


def test_what_was_entered_by_hand_stands_by_itself_under_its_own_name(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    twelve_weeks(records)
    toxin(records, 42)
    assessed(records, 80, "saq", total=70)
    assessed(records, 5, "saq", "Dr Moss", total=40)
    assessed(records, 5, "house_brackmann", step="III")

    app = story(records)

    (by_hand,) = [chart for chart, _ in charts(app) if chart["description"].startswith("SAQ")]
    assert "SAQ: 40 points on 25 February 2026." in said(by_hand)
    assert by_hand["layer"][0]["encoding"]["y"]["scale"]["domain"] == [20, 100]
    drawn = [table for number in range(len(charts(app))) for table in data_of(app, number)]
    assert [list(table["value"]) for table in drawn if "value" in table][:1] == [[70.0, 40.0]]
    assert {round(float(table["low"].iloc[0]), 2) for table in drawn if "low" in table} == {41.8, 56.86}
    assert ["A toxin"] in [list(table["words"]) for table in drawn if "words" in table and len(table) == 1]
    assert "Entered by Dr Kay and Dr Moss." in words(app)
    assert "House-Brackmann" in words(app)  # one entry: a sentence
    assert not [chart for chart, _ in charts(app) if chart["description"].startswith("House")]
    assert set(TITLES) - {"Share judged"} <= set(pictures(app))


def test_before_and_after_are_middles_with_their_ups_and_downs(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    onsets = twelve_weeks(records)
    toxin(records, 42)
    me = records.profile().uid
    when = {one.uid: (MONDAY - one.started_at).days for one in records.practices(me)}
    before = [median(onsets[uid]) for uid, days in when.items() if 42 < days <= 70]
    after = [median(onsets[uid]) for uid, days in when.items() if days < 28]

    app = story(records)

    spec = pictures(app)[TITLES[0]]
    middles = [row for some in layers(spec, "rule") for row in some if "value" in row]
    assert [row["value"] for row in middles] == pytest.approx([median(before), median(after)])
    assert [(row["at"], row["to"]) for row in middles] == [(14, 42), (57, 85)]
    spread = 2 * max(float(np.std(before, ddof=1)), 0.15)
    (band,) = layers(spec, "rect")[0]
    assert (band["value"], band["top"]) == pytest.approx((median(before) - spread, median(before) + spread))
    assert (band["at"], band["to"]) == (14, 85)
    assert (
        "Before toxin A: 2.2 mm (ups and downs 1.9 to 2.5 mm); after it: 4.2 mm, further, beyond the ups"
        in said(spec)
    )
    assert "A comparison is no proof" in words(app)
    table = next(table.value for table in app.table if "Ups and downs" in table.value.columns)
    assert list(table.loc["Mm before it joins in, the right eye"].str.replace("\N{NO-BREAK SPACE}", " ")) == [
        "2.2 mm",
        "1.9 to 2.5 mm",
        "4.2 mm",
        "further, beyond the ups and downs before",
    ]


def test_it_can_be_held_against_the_start_instead(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    twelve_weeks(records)
    toxin(records, 42)
    app = story(records)

    app.selectbox(key="story-against").set_value("the start").run()

    spec = pictures(app)[TITLES[0]]
    assert [row for some in layers(spec, "rule") for row in some if "value" in row] == []
    (band,) = layers(spec, "rect")[0]
    assert (band["at"], band["to"]) == (0, 85)
    assert "The last two weeks: further, beyond the ups and downs of the start (" in said(spec)


def test_a_planned_treatment_is_told_and_not_held_against(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    twelve_weeks(records)
    toxin(records, -10)

    app = story(records)

    assert "**A** 12 March 2026: Botulinum toxin (planned)" in words(app)
    assert [box.key for box in app.selectbox] == []
    assert "Shaded: the start" in words(app)


def test_before_the_first_practice_there_is_nothing_to_hold_against(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    twelve_weeks(records)
    before = toxin(records, 80)
    app = story(records)
    assert app.selectbox(key="story-against").value == "the start"

    app.selectbox(key="story-against").set_value(before).run()

    spec = pictures(app)[TITLES[0]]
    assert "Before toxin A: too few practices a week to say where it stood." in said(spec)
    assert layers(spec, "rect") == []


def test_where_no_movement_is_measured_it_is_told_how_often_an_area_joined_in(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    still = {"movement": None, "amplitude_right_mm": None, "amplitude_left_mm": None, "symmetry": None}
    rest = [replace(done(n, 2.0 if n == 1 else None, coupling=None), **still) for n in (1, 2, 3, 4)]
    uid = practise(records, 1, *rest, card="soft-rest")

    app = story(records)

    drawn = pictures(app)
    assert list(drawn)[:2] == ["How often the right eye joins in", "Clean repetitions"]
    often = drawn["How often the right eye joins in"]
    assert [(practice_of(point), point["value"]) for point in points(often)] == [(uid, 0.25)]
    assert "joined in during 25 % of the repetitions." in said(often)
    assert "it has no onset, coupling, symmetry or excursion" in words(app)


# --- what is looked at


def test_each_exercise_and_each_area_has_its_own_course(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    for days_ago in (6, 5, 4):
        practise(records, days_ago, done(1, 2.0), done(2, 2.5))
    chin = replace(WATCHED[1], coupling=0.05, seen_share=1.0)
    lips = replace(done(1, 3.0), movement="pucker", watched=(WATCHED[0], chin))
    pucker = practise(records, 1, lips, card="small-pucker")
    app = story(records)
    assert TITLES[0] in pictures(app)  # something joined in most often there

    app.button_group(key="story-exercise").set_value("small-pucker").run()
    drawn = pictures(app)
    onset = drawn["How far the pucker gets before the right eye joins in"]
    assert [practice_of(point) for point in points(onset)] == [pucker]

    app.button_group(key="story-area-small-pucker").set_value("chin|").run()
    drawn = pictures(app)
    coupling = drawn["Coupling: how much the chin moves along"]
    assert [point["value"] for point in points(coupling)] == [0.05]
    assert "How far the pucker gets before the chin joins in" not in drawn  # it never did
    assert "On 1 Mar the chin stayed quiet" not in words(app)


def test_the_time_shown_can_be_shortened(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    for days_ago in (170, 120, 60, 1):
        practise(records, days_ago, done(1, 2.0))
    app = story(records)
    assert len(points(pictures(app)[TITLES[0]])) == 4

    app.button_group(key="story-period").set_value("3 months").run()

    assert len(points(pictures(app)[TITLES[0]])) == 2


def test_the_figures_are_there_to_be_read(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, 3, done(1, 2.0), done(2, 2.5, coupling=0.1))
    practise(records, 1, replace(done(1, None, coupling=None), clean=True))

    table = story(records).table[0].value

    assert list(table["Right eye, mm"]) == ["quiet", "2.2"]
    assert list(table["Reached, mm"]) == ["3.0", "3.0"]
    assert list(table["Right eye, coupling"]) == ["not seen", "0.20"]
    assert list(table["Clean"]) == ["1 of 1", "0 of 2"]


def test_before_the_first_practice_there_is_a_kind_word(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)

    app = story(records)

    assert "Nothing has been practised yet." in words(app)
    assert pictures(app) == {}


def test_what_is_known_before_the_first_practice_is_shown_all_the_same(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    assessed(records, 80, "saq", total=70)
    assessed(records, 5, "saq", total=40)
    toxin(records, 42)

    app = story(records)

    assert "Nothing has been practised yet." in words(app)
    assert "19 January 2026: Botulinum toxin" in words(app)
    (by_hand,) = [chart for chart, _ in charts(app)]
    assert said(by_hand).startswith("SAQ: 40 points on 25 February 2026.")
    drawn = data_of(app)
    assert [list(table["value"]) for table in drawn if "value" in table][:1] == [[70.0, 40.0]]


def test_a_treatment_alone_is_told_before_the_first_practice(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    toxin(records, 42)

    app = story(records)

    assert "Nothing has been practised yet." in words(app)
    assert "19 January 2026: Botulinum toxin" in words(app)
    assert not app.segmented_control  # no time to choose where there is no chart


def test_the_sheets_follow_the_time_shown(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    for days_ago, total in ((300, 80), (150, 60), (40, 50), (5, 40)):
        assessed(records, days_ago, "saq", total=total)
    practise(records, 10, done(1, 2.0))

    def shown(period: str) -> tuple[list[float], str, list[str]]:
        app = story(records)
        app.segmented_control(key="story-period").set_value(period).run()
        number = next(n for n, (spec, _) in enumerate(charts(app)) if said(spec).startswith("SAQ"))
        spec = charts(app)[number][0]
        (values,) = [table["value"] for table in data_of(app, number) if "words" in table and len(table) > 1][
            :1
        ]
        domain = next(
            one["encoding"]["x"]["scale"]["domain"] for one in spec["layer"] if "x" in one["encoding"]
        )
        return list(values), said(spec), [end[:10] for end in domain]

    everything, told, ends = shown("all")
    assert everything == [80.0, 60.0, 50.0, 40.0]
    assert ends == ["2025-05-06", "2026-03-03"]  # up to the end of today
    lately, told_again, ends = shown("3 months")
    assert lately == [50.0, 40.0]
    assert ends == ["2025-12-01", "2026-03-03"]
    assert told_again == told, "what has become of it since the start is said in any case"


def test_nobody_elses_rows_are_drawn(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(records, monkeypatch, MONDAY)
    mine = practise(records, 2, done(1, 2.0))
    other = another_person(records)
    smile = CARDS["small-closed-smile"]
    theirs = records.begin_practice(other.uid, smile, Side.RIGHT, Assignment(smile.id), MONDAY)
    records.add_repetition(theirs, done(1, 5.0))

    drawn = pictures(story(records))

    assert {practice_of(point) for title in TITLES[:5] for point in points(drawn[title])} == {mine}


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.ADMINISTRATOR])
def test_it_is_for_therapists_only(
    records: Records, monkeypatch: pytest.MonkeyPatch, role: Role | None
) -> None:
    practise(records, 2, done(1, 2.0))
    if role is None:
        nobody(monkeypatch)
    else:
        let_in(records, monkeypatch, MONDAY, role, records.profile().uid if role is Role.PATIENT else None)

    for app in (story(records), alone("patient.py", patient=records.profile().uid, part="story")):
        assert pictures(app) == {}
        assert "joined in" not in words(app)
    assert app.header[0].value == "This page is not open to you"


# --- the words


def compared(course: Course, before: float | None = 2.0, after: float | None = 3.0) -> Around:
    low, high = (None, None) if before is None else (before - 0.5, before + 0.5)
    return Around("t", MEASURES[0], "card", "eye", "right", before, low, high, after, course, (), ())


BEFORE = "Before toxin A: 2.0 mm (ups and downs 1.5 to 2.5 mm)"


@pytest.mark.parametrize(
    ("around", "words"),
    [
        (compared(Course.MORE), f"{BEFORE}; after it: 3.0 mm, further, beyond the ups and downs before."),
        (compared(Course.LESS), f"{BEFORE}; after it: 3.0 mm, earlier, beyond the ups and downs before."),
        (compared(Course.SAME), f"{BEFORE}; after it: 3.0 mm, within the ups and downs before."),
        (compared(Course.TOO_EARLY), f"{BEFORE}; after it: 3.0 mm, not in two weeks running yet."),
        (compared(Course.TOO_EARLY, after=None), f"{BEFORE}; after it too few practices yet."),
        (
            compared(Course.TOO_EARLY, before=None),
            "Before toxin A: too few practices a week to say where it stood.",
        ),
        (None, "Before toxin A: too few practices a week to say where it stood."),
    ],
)
def test_a_treatment_is_told_by_its_ups_and_downs(around: Around | None, words: str) -> None:
    told = story_words.around(around, "toxin A", story_words.ONSET)
    assert told.replace("\N{NO-BREAK SPACE}", " ") == words


def test_ups_and_downs_end_where_their_scale_ends() -> None:
    assert story_words.CLEAN.between(-0.3, 0.32) == "0 to 32\N{NO-BREAK SPACE}%"
    assert story_words.CLEAN.between(0.5, 1.4) == "50 to 100\N{NO-BREAK SPACE}%"
    assert story_words.COUPLING.between(-0.1, 0.2) == "\N{MINUS SIGN}0.10 to 0.20"


def test_the_start_is_told_as_far_as_it_is_known() -> None:
    early = story_words.since_start(Comparison(Course.TOO_EARLY), story_words.ONSET)
    assert early == "Too few practices a week yet to say how the weeks compare."
    same = story_words.since_start(Comparison(Course.SAME, 1.0, 2.0), story_words.ONSET)
    assert same.endswith("within the ups and downs of the start (1.0 to 2.0\N{NO-BREAK SPACE}mm).")


# --- the calendar below the charts


def test_a_long_time_is_named_by_months_and_a_short_one_by_weeks() -> None:
    half = Span(date(2025, 10, 20), date(2026, 3, 2)).x()
    assert half["axis"]["values"] == [12, 42, 73, 104, 132]
    assert '"73": "Jan 2026"' in half["axis"]["labelExpr"]
    month = Span(date(2026, 2, 3), date(2026, 3, 2)).x()
    assert month["axis"]["values"] == [6, 13, 20, 27]
    assert month["scale"]["domain"] == [0, 28]


def test_many_treatments_all_have_a_letter_of_their_own(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    practise(records, 2, done(1, 2.0))
    for days_ago in range(1, 29):
        toxin(records, days_ago)

    said = words(story(records))

    assert "**Z** " in said
    assert "**A1** " in said
    assert (
        Mark(date(2026, 3, 1), "therapy_visit", "", "Therapy visit").name
        == "the visit of 1\N{NO-BREAK SPACE}Mar"
    )


@pytest.mark.parametrize(
    ("minutes", "prescribed", "kind"),
    [
        (0.0, 10.0, story_days.NONE),
        (0.0, float("nan"), story_days.FREE),
        (0.0, 0.0, story_days.FREE),
        (3.0, 10.0, story_days.PART),
        (8.0, 10.0, story_days.FULL),
        (3.0, float("nan"), story_days.PART),
    ],
)
def test_what_a_day_is_called(minutes: float, prescribed: float, kind: str) -> None:
    assert story_days.day_kind(minutes, prescribed) == kind
