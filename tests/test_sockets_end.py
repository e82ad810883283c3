"""A socket is opened by whoever may, and lives no longer than that: signed out, shut out, idle or old, it ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn
from browser import ALLOWED, chromium, free_port
from playwright.sync_api import expect, sync_playwright
from reception import CLINIC, HOME, OTHER, PASSWORD, Desk, desk
from scripted_coach import DATA
from scripted_practice import CARD, CARDS, ScriptedPractice, eventually, hello, picture, refusal, until
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from therapists import let_in
from visitors import MONDAY, opened

import streamlit_app
from coach.assignment import Assignment
from coach.clinic import guard
from coach.clinic.accounts import Role
from coach.clinic.guard import Guard
from coach.clinic.headers import scripts_in
from coach.clinic.mode import Mode
from coach.clinic.open_socket import SIGNED_OUT, OpenSocket
from coach.clinic.sign_in import LIMITS, SignedIn
from coach.clinic.who import COOKIE, Reception
from coach.face import Side
from coach.live import Live
from coach.plan import Plan
from coach.records import PracticeRecord, Records, RecordsError, open_records
from pages.camera import CSS, HTML, JS

LIVE, PAGE = "/live", "/_stcore/stream"
IDLE, OLDEST = LIMITS[Role.PATIENT].idle, LIMITS[Role.PATIENT].absolute


@dataclass
class House:
    """The live socket and one that sends pages, behind the guard; whose clock is in the test's hand."""

    desk: Desk
    records: Records
    live: Live
    app: Starlette
    client: TestClient
    practices: list[ScriptedPractice] = field(default_factory=list)

    def ticket(self, name: str) -> str:
        return self.live.ticket(Assignment(CARD), self.uid(name), Side.RIGHT)

    def uid(self, name: str) -> str:
        account = self.desk.reception.account_named(name)
        assert account is not None
        assert account.patient_uid is not None
        return account.patient_uid

    def open(self, path: str, token: str | None) -> Any:
        address = str(self.client.base_url).rstrip("/")
        headers = {"origin": address} | ({} if token is None else {"cookie": f"{COOKIE}={token}"})
        return self.client.websocket_connect(address.replace("http", "ws", 1) + path, headers=headers)

    def log(self, name: str = "pat") -> list[PracticeRecord]:
        return list(self.records.practices(self.uid(name)))


async def page(socket: WebSocket) -> None:
    """As Streamlit's: content goes out whenever something comes in."""
    await socket.accept()
    try:
        while True:
            await socket.send_text(f"page for {await socket.receive_text()}")
    except WebSocketDisconnect:
        pass


@pytest.fixture
def make_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., House]]:
    monkeypatch.setattr(guard, "CHECK_EVERY_SECONDS", 0.03)
    records = open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    clients: list[TestClient] = []

    def make(mode: Mode = CLINIC, *more: Route) -> House:
        at = desk(records, mode)
        practices: list[ScriptedPractice] = []

        def make_practice(_: Plan, __: Any, *, on_repetition: Any) -> ScriptedPractice:
            practices.append(ScriptedPractice(on_repetition, repetitions=10_000))
            return practices[-1]

        live = Live(records, lambda: CARDS, at.reception, make_practice=make_practice)
        watching = Middleware(
            Guard,
            mode=mode,
            reception=lambda: at.reception,
            now=at.clock,
            inline_scripts=scripts_in(PRACTISING + READING),
        )
        app = Starlette(
            routes=[WebSocketRoute(LIVE, live.endpoint), WebSocketRoute(PAGE, page), *more],
            middleware=[watching],
        )
        client = TestClient(app, base_url="https://coach.example" if mode.clinic else "http://localhost:8501")
        client.__enter__()
        clients.append(client)
        return House(at, records, live, app, client, practices)

    yield make
    for client in clients:
        client.__exit__(None, None, None)
    records.close()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    house = make_house()
    house.desk.patient("pat")
    house.desk.patient("eve")
    return house


def checked(checks: list[str | None]) -> None:
    """Wait until two more looks have been taken: the second began after this."""
    before = len(checks)
    eventually(lambda: len(checks) >= before + 2)


def ended(socket: WebSocketTestSession) -> int:
    """The code a socket is closed with, within five seconds; what was sent before that is passed over."""

    async def closing() -> int:
        with anyio.fail_after(5):
            while (message := await socket._send_rx.receive())["type"] != "websocket.close":
                pass
        return int(message["code"])

    return socket.portal.call(closing)


# -- whose practice it is --------------------------------------------------------------------------------------


