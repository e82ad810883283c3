"""A clinic with as many invented people as wanted and a year of practice each, written in bulk: for benchmarks only.

Every figure is drawn by lot and every name says so. What the rows of a practice come to is kept beside it as the log
itself would have done; a test holds the two against each other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent)]

import numpy as np
from sqlalchemy import Connection

from coach.prescription import Item
from coach.records import Records
from coach.records.care_tables import NoteRow, TreatmentRow
from coach.records.tables import (
    PatientRow,
    PracticeRow,
    PrescriptionRow,
    RepetitionRow,
    SessionRow,
    Table,
    UnwantedMovementRow,
    WatchedAreaRow,
)

CARDS = ("small-closed-smile", "small-pucker")
PATTERNS = ("oral-ocular-narrow", "platysma", "chin", "cheek-nlf", "brow-lift", "nasal")
MOVEMENTS = ("eye_narrowing", "corner_up", "chin_raise", "cheek_raise", "brow_raise", "nose_wrinkle")
REPETITIONS, HOLD_SECONDS, TURN_SECONDS = 5, 5.0, 19.0
LIVES = ("steady", "relapsing", "idle", "stopped", "hurting", "asking", "ready", "in the dark")
TABLES = (
    PatientRow,
    PrescriptionRow,
    SessionRow,
    PracticeRow,
    RepetitionRow,
    UnwantedMovementRow,
    WatchedAreaRow,
    NoteRow,
    TreatmentRow,
)


@dataclass(frozen=True, slots=True)
class Invented:
    """One person; `life` says what their year is like."""

    uid: str
    number: int
    life: str
    level: int


@dataclass
class Rows:
    """Rows on their way into the tables, as plain tuples in the order of the columns."""

    connection: Connection
    waiting: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def add(self, table: str, *values: Any) -> None:
        self.waiting.setdefault(table, []).append(values)

    def add_named(self, kind: type[Table], **values: Any) -> None:
        self.add(kind.__tablename__, *(values.get(column.name) for column in kind.__table__.columns))

    def write(self) -> None:
        mark = "?" if self.connection.dialect.name == "sqlite" else "%s"
        for kind in TABLES:  # whoever is named by others first
            rows = self.waiting.pop(kind.__tablename__, [])
            if not rows:
                continue
            columns = [column.name for column in kind.__table__.columns]
            marks = ", ".join(mark for _ in columns)
            insert = f"INSERT INTO {kind.__tablename__} ({', '.join(columns)}) VALUES ({marks})"
            self.connection.exec_driver_sql(insert, rows)


def fill(
    records: Records,
    now: datetime,
    *,
    people: int = 500,
    weeks: int = 52,
    practices_a_week: int = 5,
    seed: int = 5,
    told: Callable[[int], None] = lambda week: None,
) -> list[Invented]:
    """Write the whole clinic in one go; `told` hears of every week that is done."""
    rng = np.random.default_rng(seed)
    invented = [
        Invented(_uid(rng), number, LIVES[number % len(LIVES)], 3 + number % 2) for number in range(people)
    ]
    sqlite = records.engine.dialect.name == "sqlite"
    with records.engine.connect() as connection:
        if sqlite:  # thrown away if the power goes
            connection.exec_driver_sql("PRAGMA cache_size=-1000000")
        rows = Rows(connection)
        moment = _moment_in_sqlite if sqlite else _as_it_is
        for one in invented:
            _begin(rows, one, now - timedelta(weeks=weeks, days=1), moment, rng)
        for week in range(weeks):
            for number in range(practices_a_week):
                day = (
                    now
                    - timedelta(weeks=weeks - 1 - week)
                    - timedelta(days=6 - number * 6 / practices_a_week)
                )
                for one in invented:
                    if not (one.life == "idle" and day > now - timedelta(days=9)):
                        latest = week == weeks - 1 and number == practices_a_week - 1
                        _practise(rows, one, day, number, week >= weeks - 2, latest, moment, rng)
            rows.write()
            connection.commit()
            told(week)
        for one in invented:
            _talk(rows, one, now, moment, rng)
        rows.write()
        connection.commit()
        if sqlite:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return invented


def _begin(
    rows: Rows, one: Invented, at: datetime, moment: Callable[[datetime], Any], rng: np.random.Generator
) -> None:
    """Who they are, and four versions of what is prescribed to them."""
    rows.add("patient", one.uid, f"Invented {one.number:03d} ({one.life})", "right", moment(at), "mirror")
    items = [
        Item(card=card, level=one.level).model_dump(mode="json")
        for card in (CARDS if one.number % 2 else CARDS[:1])
    ]
    for version in range(1, 5):
        rows.add_named(
            PrescriptionRow,
            uid=_uid(rng),
            patient_uid=one.uid,
            version=version,
            created_at=moment(at + timedelta(days=60 * (version - 1))),
            author="Invented author",
            stage="movement_control",
            half_mirror=_truth(rows, False),
            sessions_per_day=2,
            days="[]",
            items=json.dumps(items),
        )


def _practise(
    rows: Rows,
    one: Invented,
    day: datetime,
    number: int,
    lately: bool,
    latest: bool,
    moment: Callable[[datetime], Any],
    rng: np.random.Generator,
) -> None:
    """One session with one practice."""
    at = day - timedelta(minutes=float(rng.uniform(0, 120)))
    session, practice = _uid(rng), _uid(rng)
    card = CARDS[number % 2] if one.number % 2 else CARDS[0]
    comfort = {"eyes": [], "new_signs": [], "muscles": [], "pain": int(rng.integers(0, 3)), "tightness": 3}
    feelings = {"tightness": 3, "effort": 2, "eye_comfort": 8, "pain": comfort["pain"]}
    ending = "finished"
    if one.life == "stopped" and latest:
        comfort["eyes"], ending = ["redness", "light"], "safety"
    if one.life == "hurting" and lately:
        feelings["pain"] = 5
    rows.add(
        "session",
        *(session, one.uid, None, moment(at), moment(at + timedelta(minutes=6)), ending),
        *(json.dumps(comfort), moment(at), '["comfort", "rest"]'),
        None if ending == "safety" else json.dumps(feelings),
    )
    if ending == "safety":
        return
    joins = {"relapsing": 0.6 if lately else 0.08, "ready": 0.02}.get(one.life, 0.2)
    judged = 0.35 if one.life == "in the dark" else 0.95
    tally = _repetitions(rows, practice, joins, judged, rng)
    rows.add_named(
        PracticeRow,
        uid=practice,
        patient_uid=one.uid,
        card_id=card,
        card_name=card.replace("-", " ").capitalize(),
        card_version="0" * 12,
        engine_version="0.0",
        affected="right",
        sensitivity="default",
        repetitions_planned=REPETITIONS,
        started_at=moment(at),
        ended_at=moment(at + timedelta(seconds=REPETITIONS * TURN_SECONDS + 20)),
        ending="finished",
        judged_share=judged,
        session_uid=session,
        item=1,
        level=one.level,
        feedback="every",
        is_check=_truth(rows, False),
        tally=json.dumps(tally),
    )


def _repetitions(
    rows: Rows, practice: str, joins: float, judged: float, rng: np.random.Generator
) -> dict[str, Any]:
    """The repetitions of a practice with all that was watched; gives back what they come to."""
    chance = rng.random((REPETITIONS, len(PATTERNS)))
    sizes = rng.random((REPETITIONS, 12)).round(3).tolist()
    clean, counted, warned = 0, 0, 0
    areas: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for index in range(REPETITIONS):
        number, size = index + 1, sizes[index]
        began = number * TURN_SECONDS
        told, position = False, 0
        for pattern, (name, movement) in enumerate(zip(PATTERNS, MOVEMENTS, strict=True)):
            side = None if name == "chin" else "right"
            rows.add("watched_area", practice, number, pattern, name, side, size[pattern], size[-1], judged)
            if pattern < 3 and chance[index, pattern] < joins:
                onset = 3.0 + size[pattern]
                late = bool(chance[index, pattern] < 0.8 * joins)
                rows.add(
                    "unwanted_movement",
                    *(practice, number, position, name, movement, side, began + 2.0, began + 4.0),
                    *(1.5 + size[-1], onset, began + 2.7 if late else None),
                )
                areas.setdefault((name, side or ""), []).append((number, onset))
                told, position = told or late, position + 1
        is_clean = position == 0
        clean += is_clean
        if judged >= 0.8:
            counted, warned = counted + 1, warned + told
        rows.add(
            "repetition",
            *(practice, number, began, began + TURN_SECONDS, 3.0 + size[6], 3.2 + size[7], 0.8 + size[8] / 5),
            *(HOLD_SECONDS - size[9], _truth(rows, is_clean), judged, "[]", 8.0, 9.0 + size[10], -1.0, None),
            *("smile", None, "[]", 2.5, 2.0, 0.8, _truth(rows, False)),
        )
    moving = REPETITIONS * TURN_SECONDS
    return {
        "done": REPETITIONS,
        "clean": clean,
        "counted": counted,
        "warned": warned,
        "judged": sum(TURN_SECONDS * judged for _ in range(REPETITIONS)) / moving,
        "joined": [
            [name, side, len({number for number, _ in found}), median(onset for _, onset in found)]
            for (name, side), found in areas.items()
        ],
    }


def _talk(
    rows: Rows, one: Invented, now: datetime, moment: Callable[[datetime], Any], rng: np.random.Generator
) -> None:
    """A treatment each, many notes that are done, and some that wait."""
    day = (now - timedelta(weeks=20)).date()
    rows.add(
        "treatment",
        *(_uid(rng), one.uid, "botulinum_toxin", str(day) if _sqlite(rows) else day, '["orbicularis oculi"]'),
        *("invented", "", "Invented author", moment(now - timedelta(weeks=20)), None, None),
    )
    for weeks_ago in range(2, 42, 4):
        at = moment(now - timedelta(weeks=weeks_ago))
        rows.add(
            "note",
            *(_uid(rng), one.uid, "patient", "note", "Invented", "Invented words.", "[]", at),
            *(at, "Invented author", at, "Invented author"),
        )
    if one.life == "asking":
        rows.add(
            "note",
            *(_uid(rng), one.uid, "patient", "appointment", "Invented", "", '["Monday, 9 to 12"]'),
            *(moment(now - timedelta(days=2)), None, None, None, None),
        )


def _uid(rng: np.random.Generator) -> str:
    return rng.bytes(16).hex()


def _sqlite(rows: Rows) -> bool:
    return rows.connection.dialect.name == "sqlite"


def _truth(rows: Rows, value: bool) -> Any:
    return int(value) if _sqlite(rows) else bool(value)


def _as_it_is(at: datetime) -> datetime:
    return at


def _moment_in_sqlite(at: datetime) -> str:
    return f"{at.astimezone(timezone.utc).replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"
