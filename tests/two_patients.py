"""Two patients with something unmistakable in every table of the database, so that any of it can be found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from practices import EYE, WATCHED, a_repetition
from reception import OTHER, PASSWORD
from sqlalchemy import select
from weeks import PUCKER, SMILE

from coach.assignment import Assignment
from coach.clinic.accounts import Role
from coach.clinic.assessed import keep
from coach.clinic.entries import SHEETS, Entry
from coach.clinic.sign_in import SignedIn, token_hash
from coach.clinic.who import Reception
from coach.face import Side
from coach.prescription import Item, Prescription
from coach.records import Records
from coach.records.care_history import History
from coach.records.clinic_tables import AccountRow, InvitationRow, SignInRow, WrongTryRow
from coach.records.tables import Table, TraceRow
from coach.trace import Trace

NOBODYS = frozenset({"audit_head"})
"""The tables that hold nothing of anybody. Every other one is taken for personal."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured of a person: numbers that stand nowhere else. The first four in mm."""

    amplitude: float
    onset: float
    peak: float
    course: float
    coupling: float
    clock: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Planted:
    """A person in the database. By table: `marks` of theirs that some may see, `secrets` that nobody may."""

    name: str
    uid: str
    session: str
    practice: str
    token: str
    marks: Mapping[str, tuple[str, ...]]
    secrets: Mapping[str, tuple[str, ...]]


ANA = ("Ana", "Opal", Figures(13.6191, 11.2293, 15.8173, 14.27, 0.7351, (5, 21)))
BEN = ("Ben", "Quarz", Figures(17.3191, 12.7293, 16.4173, 18.43, 0.6173, (3, 47)))


def two_patients(records: Records, reception: Reception, now: datetime) -> tuple[Planted, Planted]:
    """Ana and Ben."""
    return _plant(records, reception, now, *ANA), _plant(records, reception, now, *BEN)


