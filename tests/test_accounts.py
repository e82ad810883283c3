"""Accounts and passwords: what may be one, who may make, close and open one, and who is who."""

from __future__ import annotations

from itertools import product

import pytest
from argon2 import PasswordHasher
from reception import HOME, NOON, OTHER, PASSWORD, Desk, desk
from sqlalchemy import text

from coach.clinic.access import (
    RULES,
    NotAllowed,
    Who,
    may,
    opens,
    registry_gaps,
)
from coach.clinic.accounts import MANAGES, AccountRefused, Role
from coach.clinic.passwords import Passwords, fault_of
from coach.clinic.sign_in import NotSignedIn
from coach.records import Records, RecordsError


@pytest.fixture
def at_desk(records: Records) -> Desk:
    return desk(records)


# Passwords


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("pear horse", None),
        ("pear horse lamp", None),
        ("ßüöäßüöäxy", None),
        ("犬が庭で静かに眠っている", None),
        ("🪞🌿🐎🍐🎈🎲🎻🍀🚲🧵", None),
        ("x" * 40 + " y " + "z" * 40 + " q", None),
        ("correct horse", None),
        ("Tr0ub4dor&3 at dusk", None),
        (" leading and trailing ", None),
        ("short one", "short"),
        ("", "short"),
        ("a b c d e " * 13, "long"),
        ("password123", "common"),
        ("P@ssw0rd!!!", "common"),
        ("1234567890", "common"),
        ("0987654321", "common"),
        ("qwertyuiop", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
        ("hallohallo", "common"),
        ("FaceRetraining1", "common"),
        ("Summer 2026!", "common"),
        ("i love you so much", "common"),
        ("CorrectHorseBatteryStaple", "common"),
        ("theresa.berg@example.org", "name"),
        ("Theresa Berg", "name"),
        ("theresa berg 1987", "name"),
    ],
)
def test_a_password_is_long_enough_and_not_the_first_one_tries(password: str, fault: str | None) -> None:
    assert fault_of(password, "theresa.berg@example.org", "Theresa Berg") == fault


def test_lengths_are_those_a_person_counts() -> None:
    words = "pear horse lamp kite " * 6
    assert fault_of(words + "ab") is None
    assert len(words + "ab") == 128
    assert fault_of(words + "abc") == "long"
    assert fault_of("e\u0301" * 5 + "xyzv") == "short"  # five letters and their accents


def test_a_password_fits_however_the_keyboard_composes_it() -> None:
    passwords = Passwords()
    kept = passwords.hash("caf\u00e9 in the rain")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # at least m=19456, t=2, p=1 (OWASP)
    assert passwords.fits(kept, "cafe\u0301 in the rain")
    assert not passwords.fits(kept, "cafe in the rain")
    assert not passwords.fits("not a hash", "cafe in the rain")


