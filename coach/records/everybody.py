"""What a page that looks at everybody needs, in a few questions to the database however many people there are.

The courses come from the tallies beside the practices, so that no repetition has to be read; single repetitions are
only given for the practices that are named. For therapists: nothing here asks whose rows they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from coach.prescription import Prescription
from coach.progression import Result
from coach.records.care_history import NoteKind, Person
from coach.records.care_tables import DealtStopRow, NoteRow
from coach.records.faults import RecordsError
from coach.records.history import SessionEnding
from coach.records.ledger import Ledger
from coach.records.prescriptions import read_prescription
from coach.records.tables import (
    PatientRow,
    PracticeRow,
    PrescriptionRow,
    RepetitionRow,
    SessionRow,
    UnwantedMovementRow,
)
from coach.records.tally import Tally
from coach.session import RESUMABLE

AT_A_TIME = 5000  # uids in one question; SQLite takes 32,766 values (sqlite.org/limits.html)


class Course(NamedTuple):
    """The practices of one exercise at one level and sensitivity, in the letters of JSON.

    They are only read when they are asked for: those of everybody at once would be more than Python tidies up quickly.
    """

    card_id: str
    level: int
    sensitivity: str
    is_check: bool
    letters: str

    @property
    def practices(self) -> list[tuple[int, Tally]]:
        """What each comes to, with the number of its week."""
        practices: list[tuple[int, Tally]] = json.loads(f"[{self.letters}]")
        return practices


class Recent(NamedTuple):
    """One practice in a session, and of how many repetitions it is known that something was warned of, or nothing."""

    uid: str
    session_uid: str
    card_id: str
    level: int
    started_at: datetime
    counted: int
    warned: int


class Said(NamedTuple):
    """What was answered in one session, in the letters of JSON: most answers are alike, and each is read once."""

    uid: str
    started_at: datetime
    comfort_at: datetime | None
    ending: SessionEnding | None
    comfort: str | None
    feelings: str | None


class Waiting(NamedTuple):
    """A patient's note, or their wish for an appointment, that is not done yet."""

    uid: str
    kind: NoteKind
    created_at: datetime
    seen_at: datetime | None
    preferred_times: Sequence[str]


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long each practice of some days lasted: its uid and its seconds."""

    practice: str
    seconds: float


@dataclass(frozen=True, slots=True)
class OnePerson:
    """What is known of one person; lists are in the order of time."""

    person: Person
    last_practice_at: datetime | None
    first_prescribed_at: datetime | None
    prescriptions: Sequence[Prescription]
    courses: Sequence[Course]
    recent: Sequence[Recent]
    practised: Sequence[Seconds]
    said: Sequence[Said]
    stops_dealt_up_to: datetime | None
    waiting: Sequence[Waiting]


class Everybody(Ledger):
    """What is known of everybody at once."""

    def everybody(
        self,
        *,
        weeks: Sequence[datetime],
        recent: datetime,
        minutes: datetime,
        said: datetime,
        versions: datetime,
        only: str | None = None,
    ) -> list[OnePerson]:
        """Everybody, or one patient `only`, with what is newer than these moments.

        `weeks` are the first moments of weeks, the newest first: they number the practices of the courses. The
        prescriptions are those since `versions`, and the one that held then.
        """
        with self._read() as database:
            people = _people(database, only)
            last = _last_practice(database, only)
            first = _first_prescribed(database, only)
            prescribed = _prescriptions(database, versions, only)
            courses = _courses(database, weeks, only)
            practices = _recent(database, recent, only)
            practised = _practised(database, minutes, only)
            answered = _said(database, said, only)
            dealt = _stops_dealt_up_to(database, only)
            waiting = _waiting(database, only)
        return [
            OnePerson(
                person=person,
                last_practice_at=last.get(person.uid),
                first_prescribed_at=first.get(person.uid),
                prescriptions=prescribed.get(person.uid, ()),
                courses=courses.get(person.uid, ()),
                recent=practices.get(person.uid, ()),
                practised=practised.get(person.uid, ()),
                said=answered.get(person.uid, ()),
                stops_dealt_up_to=dealt.get(person.uid),
                waiting=waiting.get(person.uid, ()),
            )
            for person in people
        ]

    def results(self, practice_uids: Iterable[str]) -> dict[str, list[Result]]:
        """How each repetition of these practices went, as the levels count it."""
        warned = (
            select(UnwantedMovementRow.position)
            .where(
                UnwantedMovementRow.practice_uid == RepetitionRow.practice_uid,
                UnwantedMovementRow.repetition_number == RepetitionRow.number,
                UnwantedMovementRow.warned_at_seconds.is_not(None),
            )
            .exists()
        )
        query = select(
            RepetitionRow.practice_uid,
            RepetitionRow.hold_seconds,
            RepetitionRow.symmetry,
            RepetitionRow.judged_share,
            RepetitionRow.unseen,
            warned,
        ).order_by(RepetitionRow.practice_uid, RepetitionRow.number)
        found: dict[str, list[Result]] = defaultdict(list)
        uids = iter(practice_uids)
        with self._read() as database:
            while some := list(islice(uids, AT_A_TIME)):
                # By the plain connection here and below: many rows, and none of them is to become an object.
                for uid, hold, symmetry, judged, unseen, told in database.connection().execute(
                    query.where(RepetitionRow.practice_uid.in_(some))
                ):
                    found[uid].append(
                        Result(hold, symmetry, True if told else None if unseen else False, judged)
                    )
        return found

    def said(self, session_uids: Iterable[str]) -> dict[str, Said]:
        """What was answered in these sessions."""
        found: dict[str, Said] = {}
        uids = iter(session_uids)
        with self._read() as database:
            while some := list(islice(uids, AT_A_TIME)):
                for row in database.connection().execute(select(*_SAID).where(SessionRow.uid.in_(some))):
                    found[row.uid] = Said(*row)
        return found


_SAID = (
    SessionRow.uid,
    SessionRow.started_at,
    SessionRow.comfort_at,
    SessionRow.ending,
    cast(SessionRow.comfort, Text),
    cast(SessionRow.feelings, Text),
)

# What was only opened and left is no practice: a timer is finished, everything else has a repetition and so a tally.
_PRACTISED = or_(PracticeRow.ending == "finished", PracticeRow.tally.is_not(None))


def _of(column: InstrumentedAttribute[str], only: str | None) -> ColumnElement[bool]:
    """Everybody's rows, or those of one patient."""
    return true() if only is None else column == only


