"""Opening everything: each page, route, socket and download by each visitor, and what of whom came back.

Addresses and sockets are opened at the real front door, pages through the real stream behind it. Each page is then
tried once more by itself, past the guard and the navigation, by everybody who may not see what it shows.
"""

from __future__ import annotations

import ast
import gc
import io
import logging
import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from google.protobuf.message import Message
from pypdf import PdfReader
from reception import PASSWORD, CountedPasswords
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest, local_script_runner
from two_patients import Planted, everything_kept, two_patients

from coach.clinic.access import RULES
from coach.clinic.accounts import Role
from coach.clinic.guard import CLOSED
from coach.clinic.sign_in import SignedIn
from coach.clinic.who import COOKIE, Reception
from coach.ticket import TicketOffice
from pages import entry, rooms

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "pages"
NAVIGATION = PAGES / "navigation.py"
NAVIGATED = re.findall(r'st\.Page\("(\w+)\.py"', NAVIGATION.read_text("utf-8"))
CLINIC_RUN = {"COACH_MODE": "clinic", "COACH_SECRET": "s" * 40, "COACH_PUBLIC_URL": "https://coach.example"}
DOORS = ("/sign-in", "/sign-out", "/set-up", "/join", "/password", "/second-step")
ALSO = ("/static/js/index.js", "/favicon.png", "/manifest.json", "/anything-else")
"""Addresses that one route without a path of its own answers to."""

SIGN_IN, REFUSED, CLOSED_TO_ALL, OPEN, OWN, ALL = (
    "sign in",
    "refused",
    "closed",
    "open",
    "own",
    "all patients",
)
OPENED = frozenset({OPEN, OWN, ALL})

_PART = """
from importlib import import_module
from pages import entry, rooms
import_module("pages.care.{part}").draw(rooms.records().patient("{uid}"), entry.who())
"""


def parts() -> tuple[str, ...]:
    """The parts of a patient's page, as its file names them."""
    tree = ast.parse((PAGES / "patient.py").read_text("utf-8"))
    (named,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PARTS"
    )
    return tuple(ast.literal_eval(named))


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its address names it; a part of a patient's page is one of its own."""

    name: str
    part: str = ""

    @property
    def row(self) -> str:
        return f"/{self.name}, {self.part}" if self.part else f"/{self.name}"


def all_pages() -> list[Page]:
    """Everything that can be navigated to, in the order of the navigation."""
    found = [Page("")]
    for name in NAVIGATED:
        found += [Page(name, part) for part in parts()] if name == "patient" else [Page(name)]
    return found


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door: `token` gives the cookie, `sees` is whose data they may be shown.

    `named` is whose uids stand in the addresses they open, `own` who they are themselves.
    """

    title: str
    token: Callable[[], str | None]
    named: Planted
    sees: tuple[Planted, ...] = ()
    own: Planted | None = None

    def query(self, part: str = "") -> dict[str, str]:
        """Everything that an address can name, all of it of one patient."""
        return {
            "patient": self.named.uid,
            "session": self.named.session,
            "practice": self.named.practice,
            "repetition": "2",
            "exercise": "small-closed-smile",
            "begin": "afresh",
            "hurts": "yes",
            "profile": self.named.uid,
            "zone": "UTC",
            **({"part": part} if part else {}),
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of it when somebody opened something; `leaked` is what of others came along."""

    row: str
    visitor: str
    way: str
    word: str
    leaked: frozenset[str]
    seen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Everything:
    """All that was opened, by whom, and what there would have been to see."""

    openings: tuple[Opening, ...]
    visitors: tuple[str, ...]
    ana: Planted
    ben: Planted
    kept: Mapping[str, str]
    paths: frozenset[str]
    sockets: frozenset[str]
    asked: frozenset[str]

    @property
    def leaks(self) -> list[Opening]:
        return [one for one in self.openings if one.leaked]

    def words(self, row: str, visitor: str, *ways: str) -> set[str]:
        """What somebody came to, whichever way they took."""
        return {
            one.word
            for one in self.openings
            if (one.row, one.visitor) == (row, visitor) and (not ways or one.way in ways)
        }

    def seen_by(self, *visitors: str) -> set[str]:
        """The marks that came to somebody."""
        return {mark for one in self.openings if one.visitor in visitors for mark in one.seen}


