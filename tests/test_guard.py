"""The guard: which hosts, origins and people come through, to every route and socket, and what every answer says."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from reception import CLINIC, HOME, Desk, desk
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from coach import CoachError
from coach.clinic.access import RULES
from coach.clinic.accounts import Role
from coach.clinic.guard import CLOSED, Guard
from coach.clinic.headers import scripts_in
from coach.clinic.mode import LOOPBACK, Mode, ModeError, read_mode
from coach.clinic.who import COOKIE
from coach.records import open_records

SECRET = "0123456789" * 4
SOCKETS = ("/_stcore/stream", "/live")
STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"


class Behind:
    """What stands behind the guard: every path answers, and remembers that somebody came through."""

    def __init__(self, mode: Mode, at: Desk, **more: Any) -> None:
        self.mode, self.desk = mode, at
        self.came: list[str] = []
        self.closed: list[int] = []
        routes = [
            *(WebSocketRoute(path, self.socket) for path in (*SOCKETS, "/other-socket")),
            Route("/{rest:path}", self.page, methods=["GET", "POST", "PUT", "DELETE"]),
        ]
        more = {"reception": lambda: at.reception, "now": at.clock, **more}
        self.app = Starlette(routes=routes, middleware=[Middleware(Guard, mode=mode, **more)])

    async def page(self, request: Request) -> PlainTextResponse:
        self.came.append(request.url.path)
        return PlainTextResponse("through", headers={"Cache-Control": "public"})

    async def socket(self, socket: WebSocket) -> None:
        self.came.append(socket.url.path)
        await socket.accept()
        await socket.close()

    def client(self, token: str | None = None, base_url: str | None = None) -> TestClient:
        base = base_url or ("https://coach.example" if self.mode.clinic else "http://localhost:8501")
        client = TestClient(self.app, base_url=base, follow_redirects=False)
        if token:
            client.headers["cookie"] = f"{COOKIE}={token}"
        return client

    def opens(self, client: TestClient, path: str, headers: dict[str, str]) -> bool:
        """Whether a socket is let through."""
        address = str(client.base_url).replace("http", "ws", 1).rstrip("/") + path
        try:
            with client.websocket_connect(address, headers=headers):
                return True
        except WebSocketDisconnect as closed:
            self.closed.append(closed.code)
            return False

    async def asked(self, kind: str, headers: list[tuple[bytes, bytes]]) -> list[Any]:
        """What is answered to a request or a socket, past everything that would tidy it up first."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request" if kind == "http" else "websocket.connect"}

        scheme = "http" if kind == "http" else "ws"
        scope = {"type": kind, "path": "/live", "raw_path": b"/live", "query_string": b"", "method": "GET"}
        await self.app(
            {**scope, "headers": headers, "client": ("127.0.0.1", 5), "scheme": scheme}, receive, send
        )
        return sent


