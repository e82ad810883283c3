"""Accounts, who is signed in, wrong tries, invitations, and the record of what happened, which only grows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_REFUSAL = "What happened is only added to, never changed."


def upgrade() -> None:
    """Make the tables; nothing that is there is touched."""
    op.create_table(
        "account",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("role", sa.String(13), nullable=False),
        sa.Column("sign_in_name", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("second_step", sa.String(64)),
        sa.Column("second_step_used", sa.Integer),
        sa.Column("patient_uid", sa.String(32)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("uid", name="pk_account"),
        sa.UniqueConstraint("sign_in_name", name="uq_account_sign_in_name"),
        sa.UniqueConstraint("patient_uid", name="uq_account_patient_uid"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name="fk_account_patient", ondelete="CASCADE"
        ),
        sa.CheckConstraint("role IN ('patient', 'therapist', 'administrator')", name=op.f("ck_account_role")),
        sa.CheckConstraint("(role = 'patient') = (patient_uid IS NOT NULL)", name=op.f("ck_account_whose")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_uid", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in"),
        sa.ForeignKeyConstraint(
            ["account_uid"], ["account.uid"], name="fk_sign_in_account", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_sign_in_account_uid", "sign_in", ["account_uid"])
    op.create_table(
        "wrong_try",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("name_key", sa.String(64), nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_wrong_try"),
    )
    op.create_index("ix_wrong_try_name_key_at", "wrong_try", ["name_key", "at"])
    op.create_index("ix_wrong_try_address_key_at", "wrong_try", ["address_key", "at"])
    op.create_table(
        "invitation",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(13), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("patient_uid", sa.String(32)),
        sa.Column("account_uid", sa.String(32)),
        sa.Column("made_by", sa.String(32)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("uid", name="pk_invitation"),
        sa.UniqueConstraint("code_hash", name="uq_invitation_code_hash"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name="fk_invitation_patient", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_uid"], ["account.uid"], name="fk_invitation_account", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "kind IN ('setup', 'patient', 'therapist', 'administrator', 'password')",
            name=op.f("ck_invitation_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'patient') = (patient_uid IS NOT NULL)", name=op.f("ck_invitation_whose")
        ),
        sa.CheckConstraint(
            "(kind = 'password') = (account_uid IS NOT NULL)", name=op.f("ck_invitation_account")
        ),
    )
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("account_uid", sa.String(32)),
        sa.Column("patient_uid", sa.String(32)),
        sa.Column("address_key", sa.String(64)),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_patient_uid", "audit_event", ["patient_uid"])
    head = op.create_table(
        "audit_head",
        sa.Column("uid", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_audit_head"),
    )
    op.bulk_insert(head, [{"uid": 1, "number": 0, "hash": "0" * 64}])
    _only_grows()


def _only_grows() -> None:
    """The database itself refuses to change or delete what happened."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_event_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_only_grows()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_event_no_{change.lower()} BEFORE {change} ON audit_event "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def downgrade() -> None:
    """Take the tables away again, and with them who may come in and what happened."""
    for table in ("audit_head", "audit_event", "invitation", "wrong_try", "sign_in", "account"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_only_grows()")
