"""A small trend in line with text: one point a week, drawn as SVG, with its sentence for those who cannot see it.

It comes as a picture within the page: of HTML that is written into a page, Streamlit lets no other drawing through.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from coach.clinic.glance import WEEKS, Point

WIDTH, HEIGHT = 96, 34
_EDGE = 5  # room for the dots


@dataclass(frozen=True, slots=True)
class Scale:
    """What the height of a trend means: at least `span` is shown, so that noise does not look like a course."""

    span: float
    low: float | None = None
    high: float | None = None

    def reach(self, values: Sequence[float]) -> tuple[float, float]:
        """The values at the bottom and at the top."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        low, high = min(values), max(values)
        missing = max(self.span - (high - low), 0.0)
        return low - missing / 2, high + missing / 2


def draw(points: Sequence[Point], today: date, scale: Scale, colour: str, sentence: str) -> str:
    """The trend of the last weeks; weeks that say nothing are bridged by dots."""
    low, high = scale.reach([point.value for point in points])

    def place(point: Point) -> tuple[float, float]:
        weeks_ago = (today - point.day).days // 7
        across = (WEEKS - 1 - weeks_ago) / (WEEKS - 1)
        up = (point.value - low) / (high - low)
        return _EDGE + across * (WIDTH - 2 * _EDGE), HEIGHT - _EDGE - up * (HEIGHT - 2 * _EDGE)

    places = [place(point) for point in points]
    steps = []
    for (point, here), (after, there) in zip(
        zip(points, places, strict=True), zip(points[1:], places[1:], strict=True), strict=False
    ):
        bridged = (after.day - point.day).days > 7
        dots = ' stroke-dasharray="1.5 3.5"' if bridged else ""
        steps.append(
            f'<line x1="{here[0]:.1f}" y1="{here[1]:.1f}" x2="{there[0]:.1f}" y2="{there[1]:.1f}"{dots}/>'
        )
    last = places[-1]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6"/>' for x, y in places[:-1])
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<line x1="0" y1="{HEIGHT - 0.5}" x2="{WIDTH}" y2="{HEIGHT - 0.5}" stroke="#d5ddd8" stroke-width="1"/>'
        f'<g stroke="{colour}" stroke-width="2" stroke-linecap="round" fill="{colour}">{"".join(steps)}</g>'
        f'<g fill="{colour}">{dots}<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3.6"/></g></svg>'
    )
    words = escape(sentence)
    source = f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"
    return f'<img src="{source}" width="{WIDTH}" height="{HEIGHT}" alt="{words}" title="{words}">'
