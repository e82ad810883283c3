"""Signing in and out: a name and a password become a cookie, which counts until it is idle, old, or ended.

The cookie is 32 random bytes; the database has only its SHA-256, which is no way back. A wrong name, a wrong
password and a closed account get the same answer, after the same time.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coach.clinic.accounts import Account, Accounts, Role, account_from, row_named, the_account
from coach.clinic.tries import Tries
from coach.records.clinic_tables import AccountRow, SignInRow
from coach.records.ledger import moment

TOKEN_BYTES = 32
LONGEST_TOKEN = 64  # letters; 43 are enough
SEEN_EVERY = timedelta(minutes=1)  # how exactly it is known when somebody was last here


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one may be signed in without doing anything, and at all."""

    idle: timedelta
    absolute: timedelta


# Proposals. Patients sit at home, and signing in is a hurdle before practice; staff see other people's data.
_STAFF_LIMITS = Limits(timedelta(minutes=30), timedelta(hours=12))
LIMITS: Mapping[Role, Limits] = {
    Role.PATIENT: Limits(timedelta(hours=12), timedelta(days=30)),
    Role.THERAPIST: _STAFF_LIMITS,
    Role.ADMINISTRATOR: _STAFF_LIMITS,
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` is the cookie; nothing else in the world knows it."""

    account: Account
    token: str


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """Name and password are right; now the code from the phone."""

    account: Account


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """`wait`: nothing was looked at; `wrong`: something did not fit, and it is not said what."""

    reason: Literal["wrong", "wait"]
    wait_seconds: int = 0


class SignIns(Tries, Accounts):
    """Who is signed in where."""

    def try_sign_in(
        self,
        sign_in_name: str,
        password: str,
        now: datetime,
        *,
        address: str | None = None,
        token: str | None = None,
    ) -> SignedIn | CodeNeeded | NotSignedIn:
        """Sign somebody in; what this browser was signed in with before (`token`) ends."""
        with self._write() as database:
            trying = self._begin_try(database, sign_in_name, address, moment(now))
            row = row_named(database, sign_in_name)
            uid, kept = (None, None) if row is None else (row.uid, row.password_hash)
        if isinstance(trying, int):
            self.refused("sign_in_waits", now, address=address)
            return NotSignedIn("wait", trying)
        fits = self._passwords.fits(kept, password)
        renewed = self._passwords.hash(password) if fits and kept and self._passwords.outdated(kept) else kept
        with self._write() as database:
            row = None if uid is None else database.get(AccountRow, uid, with_for_update=True)
            # It may have been closed or have a new password since it was looked at.
            if not fits or row is None or row.password_hash != kept or row.revoked_at is not None:
                self._note(database, "sign_in_refused", now, who=uid, address=address)
                return NotSignedIn("wrong")
            row.password_hash = renewed or row.password_hash
            if row.second_step is not None:
                self._take_back(database, trying)
                return CodeNeeded(account_from(row))
            self._forgive(database, trying)
            return self._start(database, row, now, address, token)

    def change_password(
        self,
        account_uid: str,
        current: str,
        new: str,
        now: datetime,
        *,
        address: str | None = None,
    ) -> SignedIn | NotSignedIn:
        """A new password for somebody who knows the current one; all browsers are out, this one gets a new cookie.

        Raises:
            AccountRefused: the new password cannot be one.
        """
        with self._read() as database:
            row = the_account(database, account_uid)
            self._check_password(new, row.sign_in_name, row.name)
        hashed = self._passwords.hash(new)
        proven = self._prove(account_uid, current, now, address)
        if isinstance(proven, NotSignedIn):
            return proven
        with self._write() as database:
            row = the_account(database, account_uid)
            if row.revoked_at is not None:
                return NotSignedIn("wrong")
            row.password_hash = hashed
            self._end_all(database, account_uid)
            self._note(database, "password_changed", now, who=account_uid, address=address)
            return self._start(database, row, now, address, None)

    def sign_out(
        self, token: str | None, now: datetime, *, everywhere: bool = False, address: str | None = None
    ) -> None:
        """End what this browser is signed in with; or all browsers of this person."""
        if not token:
            return
        with self._write() as database:
            row = database.get(SignInRow, token_hash(token))
            if row is None:
                return
            account_uid = row.account_uid
            if everywhere:
                self._end_all(database, account_uid)
            else:
                database.delete(row)
            what = "signed_out_everywhere" if everywhere else "signed_out"
            self._note(database, what, now, who=account_uid, address=address)

    def signed_in(
        self, token: str | None, now: datetime, *, address: str | None = None, seen: bool = True
    ) -> Account | None:
        """Whose cookie this is, if it still counts; one that does not is refused, and that is noted.

        Without `seen` nobody did anything just now, and whoever is idle stays so.
        """
        if not token:
            return None
        found, moment_now = None, moment(now)
        with self._read() as database:
            kept = database.get(SignInRow, token_hash(token)) if len(token) <= LONGEST_TOKEN else None
            row = None if kept is None else database.get(AccountRow, kept.account_uid)
            if kept is not None and row is not None:
                found = account_from(row)
                over = _is_over(kept, found, moment_now)
                stale = moment_now - kept.seen_at >= SEEN_EVERY
        if found is None:
            self.refused("cookie_unknown", now, address=address)
            return None
        if over or found.revoked_at is not None:
            self._end(token, found, now, address)
            return None
        if stale and seen:
            self._seen(token, now)
        return found

    def _prove(
        self, account_uid: str, password: str, now: datetime, address: str | None
    ) -> NotSignedIn | None:
        """Whether somebody who is signed in knows the password, too: it may be another person at their desk."""
        with self._write() as database:
            self._one_at_a_time(
                database
            )  # before any account is held, as everywhere: else two could wait for ever
            row = the_account(database, account_uid)
            kept, trying = (
                row.password_hash,
                self._begin_try(database, row.sign_in_name, address, moment(now)),
            )
        if isinstance(trying, int):
            self.refused("password_waits", now, who=account_uid, address=address)
            return NotSignedIn("wait", trying)
        fits = self._passwords.fits(kept, password)
        with self._write() as database:
            row = the_account(database, account_uid)
            if not fits or row.password_hash != kept or row.revoked_at is not None:
                self._note(database, "password_refused", now, who=account_uid, address=address)
                return NotSignedIn("wrong")
            self._forgive(database, trying)
        return None

    def _start(
        self, database: Session, row: AccountRow, now: datetime, address: str | None, token: str | None
    ) -> SignedIn:
        """A new cookie, always: one that somebody else may have put into this browser is worth nothing."""
        if token:
            database.execute(delete(SignInRow).where(SignInRow.token_hash == token_hash(token)))
        longest = max(limits.absolute for limits in LIMITS.values())
        database.execute(delete(SignInRow).where(SignInRow.started_at <= now - longest))
        new = base64.urlsafe_b64encode(self._random_bytes(TOKEN_BYTES)).decode().rstrip("=")
        database.add(
            SignInRow(token_hash=token_hash(new), account_uid=row.uid, started_at=moment(now), seen_at=now)
        )
        self._note(database, "signed_in", now, who=row.uid, address=address, detail=row.role)
        return SignedIn(account_from(row), new)

    def _seen(self, token: str, now: datetime) -> None:
        with self._write() as database:
            row = database.get(SignInRow, token_hash(token))
            if row is not None:
                row.seen_at = max(row.seen_at, now)

    def _end(self, token: str, account: Account, now: datetime, address: str | None) -> None:
        with self._write() as database:
            row = database.get(SignInRow, token_hash(token))
            if row is not None:
                database.delete(row)
                self._note(database, "cookie_expired", now, who=account.uid, address=address)


def token_hash(token: str) -> str:
    """What the database knows of a cookie; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _is_over(kept: SignInRow, account: Account, now: datetime) -> bool:
    limits = LIMITS[account.role]
    return now - kept.seen_at >= limits.idle or now - kept.started_at >= limits.absolute
