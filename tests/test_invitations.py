"""Invitations: a code opens one account, once, in its time."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from reception import HERE, HOME, NOON, OTHER, PASSWORD, THERE, Desk, desk

from coach.clinic.accounts import AccountRefused, Role
from coach.clinic.invitations import VALID, Invitation
from coach.clinic.sign_in import CodeNeeded, NotSignedIn, SignedIn
from coach.clinic.totp import secret_from, step_of
from coach.records import Records

WRONG = NotSignedIn("wrong")


@pytest.fixture
def at_desk(records: Records) -> Desk:
    return desk(records)


def join(
    at: Desk, code: str, sign_in_name: str = "new", password: str = PASSWORD, name: str = "New"
) -> SignedIn | CodeNeeded | NotSignedIn:
    return at.reception.join(code, sign_in_name, name, password, at.now, address=HERE)


# The first therapist


def test_the_set_up_code_makes_the_first_therapist_once(at_desk: Desk) -> None:
    code = at_desk.reception.setup_code(NOON)
    assert code is not None
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code)
    tried = join(at_desk, code.lower().replace("-", " "))
    assert isinstance(tried, SignedIn)
    assert (tried.account.role, tried.account.name) == (Role.THERAPIST, "New")
    assert at_desk.who_is(tried.token) == "new"
    assert join(at_desk, code, "second") == WRONG
    assert at_desk.reception.setup_code(NOON) is None


def test_an_older_set_up_code_is_worth_nothing_once_there_is_a_therapist(at_desk: Desk) -> None:
    first, second = at_desk.reception.setup_code(NOON), at_desk.reception.setup_code(NOON)
    assert first is not None
    assert second is not None
    assert first != second
    assert isinstance(join(at_desk, second), SignedIn)
    assert join(at_desk, first, "another") == WRONG


def test_two_who_set_up_at_the_same_moment_make_one_therapist(at_desk: Desk) -> None:
    codes = [at_desk.reception.setup_code(NOON) for _ in range(4)]
    answers = []

    def one(number: int) -> None:
        answers.append(join(at_desk, codes[number] or "", f"name{number}"))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(answer) for answer in answers].count(SignedIn) == 1
    assert len(at_desk.reception.accounts()) == 1


def test_where_the_last_therapist_is_out_whoever_starts_the_coach_gets_a_code(at_desk: Desk) -> None:
    thea = at_desk.therapist()
    assert at_desk.reception.setup_code(NOON) is None
    at_desk.reception.revoke(thea.uid, NOON)
    assert at_desk.reception.setup_code(NOON) is not None


def test_at_home_the_first_therapist_sets_a_password_once(records: Records) -> None:
    at_home = desk(records, HOME)
    tried = at_home.reception.set_up_at_home("thea", "Thea", PASSWORD, NOON)
    assert isinstance(tried, SignedIn)
    assert at_home.reception.set_up_at_home("second", "Second", OTHER, NOON) == WRONG
    assert at_home.record()[-1] == "set_up_refused"
    in_clinic = desk(records)
    at_home.reception.revoke(tried.account.uid, NOON)
    assert in_clinic.reception.set_up_at_home("third", "Third", OTHER, NOON) == WRONG


# Patients and staff


def test_an_invited_patient_gets_an_account_of_their_profile(at_desk: Desk) -> None:
    thea, whose = at_desk.therapist(), at_desk.profile("pat")
    invited = at_desk.reception.invite(Role.PATIENT, "", NOON, by=thea.uid, patient_uid=whose)
    opened = at_desk.reception.open_invitation(invited.code, NOON)
    assert isinstance(opened, Invitation)
    assert (opened.kind, opened.name, opened.patient_uid) == ("patient", "Pat", whose)
    tried = join(at_desk, invited.code, "pat@example.org", name="Somebody Else")
    assert isinstance(tried, SignedIn)
    assert (tried.account.role, tried.account.name, tried.account.patient_uid) == (
        *(Role.PATIENT, "Pat", whose),
    )
    with pytest.raises(AccountRefused) as refused:
        at_desk.reception.invite(Role.PATIENT, "", NOON, by=thea.uid, patient_uid=whose)
    assert refused.value.reason == "has_account"
    assert [e.what for e in at_desk.reception.events(whose=whose)] == ["joined", "invited"]


@pytest.mark.parametrize("role", list(Role))
def test_a_code_works_once_and_until_its_time_is_over(at_desk: Desk, role: Role) -> None:
    def invited() -> str:
        whose = at_desk.profile("pat") if role is Role.PATIENT else None
        return at_desk.reception.invite(role, "Pat", at_desk.now, by=None, patient_uid=whose).code

    used, expired = invited(), invited()
    assert isinstance(join(at_desk, used, "first"), SignedIn)
    assert join(at_desk, used, "again") == WRONG
    at_desk.clock.now += VALID[role.value] - timedelta(seconds=1)
    assert isinstance(at_desk.reception.open_invitation(expired, at_desk.now), Invitation)
    at_desk.clock.passes(seconds=1)
    assert join(at_desk, expired, "late") == WRONG
    assert at_desk.record().count("code_refused") == 2


def test_two_who_use_a_code_at_the_same_moment_get_one_account(at_desk: Desk) -> None:
    code = at_desk.reception.invite(Role.THERAPIST, "New", NOON, by=None).code
    answers = []

    def one(number: int) -> None:
        answers.append(join(at_desk, code, f"name{number}"))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(answer) for answer in answers].count(SignedIn) == 1
    assert len(at_desk.reception.accounts()) == 1


def test_what_does_not_fit_yet_does_not_use_the_code_up(at_desk: Desk) -> None:
    at_desk.therapist()
    code = at_desk.reception.invite(Role.THERAPIST, "New", NOON, by=None).code
    for sign_in_name, password in (("thea", PASSWORD), ("new", "short"), ("x", PASSWORD)):
        with pytest.raises(AccountRefused):
            join(at_desk, code, sign_in_name, password)
    assert isinstance(join(at_desk, code), SignedIn)


def test_codes_of_somebody_who_is_out_and_codes_taken_back_open_nothing(at_desk: Desk) -> None:
    thea, olga = at_desk.therapist(), at_desk.therapist("olga")
    of_thea = at_desk.reception.invite(Role.THERAPIST, "New", NOON, by=thea.uid).code
    taken_back = at_desk.reception.invite(Role.THERAPIST, "New", NOON, by=olga.uid)
    at_desk.reception.revoke(thea.uid, NOON)
    at_desk.reception.withdraw(taken_back.invitation.uid, NOON, by=olga.uid)
    assert join(at_desk, of_thea) == WRONG
    assert join(at_desk, taken_back.code) == WRONG


def test_an_administrator_takes_no_patient_s_code_back(at_desk: Desk) -> None:
    ada, whose = at_desk.therapist("ada", Role.ADMINISTRATOR), at_desk.profile("pat")
    invited = at_desk.reception.invite(Role.PATIENT, "", NOON, by=None, patient_uid=whose)
    with pytest.raises(AccountRefused):
        at_desk.reception.withdraw(invited.invitation.uid, NOON, by=ada.uid)


def test_guessing_codes_waits_where_the_guesses_come_from(at_desk: Desk) -> None:
    code = at_desk.reception.invite(Role.THERAPIST, "New", NOON, by=None).code
    for number in range(5):
        guessed = at_desk.reception.open_invitation(f"AAAA-AAAA-AAA{number + 2}", NOON, address=HERE)
        assert guessed == WRONG
    assert at_desk.reception.open_invitation(code, NOON, address=HERE) == NotSignedIn("wait", 5)
    assert isinstance(at_desk.reception.open_invitation(code, NOON, address=THERE), Invitation)
    assert at_desk.record()[-1] == "code_waits"


# A forgotten password


def test_a_code_for_a_new_password_ends_all_browsers_and_all_waiting(at_desk: Desk) -> None:
    pat, thea = at_desk.patient(), at_desk.therapist()
    before = at_desk.sign_in("pat").token
    for _ in range(5):
        at_desk.reception.try_sign_in("pat", OTHER, NOON, address=THERE)
    code = at_desk.reception.new_password_code(pat.uid, NOON, by=thea.uid).code
    with pytest.raises(AccountRefused):
        join(at_desk, code, password="pat pat pat")
    tried = join(at_desk, code, sign_in_name="ignored", password=OTHER)
    assert isinstance(tried, SignedIn)
    assert tried.account.uid == pat.uid
    assert at_desk.who_is(before) is None
    assert at_desk.who_is(tried.token) == "pat"
    assert at_desk.reception.try_sign_in("pat", PASSWORD, NOON, address="203.0.113.5") == WRONG
    at_desk.sign_in("pat", OTHER, THERE)
    assert join(at_desk, code, password=PASSWORD) == WRONG


def test_a_new_password_does_not_go_around_the_phone_nor_into_a_closed_account(at_desk: Desk) -> None:
    thea, olga, secret = at_desk.therapist(), at_desk.therapist("olga"), secret_from(b"x" * 20)
    code = next(c for c in (f"{n:06}" for n in range(10**6)) if step_of(secret, c, NOON, None))
    assert at_desk.reception.set_second_step(thea.uid, PASSWORD, secret, code, NOON) is None
    first = at_desk.reception.new_password_code(thea.uid, NOON, by=olga.uid).code
    assert isinstance(join(at_desk, first, password=OTHER), CodeNeeded)
    second = at_desk.reception.new_password_code(thea.uid, NOON, by=olga.uid).code
    at_desk.reception.revoke(thea.uid, NOON, by=olga.uid)
    assert join(at_desk, second, password=PASSWORD) == WRONG


def test_codes_of_a_closed_account_stay_dead_when_it_is_opened_again(at_desk: Desk) -> None:
    thea, olga = at_desk.therapist(), at_desk.therapist("olga")
    theirs = at_desk.reception.invite(Role.THERAPIST, "A friend", NOON, by=olga.uid)
    own = at_desk.reception.new_password_code(olga.uid, NOON, by=thea.uid)

    at_desk.reception.revoke(olga.uid, NOON, by=thea.uid)
    at_desk.reception.restore(olga.uid, NOON, by=thea.uid)

    for invited in (theirs, own):
        assert at_desk.reception.open_invitation(invited.code, NOON) == NotSignedIn("wrong")
    assert all(one.expires_at <= NOON for one in at_desk.reception.invitations()), "none is listed as good"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "Zero\u200bwidth"])
def test_a_name_that_cannot_join_is_not_invited(at_desk: Desk, name: str) -> None:
    thea = at_desk.therapist()
    with pytest.raises(AccountRefused, match="name"):
        at_desk.reception.invite(Role.THERAPIST, name, NOON, by=thea.uid)
    assert at_desk.reception.invitations() == []


def test_a_name_that_was_pasted_with_odd_spaces_can_join(at_desk: Desk) -> None:
    thea = at_desk.therapist()
    invited = at_desk.reception.invite(Role.THERAPIST, " Olga\N{NO-BREAK SPACE} Oak ", NOON, by=thea.uid)
    joined = at_desk.reception.join(invited.code, "olga", "", PASSWORD, NOON)
    assert isinstance(joined, SignedIn)
    assert joined.account.name == "Olga Oak"
