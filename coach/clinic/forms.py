"""Forms that come back: read within bounds, and only from a page that was ours a while ago in the same browser."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers
from starlette.requests import Request

FORM_COOKIE = "coach_form"
FORM_BYTES = 8 * 1024
FORM_FIELDS = 12
FORM_HOLDS = timedelta(hours=2)  # a page may be left open over a coffee
STEP_HOLDS = timedelta(minutes=5)  # from the password to the code from the phone

_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")
_LOCAL = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_/-]*)?(?:\?[A-Za-z0-9_=&.%+-]*)?")


class FormRefused(Exception):
    """The form is not ours, is too old, or holds more than a form does."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at a door: `nonce` belongs to this browser, `tls` says whether its cookies may be Secure."""

    path: str
    token: str | None
    nonce: str
    address: str | None
    tls: bool
    now: datetime
    query: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> str:
        """Where to go afterwards: a page of ours, and nowhere else."""
        wanted = self.filled.get("next") or self.query.get("next") or "/"
        return wanted if _LOCAL.fullmatch(wanted) else "/"


class FormOffice:
    """Signs what goes along with a form, and reads it again."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="coach.doors")

    def nonce(self, request: Request) -> str:
        """What ties forms to this browser; a new one where it has none."""
        kept = request.cookies.get(FORM_COOKIE, "")
        return kept if _NONCE.fullmatch(kept) else secrets.token_urlsafe(16)

    def sign(self, what: str, visit: Visit, *more: str) -> str:
        """A token for a form, or for a step of one, of this browser and this moment."""
        text = self._signer.dumps([what, visit.nonce, int(visit.now.timestamp()), *more])
        return text if isinstance(text, str) else text.decode()

    def read(self, what: str, visit: Visit, text: str, holds: timedelta = FORM_HOLDS) -> list[str]:
        """What was signed with it.

        Raises:
            FormRefused: it was not signed here, for something else, for another browser, or too long ago.
        """
        try:
            signed: Any = self._signer.loads(text)
            kept, nonce, at, *more = signed
            made = datetime.fromtimestamp(at, timezone.utc)
        except (BadSignature, TypeError, ValueError, OverflowError) as unknown:
            raise FormRefused("unknown") from unknown
        if kept != what or not hmac.compare_digest(str(nonce).encode(), visit.nonce.encode()):
            raise FormRefused("unknown")
        if not timedelta(seconds=-1) < visit.now - made < holds:
            raise FormRefused("late")
        return [str(one) for one in more]


async def filled_in(request: Request) -> dict[str, str]:
    """The fields of a form, each once.

    Raises:
        FormRefused: it is too large, or no form at all.
    """
    if (
        Headers(scope=request.scope).get("content-type", "").split(";")[0]
        != "application/x-www-form-urlencoded"
    ):
        raise FormRefused("no_form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES:
            raise FormRefused("too_large")
    try:
        fields = parse_qs(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="replace"
        )
    except ValueError as fault:
        raise FormRefused("no_form") from fault
    if any(len(values) > 1 for values in fields.values()):
        raise FormRefused("no_form")
    return {name: values[0].replace("\x00", "") for name, values in fields.items()}
