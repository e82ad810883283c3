"""Six digits from an app on the phone (TOTP, RFC 6238): which half minute they belong to, and each only once."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime

import pyotp

APP = "Face Retraining Coach"
STEP_SECONDS = 30
SECRET_BYTES = 20  # as RFC 4226 recommends


def secret_from(random: bytes) -> str:
    """Random bytes as apps want to have them typed in."""
    return base64.b32encode(random).decode().rstrip("=")


def address_of(secret: str, sign_in_name: str) -> str:
    """What an app on the same device opens."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=sign_in_name, issuer_name=APP)


def step_of(secret: str, code: str, at: datetime, used: int | None) -> int | None:
    """The half minute this code belongs to, if it is a good one: now, one before or one after, and not yet used."""
    digits = re.sub(r"\s", "", code)
    now = int(at.timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret)
    found = None
    for step in (now - 1, now, now + 1):
        fits = hmac.compare_digest(codes.at(step).encode(), digits.encode(errors="replace"))
        if fits and (used is None or step > used):
            found = step
    return found
