"""How the coach is run: at home for this computer alone, or in a clinic where everybody signs in."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from coach import CoachError

SHORTEST_SECRET = 32  # letters; token_urlsafe(32) gives 43
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NEW_SECRET = "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class ModeError(CoachError):
    """What the environment says of how to run does not go together."""


@dataclass(frozen=True, slots=True)
class Mode:
    """`hosts` are the names the coach answers to, without ports; `secret` signs, and dies with the process if not set.

    `pepper` goes into what is kept of names, addresses and codes: it stays the same as long as COACH_SECRET does.
    """

    clinic: bool
    hosts: frozenset[str] = LOOPBACK
    public_url: str | None = None
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    pepper: str = field(default="", repr=False)

    @property
    def tls(self) -> bool:
        """Whether everybody comes over TLS; a proxy in front may have ended it."""
        return self.public_url is not None and self.public_url.startswith("https://")


def read_mode(environment: Mapping[str, str] = os.environ, address: str | None = "127.0.0.1") -> Mode:
    """The way to run that the environment asks for; `address` is where the server listens (empty: everywhere).

    Raises:
        ModeError: people from elsewhere could come in without what keeps the others out.
    """
    name = environment.get("COACH_MODE") or "home"
    if name not in ("home", "clinic"):
        raise ModeError(f"COACH_MODE is {name!r}; allowed: home, clinic.")
    secret = environment.get("COACH_SECRET") or ""
    public_url = _public_url(environment.get("COACH_PUBLIC_URL") or "")
    named = _hosts(environment.get("COACH_ALLOWED_HOSTS") or "")
    public_host = urlsplit(public_url).hostname if public_url else None
    hosts = named | ({public_host} if public_host else frozenset())
    public = not is_loopback(address or "") or any(not is_loopback(host) for host in hosts)
    if public and name == "home":
        raise ModeError(
            "At home the coach is for this computer alone, and anybody who reached it from elsewhere would need no "
            "password. Leave out the address, COACH_ALLOWED_HOSTS and COACH_PUBLIC_URL, or set COACH_MODE=clinic."
        )
    if public and not secret:
        raise ModeError(
            f"COACH_SECRET is not set, and the clinic's coach can be reached from elsewhere. Make one with "
            f"{_NEW_SECRET} and keep it: all who are signed in are recognised by it."
        )
    if name == "clinic" and secret and len(secret) < SHORTEST_SECRET:
        raise ModeError(
            f"COACH_SECRET has {len(secret)} letters; allowed: {SHORTEST_SECRET} and more. "
            f"Make one with {_NEW_SECRET}"
        )
    if public and not hosts:
        raise ModeError(
            "COACH_ALLOWED_HOSTS is not set, and the clinic's coach can be reached from elsewhere. "
            "Name the hosts it answers to, such as COACH_ALLOWED_HOSTS=coach.example.org"
        )
    return Mode(
        clinic=name == "clinic",
        hosts=hosts if public else hosts | LOOPBACK,
        public_url=public_url,
        pepper=secret,
        **({"secret": secret} if secret else {}),
    )


def is_loopback(host: str) -> bool:
    """Whether a name or address leads to this computer and to no other."""
    if host in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _public_url(given: str) -> str | None:
    if not given:
        return None
    try:
        parts = urlsplit(given)
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        fits = bare and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise ModeError(
            f"COACH_PUBLIC_URL is {given!r}; allowed: where people find the coach, such as https://coach.example.org"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ModeError(
            f"COACH_PUBLIC_URL is {given!r}; allowed: an address that begins with https. Without it passwords could "
            "be read on the way, and browsers give no camera."
        )
    return given.rstrip("/")


def _hosts(given: str) -> frozenset[str]:
    hosts = [host.strip().lower().strip("[]") for host in given.split(",") if host.strip()]
    for host in hosts:
        if not _is_address(host) and not _HOST.fullmatch(host):
            raise ModeError(
                f"COACH_ALLOWED_HOSTS names {host!r}; allowed: host names without port and without *, "
                "separated by commas."
            )
    return frozenset(hosts)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
