"""What stood before and after each treatment, figure by figure, in the words of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from coach.clinic import around
from coach.clinic.around import SETTLES, WEEKS, Around
from coach.clinic.report_values import Beside, Treated
from coach.clinic.report_words import Thread, counted
from coach.clinic.story import Story, treatment_words
from coach.records.care_history import Treatment
from coach.records.telling import sentence_case
from coach.records.trends import Course

_AROUND: Mapping[str, tuple[str, str]] = {
    "onset": ("{movement} before {area} joins in", "mm"),
    "coupling": ("{area} for each mm of the {movement}", "mm"),
    "clean": ("clean repetitions, {name}", "%"),
    "symmetry": ("symmetry, {name}", "%"),
    "tightness": ("tightness after a session", "of 10"),
}
"""What is set beside each other around a treatment, in what joins in most often; the rest is in the coach."""

AROUND_WORDS = (
    f"Middles of up to {WEEKS} weeks before and after (of toxin from {SETTLES['botulinum_toxin'].days} days on), never "
    "across another injection or operation. No proof: whatever else changed then is in it, too."
)


def treated(story: Story, thread: Thread | None) -> tuple[Treated, ...]:
    """The treatments of a story, with the figures of what joins in most often (None: nothing does).

    Visits have no letter, or weekly ones would hide the charts.
    """
    letters = _letters()
    return tuple(
        Treated("", one.day, _what(one))
        if one.kind == "therapy_visit"
        else Treated(next(letters), one.day, _what(one), _around(story, one, thread))
        for one in story.treatments
    )


def _around(story: Story, treatment: Treatment, thread: Thread | None) -> tuple[Beside, ...]:
    """Each figure before and after one treatment."""
    if thread is None:
        return ()
    found = {
        one.measure.id: one
        for one in around.around(story, treatment)
        if _is_of(one, thread) and one.before is not None and one.after is not None
    }
    words = {"movement": thread.movement, "area": thread.area, "name": thread.name}
    return tuple(
        _beside(found[measure], sentence_case(name.format(**words)), unit)
        for measure, (name, unit) in _AROUND.items()
        if measure in found
    )


def _letters() -> Iterator[str]:
    """A to Z, then with a number."""
    for turn in count(1):
        yield from (f"{chr(ord('A') + n)}{turn if turn > 1 else ''}" for n in range(26))


def _what(treatment: Treatment) -> str:
    words = treatment_words(treatment)
    return f"{words}. {treatment.note}" if treatment.note else words


def _is_of(one: Around, thread: Thread) -> bool:
    """Whether a comparison is of this thread, as far as its measure is told apart by exercise and pattern."""
    theirs = {"card": thread.card, "pattern": thread.pattern, "side": thread.side}
    return all(getattr(one, name) == theirs[name] for name in one.measure.by)


def _beside(one: Around, name: str, unit: str) -> Beside:
    times, form = (100, ".0f") if unit == "%" else (1, ".2f" if one.measure.id == "coupling" else ".1f")

    def figure(value: float | None) -> str:
        return "" if value is None else format(times * value, form).replace("-", "\N{MINUS SIGN}")

    low, high = one.low, one.high
    if low is not None and high is not None:
        low = max(low, 0.0) if one.measure.table != "coupling" else low
        high = min(high, 1.0) if unit == "%" else high
    rows = "session" if one.measure.row == "session" else "practice"
    return Beside(
        what=name,
        before=f"{figure(one.before)} {unit}, {counted(len(one.rows_before), rows)}",
        after=f"{figure(one.after)} {unit}, {counted(len(one.rows_after), rows)}",
        noise=f"{figure(low)} to {figure(high)} {unit}",
        compared={
            Course.TOO_EARLY: "too few weeks to compare",
            Course.SAME: "within them",
            Course.MORE: "more, beyond them",
            Course.LESS: "less, beyond them",
        }[one.course],
    )
