"""The line face: what it says, and how it moves in a real Chromium; no server is needed for it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from browser import chromium
from playwright.sync_api import Browser, Page, expect, sync_playwright

from coach import levels
from coach.exercise import Drawing, Exercise
from coach.face import Side
from coach.library import open_library
from pages import face
from pages.face import telling

LIBRARY = open_library()
CARDS = LIBRARY.exercises
in_browser = pytest.mark.browser
LARGE = 25.0  # mm, more than any face moves
ALL_SIDED = (
    *("brow_raise", "brow_draw_in", "eye_narrowing", "cheek_raise", "fold_raise", "nose_wrinkle"),
    *("corner_up", "corner_out", "upper_lip_raise", "lower_lip_drop"),
)
ALL_MIDLINE = ("pucker", "mouth_open", "chin_raise", "mouth_shift", "cheek_puff", "lip_press")
# Everything that is drawn as a line, with its half, by name.
LINES = """(svg) => Object.fromEntries([...svg.querySelectorAll("[data-part]")].filter((one) => one.hasAttribute("d"))
  .map((one) => [`${one.dataset.part} ${one.dataset.side ?? ""}`.trim(), one.getAttribute("d")]))"""
NUMBERS = """(svg) => [...svg.querySelectorAll("*")].flatMap((one) => [...one.attributes])
  .filter(({ name }) => ["d", "cx", "cy", "x", "y", "transform"].includes(name))
  .filter(({ value }) => /NaN|undefined|Infinity/.test(value))
  .map(({ name, value }) => `${name}=${value}`)"""


def quiet(card: Exercise) -> tuple[telling.Quiet, ...]:
    return face.quiet_areas(card, LIBRARY.patterns)


def both(**movements: float | None) -> dict[str, float | None]:
    """Readings alike on both sides."""
    readings: dict[str, float | None] = {}
    for name, mm in movements.items():
        sides = [name] if name in ALL_MIDLINE else [f"{name}_right", f"{name}_left"]
        readings.update(dict.fromkeys(sides, mm))
    return readings


# -- what it says --


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
def test_every_drawing_is_said_in_one_short_sentence(card: Exercise) -> None:
    sentence = telling.sentence(card.drawing, quiet(card), bool(card.target and card.target.one_side))

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert len(sentence) <= 140
    assert "_" not in sentence


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        (
            "small-closed-smile",
            "Both mouth corners move out and up a little; brows, eyes, nose, cheeks, chin and neck stay quiet.",
        ),
        ("eyes-open-oo", "The lips come forward a little; eyes stay quiet."),
        ("gentle-frown", "The brows draw together a little; eyes and mouth corners stay quiet."),
        ("half-closing", "Both eyes close half way; brows, cheeks and mouth corners stay quiet."),
        (
            "one-corner",
            "One mouth corner moves out and up a little, then the other; chin, neck and the other side stay quiet.",
        ),
        ("cheek-massage", "Fingertips lie on the cheeks and move slowly; the face itself stays soft."),
        ("soft-rest", "Nothing moves: the whole face rests, soft and still."),
    ],
)
def test_a_drawing_is_said_as_it_is_drawn(card: str, sentence: str) -> None:
    exercise = CARDS[card]
    one_side = bool(exercise.target and exercise.target.one_side)

    assert telling.sentence(exercise.drawing, quiet(exercise), one_side) == sentence


def test_a_large_movement_is_not_called_little() -> None:
    assert telling.sentence(Drawing(moves={"corner_out": 6.0})) == "Both mouth corners move out."
    assert telling.sentence(Drawing(moves={"eye_narrowing": 10.0})) == "Both eyes drift shut."


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
def test_what_moves_is_not_drawn_as_quiet(card: Exercise) -> None:
    everywhere = {area for area, side in quiet(card) if side is None}

    if {"corner_up", "corner_out", "pucker"} & card.drawing.moves.keys():
        assert "mouth_corner" not in everywhere
    if "eye_narrowing" in card.drawing.moves:
        assert "eye" not in everywhere


def test_a_corner_that_is_drawn_down_is_a_neck_that_stays_quiet() -> None:
    assert ("neck", None) in quiet(CARDS["small-closed-smile"])


def test_beside_the_mirror_every_task_has_its_own_drawing() -> None:
    card = CARDS["comfortable-range"]
    beside = face.beside_the_mirror(card)
    assert beside is not None
    assert beside["tasks"]["pucker"] == {"moves": {"pucker": 12.0}, "touch": []}
    assert list(beside["tasks"]) == [task.id for task in card.tasks]
    assert beside["moves"] == beside["tasks"]["brow-raise"]["moves"], "before the first one has begun"

    assert face.beside_the_mirror(CARDS["small-pucker"])["tasks"] == {}  # type: ignore[index]
    assert face.beside_the_mirror(CARDS["soft-rest"]) is None, "nothing is to move"
    assert face.beside_the_mirror(CARDS["one-corner"])["one_side"] is True  # type: ignore[index]


def test_the_tiny_movement_is_drawn_and_told_smaller() -> None:
    beside = face.beside_the_mirror(CARDS["gentle-eye-closing"], level=2)
    assert beside is not None
    assert beside["moves"] == {"eye_narrowing": 5.0}
    assert telling.sentence(levels.drawn(CARDS["half-closing"], 2)) == "Both eyes narrow."
    assert levels.drawn(CARDS["half-closing"], 3) == CARDS["half-closing"].drawing
    assert levels.drawn(CARDS["soft-rest"], 2) == CARDS["soft-rest"].drawing


def test_one_side_at_a_time_keeps_the_other_corner_quiet() -> None:
    assert ("mouth_corner", telling.RESTING) in quiet(CARDS["one-corner"])


def test_a_moment_is_said_in_words() -> None:
    assert telling.moment(4.21, "eye", Side.RIGHT) == "At 4.2 seconds your right eye joined in"
    assert telling.moment(0.0, "chin", None) == "At 0.0 seconds your chin joined in"


# -- how it is drawn --


class Mounted:
    """The components as they are handed to Streamlit, put on a bare page instead."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.parts: dict[str, str] = {}
        self.data: dict[str, Any] = {}

    def component(self, name: str, **parts: Any) -> Callable[..., None]:
        def mount(key: str, data: dict[str, Any]) -> None:
            self.parts, self.data = parts, json.loads(json.dumps(data, allow_nan=False))
            self.show()

        return mount

    def show(self) -> None:
        self.page.set_content(f"<style>{self.parts['css']}</style><main></main>")
        self.page.evaluate(
            """async ([html, js, data]) => {
              const root = document.querySelector("main");
              root.innerHTML = html;
              const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
              window.close_it = (await import(url)).default({ data, parentElement: root });
            }""",
            [self.parts["html"], self.parts["js"], self.data],
        )
        self.looked_for()

    def looked_for(self) -> None:
        """Wait until the browser has told whether the figure can be seen: it tells all who ask at once."""
        self.page.evaluate(
            """() => new Promise((told) => {
              new IntersectionObserver((_, own) => (own.disconnect(), told()))
                .observe(document.querySelector(".face-figure"));
            })"""
        )

    def hold_the_clock(self) -> None:
        """From now on the page's clock goes on only where a test lets it."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1)

    def draw(self, card: str, affected: Side | None = None, **how: Any) -> None:
        exercise = CARDS[card]
        one_side = bool(exercise.target and exercise.target.one_side)
        face.drawing("key", exercise.drawing, affected, quiet(exercise), one_side, exercise.name, **how)

    def shown(self, name: str) -> str:
        return str(self.page.locator(".face-figure").get_attribute(f"data-{name}"))

    def goes_on(self, phase: str) -> None:
        """Let the page's clock run until a phase begins."""
        self.until(lambda: self.shown("phase") == phase)

    def until(self, it_is_so: Callable[[], bool]) -> None:
        """Let the page's clock run until something is so."""
        for _ in range(60):
            if it_is_so():
                return
            self.page.clock.run_for(200)
        raise AssertionError("It was not so within twelve seconds.")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("request", lambda r: None if r.url.startswith(("blob:", "data:")) else complaints.append(r.url))
    yield opened
    assert complaints == []
    context.close()


