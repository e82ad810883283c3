"""One patient's row on the morning page, as HTML: practice, two small trends, and why they want a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from coach.clinic.flags import Flag
from coach.clinic.glance import Point, Row
from coach.records import telling
from pages import rooms, spark
from pages.drawing import BLUE, GREEN
from pages.spark import Scale

HEADINGS = (
    '<div class="headings" aria-hidden="true"><span>Last practice</span>'
    "<span>How far before something joins in</span><span>Clean repetitions</span><span>Why a look</span></div>"
)
ABOUT = (
    "No flag does not say that all is well: what was not answered, not seen or not judged raises none. "
    "Trends: one point a week with at least three practices, its median, over twelve weeks; the figure before "
    "a trend is its first week, the one behind it the latest. This week: the last seven days."
)

# Of how many people there is which reason, in the sentence on top.
KINDS = {
    "stopped": "stopped by the safety check",
    "pain": "with pain",
    "eyes": "with sore eyes",
    "appointment": "asking for an appointment",
    "warnings": "with more warnings than usual",
    "note": "with a note waiting",
    "idle": "without practice for a while",
    "ready": "ready for a next step",
}
FLAGS_SHOWN = 3  # on the morning page; all of them stand on the person's own
GRAVE, SOON = 55, 30  # from such a need on a flag looks grave, and looks soon (coach.clinic.flags)

_ONSET, _SHARE = Scale(span=1.0), Scale(span=1.0, low=0.0, high=1.0)
_FEW = '<div class="trend"><small>Too few practices in a week</small></div>'
_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]()<>#+-.!|~$:&^=@"})


def plain(text: str) -> str:
    """Words that people wrote, safe within Markdown."""
    return text.translate(_SIGNS)


def html(row: Row, now: datetime) -> str:
    """Everything of a row but the name."""
    return _practised(row, now) + _onset(row, now) + _clean(row, now) + flags(row.flags, FLAGS_SHOWN)


def _practised(row: Row, now: datetime) -> str:
    """When they last practised, and the minutes of the last seven days beside those prescribed."""
    bar = ""
    if row.prescribed_minutes is not None:
        prescribed = _prescribed(row.prescribed_minutes)
        share = min(_done(row.minutes) / prescribed, 1.0) if prescribed else 0.0
        bar = f'<span class="bar" aria-hidden="true"><i style="width:{share:.0%}"></i></span>'
    last = last_practice(row.last_practice_at, now)
    return f'<div class="when"><b>{last}</b>{bar}<small>{minutes_words(row)}</small></div>'


def minutes_words(row: Row) -> str:
    """The minutes of the last seven days beside those prescribed, in words."""
    done = _done(row.minutes)
    minutes = "less than 1" if 0 < done < 1 else f"{done:.0f}"
    if row.prescribed_minutes is not None:
        return f"{minutes} of {_prescribed(row.prescribed_minutes)} min this week"
    return f"{minutes} min this week, nothing prescribed" if done else "nothing prescribed yet"


def _done(minutes: float) -> float:
    """Minutes as both the bar and its words have them: whole ones, but what is less than one is not made none."""
    return minutes if minutes < 1 else round(minutes)


def _prescribed(minutes: float) -> int:
    """Whole minutes; a plan of less than one begins at one, or a bar could be full beside "less than 1"."""
    return max(round(minutes), 1) if minutes else 0


def last_practice(at: datetime | None, now: datetime) -> str:
    """When the last practice was, in words."""
    if at is None:
        return "no practice yet"
    here = at.astimezone(now.tzinfo)
    days = (now.date() - here.date()).days
    if days <= 1:
        return f"{'yesterday' if days == 1 else 'today'}, {here:%H:%M}"
    return f"{days} days ago" if days < 60 else telling.long_day(here)


def _onset(row: Row, now: datetime) -> str:
    """How far the movement got before something joined in, over the weeks."""
    if row.onset_of is None or not row.onset:
        return _FEW
    area = telling.area(row.onset_of.pattern, row.onset_of.side, rooms.library().patterns)
    who = area.replace("your ", "the ")
    about = f"How far the movement got before {who} joined in, in {row.onset_of.name}"
    bare = who.removeprefix("the ")
    what = (f"before {who.removesuffix(bare)}", bare, " joins in")
    return _trend(row.onset, now, _ONSET, BLUE, about, _mm, what)


def _clean(row: Row, now: datetime) -> str:
    """The share of clean repetitions over the weeks."""
    if not row.clean:
        return _FEW
    return _trend(
        row.clean, now, _SHARE, GREEN, "Clean repetitions of those done", telling.percent, ("", "clean", "")
    )


def _trend(
    points: Sequence[Point],
    now: datetime,
    scale: Scale,
    colour: str,
    about: str,
    figure: Callable[[float], str],
    what: tuple[str, str, str],
) -> str:
    """A picture, its latest figure, and the words for both; the whole sentence is the picture's own.

    Of `what`, only the middle is shown where there is a heading above.
    """
    first, last = points[0], points[-1]
    sentence = f"{about}: {figure(last.value)} {_week(last, now)}"
    before = ""
    if first is not last:
        sentence += f", {figure(first.value)} {_week(first, now)}"
        before = figure(first.value)
    picture = spark.draw(points, now.date(), scale, colour, f"{sentence}. One point a week, its median.")
    start, middle, end = (escape(part) for part in what)
    words = f'<i class="long">{start}</i>{middle}<i class="long">{end}</i>'
    late = f"<br>{_week(last, now)}" if _weeks_ago(last, now) else ""
    return (
        f'<div class="trend"><small class="from">{before}</small>{picture}'
        f"<p><b>{figure(last.value)}</b><small>{words}{late}</small></p></div>"
    )


def _mm(value: float) -> str:
    return f"{value:.1f}\N{NO-BREAK SPACE}mm"


def _weeks_ago(point: Point, now: datetime) -> int:
    return (now.date() - point.day).days // 7


def _week(point: Point, now: datetime) -> str:
    """Which week a point is of, in words."""
    weeks = _weeks_ago(point, now)
    return {0: "this week", 1: "last week"}.get(weeks, f"{weeks} weeks ago")


def flags(flags: Sequence[Flag], most: int | None = None) -> str:
    """Why somebody wants a look: each reason in its words, its rule under the pointer; the most pressing first."""
    if not flags:
        return '<ul class="flags none"></ul>'
    shown = flags if most is None or len(flags) <= most + 1 else flags[:most]
    items = [
        f'<li class="{_weight(flag)}" title="{escape(f"{flag.words} ({flag.source})")}">{escape(flag.words)}</li>'
        for flag in shown
    ]
    if len(shown) < len(flags):
        items.append(f'<li class="more">and {len(flags) - len(shown)} more</li>')
    return f'<ul class="flags">{"".join(items)}</ul>'


def _weight(flag: Flag) -> str:
    return "grave" if flag.need >= GRAVE else "soon" if flag.need >= SOON else "calm"


def summary(rows: Sequence[Row]) -> str:
    """How many want a look, and why, in one sentence."""
    flagged = [row for row in rows if row.flags]
    if not flagged:
        return (
            "1 patient, without a flag today."
            if len(rows) == 1
            else f"None of {len(rows)} patients has a flag today."
        )
    counts = Counter(
        flag.kind for row in flagged for flag in {flag.kind: flag for flag in row.flags}.values()
    )
    reasons = ", ".join(f"{counts[kind]} {words}" for kind, words in KINDS.items() if counts[kind])
    wants = "wants" if len(flagged) == 1 else "want"
    return f"**{len(flagged)} of {len(rows)} {wants} a look:** {reasons}."