def open_everything() -> Everything:
    """Ana and Ben, and everybody at every door of the clinic and of a computer at home."""
    openings: list[Opening] = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger("coach.clinic.audit"), "disabled", True)  # hundreds of refusals
        patch.setenv("COACH_DATABASE_URL", f"sqlite:///{folder}/coach.sqlite")
        patch.setenv("COACH_DATA", folder)
        gc.collect()
        gc.freeze()  # Streamlit collects after each run, and would go through everything that is loaded
        try:
            reception = _run_as(patch, CLINIC_RUN)
            ana, ben = two_patients(rooms.records(), reception, rooms.now())
            watch, clinic = _Watch(ana, ben), _clinic(reception, ana, ben)
            with _front_door("https://coach.example") as door:
                paths, sockets = door.paths, door.sockets
                for visitor in clinic:
                    openings += door.everything(visitor, watch)
            openings += _alone(clinic, watch, openings)
            home = _home(_run_as(patch, {}), ana, ben)
            with _front_door("http://localhost:8501") as door:
                for visitor in home:
                    openings += door.everything(visitor, watch)
            openings += _alone(home, watch, openings)
            kept = everything_kept(rooms.records())
        finally:
            gc.unfreeze()
            rooms.records().close()
    visitors = tuple(visitor.title for visitor in (*clinic, *home))
    asked = frozenset(clinic[0].query("story"))
    return Everything(tuple(openings), visitors, ana, ben, kept, paths, sockets, asked)


# -- who comes


def _clinic(reception: Reception, ana: Planted, ben: Planted) -> list[Visitor]:
    now = rooms.now()
    for name, role in (
        ("thea", Role.THERAPIST),
        ("theo", Role.THERAPIST),
        ("ada", Role.ADMINISTRATOR),
    ):
        reception.create_account(role, name, name.title(), PASSWORD, now)
    therapist, closed, administrator = (_sign_in(reception, name, now) for name in ("thea", "theo", "ada"))
    left = reception.account_named("theo")
    assert left is not None
    reception.revoke(left.uid, now)
    late = partial(_sign_in, reception, "thea", now - timedelta(days=1))  # each time a new one: it is used up
    return [
        # Who may see everything comes first: what were kept for the next one would be seen.
        Visitor("therapist", lambda: therapist, ben, (ana, ben)),
        Visitor("patient", lambda: ana.token, ana, (ana,), ana),
        Visitor("patient, naming another", lambda: ana.token, ben, (ana,), ana),
        Visitor("administrator", lambda: administrator, ben),
        Visitor("nobody", lambda: None, ben),
        Visitor("cookie expired", late, ben),
        Visitor("account closed", lambda: closed, ben),
        Visitor("cookie made up", lambda: secrets.token_urlsafe(32), ben),
    ]


def _home(reception: Reception, ana: Planted, ben: Planted) -> list[Visitor]:
    therapist = _sign_in(reception, "thea", rooms.now())
    return [
        Visitor("at home: therapist", lambda: therapist, ben, (ana, ben)),
        Visitor("at home: patient, naming another", lambda: None, ben, (ana,), ana),
    ]


def _sign_in(reception: Reception, name: str, at: datetime) -> str:
    tried = reception.try_sign_in(name, PASSWORD, at)
    assert isinstance(tried, SignedIn), tried
    return tried.token


# -- what came back


class _Watch:
    """Looks for what is Ana's and Ben's in what came back."""

    def __init__(self, ana: Planted, ben: Planted) -> None:
        self._marks = {
            person.uid: {mark for marks in person.marks.values() for mark in marks} for person in (ana, ben)
        }
        self._secrets = {
            secret for person in (ana, ben) for secrets_of in person.secrets.values() for secret in secrets_of
        }

    def opening(
        self, visitor: Visitor, row: str, way: str, word: str, texts: Iterable[str], shown: str = ""
    ) -> Opening:
        """What came of it; `shown` is the page that was shown in the end.

        What somebody wrote into the address themselves is not told to them by its coming back.
        """
        text = " ".join(texts).replace("\N{NO-BREAK SPACE}", " ").replace("\\", "")
        said = set(visitor.query().values())
        allowed = {person.uid for person in visitor.sees}
        seen = {mark for marks in self._marks.values() for mark in marks if mark in text}
        theirs = {mark for uid, marks in self._marks.items() if uid not in allowed for mark in marks}
        leaked = (seen & theirs - said) | {secret for secret in self._secrets if secret in text}
        if word == OPEN and (rule := RULES.get(shown or row)) is not None:
            if visitor.own is None and seen & self._marks[visitor.named.uid] - said:
                word = ALL
            elif visitor.own and (rule.personal or seen & self._marks[visitor.own.uid] - said):
                word = OWN
        return Opening(row, visitor.title, way, word, frozenset(leaked), frozenset(seen - said))


