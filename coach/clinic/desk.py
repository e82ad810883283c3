"""The open database as the clinic's desk uses it: with what it hashes, signs and draws lots with."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from coach.clinic.mode import Mode
from coach.clinic.passwords import Passwords
from coach.records.ledger import Ledger

_TURN = 7_302_554  # any number, ours alone in the database: guesses and set-ups are taken one at a time


class Desk(Ledger):
    """What all parts of the desk share; time comes in with each call, randomness with `random_bytes`."""

    def __init__(
        self,
        engine: Engine,
        mode: Mode,
        *,
        passwords: Passwords | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        super().__init__(engine)
        self.mode = mode
        self._passwords = passwords or Passwords()
        self._random_bytes = random_bytes

    def _uid(self) -> str:
        return self._random_bytes(16).hex()

    def _key(self, kind: str, text: str) -> str:
        """What is kept of a name, an address or a code: the same each time, and no way back."""
        return hmac.new(
            self.mode.pepper.encode(), f"{kind}:{text}".encode(errors="replace"), hashlib.sha256
        ).hexdigest()

    def _address_key(self, address: str | None) -> str | None:
        """What is kept of where somebody came from; one home's IPv6 addresses are all one."""
        if not address:
            return None
        try:
            found = ip_address(address.split("%")[0])
        except ValueError:
            return self._key("address", address)
        if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
            return self._key("address", str(int(found) >> 64))
        return self._key("address", str(getattr(found, "ipv4_mapped", None) or found))

    def _one_at_a_time(self, database: Session) -> None:
        """Make others wait until this is written; SQLite lets in one writer at a time by itself."""
        if self.engine.dialect.name == "postgresql":
            database.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
