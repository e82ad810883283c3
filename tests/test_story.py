"""Every value of one person's charts is traced to its rows; around a treatment each measure stays by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from statistics import median, stdev
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from practices import CHIN, EYE, RESTING
from sqlalchemy import text
from weeks import (
    FINE,
    LIBRARY,
    MASSAGE,
    NOW,
    PUCKER,
    SMILE,
    WELL,
    days_ago,
    five,
    practise,
    prescribe,
    somebody,
    well,
)

from coach.calibration import RANGE_CARD
from coach.clinic.around import MEASURES, Around, _compared, around, weeks_around
from coach.clinic.story import Story, treatment_words
from coach.events import WatchedArea
from coach.face import Side
from coach.prescription import Item
from coach.records import Records, RecordsError
from coach.records.care_history import Treatment
from coach.records.trends import NOISE_MM, Course

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = NOW.astimezone(BERLIN).date()
EYES = LIBRARY.exercises["gentle-eye-closing"]
CORNER = LIBRARY.exercises["one-corner"]


def read(records: Records, uid: str) -> Story:
    return Story.read(records, uid, LIBRARY.exercises, BERLIN)


def rows_of(records: Records, table: str, **where: Any) -> list[Any]:
    """The rows of a table as they lie in the database."""
    conditions = " AND ".join(f"{name} = :{name}" for name in where)
    with records.engine.connect() as connection:
        return list(connection.execute(text(f"SELECT * FROM {table} WHERE {conditions}"), where))


def middle(values: Iterable[float | None]) -> Any:
    """The median of what was seen, to be compared with; NaN where nothing was."""
    seen = [value for value in values if value is not None]
    return pytest.approx(median(seen) if seen else np.nan, nan_ok=True)


def area(pattern: str, side: Side | None, coupling: float | None) -> WatchedArea:
    return WatchedArea(pattern, side, coupling, None if coupling is None else 1.0, 0.9)


def a_full_story(records: Records) -> str:
    """Some of everything: seen and unseen, both cards, a range test, a timer, what was left, a check, a rest."""
    uid = somebody(records)
    prescribe(records, uid, days_ago(20), [Item(card=SMILE.id)], sessions_per_day=1)
    prescribe(records, uid, days_ago(6), [Item(card=SMILE.id), Item(card=PUCKER.id)], sessions_per_day=2)
    watched = (area("oral-ocular-narrow", Side.RIGHT, 0.3), area("chin", None, None))
    practise(
        records,
        uid,
        days_ago(8),
        [
            well(1, EYE, replace(EYE, onset_amplitude_mm=5.0), watched=watched, resting=RESTING),
            well(2, replace(CHIN, onset_amplitude_mm=None), watched=watched[:1], symmetry=None),
            well(3, watched=(area("oral-ocular-narrow", Side.RIGHT, 0.5), area("chin", None, 0.2))),
            well(4, amplitude_left_mm=None, resting=replace(RESTING, corner_height_mm=2.5)),
            well(5, judged_share=0.5),
        ],
        band=(2.0, 6.0),
    )
    practise(records, uid, days_ago(5), five(joining=2), feelings={**WELL, "pain": 4})
    practise(records, uid, days_ago(5, 2), five(judged_share=0.4), comfort=None, feelings=None)
    practise(records, uid, days_ago(3), [well(1, EYE, unseen=("chin",))], exercise=PUCKER, minutes=None)
    practise(records, uid, days_ago(2), [well(1)], exercise=LIBRARY.exercises[RANGE_CARD])
    practise(records, uid, days_ago(2, 1), [], exercise=MASSAGE, minutes=2)
    practise(records, uid, days_ago(1), [], minutes=None)
    stopped = records.begin_session(uid, None, {**FINE, "pain": 7}, days_ago(0.5))
    records.end_session(stopped, uid, "safety", days_ago(0.5))
    return uid


@pytest.fixture
def anna(records: Records) -> str:
    return a_full_story(records)


# Traced to rows


def test_every_onset_is_that_of_its_rows(records: Records, anna: str) -> None:
    frame = read(records, anna).onset

    assert (
        len(frame) == 7
    )  # the smile has eye and chin in each of its three practices, the pucker the eye in one
    for row in frame.itertuples():
        unwanted = [
            one
            for one in rows_of(records, "unwanted_movement", practice_uid=row.practice, pattern=row.pattern)
            if (one.side or "") == row.side
        ]
        repetitions = rows_of(records, "repetition", practice_uid=row.practice)
        if np.isnan(row.joined_in):
            assert unwanted == []
            continue
        assert row.onset_mm == middle(one.onset_amplitude_mm for one in unwanted)
        joined = len({one.repetition_number for one in unwanted})
        assert (row.joined_in, row.joined_share) == (joined, joined / len(repetitions))


def test_every_coupling_is_that_of_its_rows(records: Records, anna: str) -> None:
    frame = read(records, anna).coupling

    assert set(frame["pattern"]) == {"oral-ocular-narrow", "chin"}
    for row in frame.itertuples():
        areas = [
            one
            for one in rows_of(records, "watched_area", practice_uid=row.practice, pattern=row.pattern)
            if (one.side or "") == row.side
        ]
        assert row.coupling == middle(one.coupling for one in areas)
        assert row.repetitions == sum(one.coupling is not None for one in areas)
    eye = frame.set_index("pattern").loc["oral-ocular-narrow"]
    assert (eye["coupling"], eye["repetitions"], eye["side"]) == (0.3, 3, "right")


def test_every_evenness_excursion_and_clean_count_is_that_of_its_rows(records: Records, anna: str) -> None:
    story = read(records, anna)

    assert len(story.evenness) == len(story.excursion) == len(story.clean) == 4
    for row in story.evenness.itertuples():
        repetitions = rows_of(records, "repetition", practice_uid=row.practice)
        assert row.symmetry == middle(one.symmetry for one in repetitions)
    for row in story.excursion.itertuples():
        repetitions = rows_of(records, "repetition", practice_uid=row.practice)
        assert row.right_mm == row.affected_mm == middle(one.amplitude_right_mm for one in repetitions)
        assert row.left_mm == row.other_mm == middle(one.amplitude_left_mm for one in repetitions)
        sides = [(one.amplitude_right_mm, one.amplitude_left_mm) for one in repetitions]
        assert row.reached_mm == middle(
            float(np.mean([side for side in both if side is not None])) for both in sides
        )
    for row in story.clean.itertuples():
        (practice,) = rows_of(records, "practice", uid=row.practice)
        repetitions = rows_of(records, "repetition", practice_uid=row.practice)
        length = [one.ended_at_seconds - one.started_at_seconds for one in repetitions]
        judged = sum(at * one.judged_share for at, one in zip(length, repetitions, strict=True)) / sum(length)
        assert row.judged_share == pytest.approx(judged)
        clean = sum(bool(one.clean) for one in repetitions)
        assert (row.done, row.planned) == (len(repetitions), practice.repetitions_planned)
        if judged < 0.8:
            assert np.isnan(row.clean)
            assert np.isnan(row.clean_share)
        else:
            assert (row.clean, row.clean_share) == (clean, clean / len(repetitions))


def test_every_rest_is_that_of_its_rows(records: Records, anna: str) -> None:
    """The right side is the affected one: how much further its eye is open, how much higher its corner is."""
    frame = read(records, anna).resting

    (row,) = list(frame.itertuples())
    rests = [
        one
        for one in rows_of(records, "repetition", practice_uid=row.practice)
        if one.resting_corner_height_mm is not None
    ]
    assert row.eye == middle(one.resting_lid_gap_right_mm - one.resting_lid_gap_left_mm for one in rests)
    assert row.corner == middle(-one.resting_corner_height_mm for one in rests)
    assert np.isnan(row.brow)


def test_every_rating_is_that_of_its_session(records: Records, anna: str) -> None:
    frame = read(records, anna).ratings

    sessions = {one.uid: one for one in records.sessions(anna)}
    assert set(frame["session"]) == {uid for uid, one in sessions.items() if one.comfort is not None}
    for row in frame.itertuples():
        session = sessions[row.session]
        before, after = session.comfort or {}, session.feelings or {}
        assert (row.pain_before, row.tightness_before) == (before["pain"], before["tightness"])
        for name in ("pain", "tightness", "effort", "eye_comfort"):
            assert getattr(row, name) == pytest.approx(after.get(name, np.nan), nan_ok=True)
    assert list(frame["ending"])[-1] == "safety"
    assert list(frame["started_at"]) == sorted(frame["started_at"])


def test_every_day_of_adherence_is_that_of_its_rows(records: Records, anna: str) -> None:
    frame = read(records, anna).adherence(TODAY)

    assert list(frame["day"]) == [TODAY - timedelta(days=ago) for ago in range(20, -1, -1)]
    by_uid = {one.uid: one for one in records.practices(anna)}
    told = [uid for uids in frame["practices"] for uid in uids]
    real = {uid for uid, one in by_uid.items() if one.repetitions or one.ending == "finished"}
    assert len(told) == len(set(told))
    assert set(told) == real
    for row in frame.itertuples():
        those = [by_uid[uid] for uid in row.practices]
        assert all(one.started_at.astimezone(BERLIN).date() == row.day for one in those)
        assert row.minutes == pytest.approx(sum(one.seconds or 0.0 for one in those) / 60)
        assert row.sessions == len({one.session_uid for one in those})
        smile = SMILE.seconds() / 60
        asked = smile if (TODAY - row.day).days > 6 else 2 * (smile + PUCKER.seconds() / 60)
        assert row.prescribed == pytest.approx(asked)
    assert frame.set_index("day").loc[TODAY - timedelta(days=5), "sessions"] == 2


def test_tables_name_their_practices_and_nobody_elses(records: Records, anna: str) -> None:
    other = a_full_story(records)
    records.add_treatment(other, "surgery", TODAY, "Dr Kay", NOW)
    story = read(records, anna)

    mine = {one.uid for one in records.practices(anna)}
    frames = (story.onset, story.coupling, story.evenness, story.excursion, story.clean, story.resting)
    for frame in frames:
        assert set(frame["practice"]) <= mine
        assert list(frame["started_at"]) == sorted(frame["started_at"])
        assert frame["started_at"].dt.tz is not None
    sessions = {one.uid for one in records.sessions(anna)}
    assert set(story.ratings["session"]) <= sessions
    assert story.marks.empty


def test_the_guided_test_a_timer_and_what_was_left_are_in_no_chart(records: Records, anna: str) -> None:
    story = read(records, anna)

    assert set(story.clean["card"]) == {SMILE.id, PUCKER.id}
    assert RANGE_CARD not in set(story.excursion["card"])
    assert len(story.practices) == 7


def test_whoever_has_not_practised_has_empty_tables(records: Records) -> None:
    story = read(records, somebody(records))

    frames = (story.onset, story.coupling, story.evenness, story.excursion, story.clean, story.resting)
    assert all(frame.empty and "practice" in frame.columns for frame in frames)
    assert story.ratings.empty
    assert story.marks.empty
    assert story.adherence(TODAY).empty
    toxin = records.add_treatment(story.person.uid, "botulinum_toxin", TODAY, "Dr Kay", NOW)
    assert around(read(records, story.person.uid), toxin) == []


# Excursion and its band


@pytest.mark.parametrize(
    ("reached", "percent"), [(2.0, 0.0), (3.0, 50.0), (4.0, 100.0), (5.0, 150.0), (1.0, -50.0)]
)
def test_where_in_its_band_a_movement_is(records: Records, reached: float, percent: float) -> None:
    """The smile's own band goes from 2 to 4 mm."""
    uid = somebody(records)
    practise(records, uid, days_ago(1), five(amplitude_right_mm=reached, amplitude_left_mm=reached))

    (row,) = list(read(records, uid).excursion.itertuples())

    assert (row.low_mm, row.high_mm) == (SMILE.target.low, SMILE.target.high) == (2.0, 4.0)  # type: ignore[union-attr]
    assert row.band_percent == pytest.approx(percent)


