"""A reception to test with: quick to hash, its clock in the test's hand, and people who can be let in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import insert

from coach.clinic.accounts import Account, Role
from coach.clinic.mode import Mode
from coach.clinic.passwords import Passwords
from coach.clinic.sign_in import SignedIn
from coach.clinic.who import Reception
from coach.records import Records
from coach.records.tables import PatientRow

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
HERE, THERE = "192.0.2.10", "198.51.100.20"
PASSWORD, OTHER = "pear horse lamp", "river stone cloud"
CLINIC = Mode(
    clinic=True, hosts=frozenset({"coach.example"}), public_url="https://coach.example", secret="s" * 40
)
HOME = Mode(clinic=False, secret="s" * 40)


class CountedPasswords(Passwords):
    """As quick as Argon2 can be; counts how often it was asked, for whom or for nobody."""

    def __init__(self) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.asked: list[bool] = []

    def fits(self, kept: str | None, password: str) -> bool:
        self.asked.append(kept is not None)
        return super().fits(kept, password)


@dataclass
class Clock:
    """The time, which goes on when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@dataclass
class Desk:
    """A reception with its clock, and its people."""

    reception: Reception
    passwords: CountedPasswords
    clock: Clock = field(default_factory=Clock)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def therapist(self, name: str = "thea", role: Role = Role.THERAPIST) -> Account:
        return self.reception.create_account(role, name, name.title(), PASSWORD, self.now)

    def patient(self, name: str = "pat") -> Account:
        return self.reception.create_account(
            Role.PATIENT, name, name.title(), PASSWORD, self.now, patient_uid=self.profile(name)
        )

    def profile(self, name: str) -> str:
        """Somebody who practises, without an account."""
        uid = uuid4().hex
        with self.reception.engine.begin() as connection:
            connection.execute(
                insert(PatientRow).values(uid=uid, name=name.title(), affected=None, created_at=self.now)
            )
        return uid

    def sign_in(self, name: str = "thea", password: str = PASSWORD, address: str = HERE) -> SignedIn:
        tried = self.reception.try_sign_in(name, password, self.now, address=address)
        assert isinstance(tried, SignedIn), tried
        return tried

    def who_is(self, token: str | None) -> str | None:
        account = self.reception.signed_in(token, self.now)
        return None if account is None else account.sign_in_name

    def record(self) -> list[str]:
        """What happened, the oldest first."""
        return [event.what for event in reversed(self.reception.events())]


def desk(records: Records, mode: Mode = CLINIC) -> Desk:
    passwords = CountedPasswords()
    return Desk(Reception(records.engine, mode, passwords=passwords), passwords)