def texts_in(message: Message) -> Iterator[str]:
    """Every value in a message to the browser, as text: charts and tables, too."""
    for _, value in message.ListFields():
        yield from _texts_of(value)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, Message):
        yield from texts_in(value)
    elif isinstance(value, bytes):
        yield _decoded(value)
    elif isinstance(value, str):
        yield value
        for ticket in re.findall(r'"ticket": ?"([^"]+)"', value):
            yield str(TicketOffice(rooms.mode().secret).read(ticket))
    elif hasattr(value, "items"):
        for pair in value.items():
            yield from _texts_of(pair[0])
            yield from _texts_of(pair[1])
    elif hasattr(value, "__iter__"):
        for one in value:
            yield from _texts_of(one)
    else:
        yield str(value)


def _decoded(value: bytes) -> str:
    """A table's values and all that is kept with it; what is no table as it is."""
    try:
        table = pa.ipc.open_stream(value).read_all()
    except pa.ArrowInvalid:
        return value.decode("utf-8", "replace")
    return f"{table.to_pydict()} {table.schema.metadata}"


def _answer_texts(answer: Any) -> Iterator[str]:
    yield str(dict(answer.headers))
    if answer.content.startswith(b"%PDF"):
        pdf = PdfReader(io.BytesIO(answer.content))
        yield str(pdf.metadata)
        for page in pdf.pages:
            yield " ".join(page.extract_text().split())
    else:
        yield answer.text


def _answer_word(answer: Any) -> str:
    status, goes_to = answer.status_code, answer.headers.get("location", "")
    if goes_to.startswith("/sign-in?next=") or status == 401:
        return SIGN_IN
    if goes_to:
        return f"on to {goes_to}"
    known = {200: OPEN, 204: OPEN, 403: REFUSED, 405: REFUSED, 404: CLOSED_TO_ALL}
    return known.get(status, str(status))


def _page_word(texts: list[str], asked: str, shown: str) -> str:
    """What a page came to; one that is not among somebody's pages leads to their first one."""
    if "Please sign in first." in texts:
        return SIGN_IN
    if asked != shown or "You are signed in, and this page belongs to somebody else." in texts:
        return REFUSED
    return OPEN


# -- the front door


class _Door:
    """The whole server, and what can be opened there."""

    def __init__(self, client: TestClient, routes: Iterable[Any]) -> None:
        self._client = client
        self._origin = {"origin": str(client.base_url).rstrip("/")}
        routed = list(routes)
        self.sockets = frozenset(route.path for route in routed if isinstance(route, WebSocketRoute))
        paths = {re.sub(r"{[^}]*}", "x", route.path) for route in routed if isinstance(route, Route)}
        self.paths = frozenset({*paths, *CLOSED, *RULES, *ALSO}) - self.sockets

    def everything(self, visitor: Visitor, watch: _Watch) -> Iterator[Opening]:
        """Every address, every form, every socket, and through the stream every page."""
        for path in sorted(self.paths):
            yield self._get(visitor, watch, path)
            for method in ("POST", "PUT", "DELETE"):
                yield self._send(visitor, watch, method, path)
        for path in sorted(self.sockets):
            yield self._socket(visitor, watch, path)
        yield from self._pages(visitor, watch)

    def _headers(self, visitor: Visitor) -> dict[str, str]:
        """Besides the cookie of the sign-in, the one that at home says who is practising."""
        self._client.cookies.clear()  # each opening is one of its own
        practising = visitor.own if not rooms.mode().clinic else visitor.named
        cookies = {COOKIE: visitor.token(), entry.REMEMBERED: practising.uid if practising else None}
        return {
            **self._origin,
            "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items() if value),
        }

    def _get(self, visitor: Visitor, watch: _Watch, path: str) -> Opening:
        query = {**visitor.query(), "next": f"/patient?patient={visitor.named.uid}"}
        answer = self._client.get(path, params=query, headers=self._headers(visitor))
        return watch.opening(visitor, path, "address", _answer_word(answer), _answer_texts(answer))

    def _send(self, visitor: Visitor, watch: _Watch, method: str, path: str) -> Opening:
        """What a form of ours would send, but without the signature that only our form has."""
        data = {**visitor.query(), "sign_in_name": "thea", "password": PASSWORD, "again": PASSWORD}
        answer = self._client.request(method, path, data=data, headers=self._headers(visitor))
        return watch.opening(visitor, path, method, _answer_word(answer), _answer_texts(answer))

    def _socket(self, visitor: Visitor, watch: _Watch, path: str) -> Opening:
        """A socket that is let in says what it wants to know first; without a ticket no practice begins."""
        try:
            with self._connect(visitor, path) as socket:
                texts = []
                if path == "/live":
                    socket.send_json({"type": "hello", "patient": visitor.named.uid})
                    texts = [socket.receive_text()]
                return watch.opening(visitor, path, "socket", OPEN, texts)
        except WebSocketDisconnect as closed:
            return watch.opening(visitor, path, "socket", REFUSED, [closed.reason or ""])

    def _connect(self, visitor: Visitor, path: str) -> Any:
        address = str(self._client.base_url).replace("http", "ws", 1).rstrip("/") + path
        return self._client.websocket_connect(address, headers=self._headers(visitor))

    def _pages(self, visitor: Visitor, watch: _Watch) -> Iterator[Opening]:
        """One browser that goes from page to page, as far as it is let in."""
        try:
            with self._connect(visitor, "/_stcore/stream") as socket:
                for page in all_pages():
                    texts, shown = _run(socket, page, visitor.query(page.part))
                    word = _page_word(texts, asked=page.name or shown, shown=shown)
                    yield watch.opening(visitor, page.row, "page", word, texts, f"/{shown}")
        except WebSocketDisconnect:
            return  # the socket's own opening has told


