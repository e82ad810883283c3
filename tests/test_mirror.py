"""The mirror by itself: a scripted coach answers it, so that what it does with each answer can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ALLOWED, Server, Visit, chromium, server, visit
from playwright.sync_api import Browser, expect, sync_playwright
from scripted_coach import WARNING, ScriptedCoach, answer

pytestmark = pytest.mark.browser

PRACTICE = "/practice?exercise=small-closed-smile"
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
# Before the coach is found again, however slow this computer is.
STOPS_WHEN_LOST = """(mirror) => new MutationObserver(() => {
  if (mirror.dataset.state === "lost") mirror.querySelector(".coach-stop").click();
}).observe(mirror, { attributeFilter: ["data-state"] })"""
# Sockets for /live are turned away before they open, as where the address is not the coach's own.
ANOTHER_PLACE = """
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(url, ...more) { super(url.replace(/[/]live$/, "/nowhere"), ...more); }
  };
"""


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
    there.until("it.state === 'ended' && it.judged === 'false'", 60)  # at once: the summary takes its place
    expect(there.page.get_by_role("heading", name="Well done")).to_be_visible()
    now = there.page.evaluate("performance.now()")
    told = there.page.evaluate("window.told")
    names = [what for what, _ in told]
    last_words = names.index("say That was the last one.")
    assert "silence" not in names[last_words:]
    camera_off = told[names.index("camera off")][1]
    assert camera_off - told[last_words][1] < 1000
    assert now - told[last_words][1] > 2000


def test_a_warning_is_said_in_the_next_turn_and_drawing_is_not_needed(there: Visit, house: Server) -> None:
    warned = answer(warning=WARNING, cue="warning", say="Your right eye is joining in.", tone=None)
    ScriptedCoach(there, *[answer()] * 75, answer(say="Hold."), answer(), warned, answer(warning=WARNING))
    there.page.add_init_script(NO_ARCS)
    there.page.goto(house.address(PRACTICE))
    there.until("it.warning === 'oral-ocular-narrow'", 60)
    shown_at = there.page.evaluate("window.seen.find(({ warning }) => warning).at")
    there.page.wait_for_function("() => window.told.some(([what]) => what.includes('joining in'))")
    at = dict(there.page.evaluate("window.told"))
    (cue,) = there.page.evaluate("window.cues")
    assert cue["cue"] == "warning"
    assert abs(shown_at - cue["at"]) < 300
    assert 1999 <= at["say Your right eye is joining in."] - at["say Hold."] < 3000
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
    there.until("it.state === 'live' && it.fps > 0", 60)
    there.mirror.evaluate(STOPS_WHEN_LOST)
    coach.lines[-1].close(code=1011)
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
