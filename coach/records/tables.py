"""The tables: people, their practices, the repetitions in them, and what joined in."""

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
    MetaData,
    String,
    TypeDecorator,
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

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    affected: Mapped[Side | None] = mapped_column(_side("affected"))
    created_at: Mapped[datetime]


class PracticeRow(Table):
    """One practice of one exercise; `ending` stays empty until it is ended on purpose."""

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("ending IN ('finished', 'stopped')", name="ending"),
        CheckConstraint("judged_share BETWEEN 0 AND 1", name="judged_share"),
        Index(None, "patient_uid", "started_at"),
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
    repetitions: Mapped[list[RepetitionRow]] = relationship(
        order_by="RepetitionRow.number", passive_deletes=True
    )


class RepetitionRow(Table):
    """One finished repetition; times in seconds since the practice began, NULL means unseen.

    `unseen` lists the patterns of which nothing is known; `resting_...` is the shape of the face in the rest before it.
    """

    __tablename__ = "repetition"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("judged_share BETWEEN 0 AND 1", name="judged_share"),
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
    unwanted: Mapped[list[UnwantedMovementRow]] = relationship(
        order_by="UnwantedMovementRow.position", passive_deletes=True
    )


class UnwantedMovementRow(Table):
    """One area that joined in during a repetition; no side means the midline."""

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
    onset_amplitude_mm: Mapped[float]
    warned_at_seconds: Mapped[float | None]