@pytest.fixture
def home(tmp_path: Path) -> Behind:
    return Behind(HOME, desk(open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}"), HOME))


@pytest.fixture
def clinic(tmp_path: Path) -> Behind:
    behind = Behind(CLINIC, desk(open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")))
    behind.desk.therapist()
    behind.desk.therapist("ada", Role.ADMINISTRATOR)
    behind.desk.patient()
    return behind


# Hosts


@pytest.mark.parametrize(
    ("host", "through"),
    [
        ("localhost:8501", True),
        ("localhost", True),
        ("LOCALHOST:9000", True),
        ("127.0.0.1:8501", True),
        ("[::1]:8501", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example:8501", False),
        ("192.168.1.20:8501", False),
        ("localhost@evil.example", False),
        ("evil.example@localhost", False),
        ("localhost/evil", False),
        ("localhost:8501:8501", False),
        ("localhost:port", False),
        ("localhost#", True),
        ("; script-src *", False),
        ("", False),
    ],
)
def test_the_coach_answers_to_its_own_names_only(home: Behind, host: str, through: bool) -> None:
    answer = home.client().get("/_stcore/health", headers={"host": host})
    assert (answer.status_code, home.came) == ((200, ["/_stcore/health"]) if through else (400, []))
    headers = {"host": host, "origin": "http://localhost:8501" if not host else f"http://{host}"}
    if not through:
        assert not home.opens(home.client(), "/live", headers)
        assert home.desk.record() == ["foreign_host"] * 2
        assert "script-src *" not in answer.headers["content-security-policy"]


def test_two_hosts_or_none_are_refused(home: Behind) -> None:
    host = (b"host", b"localhost")
    for headers, status in (([host], 200), ([host, host], 400), ([], 400)):
        answered = asyncio.run(home.asked("http", headers))
        assert answered[0]["status"] == status


def test_what_a_proxy_may_say_is_not_believed_from_anybody(clinic: Behind) -> None:
    answer = clinic.client().get(
        "/_stcore/health", headers={"host": "evil.example", "x-forwarded-host": "coach.example"}
    )
    assert answer.status_code == 400


# Origins


ORIGINS = [
    ("https://coach.example", True),
    ("https://coach.example:443", True),
    ("https://COACH.example", True),
    ("http://coach.example", False),
    ("https://coach.example:8443", False),
    ("https://evil.example", False),
    ("https://sub.coach.example", False),
    ("https://coach.example.evil.example", False),
    ("https://coach.example@evil.example", False),
    ("https://coach.example/page", False),
    ("null", False),
    ("", False),
    (None, False),
]


@pytest.mark.parametrize(("origin", "through"), ORIGINS)
def test_only_our_own_pages_open_sockets_and_send_forms(
    clinic: Behind, origin: str | None, through: bool
) -> None:
    client = clinic.client(clinic.desk.sign_in("pat").token)
    headers = {} if origin is None else {"origin": origin}
    for path in SOCKETS:
        assert clinic.opens(client, path, headers) is through, path
    for method in ("POST", "PUT", "DELETE"):
        assert (client.request(method, "/sign-in", headers=headers).status_code == 200) is through
    assert (len(clinic.came), clinic.desk.record().count("foreign_origin")) == ((5, 0) if through else (0, 5))
    assert client.get("/sign-in", headers=headers).status_code == 200  # to look does no harm


def test_two_origins_are_none(home: Behind) -> None:
    host, origin = (b"host", b"localhost"), (b"origin", b"http://localhost")
    for headers, answer in (([host, origin], "accept"), ([host, origin, origin], "close")):
        answered = asyncio.run(home.asked("websocket", headers))
        assert answered[0]["type"] == f"websocket.{answer}"


def test_at_home_the_page_s_own_port_counts(home: Behind) -> None:
    for origin, through in (("http://localhost:8501", True), ("http://localhost:8502", False)):
        assert home.opens(home.client(), "/live", {"origin": origin}) is through


# What is closed, and who is not signed in


@pytest.mark.parametrize("path", CLOSED)
def test_what_nobody_here_needs_of_streamlit_is_closed_even_to_staff(clinic: Behind, path: str) -> None:
    client = clinic.client(clinic.desk.sign_in().token)
    for each in (path, f"{path}/", f"{path}/abc.pdf"):
        assert client.get(each).status_code == 404
        assert client.put(each, headers={"origin": "https://coach.example"}).status_code == 404
    assert clinic.came == []
    assert clinic.desk.record().count("closed_path") == 6


def visited(behind: Behind, token: str | None) -> dict[str, int]:
    """What each path with a rule answers: for sockets 200 if they open."""
    client = behind.client(token)
    origin = {"origin": "https://coach.example" if behind.mode.clinic else "http://localhost:8501"}
    return {
        path: (200 if behind.opens(client, path, origin) else 403)
        if path in SOCKETS
        else client.get(path).status_code
        for path in RULES
    }


DOORS = {"/sign-in", "/sign-out", "/set-up", "/join"}
PRACTISING = {"/today", "/session", "/practice", "/progress", "/notes", "/settings", "/practising", "/live"}
EVERYBODY = {*DOORS, "/password", "/", "/_stcore/stream"}
THERAPISTS = {"/second-step", "/patients", "/patient", "/prescribe", "/assess", "/accounts", "/report"}


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("pat", EVERYBODY | PRACTISING | {"/library"}),
        ("thea", EVERYBODY | THERAPISTS | {"/library"}),
        ("ada", EVERYBODY | {"/second-step", "/accounts"}),
    ],
)
def test_every_route_and_socket_against_every_role(clinic: Behind, name: str, opened: set[str]) -> None:
    answers = visited(clinic, clinic.desk.sign_in(name).token)
    assert {path for path, status in answers.items() if status == 200} == opened
    assert {status for path, status in answers.items() if path not in opened} <= {403}
    assert clinic.desk.record().count("access_refused") == len(RULES) - len(opened)
    assert set(clinic.closed) <= {1008}


@pytest.mark.parametrize("token", [None, "", "A" * 43, "forged"])
def test_whoever_is_not_signed_in_comes_to_the_door_and_no_further(clinic: Behind, token: str | None) -> None:
    answers = visited(clinic, token)
    assert {path for path, status in answers.items() if status == 200} == DOORS
    for path, status in answers.items():
        if path not in DOORS:
            assert status == (403 if path in SOCKETS else 303), path
    client = clinic.client(token)
    assert client.get("/anything-else").status_code == 303
    assert client.get("/_stcore/bidi-components/x/y.js").status_code == 303
    assert client.post("/patients", headers={"origin": "https://coach.example"}).status_code == 401
    assert not clinic.opens(client, "/other-socket", {"origin": "https://coach.example"})
    for path in ("/static/js/index.js", "/favicon.png", "/_stcore/health", "/_stcore/host-config"):
        assert client.get(path).status_code == 200


def test_an_address_that_is_no_page_is_answered_by_us_and_leads_back(home: Behind, clinic: Behind) -> None:
    a_page = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for behind, token in ((home, None), (clinic, clinic.desk.sign_in("pat").token)):
        client = behind.client(token)
        answer = client.get("/nowhere", headers=a_page)
        assert (answer.status_code, 'href="/"' in answer.text) == (404, True)
        assert "There is no such page here." in answer.text
        assert client.get("/today/", headers=a_page).status_code == 200
        assert client.get("/_stcore/anything.html", headers=a_page).status_code == 200
        assert client.get("/nowhere", headers={"accept": "*/*"}).status_code == 200
    assert clinic.client().get("/nowhere", headers=a_page).status_code == 303


def test_a_therapist_who_is_out_is_out_at_the_next_socket(clinic: Behind) -> None:
    token = clinic.desk.sign_in().token
    client, origin = clinic.client(token), {"origin": "https://coach.example"}
    assert clinic.opens(client, "/_stcore/stream", origin)
    account = clinic.desk.reception.account_named("thea")
    assert account is not None
    clinic.desk.reception.revoke(account.uid, clinic.desk.now)
    assert not clinic.opens(client, "/_stcore/stream", origin)
    assert client.get("/patients").status_code == 303
    assert "not_signed_in" in clinic.desk.record()


def test_at_home_everybody_practises_and_the_therapist_s_pages_ask_for_the_password(home: Behind) -> None:
    opened = {path for path, status in visited(home, None).items() if status == 200}
    assert opened == EVERYBODY | PRACTISING | {"/library"}
    assert home.client().get("/anything-else").status_code == 200
    home.desk.therapist()
    answers = visited(home, home.desk.sign_in().token)
    assert {path for path, status in answers.items() if status != 200} == set()


def test_without_the_records_the_clinic_stays_shut_and_at_home_the_page_says_what_is_amiss(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def closed() -> None:
        raise CoachError("The disk is full.")

    at = desk(open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}"))
    clinic, home = Behind(CLINIC, at, reception=closed), Behind(HOME, at, reception=closed)
    assert clinic.client().get("/today").status_code == 503
    assert home.client().get("/today").status_code == 200
    assert home.client().get("/patients").status_code == 503
    assert home.client(base_url="http://evil.example").get("/").status_code == 400
    assert "could not be written down" in caplog.text


# What goes on record


def test_a_refusal_is_on_record_without_what_a_stranger_wrote(
    clinic: Behind, caplog: pytest.LogCaptureFixture
) -> None:
    client = clinic.client()
    with caplog.at_level(logging.DEBUG, "coach"):
        client.get("/media/Anna-Berg.pdf?name=Anna", headers={"referer": "https://anna.example"})
        client.post("/Anna-Berg", headers={"origin": "https://anna.example"})
        client.get("/sign-in", headers={"host": "anna.example"})
    assert [(event.what, event.detail) for event in clinic.desk.reception.events(newest=3)] == [
        ("foreign_host", "http /sign-in"),
        ("foreign_origin", "http other"),
        ("closed_path", "http other"),
    ]
    assert all(event.address for event in clinic.desk.reception.events(newest=3))
    assert "anna" not in caplog.text.lower()
    assert "testclient" not in caplog.text
    assert clinic.desk.reception.verify().intact


# What every answer says


def answers_of(behind: Behind) -> Iterator[Any]:
    client = behind.client(behind.desk.sign_in("pat").token)
    yield from (
        client.get(path) for path in ("/today", "/patients", "/media/x", "/static/js/x.js", "/sign-in")
    )
    yield client.get("/sign-in", headers={"host": "evil.example"})
    yield client.post("/sign-in")
    yield behind.client().get("/today")


def test_every_answer_has_the_headers_refusals_too(clinic: Behind) -> None:
    seen = set()
    for answer in answers_of(clinic):
        seen.add(answer.status_code)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "camera=(self), microphone=()" in answer.headers["permissions-policy"]
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-eval'" not in policy
        assert "'unsafe-inline'" not in policy.split("script-src")[-1].split(";")[0]
    assert seen == {200, 303, 400, 403, 404}


def test_nothing_personal_is_kept_and_streamlit_s_own_files_may_be(clinic: Behind) -> None:
    client = clinic.client(clinic.desk.sign_in("pat").token)
    for path in ("/", "/today", "/anything", "/sign-in"):
        assert client.get(path).headers["cache-control"] == "no-store"
    assert client.get("/static/js/index.js").headers["cache-control"] == "public"


def test_the_policy_is_the_one_that_was_measured_with_the_scripts_of_the_page(home: Behind) -> None:
    ours = "window.__streamlit = {BACKEND_BASE_URL: location.origin}"
    theirs = scripts_in(STREAMLIT_PAGE.read_text("utf-8"))
    assert len(theirs) == 1
    behind = Behind(HOME, home.desk, inline_scripts=(ours, *theirs))
    policy = behind.client().get("/today").headers["content-security-policy"]
    prints = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in (ours, *theirs)]
    assert policy.split("; ") == [
        "default-src 'self'",
        f"script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-{prints[0]}' 'sha256-{prints[1]}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self' ws://localhost:8501",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    assert "strict-transport-security" not in behind.client().get("/today").headers


def test_scripts_with_a_file_of_their_own_need_no_mention() -> None:
    html = '<script type="module" src="./x.js"></script><script>a\n b</script><script defer>c</script>'
    assert scripts_in(html) == ("a\n b", "c")


# How to run


def test_at_home_nothing_needs_to_be_set() -> None:
    mode = read_mode({})
    assert (mode.clinic, mode.hosts, mode.public_url, mode.tls) == (False, LOOPBACK, None, False)
    assert len(mode.secret) >= 40
    assert mode.secret != read_mode({}).secret
    assert mode.secret not in repr(mode)


def test_a_clinic_says_where_it_is_and_keeps_a_secret() -> None:
    mode = read_mode(
        {
            "COACH_MODE": "clinic",
            "COACH_SECRET": SECRET,
            "COACH_ALLOWED_HOSTS": "Coach.Example, 10.0.0.5,[2001:db8::1],",
            "COACH_PUBLIC_URL": "https://coach.example/",
        },
        "0.0.0.0",
    )
    assert mode.clinic
    assert mode.tls
    assert mode.secret == mode.pepper == SECRET
    assert mode.public_url == "https://coach.example"
    assert mode.hosts == {"coach.example", "10.0.0.5", "2001:db8::1"}


def test_a_clinic_on_this_computer_alone_can_be_tried_out() -> None:
    mode = read_mode({"COACH_MODE": "clinic"}, "localhost")
    assert (mode.clinic, mode.hosts, mode.tls) == (True, LOOPBACK, False)


PUBLIC = {"COACH_MODE": "clinic", "COACH_SECRET": SECRET, "COACH_ALLOWED_HOSTS": "coach.example"}


@pytest.mark.parametrize(
    ("environment", "address", "told"),
    [
        ({"COACH_MODE": "hospital"}, "127.0.0.1", "COACH_MODE is 'hospital'; allowed: home, clinic."),
        ({}, "0.0.0.0", "for this computer alone"),
        ({}, None, "for this computer alone"),
        ({}, "192.168.1.20", "for this computer alone"),
        ({"COACH_ALLOWED_HOSTS": "coach.example"}, "127.0.0.1", "set COACH_MODE=clinic"),
        ({**PUBLIC, "COACH_SECRET": ""}, "0.0.0.0", "COACH_SECRET is not set"),
        ({**PUBLIC, "COACH_SECRET": ""}, "127.0.0.1", "COACH_SECRET is not set"),
        ({**PUBLIC, "COACH_SECRET": "short"}, "0.0.0.0", "COACH_SECRET has 5 letters"),
        ({**PUBLIC, "COACH_ALLOWED_HOSTS": ""}, "0.0.0.0", "COACH_ALLOWED_HOSTS is not set"),
        ({**PUBLIC, "COACH_ALLOWED_HOSTS": ""}, "", "COACH_ALLOWED_HOSTS is not set"),
        ({**PUBLIC, "COACH_ALLOWED_HOSTS": "*"}, "0.0.0.0", "names '*'"),
        ({**PUBLIC, "COACH_ALLOWED_HOSTS": "coach.example:443"}, "0.0.0.0", "without port"),
        ({**PUBLIC, "COACH_ALLOWED_HOSTS": "https://coach.example"}, "0.0.0.0", "names 'https:"),
        ({**PUBLIC, "COACH_PUBLIC_URL": "http://coach.example"}, "0.0.0.0", "begins with https"),
        ({**PUBLIC, "COACH_PUBLIC_URL": "coach.example"}, "0.0.0.0", "COACH_PUBLIC_URL is"),
        ({**PUBLIC, "COACH_PUBLIC_URL": "https://coach.example/app"}, "0.0.0.0", "COACH_PUBLIC_URL is"),
        ({**PUBLIC, "COACH_PUBLIC_URL": "https://[coach"}, "0.0.0.0", "COACH_PUBLIC_URL is"),
    ],
)
def test_what_does_not_go_together_is_told_before_anybody_can_come_in(
    environment: dict[str, str], address: str | None, told: str
) -> None:
    with pytest.raises(ModeError) as refused:
        read_mode(environment, address)
    assert told in str(refused.value)
    assert SECRET not in str(refused.value)
