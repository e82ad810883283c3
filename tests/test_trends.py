"""Every figure of the charts is traced to its rows, and what was not seen is never a zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from practices import CHIN, EYE, STARTED, a_repetition

from coach.assignment import Assignment
from coach.events import Repetition, UnwantedMovement
from coach.exercise import Exercise
from coach.face import Side
from coach.library import Library, load_library
from coach.live import RETURN_SECONDS
from coach.records import PracticeRecord, Records, course_words, listing, open_records, telling
from coach.records.trends import (
    NOISE_MM,
    Course,
    compare,
    pattern_frame,
    practice_frame,
    weeks_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
LATER = STARTED + timedelta(hours=1)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture
def smile(library: Library) -> Exercise:
    return library.exercises["small-closed-smile"]


def log(
    records: Records,
    exercise: Exercise,
    *repetitions: Repetition,
    started_at: datetime = STARTED,
    minutes: float | None = 3,
) -> PracticeRecord:
    """A practice written to the log and read back; `minutes` None: it was cut off."""
    patient = records.profile()
    uid = records.begin_practice(patient.uid, exercise, None, Assignment(exercise.id), started_at)
    for repetition in repetitions:
        records.add_repetition(uid, repetition)
    if minutes is not None:
        records.end_practice(uid, "finished", started_at + timedelta(minutes=minutes), 0.9)
    record = records.practice(uid, patient.uid)
    assert record is not None
    return record


def chin_hidden(number: int, *unwanted: UnwantedMovement) -> Repetition:
    """A repetition in which a hand or a beard hid the chin."""
    return replace(a_repetition(number, *unwanted), unseen=("chin",))


def test_a_practice_row_is_what_the_repetitions_say(records: Records, smile: Exercise) -> None:
    record = log(
        records,
        smile,
        replace(a_repetition(1), symmetry=0.90),
        replace(a_repetition(2, EYE), symmetry=0.70),
        replace(a_repetition(3), symmetry=0.80),
        replace(a_repetition(4), symmetry=None),
    )

    row = practice_frame([record], BERLIN).iloc[0]

    assert (row["practice"], row["card"], row["card_name"]) == (record.uid, smile.id, smile.name)
    assert (row["planned"], row["done"], row["clean"]) == (smile.dose.repetitions, 4, 3)
    assert row["joining_in"] == 1
    assert row["evenness"] == pytest.approx(0.80)
    assert row["minutes"] == pytest.approx(3)
    assert row["judged_share"] == pytest.approx(0.97)
    assert row["ending"] == "finished"


def test_days_are_those_of_the_persons_own_calendar(records: Records, smile: Exercise) -> None:
    """Half past eleven at night in Berlin is another day in London, and the clocks change on the 29th."""
    before = log(records, smile, started_at=datetime(2026, 3, 28, 22, 30, tzinfo=timezone.utc))
    after = log(records, smile, started_at=datetime(2026, 3, 29, 22, 30, tzinfo=timezone.utc))

    frame = practice_frame([after, before], BERLIN)

    assert list(frame["practice"]) == [before.uid, after.uid]
    assert [f"{at:%H:%M}" for at in frame["started_at"]] == ["23:30", "00:30"]
    assert list(frame["day"]) == [date(2026, 3, 28), date(2026, 3, 30)]


def test_what_was_not_seen_is_not_a_number(records: Records, smile: Exercise) -> None:
    nothing = log(records, smile, minutes=None)
    dark = log(
        records, smile, replace(a_repetition(1), judged_share=0.3), started_at=STARTED + timedelta(days=1)
    )

    frame = practice_frame([nothing, dark], BERLIN).set_index("practice")

    assert frame.loc[nothing.uid, ["clean", "evenness", "minutes", "judged_share"]].isna().all()
    assert frame.loc[nothing.uid, "ending"] == "ended early"
    assert frame.loc[dark.uid, ["clean", "evenness"]].isna().all()
    assert frame.loc[dark.uid, "judged_share"] == pytest.approx(0.3)


def test_a_pattern_row_is_what_the_movements_say(records: Records, smile: Exercise) -> None:
    record = log(
        records,
        smile,
        a_repetition(1, EYE, replace(EYE, onset_amplitude_mm=6.0), CHIN),
        a_repetition(2, replace(EYE, onset_amplitude_mm=5.0, warned_at=None)),
        a_repetition(3),
    )

    frame = pattern_frame([record], BERLIN).set_index(["pattern", "side"])

    eye = frame.loc[("oral-ocular-narrow", "right")]
    assert (eye["joined_in"], eye["warned"]) == (2, 1)
    assert eye["onset_mm"] == np.median([4.1, 6.0, 5.0])
    assert np.isnan(eye["quiet_mm"])
    chin = frame.loc[("chin", "")]
    assert (chin["joined_in"], chin["warned"], chin["onset_mm"]) == (1, 0, 5.0)


def test_a_quiet_practice_counts_only_where_it_was_seen(records: Records, smile: Exercise) -> None:
    joined = log(records, smile, a_repetition(1, EYE))
    quiet = log(
        records,
        smile,
        replace(a_repetition(1), amplitude_right_mm=5.0, amplitude_left_mm=6.0),
        replace(a_repetition(2), amplitude_right_mm=7.0, amplitude_left_mm=None),
        started_at=STARTED + timedelta(days=1),
    )
    dark = log(
        records, smile, replace(a_repetition(1), judged_share=0.5), started_at=STARTED + timedelta(days=2)
    )

    frame = pattern_frame([joined, quiet, dark], BERLIN).set_index("practice")

    assert (frame.loc[quiet.uid, "joined_in"], frame.loc[quiet.uid, "warned"]) == (0, 0)
    assert np.isnan(frame.loc[quiet.uid, "onset_mm"])
    assert frame.loc[quiet.uid, "quiet_mm"] == np.median([5.5, 7.0])
    assert frame.loc[dark.uid, ["joined_in", "warned", "onset_mm", "quiet_mm"]].isna().all()


def test_an_area_that_was_not_seen_did_not_stay_quiet(records: Records, smile: Exercise) -> None:
    joined = log(records, smile, a_repetition(1, EYE, CHIN))
    hidden = log(records, smile, a_repetition(1), chin_hidden(2), started_at=STARTED + timedelta(days=1))

    frame = pattern_frame([joined, hidden], BERLIN).set_index(["practice", "pattern"])

    assert frame.loc[(hidden.uid, "chin"), ["joined_in", "warned", "onset_mm", "quiet_mm"]].isna().all()
    assert frame.loc[(hidden.uid, "oral-ocular-narrow"), "joined_in"] == 0
    assert list(practice_frame([joined, hidden], BERLIN)["unseen"]) == [0, 1]


def test_patterns_of_one_exercise_are_not_looked_for_in_another(records: Records, library: Library) -> None:
    smile = log(records, library.exercises["small-closed-smile"], a_repetition(1, EYE))
    pucker = log(records, library.exercises["small-pucker"], a_repetition(1, CHIN))

    frame = pattern_frame([smile, pucker], BERLIN)

    assert set(zip(frame["practice"], frame["pattern"], strict=True)) == {
        (smile.uid, "oral-ocular-narrow"),
        (pucker.uid, "chin"),
    }


def test_no_practices_make_empty_tables() -> None:
    assert practice_frame([], BERLIN).empty
    assert pattern_frame([], BERLIN).empty


# What may be said about a course


def course(*weeks: list[float]) -> tuple[pd.Series, pd.Series]:
    """One list of values a week, a day apart."""
    start = date(2026, 3, 2)
    rows = [
        (start + timedelta(days=7 * week + index), value)
        for week, values in enumerate(weeks)
        for index, value in enumerate(values)
    ]
    return pd.Series([day for day, _ in rows]), pd.Series([value for _, value in rows])


STEADY = [4.0, 4.2, 3.8]


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        pytest.param([STEADY], Course.TOO_EARLY, id="one week says nothing"),
        pytest.param([STEADY, [6, 6, 6]], Course.TOO_EARLY, id="one week after the start is not two"),
        pytest.param([STEADY, [6, 6, 6], [6, 6, 6]], Course.MORE, id="two weeks further"),
        pytest.param([STEADY, [2, 2, 2], [2, 2, 2]], Course.LESS, id="two weeks less far"),
        pytest.param([STEADY, [6, 6, 6], [4, 4, 4]], Course.SAME, id="weeks that disagree"),
        pytest.param([STEADY, [4.3, 4.3, 4.3], [4.3, 4.3, 4.3]], Course.SAME, id="within ups and downs"),
        pytest.param([STEADY, [6, 6], [6, 6]], Course.TOO_EARLY, id="two practices are no week"),
        pytest.param([STEADY, [6, 6, 6], [], [6, 6, 6]], Course.TOO_EARLY, id="weeks must be running"),
        pytest.param([STEADY, [6, np.nan, 6], [6, 6, 6]], Course.TOO_EARLY, id="unseen does not count"),
        pytest.param(
            [[4.0], STEADY, [6, 6, 6], [6, 6, 6]], Course.MORE, id="a thin first week is passed over"
        ),
        pytest.param([[4, 4, 4], [4.2, 4.2, 4.2], [4.2, 4.2, 4.2]], Course.SAME, id="less than the noise"),
    ],
)
def test_a_change_is_said_only_beyond_the_persons_own_ups_and_downs(
    weeks: list[list[float]], expected: Course
) -> None:
    assert compare(*course(*weeks)).course is expected


def test_the_band_of_the_start_is_two_deviations_wide() -> None:
    comparison = compare(*course(STEADY))
    assert (comparison.low, comparison.high) == (pytest.approx(3.6), pytest.approx(4.4))

    even = compare(*course([4.0, 4.0, 4.0]))
    assert (even.low, even.high) == (pytest.approx(4 - 2 * NOISE_MM), pytest.approx(4 + 2 * NOISE_MM))


def test_a_week_has_the_middle_of_its_practices() -> None:
    weeks = weeks_of(*course([1.0, 9.0, 2.0], [5.0, 5.0]))

    assert list(weeks["median"]) == [2.0]
    assert list(weeks["day"]) == [pd.Timestamp(2026, 3, 3)]


# The sentences


def test_a_summary_never_calls_a_practice_quiet_that_was_not_seen(records: Records, library: Library) -> None:
    smile = library.exercises["small-closed-smile"]
    seen = log(records, smile, a_repetition(1), a_repetition(2))
    dark = log(records, smile, replace(a_repetition(1), judged_share=0.4))

    assert telling.joined_in(seen, library.patterns, "smile") == [
        "Nothing that the camera watches joined in."
    ]
    assert "quiet" in telling.headline(seen, LATER)
    assert telling.joined_in(dark, library.patterns, "smile") == [
        "Too little could be seen to say whether anything joined in."
    ]
    assert "Too little could be seen" in telling.headline(dark, LATER)
    assert telling.key_figures(dark) == {}
    assert list(listing.repetition_table(dark, library.patterns).iloc[0][["Clean", "Left, mm"]]) == [
        "not seen",
        "not seen",
    ]


@pytest.mark.parametrize(
    ("clean", "seen", "said"),
    [
        ((True,), (), "You rested once, and your face stayed quiet."),
        ((True, False, True), (), "You rested 3 times, and your face stayed quiet in 2 of them."),
        ((False, False), (), "You rested twice. Letting go takes time, and every rest helps."),
        ((True,), ("chin",), "You rested once, and your face stayed quiet, as far as it could be seen."),
    ],
)
def test_what_was_for_resting_only_is_told_as_rest(
    records: Records, library: Library, clean: tuple[bool, ...], seen: tuple[str, ...], said: str
) -> None:
    rests = [replace(a_repetition(n), clean=one, unseen=seen) for n, one in enumerate(clean, 1)]
    record = replace(log(records, library.exercises["small-closed-smile"], *rests), level=1)

    assert telling.headline(record, LATER) == said


CHIN_HIDDEN = (
    "Your chin could not be seen in {} repetitions, so the coach cannot say whether it stayed quiet."
)
QUIET_AS_SEEN = "As far as the camera could see, nothing joined in."


def test_an_area_that_was_not_seen_is_not_called_quiet(records: Records, library: Library) -> None:
    smile = library.exercises["small-closed-smile"]
    record = log(records, smile, a_repetition(1), a_repetition(2), *(chin_hidden(n) for n in (3, 4, 5)))

    assert telling.joined_in(record, library.patterns, "smile") == [
        QUIET_AS_SEEN,
        CHIN_HIDDEN.format("3 of 5"),
    ]
    assert telling.headline(record, LATER).endswith("with everything else quiet, as far as it could be seen.")
    cells = listing.repetition_table(record, library.patterns)["Joined in, at mm"]
    assert list(cells) == ["nothing", "nothing", *["your chin not seen"] * 3]
    said = course_words.nothing_yet(practice_frame([record], BERLIN))
    assert said.startswith("As far as the camera could see, nothing joined in")
    assert "Not every area could be seen" in said


def test_what_joined_in_is_told_beside_what_was_not_seen(records: Records, library: Library) -> None:
    record = log(records, library.exercises["small-closed-smile"], chin_hidden(1, EYE), chin_hidden(2, CHIN))

    eye, chin, hidden = telling.joined_in(record, library.patterns, "smile")

    assert eye.startswith("Your right eye joined in during 1 of 2 repetitions")
    assert chin.startswith("Your chin joined in during 1 of 2 repetitions")
    assert hidden == CHIN_HIDDEN.format("1 of 2")  # of the other one it is known that it did not stay quiet
    first, second = listing.repetition_table(record, library.patterns)["Joined in, at mm"]
    assert (first, second) == ("your right eye at 4.1; your chin not seen", "your chin at 5.0")


@pytest.mark.parametrize(
    ("affected", "unseen", "expected"),
    [
        (Side.LEFT, ("oral-ocular-narrow",), "Your left eye could not be seen in 1 of 1 repetition"),
        (None, ("ocular-oral",), "Your mouth corner on one side or both could not be seen"),
        (Side.LEFT, ("ocular-oral", "platysma"), "Your left mouth corner could not be seen"),
        (Side.RIGHT, ("chin", "brow-lift"), "Your chin and your right brow could not be seen"),
        (None, ("of-old",), "An area no longer watched (of old) could not be seen"),
    ],
)
def test_what_was_not_seen_is_named_once(
    records: Records, library: Library, affected: Side | None, unseen: tuple[str, ...], expected: str
) -> None:
    repetition = replace(a_repetition(1), unseen=unseen)
    record = replace(log(records, library.exercises["small-closed-smile"], repetition), affected=affected)

    quiet, hidden = telling.joined_in(record, library.patterns, "smile")

    assert quiet == QUIET_AS_SEEN
    assert hidden.startswith(expected)
    assert hidden.endswith("they stayed quiet." if " and " in expected else "it stayed quiet.")


def test_one_side_that_joined_in_leaves_the_other_open(records: Records, library: Library) -> None:
    repetition = replace(a_repetition(1, EYE), unseen=("oral-ocular-narrow",))
    both = log(records, library.exercises["small-closed-smile"], repetition)
    right = replace(both, affected=Side.RIGHT)

    assert len(telling.joined_in(right, library.patterns, "smile")) == 1
    assert telling.joined_in(both, library.patterns, "smile")[1].startswith("Your eye on one side or both")


def test_a_summary_names_the_side_the_count_and_how_far(records: Records, library: Library) -> None:
    record = log(
        records,
        library.exercises["small-closed-smile"],
        a_repetition(1, EYE),
        a_repetition(2, replace(EYE, onset_amplitude_mm=5.1, warned_at=None)),
        a_repetition(3, CHIN),
        minutes=None,
    )

    said = [
        s.replace("\N{NO-BREAK SPACE}", " ") for s in telling.joined_in(record, library.patterns, "smile")
    ]

    assert said == [
        "Your right eye joined in during 2 of 3 repetitions (once only briefly), "
        "when your smile had reached about 4.6 mm.",
        "Your chin joined in during 1 of 3 repetitions (only briefly), "
        "when your smile had reached about 5.0 mm.",
    ]
    assert telling.headline(record, LATER).startswith("You did 3 of 5 repetitions")
    assert telling.result(record, LATER) == "0 of 3 clean · ended early"


SHORT = replace(a_repetition(1), hold_seconds=1.2, clean=False)
SMALLER, LONGER = "Smaller and slower", "Holding it a little longer, small and gentle"
LESS, WAITING = "Smaller makes it count", "Let the stronger side wait for the other"
FURTHER = "Going a little further, if that is comfortable"
BIG = replace(a_repetition(1), clean=False, corrections=("too_big",))
LITTLE = replace(a_repetition(1), hold_seconds=0.0, clean=False, corrections=("too_small",))
BLINKED = replace(a_repetition(1), clean=False, corrections=("blinked",))
APART = replace(a_repetition(1), clean=False, corrections=("uneven",))


@pytest.mark.parametrize(
    ("repetitions", "advice"),
    [
        pytest.param([SHORT], LONGER, id="nothing joined in, the hold was short"),
        pytest.param([a_repetition(1, EYE)], SMALLER, id="something joined in"),
        pytest.param([SHORT, a_repetition(2, EYE)], SMALLER, id="both"),
        pytest.param([BIG], LESS, id="too big"),
        pytest.param([APART], WAITING, id="uneven"),
        pytest.param([LITTLE], FURTHER, id="the band was not reached"),
        pytest.param(
            [LITTLE, *[replace(BLINKED, number=n) for n in (2, 3)]], FURTHER, id="mostly blinks: unknown"
        ),
        pytest.param([BIG, replace(APART, number=2), replace(APART, number=3)], WAITING, id="mostly uneven"),
        pytest.param([replace(LITTLE, hold_seconds=1.2)], LONGER, id="reached late, and let go soon"),
        pytest.param([BLINKED], None, id="nothing but blinks"),
        pytest.param([a_repetition(1)], None, id="clean"),
    ],
)
def test_the_advice_is_for_what_happened(
    records: Records, smile: Exercise, repetitions: list[Repetition], advice: str | None
) -> None:
    record = log(records, smile, *repetitions)

    for said in (telling.headline(record, LATER), course_words.clean(practice_frame([record], BERLIN))):
        assert [words for words in (SMALLER, LONGER, LESS, WAITING, FURTHER) if words in said] == (
            [advice] if advice else []
        )


def test_only_a_hold_that_nothing_interrupted_says_how_long(records: Records, smile: Exercise) -> None:
    warned = replace(a_repetition(1, EYE), hold_seconds=0.4)
    brief = replace(a_repetition(2, CHIN), hold_seconds=4.0)
    unseen = replace(a_repetition(3), hold_seconds=2.0, judged_share=0.5)

    assert telling.key_figures(log(records, smile, warned, brief)) == {"Held quietly": "4 s"}
    assert telling.key_figures(log(records, smile, warned, warned, unseen)) == {}
    assert telling.key_figures(log(records, smile, replace(SHORT, hold_seconds=0.6))) == {
        "Held quietly": "under 1 s"
    }


@pytest.mark.parametrize(
    ("minutes_later", "expected"), [(1, "ended early, or still under way"), (9, "ended early")]
)
def test_a_practice_may_still_be_under_way(
    records: Records, smile: Exercise, minutes_later: float, expected: str
) -> None:
    """The first repetition of the log ends half a minute after the start."""
    now = STARTED + timedelta(minutes=minutes_later)

    assert telling.ending(log(records, smile, a_repetition(1), minutes=None), now) == expected
    assert telling.ending(log(records, smile, minutes=None), now) == expected
    assert telling.ending(log(records, smile, a_repetition(1)), now) == "finished"


def test_a_lost_practice_may_come_back_while_it_is_said_to_be_under_way() -> None:
    assert telling.STILL_GOING > timedelta(seconds=RETURN_SECONDS)


def test_the_picture_of_a_practice_says_only_what_it_shows(records: Records, library: Library) -> None:
    smile = library.exercises["small-closed-smile"]
    both = replace(a_repetition(1), amplitude_right_mm=2.5, amplitude_left_mm=3.3)
    clean = telling.strip(log(records, smile, both), library.patterns, "smile", (2.0, 4.0))
    joined = telling.strip(log(records, smile, a_repetition(1, EYE)), library.patterns, "smile", None)
    unseen = log(records, smile, replace(a_repetition(1), amplitude_right_mm=None))

    assert "between 2.5 and 3.3\N{NO-BREAK SPACE}mm" in clean
    assert "Shaded: 2 to 4\N{NO-BREAK SPACE}mm, the reach to aim for. A tick: clean." in clean
    assert "marks" not in clean
    assert "The marks show where your right eye joined in." in joined
    assert not any(word in joined for word in ("Shaded", "tick"))
    assert telling.strip(unseen, library.patterns, "smile", (2.0, 4.0)) == (
        "How far the repetitions went could not be seen this time."
    )


def test_words_for_the_log_are_calm(records: Records, library: Library) -> None:
    smile = library.exercises["small-closed-smile"]
    logged = [
        log(records, smile, minutes=None),
        log(records, smile, a_repetition(1, EYE), minutes=None),
        log(records, smile, replace(a_repetition(1), judged_share=0.1, amplitude_right_mm=None)),
        log(records, smile, *(a_repetition(n) for n in range(1, 6))),
        log(records, smile, chin_hidden(1), chin_hidden(2, EYE)),
    ]
    practices, courses = practice_frame(logged, BERLIN), pattern_frame(logged, BERLIN)
    said = [
        *(telling.headline(record, now) for record in logged for now in (STARTED, LATER)),
        *(telling.result(record, now) for record in logged for now in (STARTED, LATER)),
        *(telling.strip(record, library.patterns, "smile") for record in logged),
        *(sentence for record in logged for sentence in telling.joined_in(record, library.patterns, "smile")),
        *(telling.share_judged(record) or "" for record in logged),
        course_words.onset(courses, "your right eye", "smile", compare(courses["day"], courses["onset_mm"])),
        course_words.clean(practices),
        course_words.evenness(practices),
        course_words.nothing_yet(practices),
        course_words.days(practices, date(2026, 4, 3)),
    ]

    words = " ".join(said).lower()
    for harsh in ("fail", "wrong", "bad", "poor", "only 0", "diagnos", "grade", "score", "nan", "none"):
        assert harsh not in words


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(0, "the last time was today"), (1, "yesterday"), (20, "20 days ago"), (80, "on 29 March 2026")],
)
def test_when_the_last_practice_was(records: Records, smile: Exercise, ago: int, expected: str) -> None:
    practices = practice_frame([log(records, smile)], BERLIN)

    assert expected in course_words.days(practices, date(2026, 3, 29) + timedelta(days=ago))
