"""What the charts of a story say, each in a sentence or two, told to the therapist.

A change is only named beyond the person's own ups and downs, and never called good or the work of a treatment.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from coach.clinic.around import WEEKS, Around
from coach.records import telling
from coach.records.course_words import RECENT
from coach.records.telling import day, percent, sentence_case
from coach.records.trends import JUDGED_ENOUGH, Comparison, Course

LATELY = RECENT

Figure = Callable[[float], str]

HOW = (
    f"Up to {WEEKS} weeks before and after are held against each other, only weeks with three practices, and no "
    "further than the next injection or operation; after toxin the first two weeks are left out."
)
NOT_MEASURED = (
    "How far it goes is not measured in this exercise: it has no onset, coupling, symmetry or excursion."
)
NO_PROOF = "A comparison is no proof: whatever else changed then is in it, too."


def mm(value: float) -> str:
    """A length."""
    return f"{value:.1f}\N{NO-BREAK SPACE}mm"


def ratio(value: float) -> str:
    """A length for each mm of another."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def signed_mm(value: float) -> str:
    """A difference of lengths."""
    return f"{value:+.1f}\N{NO-BREAK SPACE}mm".replace("-", "\N{MINUS SIGN}")


def of_ten(value: float) -> str:
    """A rating."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Ways:
    """How a measure is told: its figures, the words for more and for less of it, and where its scale ends."""

    figure: Figure
    more: str
    less: str
    lowest: float = -math.inf
    highest: float = math.inf

    def between(self, low: float, high: float) -> str:
        """Ups and downs, as far as the scale goes; the unit once."""
        first, last = self.figure(max(low, self.lowest)), self.figure(min(high, self.highest))
        unit = last.lstrip("+\N{MINUS SIGN}0123456789.")
        return f"{first.removesuffix(unit) if unit else first} to {last}"


ONSET = Ways(mm, "further", "earlier", lowest=0.0)
JOINED = Ways(percent, "more often", "less often", lowest=0.0, highest=1.0)
COUPLING = Ways(ratio, "more", "less")
EVENNESS = Ways(percent, "more even", "less even", lowest=0.0, highest=1.0)
EXCURSION = Ways(mm, "larger", "smaller", lowest=0.0)
CLEAN = Ways(percent, "more", "less", lowest=0.0, highest=1.0)


def since_start(comparison: Comparison, ways: Ways) -> str:
    """The last two weeks beside the start."""
    if comparison.low is None or comparison.high is None:
        return "Too few practices a week yet to say how the weeks compare."
    start = f"the start ({ways.between(comparison.low, comparison.high)})"
    return {
        Course.TOO_EARLY: f"Lately too few practices a week to hold against {start}.",
        Course.SAME: f"The last two weeks: within the ups and downs of {start}.",
        Course.MORE: f"The last two weeks: {ways.more}, beyond the ups and downs of {start}.",
        Course.LESS: f"The last two weeks: {ways.less}, beyond the ups and downs of {start}.",
    }[comparison.course]


def around(one: Around | None, treatment: str, ways: Ways) -> str:
    """Before a treatment and after it."""
    if one is None or one.before is None or one.low is None or one.high is None:
        return f"Before {treatment}: too few practices a week to say where it stood."
    before = (
        f"Before {treatment}: {ways.figure(one.before)} (ups and downs {ways.between(one.low, one.high)})"
    )
    if one.after is None:
        return f"{before}; after it too few practices yet."
    return f"{before}; after it: {ways.figure(one.after)}, {course_words(one.course, ways)}."


def course_words(course: Course, ways: Ways) -> str:
    """What may be said of a change."""
    return {
        Course.TOO_EARLY: "not in two weeks running yet",
        Course.SAME: "within the ups and downs before",
        Course.MORE: f"{ways.more}, beyond the ups and downs before",
        Course.LESS: f"{ways.less}, beyond the ups and downs before",
    }[course]


# --- each chart


def onset(course: pd.DataFrame, area: str, movement: str) -> str:
    """How far the movement got before one area joined in: the last time, and lately."""
    known = course.dropna(subset=["joined_in"])
    if known.empty:
        return f"Too little could be seen to say when {area} joined in."
    last = known.iloc[-1]
    said = f"On {day(last['day'])} {area} "
    if last["joined_in"] > 0:
        far = last["onset_mm"]
        said += (
            "joined in" if pd.isna(far) else f"joined in when the {movement} had reached {telling.mm(far)}"
        )
    else:
        said += "stayed quiet"
        said += (
            ""
            if pd.isna(last["quiet_mm"])
            else f", and the {movement} reached {telling.mm(last['quiet_mm'])}"
        )
    lately = known.tail(LATELY)
    quiet = int((lately["joined_in"] == 0).sum())
    if len(lately) > 1:
        said += f"; quiet in {quiet or 'none'} of the last {len(lately)} practices"
    return f"{said}."


def joined(course: pd.DataFrame, area: str) -> str:
    """In what share of the repetitions one area joined in."""
    known = course.dropna(subset=["joined_share"])
    if known.empty:
        return f"Too little could be seen to say whether {area} joined in."
    last = known.iloc[-1]
    if last["joined_in"] == 0:
        return f"On {day(last['day'])} {area} stayed quiet."
    return (
        f"On {day(last['day'])} {area} joined in during {percent(last['joined_share'])} of the repetitions."
    )


def coupling(course: pd.DataFrame, area: str, movement: str) -> str:
    """How much of an area came with the movement."""
    known = course.dropna(subset=["coupling"])
    if known.empty:
        return f"How much {area} moves along could not be told yet."
    last = known.iloc[-1]
    return (
        f"On {day(last['day'])} {area} moved {ratio(last['coupling'])}\N{NO-BREAK SPACE}mm "
        f"with each mm of the {movement}."
    )


def evenness(frame: pd.DataFrame) -> str:
    """How alike both sides went."""
    known = frame.dropna(subset=["symmetry"])
    if known.empty:
        return "Both sides were not seen together often enough to compare them."
    last = known.iloc[-1]
    return f"On {day(last['day'])} the smaller side went {percent(last['symmetry'])} as far as the larger."


def excursion(frame: pd.DataFrame, movement: str) -> str:
    """How far the movement went; small is the method, so neither way is called better."""
    known = frame.dropna(subset=["reached_mm"])
    if known.empty:
        return f"How far the {movement} went is not measured here, or could not be seen."
    last = known.iloc[-1]
    said = f"On {day(last['day'])} the {movement} went {telling.mm(last['reached_mm'])}"
    sides = [
        f"{name} {mm(last[column])}"
        for name, column in (("affected side", "affected_mm"), ("other side", "other_mm"))
        if not pd.isna(last[column])
    ]
    said += f" ({', '.join(sides)})" if sides else ""
    if not pd.isna(last["low_mm"]):
        said += f"; green: the reach to aim for, {EXCURSION.between(last['low_mm'], last['high_mm'])}"
    return f"{said}. Larger is not better."


def clean(frame: pd.DataFrame) -> str:
    """Clean repetitions of those done."""
    known = frame.dropna(subset=["clean"])
    if known.empty:
        return "No repetition was seen well enough yet to call it clean."
    last, lately = known.iloc[-1], known.tail(LATELY)
    said = f"On {day(last['day'])} {last['clean']:.0f} of {last['done']} repetitions were clean"
    if len(lately) > 1:
        said += f"; {lately['clean'].sum():.0f} of {lately['done'].sum()} in the last {len(lately)} practices judged"
    return f"{said}."


def judged(frame: pd.DataFrame) -> str:
    """What all other figures rest on."""
    known = frame.dropna(subset=["judged_share"])
    if known.empty:
        return "Nothing could be judged yet."
    few = int((known["judged_share"] < JUDGED_ENOUGH).sum())
    last = known.iloc[-1]
    said = (
        f"On {day(last['day'])} {percent(last['judged_share'])} of the time in repetitions could be judged."
    )
    below = f"under {percent(JUDGED_ENOUGH)}, below the green: there nothing is called quiet."
    if len(known) == 1:
        return f"{said} That is {below}" if few else said
    return f"{said} In {few or 'none'} of {len(known)} practices it was {below}"


def ratings(frame: pd.DataFrame, names: dict[str, str]) -> str:
    """What was answered after the last session, and the strongest pain of the time shown."""
    asked = frame.dropna(subset=list(names), how="all")
    if asked.empty:
        return "It has not been answered yet how a session felt."
    last = asked.iloc[-1]
    told = ", ".join(
        f"{name} {'not answered' if pd.isna(last[column]) else f'{last[column]:.0f}'}"
        for column, name in names.items()
    )
    said = f"After the session of {day(last['day'])}: {told}, of 10 each."
    pain = asked.dropna(subset=["pain"])
    if len(pain) and pain["pain"].max() > 0:
        hurt = pain.loc[pain["pain"].idxmax()]
        said += f" The strongest pain shown was {hurt['pain']:.0f}, on {day(hurt['day'])}."
    return said


def adherence(days: pd.DataFrame) -> str:
    """The last four weeks: days with practice, and minutes beside those prescribed."""
    if days.empty:
        return "Nothing has been prescribed or practised yet."
    lately = days.tail(28)
    practised = int((lately["minutes"] > 0).sum())
    minutes = lately["minutes"].sum()
    asked = lately["prescribed"].dropna()
    wanted = f" of {asked.sum():.0f} prescribed" if len(asked) else ", with nothing prescribed"
    told = f"{minutes:.0f} minutes{wanted}."
    if len(lately) == 1:
        return f"The plan began today: {told}"
    span = "last four weeks" if len(lately) == 28 else f"{len(lately)} days so far"
    return f"In the {span} there was practice on {practised} day{'' if practised == 1 else 's'}: {told}"


def cell(value: float | None, figure: Figure) -> str:
    """A figure in a table; what was not seen says so."""
    return "not seen" if value is None or math.isnan(value) else figure(value)


def title(words: str) -> str:
    """A heading."""
    return f"**{sentence_case(words)}**"
