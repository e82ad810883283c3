"""The front door: the Streamlit pages and the live socket, on one server and one port."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from coach import CoachError
from coach.live import warm_up
from pages import rooms


@asynccontextmanager
async def open_house(_: st.App) -> AsyncIterator[None]:
    """Open the records and the cards before the first visitor; the pages say what is amiss if one cannot be."""
    try:
        rooms.live()
    except CoachError as error:
        logging.getLogger("coach").error("%s", error)
    warm_up()
    yield


STREAMLIT_PAGE = Path(st.__file__).parent / "static" / "index.html"
SAME_SERVER = "<script>window.__streamlit = {BACKEND_BASE_URL: location.origin}</script>"


async def page(_: Request) -> HTMLResponse:
    """Streamlit's own page with its name and landmark, told where its server is: alone it asks under /practice."""
    html = STREAMLIT_PAGE.read_text("utf-8")
    for theirs, ours in (
        ("<head>", f"<head>{SAME_SERVER}"),
        ("<title>Streamlit</title>", "<title>Face Retraining Coach</title>"),
        ('<div id="root">', '<div id="root" role="main">'),
    ):
        html = html.replace(theirs, ours, 1)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


async def live(socket: WebSocket) -> None:
    """The live socket; looked up for each visitor, so that it works as soon as the records can be opened."""
    await rooms.live().endpoint(socket)


PAGES = ("/", "/today", "/session", "/practice", "/library", "/progress", "/settings")
ROUTES = [*(Route(path, page) for path in PAGES), WebSocketRoute("/live", live)]

app = st.App(Path(__file__).with_name("pages") / "navigation.py", routes=ROUTES, lifespan=open_house)