def test_the_band_of_a_practice_is_the_one_it_had(records: Records) -> None:
    uid = somebody(records)
    practise(records, uid, days_ago(3), five(), band=(1.0, 2.0))
    older = SMILE.model_copy(update={"prompt": "Smile a little."})
    practise(records, uid, days_ago(2), five(), exercise=older)
    practise(records, uid, days_ago(1), five(), exercise=EYES)

    frame = read(records, uid).excursion

    assert frame["low_mm"].iloc[0] == 1.0
    assert frame["band_percent"].isna().tolist() == [
        False,
        True,
        True,
    ]  # the card has changed; eyes count in percent
    assert frame["reached_mm"].notna().all()


def test_of_one_side_that_moves_alone_the_other_is_not_taken_in(records: Records) -> None:
    uid = somebody(records)
    alone = {"amplitude_right_mm": 3.0, "amplitude_left_mm": 0.2, "symmetry": None}
    unseen = well(2, side=Side.LEFT, amplitude_left_mm=None)
    practise(records, uid, days_ago(1), [well(1, side=Side.RIGHT, **alone), unseen], exercise=CORNER)

    (row,) = list(read(records, uid).excursion.itertuples())

    assert row.reached_mm == 3.0


def test_without_an_affected_side_neither_is_called_so(records: Records) -> None:
    uid = somebody(records, affected=None)
    practise(records, uid, days_ago(1), affected=None)

    (row,) = list(read(records, uid).excursion.itertuples())

    assert (row.right_mm, row.left_mm) == (3.0, 3.4)
    assert np.isnan([row.affected_mm, row.other_mm]).all()


