"""A real server and a real Chromium, whose camera is a film of the simulated patient."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Response,
    expect,
)
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as NotInTime
from simulated_patient import Movement, Script, SimulatedPatient, write_mjpeg

from coach.records import View, open_records

ROOT = Path(__file__).resolve().parent.parent
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# For all tests alike, whichever module is loaded last: as long as a page may take on a computer that is very busy.
expect.set_options(timeout=60_000)
FLAGS = (
    "--no-sandbox",  # a sandbox cannot be made as root, and it only ever opens our own pages
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)
ALLOWED = "--use-fake-ui-for-media-stream"  # the camera is allowed without asking
WATCHED = ("state", "view", "phase", "repetition", "warning", "judged", "fps", "latency-ms")
# All that the mirror says of itself, one entry for each change, and each cue it gives; both with their time.
RECORDER = f"""
  window.seen = [];
  window.cues = [];
  document.addEventListener("coach-cue", ({{ detail }}) => window.cues.push(detail));
  new MutationObserver((changes) => {{
    const root = changes.map(({{ target }}) => target).find(({{ dataset }}) => dataset.testid === "practice-live");
    if (root) window.seen.push({{ ...root.dataset, at: performance.now() }});
  }}).observe(document, {{ subtree: true, attributeFilter: {[f"data-{name}" for name in WATCHED]} }});
"""


def chromium_path() -> str:
    """Where Chromium is; without one the test is skipped, but not where all tests must run."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("No Chromium is installed (on Debian: apt install chromium).")
    return str(found)


