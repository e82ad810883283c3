"""The accounts' page: who is shown whom, codes to come in by, and accounts that are closed and opened again."""

from __future__ import annotations

import re

import pyotp
import pytest
from reception import CLINIC, PASSWORD, CountedPasswords
from streamlit.testing.v1 import AppTest
from therapists import alone, let_in
from typer.testing import CliRunner
from visitors import MONDAY, Clock, words

from coach.__main__ import app as command_line
from coach.clinic.accounts import Account, AccountRefused, Role
from coach.clinic.sign_in import NotSignedIn
from coach.clinic.totp import secret_from
from coach.clinic.who import Reception
from coach.records import Records

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def records(home_log: Records, monkeypatch: pytest.MonkeyPatch) -> Records:
    monkeypatch.setenv("COACH_MODE", "clinic")
    return home_log


@pytest.fixture
def desk(records: Records) -> Reception:
    return Reception(records.engine, CLINIC, passwords=CountedPasswords())


def made(desk: Reception, name: str, role: Role, patient_uid: str | None = None) -> Account:
    return desk.create_account(role, name, name.title(), PASSWORD, MONDAY, patient_uid=patient_uid)


def press(app: AppTest, label: str, key: str = "") -> AppTest:
    """Press the one button of that label whose key begins so."""
    (button,) = (one for one in app.button if one.label == label and (one.key or "").startswith(key))
    button.click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_therapist_sees_everybody_and_closes_opens_and_helps(
    records: Records, desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = let_in(records, monkeypatch, MONDAY)
    rosa = made(desk, "rosa *x*", Role.PATIENT, records.create_patient("Rosa", None, MONDAY).uid)
    made(desk, "adam", Role.ADMINISTRATOR)
    mia = made(desk, "mia", Role.THERAPIST)

    app = alone("accounts.py")

    told = words(app)
    assert r"**Rosa \*X\***" in told  # a name is only words
    assert "Patient, since 2 March 2026" in told
    assert "**Adam**" in told
    assert "**Ada Compass**" in told
    assert app.radio[0].options == ["Therapist", "Administrator"]
    assert not [one for one in app.button if one.key and me.uid in one.key]  # nobody closes their own

    press(app, "New password", f"password-{rosa.uid}")
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", app.code[0].value)
    assert "For Rosa" in words(app)
    app.run()
    assert not app.code  # it is shown once

    press(app, "Close this account", f"close-{mia.uid}")
    closed = desk.account(mia.uid)
    assert closed is not None
    assert closed.revoked_at == MONDAY
    app = alone("accounts.py")
    assert "Therapist, closed" in words(app)
    assert f"password-{mia.uid}" not in {one.key for one in app.button}
    press(app, "Open it again", f"close-{mia.uid}")
    assert desk.account(mia.uid) == mia


def test_a_colleague_is_invited_by_name_and_a_code_can_be_taken_back(
    records: Records, desk: Reception, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    let_in(records, monkeypatch, MONDAY)
    app = alone("accounts.py")
    press(app, "Make a code")
    assert "Please write your colleague's name" in "".join(one.value for one in app.warning)
    assert desk.invitations() == []

    app.text_input[0].set_value("Mia New")
    app.radio[0].set_value(Role.ADMINISTRATOR)
    press(app, "Make a code")

    (invited,) = desk.invitations()
    assert (invited.kind, invited.name) == ("administrator", "Mia New")
    code = app.code[0].value
    assert "Mia New, administrator: until 4 March 2026, 09:00" in words(app.run())

    press(app, "Take it back")
    assert desk.open_invitation(code, MONDAY) == NotSignedIn("wrong")
    assert "Take it back" not in labels(alone("accounts.py"))


def test_an_administrator_sees_administrators_only(
    records: Records, desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY, Role.ADMINISTRATOR)
    thea = made(desk, "thea", Role.THERAPIST)
    made(desk, "rosa", Role.PATIENT, records.create_patient("Rosa", None, MONDAY).uid)
    made(desk, "adam", Role.ADMINISTRATOR)
    desk.invite(Role.THERAPIST, "Nina New", MONDAY, by=thea.uid)

    app = alone("accounts.py")

    told = words(app)
    assert app.radio[0].options == ["Administrator"]
    assert "**Adam**" in told
    assert "Thea" not in told
    assert "Rosa" not in told
    assert "Nina" not in told


@pytest.mark.parametrize("role", [Role.PATIENT, None])
def test_for_anybody_else_the_page_ends_at_once(
    records: Records, desk: Reception, monkeypatch: pytest.MonkeyPatch, role: Role | None
) -> None:
    made(desk, "thea", Role.THERAPIST)
    if role is not None:
        let_in(records, monkeypatch, MONDAY, role, records.create_patient("Rosa", None, MONDAY).uid)

    app = alone("accounts.py")

    assert "This page is not open to you" in words(app)
    assert "Thea" not in words(app)
    assert app.get("text_input") == []
    assert desk.events()[0].what == "access_refused"


def test_the_last_therapist_is_left(
    records: Records, desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = let_in(records, monkeypatch, MONDAY)
    adam, bert = made(desk, "adam", Role.ADMINISTRATOR), made(desk, "bert", Role.THERAPIST)
    app = alone("accounts.py")
    press(app, "Close this account", f"close-{adam.uid}")
    press(app, "Close this account", f"close-{bert.uid}")

    with pytest.raises(AccountRefused, match="last therapist"):
        desk.revoke(me.uid, MONDAY, by=me.uid)
    assert [one.uid for one in desk.accounts() if one.revoked_at is None] == [me.uid]
    desk.revoke(me.uid, MONDAY)  # whoever sits at the computer itself


def test_a_lost_telephone_is_helped_with(
    records: Records, desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(records, monkeypatch, MONDAY)
    mia = made(desk, "mia", Role.THERAPIST)
    app = alone("accounts.py")
    assert "Lost telephone" not in labels(app)
    secret = secret_from(bytes(range(20)))
    assert desk.set_second_step(mia.uid, PASSWORD, secret, pyotp.TOTP(secret).at(MONDAY), MONDAY) is None

    press(app.run(), "Lost telephone")

    assert desk.account(mia.uid) == mia
    assert "Lost telephone" not in labels(app)


def test_the_last_therapist_s_account_is_closed_on_the_computer_itself(
    records: Records, desk: Reception
) -> None:
    thea = made(desk, "thea", Role.THERAPIST)
    invited = desk.invite(Role.THERAPIST, "Olga", MONDAY, by=thea.uid)
    told = CliRunner().invoke(command_line, ["accounts", "close", "thea"])
    assert (told.exit_code, "It is closed." in told.output) == (0, True)
    assert not desk.has_therapist()
    assert desk.open_invitation(invited.code, MONDAY) == NotSignedIn("wrong")
