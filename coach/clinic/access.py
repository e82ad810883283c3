"""Who may open what: a rule for every page, route, socket and download; what has none is closed to everybody.

All therapists of the clinic see all of its patients: they stand in for each other, and who looked is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from coach import CoachError
from coach.clinic.accounts import Role

PATIENT, THERAPIST, ADMINISTRATOR = Role.PATIENT, Role.THERAPIST, Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is there. At home nobody needs an account to practise, and all profiles are this computer's own.

    `patient_uid` is whose practice they are here for: their own; a therapist in a clinic has none.
    """

    role: Role
    name: str
    account_uid: str | None = None
    patient_uid: str | None = None
    at_home: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that may open it; `personal`: it shows one patient's data, which must be named and may be theirs."""

    roles: frozenset[Role]
    personal: bool = False
    anybody: bool = False


_ANYBODY = Rule(frozenset(Role), anybody=True)
_SIGNED_IN = Rule(frozenset(Role))
_PRACTISING = Rule(frozenset({PATIENT}), personal=True)
_THERAPISTS = Rule(frozenset({THERAPIST}))
_ONE_PATIENT = Rule(frozenset({THERAPIST}), personal=True)
_STAFF = Rule(frozenset({THERAPIST, ADMINISTRATOR}))

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        # The doors.
        "/sign-in": _ANYBODY,
        "/sign-out": _ANYBODY,
        "/set-up": _ANYBODY,
        "/join": _ANYBODY,
        "/password": _SIGNED_IN,
        "/second-step": _STAFF,
        # What patients open, about themselves.
        "/": _SIGNED_IN,
        "/today": _PRACTISING,
        "/session": _PRACTISING,
        "/practice": _PRACTISING,
        "/progress": _PRACTISING,
        "/notes": _PRACTISING,
        "/settings": _PRACTISING,
        "/practising": Rule(frozenset({PATIENT})),
        "/library": Rule(frozenset({PATIENT, THERAPIST})),
        # What staff open.
        "/patients": _THERAPISTS,
        "/patient": _ONE_PATIENT,
        "/prescribe": _ONE_PATIENT,
        "/assess": _ONE_PATIENT,
        "/accounts": _STAFF,
        # The sockets.
        "/live": _PRACTISING,
        "/_stcore/stream": _SIGNED_IN,
        # The downloads.
        "/report": _ONE_PATIENT,
    }
)

_NO_RULE = Rule(frozenset())


class NotAllowed(CoachError):
    """Somebody asked for what is not theirs to see."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__("This page is not for you. If you think it should be, please ask your therapist.")


def opens(who: Who | None, name: str) -> bool:
    """Whether somebody may open a page, route or socket at all; whose data it then shows is for `may` to say."""
    rule = RULES.get(name, _NO_RULE)
    if rule.anybody:
        return True
    return who is not None and (who.role in rule.roles or (who.at_home and PATIENT in rule.roles))


def may(who: Who | None, name: str, patient_uid: str | None = None) -> bool:
    """Whether somebody may open this with this patient's data; where one must be named and is not, nobody may."""
    if not opens(who, name):
        return False
    if not RULES[name].personal:
        return patient_uid is None or _sees(who, patient_uid)
    return patient_uid is not None and _sees(who, patient_uid)


def registry_gaps(names: Iterable[str]) -> set[str]:
    """The pages, routes, sockets and downloads that have no rule yet."""
    return set(names) - set(RULES)


def _sees(who: Who | None, patient_uid: str) -> bool:
    if who is None or who.role is ADMINISTRATOR:
        return False
    return who.at_home or who.role is THERAPIST or who.patient_uid == patient_uid