def _run(socket: Any, page: Page, query: Mapping[str, str]) -> tuple[list[str], str]:
    """Run a page; all that came for it, and the page that was shown in the end."""
    asked = BackMsg()
    asked.rerun_script.page_name = page.name
    asked.rerun_script.query_string = "&".join(f"{name}={value}" for name, value in query.items())
    asked.rerun_script.context_info.timezone = "UTC"
    socket.send_bytes(asked.SerializeToString())
    texts, shown = [], ""
    while True:
        message = ForwardMsg.FromString(socket.receive_bytes())
        kind = message.WhichOneof("type")
        assert not message.delta.new_element.HasField("exception"), message
        texts += texts_in(message)
        if kind == "navigation":
            pages = {one.page_script_hash: one.url_pathname for one in message.navigation.app_pages}
            shown = pages[message.navigation.page_script_hash]
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return texts, shown


def _run_as(patch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Reception:
    """Run the coach in one of its two ways from now on; gives a reception to let people in with."""
    for name in CLINIC_RUN:
        patch.delenv(name, raising=False)
    for name, value in environment.items():
        patch.setenv(name, value)
    return Reception(rooms.records().engine, rooms.mode(), passwords=CountedPasswords())


@contextmanager
def _front_door(base: str) -> Iterator[_Door]:
    """The server as it is started."""
    server = _loaded()
    try:
        with TestClient(server.app, base_url=base, follow_redirects=False) as client:
            yield _Door(client, server.app._starlette_app.routes)
            for thread in threading.enumerate():  # a page's last word is for a server that is still there
                if thread.name.startswith("ScriptRunner"):
                    thread.join(60)
    finally:
        Runtime._instance = None  # there is one in a process


def _loaded() -> ModuleType:
    """streamlit_app.py, read anew: how it is run is settled as it is read."""
    spec = spec_from_file_location("front_door", ROOT / "streamlit_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.warm_up = lambda: None  # no camera is opened here
    return module


# -- each page by itself


def _alone(visitors: Iterable[Visitor], watch: _Watch, through: Iterable[Opening]) -> list[Opening]:
    """What did not open `through` the front door, by itself: each page file, and each part of a patient's page."""
    open_to = {(one.row, one.visitor) for one in through if one.way == "page" and one.word in OPENED}
    found = []
    for visitor in visitors:
        for page in all_pages()[1:]:
            if (page.row, visitor.title) in open_to:
                continue
            whole = AppTest.from_file(str(PAGES / f"{page.name}.py"), default_timeout=60)
            found.append(_tried(visitor, watch, page, whole, "page by itself"))
            if page.part:
                script = _PART.format(part=page.part, uid=visitor.named.uid)
                part = AppTest.from_string(script, default_timeout=60)
                found.append(_tried(visitor, watch, page, part, "part by itself"))
    return found


def _tried(visitor: Visitor, watch: _Watch, page: Page, app: AppTest, way: str) -> Opening:
    token = visitor.token()
    app.query_params.update(visitor.query(page.part))
    if visitor.own is not None:
        app.session_state[entry.PROFILE] = visitor.own.uid
    came: list[Message] = []
    parse = local_script_runner.parse_tree_from_messages

    def told(messages: list[Message]) -> Any:
        came.extend(messages)
        return parse(messages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ContextProxy, "cookies", {COOKIE: token} if token else {})
        patch.setattr(local_script_runner, "parse_tree_from_messages", told)
        # It would go through all that is installed, which takes longer than the page.
        patch.setattr(BidiComponentManager, "discover_and_register_components", lambda *_, **__: None)
        app.run()
    assert not app.exception, app.exception
    texts = [text for message in came for text in texts_in(message)]
    return watch.opening(visitor, page.row, way, _page_word(texts, "", ""), texts)
