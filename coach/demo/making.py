"""The demonstration's own database: every invented life is lived, then written through the same log as real ones."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import partial
from pathlib import Path
from sqlite3 import Connection

from sqlalchemy import URL, event
from sqlalchemy.pool import ConnectionPoolEntry

from coach import ENGINE_VERSION
from coach.clinic.accounts import Role
from coach.clinic.mode import Mode
from coach.clinic.who import Reception
from coach.demo import marking
from coach.demo.alone import alone
from coach.demo.care import keep_care
from coach.demo.life import Life, Practised, Sat
from coach.demo.living import live
from coach.demo.people import PEOPLE, THERAPIST
from coach.demo.person import Person
from coach.face import Side
from coach.library import EXERCISES, Library, load_library
from coach.prescription import Prescription
from coach.records import Records, open_records

WEEKS = 26
SEED = 5
TRACES_FOR = timedelta(weeks=3)
"""Traces of repetitions are kept for so long only; of half a year they would be fifty times the rest."""


def make_demo(
    folder: Path,
    today: date,
    *,
    weeks: float = WEEKS,
    people: Sequence[Person] = PEOPLE,
    seed: int = SEED,
    zone: tzinfo = timezone.utc,
    traces_for: timedelta = TRACES_FOR,
    workers: int | None = None,
    on_person: Callable[[str], None] = lambda name: None,
) -> Path:
    """Make the demonstration in `folder`, in place of an older one; gives the database back.

    It ends on the evening before `today` and is the same for the same arguments, but for the uids of its rows and what
    its therapist signs in with. With one worker all is done in this process; `on_person` is told who is finished.

    Raises:
        DemoRefused: the folder is no place for it.
    """
    marking.check(folder)
    door = marking.Door("ada", secrets.token_urlsafe(12))
    with marking.in_place_of(folder, how(today, weeks, len(people), seed), door) as making:
        library = _shipped()
        records = open_records(
            URL.create("sqlite", database=str(making / marking.DATABASE)).render_as_string()
        )
        try:
            with _hastily(records):
                began = datetime.combine(today - timedelta(weeks=weeks), time(), zone)
                Reception(records.engine, Mode(clinic=False)).create_account(
                    Role.THERAPIST, door.sign_in_name, THERAPIST, door.password, began
                )
                lived = partial(_lived, today, weeks, seed, zone, traces_for)
                for number, life in enumerate(_lives(people, lived, workers)):
                    write(records, life, library, today, zone, number)
                    on_person(life.person.name)
        finally:
            records.close()
    return folder / marking.DATABASE


def how(today: date, weeks: float, patients: int, seed: int = SEED) -> marking.Made:
    """What a demonstration is made of; one that was made of the same need not be made again."""
    return {
        "today": today.isoformat(),
        "weeks": weeks,
        "patients": patients,
        "seed": seed,
        "engine": ENGINE_VERSION,
        "therapist": THERAPIST,
    }


# --- living


def _shipped() -> Library:
    """The cards that come with the coach; a therapist's own have no place in a demonstration."""
    return load_library(own=EXERCISES)


def _lived(today: date, weeks: float, seed: int, zone: tzinfo, traces_for: timedelta, person: Person) -> Life:
    return live(person, _shipped(), today, weeks=weeks, seed=seed, zone=zone, traces_for=traces_for)


def _lives(people: Sequence[Person], lived: Callable[[Person], Life], workers: int | None) -> Iterator[Life]:
    """All lives in the order of the people, several at once where there are processors for it."""
    at_once = min(workers or os.cpu_count() or 1, max(len(people), 1))
    if at_once == 1:
        yield from map(lived, people)
        return
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(partial(alone, lived), people)


# --- writing


@contextmanager
def _hastily(records: Records) -> Iterator[None]:
    """Do not wait for the disk at each of some ten thousand writes: if the power goes, the folder is no loss."""

    def hurry(connection: Connection, _: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    records.engine.dispose()
    event.listen(records.engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(records.engine, "connect", hurry)
        records.engine.dispose()


def write(records: Records, life: Life, library: Library, today: date, zone: tzinfo, number: int = 0) -> str:
    """Write a life down; gives the uid of its person back. `number` keeps those apart who began on the same morning."""
    person = life.person
    came = life.began - timedelta(hours=1) + timedelta(minutes=number)
    side = person.face.affected if person.affected_known else None
    uid = records.create_patient(person.name, side, came).uid
    records.set_view(uid, person.view)
    prescriptions = [records.prescribe(uid, prescription) for prescription in life.prescriptions]
    for test in life.tests:
        _write_practice(records, uid, side, test, None, None)
    for sat in life.sessions:
        _write_session(records, uid, side, sat, prescriptions[sat.prescription])
    keep_care(records, uid, life, today, zone)
    return uid


def _write_session(
    records: Records, uid: str, side: Side | None, sat: Sat, prescription: Prescription
) -> None:
    session = records.begin_session(uid, prescription.uid, sat.comfort.as_json(), sat.started_at)
    for practised in sat.practices:
        _write_practice(records, uid, side, practised, session, prescription.uid)
    _steps(records, uid, session, sat.steps)
    if sat.comfort_again is not None:
        records.comfort_again(session, uid, sat.comfort_again.as_json(), sat.ended_at)
    if sat.ending is not None:
        feelings = None if sat.feelings is None else sat.feelings.as_json()
        records.end_session(session, uid, sat.ending, sat.ended_at, feelings)


def _steps(records: Records, uid: str, session: str, steps: Iterable[str]) -> None:
    for step in steps:
        records.step_done(session, uid, step)


def _write_practice(
    records: Records,
    uid: str,
    side: Side | None,
    practised: Practised,
    session: str | None,
    prescription: str | None,
) -> None:
    assignment = replace(practised.assignment, session=session, prescription=prescription)
    began, ended = practised.started_at, practised.ended_at
    if practised.exercise.judged == "nothing":
        ending = practised.ending or "stopped"
        records.keep_timer_practice(uid, practised.exercise, side, assignment, began, ended, ending)
        return
    practice = records.begin_practice(uid, practised.exercise, side, assignment, began)
    for number, repetition in enumerate(practised.repetitions):
        trace = practised.traces[number] if practised.traces else None
        records.add_repetition(practice, repetition, trace)
    if practised.ending is not None:
        records.end_practice(practice, practised.ending, ended, practised.judged_share)
    if practised.felt is not None:
        records.keep_felt(practice, uid, practised.felt)
