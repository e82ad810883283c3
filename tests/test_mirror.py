"""The mirror by itself: a scripted coach answers it, so that what it does with each answer can be seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import ALLOWED, Server, Visit, chromium, server, visit
from playwright.sync_api import Browser, WebSocketRoute, expect, sync_playwright

pytestmark = pytest.mark.browser

PRACTICE = "/practice?exercise=small-closed-smile"
WARNING = {"pattern": "oral-ocular-narrow", "side": "right", "outline": [[0.4, 0.4], [0.5, 0.4], [0.5, 0.5]]}
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
# Remembers what is said and silenced, and when the camera and the mirror go.
LISTENER = """
  window.told = [];
  const tell = (what) => window.told.push([what, Math.round(performance.now())]);
  speechSynthesis.speak = (sentence) => tell(`say ${sentence.text}`);
  speechSynthesis.cancel = () => tell("silence");
  const stop = MediaStreamTrack.prototype.stop;
  MediaStreamTrack.prototype.stop = function () { tell("camera off"); stop.call(this); };
"""
NO_ARCS = "CanvasRenderingContext2D.prototype.arcTo = () => { throw new Error('no arcs'); };"
# Sockets for /live are turned away before they open, as where the address is not the coach's own.
ANOTHER_PLACE = """
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(url, ...more) { super(url.replace(/[/]live$/, "/nowhere"), ...more); }
  };
"""


class ScriptedCoach:
    """Answers each picture with the next answer of the script, and hears every command."""

    def __init__(self, there: Visit, *script: dict[str, Any]) -> None:
        self.script = list(script)
        self.heard: list[str] = []
        self.lines: list[WebSocketRoute] = []
        there.page.route_web_socket("**/live", self.open)

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
        last = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        line.send(json.dumps(last))
        if last["done"]:
            line.send(json.dumps({"type": "ended", "practice": "0" * 32, "ending": "finished"}))


def answer(**named: Any) -> dict[str, Any]:
    usual = {
        "type": "snapshot", "captured": None, "phase": "hold", "repetition": 1, "repetitions": 5, "judged": True,
        "reason": None, "message": "Hold it there, softly.", "cue": None, "tone": 0.5, "say": None,
        "warning": None, "hold_share": 0.5, "guides": GUIDES, "done": False,
    }  # fmt: skip
    return {**usual, **named}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright, ALLOWED) as opened:
        yield opened


@pytest.fixture
def there(browser: Browser, house: Server, tmp_path: Path) -> Iterator[Visit]:
    with visit(browser, "about:blank", tmp_path) as opened:
        opened.page.add_init_script(LISTENER)
        yield opened


def test_the_last_words_are_heard_before_the_summary_comes(there: Visit, house: Server) -> None:
    last = answer(phase="done", cue="done", say="That was the last one.", done=True, tone=None)
    ScriptedCoach(there, *[answer()] * 10, answer(say="Let it melt away."), last)
    there.page.goto(house.address(PRACTICE))
    there.until("it.state === 'ended'", 60)
    assert there.mirror.get_attribute("data-judged") == "false"
    expect(there.page.get_by_role("heading", name="Well done")).to_be_visible()
    now = there.page.evaluate("performance.now()")
    told = there.page.evaluate("window.told")
    names = [what for what, _ in told]
    last_words = names.index("say That was the last one.")
    assert "silence" not in names[last_words:]
    camera_off = told[names.index("camera off")][1]
    assert camera_off - told[last_words][1] < 1000
    assert now - camera_off > 2000


def test_a_warning_is_said_at_once_and_drawing_is_not_needed(there: Visit, house: Server) -> None:
    warned = answer(warning=WARNING, cue="warning", say="Your right eye is joining in.", tone=None)
    ScriptedCoach(there, *[answer()] * 5, answer(say="Hold."), answer(), warned, answer(warning=WARNING))
    there.page.add_init_script(NO_ARCS)
    there.page.goto(house.address(PRACTICE))
    there.until("it.warning === 'oral-ocular-narrow'", 60)
    at = dict(there.page.evaluate("window.told"))
    assert at["say Your right eye is joining in."] - at["say Hold."] < 1500
    expect(there.page.get_by_text("Hold it there, softly.")).to_be_visible()
    (complaint,) = there.complaints
    assert "no arcs" in complaint
    there.complaints.clear()


def test_the_drawing_needs_no_browser_of_this_year(there: Visit, house: Server) -> None:
    ScriptedCoach(there, *[answer()] * 5, answer(warning=WARNING))
    there.page.add_init_script("delete CanvasRenderingContext2D.prototype.roundRect")
    there.page.goto(house.address(PRACTICE))
    there.until("it.warning === 'oral-ocular-narrow'", 60)
    expect(there.page.get_by_text("Your right eye", exact=True)).to_be_visible()


def test_stop_while_the_coach_is_lost_stops_the_practice(there: Visit, house: Server) -> None:
    coach = ScriptedCoach(there, answer())
    there.page.goto(house.address(PRACTICE))
    there.until("it.fps > 5", 60)
    coach.lines[-1].close(code=1011)
    there.until("it.state === 'lost'", 5)
    there.button("^Stop$").click()
    expect(there.page.get_by_role("heading", name="Until next time")).to_be_visible()
    assert coach.heard[-2:] == ["hello", "stop"]


def test_a_page_that_never_reaches_the_coach_says_so_soon(there: Visit, house: Server) -> None:
    there.page.add_init_script(ANOTHER_PLACE)
    there.page.goto(house.address(PRACTICE))
    there.until("it.state === 'unreached'", 60)
    expect(there.page.get_by_text("The coach does not answer this page")).to_be_visible()
    assert "lost" in [shown["state"] for shown in there.seen]
    there.page.wait_for_timeout(2500)  # it goes on trying, and does not take the words away
    assert there.mirror.get_attribute("data-state") == "unreached"
    there.button("Load again").click()
    there.until("['asking', 'connecting', 'lost'].includes(it.state)", 60)  # it begins anew
    there.complaints = [words for words in there.complaints if "/nowhere" not in words]
