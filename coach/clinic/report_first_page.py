"""The first page of a report: who it is, what to look at, what was prescribed and done, and the onsets."""

from __future__ import annotations

from coach.clinic.paper import BAND, INK, PALE, QUIET, RULE, Paper, line_height
from coach.clinic.paper_charts import LOOKS, Box, Period, draw_weeks
from coach.clinic.report_sheet import (
    BOTTOM,
    FOOT_HEIGHT,
    GAP,
    HALF,
    HEADING,
    LEFT,
    NAME,
    PURPOSE,
    RIGHT,
    ROOM,
    SMALL,
    TEXT,
    TOP,
    day_of,
    grid,
    heading,
    record_of,
)
from coach.clinic.report_values import Line, Looks, Prescribed, ReportData

MOST_ONSETS = 6

_FLAG_LINES = 7
_SENTENCES = 4
_LINES = 8  # a prescription has no more
_TALLEST_ONSET = 80.0
_ONSET_LOOKS: tuple[tuple[Looks, str], ...] = (
    ("joined_in", "joined in here"),
    ("quiet", "stayed quiet, went this far"),
)


def first_page(paper: Paper, data: ReportData, period: Period) -> None:
    """Everything on it, from above."""
    y = _head(paper, data, TOP)
    y = _flags(paper, data, y + 2.2)
    top = y + 2.6
    left = _prescribed(paper, data.prescribed, top)
    right = _practised(paper, data, top)
    _onsets(paper, data, period, max(left, right) + 3.0)


