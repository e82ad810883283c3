"""The face at rest over the days: traced to its rows; a change only beyond the person's own ups and downs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from practices import RESTING, a_repetition

from coach.assignment import Assignment
from coach.face import Side
from coach.library import load_library
from coach.records import PracticeRecord, Records, open_records, resting_words
from coach.records.resting import MEASURES, by_day, course, rest_frame, within_a_day_mm
from coach.records.trends import NOISE_MM, Comparison, Course
from coach.resting_shape import RestingShape

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 5, 4, 9, 0, tzinfo=timezone.utc)
STEADY = Comparison(Course.SAME, -0.4, 0.4)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    yield opened
    opened.close()


def log(records: Records, *shapes: RestingShape | None, started_at: datetime = MONDAY) -> PracticeRecord:
    """A practice with these rests, written to the log and read back."""
    patient = records.profile()
    smile = load_library().exercises["small-closed-smile"]
    uid = records.begin_practice(patient.uid, smile, None, Assignment(smile.id), started_at)
    for number, shape in enumerate(shapes, start=1):
        records.add_repetition(uid, replace(a_repetition(number), resting=shape))
    record = records.practice(uid, patient.uid)
    assert record is not None
    return record


def rests(practices: Iterable[tuple[int, Iterable[float]]], measure: str = "corner") -> pd.DataFrame:
    """Rests of practices on these days after the first Monday."""
    rows = [
        {"practice": f"{number}", "day": (MONDAY + timedelta(days=day)).date(), measure: value}
        for number, (day, values) in enumerate(practices)
        for value in values
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("affected", "eye", "corner"),
    [(Side.LEFT, 1.25, -1.5), (None, 1.25, -1.5), (Side.RIGHT, -1.25, 1.5)],
)
def test_a_row_is_the_affected_side_beside_the_other(
    records: Records, affected: Side | None, eye: float, corner: float
) -> None:
    frame = rest_frame([log(records, RESTING, None)], affected, BERLIN)

    assert len(frame) == 1  # a rest whose shape was not seen is no row
    assert (frame.loc[0, "eye"], frame.loc[0, "corner"]) == (eye, corner)
    assert np.isnan(frame.loc[0, "brow"])


@pytest.mark.parametrize("unseen", ["lid_gap_right_mm", "lid_gap_left_mm"])
def test_one_eye_alone_is_no_difference(records: Records, unseen: str) -> None:
    frame = rest_frame([log(records, replace(RESTING, **{unseen: None}))], Side.RIGHT, BERLIN)

    assert np.isnan(frame.loc[0, "eye"])
    assert frame.loc[0, "corner"] == 1.5


def test_a_day_is_the_median_of_its_rests_on_the_persons_own_calendar(records: Records) -> None:
    corners = [RestingShape(None, None, mm, None) for mm in (1.0, 1.1, 9.0, 2.0, 2.2)]
    practices = [
        log(records, *corners[:2], started_at=MONDAY.replace(hour=6)),
        log(records, corners[2], started_at=MONDAY.replace(hour=20)),
        log(records, *corners[3:], started_at=MONDAY.replace(hour=22, minute=30)),  # Tuesday in Berlin
    ]

    days = by_day(rest_frame(practices, None, BERLIN), "corner")

    assert list(days["day"]) == [date(2026, 5, 4), date(2026, 5, 5)]
    assert list(days["mm"]) == pytest.approx([1.1, 2.1])


@pytest.mark.parametrize("of_a_day", [2, 3, 5, 10])
def test_the_spread_within_a_day_is_that_of_single_rests(of_a_day: int) -> None:
    random = np.random.default_rng(of_a_day)
    frame = rests((day, random.normal(random.normal(0, 3), 0.4, of_a_day)) for day in range(300))

    assert within_a_day_mm(frame, "corner") == pytest.approx(0.4, rel=0.12)


def test_a_rest_taken_on_a_moved_face_does_not_widen_it() -> None:
    random = np.random.default_rng(1)
    frame = rests((day, [*random.normal(0, 0.3, 4), 25.0 if day % 4 == 0 else 0.0]) for day in range(40))

    assert within_a_day_mm(frame, "corner") < 0.4


def test_days_of_one_rest_have_no_spread() -> None:
    assert np.isnan(within_a_day_mm(rests((day, [day / 10]) for day in range(5)), "corner"))


def weeks(later_mm: float, noise_mm: float, of_weeks: int = 5, from_week: int = 3) -> pd.DataFrame:
    """Four practices a week of five rests; from one week on the corner rests elsewhere."""
    random = np.random.default_rng(4)
    return rests(
        (7 * week + day, random.normal(later_mm if week >= from_week else 0.0, noise_mm, 5))
        for week in range(of_weeks)
        for day in (0, 2, 4, 5)
    )


@pytest.mark.parametrize(
    ("later_mm", "noise_mm", "found"),
    [
        (0.0, 0.3, Course.SAME),
        (0.3, 0.3, Course.SAME),
        (1.2, 0.3, Course.MORE),
        (-1.2, 0.3, Course.LESS),
        (1.2, 0.9, Course.SAME),  # the same change in a face that wavers more
    ],
)
def test_only_what_leaves_the_persons_own_ups_and_downs_is_a_change(
    later_mm: float, noise_mm: float, found: Course
) -> None:
    comparison = course(weeks(later_mm, noise_mm), "corner")

    assert comparison.course is found
    assert comparison.low is not None
    assert comparison.high is not None
    assert comparison.high - comparison.low >= 4 * 0.85 * noise_mm


def test_one_week_elsewhere_is_no_change() -> None:
    assert course(weeks(1.2, 0.3, from_week=4), "corner").course is Course.SAME


def test_the_band_is_never_narrower_than_the_cameras_own_noise() -> None:
    comparison = course(weeks(0.0, 0.0), "corner")

    assert (comparison.low, comparison.high) == pytest.approx((-2 * NOISE_MM, 2 * NOISE_MM))


def test_too_few_practices_have_no_band() -> None:
    assert course(rests([(0, [0.1, 0.2]), (1, [0.3])]), "corner") == Comparison(Course.TOO_EARLY)


# The words


def days(*values: float) -> pd.DataFrame:
    first = date(2026, 5, 4)
    return pd.DataFrame(
        {"day": [first + timedelta(days=n) for n in range(len(values))], "mm": [float(v) for v in values]}
    )


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("measure", "last", "affected", "words"),
    [
        ("eye", -0.8, Side.RIGHT, "your right eye rested narrower than your left."),
        ("eye", 0.8, None, "your left eye rested more open than your right."),
        ("eye", 0.1, Side.LEFT, "your left eye rested about as open as your right."),
        (
            "corner",
            1.1,
            Side.RIGHT,
            "the right corner of your mouth rested higher than the left.",
        ),
        ("corner", -0.2, Side.RIGHT, "the right corner of your mouth rested about level with the left."),
        ("brow", -1.1, Side.LEFT, "your left brow rested lower than your right."),
    ],
)
def test_the_last_day_is_said_in_words(measure: str, last: float, affected: Side | None, words: str) -> None:
    said = plain(resting_words.said(measure, days(0.0, last), STEADY, affected))

    assert said.startswith(f"On 5 May, {words}")
    assert said.endswith("In your last two full weeks that was about as at the start.")


@pytest.mark.parametrize(
    ("measure", "found", "words"),
    [
        (
            "eye",
            Course.MORE,
            "In your last two full weeks it was more open, beside your left, than at the start.",
        ),
        (
            "eye",
            Course.LESS,
            "In your last two full weeks it was narrower, beside your left, than at the start.",
        ),
        (
            "corner",
            Course.LESS,
            "In your last two full weeks it was lower, beside the left, than at the start.",
        ),
        ("brow", Course.TOO_EARLY, "A few more weeks will show whether it changes."),
    ],
)
def test_the_weeks_are_said_in_words(measure: str, found: Course, words: str) -> None:
    said = resting_words.said(measure, days(0.0, 1.0), Comparison(found, -0.4, 0.4), Side.RIGHT)

    assert said.endswith(words)


def test_what_was_seen_on_one_day_only_is_not_compared() -> None:
    said = resting_words.said("brow", days(1.0), Comparison(Course.TOO_EARLY), Side.RIGHT)

    assert said == "This could not be seen well enough on two days yet."


def test_before_two_days_there_is_a_kind_word() -> None:
    none, one, two = (
        pd.DataFrame({"day": [MONDAY.date()] * n + [date(2026, 5, 9)] * more} | dict.fromkeys(MEASURES, 1.0))
        for n, more in ((0, 0), (3, 0), (3, 1))
    )

    assert (resting_words.not_yet(none) or "").startswith(
        "From your next two days of practice on, you will see"
    )
    assert (resting_words.not_yet(one) or "").startswith("After one more day of practice, you will see")
    assert resting_words.not_yet(two) is None


def test_the_table_has_a_sign_for_every_difference_and_says_what_was_not_seen() -> None:
    table = resting_words.table({"eye": days(-0.8, 0.25), "corner": days(1.5), "brow": days()}, Side.RIGHT)

    assert list(table.columns) == ["Right eye, mm", "Right corner, mm", "Right brow, mm"]
    assert [plain(day) for day in table.index] == ["5 May", "4 May"]
    assert list(table["Right eye, mm"]) == ["+0.2", "\N{MINUS SIGN}0.8"]
    assert list(table["Right corner, mm"]) == ["not seen", "+1.5"]
    assert list(table["Right brow, mm"]) == ["not seen", "not seen"]


def test_no_clinical_scale_and_no_judgement_is_in_the_words() -> None:
    said = " ".join(
        [resting_words.ABOUT, resting_words.SHADED]
        + [
            resting_words.said(measure, days(0.0, mm), Comparison(found, -0.4, 0.4), Side.RIGHT)
            for measure in MEASURES
            for mm in (-1.0, 0.0, 1.0)
            for found in Course
        ]
    ).lower()

    forbidden = (
        "better",
        "worse",
        "bad",
        "wrong",
        "fail",
        "normal",
        "healthy",
        "score",
        "grade",
        "sunnybrook",
    )
    assert [word for word in forbidden if word in said] == []