@contextmanager
def chromium(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """A Chromium of its own; the camera is part of how it is started."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        browser.close()


def played(film: Path) -> tuple[str, str]:
    """The flags that make a film the camera, from its beginning each time the camera is opened."""
    return ALLOWED, f"--use-file-for-fake-video-capture={film}"


class FilmedPatient(SimulatedPatient):
    """Moves the photograph once for each position that comes again; the camera's noise is new in every picture."""

    def __init__(self, noise_sd: float = 4.0) -> None:
        super().__init__(noise_sd=noise_sd)
        self._moved = lru_cache(maxsize=160)(super().clean_frame)

    def clean_frame(self, movement: Movement) -> NDArray[np.uint8]:
        amounts = {name: round(getattr(movement, name), 4) for name in movement.__dataclass_fields__}
        return self._moved(replace(movement, **amounts)).copy()


def film(path: Path, script: Script, noise_sd: float = 4.0) -> Path:
    """Write what the camera is to see; `noise_sd` is the camera's noise in grey levels."""
    write_mjpeg(path, script, FilmedPatient(noise_sd))
    return path


class Camera:
    """The film in front of the camera; another one is there as soon as the camera is opened again."""

    def __init__(self, place: Path, films: dict[str, Path]) -> None:
        self.place, self._films = place, films
        self.shows(next(iter(films)))

    def shows(self, name: str) -> None:
        waiting = self.place.with_suffix(".next")
        shutil.copyfile(self._films[name], waiting)
        os.replace(waiting, self.place)


def free_port() -> int:
    """A port that nobody else is given for the next minute.

    A connection that was closed from its side leaves it waiting (TIME_WAIT): it is handed out to nobody then, while a
    server that asks for it by its number still gets it.
    """
    with socket.socket() as asked, socket.socket() as visitor:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        asked.bind(("127.0.0.1", 0))
        asked.listen(1)
        visitor.connect(asked.getsockname())
        asked.accept()[0].close()
        return int(asked.getsockname()[1])


@dataclass
class Server:
    """`streamlit run streamlit_app.py` on a data folder; of the variables COACH_* it has only `environment`."""

    data: Path
    port: int = field(default_factory=free_port)
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        return self.data / "coach.sqlite"

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def address(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "streamlit_app.py",
            "--server.port",
            str(self.port),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**others, "COACH_DATA": str(self.data), **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, f"no answer within a minute:\n{self.log.read_text()}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(self.address("/_stcore/health"), timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """As a power cut would: nothing is said, nothing is tidied."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=20)

    def rows(self, query: str) -> list[sqlite3.Row]:
        """What is written, read past the app."""
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            database.row_factory = sqlite3.Row
            return database.execute(query).fetchall()
        finally:
            database.close()


@contextmanager
def server(
    data: Path, view: View | None = "mirror", environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server on a folder of its own; the person has chosen a view by then, unless it is None."""
    house = Server(data, environment=environment or {})
    if view is not None:
        records = open_records(f"sqlite:///{house.database}")
        records.set_view(records.profile().uid, view)
        records.close()
    try:
        house.start()
        yield house
    finally:
        house.kill()


class Cable:
    """A way to the server that can be cut: every connection is broken, and none is made until it is mended."""

    def __init__(self, port: int) -> None:
        self.whole = threading.Event()
        self.whole.set()
        cable = self

        class Connection(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if not cable.whole.is_set():
                    return
                with socket.create_connection(("127.0.0.1", port)) as server:
                    ends = {self.request: server, server: self.request}
                    while cable.whole.is_set():
                        for end in select.select(list(ends), [], [], 0.05)[0]:
                            try:
                                data = end.recv(65536)
                                ends[end].sendall(data)
                            except OSError:
                                return
                            if not data:
                                return

        class Switchboard(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._switchboard = Switchboard(("127.0.0.1", 0), Connection)
        self.port = int(self._switchboard.server_address[1])
        threading.Thread(target=self._switchboard.serve_forever, daemon=True).start()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def cut(self) -> None:
        self.whole.clear()

    def mend(self) -> None:
        self.whole.set()

    def close(self) -> None:
        self.cut()
        self._switchboard.shutdown()
        self._switchboard.server_close()


@dataclass
class Visit:
    """One page, and everything that it asked for and complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.page
        page.add_init_script(RECORDER)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda opened: self.asked.append(opened.url))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._heard)
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} for {response.url}")

    def forgive_what_was_cut(self) -> None:
        """Forget that connections could not be made, after a test has cut them itself.

        Chromium reports each, and after a few seconds so does Streamlit.
        """
        cut_off = (
            "WebSocket connection to",
            "Failed to load resource: net::ERR_",
            "Client Error in reaching server endpoint",
            "Streamlit server is not responding",
        )
        self.complaints = [c for c in self.complaints if not any(words in c for words in cut_off)]

    @property
    def mirror(self) -> Locator:
        return self.page.get_by_test_id("practice-live")

    @property
    def seen(self) -> list[dict[str, str]]:
        """What the mirror showed so far, in order."""
        return list(self.page.evaluate("window.seen"))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(name))

    def until(self, expression: str, within_seconds: float) -> None:
        """Wait until an expression about `it`, what the mirror shows now, is true."""
        root = "document.querySelector('[data-testid=practice-live]')"
        self.page.wait_for_function(
            f"() => {{ const it = {root}?.dataset; return it && ({expression}); }}",
            timeout=within_seconds * 1000,
            polling=50,
        )

    def comes_to(self, script: str, wanted: object) -> None:
        """Wait until a script finds on the page what it should: a page comes together in parts, in any order."""
        with suppress(NotInTime):
            self.page.wait_for_function(
                f"(wanted) => JSON.stringify(({script})()) === JSON.stringify(wanted)", arg=wanted
            )
        assert self.page.evaluate(script) == wanted

    @property
    def foreign(self) -> list[str]:
        """Requests to any host but this computer."""
        own = {"127.0.0.1", "localhost"}
        inside = ("data:", "blob:", "about:")
        return [url for url in self.asked if not url.startswith(inside) and urlsplit(url).hostname not in own]


@contextmanager
def visit(
    browser: Browser, address: str, pictures: Path, width: int = 1280, height: int = 800, camera: bool = True
) -> Iterator[Visit]:
    """Open a page as a new visitor; where the test fails, a picture of the page is kept in `pictures`."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height})
    if camera:
        context.grant_permissions(["camera"])
    context.set_default_timeout(60_000)
    there = Visit(context.new_page())
    try:
        there.page.goto(address)
        yield there
        assert (there.foreign, there.complaints) == ([], [])
    except (AssertionError, BrowserError) as fault:
        kept = pictures / "page.png"
        with suppress(BrowserError):
            there.page.screenshot(path=kept)
        raise AssertionError(f"{fault}\nThe page then: {kept}\nIts complaints: {there.complaints}") from fault
    finally:
        with suppress(BrowserError):
            context.close()


def answers(there: Visit, *buttons: str) -> None:
    """One button for each question, once the question is there."""
    for number, button in enumerate(buttons, start=1):
        expect(there.page.get_by_text(f"Question {number} of {len(buttons)}")).to_be_visible()
        there.page.get_by_role("button", name=button, exact=True).click()
