"""History, treatments, assessments and notes; and beside each practice what it comes to, also for those of old."""

import json
from itertools import groupby
from statistics import median
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# As it was counted when this step was written.
JUDGED_ENOUGH = 0.8
AT_A_TIME = 500


def _belongs(table: str, *columns: sa.Column[Any], **checks: str) -> None:
    """A table of rows that go with their person, with these checks by name."""
    whose = sa.Column("patient_uid", sa.String(32), nullable=False)
    has_uid = columns[0].name == "uid"
    columns = (columns[0], whose, *columns[1:]) if has_uid else (whose, *columns)
    op.create_table(
        table,
        *columns,
        sa.PrimaryKeyConstraint("uid" if has_uid else "patient_uid", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name=f"fk_{table}_patient", ondelete="CASCADE"
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
    )


def _moment(name: str, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _entered() -> tuple[sa.Column[Any], ...]:
    """By whom and when; and by whom and when it was taken back."""
    return (
        sa.Column("author", sa.String(200), nullable=False),
        _moment("created_at", nullable=False),
        _moment("withdrawn_at"),
        sa.Column("withdrawn_by", sa.String(200)),
    )


def upgrade() -> None:
    """Make the tables, add the column, and count the practices that are there."""
    _belongs(
        "history",
        sa.Column("cause", sa.String(11)),
        sa.Column("onset", sa.Date),
        sa.Column("contraindications", sa.JSON, nullable=False),
        sa.Column("leave_out", sa.Text, nullable=False),
        _moment("updated_at", nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        cause="cause IN ('bells_palsy', 'ramsay_hunt', 'trauma', 'other')",
    )
    withdrawn = "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"
    _belongs(
        "treatment",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("sites", sa.JSON, nullable=False),
        sa.Column("dose_text", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        *_entered(),
        kind="kind IN ('botulinum_toxin', 'surgery', 'therapy_visit', 'other')",
        withdrawn=withdrawn,
    )
    op.create_index("ix_treatment_patient_uid_day", "treatment", ["patient_uid", "day"])
    _belongs(
        "assessment",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("scale", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("items", sa.JSON, nullable=False),
        sa.Column("totals", sa.JSON, nullable=False),
        *_entered(),
        withdrawn=withdrawn,
    )
    op.create_index("ix_assessment_patient_uid_scale_day", "assessment", ["patient_uid", "scale", "day"])
    _belongs(
        "note",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("sender", sa.String(9), nullable=False),
        sa.Column("kind", sa.String(11), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("preferred_times", sa.JSON, nullable=False),
        _moment("created_at", nullable=False),
        _moment("seen_at"),
        sa.Column("seen_by", sa.String(200)),
        _moment("done_at"),
        sa.Column("done_by", sa.String(200)),
        sender="sender IN ('patient', 'therapist')",
        kind="kind IN ('note', 'appointment')",
        seen="(seen_at IS NULL) = (seen_by IS NULL)",
        done="(done_at IS NULL) = (done_by IS NULL)",
        done_was_seen="done_at IS NULL OR seen_at IS NOT NULL",
    )
    op.create_index("ix_note_patient_uid_created_at", "note", ["patient_uid", "created_at"])
    op.create_index("ix_note_done_at", "note", ["done_at"])

    op.add_column("practice", sa.Column("tally", sa.JSON))
    op.create_index("ix_practice_started_at", "practice", ["started_at"])
    op.create_index("ix_session_started_at", "session", ["started_at"])
    _count()


def _count() -> None:
    """What each practice comes to, some hundreds at a time."""
    database = op.get_bind()
    uids = [uid for (uid,) in database.execute(sa.text("SELECT uid FROM practice"))]
    for first in range(0, len(uids), AT_A_TIME):
        some = {"uids": uids[first : first + AT_A_TIME]}
        joined = {
            key: list(rows)
            for key, rows in groupby(
                database.execute(
                    _among(
                        "SELECT practice_uid, repetition_number, pattern, side, onset_amplitude_mm, warned_at_seconds "
                        "FROM unwanted_movement WHERE practice_uid IN :uids "
                        "ORDER BY practice_uid, repetition_number, position"
                    ),
                    some,
                ),
                lambda row: (row.practice_uid, row.repetition_number),
            )
        }
        repetitions = database.execute(
            _among(
                "SELECT practice_uid, number, ended_at_seconds - started_at_seconds AS length, clean, judged_share, "
                "CAST(unseen AS VARCHAR) AS unseen "
                "FROM repetition WHERE practice_uid IN :uids ORDER BY practice_uid, number"
            ),
            some,
        )
        tallies = [
            {"whose": uid, "tally": json.dumps(_tally(list(rows), joined))}
            for uid, rows in groupby(repetitions, lambda row: row.practice_uid)
        ]
        if tallies:
            value = ":tally" if database.dialect.name == "sqlite" else "CAST(:tally AS JSON)"
            database.execute(sa.text(f"UPDATE practice SET tally = {value} WHERE uid = :whose"), tallies)


def _among(query: str) -> sa.TextClause:
    return sa.text(query).bindparams(sa.bindparam("uids", expanding=True))


def _tally(repetitions: list[Any], joined: dict[tuple[str, int], list[Any]]) -> dict[str, Any]:
    areas: dict[tuple[str, str], list[Any]] = {}
    counted = warned = 0
    for repetition in repetitions:
        unwanted = joined.get((repetition.practice_uid, repetition.number), [])
        for row in unwanted:
            areas.setdefault((row.pattern, row.side or ""), []).append(row)
        told = any(row.warned_at_seconds is not None for row in unwanted)
        if repetition.judged_share >= JUDGED_ENOUGH and (told or json.loads(repetition.unseen) == []):
            counted += 1
            warned += told
    moving = sum(row.length for row in repetitions)
    return {
        "done": len(repetitions),
        "clean": sum(bool(row.clean) for row in repetitions),
        "counted": counted,
        "warned": warned,
        "judged": sum(row.length * row.judged_share for row in repetitions) / moving if moving > 0 else None,
        "joined": [
            [pattern, side, len({row.repetition_number for row in rows}), _median(rows)]
            for (pattern, side), rows in areas.items()
        ],
    }


def _median(rows: list[Any]) -> float | None:
    onsets = [row.onset_amplitude_mm for row in rows if row.onset_amplitude_mm is not None]
    return median(onsets) if onsets else None


def downgrade() -> None:
    """Take the tables and the column away again, and with them what therapists and patients wrote."""
    op.drop_index("ix_session_started_at", "session")
    op.drop_index("ix_practice_started_at", "practice")
    op.drop_column("practice", "tally")
    for table in ("note", "assessment", "treatment", "history"):
        op.drop_table(table)