class WatchedHasher(PasswordHasher):
    """Keeps with which costs it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.costs: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002  (named so by the library)
        self.costs.append(str(hash).split("$")[3])
        return bool(super().verify(hash, password))


def test_an_unknown_name_costs_exactly_as_much_as_a_wrong_password() -> None:
    hasher = WatchedHasher()
    passwords = Passwords(hasher)
    kept = passwords.hash(PASSWORD)
    for known in (kept, None, kept, None):
        assert not passwords.fits(known, OTHER)
    assert hasher.costs == ["m=64,t=1,p=1"] * 4


# Accounts


CALLED = [  # sign-in name, name, password, and why there is no such account
    ("ab", "Ada", PASSWORD, "sign_in_name"),
    ("x" * 101, "Ada", PASSWORD, "sign_in_name"),
    ("ad\x00a", "Ada", PASSWORD, "sign_in_name"),
    ("ad\u202ea", "Ada", PASSWORD, "sign_in_name"),
    ("ada", " ", PASSWORD, "name"),
    ("ada", "x" * 101, PASSWORD, "name"),
    ("ada", "two\nlines", PASSWORD, "name"),
    ("ada", "Ada", "short", "password_short"),
    ("ada.lovelace", "Ada", "ada.lovelace", "password_name"),
    ("ada@example.org", "Ada", "aDa@example.org", "password_name"),
    ("lovelace.ada@example.org", "Ada", "lovelace.ada!", "password_name"),
]


def test_what_an_account_may_be_called(at_desk: Desk) -> None:
    for sign_in_name, name, password, reason in CALLED:
        with pytest.raises(AccountRefused) as refused:
            at_desk.reception.create_account(Role.THERAPIST, sign_in_name, name, password, NOON)
        assert refused.value.reason == reason
    assert at_desk.reception.accounts() == []
    at_desk.reception.create_account(Role.THERAPIST, "  a  b ", "<script>Ada</script>", PASSWORD, NOON)
    (account,) = at_desk.reception.accounts()
    assert (account.sign_in_name, account.name) == ("a b", "<script>Ada</script>")


def test_a_sign_in_name_is_one_person_s_however_it_is_typed(at_desk: Desk) -> None:
    made = at_desk.therapist("th\u00e9a")
    for typed in ("TH\u00c9A", "the\u0301a", "  th\u00e9a "):
        found = at_desk.reception.account_named(typed)
        assert found == made
        with pytest.raises(AccountRefused) as refused:
            at_desk.therapist(typed)
        assert refused.value.reason == "taken"


def test_a_patient_s_account_is_of_one_patient_and_goes_with_them(at_desk: Desk) -> None:
    account = at_desk.patient()
    token = at_desk.sign_in("pat").token
    with pytest.raises(AccountRefused) as refused:
        at_desk.reception.create_account(
            Role.PATIENT, "again", "Again", PASSWORD, NOON, patient_uid=account.patient_uid
        )
    assert refused.value.reason == "has_account"
    for role, patient_uid in ((Role.PATIENT, None), (Role.THERAPIST, account.patient_uid)):
        with pytest.raises(RecordsError, match="belongs to a patient"):
            at_desk.reception.create_account(role, "other", "Other", PASSWORD, NOON, patient_uid=patient_uid)
    with at_desk.reception.engine.begin() as connection:
        connection.execute(text("DELETE FROM patient"))
    assert at_desk.reception.accounts() == []
    assert at_desk.who_is(token) is None
    assert at_desk.reception.verify().intact  # what happened stays, without a name


def test_who_may_close_open_and_invite_whom(at_desk: Desk) -> None:
    allowed = {(Role.THERAPIST, role) for role in Role} | {(Role.ADMINISTRATOR, Role.ADMINISTRATOR)}
    for by, of in product(Role, Role):
        answer = "done" if (by, of) in allowed else "not_theirs"
        assert decides(at_desk, by, of) == [answer] * 6, f"{by.value} about {of.value}"


def decides(at_desk: Desk, by: Role, of: Role) -> list[str]:
    """What somebody in one role may do about somebody in another."""
    reception, done = at_desk.reception, []
    manager, other = (
        at_desk.patient(f"{who} {by.value} {of.value}")
        if role is Role.PATIENT
        else at_desk.therapist(f"{who} {by.value} {of.value}", role)
        for who, role in (("by", by), ("of", of))
    )
    whose, third = (at_desk.profile("new") if of is Role.PATIENT else None for _ in range(2))
    for do in (
        lambda: reception.revoke(other.uid, NOON, by=manager.uid),
        lambda: reception.restore(other.uid, NOON, by=manager.uid),
        lambda: reception.new_password_code(other.uid, NOON, by=manager.uid),
        lambda: reception.drop_second_step(other.uid, NOON, by=manager.uid),
        lambda: reception.invite(of, "New", NOON, by=manager.uid, patient_uid=whose),
        lambda: reception.create_account(
            of, f"new {by.value} {of.value}", "New", PASSWORD, NOON, by=manager.uid, patient_uid=third
        ),
    ):
        try:
            do()
        except AccountRefused as refused:
            done.append(refused.reason)
        else:
            done.append("done")
    return done


def test_an_administrator_is_shown_no_patient_s_account(at_desk: Desk) -> None:
    at_desk.patient()
    at_desk.therapist()
    ada = at_desk.therapist("ada", Role.ADMINISTRATOR)
    assert at_desk.reception.accounts(MANAGES[Role.ADMINISTRATOR]) == [ada]
    assert len(at_desk.reception.accounts(MANAGES[Role.THERAPIST])) == 3


def test_who_is_out_decides_nothing_any_more(at_desk: Desk) -> None:
    thea, olga = at_desk.therapist(), at_desk.therapist("olga")
    at_desk.reception.revoke(thea.uid, NOON, by=olga.uid)
    with pytest.raises(AccountRefused):
        at_desk.reception.revoke(olga.uid, NOON, by=thea.uid)
    assert at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now) == NotSignedIn("wrong")
    at_desk.reception.restore(thea.uid, NOON, by=olga.uid)
    at_desk.sign_in()


# Who is there, and what they may open


PATIENT = Who(Role.PATIENT, "Pat", "a", "pat")
THERAPIST = Who(Role.THERAPIST, "Thea", "t")
ADMINISTRATOR = Who(Role.ADMINISTRATOR, "Ada", "d")
AT_HOME = Who(Role.PATIENT, "Me", patient_uid="me", at_home=True)
THERAPIST_AT_HOME = Who(Role.THERAPIST, "Thea", "t", "me", at_home=True)


def test_what_has_no_rule_is_closed_to_everybody_and_is_named() -> None:
    assert registry_gaps(["/today", "/new-page", "/sign-in"]) == {"/new-page"}
    assert registry_gaps(RULES) == set()
    for who in (None, PATIENT, THERAPIST, ADMINISTRATOR, AT_HOME):
        assert not opens(who, "/new-page")
        assert not may(who, "/new-page", "pat")


def opened_by(who: Who | None) -> set[str]:
    return {name for name in RULES if opens(who, name)}


def test_who_opens_what() -> None:
    doors = {"/sign-in", "/sign-out", "/set-up", "/join"}
    both = {*doors, "/password", "/", "/_stcore/stream"}
    practising = {
        "/today",
        "/session",
        "/practice",
        "/progress",
        "/notes",
        "/settings",
        "/practising",
        "/live",
    }
    therapists = {"/second-step", "/patients", "/patient", "/prescribe", "/assess", "/accounts", "/report"}
    assert opened_by(None) == doors
    assert opened_by(PATIENT) == both | practising | {"/library"}
    assert opened_by(THERAPIST) == both | therapists | {"/library"}
    assert opened_by(ADMINISTRATOR) == both | {"/second-step", "/accounts"}
    assert opened_by(AT_HOME) == both | practising | {"/library"}
    assert opened_by(THERAPIST_AT_HOME) == both | practising | therapists | {"/library"}


@pytest.mark.parametrize("name", sorted(RULES))
def test_nobody_sees_the_data_of_somebody_who_is_not_theirs(name: str) -> None:
    personal = RULES[name].personal
    assert not may(None, name, "pat")
    assert not may(PATIENT, name, "other")
    assert not may(ADMINISTRATOR, name, "pat")
    assert may(PATIENT, name, "pat") == opens(PATIENT, name)
    assert may(THERAPIST, name, "pat") == may(THERAPIST, name, "other") == opens(THERAPIST, name)
    assert may(PATIENT, name) == (opens(PATIENT, name) and not personal)
    assert may(THERAPIST, name) == (opens(THERAPIST, name) and not personal)


def test_in_the_clinic_only_a_cookie_says_who_is_there(at_desk: Desk) -> None:
    pat, thea = at_desk.patient(), at_desk.therapist()
    who = at_desk.reception.who
    assert who(None, NOON) is None
    assert who(None, NOON, profile=pat.patient_uid) is None
    assert who("forged", NOON) is None
    token = at_desk.sign_in("pat").token
    assert who(token, NOON) == Who(Role.PATIENT, "Pat", pat.uid, pat.patient_uid)
    assert who(token, NOON, profile="another") == Who(Role.PATIENT, "Pat", pat.uid, pat.patient_uid)
    assert who(at_desk.sign_in().token, NOON) == Who(Role.THERAPIST, "Thea", thea.uid)


def test_at_home_everybody_practises_and_the_therapist_has_a_password(records: Records) -> None:
    at_home = desk(records, HOME)
    who = at_home.reception.who
    assert who(None, NOON) == Who(Role.PATIENT, "Me", at_home=True)  # before the first profile
    first, second = at_home.profile("first"), at_home.profile("second")
    oldest = min((first, second))
    assert who(None, NOON, profile=second) == Who(Role.PATIENT, "Second", patient_uid=second, at_home=True)
    assert who(None, NOON, profile="gone") == who(None, NOON)
    assert who(None, NOON).patient_uid == oldest  # type: ignore[union-attr]
    thea = at_home.therapist()
    token = at_home.sign_in().token
    there = who(token, NOON, profile=first)
    assert there == Who(Role.THERAPIST, "Thea", thea.uid, first, at_home=True)
    assert may(there, "/patient", second)
    assert may(there, "/today", first)
    at_home.clock.passes(hours=1)
    assert who(token, at_home.now, profile=first) == Who(
        Role.PATIENT, "First", patient_uid=first, at_home=True
    )


def test_a_therapist_who_is_out_is_out_in_the_middle_of_it(at_desk: Desk) -> None:
    thea, olga, whose = at_desk.therapist(), at_desk.therapist("olga"), at_desk.profile("pat")
    token = at_desk.sign_in().token
    reception = at_desk.reception
    who = reception.require(reception.who(token, NOON), "/patient", NOON, patient_uid=whose)
    assert who.account_uid == thea.uid
    reception.revoke(thea.uid, NOON, by=olga.uid)
    with pytest.raises(NotAllowed):
        reception.require(reception.who(token, NOON), "/patient", NOON, patient_uid=whose)
    assert at_desk.record()[-3:] == ["account_closed", "cookie_unknown", "access_refused"]
