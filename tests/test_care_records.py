"""People and their care: written with an author, read back as written, and never anybody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from practices import CHIN, EYE, FULL, STARTED, a_repetition, begin
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from weeks import SMILE, five, well

from coach.clinic import assessed
from coach.clinic.entries import SHEETS, Entry
from coach.face import Side
from coach.records import Records, RecordsError, open_records
from coach.records.care_history import History, Person
from coach.records.ledger import theirs
from coach.records.tables import PracticeRow

MIGRATIONS = Path(__file__).resolve().parent.parent / "coach" / "records" / "migrations"
DAY = date(2026, 3, 20)
LATER = STARTED + timedelta(hours=2)
BERLIN = ZoneInfo("Europe/Berlin")
TABLES = ("history", "treatment", "assessment", "note")

A_HISTORY = History(
    cause="bells_palsy",
    onset=date(2024, 11, 3),
    contraindications=("hemifacial spasm on the other side", "contact lens"),
    leave_out="Nothing with closed eyes\nfor now, \u2728.",
)


@pytest.fixture
def anna(records: Records) -> str:
    return records.create_patient("Anna Example", Side.LEFT, STARTED).uid


@pytest.fixture
def ben(records: Records) -> str:
    return records.create_patient("Ben Example", None, LATER).uid


# People


def test_everybody_is_listed_in_the_order_in_which_they_came(records: Records, anna: str, ben: str) -> None:
    assert records.patients() == [
        Person(anna, "Anna Example", Side.LEFT, STARTED),
        Person(ben, "Ben Example", None, LATER),
    ]
    assert records.person(ben) == Person(ben, "Ben Example", None, LATER)


def test_the_profile_of_this_computer_is_one_of_them(records: Records) -> None:
    profile = records.profile()

    (person,) = records.patients()
    assert (person.uid, person.name, person.affected) == (profile.uid, "Me", None)


def test_somebody_new_came_now_unless_a_moment_is_given(records: Records) -> None:
    before = datetime.now(timezone.utc)

    person = records.create_patient("  Cleo  ")

    assert (person.name, person.affected) == ("Cleo", None)
    assert before <= person.created_at <= datetime.now(timezone.utc)
    assert records.patients() == [person]


def test_a_name_may_change(records: Records, anna: str, ben: str) -> None:
    records.rename(anna, "Anna Beispiel")

    assert [person.name for person in records.patients()] == ["Anna Beispiel", "Ben Example"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "two\nlines", "bell\x07", "half \ud800"])
def test_what_is_no_name_is_refused(records: Records, anna: str, name: str) -> None:
    with pytest.raises(RecordsError, match="The name "):
        records.create_patient(name)
    with pytest.raises(RecordsError, match="The name "):
        records.rename(anna, name)

    assert [person.name for person in records.patients()] == ["Anna Example"]


# History


def test_a_history_comes_back_as_written_with_its_author(records: Records, anna: str) -> None:
    kept = records.keep_history(anna, A_HISTORY, "Dr Kay", STARTED)

    assert kept == replace(A_HISTORY, updated_at=STARTED, author="Dr Kay")
    assert records.history(anna) == kept


def test_a_later_history_takes_its_place(records: Records, anna: str) -> None:
    records.keep_history(anna, A_HISTORY, "Dr Kay", STARTED)

    records.keep_history(anna, History(cause="trauma"), "Dr Lee", LATER)

    assert records.history(anna) == History(cause="trauma", updated_at=LATER, author="Dr Lee")


def test_without_a_history_there_is_none(records: Records, anna: str) -> None:
    assert records.history(anna) is None


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (History(cause="stroke"), "cause is 'stroke'; allowed: bells_palsy, ramsay_hunt, trauma, other"),  # type: ignore[arg-type]
        (
            History(onset=date(2026, 4, 2)),
            "onset is 2026-04-02; allowed: a day from 1900-01-01 to 2026-03-30",
        ),
        (History(onset=date(1066, 10, 14)), "onset is 1066-10-14"),
        (History(contraindications=("a\nb",)), "contraindications is 'a\\\\nb'; allowed: one line"),
        (History(contraindications=("",)), "contraindications has 0 letters"),
        (History(contraindications="lens"), "contraindications are one text"),  # type: ignore[arg-type]
        (History(contraindications=tuple(map(str, range(41)))), "contraindications are 41"),
        (History(leave_out="x" * 4001), "text on what to leave out has 4001 letters; allowed: 0 to 4000"),
    ],
)
def test_what_makes_no_history_is_told(records: Records, anna: str, history: History, told: str) -> None:
    with pytest.raises(RecordsError, match=told):
        records.keep_history(anna, history, "Dr Kay", STARTED)

    assert records.history(anna) is None


@pytest.mark.parametrize(
    ("onset", "months"),
    [
        (date(2026, 3, 20), 0),
        (date(2026, 2, 21), 0),
        (date(2026, 2, 20), 1),
        (date(2025, 3, 20), 12),
        (date(2025, 3, 21), 11),
        (date(2026, 3, 21), 0),
        (None, None),
    ],
)
def test_months_since_onset_are_whole_ones(onset: date | None, months: int | None) -> None:
    assert History(onset=onset).months_since_onset(DAY) == months


# Treatments


def test_treatments_come_back_in_the_order_of_their_days(records: Records, anna: str) -> None:
    visit = records.add_treatment(anna, "therapy_visit", DAY, "Dr Kay", STARTED)
    toxin = records.add_treatment(
        anna,
        "botulinum_toxin",
        DAY - timedelta(days=60),
        "Dr Kay",
        LATER.astimezone(BERLIN),
        sites=["orbicularis oculi, right", "mentalis", "mentalis"],
        dose_text="2 x 2.5 units, 5 units",
        note="As in autumn.\nNo massage on the first day.",
    )

    assert records.treatments(anna) == [toxin, visit]
    assert toxin.sites == ("orbicularis oculi, right", "mentalis")
    assert (toxin.patient_uid, toxin.author, toxin.created_at) == (anna, "Dr Kay", LATER)
    assert (visit.sites, visit.dose_text, visit.note) == ((), "", "")


def test_a_withdrawn_treatment_is_gone_from_all_charts_and_stays_in_the_table(
    records: Records, anna: str
) -> None:
    slip = records.add_treatment(anna, "surgery", DAY, "Dr Kay", STARTED)

    records.withdraw_treatment(slip.uid, anna, "Dr Lee", LATER)
    records.withdraw_treatment(
        slip.uid, anna, "Dr Kay", LATER + timedelta(days=1)
    )  # told twice: as first told

    assert records.treatments(anna) == []
    with records.engine.connect() as connection:
        row = connection.execute(text("SELECT author, withdrawn_by FROM treatment")).one()
    assert tuple(row) == ("Dr Kay", "Dr Lee")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"kind": "magic"}, "kind is 'magic'; allowed: botulinum_toxin, surgery, therapy_visit, other"),
        ({"day": date(2027, 4, 1)}, "day is 2027-04-01"),
        ({"day": STARTED}, "day is 2026-03-29 00:30:00"),
        ({"author": " "}, "author has 0 letters; allowed: 1 to 200"),
        ({"dose_text": "x" * 201}, "dose has 201 letters"),
        ({"sites": ["a", " "]}, "sites has 0 letters"),
        ({"note": "\x00"}, "note has signs in it"),
        ({"at": STARTED.replace(tzinfo=None)}, "has no time zone"),
    ],
)
def test_what_makes_no_treatment_is_told(
    records: Records, anna: str, changed: dict[str, Any], told: str
) -> None:
    given = {"kind": "botulinum_toxin", "day": DAY, "author": "Dr Kay", "at": STARTED} | changed

    with pytest.raises(RecordsError, match=told):
        records.add_treatment(anna, **given)

    assert records.treatments(anna) == []


# Assessments


def test_an_assessment_keeps_its_totals_exactly(records: Records, anna: str) -> None:
    items, totals = (
        {"eating": 3, "sleep": None},
        {"fdi_physical": Fraction(125, 3), "fdi_social": None, "n": 7},
    )

    kept = records.add_assessment(anna, "fdi", DAY, items, totals, "Dr Kay", STARTED)

    assert records.assessments(anna) == [kept]
    assert (kept.items, kept.totals) == (items, totals)
    assert (kept.patient_uid, kept.scale, kept.day, kept.author) == (anna, "fdi", DAY, "Dr Kay")


def test_assessments_can_be_asked_for_by_scale(records: Records, anna: str) -> None:
    later = records.add_assessment(anna, "saq", DAY, {}, {"saq": 40}, "Dr Kay", STARTED)
    other = records.add_assessment(anna, "face", DAY, {}, {"face": 70}, "Dr Kay", STARTED)
    sooner = records.add_assessment(anna, "saq", DAY - timedelta(days=30), {}, {"saq": 50}, "Dr Kay", LATER)

    assert records.assessments(anna, "saq") == [sooner, later]
    assert {one.uid for one in records.assessments(anna)} == {sooner.uid, later.uid, other.uid}
    records.withdraw_assessment(later.uid, anna, "Dr Kay", LATER)
    assert records.assessments(anna, "saq") == [sooner]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"scale": ""}, "scale has 0 letters"),
        ({"day": date(2026, 4, 2)}, "day is 2026-04-02"),
        ({"items": {"a": float("nan")}}, "items cannot be written down"),
        ({"items": {"a": "x" * 10_001}}, "items have 100\\d\\d letters"),
        ({"totals": {"saq": 22.2}}, "total is 22.2; allowed: a whole number, a fraction, or None"),
    ],
)
def test_what_makes_no_assessment_is_told(
    records: Records, anna: str, changed: dict[str, Any], told: str
) -> None:
    given = {
        "scale": "saq",
        "day": DAY,
        "items": {},
        "totals": {},
        "author": "Dr Kay",
        "at": STARTED,
    } | changed

    with pytest.raises(RecordsError, match=told):
        records.add_assessment(anna, **given)

    assert records.assessments(anna) == []


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
def test_every_sheet_comes_back_from_the_log_as_it_was_filled_in(
    records: Records, anna: str, sheet: Any
) -> None:
    answers = {
        item.id: item.choices[-1].id if item.choices else item.highest
        for item in sheet.items
        if item.id not in sheet.either[0]
    }
    entry = Entry.of(sheet, answers)

    kept = assessed.keep(records, anna, entry, DAY, "Dr Kay", STARTED)

    (read,) = records.assessments(anna, sheet.id)
    assert read == kept
    assert assessed.entry_of(read) == entry
    assert read.totals == {figure.scale.id: figure.raw for figure in entry.figures}


# Notes


def test_notes_come_back_newest_first(records: Records, anna: str) -> None:
    first = records.write_note(anna, "patient", "Anna", "My eye was dry.\nIt is better.", STARTED)
    answer = records.write_note(anna, "therapist", "Dr Kay", "Good. Smaller, please.", LATER)

    assert records.notes(anna) == [answer, first]
    assert (first.patient_uid, first.sender, first.kind, first.author) == (anna, "patient", "note", "Anna")
    assert (first.seen_at, first.seen_by, first.done_at, first.done_by) == (None, None, None, None)


def test_a_wish_for_an_appointment_needs_no_words(records: Records, anna: str) -> None:
    wish = records.write_note(
        anna, "patient", "Anna", "", STARTED, kind="appointment", preferred_times=["Mondays", "after 5 pm"]
    )

    assert records.notes(anna) == [wish]
    assert (wish.text, wish.preferred_times) == ("", ("Mondays", "after 5 pm"))


def test_the_first_look_and_the_first_done_count(records: Records, anna: str) -> None:
    note = records.write_note(anna, "patient", "Anna", "Hello", STARTED)

    records.mark_seen(note.uid, anna, "Dr Kay", LATER)
    records.mark_seen(note.uid, anna, "Dr Lee", LATER + timedelta(days=1))
    records.mark_done(note.uid, anna, "Dr Lee", LATER + timedelta(days=2))
    records.mark_done(note.uid, anna, "Dr Kay", LATER + timedelta(days=3))

    (note,) = records.notes(anna)
    assert (note.seen_at, note.seen_by) == (LATER, "Dr Kay")
    assert (note.done_at, note.done_by) == (LATER + timedelta(days=2), "Dr Lee")


def test_what_is_done_was_seen_and_can_be_opened_again(records: Records, anna: str) -> None:
    note = records.write_note(anna, "patient", "Anna", "Hello", STARTED)

    records.mark_done(note.uid, anna, "Dr Kay", LATER)
    assert records.notes(anna)[0].seen_by == "Dr Kay"
    records.mark_open(note.uid, anna)

    (note,) = records.notes(anna)
    assert (note.seen_at, note.done_at, note.done_by) == (LATER, None, None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sender": "nobody"}, "sender is 'nobody'; allowed: patient, therapist"),
        ({"kind": "poem"}, "kind is 'poem'; allowed: note, appointment"),
        ({"text": " \n "}, "text has 0 letters; allowed: 1 to 4000"),
        ({"preferred_times": ["Monday"]}, "only with the wish for an appointment"),
        ({"author": "a\nb"}, "author is 'a\\\\nb'; allowed: one line"),
    ],
)
def test_what_makes_no_note_is_told(records: Records, anna: str, changed: dict[str, Any], told: str) -> None:
    given = {"sender": "patient", "author": "Anna", "text": "Hello", "at": STARTED} | changed

    with pytest.raises(RecordsError, match=told):
        records.write_note(anna, **given)

    assert records.notes(anna) == []


# Whose it is


def test_nobody_reads_or_changes_another_persons_care(records: Records, anna: str, ben: str) -> None:
    records.keep_history(anna, A_HISTORY, "Dr Kay", STARTED)
    treatment = records.add_treatment(anna, "surgery", DAY, "Dr Kay", STARTED)
    assessment = records.add_assessment(anna, "saq", DAY, {}, {"saq": 40}, "Dr Kay", STARTED)
    note = records.write_note(anna, "patient", "Anna", "Hello", STARTED)
    calls: list[Callable[[], None]] = [
        lambda: records.withdraw_treatment(treatment.uid, ben, "Dr Kay", LATER),
        lambda: records.withdraw_assessment(assessment.uid, ben, "Dr Kay", LATER),
        lambda: records.mark_seen(note.uid, ben, "Ben", LATER),
        lambda: records.mark_done(note.uid, ben, "Ben", LATER),
        lambda: records.mark_open(note.uid, ben),
        lambda: records.mark_done("nothing", anna, "Dr Kay", LATER),
    ]

    for call in calls:
        with pytest.raises(RecordsError, match=r"no \w+ \w+ of this person"):
            call()

    assert records.history(ben) is None
    assert (records.treatments(ben), records.assessments(ben), records.notes(ben)) == ([], [], [])
    assert records.treatments(anna) == [treatment]
    assert records.assessments(anna) == [assessment]
    assert records.notes(anna) == [note]


def test_nothing_is_written_for_nobody(records: Records) -> None:
    calls: list[Callable[[], object]] = [
        lambda: records.rename("nobody", "Somebody"),
        lambda: records.person("nobody"),
        lambda: records.keep_history("nobody", A_HISTORY, "Dr Kay", STARTED),
        lambda: records.add_treatment("nobody", "surgery", DAY, "Dr Kay", STARTED),
        lambda: records.add_assessment("nobody", "saq", DAY, {}, {}, "Dr Kay", STARTED),
        lambda: records.write_note("nobody", "patient", "Anna", "Hello", STARTED),
    ]

    for call in calls:
        with pytest.raises(RecordsError, match="no profile nobody"):
            call()


def test_care_goes_with_the_person_it_belongs_to(records: Records, anna: str, ben: str) -> None:
    for uid in (anna, ben):
        records.keep_history(uid, A_HISTORY, "Dr Kay", STARTED)
        records.add_treatment(uid, "surgery", DAY, "Dr Kay", STARTED)
        records.add_assessment(uid, "saq", DAY, {}, {}, "Dr Kay", STARTED)
        records.write_note(uid, "patient", "Anna", "Hello", STARTED)

    with records.engine.begin() as connection:
        connection.execute(text("DELETE FROM patient WHERE uid = :uid"), {"uid": anna})
        left = [connection.execute(text(f"SELECT patient_uid FROM {name}")).all() for name in TABLES]

    assert left == [[(ben,)]] * len(TABLES)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history SET cause = 'stroke'",
        "UPDATE treatment SET kind = 'magic'",
        "UPDATE treatment SET withdrawn_by = 'Dr Kay'",
        "UPDATE assessment SET withdrawn_by = 'Dr Kay'",
        "UPDATE note SET sender = 'nobody'",
        "UPDATE note SET kind = 'poem'",
        "UPDATE note SET seen_by = 'Dr Kay'",
        "UPDATE note SET done_by = 'Dr Kay'",
        "UPDATE note SET done_at = created_at, done_by = 'Dr Kay'",
    ],
)
def test_the_tables_refuse_what_makes_no_sense(records: Records, anna: str, change: str) -> None:
    records.keep_history(anna, A_HISTORY, "Dr Kay", STARTED)
    records.add_treatment(anna, "surgery", DAY, "Dr Kay", STARTED)
    records.add_assessment(anna, "saq", DAY, {}, {}, "Dr Kay", STARTED)
    records.write_note(anna, "patient", "Anna", "Hello", STARTED)

    with records.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(change))


# What a practice comes to


def counted(records: Records, uid: str) -> Any:
    """What is kept beside a practice."""
    with records._read() as database:
        return theirs(database, PracticeRow, uid, records.profile().uid).tally


def test_a_practice_without_a_repetition_comes_to_nothing(records: Records) -> None:
    assert counted(records, begin(records, SMILE)) is None


def test_what_a_practice_comes_to_is_what_its_repetitions_say(records: Records) -> None:
    uid = begin(records, SMILE)
    brief = replace(EYE, warned_at=None, onset_amplitude_mm=5.0)
    for repetition in (
        well(1, EYE, replace(EYE, onset_amplitude_mm=6.0), CHIN),
        well(2, brief),
        well(3, replace(CHIN, onset_amplitude_mm=None)),
        well(4, unseen=("chin",)),  # of the chin nothing is known, so not of this one either
        well(5, EYE, unseen=("chin",)),  # here it is known all the same: something was warned of
        well(6, EYE, judged_share=0.5, ended_at=120.0 + 23.0),
    ):
        records.add_repetition(uid, repetition)

    assert counted(records, uid) == {
        "done": 6,
        "clean": 1,
        "counted": 4,
        "warned": 2,
        "judged": pytest.approx((5 * 11.5 * 0.97 + 23 * 0.5) / (6 * 11.5 + 11.5)),
        "joined": [["oral-ocular-narrow", "right", 4, 4.1], ["chin", "", 2, 5.0]],
    }


def test_the_same_repetition_twice_is_counted_once(records: Records) -> None:
    uid = begin(records, SMILE)

    for _ in range(2):
        records.add_repetition(uid, well(1, EYE))

    assert counted(records, uid)["done"] == 1


def test_repetitions_written_at_the_same_time_are_all_counted(records: Records) -> None:
    uid = begin(records, SMILE)
    faults: list[BaseException] = []

    def write(numbers: range) -> None:
        try:
            for number in numbers:
                records.add_repetition(uid, well(number, EYE))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(range(first, 25, 4),)) for first in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    tallied = counted(records, uid)
    assert (tallied["done"], tallied["warned"], tallied["joined"][0][2]) == (24, 24, 24)


# Logs of earlier versions


def migrate(database: str, revision: str) -> None:
    """Take the tables down to one version, as that version left them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(database)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()


def test_the_practices_of_an_earlier_log_are_counted_when_it_is_opened(database: str) -> None:
    """Those without a repetition stay without; the rest comes to the same as if it had been counted at once."""
    first = open_records(database)
    uids = [begin(first, SMILE) for _ in range(4)]
    for number, practice in enumerate(uids[:3]):
        for repetition in five(joining=number):
            first.add_repetition(practice, repetition)
    first.add_repetition(uids[0], replace(FULL, number=9, unseen=("chin",), judged_share=0.4))
    first.add_repetition(uids[1], a_repetition(9, replace(CHIN, onset_amplitude_mm=None), CHIN))
    before = [counted(first, uid) for uid in uids]
    practices = first.practices(first.profile().uid)
    first.close()
    migrate(database, "0004")

    second = open_records(database)

    assert [counted(second, uid) for uid in uids] == before
    assert [one and one["done"] for one in before] == [6, 6, 5, None]
    assert second.practices(second.profile().uid) == practices
    second.add_repetition(uids[3], well(1, EYE))
    assert counted(second, uids[3])["warned"] == 1
    assert all(not second.notes(person.uid) for person in second.patients())
    second.close()