# Adherence


def test_before_anything_was_prescribed_nothing_was_asked_for(records: Records) -> None:
    uid = somebody(records)
    practise(records, uid, days_ago(3))
    prescribe(records, uid, days_ago(1), [Item(card=SMILE.id)], sessions_per_day=1, days=("tuesday",))

    frame = read(records, uid).adherence(TODAY)

    assert frame["prescribed"].isna().tolist() == [True, True, False, False]
    assert frame["prescribed"].tolist()[2:] == [
        pytest.approx(SMILE.seconds() / 60),
        0.0,
    ]  # Tuesday, Wednesday
    assert frame["minutes"].tolist() == [3.0, 0.0, 0.0, 0.0]


def test_days_are_those_of_the_calendar_also_when_clocks_change(records: Records) -> None:
    uid = somebody(records)
    late = datetime(2026, 3, 29, 22, 30, tzinfo=timezone.utc)  # the 30th in Berlin; the 29th had 23 hours
    practise(records, uid, late)
    prescribe(records, uid, datetime(2026, 3, 28, 12, 0, tzinfo=timezone.utc), sessions_per_day=1)

    frame = read(records, uid).adherence(date(2026, 3, 31)).set_index("day")

    assert frame["minutes"].tolist() == [0.0, 0.0, 3.0, 0.0]
    assert frame["prescribed"].tolist() == pytest.approx([SMILE.seconds() / 60] * 4)