def test_another_patient_s_ticket_is_refused_and_that_is_on_record(house: House) -> None:
    eve = house.desk.sign_in("eve")
    with house.open(LIVE, eve.token) as socket:
        socket.send_json({"type": "hello", "ticket": house.ticket("pat")})
        assert refusal(socket) == ("not_theirs", 1008)
    assert (house.log(), house.practices) == ([], [])
    (event,) = house.desk.reception.events(what="access_refused")
    assert (event.who, event.whose, event.detail) == (eve.account.uid, house.uid("pat"), LIVE)
    assert event.address


def test_another_patient_s_practice_is_not_come_back_to_and_goes_on(house: House) -> None:
    with house.open(LIVE, house.desk.sign_in("pat").token) as own:
        returning = hello(own, house.ticket("pat"))["ticket"]
        with house.open(LIVE, house.desk.sign_in("eve").token) as other:
            other.send_json({"type": "hello", "ticket": returning})
            assert refusal(other) == ("not_theirs", 1008)
        own.send_bytes(picture(1.0))
        assert until(own, "snapshot")["judged"]
    assert house.desk.record().count("access_refused") == 1
    assert house.log("eve") == []


def test_at_home_all_profiles_practise_without_an_account(make_house: Callable[..., House]) -> None:
    home = make_house(HOME)
    someone = home.desk.profile("someone")
    with home.open(LIVE, None) as socket:
        welcome = hello(socket, home.live.ticket(Assignment(CARD), someone, Side.RIGHT))
    assert welcome["type"] == "welcome"
    assert "access_refused" not in home.desk.record()


# -- the right ends, and so does the socket --------------------------------------------------------------------


def signs_out(at: Desk, signed_in: SignedIn) -> None:
    at.reception.sign_out(signed_in.token, at.now)


def signs_out_everywhere(at: Desk, signed_in: SignedIn) -> None:
    at.reception.sign_out(at.sign_in(signed_in.account.sign_in_name).token, at.now, everywhere=True)


def changes_the_password(at: Desk, signed_in: SignedIn) -> None:
    changed = at.reception.change_password(signed_in.account.uid, PASSWORD, OTHER, at.now)
    assert isinstance(changed, SignedIn)


def is_shut_out(at: Desk, signed_in: SignedIn) -> None:
    at.reception.revoke(signed_in.account.uid, at.now)


def is_idle(at: Desk, signed_in: SignedIn) -> None:
    at.clock.now += LIMITS[signed_in.account.role].idle