def _head(paper: Paper, data: ReportData, y: float) -> float:
    paper.write("Face Retraining Coach", RIGHT, y + 0.8, TEXT, colour=QUIET, align="right")
    paper.write(
        "Report on practice at home", RIGHT, y + 0.8 + line_height(TEXT), TEXT, colour=QUIET, align="right"
    )
    for line in paper.lines(data.name, ROOM - 48, NAME, most=2, bold=True):
        paper.write(line, LEFT, y, NAME, bold=True)
        y += line_height(NAME)
    if paper.unknown(data.name):
        words = "A box stands for a letter that no font of this computer has; the record number is below."
        y = paper.paragraph(words, LEFT, y, ROOM, SMALL, colour=QUIET)
    y += 1.6
    facts = (
        ("Affected side", data.affected.value if data.affected else "not known"),
        ("Cause", data.cause or "not entered"),
        ("Since onset", _since(data)),
        ("Treatment stage", data.stage or "not set"),
        ("Period", f"{day_of(data.first)} to {day_of(data.last)}"),
        ("Made", f"{day_of(data.made_at.date())}, {data.made_at:%H:%M %Z}".rstrip()),
        ("Made by", data.made_by),
        ("Record", record_of(data)),
    )
    wide = ROOM / 4
    for number, (name, value) in enumerate(facts):
        x, top = LEFT + wide * (number % 4), y + 8.0 * (number // 4)
        paper.write(name, x, top, SMALL, colour=QUIET)
        paper.write(value, x, top + line_height(SMALL), TEXT + 0.4, bold=True, width=wide - 3)
    y += 16.2
    if data.to_mind:
        y = paper.paragraph(f"To mind: {data.to_mind}", LEFT, y, ROOM, TEXT, most=2)
    paper.line([(LEFT, y), (RIGHT, y)], RULE, 0.3)
    return paper.paragraph(PURPOSE, LEFT, y + 0.8, ROOM, TEXT, colour=QUIET)


def _flags(paper: Paper, data: ReportData, y: float) -> float:
    """What the therapist is to look at first, each with its reason."""
    nothing = ("The coach has nothing to point out; what nobody saw or said is not in here.",)
    wide = ROOM - 8.0
    kept: list[list[str]] = []
    for words in data.flags or nothing:
        lines = paper.lines(words, wide, TEXT, most=2)
        if sum(map(len, kept)) + len(lines) > _FLAG_LINES:
            break
        kept.append(lines)
    over = max(len(data.flags) - len(kept), 0)
    high = line_height(HEADING) + (sum(map(len, kept)) + (over > 0)) * line_height(TEXT) + 3.0
    paper.box(LEFT, y, ROOM, high, fill=PALE)
    paper.box(LEFT, y, 1.0, high, fill=INK if data.flags else RULE)
    title = f"To look at, as of {day_of(data.made_at.date())}"
    y = paper.paragraph(title, LEFT + 3.5, y + 1.2, wide, HEADING, bold=True)
    x = LEFT + (5.6 if data.flags else 3.5)
    for lines in kept:
        if data.flags:
            paper.marks("dot", [(LEFT + 4.2, y + line_height(TEXT) / 2)], 1.0, INK)
        for line in lines:
            paper.write(line, x, y, TEXT)
            y += line_height(TEXT)
    if over:
        paper.write(f"and {over} more, in the coach", x, y, TEXT, colour=QUIET)
        y += line_height(TEXT)
    return y + 1.8


def _prescribed(paper: Paper, prescribed: Prescribed | None, y: float) -> float:
    y = heading(paper, "Prescribed", LEFT, y, HALF)
    if prescribed is None:
        return paper.paragraph("Nothing is prescribed in the coach.", LEFT, y, HALF, TEXT)
    often = {1: "Once", 2: "Twice"}.get(prescribed.sessions_per_day, f"{prescribed.sessions_per_day} times")
    when = f" {prescribed.when}." if prescribed.when else ""
    words = f"{often} a day.{when} Version {prescribed.version} of {day_of(prescribed.day)}, by {prescribed.author}."
    y = paper.paragraph(words, LEFT, y, HALF, TEXT, most=2, colour=QUIET) + 0.6
    for line in prescribed.lines[:_LINES]:
        y = _line(paper, line, y)
    return y


def _line(paper: Paper, line: Line, y: float) -> float:
    """One exercise: its name and dose, and below it how far and at which level."""
    wide = paper.width(paper.plain(line.dose), TEXT)
    paper.write(line.name, LEFT, y, TEXT, width=HALF - wide - 3, bold=True)
    paper.write(line.dose, LEFT + HALF, y, TEXT, align="right")
    y += line_height(TEXT)
    under = " · ".join(part for part in (line.level, line.band) if part)
    return paper.paragraph(under, LEFT, y, HALF, SMALL, most=1, colour=QUIET) + 0.5


def _practised(paper: Paper, data: ReportData, y: float) -> float:
    x = LEFT + HALF + GAP
    y = heading(paper, "Practised", x, y, HALF)
    for sentence in data.practised.sentences[:_SENTENCES] or ("No practice in this period.",):
        y = paper.paragraph(sentence, x, y, HALF, TEXT, most=2)
    if data.practised.weeks:
        y += 1.6
        words = "Sessions a week. Dark: done. Pale, up to the line: prescribed."
        y = paper.paragraph(words, x, y, HALF, SMALL, most=1, colour=QUIET) + 1.4
        draw_weeks(paper, data.practised.weeks, Box(x, y, HALF, 21.0))
        y += 21.0
    return y


def _onsets(paper: Paper, data: ReportData, period: Period, y: float) -> None:
    """How far each movement got before an area joined in: the figure that practice is about, so it comes first."""
    y = heading(paper, "How far before something joins in (onset amplitude)", LEFT, y, ROOM)
    if data.onsets:
        y = _legend(paper, y, any(letter for _, letter in period.marks)) + 1.0
    if data.onset_words:
        y = paper.paragraph(data.onset_words, LEFT, y, ROOM, TEXT, most=2) + 0.8
    pictures = data.onsets[:MOST_ONSETS]
    if len(data.onsets) > MOST_ONSETS:
        more = len(data.onsets) - MOST_ONSETS
        words = f"The {MOST_ONSETS} that joined in most often; {more} more {'is' if more == 1 else 'are'} in the coach."
        y = paper.paragraph(words, LEFT, y, ROOM, TEXT, colour=QUIET) + 0.8
    bottom = BOTTOM - FOOT_HEIGHT - _keys_height(paper, data)
    grid(paper, pictures, Box(LEFT, y, ROOM, bottom - y), period, columns=2, tallest=_TALLEST_ONSET)
    _keys(paper, data, bottom + 1.2)


def _legend(paper: Paper, y: float, marked: bool) -> float:
    x = LEFT
    for looks, words in _ONSET_LOOKS:
        kind, colour = LOOKS[looks]
        paper.marks(kind, [(x + 1.2, y + line_height(SMALL) / 2)], 1.8, colour)
        paper.write(words, x + 3, y, SMALL, colour=QUIET)
        x += paper.width(words, SMALL) + 8
    paper.line([(x, y + 1.6), (x + 4, y + 1.6)], INK, 0.5)
    words = "middle of a week with at least three practices"
    paper.write(words, x + 5, y, SMALL, colour=QUIET)
    x += paper.width(words, SMALL) + 10
    paper.box(x, y + 0.4, 4, 2.2, fill=BAND)
    words = "the start with its ups and downs"
    paper.write(words, x + 5, y, SMALL, colour=QUIET)
    if marked:
        x += paper.width(words, SMALL) + 10
        paper.line([(x, y + 0.3), (x, y + 2.8)], INK, 0.2, dashed=True)
        paper.write("treatment", x + 1.5, y, SMALL, colour=QUIET)
    return y + line_height(SMALL)


def _keys_height(paper: Paper, data: ReportData) -> float:
    return 1.2 + line_height(SMALL) * min(len(_key_lines(paper, data)), 2)


def _key_lines(paper: Paper, data: ReportData) -> list[str]:
    words = "; ".join(
        f"{one.letter} {one.day.day} {one.day:%b %Y}: {one.what}" for one in data.treated if one.letter
    )
    return paper.lines(f"Treatments: {words}", ROOM, SMALL, most=2) if words else []


def _keys(paper: Paper, data: ReportData, y: float) -> None:
    for line in _key_lines(paper, data):
        paper.write(line, LEFT, y, SMALL, colour=QUIET)
        y += line_height(SMALL)


def _since(data: ReportData) -> str:
    if data.onset is None or data.months_since_onset is None:
        return "not entered"
    months = data.months_since_onset
    return f"{months} month{'' if months == 1 else 's'} ({day_of(data.onset)})"
