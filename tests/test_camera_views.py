"""The ways to practise: with the face hidden, with eyes closed by sound, half mirrored; and every word of the page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
import pytest
from browser import ALLOWED, Server, Visit, chromium, film, played, server, visit
from numpy.typing import NDArray
from patient_script import Timing, small_smiles
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from scripted_coach import GUIDES, PATTERN, WARNING, Answer, ScriptedCoach, answer, open_alone
from scripted_practice import eventually

from coach.events import Phase
from coach.exercise import Area
from coach.page_words import LIVE_PAGE
from pages import camera
from pages.camera import HTML, VIEWS

OWN_JS = "\n".join(path.read_text("utf-8") for path in Path(camera.__file__).parent.glob("*.js"))

in_browser = pytest.mark.browser

PHONE = {"width": 390, "height": 664}  # what the browser's own bars leave of 844
LIVE = "it.state === 'live' && it.fps > 0"
HIDDEN = ("line", "bars")
QUIET = [["eye", "right"], ["chin", None]]
DRAWING = {"moves": {"corner_up": 2.0, "corner_out": 2.0}, "touch": [], "one_side": False}
JOINED = "Your right eye is joining in. Ease off a little."
# Chromium's own test picture is a bright green; nothing of ours is.
GREEN_AT_LEAST = 10_000

# Before anything of the page runs: what is spoken, with the line that stands there then, felt and read, and every
# moment the video could be seen.
LISTENER = """
  const at = () => performance.now();
  window.spoken = [];
  speechSynthesis.speak = ({ text, volume }) => {
    const said = { text, volume, at: at() };
    window.spoken.push(said);
    queueMicrotask(() => (said.line = document.querySelector(".coach-message").textContent));
  };
  window.felt = [];
  navigator.vibrate = (pulses) => window.felt.push(pulses);
  window.asked = 0;
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = function (...all) { window.asked += 1; return ask.apply(this, all); };
  window.lines = [];
  const content = Object.getOwnPropertyDescriptor(Node.prototype, "textContent");
  const set = function (text) {
    content.set.call(this, text);
    const isNew = this.matches?.(".coach-message") && text !== (window.lines.at(-1)?.text ?? "");
    if (isNew) window.lines.push({ text, at: at() }); // at this moment, not when it comes to be painted
  };
  Object.defineProperty(Node.prototype, "textContent", { ...content, set });
  window.videoSeen = 0;
  const look = () => {
    const video = document.querySelector("video");
    window.videoSeen += Boolean(video?.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
# When the answers came with which another area came to be marked: how long the page then takes to draw is left out.
MARKED = """
  const parse = JSON.parse;
  JSON.parse = (...all) => { window.answeredAt = performance.now(); return parse(...all); };
  window.marked = [];
  let before = "";
  new MutationObserver(() => {
    const now = document.querySelector("[data-testid=practice-live]").dataset.warning;
    if (now !== before) window.marked.push(window.answeredAt);
    before = now;
  }).observe(document, { subtree: true, attributeFilter: ["data-warning"] });
"""
# What goes to the loudspeaker: `window.loudest()` is the loudest frequency in Hz, or null for silence.
HEARING = """
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      const ear = to.context.createAnalyser();
      ear.fftSize = 16384;
      ear.smoothingTimeConstant = 0;
      connect.call(this, ear);
      window.loudest = () => {
        const heard = new Float32Array(ear.frequencyBinCount);
        ear.getFloatFrequencyData(heard);
        const top = heard.reduce((best, level, bin) => (level > heard[best] ? bin : best), 0);
        return heard[top] < -70 ? null : top * to.context.sampleRate / ear.fftSize;
      };
    }
    return connect.call(this, to, ...more);
  };
"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright, ALLOWED) as opened:
        yield opened


@pytest.fixture
def there(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    with visit(browser, "about:blank", tmp_path) as opened:
        opened.page.add_init_script(LISTENER)
        yield opened


@pytest.fixture
def on_phone(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    with visit(browser, "about:blank", tmp_path, **PHONE) as opened:
        yield opened


def practise(there: Visit, *script: Answer | Callable[[int], Answer], **data: Any) -> ScriptedCoach:
    """Practise alone, until the coach answers."""
    coach = ScriptedCoach(there, *(script or (answer(),)))
    open_alone(there, **data)
    there.until(LIVE, 30)
    return coach


def touch(there: Visit) -> None:
    """Somebody touches the page, which lets it sound."""
    there.page.locator("main").click(position={"x": 3, "y": 3})
    there.page.wait_for_function("document.querySelector('.coach-sound').textContent === 'Sound'", polling=50)


def pictured(there: Visit) -> NDArray[np.uint8]:
    png = np.frombuffer(there.mirror.screenshot(), np.uint8)
    return np.asarray(cv2.imdecode(png, cv2.IMREAD_COLOR), np.uint8)


def green(there: Visit) -> int:
    """How many pixels of the mirror are of Chromium's test picture."""
    blue, middle, red = np.moveaxis(pictured(there).astype(int), -1, 0)
    return int(((middle > 120) & (middle > red + 60) & (middle > blue + 60)).sum())


def until_spoken(there: Visit, *words: str) -> None:
    """Wait until these are the last sentences that were spoken."""
    last = f"window.spoken.slice(-{len(words)}).map(({{ text }}) => text)"
    there.page.wait_for_function(
        f"(words) => JSON.stringify({last}) === JSON.stringify(words)", arg=list(words)
    )


def its_turn(there: Visit) -> None:
    """Wait until the usual words stand there and another sentence could be said at once."""
    expect(there.page.locator(".coach-message")).to_have_text(answer()["message"])
    there.page.wait_for_timeout(2100)


def values(there: Visit, name: str) -> Any:
    return there.page.evaluate(f"window.{name}")


# --- words


def sentences(part: Any) -> Iterator[str]:
    """Every piece of text in the catalogue."""
    if isinstance(part, str):
        yield part
    else:
        for inner in part.values():
            yield from sentences(inner)


UNKIND = re.compile(r"\b(wrong|bad|fail\w*|errors?|must|never|scor\w*|grade\w*|diagnos\w*)\b", re.IGNORECASE)


def test_no_word_of_the_page_is_unkind() -> None:
    said = list(sentences(LIVE_PAGE))

    assert len(said) > 80
    assert [words for words in said if UNKIND.search(words) or "!" in words] == []


def test_each_state_says_what_is_so_in_a_few_words_and_what_its_button_does() -> None:
    for state, words in LIVE_PAGE["states"].items():
        assert set(words) <= {"title", "words", "button"}
        assert 0 < len(words["title"]) <= 60
        assert len(words["words"]) <= 160
        assert words["words"] == "" or words["words"].endswith(".")
        assert words["words"] or state in {"refused", "busy", "elsewhere"}, "the coach says those itself"
        assert 0 < len(words.get("button", "-")) <= 24


def test_labels_fit_on_their_buttons_and_captions_in_their_line() -> None:
    assert all(0 < len(words) <= 24 for words in LIVE_PAGE["labels"].values())
    assert all(0 < len(words) <= 90 for words in LIVE_PAGE["captions"].values())


def test_every_phase_area_and_view_has_its_words() -> None:
    assert {phase.value for phase in Phase} | {"starting"} == set(LIVE_PAGE["phases"]["movement"])
    assert all(set(own) <= set(LIVE_PAGE["phases"]["movement"]) for own in LIVE_PAGE["phases"].values())
    assert set(get_args(Area)) == set(LIVE_PAGE["areas"])
    assert set(VIEWS) == set(LIVE_PAGE["views"])
    assert re.search(r"VIEWS = (\[.*\]);", OWN_JS)[1] == str(list(VIEWS)).replace("'", '"')  # type: ignore[index]


def test_the_page_says_only_what_is_in_the_catalogue_and_all_of_it() -> None:
    in_page = re.findall(r'data-(?:words|label)="([\w.]+)"', HTML)
    in_script = [f"labels.{name}" for name in re.findall(r"\blabels\.(\w+)", OWN_JS)]
    in_script += [f"captions.{name}" for name in re.findall(r"(?<!this\.)\bcaptions\.(\w+)", OWN_JS)]
    in_script += [
        f"captions.{name}" for name in re.findall(r'captions\[side \? "(\w+)" : "(\w+)"', OWN_JS)[0]
    ]
    for path in {*in_page, *in_script}:
        part: Any = LIVE_PAGE
        for name in path.split("."):
            part = part[name]
        assert isinstance(part, str)
    own = {f"{part}.{name}" for part in ("labels", "captions") for name in LIVE_PAGE[part]}
    assert own - {*in_page, *in_script} == set()

    entered = set(re.findall(r'(?:enter|pause)\("(\w+)"', OWN_JS)) - {"live"}
    assert entered <= set(LIVE_PAGE["states"])
    assert not re.search(r">[^<\s][^<]*<", HTML), "no words in the markup"


# --- views


@in_browser
def test_the_view_is_chosen_before_the_camera_is_asked_for(there: Visit) -> None:
    ScriptedCoach(there, answer())
    open_alone(there, view="ask", quiet=QUIET)
    there.until("it.state === 'choosing'", 30)
    expect(there.page.get_by_role("heading", name="How would you like to practise?")).to_be_visible()
    there.page.wait_for_timeout(500)
    assert (values(there, "asked"), values(there, "videoSeen")) == (0, 0)

    there.button("A line drawing").click()
    there.until(LIVE, 30)

    assert values(there, "triggered") == [["view", "line"]]
    assert there.mirror.get_attribute("data-view") == "line"
    assert (values(there, "asked"), values(there, "videoSeen")) == (1, 0)
    expect(there.page.get_by_role("button", name="A line drawing")).to_be_hidden()


@in_browser
@pytest.mark.parametrize("view", HIDDEN)
def test_where_the_face_is_hidden_it_is_not_shown_from_the_first_moment_on_and_still_watched(
    there: Visit, view: str
) -> None:
    coach = practise(there, view=view, quiet=QUIET)
    # As where the video is displayed: of one that is not, a browser need not tell, and the page itself asks 4 times.
    there.until("it.fps > 5", 60)
    coach.looks_on(10)
    there.page.wait_for_timeout(1000)

    assert (values(there, "videoSeen"), green(there)) == (0, 0)
    for part in (".coach-phase", ".coach-ring", ".coach-message"):
        expect(there.page.locator(part)).to_be_visible()


@in_browser
def test_the_mirror_shows_the_face(there: Visit) -> None:
    practise(there)

    assert values(there, "videoSeen") > 0
    assert green(there) > GREEN_AT_LEAST  # that is: what the face hidden is told by can be seen


@in_browser
def test_the_line_face_moves_with_the_movements_and_marks_what_joins_in(there: Visit) -> None:
    still = answer(movements={"corner_up_right": 0.0, "corner_up_left": 0.0})
    coach = practise(there, still, view="line", quiet=QUIET)
    drawn = "document.querySelector('.coach-line-face').innerHTML"
    mouth = "document.querySelector('.coach-line-face [data-part=upper_lip]').getAttribute('d')"
    at_rest = there.page.evaluate(mouth)

    coach.script = [answer(movements={"corner_up_right": 3.0, "corner_up_left": 3.0})]
    there.page.wait_for_function(f"(before) => {mouth} !== before", arg=at_rest)
    coach.script = [answer(warning=WARNING, movements={"corner_up_right": 3.0, "corner_up_left": 3.0})]
    there.until(f"it.warning === '{PATTERN}'", 30)

    assert there.page.evaluate(f"{drawn}.includes('data-joined=\"eye\"')")
    expect(there.page.get_by_text("Your right eye", exact=True)).to_be_visible()


@in_browser
@pytest.mark.parametrize(
    "unseen", [answer(judged=False, reason="no_face", movements={}), answer(muted=True), answer()]
)
def test_a_line_face_of_which_nothing_is_known_is_drawn_as_unseen_and_not_as_rest(
    there: Visit, unseen: Answer
) -> None:
    practise(there, unseen, view="line")

    assert there.page.locator(".coach-line-face [data-unseen]").count() > 10


@in_browser
def test_the_bars_show_each_side_on_its_own_and_what_joins_in(there: Visit) -> None:
    far = {**GUIDES[0], "now": [0.4, 0.53], "in_band": False}
    coach = practise(
        there,
        answer(guides=[far, GUIDES[1]]),
        view="bars",
        quiet=[*QUIET, ["cheek", "right"], ["cheek", "left"]],
    )
    expect(there.page.locator(".coach-quiet li")).to_have_text(["right eye", "chin", "cheek"])
    height = "(side) => document.querySelector(`[data-side=${side}] .coach-knob`).getBoundingClientRect().y"
    right, left = (there.page.evaluate(height, side) for side in ("right", "left"))
    assert right < left
    xs = [there.page.locator(f".coach-side[data-side={side}]").bounding_box() for side in ("right", "left")]
    assert xs[0]["x"] > xs[1]["x"]  # type: ignore[index]  # as in a mirror
    expect(there.page.locator("[data-side=right].coach-bar-over")).to_be_visible()
    expect(there.page.locator("[data-side=left].coach-bar-within")).to_be_visible()

    coach.script = [answer(guides=GUIDES[1:], warning=WARNING)]
    expect(there.page.locator(".coach-joining")).to_have_text("right eye")
    expect(there.page.locator("[data-side=right].coach-bar-unseen")).to_be_visible()
    expect(there.page.locator(".coach-tag")).to_be_hidden()

    coach.script = [answer(warning={**WARNING, "pattern": "platysma"})]  # the corner is not in the list
    expect(there.page.get_by_text("Your right mouth corner", exact=True)).to_be_visible()

    coach.script = [answer(guides=[], led="areas")]
    expect(there.page.locator(".coach-side").first).to_be_hidden()


@in_browser
def test_the_view_can_be_changed_at_any_time_and_the_practice_waits_meanwhile(there: Visit) -> None:
    coach = practise(there)
    there.button("^View$").click()
    expect(there.page.get_by_text("Your practice waits for you.")).to_be_visible()
    assert there.mirror.get_attribute("data-state") == "paused"
    coach.hears("pause")

    there.page.keyboard.press("Escape")
    there.until(LIVE, 30)
    coach.hears("resume")
    assert values(there, "triggered") == []

    there.button("^View$").press("Enter")
    there.page.keyboard.press("Tab")
    there.page.keyboard.press("Tab")
    there.page.keyboard.press("Enter")
    there.until(f"{LIVE} && it.view === 'bars'", 30)
    assert values(there, "triggered") == [["view", "bars"]]
    assert green(there) == 0

    there.page.evaluate("(data) => window.given(data)", {"ticket": "x", "areas": {}, "view": "mirror"})
    assert there.mirror.get_attribute("data-view") == "bars"  # a page that is not yet up to date
    assert there.page.evaluate("document.activeElement.textContent") == "View"


@in_browser
def test_a_view_chosen_while_the_coach_gets_ready_lets_it_begin_afterwards(there: Visit) -> None:
    coach = ScriptedCoach(there, answer())
    there.page.add_init_script(
        """const ready = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = async function (...all) {
          await new Promise((go) => (window.letCamera = go));
          return ready.apply(this, all);
        };"""
    )
    open_alone(there)
    there.until("it.state === 'asking'", 30)
    there.button("^View$").click()
    expect(there.button("Two bars")).to_be_visible()
    there.page.evaluate("window.letCamera()")
    there.until("it.state === 'paused'", 30)
    there.button("Two bars").click()
    there.until(f"{LIVE} && it.view === 'bars'", 30)
    coach.hears("hello", "pause", "resume")
    assert coach.heard == ["hello", "pause", "resume"]


# --- half mirrored


@pytest.fixture(scope="module")
def lopsided(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose camera sees a still picture that is alike nowhere."""
    noise = np.random.default_rng(3).integers(0, 255, (12, 16, 3), np.uint8)
    picture = cv2.resize(noise, (640, 480), interpolation=cv2.INTER_CUBIC)
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    seen = tmp_path_factory.mktemp("film") / "still.mjpeg"
    seen.write_bytes(jpeg * 30)
    with chromium(playwright, *played(seen)) as opened:
        yield opened


def unlikeness(there: Visit) -> float:
    """How far the two halves of the stage are from being each other's mirror image; below the chips, grey levels."""
    box = there.page.locator(".coach-stage").bounding_box()
    assert box is not None
    png = np.frombuffer(there.page.screenshot(clip=box), np.uint8)
    stage = cv2.imdecode(png, cv2.IMREAD_GRAYSCALE).astype(float)
    high, wide = stage.shape
    part = stage[int(high * 0.3) : int(high * 0.8), int(wide * 0.1) : int(wide * 0.9)]
    return float(np.abs(part - part[:, ::-1]).mean())


@in_browser
@pytest.mark.parametrize("affected", ["right", "left"])
def test_half_mirrored_both_halves_show_the_other_side_and_say_so(
    lopsided: Browser, tmp_path: Path, affected: str
) -> None:
    other = {"right": "left", "left": "right"}[affected]
    middle = answer(guides=[], midline=[[0.5, 0.3], [0.5, 0.8]])
    with visit(lopsided, "about:blank", tmp_path) as there:
        coach = practise(there, answer(guides=[], midline=None), halfMirror=True, affected=affected)
        plain = pictured(there)
        assert (unlikeness(there) > 20, there.mirror.get_attribute("data-half")) == (True, "false")

        coach.script = [middle]
        there.until("it.half === 'true'", 30)
        there.page.wait_for_timeout(500)
        assert unlikeness(there) < 6
        expect(there.page.get_by_text(f"Both halves show your {other} side")).to_be_visible()
        halved = pictured(there)
        middle_row = slice(int(plain.shape[0] * 0.3), int(plain.shape[0] * 0.5))
        of = {
            "left": slice(60, 250),
            "right": slice(-250, -60),
        }  # of the mirror: the person's right is on the right
        kept = np.abs(plain.astype(int) - halved)[middle_row, of[other]].mean()
        turned = np.abs(plain.astype(int) - halved)[middle_row, of[affected]].mean()
        assert (kept < 6, turned > 20) == (True, True)

        coach.script = [answer(guides=[], midline=None)]
        there.until("it.half === 'false'", 30)
        assert unlikeness(there) > 20


@in_browser
@pytest.mark.parametrize(
    "data",
    [{"halfMirror": True, "affected": None}, {"halfMirror": False, "affected": "right"}]
    + [{"halfMirror": True, "affected": "right", "view": view} for view in HIDDEN],
)
def test_half_mirrored_only_where_it_is_wanted_and_the_side_is_known(
    there: Visit, data: dict[str, Any]
) -> None:
    practise(there, answer(midline=[[0.5, 0.3], [0.5, 0.8]]), **data)
    there.page.wait_for_timeout(300)

    assert there.mirror.get_attribute("data-half") == "false"
    expect(there.page.locator(".coach-half")).to_be_hidden()


# --- sound


@in_browser
def test_one_tone_for_the_movement_a_lower_one_for_what_joins_in_and_silence_at_rest(there: Visit) -> None:
    there.page.add_init_script(HEARING)
    coach = practise(there, answer(phase="rest", tone=None))
    touch(there)

    def comes_to(hz: float | None, script: Answer) -> None:
        coach.script = [script]
        is_so = "window.loudest() === null" if hz is None else f"Math.abs(window.loudest() - {hz}) <= 6"
        there.page.wait_for_function(is_so)
        there.page.wait_for_timeout(500)
        assert there.page.evaluate(is_so), "and stays so"

    comes_to(None, answer(phase="rest", tone=None))
    comes_to(247, answer(tone=0.0))
    comes_to(311, answer(tone=1.0))
    comes_to(110, answer(tone=None, warning=WARNING))
    comes_to(None, answer(phase="rest", tone=None))
    comes_to(247, answer(tone=0.0))
    there.button("^Pause$").click()
    comes_to(None, answer(tone=0.0))


def latest(there: Visit, cue: str, key: str, value: str) -> float:
    """How far from its cue the mirror came to show a value, at the most, in ms."""
    begun = [
        float(now["at"])
        for before, now in itertools.pairwise(there.seen)
        if now.get(key) == value != before.get(key)
    ]
    given = [told["at"] for told in values(there, "cues") if told["cue"] == cue]
    assert begun
    return max(min(abs(at - told) for told in given) for at in begun)


@pytest.mark.alone
@in_browser
def test_each_cue_is_told_within_300_ms_of_what_it_stands_for_also_where_it_is_not_heard(
    there: Visit,
) -> None:
    story = [
        answer(phase="rest", cue="rest_start", tone=None),
        answer(phase="move", cue="move_start", tone=None),
        answer(phase="hold", cue="hold_start"),
        answer(phase="hold", cue="count", hold_count=1),
        answer(phase="hold", cue="warning", warning=WARNING, tone=None),
        answer(phase="release", cue="hold_done", tone=None),
        answer(phase="rest", cue="repetition_done", tone=None, repetition=2),
    ]

    def every_third_of_a_second(number: int) -> Answer:
        told, first = divmod(number, 8)
        step = story[told % len(story)]
        return step if first == 0 else {**step, "cue": None}

    practise(there, every_third_of_a_second)
    there.page.wait_for_function("window.cues.length >= 8", timeout=20_000)
    assert {cue["sounded"] for cue in values(there, "cues")} == {False}  # nobody has touched the page
    touch(there)
    so_far = len(values(there, "cues"))
    there.page.wait_for_function(f"window.cues.length >= {so_far + 16}", timeout=30_000)

    cues = values(there, "cues")
    assert {cue["sounded"] for cue in cues[so_far:]} == {True}
    assert {cue["cue"] for cue in cues} == {step["cue"] for step in story}
    assert latest(there, "move_start", "phase", "move") < 300
    assert latest(there, "hold_start", "phase", "hold") < 300
    assert latest(there, "hold_done", "phase", "release") < 300
    assert latest(there, "warning", "warning", PATTERN) < 300


@in_browser
def test_a_hold_is_counted_aloud_to_closed_eyes_and_ticks_for_open_ones(there: Visit) -> None:
    def counting(number: int) -> Answer:
        count = 1 + number // 20 % 5
        begins = number % 20 == 0
        return answer(
            cue="count" if begins else None, hold_count=count, say=str(count) if begins and aloud else None
        )

    aloud = True
    practise(there, counting, eyesClosed=True)
    touch(there)
    there.page.wait_for_function("window.cues.length >= 6")
    counted = [said["text"] for said in values(there, "spoken")]
    assert len(counted) >= 3
    assert not {line["text"] for line in values(there, "lines")} & set("12345")
    assert set(counted) <= set("12345")
    expect(there.page.locator(".coach-held")).to_have_text(re.compile(r"^\d s$"))

    there.page.evaluate("Object.defineProperty(speechSynthesis, 'speaking', { value: true })")
    before = len(values(there, "spoken"))
    there.page.wait_for_function(f"window.cues.length >= {len(values(there, 'cues')) + 3}")
    assert len(values(there, "spoken")) == before  # a number does not talk over a sentence
    assert values(there, "cues")[-1]["sounded"] is True

    aloud = False
    practise(there, counting)
    touch(there)
    there.page.wait_for_function("window.cues.some(({ sounded }) => sounded)")
    assert values(there, "spoken") == []


@in_browser
def test_closed_eyes_are_told_that_the_face_is_not_seen_but_not_again_and_again(there: Visit) -> None:
    away = answer(judged=False, reason="no_face", message="I cannot see your face.", guides=[], tone=None)
    coach = practise(there, eyesClosed=True)
    touch(there)
    gone_at = there.page.evaluate("performance.now()")
    coach.script = [away]
    there.page.wait_for_function(
        "(words) => window.spoken.filter(({ text }) => text === words).length > 1", arg=away["message"]
    )
    there.page.wait_for_timeout(2000)

    told = [said["at"] for said in values(there, "spoken") if said["text"] == away["message"]]
    unseen_at = next(
        float(s["at"]) for s in there.seen if s["judged"] == "false" and float(s["at"]) > gone_at
    )
    assert len(told) == 2
    assert told[0] - gone_at >= 3000
    assert told[0] - unseen_at < 5500
    assert told[1] - told[0] >= 7900
    assert [cue["cue"] for cue in values(there, "cues")] == ["unseen", "unseen"]

    coach.script = [answer()]
    its_turn(there)
    coach.lines[-1].close(code=1011)
    there.page.wait_for_function("window.spoken.at(-1).text.startsWith('Finding the coach again.')")


@in_browser
def test_one_sentence_in_two_seconds_and_all_that_is_spoken_stands_there_too(there: Visit) -> None:
    phases = ["rest", "move", "hold", "release"]

    def hurried(number: int) -> Answer:
        phase = number // 60 % 4
        begins = number % 60 == 0
        joins = WARNING if phase == 2 else None
        say = f"Now {phases[phase]}." if begins else JOINED if number % 60 == 5 and joins else None
        cue = "warning" if say == JOINED else None
        return answer(phase=phases[phase], message=f"Message {number}.", say=say, cue=cue, warning=joins)

    coach = practise(there, hurried)
    touch(there)
    coach.waits(lambda: coach.pictures > 4 * 60, within_seconds=180)

    spoken = values(there, "spoken")
    lines = [line for line in values(there, "lines") if line["text"]]
    assert len(spoken) >= 4
    assert len(lines) >= 5
    assert JOINED in {said["text"] for said in spoken}
    for told in (spoken, lines):
        gaps = [after["at"] - before["at"] for before, after in itertools.pairwise(told)]
        assert min(gaps) > 1900
    assert [said["line"] for said in spoken] == [said["text"] for said in spoken]


@in_browser
def test_what_joins_in_is_said_in_the_next_turn_or_not_at_all(there: Visit) -> None:
    joins = answer(cue="warning", say=JOINED, warning=WARNING, tone=None)
    lasting = answer(warning=WARNING, tone=None)
    coach = practise(there)
    touch(there)
    its_turn(there)
    coach.script = [answer(say="First."), joins, answer(say="Second.", warning=WARNING), lasting]
    until_spoken(there, "First.", JOINED)

    coach.script = [answer()]
    its_turn(there)
    coach.script = [answer(say="Third."), joins, answer()]
    until_spoken(there, JOINED, "Third.")
    there.page.wait_for_timeout(3000)
    assert [said["text"] for said in values(there, "spoken")] == ["First.", JOINED, "Third."]
    assert [cue["cue"] for cue in values(there, "cues")] == ["warning", "warning"]


@in_browser
def test_too_big_is_said_like_what_joins_in(there: Visit) -> None:
    smaller = "Smaller is better. Ease back a little."
    big = answer(message=smaller, tone=None)
    corrected = {**big, "cue": "warning", "say": smaller, "correction": "too_big"}
    coach = practise(there)
    touch(there)
    its_turn(there)
    coach.script = [answer(say="First."), corrected, big]
    until_spoken(there, "First.", smaller)
    assert there.mirror.get_attribute("data-warning") == ""

    there.page.wait_for_timeout(2100)
    coach.script = [answer(say="Second."), corrected, answer()]
    until_spoken(there, "First.", smaller, "Second.")
    there.page.wait_for_timeout(3000)
    assert [said["text"] for said in values(there, "spoken")] == ["First.", smaller, "Second."]


@in_browser
def test_however_restless_the_coach_nothing_flashes(there: Visit) -> None:
    other = {**WARNING, "pattern": "chin", "side": None}
    there.page.add_init_script(MARKED)
    coach = practise(there, lambda number: answer(warning=(WARNING, other, None)[number % 3]))
    coach.looks_on(100)

    changes = values(there, "marked")
    assert len(changes) > 4
    assert max(sum(at <= later < at + 1000 for later in changes) for at in changes) <= 3


# --- settings


def settings(there: Visit) -> dict[str, Any]:
    volume = there.page.get_by_label("Volume")
    return {
        "volume": volume.input_value(),
        "words": there.page.get_by_label("Spoken words").is_checked(),
        "vibration": there.page.get_by_label("Vibration").is_checked(),
    }


@in_browser
def test_the_sound_is_set_by_keyboard_and_remembered(there: Visit) -> None:
    joins = answer(cue="warning", say=JOINED, warning=WARNING)
    practise(there, lambda number: joins if number % 80 == 0 else answer(warning=WARNING))
    touch(there)
    there.page.wait_for_function("window.spoken.length > 0 && window.felt.length > 0")
    assert values(there, "spoken")[0]["volume"] == pytest.approx(0.8)
    assert values(there, "felt")[0] == [35, 70, 35]

    there.button("^Sound$").press("Enter")
    assert settings(there) == {"volume": "80", "words": True, "vibration": True}
    there.page.keyboard.press("ArrowLeft")
    there.page.keyboard.press("Tab")
    there.page.keyboard.press("Space")
    there.page.keyboard.press("Tab")
    there.page.keyboard.press("Space")
    there.page.keyboard.press("Escape")
    assert there.page.evaluate("document.activeElement.textContent") == "Sound"
    expect(there.page.get_by_label("Volume")).to_be_hidden()

    there.page.evaluate("window.spoken.length = window.felt.length = window.cues.length = 0")
    there.page.wait_for_function("window.cues.length > 0")
    there.page.wait_for_timeout(2500)
    assert (values(there, "spoken"), values(there, "felt")) == ([], [])

    practise(there)
    touch(there)
    there.button("^Sound$").click()
    assert settings(there) == {"volume": "75", "words": False, "vibration": False}
    there.page.get_by_label("Volume").fill("0")
    there.button("^Close$").click()
    expect(there.button("^Sound off$")).to_be_visible()


@in_browser
def test_the_sound_can_be_set_where_nothing_can_be_remembered(there: Visit) -> None:
    there.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no storage'); } })"
    )
    practise(there, drawing=DRAWING)
    touch(there)
    there.button("^Sound$").click()
    there.page.get_by_label("Spoken words").uncheck()
    assert settings(there) == {"volume": "80", "words": False, "vibration": True}


@in_browser
def test_without_sound_an_exercise_with_closed_eyes_says_that_it_needs_it(there: Visit) -> None:
    practise(there, eyesClosed=True)
    expect(there.page.get_by_text("Tap anywhere, so that the coach can be heard")).to_be_visible()
    touch(there)
    expect(there.page.locator(".coach-unheard")).to_be_hidden()
    there.button("^Sound$").click()
    there.page.get_by_label("Volume").fill("0")
    expect(there.page.get_by_text("the sound is off")).to_be_visible()


# --- the drawing beside the mirror


def drawn(there: Visit) -> str:
    return str(there.page.locator(".coach-drawing").inner_html())


def wandering(number: int) -> Answer:
    return answer(pace=number % 10 / 10)


@in_browser
def test_the_drawing_follows_the_pace_and_can_be_put_away(there: Visit) -> None:
    practise(there, wandering, drawing=DRAWING)
    before = drawn(there)
    there.page.wait_for_function(
        "(before) => document.querySelector('.coach-drawing').innerHTML !== before", arg=before
    )
    there.button("^Put away$").click()
    expect(there.page.locator(".coach-drawing")).to_be_hidden()

    practise(there, wandering, drawing=DRAWING)
    expect(there.page.locator(".coach-drawing")).to_be_hidden()
    there.button("^Show the movement$").click()
    expect(there.page.locator(".coach-drawing")).to_be_visible()

    practise(there, wandering)
    expect(there.page.locator(".coach-aside")).to_be_hidden()


@in_browser
def test_the_drawing_stands_still_where_motion_is_unwelcome(there: Visit) -> None:
    there.page.emulate_media(reduced_motion="reduce")
    practise(there, wandering, drawing=DRAWING)
    pictures = set()
    for _ in range(8):
        there.page.wait_for_timeout(90)
        pictures.add(drawn(there))
    assert len(pictures) == 1
    assert there.page.locator(".coach-drawing [data-way]").count() == 2


@in_browser
def test_in_a_test_of_many_movements_the_one_that_is_asked_for_is_drawn(there: Visit) -> None:
    there.page.emulate_media(reduced_motion="reduce")
    tasks = {"smile": {"moves": {"corner_up": 2.0}}, "rest": {"moves": {}}}
    coach = practise(
        there, answer(task="rest"), drawing={**DRAWING, "moves": {"brow_raise": 2.0}, "tasks": tasks}
    )

    ways = there.page.locator(".coach-drawing [data-way]")
    expect(ways).to_have_count(0)
    coach.script = [answer(task="smile")]
    expect(ways).to_have_count(2)


@in_browser
@pytest.mark.parametrize(("side", "moves"), [(None, {"right"}), ("left", {"left"}), ("right", {"right"})])
def test_one_side_at_a_time_only_that_side_is_drawn_moving(
    there: Visit, side: str | None, moves: set[str]
) -> None:
    there.page.emulate_media(reduced_motion="reduce")
    practise(there, answer(side=side, pace=1), drawing={**DRAWING, "one_side": True}, affected="right")

    ways = there.page.locator(".coach-drawing [data-way]")
    assert {way.get_attribute("data-way") for way in ways.all()} == moves


# --- room


@in_browser
@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone_every_view_and_every_button_fits(on_phone: Visit, view: str) -> None:
    there = on_phone
    practise(there, answer(warning=WARNING, message=JOINED), view=view, quiet=QUIET, drawing=DRAWING)
    assert there.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    bar = there.page.locator(".coach-bar button")
    assert bar.count() == 4
    put_away = [] if view == "line" else [there.page.locator(".coach-put-away")]  # one drawn face is enough
    for button in (*bar.all(), *put_away):
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["y"] + box["height"] <= PHONE["height"]
        assert button.evaluate("(it) => it.scrollWidth <= it.clientWidth")

    touch(there)
    for opener in ("^Sound$", "^View$"):
        there.button(opener).click()
        for part in there.page.locator(".coach-row, .coach-choice").all():
            if part.is_visible():
                box = part.bounding_box()
                assert box is not None
                assert box["height"] >= 44
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= PHONE["width"]
        assert there.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# --- with the app itself


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@in_browser
def test_in_the_app_another_view_leaves_the_practice_as_it_is_and_is_remembered(
    there: Visit, house: Server
) -> None:
    coach = ScriptedCoach(there, answer())
    there.page.goto(house.address("/practice?exercise=small-closed-smile"))
    there.until("['live', 'choosing'].includes(it.state)", 60)
    if there.mirror.get_attribute("data-state") == "choosing":
        there.button("As in a mirror").click()
        there.until(LIVE, 30)
    there.button("^View$").click()
    there.button("Two bars").click()
    there.until(f"{LIVE} && it.view === 'bars'", 30)
    eventually(lambda: house.rows("SELECT view FROM patient")[0]["view"] == "bars", 30)
    there.page.wait_for_timeout(1500)  # the page is run again meanwhile
    assert there.mirror.get_attribute("data-view") == "bars"
    assert coach.heard.count("hello") == 1
    assert green(there) == 0

    there.page.reload()
    there.until(f"{LIVE} && it.view === 'bars'", 60)
    assert values(there, "videoSeen") == 0


@pytest.mark.alone
@in_browser
def test_the_coach_is_heard_and_the_face_stays_hidden_through_a_repetition(
    playwright: Playwright, house: Server, tmp_path: Path
) -> None:
    timing = Timing(before=6.0, ramp=1.5, hold=5.0, release=1.5, rest=4.0)
    smiles = film(tmp_path / "smiles.mjpeg", small_smiles(1, timing=timing))
    with (
        chromium(playwright, *played(smiles)) as smiling,
        visit(smiling, "about:blank", tmp_path) as there,
    ):
        there.page.add_init_script(LISTENER)
        there.page.goto(house.address("/practice?exercise=small-closed-smile"))
        there.button("^View$").click()
        there.button("A line drawing").click()
        there.until("it.phase === 'hold'", 90)
        shown_in_between = values(there, "videoSeen")
        there.until("it.phase === 'rest' && it.repetition === '2'", 60)
        assert values(there, "videoSeen") == shown_in_between
        for cue, phase in (("move_start", "move"), ("hold_start", "hold"), ("hold_done", "release")):
            assert latest(there, cue, "phase", phase) < 300
        assert {told["cue"] for told in values(there, "cues")} >= {"count", "repetition_done"}
        assert {told["sounded"] for told in values(there, "cues")} == {True}
        assert "Let it melt away." in {said["text"] for said in values(there, "spoken")}