# Treatments


def test_treatments_are_marks_with_words(records: Records) -> None:
    uid = somebody(records)
    visit = records.add_treatment(uid, "therapy_visit", TODAY, "Dr Kay", NOW)
    toxin = records.add_treatment(
        uid, "botulinum_toxin", TODAY - timedelta(days=9), "Dr Kay", NOW, sites=["chin"], dose_text="5 units"
    )

    marks = read(records, uid).marks

    assert list(marks["treatment"]) == [toxin.uid, visit.uid]
    assert list(marks["words"]) == ["Botulinum toxin, chin, 5 units", "Therapy visit"]
    assert treatment_words(toxin) == "Botulinum toxin, chin, 5 units"


DAY = date(2026, 5, 6)


def mark(day: date = DAY, kind: Any = "surgery", uid: str = "t") -> Treatment:
    return Treatment(uid, "p", kind, day, (), "", "", "Dr Kay", NOW)


def numbers(treatment: Treatment, *others: Treatment) -> tuple[dict[int, int], dict[int, int]]:
    """The weeks of the days around a treatment, by how many days they are from it."""
    before, after = weeks_around(treatment, [treatment, *others])
    days = range(-60, 80)
    return tuple(  # type: ignore[return-value]
        {
            ago: number
            for ago in days
            if (number := weeks.number(treatment.day + timedelta(days=ago))) is not None
        }
        for weeks in (before, after)
    )


