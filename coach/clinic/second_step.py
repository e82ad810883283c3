"""The second step of signing in, for staff who want it: a code from the phone, after the password."""

from __future__ import annotations

from datetime import datetime

from coach.clinic.accounts import STAFF, AccountRefused, Role, the_account
from coach.clinic.sign_in import NotSignedIn, SignedIn, SignIns
from coach.clinic.totp import SECRET_BYTES, secret_from, step_of
from coach.records.ledger import moment


class SecondStep(SignIns):
    """Turns the second step on and off, and goes through it."""

    def try_code(
        self,
        account_uid: str,
        code: str,
        now: datetime,
        *,
        address: str | None = None,
        token: str | None = None,
    ) -> SignedIn | NotSignedIn:
        """The second step, after a password that was right; wrong codes count like wrong passwords."""
        refused = self._use_code(account_uid, code, now, address)
        if refused is not None:
            return refused
        with self._write() as database:
            return self._start(database, the_account(database, account_uid), now, address, token)

    def new_second_step(self) -> str:
        """A secret for the app on a phone; it counts once a code from it has been given."""
        return secret_from(self._random_bytes(SECRET_BYTES))

    def set_second_step(
        self,
        account_uid: str,
        password: str,
        secret: str,
        code: str,
        now: datetime,
        *,
        address: str | None = None,
    ) -> NotSignedIn | None:
        """Ask for codes of this secret from now on; None: done.

        Raises:
            AccountRefused: the code is none of this secret, or codes are asked for already.
        """
        step = step_of(secret, code, moment(now), None)
        if step is None:
            raise AccountRefused("second_step", "This code does not belong to this secret.")
        refused = self._prove(account_uid, password, now, address)
        if refused is not None:
            return refused
        with self._write() as database:
            row = the_account(database, account_uid)
            if Role(row.role) not in STAFF or row.second_step is not None:
                raise AccountRefused(
                    "second_step", "Codes are for staff, and one phone at a time gives them."
                )
            row.second_step, row.second_step_used = secret, step
            self._note(database, "second_step_set", now, who=account_uid, address=address)
        return None

    def stop_second_step(
        self, account_uid: str, code: str, now: datetime, *, address: str | None = None
    ) -> NotSignedIn | None:
        """Ask for no codes any more, for whoever has the phone in hand; None: done."""
        refused = self._use_code(account_uid, code, now, address)
        if refused is None:
            self._drop(account_uid, now, account_uid, address)
        return refused

    def drop_second_step(
        self, account_uid: str, now: datetime, *, by: str | None = None, address: str | None = None
    ) -> None:
        """Ask for no codes any more because the phone is lost; a colleague who may decides it."""
        if by == account_uid:
            raise AccountRefused("not_theirs", "Somebody else has to decide this.")
        with self._write() as database:
            self._managed(database, account_uid, by)
        self._drop(account_uid, now, by, address)

    def _use_code(
        self, account_uid: str, code: str, now: datetime, address: str | None
    ) -> NotSignedIn | None:
        with self._write() as database:
            self._one_at_a_time(database)
            row = the_account(database, account_uid)
            trying = self._begin_try(database, row.sign_in_name, address, moment(now))
            if not isinstance(trying, int):
                step = None
                if row.second_step is not None and row.revoked_at is None:
                    step = step_of(row.second_step, code, now, row.second_step_used)
                if step is None:
                    self._note(database, "code_refused", now, who=account_uid, address=address)
                    return NotSignedIn("wrong")
                row.second_step_used = step
                self._forgive(database, trying)
                return None
        self.refused("code_waits", now, who=account_uid, address=address)
        return NotSignedIn("wait", trying)

    def _drop(self, account_uid: str, now: datetime, by: str | None, address: str | None) -> None:
        with self._write() as database:
            row = the_account(database, account_uid)
            row.second_step = row.second_step_used = None
            self._note(
                database,
                "second_step_dropped",
                now,
                who=by,
                address=address,
                detail=f"{row.role} {account_uid}",
            )
