"""The guard before every route and socket: known hosts, our own pages, nobody unknown in the clinic; and safe headers.

A pure ASGI layer, because Starlette's own base class sees no sockets. Pages and data check again: this is the first of
two walls, not the only one. A socket stays open for hours, so the right to it is looked at again and again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach import CoachError
from coach.clinic.access import RULES, Who, opens
from coach.clinic.accounts import Role
from coach.clinic.door_html import STYLE, notice_page
from coach.clinic.headers import door_policy, page_policy, protect
from coach.clinic.mode import Mode, is_loopback
from coach.clinic.open_socket import OpenSocket
from coach.clinic.who import COOKIE, Reception
from coach.line import address_of, same_origin

_SAFE = {"GET", "HEAD", "OPTIONS"}

# What of Streamlit nobody here needs: its figures and agents are open to all, what it keeps as media is served to
# anybody who knows the address (so no file of a person may go there), and nobody uploads anything.
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/_stcore/upload_file",
    "/media",
    "/component",
    "/app/static",
    "/auth",
    "/oauth2callback",
)
# Without them a sign-in page could not be reached, a proxy could not ask whether we live; they are the same for all.
_FOR_ANYBODY = ("/static/", "/favicon.png", "/manifest.json", "/_stcore/health", "/_stcore/host-config")

# How long somebody who is out may go on being shown something; each look costs a read of the database by key.
CHECK_EVERY_SECONDS = 10.0
# What comes in here is somebody practising. A page asks who is there by itself, each time it does something.
_PRACTISED = "/live"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no: what it is on record as, and how it is answered; without words it is not worth a record."""

    what: str | None
    status: int
    words: str = ""
    sign_in: bool = False


_FOREIGN_HOST = Refusal("foreign_host", 400, "The coach does not answer to this address.")
_FOREIGN_ORIGIN = Refusal(
    "foreign_origin", 403, "This came from another site's page. Please open the coach itself."
)
_CLOSED = Refusal("closed_path", 404, "There is nothing here.")
_NOT_YET = Refusal(None, 503, "The coach cannot open at the moment. Please try again in a few minutes.")
_NOT_SIGNED_IN = Refusal(None, 303, sign_in=True)
_NO_SOCKET = Refusal("not_signed_in", 401, "Please sign in.")
_AT_HOME = Who(Role.PATIENT, "", at_home=True)  # whom the page then tells what is amiss
_NO_PAGE = Refusal(None, 404, "There is no such page here.")
_NOT_THEIRS = Refusal("access_refused", 403, "This page is not for you. Please go back to the coach.")