def _people(database: Session, only: str | None) -> list[Person]:
    query = (
        select(PatientRow.uid, PatientRow.name, PatientRow.affected, PatientRow.created_at)
        .where(_of(PatientRow.uid, only))
        .order_by(PatientRow.created_at, PatientRow.uid)
    )
    return [Person(*row) for row in database.connection().execute(query)]


def _last_practice(database: Session, only: str | None) -> dict[str, datetime | None]:
    # One look into the index for each person; a GROUP BY would go through all practices there are.
    last = (
        select(PracticeRow.started_at)
        .where(PracticeRow.patient_uid == PatientRow.uid, _PRACTISED)
        .order_by(PracticeRow.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return dict(
        database.connection()
        .execute(select(PatientRow.uid, last).where(_of(PatientRow.uid, only)))
        .tuples()
        .all()
    )


def _first_prescribed(database: Session, only: str | None) -> dict[str, datetime]:
    query = select(PrescriptionRow.patient_uid, PrescriptionRow.created_at).where(
        PrescriptionRow.version == 1, _of(PrescriptionRow.patient_uid, only)
    )
    return dict(database.connection().execute(query).tuples().all())


def _prescriptions(database: Session, since: datetime, only: str | None) -> dict[str, list[Prescription]]:
    """The oldest first; one that this version of the coach cannot read is left out, and the rest of the page stays."""
    held = (
        select(PrescriptionRow.patient_uid, func.max(PrescriptionRow.version))
        .where(PrescriptionRow.created_at < since, _of(PrescriptionRow.patient_uid, only))
        .group_by(PrescriptionRow.patient_uid)
    )
    query = (
        select(PrescriptionRow)
        .where(
            _of(PrescriptionRow.patient_uid, only),
            or_(
                PrescriptionRow.created_at >= since,
                tuple_(PrescriptionRow.patient_uid, PrescriptionRow.version).in_(held),
            ),
        )
        .order_by(PrescriptionRow.patient_uid, PrescriptionRow.version)
    )
    found: dict[str, list[Prescription]] = defaultdict(list)
    for row in database.scalars(query):
        try:
            found[row.patient_uid].append(read_prescription(row))
        except RecordsError:
            continue
    return found


def _courses(database: Session, weeks: Sequence[datetime], only: str | None) -> dict[str, list[Course]]:
    # Gathered by the database: row by row this takes longer than everything else here together.
    week = case(*((PracticeRow.started_at >= start, number) for number, start in enumerate(weeks)))
    practice = "[" + cast(week, Text) + "," + cast(PracticeRow.tally, Text) + "]"
    same = (PracticeRow.card_id, PracticeRow.level, PracticeRow.sensitivity, PracticeRow.is_check)
    query = (
        select(PracticeRow.patient_uid, *same, func.aggregate_strings(practice, ","))
        .where(
            PracticeRow.started_at >= weeks[-1],
            PracticeRow.tally.is_not(None),
            _of(PracticeRow.patient_uid, only),
        )
        .group_by(PracticeRow.patient_uid, *same)
    )
    found: dict[str, list[Course]] = defaultdict(list)
    for patient_uid, *values in database.connection().execute(query):
        found[patient_uid].append(Course(*values))
    return found


def _recent(database: Session, since: datetime, only: str | None) -> dict[str, list[Recent]]:
    query = (
        select(
            PracticeRow.patient_uid,
            PracticeRow.uid,
            PracticeRow.session_uid,
            PracticeRow.card_id,
            PracticeRow.level,
            PracticeRow.started_at,
            PracticeRow.tally["counted"].as_integer(),
            PracticeRow.tally["warned"].as_integer(),
        )
        .where(
            PracticeRow.started_at >= since,
            PracticeRow.tally.is_not(None),
            PracticeRow.session_uid.is_not(None),
            PracticeRow.is_check.is_(False),
            _of(PracticeRow.patient_uid, only),
        )
        .order_by(PracticeRow.started_at)
    )
    found: dict[str, list[Recent]] = defaultdict(list)
    for patient_uid, *values in database.connection().execute(query):
        found[patient_uid].append(Recent(*values))
    return found


def _practised(database: Session, since: datetime, only: str | None) -> dict[str, list[Seconds]]:
    """As PracticeRecord.seconds: a practice that was cut off lasted from its first repetition to its last."""
    cut_off = (
        select(func.max(RepetitionRow.ended_at_seconds) - func.min(RepetitionRow.started_at_seconds))
        .where(RepetitionRow.practice_uid == PracticeRow.uid)
        .scalar_subquery()
    )
    query = (
        select(
            PracticeRow.patient_uid,
            PracticeRow.uid,
            PracticeRow.started_at,
            PracticeRow.ended_at,
            case((PracticeRow.ended_at.is_(None), cut_off)),
        )
        .where(PracticeRow.started_at >= since, _PRACTISED, _of(PracticeRow.patient_uid, only))
        .order_by(PracticeRow.started_at)
    )
    found: dict[str, list[Seconds]] = defaultdict(list)
    for patient_uid, uid, started_at, ended_at, seen in database.connection().execute(query):
        seconds = seen if ended_at is None else (ended_at - started_at).total_seconds()
        found[patient_uid].append(Seconds(uid, float(seconds or 0.0)))
    return found


def _said(database: Session, since: datetime, only: str | None) -> dict[str, list[Said]]:
    """Also of sessions that began a little earlier: they could be gone on with, and were answered anew then."""
    query = (
        select(SessionRow.patient_uid, *_SAID)
        .where(SessionRow.started_at >= since - RESUMABLE, _of(SessionRow.patient_uid, only))
        .order_by(SessionRow.started_at)
    )
    found: dict[str, list[Said]] = defaultdict(list)
    for patient_uid, *values in database.connection().execute(query):
        found[patient_uid].append(Said(*values))
    return found


def _stops_dealt_up_to(database: Session, only: str | None) -> dict[str, datetime]:
    query = (
        select(DealtStopRow.patient_uid, func.max(DealtStopRow.up_to))
        .where(_of(DealtStopRow.patient_uid, only))
        .group_by(DealtStopRow.patient_uid)
    )
    return dict(database.connection().execute(query).tuples().all())


def _waiting(database: Session, only: str | None) -> dict[str, list[Waiting]]:
    query = (
        select(
            NoteRow.patient_uid,
            NoteRow.uid,
            NoteRow.kind,
            NoteRow.created_at,
            NoteRow.seen_at,
            NoteRow.preferred_times,
        )
        .where(NoteRow.done_at.is_(None), NoteRow.sender == "patient", _of(NoteRow.patient_uid, only))
        .order_by(NoteRow.created_at)
    )
    found: dict[str, list[Waiting]] = defaultdict(list)
    for patient_uid, *values in database.connection().execute(query):
        found[patient_uid].append(Waiting(*values))
    return found
