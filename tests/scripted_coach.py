"""A coach that answers by script, and a page that holds the mirror and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from browser import Visit
from playwright.sync_api import WebSocketRoute

from coach.page_words import LIVE_PAGE
from pages.camera import CSS, HTML, JS

Answer = dict[str, Any]

ALONE = "http://localhost:9/"  # never reached: the page is given to the browser here
PATTERN = "oral-ocular-narrow"
WARNING = {"pattern": PATTERN, "side": "right", "outline": [[0.4, 0.4], [0.5, 0.4], [0.5, 0.5]]}
GUIDES = [
    {
        "side": side,
        "rest": [x, 0.6],
        "now": [x, 0.59],
        "band_low": [x, 0.58],
        "band_high": [x, 0.56],
        "in_band": True,
    }
    for side, x in (("right", 0.4), ("left", 0.6))
]
DATA = {
    "ticket": "in",
    "eyesClosed": False,
    "areas": {PATTERN: "eye", "chin": "chin", "platysma": "mouth_corner"},
    "words": LIVE_PAGE,
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"><title>The mirror alone</title>
<style>body {{ margin: 0 auto; max-width: 46rem; padding: 1rem; font: 18px sans-serif }} {css}</style>
<main>{html}</main>
<script type="module">
{js}
window.triggered = [];
window.given = (data) => mount({{
  data, parentElement: document, setTriggerValue: (...what) => window.triggered.push(what),
}});
window.given({data});
</script>"""


class ScriptedCoach:
    """Answers each picture with the next answer of the script, the last one over and over; hears every command.

    A script may also be a function of the number of pictures so far.
    """

    def __init__(self, there: Visit, *script: Answer | Callable[[int], Answer]) -> None:
        self.script = list(script)
        self.heard: list[str] = []
        self.lines: list[WebSocketRoute] = []
        self.pictures = 0
        self._page = there.page
        there.page.route_web_socket("**/live", self.open)

    def looks_on(self, pictures: int) -> None:
        """Wait until so many more pictures are answered."""
        self.waits(lambda so_far=self.pictures: self.pictures >= so_far + pictures)

    def hears(self, *kinds: str) -> None:
        """Wait until these are the commands it heard last."""
        self.waits(lambda: self.heard[-len(kinds) :] == list(kinds))

    def waits(self, true: Callable[[], bool], within_seconds: float = 60.0) -> None:
        end = time.monotonic() + within_seconds
        while not true():
            assert time.monotonic() < end, f"so far: {self.pictures} pictures, {self.heard}"
            self._page.wait_for_timeout(20)  # it answers meanwhile

    def open(self, line: WebSocketRoute) -> None:
        self.lines.append(line)
        line.on_message(lambda message: self.answer(line, message))

    def answer(self, line: WebSocketRoute, message: str | bytes) -> None:
        if isinstance(message, str):
            kind = json.loads(message)["type"]
            self.heard.append(kind)
            if kind == "hello":
                line.send(json.dumps({"type": "welcome", "ticket": "back", "practice": "0" * 32}))
            if kind == "stop":
                line.send(json.dumps({"type": "ended", "practice": "0" * 32, "ending": "stopped"}))
            return
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        last = said(self.pictures) if callable(said) else said
        self.pictures += 1
        line.send(json.dumps(last))
        if last["done"]:
            line.send(json.dumps({"type": "ended", "practice": "0" * 32, "ending": "finished"}))


def answer(**named: Any) -> Answer:
    usual = {
        "type": "snapshot", "captured": None, "phase": "hold", "repetition": 1, "repetitions": 5, "judged": True,
        "reason": None, "message": "Hold it there, softly.", "cue": None, "tone": 0.5, "say": None,
        "warning": None, "hold_share": 0.5, "guides": GUIDES, "done": False,
    }  # fmt: skip
    return {**usual, **named}


def open_alone(there: Visit, **data: Any) -> None:
    """Open the mirror by itself, with what a page would give it."""
    page = _PAGE.format(
        css=CSS,
        html=HTML,
        js=JS.replace("export default function", "function mount"),
        data=json.dumps({**DATA, **data}),
    )
    there.page.route(ALONE, lambda route: route.fulfill(body=page, content_type="text/html"))
    there.page.goto(ALONE)