class Guard:
    """`reception` is asked anew each time, so that the guard stands before the database can be opened."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        mode: Mode,
        reception: Callable[[], Reception],
        inline_scripts: Sequence[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._app, self._mode, self._reception = app, mode, reception
        self._inline_scripts, self._now = tuple(inline_scripts), now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request or socket through, or refuse it; either way the answer has the headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"].rstrip("/") or "/"
        place = _place(headers.getlist("host"))
        tls = self._mode.tls or scope.get("scheme") in ("https", "wss")
        ours = place is not None and place[0] in self._mode.hosts
        policy = page_policy(place[1] if place and ours else "localhost", tls, self._inline_scripts)

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                protect(MutableHeaders(scope=message), scope["path"], policy, tls)
            await send(message)

        refusal = (
            self._foreign(scope, headers, path, place)
            or await self._stranger(scope, headers, path)
            or _missing(scope, headers, path)
        )
        if refusal is None:
            if scope["type"] == "websocket" and not self._is_everybodys(path):
                await self._while_it_is_theirs(scope, headers, path, receive, protected)
            else:
                await self._app(scope, receive, protected)
            return
        await self._tell(refusal, scope, path)
        if scope["type"] == "websocket":
            await receive()  # its opening; a close before it is accepted is answered with 403
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        await _answer(refusal, scope)(scope, receive, protected)

    def _foreign(
        self, scope: Scope, headers: Headers, path: str, place: tuple[str, str] | None
    ) -> Refusal | None:
        if place is None or place[0] not in self._mode.hosts:
            return _FOREIGN_HOST
        if any(path == closed or path.startswith(f"{closed}/") for closed in CLOSED):
            return _CLOSED
        if scope["type"] == "http" and scope["method"] in _SAFE:
            return None
        origins = headers.getlist("origin")
        if not same_origin(origins, place[1]):
            return _FOREIGN_ORIGIN
        if self._mode.tls and not origins[0].startswith("https://") and not is_loopback(place[0]):
            return _FOREIGN_ORIGIN
        return None

    def _is_everybodys(self, path: str) -> bool:
        """Whether it is open to all who sit at this computer, signed in or not."""
        return not self._mode.clinic and opens(_AT_HOME, path)

    async def _while_it_is_theirs(
        self, scope: Scope, headers: Headers, path: str, receive: Receive, send: Send
    ) -> None:
        socket = OpenSocket(receive, send)
        watching = asyncio.create_task(self._watch(socket, scope, headers, path))
        try:
            await self._app(scope, socket.receive, socket.send)
        finally:
            watching.cancel()

    async def _watch(self, socket: OpenSocket, scope: Scope, headers: Headers, path: str) -> None:
        """End a socket soon after the right to it has ended."""
        try:
            refusal = None
            while refusal in (None, _NOT_YET):  # without the database nobody can be signed out either
                await asyncio.sleep(CHECK_EVERY_SECONDS)
                practising, socket.used = socket.used and path == _PRACTISED, False
                refusal = await self._stranger(scope, headers, path, seen=practising)
            if refusal is not None:
                await self._tell(refusal, scope, path)
        except Exception:
            _log.exception("It cannot be known any more whose socket this is.")
        await socket.end()

    async def _stranger(
        self, scope: Scope, headers: Headers, path: str, *, seen: bool = True
    ) -> Refusal | None:
        """In the clinic all but the doors is for those who are signed in; at home only what is the therapist's.

        Whoever is let through is the scope's `user`, as what stands behind the guard knows it from Starlette.
        """
        rule = RULES.get(path)
        if (rule is not None and rule.anybody) or scope["path"].startswith(_FOR_ANYBODY):
            return None
        if rule is None and not self._mode.clinic:
            return None
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        try:
            who = await run_in_threadpool(
                lambda: self._reception().who(token, self._now(), address=address_of(scope), seen=seen)
            )
        except CoachError:
            if not self._is_everybodys(path):
                return _NOT_YET
            who = _AT_HOME
        scope["user"] = who
        if who is not None and (rule is None or opens(who, path)):
            return None
        if who is not None and who.account_uid is not None:
            return _NOT_THEIRS
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            return _NOT_SIGNED_IN
        return _NO_SOCKET

    async def _tell(self, refusal: Refusal, scope: Scope, path: str) -> None:
        """On record goes which of our own paths it was, if any: another one could hold anything."""
        if refusal.what is None:
            return
        known = path if path in RULES or path in CLOSED else "other"
        what, kind = refusal.what, scope["type"]
        try:
            await run_in_threadpool(
                lambda: self._reception().refused(
                    what, self._now(), address=address_of(scope), detail=f"{kind} {known}"
                )
            )
        except CoachError as error:
            _log.warning("Refused %s, and it could not be written down: %s", what, error)


def _missing(scope: Scope, headers: Headers, path: str) -> Refusal | None:
    """No to an address that is no page; Streamlit would open the first one and complain above it."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or path in RULES:
        return None
    of_streamlit = scope["path"].startswith(("/_stcore/", *_FOR_ANYBODY))
    return None if of_streamlit or "text/html" not in headers.get("accept", "") else _NO_PAGE


def _place(hosts: list[str]) -> tuple[str, str] | None:
    """The host's name, and the host with its port; None where it is not exactly one plain host."""
    if len(hosts) != 1:
        return None
    try:
        parts = urlsplit(f"//{hosts[0]}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    shown = f"[{name}]" if ":" in name else name
    return name, shown if port is None else f"{shown}:{port}"


def _answer(refusal: Refusal, scope: Scope) -> Response:
    if refusal.sign_in:
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/sign-in?next={quote(wanted, safe='/')}", refusal.status)
    return HTMLResponse(
        notice_page(refusal.words),
        refusal.status,
        {"Content-Security-Policy": door_policy(STYLE)},
    )
