"""Wrong tries: the first few cost nothing, then each waits longer than the last, then a quarter of an hour.

They are counted by the name that was typed, whether or not it is anybody's, and by where they came from. A try is
written down before it is looked at and taken back if it was right, so that many at once get no more than one after
another. While somebody waits, nothing is looked at and nothing is counted: waiting always ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from coach.clinic.accounts import normal
from coach.clinic.audit import Audit
from coach.records.clinic_tables import WrongTryRow

FREE = 4  # wrong tries without any waiting: after the fifth it begins
LOCKED_AT = 10
FIRST_WAIT_SECONDS = 5  # then 10, 20, 40, 80
LOCK_SECONDS = 15 * 60

NAME_REMEMBERED = timedelta(hours=24)  # at most some 100 guesses a day at one name, from however many places
ADDRESS_REMEMBERED = timedelta(hours=1)  # a whole clinic may come from one address


def wait_seconds(wrong: int) -> int:
    """How long after this many wrong tries the next one is looked at."""
    if wrong <= FREE:
        return 0
    return LOCK_SECONDS if wrong >= LOCKED_AT else FIRST_WAIT_SECONDS * 2 ** (wrong - FREE - 1)


@dataclass(frozen=True, slots=True)
class Try:
    """One try that has been let through; it counts as wrong until it is taken back."""

    uid: str
    name_key: str
    address_key: str


class Tries(Audit):
    """Counts wrong tries and says who has to wait."""

    def _begin_try(
        self, database: Session, name: str | None, address: str | None, now: datetime
    ) -> Try | int:
        """Let a try through, or say in how many seconds the next one is. A code has no name."""
        self._one_at_a_time(database)
        database.execute(delete(WrongTryRow).where(WrongTryRow.at <= now - NAME_REMEMBERED))
        uid = self._uid()
        trying = Try(
            uid,
            self._key("name", normal(name)) if name is not None else uid,
            self._address_key(address) or "",
        )
        waits = [
            _wait(database, WrongTryRow.name_key == trying.name_key, now, NAME_REMEMBERED),
            _wait(database, WrongTryRow.address_key == trying.address_key, now, ADDRESS_REMEMBERED),
        ]
        if max(waits) > 0:
            return max(waits)
        database.add(WrongTryRow(uid=uid, name_key=trying.name_key, address_key=trying.address_key, at=now))
        return trying

    def _take_back(self, database: Session, trying: Try) -> None:
        """It was right, though not yet all that is asked."""
        database.execute(delete(WrongTryRow).where(WrongTryRow.uid == trying.uid))

    def _forgive(self, database: Session, trying: Try) -> None:
        """It was right: what this person mistyped before is forgotten, but not what was tried at other names."""
        database.execute(
            delete(WrongTryRow).where(
                WrongTryRow.name_key == trying.name_key, WrongTryRow.address_key == trying.address_key
            )
        )

    def _forgive_name(self, database: Session, sign_in_name: str) -> None:
        """Somebody who may has vouched for this person: no more waiting."""
        database.execute(
            delete(WrongTryRow).where(WrongTryRow.name_key == self._key("name", normal(sign_in_name)))
        )


def _wait(database: Session, whose: ColumnElement[bool], now: datetime, remembered: timedelta) -> int:
    """Whole seconds until the next try; a clock that went back makes nobody wait longer than the rule says."""
    asked = select(func.count(), func.max(WrongTryRow.at)).where(whose, WrongTryRow.at > now - remembered)
    found: tuple[int, datetime | None] = database.execute(asked).one()._tuple()
    wrong, latest = found
    if latest is None:
        return 0
    left = timedelta(seconds=wait_seconds(wrong)) - max(now - latest, timedelta())
    return max(0, math.ceil(left.total_seconds()))
