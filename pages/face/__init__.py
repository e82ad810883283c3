"""The line face in the browser: the drawing of an exercise, and the replay of a repetition from its numbers alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from coach import levels
from coach.exercise import Area, Drawing, Exercise, Pattern
from coach.face import Side
from pages.face import telling
from pages.face.telling import RESTING, Quiet

Fingers = Literal["stretch", "circle"]

_HERE = Path(__file__).parent
_SCRIPTS = ("face.js", "drawing.js", "replay.js")  # one module: each uses what stands before it

_DRAWING = """<figure class="face-figure face-drawing" data-testid="face-drawing">
  <svg class="face-picture" role="img"></svg>
  <figcaption>
    <p class="face-phase" aria-hidden="true"></p>
    <p class="face-words"></p>
    <button type="button" class="face-button face-play"></button>
  </figcaption>
</figure>"""

_REPLAY = """<section class="face-figure face-replay" data-testid="face-replay">
  <svg class="face-picture" role="img"></svg>
  <p class="face-phase"></p>
  <div class="face-track">
    <div class="face-marks" aria-hidden="true"></div>
    <input type="range" class="face-moment" min="0" step="0.1">
  </div>
  <div class="face-bar">
    <button type="button" class="face-button face-play"></button>
    <button type="button" class="face-button face-half" aria-pressed="false"></button>
  </div>
  <ul class="face-list"></ul>
</section>"""


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text("utf-8") for name in names)


CSS, JS = _read("face.css"), _read(*_SCRIPTS)

# Where an area that is drawn as moving lies: it cannot at the same time be drawn as quiet.
_MOVED_AREAS: dict[str, Area] = {
    "brow_raise": "brow",
    "brow_draw_in": "brow",
    "eye_narrowing": "eye",
    "cheek_raise": "cheek",
    "fold_raise": "cheek",
    "cheek_puff": "cheek",
    "nose_wrinkle": "nose",
    "corner_up": "mouth_corner",
    "corner_out": "mouth_corner",
    "upper_lip_raise": "mouth_corner",
    "lower_lip_drop": "mouth_corner",
    "pucker": "mouth_corner",
    "mouth_open": "mouth_corner",
    "lip_press": "mouth_corner",
    "chin_raise": "chin",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """An area that joined in, on the clock of the repetition's trace; `side` is None on the midline."""

    started_at: float
    ended_at: float
    area: Area
    side: Side | None


def quiet_areas(exercise: Exercise, patterns: Mapping[str, Pattern]) -> tuple[Quiet, ...]:
    """What stays quiet in an exercise, for the drawing: watched areas on both sides, but none that is to move.

    A corner that is drawn down is the neck's doing (platysma): there it is the neck that stays quiet.
    """
    moving = {_MOVED_AREAS[movement] for movement in exercise.drawing.moves}
    found: dict[Quiet, None] = {}
    for watch in exercise.watch:
        pattern = patterns[watch.pattern]
        if pattern.where == "resting_side":
            found[pattern.area, RESTING] = None
            continue
        drawn_down = (pattern.movement, pattern.direction) == ("corner_up", "less")
        area: Area = "neck" if drawn_down else pattern.area
        if area not in moving:
            found[area, None] = None
    return tuple(found)


def beside_the_mirror(exercise: Exercise, level: int = 3) -> dict[str, Any] | None:
    """What is drawn beside the mirror, at the pace it is asked for; None where nothing is to move.

    In a test with many movements `tasks` has the drawing of each by its id; before the first has begun it is the first.
    """
    tasks = {task.id: _drawn(task.drawing) for task in exercise.tasks}
    drawn = next(iter(tasks.values()), _drawn(levels.drawn(exercise, level)))
    if not drawn["moves"]:
        return None
    one_side = exercise.target is not None and exercise.target.one_side
    return {**drawn, "one_side": one_side, "tasks": tasks}


def _drawn(drawing: Drawing) -> dict[str, Any]:
    return drawing.model_dump(mode="json")


def drawing(
    key: str,
    card_drawing: Drawing,
    affected: Side | None,
    quiet: Sequence[Quiet],
    one_side: bool,
    name: str,
    *,
    still: bool = False,
    small: bool = False,
    fingers: Fingers = "stretch",
) -> None:
    """The drawing of one exercise: rest, ease in, hold, let go, and again.

    It stands still at the end of the movement, with arrows that show the way, where `still` or where the person wants
    no motion. With `one_side` the sides take turns, the affected one first. `small` leaves out the words below it: the
    page has them. `fingers` says whether fingertips lengthen what they lie on or go round in small circles.
    """
    mount = (
        st.components.v2.component(  # known by name: said again in each run, it is still the same component
            "line_face_drawing",
            html=_DRAWING,
            css=CSS,
            js=JS,
            isolate_styles=False,  # so that assistive technology and automation find the root by its test id
        )
    )
    words = telling.sentence(card_drawing, quiet, one_side)
    mount(
        key=key,
        data={
            "moves": dict(card_drawing.moves),
            "touch": list(card_drawing.touch),
            "fingers": fingers,
            "affected": affected.value if affected else None,
            "quiet": [list(one) for one in quiet],
            "oneSide": one_side,
            "still": still,
            "small": small,
            "sentence": words,
            "label": " ".join([f"{name}. {words}", *([telling.affected_side(affected)] if affected else [])]),
            "words": telling.DRAWING,
        },
    )


def replay(
    key: str,
    names: Sequence[str],
    at_seconds: Iterable[float],
    values: Iterable[Iterable[float | None]],
    marks: Sequence[Mark] = (),
    affected: Side | None = None,
) -> None:
    """A recorded repetition as the moving line face, from its numbers: a row of `values` in mm for each moment.

    NaN and None are unseen. Where the person wants no motion, it does not start by itself.
    """
    mount = st.components.v2.component("line_face_replay", html=_REPLAY, css=CSS, js=JS, isolate_styles=False)
    times = [float(at) for at in at_seconds]
    begin = times[0] if times else 0.0
    rows = [[_number(value) for value in row] for row in values]
    mount(
        key=key,
        data={
            "names": list(names),
            "at": [round(at - begin, 3) for at in times],
            "rows": rows,
            "marks": [
                {
                    "from": round(mark.started_at - begin, 2),
                    "to": round(mark.ended_at - begin, 2),
                    "area": mark.area,
                    "side": mark.side.value if mark.side else None,
                    "words": telling.moment(mark.started_at - begin, mark.area, mark.side),
                }
                for mark in marks
            ],
            "affected": affected.value if affected else None,
            "words": telling.REPLAY,
        },
    )


def _number(value: float | None) -> float | None:
    return round(float(value), 2) if value is not None and math.isfinite(value) else None