def test_weeks_are_counted_from_the_treatment_and_its_day_is_in_neither() -> None:
    before, after = numbers(mark())

    assert before == {-day: (day - 1) // 7 for day in range(1, 29)}
    assert after == {day: (day - 1) // 7 for day in range(1, 29)}


def test_toxin_acts_after_two_weeks() -> None:
    _, after = numbers(mark(kind="botulinum_toxin"))

    assert (min(after), max(after)) == (15, 42)


@pytest.mark.parametrize(
    ("other", "before", "after"),
    [
        (mark(DAY - timedelta(days=20), uid="a"), (-19, -1), (1, 28)),
        (mark(DAY - timedelta(days=20), "botulinum_toxin", "a"), (-5, -1), (1, 28)),
        (mark(DAY + timedelta(days=10), uid="a"), (-28, -1), (1, 9)),
        (mark(DAY + timedelta(days=10), "therapy_visit", "a"), (-28, -1), (1, 28)),
        (mark(DAY, "botulinum_toxin", "a"), (-28, -1), (1, 28)),
    ],
)
def test_nothing_is_compared_across_another_injection_or_operation(
    other: Treatment, before: tuple[int, int], after: tuple[int, int]
) -> None:
    earlier, later = numbers(mark(), other)

    assert (min(earlier), max(earlier)) == before
    assert (min(later), max(later)) == after


def on(day: date, hours: float = 8.0) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + timedelta(hours=hours)


def around_one(
    records: Records, uid: str, treatment: Treatment, measure: str, pattern: str | None = None
) -> Around:
    found = [
        one
        for one in around(read(records, uid), treatment)
        if one.measure.id == measure and pattern in (None, one.pattern)
    ]
    assert len(found) == 1
    return found[0]


def year(
    records: Records, values: dict[int, list[float]], **given: Any
) -> tuple[str, Treatment, dict[int, list[str]]]:
    """A person with an operation, and practices in the weeks around it whose eye joined in at these mm."""
    uid = somebody(records)
    operation = records.add_treatment(uid, "surgery", DAY, "Dr Kay", NOW)
    practices = {
        week: [
            practise(
                records,
                uid,
                on(DAY + timedelta(days=7 * week + (1 if week >= 0 else 0) + number)),
                five(5, onset),
                **given,
            )
            for number, onset in enumerate(onsets)
        ]
        for week, onsets in sorted(values.items())
    }
    return uid, operation, practices


def test_the_middles_before_and_after_are_traced_to_their_practices(records: Records) -> None:
    before = {-2: [3.0, 3.4, 3.2], -1: [3.1, 3.3, 3.5]}
    few = {-3: [9.0, 9.0]}  # two practices are no week
    uid, operation, practices = year(records, few | before | {0: [5.0, 5.2, 4.9], 1: [5.5, 5.4, 5.1]})

    found = around_one(records, uid, operation, "onset")

    values = [*before[-2], *before[-1]]
    spread = 2 * stdev(values)
    assert (found.card, found.pattern, found.side) == (SMILE.id, EYE.pattern, "right")
    assert found.treatment == operation.uid
    assert (found.before, found.after) == (pytest.approx(median(values)), pytest.approx(5.15))
    assert (found.low, found.high) == (pytest.approx(3.25 - spread), pytest.approx(3.25 + spread))
    assert found.course is Course.MORE
    assert found.rows_before == (*practices[-2], *practices[-1])
    assert found.rows_after == (*practices[0], *practices[1])
    onsets = read(records, uid).onset.set_index("practice")["onset_mm"]
    assert found.before == pytest.approx(median(onsets[list(found.rows_before)]))
    assert found.after == pytest.approx(median(onsets[list(found.rows_after)]))


STEADY, MORE, LESS = [4.0, 4.0, 4.1], [6.0, 6.1, 5.9], [2.0, 2.1, 1.9]


@pytest.mark.parametrize(
    ("values", "course"),
    [
        pytest.param({-2: STEADY, -1: STEADY, 0: MORE, 1: MORE}, Course.MORE, id="more"),
        pytest.param({-2: STEADY, -1: STEADY, 0: LESS, 1: LESS}, Course.LESS, id="less"),
        pytest.param(
            {-4: STEADY, -1: STEADY, 2: MORE, 3: MORE}, Course.MORE, id="weeks between do not matter before"
        ),
        pytest.param({-2: STEADY, -1: STEADY, 0: STEADY, 1: STEADY}, Course.SAME, id="as before"),
        pytest.param(
            {-2: STEADY, -1: STEADY, 0: [4.2] * 3, 1: [4.2] * 3}, Course.SAME, id="within the camera's noise"
        ),
        pytest.param(
            {-2: [2.0, 6.0, 4.0], -1: [6.0, 2.0, 4.0], 0: MORE, 1: MORE}, Course.SAME, id="within own noise"
        ),
        pytest.param({-2: STEADY, -1: STEADY, 0: MORE, 1: LESS}, Course.SAME, id="weeks that do not agree"),
        pytest.param({-2: STEADY, -1: STEADY, 0: MORE, 2: MORE}, Course.TOO_EARLY, id="no two weeks running"),
        pytest.param({-2: STEADY, -1: STEADY, 0: MORE}, Course.TOO_EARLY, id="one week after"),
        pytest.param({-1: STEADY, 0: MORE, 1: MORE}, Course.TOO_EARLY, id="one week before"),
        pytest.param({-9: STEADY, -8: STEADY, 0: MORE, 1: MORE}, Course.TOO_EARLY, id="long before"),
        pytest.param(
            {-2: STEADY, -1: STEADY, 0: MORE[:2], 1: MORE[:2]}, Course.TOO_EARLY, id="too few practices"
        ),
    ],
)
def test_a_change_is_one_only_beyond_the_persons_own_ups_and_downs(
    values: dict[int, list[float]], course: Course
) -> None:
    operation = mark()
    before, after = weeks_around(operation, [operation])
    dated = [
        (f"{week}-{number}", DAY + timedelta(days=7 * week + (week >= 0) + number), value)
        for week, some in values.items()
        for number, value in enumerate(some)
    ]

    found = _compared(
        operation, MEASURES[0], (SMILE.id, EYE.pattern, "right"), dated, before, after, NOISE_MM
    )

    assert found.course is course
    assert (found.before is None) == (found.low is None) == (found.rows_before == ())


def test_each_measure_is_compared_by_itself(records: Records) -> None:
    """After it the eye joins in earlier, fewer are clean, and it hurts; nothing puts these into one figure."""
    uid = somebody(records)
    operation = records.add_treatment(uid, "surgery", DAY, "Dr Kay", NOW)
    for week in (-2, -1, 0, 1):
        later = week >= 0
        for number in range(3):
            watched = (area(EYE.pattern, Side.RIGHT, 0.6 if later else 0.2),)
            rest = replace(RESTING, corner_height_mm=-3.0 if later else -1.0)
            practise(
                records,
                uid,
                on(DAY + timedelta(days=7 * week + later + number)),
                five(4 if later else 1, 2.0 if later else 4.0, watched=watched, resting=rest),
                feelings={**WELL, "pain": 4 if later else 1},
            )

    found = {(one.measure.id, one.pattern): one.course for one in around(read(records, uid), operation)}

    assert found == {
        ("onset", EYE.pattern): Course.LESS,
        ("joined", EYE.pattern): Course.MORE,
        ("coupling", EYE.pattern): Course.MORE,
        ("symmetry", ""): Course.SAME,
        ("excursion", ""): Course.SAME,
        ("clean", ""): Course.LESS,
        ("resting_eye", ""): Course.SAME,
        ("resting_corner", ""): Course.MORE,
        ("resting_brow", ""): Course.TOO_EARLY,
        ("pain", ""): Course.MORE,
        ("tightness", ""): Course.SAME,
    }
    for one in around(read(records, uid), operation):
        table = getattr(read(records, uid), one.measure.table)
        assert set(one.rows_before + one.rows_after) <= set(table[one.measure.row])


def test_the_face_at_rest_has_the_noise_of_its_own_days(records: Records) -> None:
    """Rests of one day that differ by much make a wide band, however alike their middles are."""
    uid = somebody(records)
    operation = records.add_treatment(uid, "surgery", DAY, "Dr Kay", NOW)
    for week in (-2, -1, 0, 1):
        for number in range(3):
            shift = -1.0 if week >= 0 else 0.0
            rests = [
                well(n, resting=replace(RESTING, corner_height_mm=shift + 0.8 * (n - 2))) for n in (1, 2, 3)
            ]
            practise(records, uid, on(DAY + timedelta(days=7 * week + (week >= 0) + number)), rests)

    found = around_one(records, uid, operation, "resting_corner")

    assert (found.before, found.after) == (pytest.approx(0.0), pytest.approx(1.0))
    assert found.high == pytest.approx(2 * 0.8 / 0.954)
    assert found.course is Course.SAME


def test_measures_have_their_own_noise_with_a_source() -> None:
    assert len({measure.id for measure in MEASURES}) == len(MEASURES)
    assert all(measure.noise > 0 and measure.source.startswith("proposal: ") for measure in MEASURES)
    assert MEASURES[0].id == "onset"


def test_a_story_of_nobody_is_told(records: Records) -> None:
    with pytest.raises(RecordsError, match="no profile nobody"):
        read(records, "nobody")
