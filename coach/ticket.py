"""The ticket that lets one page practise one exercise: signed, short-lived, and never part of an address."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from coach import CoachError
from coach.assignment import Assignment
from coach.face import Side

START_SECONDS = 120  # from the page being sent to the camera being allowed
RETURN_SECONDS = 180  # a lost socket may come back within 120 s, with a ticket that is at most 30 s old


class TicketRefused(CoachError):
    """The ticket was not signed here, is older than it may be, or does not hold what a ticket holds."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The ticket cannot be used: {reason}.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What may be practised. `key` names the practice, so the same ticket twice is still one practice.

    `returning` is set on tickets for a practice that has already begun.
    """

    assignment: Assignment
    patient: str
    affected: Side | None
    key: str = ""
    returning: bool = False


class TicketOffice:
    """Signs and reads tickets with one secret; without one given, tickets die with the process."""

    def __init__(self, secret: str | None = None) -> None:
        self._signer = URLSafeTimedSerializer(secret or secrets.token_hex(32), salt="coach.live")

    def issue(self, ticket: Ticket) -> str:
        """A signed ticket; a ticket without a key gets one of its own."""
        text = self._signer.dumps(
            asdict(ticket if ticket.key else replace(ticket, key=secrets.token_hex(16)))
        )
        return text if isinstance(text, str) else text.decode()

    def read(self, text: str) -> Ticket:
        """What a signed ticket says.

        Raises:
            TicketRefused: with reason `ticket_expired` or `ticket_unknown`.
        """
        try:
            ticket = self._ticket(self._signer.loads(text, max_age=RETURN_SECONDS))
            if not ticket.returning:
                self._signer.loads(text, max_age=START_SECONDS)
        except SignatureExpired as expired:
            raise TicketRefused("ticket_expired") from expired
        except (BadSignature, KeyError, TypeError, ValueError) as unknown:
            raise TicketRefused("ticket_unknown") from unknown
        return ticket

    def _ticket(self, fields: dict[str, Any]) -> Ticket:
        affected, assigned = fields["affected"], dict(fields["assignment"])
        for name in ("band", "watch"):  # JSON knows no tuples
            if assigned[name] is not None:
                assigned[name] = tuple(assigned[name])
        changed = {
            "affected": None if affected is None else Side(affected),
            "assignment": Assignment(**assigned),
        }
        return Ticket(**{**fields, **changed})
