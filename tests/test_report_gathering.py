"""What a report says is what the log has: each value traced to the rows it comes from."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest
from practices import CHIN, EYE, a_repetition
from pypdf import PdfReader

from coach import ENGINE_VERSION
from coach.assignment import Assignment
from coach.clinic.report import report_pdf
from coach.clinic.report_gathering import NoSuchPatient, gather
from coach.clinic.report_values import ReportData, Week
from coach.comfort import Answers, Feelings
from coach.events import Repetition, WatchedArea
from coach.face import Side
from coach.library import Library, current_library
from coach.prescription import Item, Prescription
from coach.records import Records, open_records
from coach.records.care_history import History
from coach.resting_shape import RestingShape

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 6, 30, 9, tzinfo=ZONE)
TODAY = NOW.date()
SMILE, PUCKER = "small-closed-smile", "small-pucker"
WELL = Answers(eyes=(), new_signs=(), muscles=(), pain=0, tightness=4)
TREATED = TODAY - timedelta(days=42)


class World:
    """A log with one person in it, and what was written for them."""

    def __init__(self, records: Records, library: Library) -> None:
        self.records, self.library = records, library
        self.uid = records.create_patient("Anna Beispiel", Side.RIGHT, NOW - timedelta(days=100)).uid
        self.onsets: dict[date, float] = {}

    def prescribe(self, days_ago: int, **changed: object) -> None:
        version = Prescription(
            created_at=NOW - timedelta(days=days_ago, hours=3),
            author="Thea Kay",
            stage="movement_control",
            sessions_per_day=1,
            items=(Item(card=SMILE), Item(card=PUCKER, level=2, repetitions=1, hold_seconds=7.5)),
        )
        self.records.prescribe(self.uid, version.model_copy(update=changed))

    def practise(
        self,
        days_ago: int,
        *repetitions: Repetition,
        card: str = SMILE,
        feelings: Feelings | None = None,
        ending: str = "finished",
    ) -> None:
        at = NOW - timedelta(days=days_ago, hours=1)
        session = self.records.begin_session(self.uid, None, WELL.as_json(), at)
        assignment = Assignment(card, session=session)
        exercise = self.library.exercises[card]
        practice = self.records.begin_practice(self.uid, exercise, Side.RIGHT, assignment, at)
        for repetition in repetitions:
            self.records.add_repetition(practice, repetition)
        self.records.end_practice(practice, "finished", at + timedelta(minutes=4), 0.95)
        told = None if feelings is None else feelings.as_json()
        self.records.end_session(session, self.uid, ending, at + timedelta(minutes=5), told)  # type: ignore[arg-type]

    def report(self, days: int = 90, last: date = TODAY) -> ReportData:
        return gather(
            self.records, self.library, self.uid, last - timedelta(days=days - 1), last, NOW, "Thea Kay"
        )


def joining(number: int, onset: float, coupling: float = 0.3) -> Repetition:
    """A repetition in which the right eye joined in."""
    watched = (WatchedArea(EYE.pattern, Side.RIGHT, coupling=coupling, peak_mm=1.9, seen_share=1.0),)
    return replace(
        a_repetition(number, replace(EYE, onset_amplitude_mm=onset)),
        symmetry=0.8,
        watched=watched,
        resting=RestingShape(8.0, 9.0, 0.5, None),
    )


@pytest.fixture(scope="module")
def library() -> Library:
    return current_library(own=Path("/nowhere"))


@pytest.fixture
def world(tmp_path: Path, library: Library) -> Iterator[World]:
    records = open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    yield World(records, library)
    records.close()


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[World]:
    """Twelve weeks, four practices in each: the onset steps up after a treatment halfway."""
    records = open_records(f"sqlite:///{tmp_path_factory.mktemp('log') / 'coach.sqlite'}")
    world = World(records, library)
    world.prescribe(85)
    for week in range(12):
        for day in (0, 2, 4, 6):
            days_ago = 84 - 7 * week - day
            onset = (2.0 if TODAY - timedelta(days=days_ago) <= TREATED else 4.0) + 0.1 * day
            world.onsets[TODAY - timedelta(days=days_ago)] = onset
            world.practise(
                days_ago,
                joining(1, onset),
                joining(2, onset),
                a_repetition(3),
                feelings=Feelings(tightness=3, effort=2, eye_comfort=8, pain=day // 3),
            )
    records.add_treatment(
        world.uid, "botulinum_toxin", TREATED, "Thea Kay", NOW, sites=("mentalis",), dose_text="2.5 units"
    )
    records.add_treatment(world.uid, "therapy_visit", TREATED + timedelta(days=7), "Thea Kay", NOW)
    yield world
    records.close()


# --- nobody, and nothing


def test_nobody_has_no_report(world: World) -> None:
    with pytest.raises(NoSuchPatient):
        gather(world.records, world.library, "f" * 32, TODAY, TODAY, NOW, "Thea Kay")


def test_of_somebody_who_was_only_written_down_everything_is_said_to_be_missing(world: World) -> None:
    data = world.report()

    assert (data.name, data.affected, data.made_by) == ("Anna Beispiel", Side.RIGHT, "Thea Kay")
    assert (data.cause, data.onset, data.months_since_onset, data.stage) == (None, None, None, None)
    assert data.prescribed is None
    assert data.practised.sentences == ()
    assert data.onsets == ()
    assert data.onset_words == "No practice to draw in this period."
    assert [picture.series for picture in data.pictures if any(one.points for one in picture.series)] == []
    assert (data.treated, data.assessed, data.open, data.flags) == ((), (), (), ())
    assert len(PdfReader(io.BytesIO(report_pdf(data))).pages) == 2


# --- who, and what is prescribed


def test_the_head_comes_from_the_history(world: World) -> None:
    history = History(
        cause="bells_palsy", onset=date(2025, 11, 15), contraindications=("dry eye",), leave_out="No gum."
    )
    world.records.keep_history(world.uid, history, "Thea Kay", NOW)

    data = world.report()

    assert (data.cause, data.onset, data.months_since_onset) == ("Bell's palsy", date(2025, 11, 15), 7)
    assert data.to_mind == "dry eye; No gum."


def test_the_version_that_is_valid_at_the_end_of_the_period_is_printed(world: World) -> None:
    world.prescribe(20)
    world.prescribe(5, stage="relaxation", sessions_per_day=3)

    now, before = world.report(), world.report(last=TODAY - timedelta(days=10))

    assert now.prescribed
    assert before.prescribed
    assert (now.prescribed.version, now.prescribed.sessions_per_day, now.stage) == (2, 3, "Relaxation")
    assert (before.prescribed.version, before.prescribed.sessions_per_day) == (1, 1)
    assert before.prescribed.day == TODAY - timedelta(days=20)
    smile, pucker = now.prescribed.lines
    assert smile.name == "Small closed smile"
    assert smile.dose == "5 times, held 5 s"
    assert smile.band == "20 to 40 % of the healthy side's range"
    assert pucker.dose == "once, held 7.5 s"
    assert pucker.band == "10 to 20 % of the healthy side's range"
    assert pucker.level.startswith("level 2")


def test_a_card_that_is_gone_is_named_all_the_same(world: World) -> None:
    world.prescribe(5, items=(Item(card="no-longer-there"),))

    prescribed = world.report().prescribed

    assert prescribed
    assert prescribed.lines[0].name == "No longer there"
    assert "not in the coach" in prescribed.lines[0].band


# --- what was done


def test_practice_stands_beside_what_was_prescribed(world: World) -> None:
    world.prescribe(9)
    for days_ago in (8, 8, 6, 1):
        world.practise(days_ago, a_repetition(1))

    done = world.report().practised

    # From the day of the prescription to yesterday there are nine days of one session each; today is not over.
    assert done.sentences[0] == "4 sessions on 3 days; 9 were prescribed."
    assert done.sentences[1].startswith("16 minutes of practice; ")
    assert done.sentences[2] == "4 finished."
    assert done.sentences[3] == "The last one was on 29 June 2026."
    assert done.weeks[-2:] == (Week(date(2026, 6, 22), 3, 7), Week(date(2026, 6, 29), 1, 1))
    assert sum(week.done for week in done.weeks) == 4
    assert sum(week.planned or 0 for week in done.weeks) == 9


def test_nothing_is_drawn_before_the_first_day_of_which_there_is_anything(world: World) -> None:
    world.prescribe(9)
    world.practise(8, joining(1, 2.0))

    data = world.report(days=20_000)

    assert data.began == (NOW - timedelta(days=100)).date()
    assert data.practised.weeks[0].monday == data.began


def test_only_the_days_of_the_prescription_ask_for_practice(world: World) -> None:
    world.prescribe(9, days=("monday",), sessions_per_day=2)

    assert world.report().practised.sentences[0] == "0 sessions; 4 were prescribed."


def test_what_was_only_opened_and_left_is_no_practice(world: World) -> None:
    at = NOW - timedelta(days=1)
    exercise = world.library.exercises[SMILE]
    world.records.begin_practice(world.uid, exercise, Side.RIGHT, Assignment(SMILE), at)

    assert world.report().practised.sentences == ()


def test_what_lies_outside_the_period_is_left_out(practised: World) -> None:
    data = practised.report(days=28, last=TODAY - timedelta(days=14))

    days = [day for picture in data.onsets for one in picture.series for day, _ in one.points]
    days += [day for picture in data.pictures for one in picture.series for day, _ in one.points]
    assert min(days) >= data.first
    assert max(days) <= data.last


# --- the courses


def test_each_onset_is_that_of_its_rows(practised: World) -> None:
    (onset,) = practised.report().onsets

    joined, quiet = onset.series
    assert onset.title == "Small closed smile: the right eye"
    assert dict(joined.points) == pytest.approx(practised.onsets)
    assert quiet.points == ()
    assert onset.sentence.startswith("Joined in during 48 of 48 practices, 15 of 15 in the last four weeks, ")
    assert "in the middle when the smile had reached about" in onset.sentence
    assert "In the last two full weeks the smile got further than at the start" in onset.sentence
    assert onset.band is not None
    assert onset.band[0] <= 2.0 <= onset.band[1] < 4.0


def test_a_quiet_practice_shows_how_far_the_movement_went(world: World) -> None:
    world.practise(3, joining(1, 2.5))
    world.practise(2, a_repetition(1))

    (onset,) = world.report().onsets

    joined, quiet = onset.series
    assert [value for _, value in joined.points] == [2.5]
    assert quiet.points == ((TODAY - timedelta(days=2), 5.25),)


def test_what_was_not_judged_is_no_point(world: World) -> None:
    world.practise(3, joining(1, 2.5))
    world.practise(2, replace(a_repetition(1), judged_share=0.3, clean=False))

    data = world.report()

    assert sum(len(one.points) for one in data.onsets[0].series) == 1
    assert "(1 more could not be judged)" in data.onsets[0].sentence
    clean, judged = data.pictures[1], data.pictures[5]
    assert [value for _, value in clean.series[0].points] == [0.0]
    assert [value for _, value in judged.series[0].points] == pytest.approx([97.0, 30.0])
    assert "In 1 it was less than" in judged.sentence


def test_areas_come_in_the_order_in_which_they_joined_in(world: World) -> None:
    world.practise(4, a_repetition(1, CHIN))
    world.practise(3, a_repetition(1, EYE))
    world.practise(2, a_repetition(1, EYE), card=SMILE)

    data = world.report()

    # What joined in but once needs no picture.
    assert [one.title for one in data.onsets] == ["Small closed smile: the right eye"]
    assert data.onset_words == "Hardly ever in this period: Small closed smile, the chin: 1 of 3 practices."


def test_a_face_that_has_become_quiet_is_drawn_all_the_same(world: World) -> None:
    world.practise(60, joining(1, 2.0))
    for days_ago in (9, 8, 7):
        world.practise(days_ago, a_repetition(1))

    (onset,) = world.report(days=28).onsets

    joined, quiet = onset.series
    assert joined.points == ()
    assert [value for _, value in quiet.points] == [5.25] * 3
    assert onset.sentence.startswith("Joined in during 0 of 3 practices.")


def test_weeks_of_long_ago_say_nothing_of_now(world: World) -> None:
    for days_ago in range(70, 49, -2):
        world.practise(days_ago, joining(1, 2.0 if days_ago > 63 else 4.0))
    world.practise(2, a_repetition(1))

    (onset,) = world.report().onsets

    assert "got further" not in onset.sentence
    assert "Too few full weeks to compare with the start" in onset.sentence
    assert "0 of 1 in the last four weeks" in onset.sentence


def test_the_other_courses_are_those_of_their_rows(practised: World) -> None:
    coupling, clean, symmetry, resting, felt, judged = practised.report().pictures

    assert {value for _, value in coupling.series[0].points} == {0.3}
    # Week by week, each exercise by itself.
    assert [(one.name, one.joined) for one in clean.series] == [("Small closed smile", True)]
    assert [round(value, 3) for _, value in clean.series[0].points] == [33.333] * 12
    assert clean.sentence == "Small closed smile 48 of 144."
    assert [round(value, 3) for _, value in symmetry.series[0].points] == [80.0] * 12
    assert "Small closed smile 80" in symmetry.sentence
    eye, corner, brow = resting.series
    assert {value for _, value in eye.points} == {-1.0}
    assert {value for _, value in corner.points} == {-0.5}
    assert brow.points == ()
    assert [one.name for one in felt.series] == ["pain", "tightness", "effort", "eye comfort"]
    assert [value for _, value in felt.series[0].points] == [0.5] * 12  # the middle of 0, 0, 1 and 2
    assert [value for _, value in felt.series[1].points] == [3.0] * 12
    assert "The strongest pain was 2 of 10" in felt.sentence
    assert {round(value) for _, value in judged.series[0].points} == {97}


# --- treatments


def test_a_treatment_has_the_middles_before_and_after_and_the_noise(practised: World) -> None:
    toxin, visit = practised.report().treated

    # Four weeks before, and four from the sixteenth day on: toxin needs two weeks to settle, and its day is in neither.
    since, until = TREATED + timedelta(days=15), TREATED + timedelta(days=43)
    before = [v for day, v in practised.onsets.items() if TREATED - timedelta(days=28) <= day < TREATED]
    after = [v for day, v in practised.onsets.items() if since <= day < until]
    assert (toxin.letter, toxin.what) == ("A", "Botulinum toxin, mentalis, 2.5 units")
    onset, coupling, clean, symmetry, tightness = toxin.figures
    assert onset.what == "Smile before the right eye joins in"
    assert onset.before == f"{median(before):.1f} mm, {len(before)} practices"
    assert onset.after == f"{median(after):.1f} mm, {len(after)} practices"
    assert onset.noise.endswith(" mm")
    assert onset.compared == "more, beyond them"
    assert (coupling.before.split(",")[0], coupling.compared) == ("0.30 mm", "within them")
    assert clean.before.split(",")[0] == "33 %"
    assert symmetry.before.split(",")[0] == "80 %"
    assert tightness.before == f"3.0 of 10, {len(before)} sessions"
    assert (visit.letter, visit.what, visit.figures) == ("", "Therapy visit", ())


def test_nothing_is_compared_across_another_treatment(world: World) -> None:
    for days_ago in range(60, 0, -1):
        world.practise(days_ago, joining(1, 2.0 if days_ago > 30 else 4.0))
    for days_ago in (30, 26):
        day = TODAY - timedelta(days=days_ago)
        world.records.add_treatment(world.uid, "botulinum_toxin", day, "Thea Kay", NOW)

    first, second = world.report().treated

    assert (first.letter, first.figures) == ("A", ())
    assert (second.letter, second.figures) == ("B", ())


# --- what people entered


def test_the_latest_figure_stands_beside_the_one_before_and_says_no_more_than_the_noise_allows(
    world: World,
) -> None:
    for days_ago, total in ((200, 80), (60, Fraction(560, 9)), (9, Fraction(400, 9))):
        day = TODAY - timedelta(days=days_ago)
        world.records.add_assessment(world.uid, "saq", day, {}, {"saq": Fraction(total)}, "Thea Kay", NOW)
    day = TODAY - timedelta(days=9)
    world.records.add_assessment(
        world.uid, "house_brackmann", day, {}, {"house_brackmann": 3}, "Thea Kay", NOW
    )

    brackmann, saq = world.report().assessed

    assert (brackmann.scale, brackmann.figure, brackmann.before_day) == ("House-Brackmann", "III", None)
    assert (saq.figure, saq.before) == ("44.4 points", "62.2 points")
    assert saq.before_day == TODAY - timedelta(days=60)
    assert "so not taken for a change" in saq.change


def test_only_what_waits_is_told_the_oldest_first(world: World) -> None:
    write = world.records.write_note
    done = write(world.uid, "patient", "Anna", "Done with.", NOW - timedelta(days=9))
    world.records.mark_done(done.uid, world.uid, "Thea Kay", NOW)
    write(world.uid, "therapist", "Thea Kay", "An answer.", NOW - timedelta(days=8))
    write(world.uid, "patient", "Anna", "My eye waters.", NOW - timedelta(days=3))
    write(
        world.uid,
        "patient",
        "Anna",
        "",
        NOW - timedelta(days=1),
        kind="appointment",
        preferred_times=("Tuesdays", "Friday mornings"),
    )

    data = world.report()

    assert [(one.kind, one.text) for one in data.open] == [
        ("note", "My eye waters."),
        ("asks for an appointment", "Tuesdays; Friday mornings"),
    ]
    assert any("appointment" in flag for flag in data.flags)


def test_nobody_else_is_read_for_the_flags(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.records.create_patient("Somebody Else", None, NOW)
    read, everybody = [], Records.everybody

    def watched(records: Records, **asked: object) -> object:
        found = everybody(records, **asked)  # type: ignore[arg-type]
        read.extend(one.person.uid for one in found)
        return found

    monkeypatch.setattr(Records, "everybody", watched)

    world.report()

    assert read == [world.uid]


def test_flags_are_those_of_the_morning_page(world: World) -> None:
    world.prescribe(30)
    world.practise(20, a_repetition(1))

    assert any("No practice for" in flag for flag in world.report().flags)


def test_the_rules_that_made_the_figures_are_named(practised: World) -> None:
    data = practised.report()

    assert data.engines == (ENGINE_VERSION,)
    assert data.cards == (f"Small closed smile {practised.library.exercises[SMILE].version[:6]}",)


def test_another_person_is_not_in_it(practised: World) -> None:
    other = practised.records.create_patient("Somebody else", Side.LEFT, NOW)
    data = gather(practised.records, practised.library, other.uid, practised.report().first, TODAY, NOW, "T")

    assert data.onsets == ()
    assert data.treated == ()
    assert data.practised.sentences == ()


def test_a_report_of_a_log_has_two_pages(practised: World) -> None:
    assert len(PdfReader(io.BytesIO(report_pdf(practised.report()))).pages) == 2