def is_there_for_too_long(at: Desk, signed_in: SignedIn) -> None:
    limits = LIMITS[signed_in.account.role]
    for _ in range(limits.absolute // (limits.idle / 2)):  # never idle
        at.clock.now += limits.idle / 2
        at.reception.signed_in(signed_in.token, at.now)


WAYS = [signs_out, signs_out_everywhere, changes_the_password, is_shut_out, is_idle, is_there_for_too_long]


@pytest.mark.parametrize("way", WAYS)
def test_a_practice_ends_with_the_right_to_it_and_what_was_done_is_kept(
    house: House, way: Callable[[Desk, SignedIn], None]
) -> None:
    pat = house.desk.sign_in("pat")
    with house.open(LIVE, pat.token) as socket:
        hello(socket, house.ticket("pat"))
        for at in (1.0, 1.1, 1.2):
            socket.send_bytes(picture(at))
            until(socket, "snapshot")
        way(house.desk, pat)
        assert ended(socket) == SIGNED_OUT
    (record,) = house.log()
    assert (record.ending, [r.number for r in record.repetitions]) == (None, [1])
    assert len(house.practices[0].times) == 3
    assert house.desk.reception.events(newest=1)[0].detail == f"websocket {LIVE}"


@pytest.mark.parametrize("way", WAYS)
def test_a_therapist_s_page_ends_with_the_right_to_it(
    house: House, way: Callable[[Desk, SignedIn], None]
) -> None:
    house.desk.therapist()
    thea = house.desk.sign_in()
    with house.open(PAGE, thea.token) as socket:
        socket.send_text("Ann")
        assert socket.receive_text() == "page for Ann"
        way(house.desk, thea)
        assert ended(socket) == SIGNED_OUT
    assert house.desk.reception.events(newest=1)[0].detail == f"websocket {PAGE}"


def test_after_signing_in_again_the_practice_goes_on_where_it_was(house: House) -> None:
    pat = house.desk.sign_in("pat")
    with house.open(LIVE, pat.token) as socket:
        before = hello(socket, house.ticket("pat"))
        for at in (1.0, 1.1, 1.2):
            socket.send_bytes(picture(at))
            until(socket, "snapshot")
        signs_out(house.desk, pat)
        assert ended(socket) == SIGNED_OUT
    with pytest.raises(WebSocketDisconnect), house.open(LIVE, pat.token):
        pass
    with house.open(LIVE, house.desk.sign_in("pat").token) as socket:
        again = hello(socket, before["ticket"])
        assert (again["practice"], again["repetition"]) == (before["practice"], 2)
    assert (len(house.practices), len(house.log())) == (1, 1)


def test_others_and_other_windows_go_on(house: House) -> None:
    pat, elsewhere, eve = (house.desk.sign_in(name) for name in ("pat", "pat", "eve"))
    with (
        house.open(PAGE, pat.token) as first,
        house.open(PAGE, elsewhere.token) as second,
        house.open(PAGE, eve.token) as third,
    ):
        signs_out(house.desk, pat)
        assert ended(first) == SIGNED_OUT
        for socket in (second, third):
            socket.send_text("me")
            assert socket.receive_text() == "page for me"


# -- practising is being there, an open page is not ------------------------------------------------------------


def counted(house: House) -> list[str | None]:
    """The cookies that are asked about from now on."""
    asked: list[str | None] = []
    ask = house.desk.reception.who

    def who(token: str | None, *more: Any, **named: Any) -> Any:
        found = ask(token, *more, **named)
        asked.append(token)
        return found

    house.desk.reception.who = who  # type: ignore[method-assign]
    return asked


def test_a_practice_is_not_cut_by_the_idle_limit(house: House) -> None:
    pat = house.desk.sign_in("pat")
    came, checks = house.desk.now, counted(house)
    with house.open(LIVE, pat.token) as socket:
        hello(socket, house.ticket("pat"))
        while house.desk.now < came + 3 * IDLE:
            house.desk.clock.now += IDLE / 3
            socket.send_bytes(picture(1.0))
            until(socket, "snapshot")
            checked(checks)
        assert house.desk.who_is(pat.token) == "pat"
        house.desk.clock.now += IDLE
        assert ended(socket) == SIGNED_OUT


def test_a_page_that_only_keeps_its_socket_open_is_idle(house: House) -> None:
    pat = house.desk.sign_in("pat")
    checks = counted(house)
    with house.open(PAGE, pat.token) as socket:
        for _ in range(2):
            house.desk.clock.now += IDLE / 3
            socket.send_text("still here")
            assert socket.receive_text() == "page for still here"
            checked(checks)
        house.desk.clock.now += IDLE / 3
        assert ended(socket) == SIGNED_OUT
    assert house.desk.record()[-2:] == ["cookie_expired", "not_signed_in"]


def test_at_home_nobody_is_asked_about_while_a_socket_is_open(make_house: Callable[..., House]) -> None:
    home = make_house(HOME)
    home.desk.therapist()
    thea = home.desk.sign_in()
    checks = counted(home)
    with home.open(LIVE, None) as practice, home.open(PAGE, thea.token) as own:
        hello(practice, home.live.ticket(Assignment(CARD), home.records.profile().uid, Side.RIGHT))
        signs_out(home.desk, thea)
        for at in range(10):
            practice.send_bytes(picture(at / 10))
            until(practice, "snapshot")
            own.send_text("me")
            assert own.receive_text() == "page for me"
            time.sleep(0.02)
    assert checks == [None, thea.token]  # as each was opened


def test_while_the_database_cannot_be_asked_a_practice_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pat, tried = house.desk.sign_in("pat"), []

    def away(*_: Any, **__: Any) -> None:
        tried.append(True)
        raise RecordsError("The database is away.")

    with house.open(LIVE, pat.token) as socket:
        hello(socket, house.ticket("pat"))
        with monkeypatch.context() as trouble:
            trouble.setattr(house.desk.reception, "who", away)
            eventually(lambda: len(tried) > 2)
            socket.send_bytes(picture(1.0))
            assert until(socket, "snapshot")["judged"]
        signs_out(house.desk, pat)
        assert ended(socket) == SIGNED_OUT


@pytest.mark.logs_errors
def test_a_look_that_goes_wrong_ends_the_socket(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with house.open(PAGE, house.desk.sign_in("pat").token) as socket:
        monkeypatch.setattr(house.desk.reception, "who", broken)
        assert ended(socket) == SIGNED_OUT


def test_what_was_on_its_way_as_a_socket_ended_is_not_answered() -> None:
    async def story() -> list[Message]:
        coming: asyncio.Queue[Message] = asyncio.Queue()
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        socket = OpenSocket(coming.get, send)
        coming.put_nowait({"type": "websocket.receive", "text": "first"})
        assert (await socket.receive())["text"] == "first"
        await socket.send({"type": "websocket.send", "text": "answer"})
        waiting = asyncio.create_task(socket.receive())
        await asyncio.sleep(0)
        coming.put_nowait({"type": "websocket.receive", "text": "second"})
        await socket.end()
        await socket.send({"type": "websocket.send", "text": "late"})
        for gone in (await waiting, await socket.receive()):
            assert (gone["type"], gone["code"]) == ("websocket.disconnect", SIGNED_OUT)
        return sent

    assert [sent.get("text") or sent["code"] for sent in asyncio.run(story())] == ["answer", SIGNED_OUT]


# -- what the person sees --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["patients.py", "patient.py"])
def test_at_home_a_run_after_signing_out_shows_nothing_of_the_therapist_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.setattr("pages.rooms.now", lambda: MONDAY)
    records = open_records()
    uid = records.create_patient("Ann Apple", Side.RIGHT, MONDAY).uid
    let_in(records, monkeypatch, MONDAY)
    app = opened(page, patient=uid)
    assert about_patients(app)
    Reception(records.engine, HOME).sign_out(ContextProxy.cookies[COOKIE], MONDAY)  # type: ignore[index]
    app.run()
    assert not app.exception
    assert about_patients(app) == []
    records.close()


def about_patients(app: AppTest) -> list[str]:
    """The links to patients and to their list."""
    links = [element.proto for element in app.get("page_link")]
    return [link.label for link in links if "patient" in f"{link.page} {link.query_string}"]


PRACTISING = f"""<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>Practise</title>{streamlit_app.OURS}<style>{CSS}</style><main>{HTML}</main>
<script type="module">{JS.replace("export default function", "function mount")}
new WebSocket(`ws://${{location.host}}{PAGE}`);
const data = await (await fetch("/data")).json();
mount({{ data, parentElement: document, setTriggerValue() {{}} }});
</script>"""
READING = f"""<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>Patients</title>{streamlit_app.OURS}<h1>Ann Apple</h1>
<script>const read = new WebSocket(`ws://${{location.host}}{PAGE}`)</script>"""
DOOR = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><h1>Sign in</h1>'


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The address of a real server."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.mark.browser
def test_in_chromium_a_practice_says_so_and_waits_and_any_other_page_comes_to_the_door(
    make_house: Callable[..., House],
) -> None:
    house = make_house(
        Mode(clinic=True, secret="s" * 40),
        Route("/practice", lambda _: HTMLResponse(PRACTISING)),
        Route("/data", lambda _: JSONResponse({**DATA, "ticket": house.ticket("pat")})),
        Route("/patients", lambda _: HTMLResponse(READING)),
        Route("/sign-in", lambda _: HTMLResponse(DOOR)),
    )
    house.desk.patient("pat")
    house.desk.therapist()
    with (
        served(house.app) as address,
        sync_playwright() as playwright,
        chromium(playwright, ALLOWED) as browser,
    ):
        context = browser.new_context()

        def sign_in(name: str) -> SignedIn:
            signed_in = house.desk.sign_in(name)
            context.add_cookies([{"name": COOKIE, "value": signed_in.token, "url": address}])
            return signed_in

        page = context.new_page()
        first = sign_in("pat")
        page.goto(f"{address}/practice")
        mirror = page.get_by_test_id("practice-live")
        expect(mirror).to_have_attribute("data-state", "live", timeout=30_000)
        signs_out(house.desk, first)
        expect(mirror).to_have_attribute("data-state", "signed_out", timeout=30_000)
        expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()

        second = sign_in("pat")
        page.get_by_role("button", name="Sign in").click()
        expect(mirror).to_have_attribute("data-state", "live", timeout=30_000)
        assert (len(house.practices), len(house.log())) == (1, 1)

        signs_out(house.desk, second)
        page.get_by_role("button", name="Sign in").click(timeout=30_000)
        expect(page).to_have_url(f"{address}/sign-in?next=/practice", timeout=30_000)

        thea = sign_in("thea")
        page.goto(f"{address}/patients")
        page.wait_for_function("read.readyState === WebSocket.OPEN")
        signs_out(house.desk, thea)
        expect(page).to_have_url(f"{address}/sign-in?next=/patients", timeout=30_000)
        expect(page.get_by_text("Ann Apple")).to_have_count(0)
