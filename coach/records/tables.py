"""The tables: people, what is prescribed to them, their sessions and practices, the repetitions, and what joined in.

Where a column came later, its default is what was so before.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from coach.face import Side


class UtcTime(TypeDecorator[datetime]):
    """A moment with its time zone, kept in UTC; SQLite has no zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take the moment to UTC; one without a zone could be any of 24 and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(timezone.utc)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def _side(name: str) -> Enum:
    return Enum(
        Side,
        values_callable=lambda sides: [side.value for side in sides],
        native_enum=False,
        length=5,
        create_constraint=True,
        name=name,
    )


class Table(DeclarativeBase):
    """Base of all tables; constraints have names, so that a later migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: dict[Any, Any] = {datetime: UtcTime, float: Double}


class PatientRow(Table):
    """A person who practises."""

    __tablename__ = "patient"
    __table_args__ = (CheckConstraint("view IN ('ask', 'mirror', 'line', 'bars')", name="view"),)

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    affected: Mapped[Side | None] = mapped_column(_side("affected"))
    created_at: Mapped[datetime]
    view: Mapped[str] = mapped_column(String(6), server_default="mirror")


class PrescriptionRow(Table):
    """One version of what a person is to practise; `items` is as coach.prescription has them."""

    __tablename__ = "prescription"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("sessions_per_day >= 1", name="sessions_per_day"),
        UniqueConstraint("patient_uid", "version"),
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    version: Mapped[int]
    created_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(200))
    programme: Mapped[str | None] = mapped_column(String(100))
    stage: Mapped[str | None] = mapped_column(String(20))
    half_mirror: Mapped[bool]
    sessions_per_day: Mapped[int]
    days: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    times: Mapped[str | None] = mapped_column(String(200))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class SessionRow(Table):
    """One session; `ending` stays empty until it is ended on purpose."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("ending IN ('finished', 'stopped', 'safety')", name="ending"),
        Index(None, "patient_uid", "started_at"),
        Index(None, "started_at"),  # the latest of everybody
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    prescription_uid: Mapped[str | None] = mapped_column(ForeignKey("prescription.uid", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(8))
    comfort: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    comfort_at: Mapped[datetime | None]
    steps_done: Mapped[list[str]] = mapped_column(JSON)
    feelings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class PracticeRow(Table):
    """One practice of one exercise; `ending` stays empty until it is ended on purpose.

    `band_low` and `band_high` are empty where the band was the card's own; `felt` where it was not asked. `tally` is
    what its repetitions come to (coach.records.tally), empty while there is none.
    """

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("ending IN ('finished', 'stopped')", name="ending"),
        CheckConstraint("judged_share BETWEEN 0 AND 1", name="judged_share"),
        CheckConstraint("level BETWEEN 1 AND 6", name="level"),
        CheckConstraint("feedback IN ('every', 'half', 'after')", name="feedback"),
        Index(None, "patient_uid", "started_at"),
        Index(None, "started_at"),  # the latest of everybody
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    card_id: Mapped[str] = mapped_column(String(100))
    card_name: Mapped[str] = mapped_column(String(200))
    card_version: Mapped[str] = mapped_column(String(12))
    engine_version: Mapped[str] = mapped_column(String(20))
    affected: Mapped[Side | None] = mapped_column(_side("affected"))
    sensitivity: Mapped[str] = mapped_column(String(20))
    repetitions_planned: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(8))
    judged_share: Mapped[float | None]
    # Neither session nor prescription ever goes before its person does, and who begins a practice asks whose they are:
    # SQLite could add foreign keys only by copying the table, and dropping the old one takes all repetitions along.
    session_uid: Mapped[str | None] = mapped_column(String(32))
    item: Mapped[int | None]
    prescription_uid: Mapped[str | None] = mapped_column(String(32))
    level: Mapped[int] = mapped_column(server_default="3")
    feedback: Mapped[str] = mapped_column(String(5), server_default="every")
    is_check: Mapped[bool] = mapped_column(server_default=false())
    band_low: Mapped[float | None]
    band_high: Mapped[float | None]
    felt: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    tally: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class RepetitionRow(Table):
    """One finished repetition; times in seconds since the practice began, NULL means unseen.

    `unseen` lists the patterns of which nothing is known; `resting_...` is the shape of the face in the rest before it.
    `movement` is empty where none was measured, `side` where both sides moved.
    """

    __tablename__ = "repetition"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("judged_share BETWEEN 0 AND 1", name="judged_share"),
        CheckConstraint("isolation BETWEEN 0 AND 1", name="isolation"),
    )

    practice_uid: Mapped[str] = mapped_column(
        ForeignKey("practice.uid", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at_seconds: Mapped[float]
    ended_at_seconds: Mapped[float]
    amplitude_right_mm: Mapped[float | None]
    amplitude_left_mm: Mapped[float | None]
    symmetry: Mapped[float | None]
    hold_seconds: Mapped[float]
    clean: Mapped[bool]
    judged_share: Mapped[float]
    unseen: Mapped[list[str]] = mapped_column(JSON)
    resting_lid_gap_right_mm: Mapped[float | None]
    resting_lid_gap_left_mm: Mapped[float | None]
    resting_corner_height_mm: Mapped[float | None]
    resting_brow_height_mm: Mapped[float | None]
    movement: Mapped[str | None] = mapped_column(String(100))
    side: Mapped[Side | None] = mapped_column(_side("side"))
    corrections: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    rise_seconds: Mapped[float | None]
    release_seconds: Mapped[float | None]
    isolation: Mapped[float | None]
    muted: Mapped[bool] = mapped_column(server_default=false())
    unwanted: Mapped[list[UnwantedMovementRow]] = relationship(
        order_by="UnwantedMovementRow.position", passive_deletes=True
    )
    watched: Mapped[list[WatchedAreaRow]] = relationship(
        order_by="WatchedAreaRow.position", passive_deletes=True
    )
    trace: Mapped[TraceRow | None] = relationship(passive_deletes=True)


class UnwantedMovementRow(Table):
    """One area that joined in during a repetition; no side means the midline, no onset that none was measured."""

    __tablename__ = "unwanted_movement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["practice_uid", "repetition_number"],
            ["repetition.practice_uid", "repetition.number"],
            ondelete="CASCADE",
        ),
    )

    practice_uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    repetition_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pattern: Mapped[str] = mapped_column(String(100))
    movement: Mapped[str] = mapped_column(String(100))
    side: Mapped[Side | None] = mapped_column(_side("side"))
    started_at_seconds: Mapped[float]
    ended_at_seconds: Mapped[float]
    peak_mm: Mapped[float]
    onset_amplitude_mm: Mapped[float | None]
    warned_at_seconds: Mapped[float | None]


class WatchedAreaRow(Table):
    """What one watched area did in one repetition; no side means the midline, NULL not known."""

    __tablename__ = "watched_area"
    __table_args__ = (
        ForeignKeyConstraint(
            ["practice_uid", "repetition_number"],
            ["repetition.practice_uid", "repetition.number"],
            ondelete="CASCADE",
        ),
        CheckConstraint("seen_share BETWEEN 0 AND 1", name="seen_share"),
    )

    practice_uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    repetition_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pattern: Mapped[str] = mapped_column(String(100))
    side: Mapped[Side | None] = mapped_column(_side("side"))
    coupling: Mapped[float | None]
    peak_mm: Mapped[float | None]
    seen_share: Mapped[float]


class TraceRow(Table):
    """The course of one repetition, as coach.trace writes it."""

    __tablename__ = "trace"
    __table_args__ = (
        ForeignKeyConstraint(
            ["practice_uid", "repetition_number"],
            ["repetition.practice_uid", "repetition.number"],
            ondelete="CASCADE",
        ),
    )

    practice_uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    repetition_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
