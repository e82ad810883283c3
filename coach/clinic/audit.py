"""The record of what happened: who did what with whose data, when and from where; each entry holds on to the last.

It has uids and codes, never a name, an address or a clinical value. Whoever changes, removes, inserts or moves an entry
breaks the chain; whoever could write all of it anew would be caught by an earlier `head` noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.clinic.desk import Desk
from coach.records.clinic_tables import AuditEventRow, AuditHeadRow
from coach.records.faults import RecordsError
from coach.records.ledger import moment

REFUSALS_A_MINUTE = (
    60  # of those that anybody can bring about; the rest is counted, so that nobody can fill the disk
)
_WHAT = re.compile(r"[a-z_]{1,40}")
_DETAIL = re.compile(r"[\w ./:,+-]{0,200}", re.ASCII)
_FIRST = "0" * 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `who` is an account, `whose` a patient, `address` where it came from, hashed."""

    number: int
    at: datetime
    what: str
    who: str | None
    whose: str | None
    address: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What a check of the whole record found; `head` can be noted and be asked for later."""

    events: int
    head: str
    faults: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, removed, inserted or moved."""
        return not self.faults


class Spate:
    """How many refusals there are in a minute, of which only so many are written down."""

    def __init__(self) -> None:
        self._listed: deque[datetime] = deque()
        self._unlisted = 0
        self._lock = threading.Lock()

    def counted(self, at: datetime) -> int | None:
        """How many went unlisted before this one; None: this one goes unlisted, too."""
        with self._lock:
            while self._listed and self._listed[0] <= at - timedelta(minutes=1):
                self._listed.popleft()
            if len(self._listed) >= REFUSALS_A_MINUTE:
                self._unlisted += 1
                return None
            self._listed.append(at)
            unlisted, self._unlisted = self._unlisted, 0
            return unlisted


class Audit(Desk):
    """Writes the record, reads it and checks it."""

    @cached_property
    def _spate(self) -> Spate:
        return Spate()

    def note(
        self,
        what: str,
        at: datetime,
        *,
        who: str | None = None,
        whose: str | None = None,
        address: str | None = None,
        detail: str = "",
    ) -> None:
        """Write down that something happened, such as that a therapist opened a patient's page."""
        with self._write() as database:
            self._note(database, what, at, who=who, whose=whose, address=address, detail=detail)

    def refused(
        self,
        what: str,
        at: datetime,
        *,
        who: str | None = None,
        whose: str | None = None,
        address: str | None = None,
        detail: str = "",
    ) -> None:
        """Write down that something was refused; past a number a minute only how many more there were."""
        _log.warning("Refused: %s%s.", what, f" ({detail})" if detail else "")
        unlisted = self._spate.counted(at)
        if unlisted is None:
            return
        with self._write() as database:
            if unlisted:
                self._note(database, "refusals_not_listed", at, detail=str(unlisted))
            self._note(database, what, at, who=who, whose=whose, address=address, detail=detail)

    def events(
        self, *, whose: str | None = None, what: str | None = None, newest: int | None = None
    ) -> list[Event]:
        """What happened, the newest first; of one patient or of one kind only, if asked."""
        query = select(AuditEventRow).order_by(AuditEventRow.number.desc())
        if whose is not None:
            query = query.where(AuditEventRow.patient_uid == whose)
        if what is not None:
            query = query.where(AuditEventRow.what == what)
        with self._read() as database:
            return [_event(row) for row in database.scalars(query.limit(newest))]

    def verify(self, head: str | None = None) -> Chain:
        """Go through the whole record; with a `head` noted earlier, that entry must still be there."""
        faults: list[str] = []
        number, last, seen = 0, _FIRST, head in (None, _FIRST)
        with self._write() as database:  # nobody adds to it meanwhile
            newest = database.get(AuditHeadRow, 1, with_for_update=True)
            rows = database.scalars(select(AuditEventRow).order_by(AuditEventRow.number))
            for row in rows.yield_per(1000):
                if row.number != number + 1:
                    faults.append(f"Between {number} and {row.number} there is something missing.")
                if row.previous != last:
                    faults.append(f"Entry {row.number} does not follow from the one before it.")
                if row.hash != _hash(row):
                    faults.append(f"Entry {row.number} is not what was written.")
                number, last = row.number, row.hash
                seen = seen or last == head
            if newest is None or (newest.number, newest.hash) != (number, last):
                there = "nothing" if newest is None else f"entry {newest.number}"
                faults.append(f"The record ends at entry {number}, but {there} was the last one written.")
        if not seen:
            faults.append("The entry that was noted earlier is not there.")
        return Chain(number, last, tuple(faults))

    def _note(
        self,
        database: Session,
        what: str,
        at: datetime,
        *,
        who: str | None = None,
        whose: str | None = None,
        address: str | None = None,
        detail: str = "",
    ) -> None:
        """Write it down together with what happened: both, or neither. The last thing a transaction does."""
        if not _WHAT.fullmatch(what):
            raise RecordsError(f"{what!r} is no name for what happened; allowed: small letters and _.")
        if not _DETAIL.fullmatch(detail):
            raise RecordsError(
                f"The detail {detail[:80]!r} cannot be noted; allowed: up to 200 plain letters, digits, . / : , + -"
            )
        database.flush()
        head = database.get(AuditHeadRow, 1, with_for_update=True, populate_existing=True)
        if head is None:
            raise RecordsError("The record of what happened has lost its end. Bring back a copy you saved.")
        row = AuditEventRow(
            number=head.number + 1,
            at=moment(at).astimezone(timezone.utc),
            what=what,
            account_uid=who,
            patient_uid=whose,
            address_key=self._address_key(address),
            detail=detail,
            previous=head.hash,
        )
        row.hash = _hash(row)
        database.add(row)
        head.number, head.hash = row.number, row.hash
        database.flush()


def _hash(row: AuditEventRow) -> str:
    """The entry with the hash of the one before it, in one fixed form."""
    fields = [
        row.number,
        row.at.astimezone(timezone.utc).isoformat(timespec="microseconds"),
        row.what,
        row.account_uid,
        row.patient_uid,
        row.address_key,
        row.detail,
        row.previous,
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


def _event(row: AuditEventRow) -> Event:
    return Event(
        number=row.number,
        at=row.at,
        what=row.what,
        who=row.account_uid,
        whose=row.patient_uid,
        address=row.address_key,
        detail=row.detail,
    )
