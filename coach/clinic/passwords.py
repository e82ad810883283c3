"""Passwords: what may be one, how it is kept (Argon2id), and whether one fits."""

from __future__ import annotations

import re
import threading
import unicodedata
from itertools import groupby
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Fault = Literal["short", "long", "common", "name"]

SHORTEST, LONGEST = 10, 128  # characters of any kind; no puzzles of digits and signs (ASVS 5.0, 6.2.5)
AT_ONCE = 2  # each takes 64 MiB and a core for a fifth of a second

# What lists of leaked passwords begin with, and what somebody would try on a coach for faces.
_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())
_LOOK_ALIKES = str.maketrans("@4031!$5", "aaoeiiss")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "asdfghjkl", "01234567890123456789")


class Passwords:
    """Hashes passwords and compares them, a few at a time, so that many who guess cannot use up the memory."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()  # the library's own defaults; they grow with the years
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turns:
            return self._hasher.hash(_plain(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether this is the password; where there is nobody (None) it takes as long to say no."""
        if self._nobodys is None:  # for everybody, or the first unknown name would take longer
            self._nobodys = self.hash("nobody's password")
        with self._turns:
            try:
                fits = self._hasher.verify(kept or self._nobodys, _plain(password))
            except (VerificationError, InvalidHashError):
                return False
        return fits and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed by rules that have since become stricter."""
        return self._hasher.check_needs_rehash(kept)


def fault_of(password: str, *names: str) -> Fault | None:
    """Why this cannot be a password of somebody with these names; None: it can."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return "short"
    if len(plain) > LONGEST:
        return "long"
    bare = plain.casefold()
    known = [_plain(name).casefold() for name in names if name]
    if any(bare == name or (_core(bare) and _core(bare) == _core(name)) for name in known):
        return "name"
    return "common" if _is_common(bare) else None


def _is_common(bare: str) -> bool:
    """A well-known word with digits and signs around it, a run along the keyboard, or one thing over and over."""
    if len(set(bare)) <= 3 or len([*groupby(bare)]) <= 3:
        return True
    if any(bare in run * 2 or bare in (run * 2)[::-1] for run in _RUNS):
        return True
    if any(bare == (bare[:size] * len(bare))[: len(bare)] for size in range(1, len(bare) // 2 + 1)):
        return True
    core, letters = _core(bare), re.sub(r"[\W\d_]", "", bare)
    return any(word in _COMMON for word in (core, core.translate(_LOOK_ALIKES), letters))


def _core(text: str) -> str:
    """Without the digits and signs at both ends."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _plain(text: str) -> str:
    """The same however a keyboard composes it (NFKC, as NIST SP 800-63B asks)."""
    return unicodedata.normalize("NFKC", text)
