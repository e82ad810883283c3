"""What docs/access.md says of attacks: each is tried at the doors, and comes to what is told, and on record."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyotp
import pytest
from attacks import ATTACKS
from reception import CLINIC, OTHER, PASSWORD, Desk, desk
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from test_doors import ORIGIN, House, house_of
from weeks import LIBRARY, SMILE

from coach.assignment import Assignment
from coach.clinic.accounts import Role
from coach.clinic.guard import CLOSED, Guard
from coach.clinic.invitations import VALID
from coach.clinic.sign_in import LIMITS
from coach.clinic.who import COOKIE
from coach.face import Side
from coach.live import Live
from coach.records import open_records

SOCKETS = ("/live", "/_stcore/stream")
RIGHT = {"sign_in_name": "thea", "password": PASSWORD}


@pytest.fixture
def clinic(tmp_path: Path) -> House:
    house = house_of(tmp_path, CLINIC)
    house.desk.therapist()
    house.desk.patient()
    return house


@contextmanager
def on_record(at: Desk, attack: str) -> Iterator[None]:
    """What is written down meanwhile is what the table says."""
    before = len(at.record())
    yield
    assert tuple(dict.fromkeys(at.record()[before:])) == ATTACKS[attack].record
    assert at.reception.verify().intact


def with_cookie(house: House, token: str) -> House:
    """Another browser with a cookie that somebody brought along."""
    other = house.other_browser()
    other.client.cookies.set(COOKIE, token)
    return other


def opens_nothing(house: House, token: str) -> bool:
    other = with_cookie(house, token)
    pages = [other.client.get(path).headers.get("location", "") for path in ("/", "/patients", "/password")]
    return all(page.startswith("/sign-in") for page in pages) and not any(
        opens(other.client, path) for path in SOCKETS
    )


def opens(client: TestClient, path: str, origin: str = ORIGIN) -> bool:
    try:
        with client.websocket_connect(f"wss://coach.example{path}", headers={"origin": origin}):
            return True
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_names_a_test_that_there_is(attack: str) -> None:
    file, _, name = ATTACKS[attack].test.strip("`").partition("::")
    tree = ast.parse((Path(__file__).parent / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


# Guessing


def test_after_five_wrong_tries_even_the_right_one_waits(clinic: House) -> None:
    with on_record(clinic.desk, "five"):
        for _ in range(5):
            assert clinic.sign_in(password=OTHER).status == 403
        waits = clinic.sign_in()
        assert (waits.status, waits.headers["retry-after"]) == (429, "5")
    assert clinic.cookie is None


def test_after_ten_wrong_tries_it_is_a_quarter_of_an_hour(clinic: House) -> None:
    with on_record(clinic.desk, "ten"):
        for number in range(1, 11):
            assert clinic.sign_in(password=OTHER).status == 403
            clinic.desk.clock.passes(minutes=2 if number < 10 else 0)
        assert clinic.sign_in().headers["retry-after"] == "900"
        clinic.desk.clock.passes(minutes=15)
        assert clinic.sign_in().status == 303


def test_a_wrong_set_up_code_makes_no_therapist(tmp_path: Path) -> None:
    house = house_of(tmp_path, CLINIC)
    house.desk.reception.setup_code(house.desk.now)
    with on_record(house.desk, "set_up"):
        assert [house.send("/set-up", code="ABCD-EFGH-2345").status for _ in range(6)] == [403] * 5 + [429]
    assert not house.desk.reception.has_therapist()


# Cookies


def test_a_stolen_cookie_is_worth_nothing_once_its_owner_is_out(clinic: House) -> None:
    clinic.sign_in()
    stolen = str(clinic.cookie)
    assert with_cookie(clinic, stolen).client.get("/patients").status_code == 200
    with on_record(clinic.desk, "stolen"):
        clinic.send("/sign-out")
        assert opens_nothing(clinic, stolen)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.THERAPIST])
@pytest.mark.parametrize("attack", ["idle", "old"])
def test_an_old_cookie_opens_nothing(clinic: House, attack: str, role: Role) -> None:
    token, at = clinic.desk.sign_in("pat" if role is Role.PATIENT else "thea").token, clinic.desk
    limits = LIMITS[role]
    often = limits.idle / 2
    while attack == "old" and often < limits.absolute:
        at.clock.now += limits.idle / 2
        assert at.who_is(token)
        often += limits.idle / 2
    at.clock.now += limits.idle / 2 if attack == "old" else limits.idle
    with on_record(at, attack):
        assert opens_nothing(clinic, token)


def test_a_changed_cookie_opens_nothing(clinic: House) -> None:
    token = clinic.desk.sign_in().token
    with on_record(clinic.desk, "changed"):
        assert opens_nothing(clinic, ("A" if token[0] != "A" else "B") + token[1:])


def test_a_planted_cookie_is_not_taken_over(clinic: House) -> None:
    planted = "A" * 43
    clinic.client.cookies.set(COOKIE, planted, domain="coach.example")
    with on_record(clinic.desk, "planted"):
        assert clinic.sign_in().status == 303
    assert clinic.cookie not in (None, planted)
    assert opens_nothing(clinic, planted)


def test_a_therapist_whose_account_is_closed_is_out(clinic: House) -> None:
    at, token = clinic.desk, clinic.desk.sign_in().token
    thea, olga = at.reception.account_named("thea"), at.therapist("olga")
    assert thea is not None
    code = at.reception.invite(Role.THERAPIST, "Theo", at.now, by=thea.uid).code
    with on_record(at, "revoked"):
        at.reception.revoke(thea.uid, at.now, by=olga.uid)
        assert opens_nothing(clinic, token)
        assert clinic.sign_in().status == 403
        assert clinic.send("/join", code=code).status == 403


# Tickets


def test_a_changed_ticket_begins_no_practice(tmp_path: Path) -> None:
    at = desk(records := open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}"))
    pat = at.patient().patient_uid or ""
    begun: list[Any] = []
    live = Live(records, lambda: LIBRARY, at.reception, make_practice=lambda *_, **__: begun.append(1))
    guard = Middleware(Guard, mode=CLINIC, reception=lambda: at.reception, now=at.clock)
    app = Starlette(routes=[WebSocketRoute("/live", live.endpoint)], middleware=[guard])
    headers = {"origin": ORIGIN, "cookie": f"{COOKIE}={at.sign_in('pat').token}"}
    ticket = live.ticket(Assignment(SMILE.id), pat, Side.RIGHT)
    changed = [
        ticket[:-2]
        + ("A" if ticket[-2] != "A" else "B")
        + ticket[-1],  # the last letter holds two spare bits
        "x" + ticket[1:],
        ticket.replace(".", "", 1),
    ]
    with on_record(at, "ticket"):
        for one in changed:
            with TestClient(app, base_url=ORIGIN).websocket_connect(
                "wss://coach.example/live", headers=headers
            ) as socket:
                socket.send_json({"type": "hello", "ticket": one})
                assert socket.receive_json()["reason"] == "ticket_unknown"
    assert (begun, records.practices(pat)) == ([], [])
    records.close()


# Other sites


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_from_another_site_is_refused(clinic: House, origin: str | None) -> None:
    clinic.sign_in()
    headers = {} if origin is None else {"origin": origin}
    forms = {path: clinic.form(path) for path in ("/sign-out", "/password", "/second-step")}
    with on_record(clinic.desk, "csrf"):
        for path, form in forms.items():
            answer = clinic.client.post(path, data={"form": form}, headers=headers)
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert clinic.client.get("/patients").status_code == 200


def test_a_copied_form_is_refused(clinic: House) -> None:
    form, other_door = clinic.form("/sign-in"), clinic.form("/join")
    with on_record(clinic.desk, "form"):
        assert clinic.send("/sign-in", form[:-2] + "xx", **RIGHT).status == 403
        assert clinic.send("/sign-in", other_door, **RIGHT).status == 403
        assert clinic.other_browser().send("/sign-in", form, **RIGHT).status == 403
        clinic.desk.clock.passes(hours=2)
        assert clinic.send("/sign-in", form, **RIGHT).status == 403
    assert clinic.cookie is None


@pytest.mark.parametrize("origin", ["https://evil.example", "https://sub.coach.example", "null"])
def test_a_socket_from_another_site_is_refused(clinic: House, origin: str) -> None:
    clinic.client.cookies.set(COOKIE, clinic.desk.sign_in().token)
    with on_record(clinic.desk, "socket"):
        assert not any(opens(clinic.client, path, origin) for path in SOCKETS)


def test_another_host_s_name_is_refused(clinic: House) -> None:
    clinic.client.cookies.set(COOKIE, clinic.desk.sign_in().token)
    with on_record(clinic.desk, "host"):
        for path in ("/patients", "/sign-in", "/_stcore/health"):
            assert clinic.client.get(path, headers={"host": "evil.example"}).status_code == 400


def test_signing_in_leads_nowhere_else(clinic: House) -> None:
    with on_record(clinic.desk, "elsewhere"):
        for wanted in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            form = clinic.other_browser()
            answer = form.send("/sign-in", **RIGHT, next=wanted)
            assert (answer.status, answer.location) == (303, "/")


# Another patient


def test_another_patient_s_uid_opens_nothing_of_theirs(clinic: House) -> None:
    """At the guard; what the pages then show is opened, page by page, in test_leaks.py."""
    another = clinic.desk.profile("quinn")
    clinic.client.cookies.set(COOKIE, clinic.desk.sign_in("pat").token)
    with on_record(clinic.desk, "uid"):
        for path in ("/patient", "/prescribe", "/assess", "/report"):
            assert clinic.client.get(path, params={"patient": another}).status_code == 403


# Codes


@pytest.mark.parametrize("attack", ["used_code", "late_code"])
@pytest.mark.parametrize("role", [Role.PATIENT, Role.THERAPIST])
def test_a_used_or_late_invitation_lets_nobody_in(clinic: House, attack: str, role: Role) -> None:
    at = clinic.desk
    whose = at.profile("quinn") if role is Role.PATIENT else None
    code = at.reception.invite(role, "Quinn", at.now, by=None, patient_uid=whose).code
    if attack == "used_code":
        at.reception.join(code, "quinn", "Quinn", PASSWORD, at.now)
    else:
        at.clock.now += VALID[role.value]
    with on_record(at, attack):
        assert clinic.send("/join", code=code).status == 403
        joining = {"sign_in_name": "eve", "name": "Eve", "password": PASSWORD, "again": PASSWORD}
        assert clinic.send("/join", code=code, **joining).status == 403
    assert (clinic.cookie, at.reception.account_named("eve")) == (None, None)


def test_a_code_from_the_phone_counts_once(clinic: House) -> None:
    at = clinic.desk
    thea, secret = at.reception.account_named("thea"), at.reception.new_second_step()
    assert thea is not None
    phone = pyotp.TOTP(secret)
    assert at.reception.set_second_step(thea.uid, PASSWORD, secret, phone.at(at.now), at.now) is None
    at.clock.passes(minutes=1)
    code = phone.at(at.now)

    def second_step() -> int:
        browser = clinic.other_browser()
        step = browser.sign_in().text.split('name="step" value="')[1].split('"')[0]
        return browser.send("/sign-in", step=step, code=code).status

    with on_record(at, "replayed"):
        assert [second_step(), second_step()] == [303, 403]


# What is closed


@pytest.mark.parametrize("path", CLOSED)
def test_what_streamlit_has_of_its_own_is_closed(clinic: House, path: str) -> None:
    clinic.client.cookies.set(COOKIE, clinic.desk.sign_in().token)
    with on_record(clinic.desk, "closed_path"):
        assert clinic.client.get(f"{path}/x").status_code == 404