@pytest.fixture
def mounted(page: Page, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    there = Mounted(page)
    monkeypatch.setattr(st.components.v2, "component", there.component)
    return there


class Drawn:
    """A LineFace of its own, as other pages use it."""

    def __init__(self, page: Page) -> None:
        page.set_content('<svg width="340"></svg>')
        page.add_script_tag(content=(Path(face.__file__).parent / "face.js").read_text("utf-8"))
        self.page = page
        self.make()

    def make(self, **options: Any) -> None:
        script = "(options) => { window.drawn = new LineFace(document.querySelector('svg'), options); }"
        self.page.evaluate(script, options)

    def lines(self, readings: dict[str, float | None]) -> dict[str, str]:
        self.page.evaluate("(readings) => drawn.show(readings)", readings)
        svg = self.page.locator("svg")
        assert svg.evaluate(NUMBERS) == []
        return dict(svg.evaluate(LINES))

    def unlike(self, readings: dict[str, float | None]) -> set[str]:
        """The lines that are not where they are at rest."""
        rest, moved = self.lines({}), self.lines(readings)
        return {name for name, d in moved.items() if d != rest[name]}

    def box(self, name: str) -> dict[str, float]:
        part, side = name.split()
        path = self.page.locator(f'path[data-part="{part}"][data-side="{side}"]')
        return dict(
            path.evaluate(
                "(path) => { const b = path.getBBox(); return { x: b.x, y: b.y, "
                "width: b.width, height: b.height }; }"
            )
        )


@pytest.fixture
def drawn(page: Page) -> Drawn:
    return Drawn(page)


@in_browser
def test_every_movement_is_drawn(drawn: Drawn) -> None:
    for movement in (*ALL_SIDED, *ALL_MIDLINE):
        assert drawn.unlike(both(**{movement: 3.0})), movement


@in_browser
def test_every_card_is_drawn_and_moves_as_it_says(drawn: Drawn) -> None:
    tasks = [task.drawing for card in CARDS.values() for task in card.tasks]
    for drawing in [*(card.drawing for card in CARDS.values()), *tasks]:
        moved = drawn.unlike(both(**drawing.moves))
        assert bool(moved) == bool(drawing.moves)


@in_browser
@pytest.mark.parametrize("mirrored", [True, False])
@pytest.mark.parametrize("side", ["right", "left"])
def test_sides_are_the_persons_own_as_in_a_mirror(drawn: Drawn, side: str, mirrored: bool) -> None:
    drawn.make(mirrored=mirrored)
    on_the_right = (side == "right") is mirrored
    for movement in ("corner_up", "brow_raise", "eye_narrowing", "cheek_raise", "fold_raise"):
        moved = drawn.unlike({f"{movement}_{side}": 3.0})
        outer = {
            name
            for name in moved
            if not name.startswith(("upper_seam", "lower_seam", "upper_lip", "lower_lip"))
        }
        for name in outer or {f"upper_lip {side}"}:
            assert name.endswith(side)
            box = drawn.box(name)
            assert (box["x"] + box["width"] / 2 > 0) is on_the_right


@in_browser
def test_a_mouth_that_shifts_to_the_persons_left_goes_to_the_left_of_the_picture(drawn: Drawn) -> None:
    before = drawn.box("lower_lip right")["x"]
    drawn.lines({"mouth_shift": 3.0})

    assert drawn.box("lower_lip right")["x"] < before


@in_browser
def test_ten_millimetres_shut_an_eye_and_less_does_not(drawn: Drawn) -> None:
    def gap() -> float:
        upper, lower = drawn.box("upper_lid right"), drawn.box("lower_lid right")
        return lower["y"] + lower["height"] - upper["y"]

    open_gap = gap()
    drawn.lines({"eye_narrowing_right": 5.0})
    half_gap = gap()
    shut = drawn.lines({"eye_narrowing_right": 10.0})

    assert 0.25 * open_gap < half_gap < 0.6 * open_gap
    assert shut["upper_lid right"] == shut["lower_lid right"]
    assert shut["upper_lid left"] != shut["lower_lid left"]


@in_browser
@pytest.mark.parametrize("mm", [LARGE, -LARGE])
def test_even_readings_that_cannot_be_leave_a_whole_face(drawn: Drawn, mm: float) -> None:
    drawn.lines(both(**dict.fromkeys([*ALL_SIDED, *ALL_MIDLINE], mm)))

    box = drawn.page.locator('path[data-part="head"]').first.evaluate(
        "(p) => p.ownerSVGElement.getBBox().width"
    )
    assert box <= 360


@in_browser
@pytest.mark.parametrize("unseen", [None, math.nan])
def test_unseen_is_drawn_pale_and_dotted_and_not_as_rest(drawn: Drawn, unseen: float | None) -> None:
    looks = """(svg) => Object.fromEntries(["brow", "upper_lid", "upper_seam", "nose", "chin"].flatMap((part) =>
      ["right", "left"].map((side) => {
        const path = svg.querySelector(`path[data-part="${part}"][data-side="${side}"]`);
        const [dotted, opacity] = ["stroke-dasharray", "opacity"].map((name) => path.getAttribute(name));
        return [`${part} ${side}`, dotted !== "none" && opacity < 0.6 && path.hasAttribute("data-unseen")];
      })))"""
    names = ("brow_raise_right", "eye_narrowing_right", "corner_up_right", "nose_wrinkle_right")
    drawn.page.evaluate(
        "([names, unseen]) => drawn.show(Object.fromEntries(names.map((name) => [name, unseen])))",
        [names, unseen],
    )
    seen_so = drawn.page.locator("svg").evaluate(looks)

    assert {name for name, is_unseen in seen_so.items() if is_unseen} == {
        *("brow right", "upper_lid right", "upper_seam right", "nose right")
    }


@in_browser
def test_what_joins_in_is_outlined_and_named(drawn: Drawn) -> None:
    drawn.page.evaluate("drawn.joined([['eye', 'right'], ['chin', null]])")
    joined = drawn.page.locator("[data-joined]")

    assert joined.evaluate_all("(all) => all.map((one) => one.dataset.joined)") == ["eye", "chin"]
    assert joined.locator("ellipse[stroke-dasharray]").count() == 2
    assert drawn.page.locator("[data-layer=joined] text").all_text_contents() == [
        "your right eye",
        "your chin",
    ]
    drawn.page.evaluate("drawn.joined([])")
    assert joined.count() == 0


@in_browser
@pytest.mark.parametrize("side", ["right", "left"])
def test_the_affected_side_is_named_below_its_half(drawn: Drawn, side: str) -> None:
    drawn.make(affected=side)
    words = drawn.page.get_by_text("affected side")

    assert words.count() == 1
    assert (float(words.get_attribute("x") or 0) > 0) is (side == "right")


@in_browser
def test_the_drawing_of_every_card_is_named_and_complete(mounted: Mounted) -> None:
    for card in CARDS.values():
        mounted.draw(card.id, Side.RIGHT, still=True)
        svg = mounted.page.locator(".face-picture")
        assert svg.get_attribute("role") == "img"
        label = svg.get_attribute("aria-label") or ""
        sentence = mounted.page.locator(".face-words").inner_text()
        assert label == f"{card.name}. {sentence} The affected side is your right."
        assert svg.evaluate(NUMBERS) == []
        assert (svg.locator("[data-way]").count() > 0) is bool(card.drawing.moves or card.drawing.touch)
        still = svg.locator("[data-quiet]").evaluate_all("(all) => all.map((one) => one.dataset.quiet)")
        assert set(still) == {area for area, _ in quiet(card)}
        assert svg.locator("[data-touch]").count() >= 2 * len(card.drawing.touch)


@in_browser
def test_a_drawing_eases_in_holds_and_lets_go_and_can_be_paused(mounted: Mounted) -> None:
    mounted.hold_the_clock()
    mounted.draw("small-closed-smile")
    svg = mounted.page.locator(".face-picture")
    rest = svg.evaluate(LINES)
    mounted.goes_on("move")
    expect(mounted.page.locator(".face-phase")).to_have_text("Ease in")
    mounted.goes_on("hold")
    held = svg.evaluate(LINES)
    assert held["upper_seam right"] != rest["upper_seam right"]

    mounted.page.get_by_role("button", name="Pause the drawing").click()
    mounted.page.clock.run_for(6000)
    assert svg.evaluate(LINES) == held
    mounted.page.get_by_role("button", name="Play the drawing").click()
    mounted.goes_on("release")
    mounted.goes_on("rest")
    assert svg.evaluate(LINES) == rest


@in_browser
def test_a_drawing_out_of_sight_does_not_move(mounted: Mounted) -> None:
    mounted.hold_the_clock()
    mounted.draw("small-closed-smile")
    mounted.goes_on("move")
    mounted.page.evaluate("document.querySelector('main').style.marginTop = '4000px'")
    mounted.looked_for()
    before = mounted.page.locator(".face-picture").evaluate(LINES)
    mounted.page.clock.run_for(1000)

    assert mounted.page.locator(".face-picture").evaluate(LINES) == before


@in_browser
def test_where_motion_is_unwelcome_it_stands_still_at_the_end_with_arrows(mounted: Mounted) -> None:
    mounted.page.emulate_media(reduced_motion="reduce")
    mounted.draw("small-closed-smile")
    svg = mounted.page.locator(".face-picture")
    still = svg.evaluate(LINES)
    mounted.page.wait_for_timeout(200)

    assert mounted.shown("motion") == "still"
    assert svg.evaluate(LINES) == still
    assert svg.locator("[data-way]").count() == 2
    expect(mounted.page.get_by_role("button")).to_have_count(0)
    mounted.page.emulate_media(reduced_motion="no-preference")
    expect(mounted.page.locator("[data-motion=moving]")).to_be_visible()
    assert svg.locator("[data-way]").count() == 0


@in_browser
@pytest.mark.parametrize(("affected", "first"), [(Side.LEFT, "left"), (Side.RIGHT, "right"), (None, "right")])
def test_one_side_at_a_time_begins_with_the_affected_one(
    mounted: Mounted, affected: Side | None, first: str
) -> None:
    mounted.draw("one-corner", affected, still=True)
    svg = mounted.page.locator(".face-picture")
    other = {"left": "right", "right": "left"}[first]

    assert svg.locator("[data-way]").evaluate_all("(all) => all.map((one) => one.dataset.way)") == [first]
    resting = svg.locator('[data-quiet="mouth_corner"]')
    assert resting.evaluate_all("(all) => all.map((one) => one.dataset.side)") == [other]


# -- the replay --

NAMES = ("corner_up_right", "corner_up_left", "eye_narrowing_right", "brow_raise_left")
AT = [30 + 0.1 * n for n in range(61)]
MARKS = (face.Mark(32.0, 33.0, "eye", Side.RIGHT), face.Mark(34.0, 34.5, "chin", None))


def smiled(mounted: Mounted, marks: tuple[face.Mark, ...] = MARKS) -> None:
    """Six seconds of a smile, an eye that joins in, and a brow that is not seen."""
    rows = [[min(2.0, at - 30), min(2.0, at - 30), 2.5 if 32 <= at <= 33 else 0.0, math.nan] for at in AT]
    face.replay("key", NAMES, AT, rows, marks, Side.RIGHT)


@in_browser
def test_a_replay_begins_at_zero_and_keeps_what_was_not_seen(mounted: Mounted) -> None:
    smiled(mounted)

    assert mounted.data["at"][0] == 0
    assert {row[3] for row in mounted.data["rows"]} == {None}
    assert mounted.page.locator('path[data-part="brow"][data-side="left"]').get_attribute("data-unseen") == ""
    expect(mounted.page.get_by_role("listitem")).to_have_text(
        ["At 2.0 seconds your right eye joined in", "At 4.0 seconds your chin joined in"]
    )


@in_browser
def test_a_replay_plays_to_its_end_and_can_be_halted_slowed_and_played_again(mounted: Mounted) -> None:
    clock = mounted.page.clock
    mounted.hold_the_clock()
    smiled(mounted)

    def at() -> float:
        return float(mounted.shown("at"))

    mounted.until(lambda: at() > 0.3)
    mounted.page.get_by_role("button", name="Pause").click()
    halted = at()
    clock.run_for(1000)
    assert at() == halted

    slower = mounted.page.get_by_role("button", name="Half speed")
    slower.click()
    expect(slower).to_have_attribute("aria-pressed", "true")
    mounted.page.get_by_role("button", name="Play").click()
    clock.run_for(2000)
    assert at() - halted == pytest.approx(1.0, abs=0.15)
    mounted.until(lambda: mounted.shown("playing") == "false")
    assert at() == pytest.approx(6.0)
    mounted.page.get_by_role("button", name="Play again").click()
    clock.run_for(400)
    assert 0 < at() < 1


@in_browser
def test_a_moment_in_the_list_leads_to_it_and_shows_what_joined_in(mounted: Mounted) -> None:
    mounted.page.emulate_media(reduced_motion="reduce")
    smiled(mounted)
    joined = mounted.page.locator("[data-joined]")
    assert joined.count() == 0

    mounted.page.get_by_role("button", name="At 2.0 seconds your right eye joined in").click()
    assert joined.get_attribute("data-joined") == "eye"
    slider = mounted.page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "2.0 of 6.0 seconds"
    slider.press("End")
    assert joined.count() == 0


@in_browser
def test_where_motion_is_unwelcome_a_replay_waits_to_be_played(mounted: Mounted) -> None:
    mounted.hold_the_clock()
    mounted.page.emulate_media(reduced_motion="reduce")
    smiled(mounted, ())
    mounted.page.clock.run_for(1000)

    assert mounted.shown("at") == "0.00"
    expect(mounted.page.get_by_role("list")).to_have_count(0)
    mounted.page.get_by_role("button", name="Play").click()
    mounted.until(lambda: float(mounted.shown("at")) > 0.2)


@in_browser
def test_a_replay_of_nothing_is_a_face_at_rest(mounted: Mounted) -> None:
    face.replay("key", NAMES, [], [])

    assert mounted.page.locator(".face-picture").evaluate(NUMBERS) == []
    assert mounted.shown("playing") == "false"


@in_browser
def test_what_is_pressed_is_large_enough_for_a_finger(mounted: Mounted) -> None:
    smiled(mounted)
    boxes = mounted.page.locator("button, input").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height))"
    )

    assert min(boxes) >= 44
    assert mounted.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_where_only_rest_is_asked_nothing_is_drawn_beside_the_mirror() -> None:
    assert face.beside_the_mirror(CARDS["small-closed-smile"], level=1) is None