def _plant(
    records: Records, reception: Reception, now: datetime, first: str, tag: str, figures: Figures
) -> Planted:
    # At a time of day that is not now: what a page says of this moment is no mark.
    then = (now - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    person = records.create_patient(f"{first} {tag}", Side.LEFT, then - timedelta(days=400))
    uid = person.uid
    requested = _care(records, uid, tag, then)
    prescription = records.prescribe(
        uid,
        Prescription(
            created_at=then - timedelta(days=30),
            author=f"Dr {tag} prescription",
            times=f"{tag} times",
            stage="movement_control",
            items=(Item(card=SMILE.id), Item(card=PUCKER.id)),
        ),
    )
    session = practice = ""
    for days in (20, 13, 6, 2, 1):
        session, practice = _session(
            records, uid, tag, figures, then - timedelta(days=days), prescription.uid
        )
    under_way = records.begin_session(uid, prescription.uid, _comfort(2), then)
    sign_in_name = f"{first}.{tag}".lower()
    token, secrets = _account(records, reception, uid, tag, sign_in_name, now)
    account = reception.account_named(sign_in_name)
    assert account is not None
    hour, minute = figures.clock
    return Planted(
        person.name,
        uid,
        session,
        practice,
        token,
        {
            "patient": (person.name, uid),
            "history": (f"{tag} contraindication", f"{tag} leave out", f"Dr {tag} history"),
            "treatment": (f"{tag} site", f"{tag} dose", f"{tag} treatment note", f"Dr {tag} treatment"),
            "assessment": (f"Dr {tag} assessment",),
            "sheet_request": (requested, f"Dr {tag} request"),
            "dealt_stop": (f"{tag} dealt with", f"Dr {tag} stops"),
            "note": (f"{tag} question", f"{tag} answer", f"{tag} days", f"Dr {tag} answers"),
            "prescription": (f"Dr {tag} prescription", f"{tag} times", prescription.uid),
            "session": (session, under_way, f"{hour:02}:{minute:02}"),
            "practice": (practice, f"{tag} smile", f"{hour:02}:{minute + 2:02}"),
            "repetition": (f"{figures.amplitude:.4f}"[:4],),
            "unwanted_movement": (f"{figures.onset:.4f}"[:4], f"{figures.peak:.4f}"[:4]),
            "watched_area": (f"{figures.coupling:.4f}"[:5],),
            "trace": (f"{figures.course:.2f}",),
            "account": (account.uid, sign_in_name),
            "audit_event": (f"{tag} audit",),
        },
        secrets,
    )


def _care(records: Records, uid: str, tag: str, now: datetime) -> str:
    """Everything that is written by hand; gives the sheet that is asked for."""
    today = now.date()
    records.keep_history(
        uid,
        History("trauma", date(2024, 5, 4), (f"{tag} contraindication",), f"{tag} leave out"),
        f"Dr {tag} history",
        now - timedelta(days=90),
    )
    treated = {"sites": (f"{tag} site",), "dose_text": f"{tag} dose", "note": f"{tag} treatment note"}
    author = f"Dr {tag} treatment"
    records.add_treatment(uid, "botulinum_toxin", today - timedelta(days=10), author, now, **treated)
    slip = records.add_treatment(uid, "other", today - timedelta(days=9), author, now)
    records.withdraw_treatment(slip.uid, uid, author, now)
    sheet = SHEETS["fdi"]
    entry = Entry.of(sheet, {item.id: 3 for item in sheet.items})
    for days in (60, 3):
        keep(records, uid, entry, today - timedelta(days=days), f"Dr {tag} assessment", now)
    asked = now - timedelta(days=2)
    records.write_note(uid, "patient", f"{tag} author", f"{tag} question", asked)
    wished = {"kind": "appointment", "preferred_times": (f"{tag} days",)}
    records.write_note(uid, "patient", f"{tag} author", f"{tag} wish", asked, **wished)
    records.write_note(uid, "therapist", f"Dr {tag} answers", f"{tag} answer", now - timedelta(days=1))
    stopped = now - timedelta(days=40)
    session = records.begin_session(uid, None, {**_comfort(0), "new_signs": ["rash"]}, stopped)
    records.end_session(session, uid, "safety", stopped)
    records.deal_with_stops(uid, stopped, f"{tag} dealt with", f"Dr {tag} stops", now - timedelta(days=39))
    return records.request_sheet(uid, sheet.id, f"Dr {tag} request", now).uid


def _session(
    records: Records, uid: str, tag: str, figures: Figures, day: datetime, prescription: str
) -> tuple[str, str]:
    """One session with a practice of three repetitions, each with all that can be known of it."""
    hour, minute = figures.clock
    at = day.replace(hour=hour, minute=minute)
    session = records.begin_session(uid, prescription, _comfort(1), at)
    card = SMILE.model_copy(update={"name": f"{tag} smile"})
    began = at + timedelta(minutes=2)
    assigned = Assignment(card.id, session=session, item=1, prescription=prescription)
    practice = records.begin_practice(uid, card, Side.LEFT, assigned, began)
    joined = replace(EYE, side=Side.LEFT, onset_amplitude_mm=figures.onset, peak_mm=figures.peak)
    areas = tuple(
        replace(
            area,
            side=area.side and Side.LEFT,
            coupling=figures.coupling,
            peak_mm=figures.peak,
            seen_share=1.0,
        )
        for area in WATCHED
    )
    for number in (1, 2, 3):
        repetition = replace(
            a_repetition(number, joined),
            movement="smile",
            amplitude_left_mm=figures.amplitude,
            amplitude_right_mm=figures.amplitude,
            symmetry=1.0,
            watched=areas,
        )
        records.add_repetition(practice, repetition, _course(repetition.started_at, figures.course))
    records.end_practice(practice, "finished", at + timedelta(minutes=5), 0.97)
    felt = {"tightness": 2, "effort": 2, "eye_comfort": 8, "pain": 0}
    records.end_session(session, uid, "finished", at + timedelta(minutes=6), felt)
    return session, practice


def _comfort(pain: int) -> dict[str, object]:
    return {"eyes": [], "new_signs": [], "muscles": [], "pain": pain, "tightness": 2}


def _course(began: float, top: float) -> Trace:
    at = began + np.arange(0.0, 4.0, 0.04)
    values = np.full((len(at), 4), 1.25)
    values[20:80] = top
    names = ("corner_up_left", "corner_out_left", "corner_up_right", "eye_narrowing_left")
    return Trace(at, names, values)


def _account(
    records: Records, reception: Reception, uid: str, tag: str, sign_in_name: str, now: datetime
) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """Invited, joined, mistyped once, signed in, and a code for a new password waits: the cookie, and the secrets."""
    invited = reception.invite(Role.PATIENT, "", now, by=None, patient_uid=uid)
    joined = reception.join(invited.code, sign_in_name, "", PASSWORD, now)
    assert isinstance(joined, SignedIn)
    account = joined.account.uid
    reception.try_sign_in(sign_in_name, OTHER, now, address=tag)
    new_password = reception.new_password_code(account, now, by=None)
    reception.note("report_made", now, who=account, whose=uid, detail=f"{tag} audit")
    with records.engine.connect() as database:

        def kept(column, *where) -> tuple[str, ...]:
            return tuple(database.scalars(select(column).where(*where)))

        return joined.token, {
            "account": kept(AccountRow.password_hash, AccountRow.uid == account),
            "sign_in": (
                joined.token,
                *kept(SignInRow.token_hash, SignInRow.token_hash == token_hash(joined.token)),
            ),
            "wrong_try": kept(WrongTryRow.name_key)[-1:],
            "invitation": (
                invited.code,
                new_password.code,
                *kept(InvitationRow.code_hash, InvitationRow.patient_uid == uid),
                *kept(InvitationRow.code_hash, InvitationRow.account_uid == account),
            ),
        }


def everything_kept(records: Records) -> dict[str, str]:
    """All that stands in each personal table, as text."""
    found = {}
    with records.engine.connect() as database:
        for table in Table.metadata.sorted_tables:
            if table.name in NOBODYS:
                continue
            rows = [row._asdict() for row in database.execute(select(table))]
            if table is TraceRow.__table__:
                rows = [
                    {**row, "data": Trace.of_parquet(row["data"]).values_mm.round(2).tolist()} for row in rows
                ]
            found[table.name] = "\n".join(str(value) for row in rows for value in row.values())
    return found
