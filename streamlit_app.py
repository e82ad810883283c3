"""The front door: the Streamlit pages, the doors to sign in by and the live socket, on one server and one port."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from coach import CoachError
from coach.clinic.doors import Doors
from coach.clinic.guard import Guard
from coach.clinic.headers import scripts_in
from coach.clinic.open_socket import SIGNED_OUT
from coach.live import warm_up
from pages import practising_route, rooms
from pages.report_route import report

try:
    MODE = rooms.mode()
except CoachError as error:
    raise SystemExit(str(error)) from None


@asynccontextmanager
async def open_house(_: st.App) -> AsyncIterator[None]:
    """Open the records and the cards before the first visitor; the pages say what is amiss if one cannot be."""
    try:
        rooms.live()
        code = rooms.reception().setup_code(rooms.now()) if MODE.clinic else None
        if code:
            print(f"For the first therapist: open /set-up and type {code} (within 24 hours).", flush=True)
    except CoachError as error:
        logging.getLogger("coach").error("%s", error)
    warm_up()
    yield


STREAMLIT_PAGE = Path(st.__file__).parent / "static" / "index.html"
# Where its server is: alone it asks under /practice. Going back to another practice or exercise changes the address
# only, and Streamlit 1.60 then shows the one before: such a page is loaded again. So is one whose socket was closed
# because its person is out, or is refused because nobody is signed in: that leads to the door, and what stood there is
# gone. A practice under way may say so itself first.
OURS = """<script>
window.__streamlit = {BACKEND_BASE_URL: location.origin};
window.onpopstate = () => { if (/\\/(progress|library|patient|today)$/.test(location.pathname)) location.reload() };
window.WebSocket = class extends WebSocket {
  constructor(...about) {
    super(...about);
    let opened = false;
    this.addEventListener("open", () => { opened = true });
    this.addEventListener("close", async ({ code }) => {
      if (!(opened ? code === SIGNED_OUT : await isAtTheDoor())) return;
      if (dispatchEvent(new Event("coach-signed-out", { cancelable: true }))) location.reload();
    });
  }
};
const isAtTheDoor = () => fetch(location, { method: "HEAD", redirect: "manual" }).then(
  ({ type }) => type === "opaqueredirect",
  () => false,
);
</script>""".replace("SIGNED_OUT", str(SIGNED_OUT))


async def page(_: Request) -> HTMLResponse:
    """Streamlit's own page with its name and landmark, and told what it needs to know."""
    html = STREAMLIT_PAGE.read_text("utf-8")
    for theirs, ours in (
        ("<head>", f"<head>{OURS}"),
        ("<title>Streamlit</title>", "<title>Face Retraining Coach</title>"),
        ('<div id="root">', '<div id="root" role="main">'),
    ):
        html = html.replace(theirs, ours, 1)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


async def live(socket: WebSocket) -> None:
    """The live socket; looked up for each visitor, so that it works as soon as the records can be opened."""
    await rooms.live().endpoint(socket)


PAGES = (
    *("/", "/today", "/session", "/practice", "/library", "/progress", "/notes", "/settings"),
    *("/patients", "/patient", "/accounts"),
)
ROUTES = [
    *(Route(path, page) for path in PAGES),
    *Doors(MODE, rooms.reception).routes(),
    Route(practising_route.NAME, practising_route.practising),
    Route("/report", report),
    WebSocketRoute("/live", live),
]
GUARD = Middleware(
    Guard,
    mode=MODE,
    reception=rooms.reception,
    inline_scripts=(*scripts_in(OURS), *scripts_in(STREAMLIT_PAGE.read_text("utf-8"))),
)

app = st.App(
    Path(__file__).with_name("pages") / "navigation.py",
    routes=ROUTES,
    middleware=[GUARD],
    lifespan=open_house,
)
