"""The lines of one repetition as a picture: the wanted movement, what joined in, what may pass, and the moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from coach.events import Repetition, UnwantedMovement
from coach.exercise import Exercise
from coach.records import PracticeRecord
from pages import drawing
from pages.care.repetition import Area, Course, Line, Numbers
from pages.drawing import BLUE, Chart

_HEIGHT = 320
_ROOM = 0.35  # of the tallest line, above it, for the words there
_LOWEST_TOP_MM = 1.0  # a picture reaches at least so high: noise must not look like a movement
_UNSEEN, _BLINK = "#DCDCD7", "#EFEFEB"
_AREA_COLOURS = [colour for colour in drawing.COLOURS if colour != BLUE]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn: the areas by the names they are told by, and whether each side has a line of its own."""

    areas: dict[Area, str]
    sides: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str
    dash: tuple[int, ...]


def picture(course: Course, repetition: Repetition, movement: str, shown: Shown) -> Chart:
    """The lines over time, with the band to reach, what was not judged, and the moments at which an area joined in."""
    colours = {line.area: _AREA_COLOURS[n % len(_AREA_COLOURS)] for n, line in enumerate(course.watched)}
    lines = dict(_lines(course, movement, shown, colours))
    data = _data(course, {name: mm for name, (mm, _) in lines.items()})
    seen = data["mm"].dropna()
    highest = max([*seen, course.reach_mm[1] if course.reach_mm else 0.0, _LOWEST_TOP_MM])
    low, top = min([*seen, -0.3]) - 0.1, highest * (1 + _ROOM)
    x = alt.X(
        "s:Q",
        title="seconds",
        scale=alt.Scale(domain=[0, float(course.seconds[-1])], nice=False),
        axis=alt.Axis(grid=False, tickCount=8, format="d"),
    )
    y = alt.Y(
        "mm:Q",
        title="mm since rest",
        scale=alt.Scale(domain=[low, top], nice=False),
        axis=alt.Axis(tickCount=6, format="~f"),
    )
    layers: list[Chart] = []
    if course.reach_mm is not None:
        reach = pd.DataFrame({"mm": [course.reach_mm[0]], "top": [course.reach_mm[1]]})
        layers.append(alt.Chart(reach).mark_rect(color=drawing.REACH).encode(y=y, y2="top:Q"))
    for spans, colour in ((course.blinks, _BLINK), (course.unseen, _UNSEEN)):
        if spans:
            grey = alt.Chart(pd.DataFrame(spans, columns=["s", "to"]))
            layers.append(grey.mark_rect(color=colour).encode(x=x, x2="to:Q"))
    legend = alt.Legend(title=None, orient="bottom", direction="vertical", labelLimit=340, symbolSize=300)
    names, looks = list(lines), [look for _, look in lines.values()]
    colours_of = alt.Scale(domain=names, range=[look.colour for look in looks])
    dash = alt.Scale(domain=names, range=[list(look.dash) for look in looks])
    layers.append(
        alt.Chart(data)
        .mark_line(strokeWidth=2.2)
        .encode(
            x=x,
            y=y,
            color=alt.Color("line:N", scale=colours_of, legend=legend),
            strokeDash=alt.StrokeDash("line:N", scale=dash, legend=legend),
        )
    )
    joined = [
        unwanted for unwanted in repetition.unwanted if (unwanted.pattern, unwanted.side) in shown.areas
    ]
    for number, unwanted in enumerate(joined):
        look = colours[unwanted.pattern, unwanted.side]
        layers += _moments(
            course, unwanted, look, x, y, top * (0.97 - 0.17 * (number % 2)), top, repetition.muted
        )
    return alt.layer(*layers).properties(height=_HEIGHT + drawing.LEGEND * len(lines))


def _lines(
    course: Course, movement: str, shown: Shown, colours: dict[Area, str]
) -> Iterator[tuple[str, tuple[Numbers, _Look]]]:
    """The name, the course and the look of each line."""
    if course.wanted is not None:
        both = len(course.sides) > 1
        yield f"{movement}, mean of both sides" if both else movement, (course.wanted.mm, _Look(BLUE, ()))
        if both and shown.sides:
            for line, dash in zip(course.sides, ((1, 3), (5, 3)), strict=True):
                yield _side(line), (line.mm, _Look(BLUE, dash))
    for line in course.watched:
        if line.area in shown.areas:
            name = shown.areas[line.area]
            yield name, (line.mm, _Look(colours[line.area], ()))
            if line.let_pass_mm is not None:
                yield f"{name}: so much may pass", (line.let_pass_mm, _Look(colours[line.area], (6, 4)))


def _side(line: Line) -> str:
    return f"{line.side.value} side" if line.side else ""


def _data(course: Course, lines: dict[str, Numbers]) -> pd.DataFrame:
    """All lines below each other, broken where nothing was judged."""
    breaks = np.array([(begin + end) / 2 for begin, end in course.unseen], dtype=np.float64)
    at = np.concatenate([course.seconds, breaks])
    order = np.argsort(at, kind="stable")
    parts = [
        pd.DataFrame(
            {"s": at[order], "mm": np.concatenate([mm, np.full(len(breaks), np.nan)])[order], "line": name}
        )
        for name, mm in lines.items()
    ]
    return pd.concat(parts) if parts else pd.DataFrame({"s": [0.0], "mm": [0.0], "line": [""]})


def _moments(
    course: Course,
    unwanted: UnwantedMovement,
    colour: str,
    x: alt.X,
    y: alt.Y,
    height: float,
    top: float,
    muted: bool,
) -> list[Chart]:
    """When an area joined in, when that was said, and how long it lasted."""
    began, ended = course.at(unwanted.started_at), course.at(unwanted.ended_at)
    said = "would be said" if muted else "said"
    marks = [(began, "joins in", 0.02)]
    if unwanted.warned_at is not None:
        marks.append((course.at(unwanted.warned_at), said, 0.085))
    at = pd.DataFrame(
        [{"s": s, "mm": height - top * below, "words": f" {words}"} for s, words, below in marks]
    )
    span = pd.DataFrame({"s": [began], "to": [ended], "mm": [height]})
    text = alt.Chart(at).mark_text(align="left", baseline="top", dx=2, color=drawing.INK, fontSize=13)
    return [
        alt.Chart(span).mark_rule(color=colour, strokeWidth=4).encode(x=x, x2="to:Q", y=y),
        alt.Chart(at).mark_rule(color=colour, strokeDash=[3, 3]).encode(x=x),
        text.encode(x=x, y=y, text="words:N"),
    ]


def notes(course: Course, record: PracticeRecord, exercise: Exercise | None, areas: Sequence[Area]) -> str:
    """What the shades and the dashes mean, and what is left out."""
    said = []
    if course.reach_mm is not None:
        low, high = course.reach_mm
        said.append(f"Green: {low:.1f} to {high:.1f}\N{NO-BREAK SPACE}mm, the reach to aim for.")
    if course.unseen:
        said.append("Grey: not judged.")
    if course.blinks:
        said.append("Pale grey: a blink, in which nothing is watched.")
    if any(line.let_pass_mm is not None for line in course.watched if line.area in areas):
        said.append(
            f"Dashed: what may pass at the sensitivity “{record.sensitivity}”, wider where the face wavered at rest; "
            "it moves where the other side is taken off first."
        )
    if exercise is None or exercise.version != record.card_version:
        said.append("The card has changed since this practice, so what may pass is not drawn.")
    said.append("Lengths are as the camera reads them.")
    return " ".join(said)
