"""What one practice's figures say, in calm words, and the words for figures that all charts share.

Millimetres come from a camera and are said as "about"; what was not seen is called not seen, never quiet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from coach.events import UnwantedMovement
from coach.face import Side
from coach.plan import REST_ONLY_LEVEL
from coach.records.history import PracticeRecord
from coach.records.trends import (
    KeptFrom,
    judged_enough,
    kept_from,
    median,
    not_known,
    seen_well,
)

if TYPE_CHECKING:
    from coach.exercise import Pattern

MOVEMENTS = {
    "smile": "smile",
    "pucker": "pucker",
    "eye_closing": "eye closing",
    "brow_raise": "brow raise",
    "frown": "frown",
    "nose_wrinkle": "nose wrinkle",
    "upper_lip_raise": "lip lift",
    "lower_lip_drop": "lower lip",
}
"""Target movements by the name people use; anything else is "movement"."""

ENDINGS = {"finished": "finished", "stopped": "ended early", None: "ended early"}
"""How a practice ended, in words; it matters to nobody whether a button or a flat battery ended it."""

ADVICE: Mapping[KeptFrom, str] = {
    "joined_in": "Smaller and slower makes it easier for the rest of the face to stay quiet.",
    "too_big": "Smaller makes it count: a little of the way is enough.",
    "uneven": "Let the stronger side wait for the other: going together makes it count.",
    "too_small": "Going a little further, if that is comfortable, makes it count.",
    "short": "Holding it a little longer, small and gentle, makes it count.",
}
"""What makes the next one clean, by what kept this one from it."""

STILL_GOING = timedelta(minutes=4)
"""So long after its last repetition a practice may still be under way.

Two minutes a lost one is kept (coach.live.RETURN_SECONDS), and two more for the next repetition and its rest."""


def mm(value: float) -> str:
    """A length as the camera knows it."""
    return f"about {value:.1f}\N{NO-BREAK SPACE}mm"


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def area(pattern_id: str, side: Side | str | None, patterns: Mapping[str, Pattern]) -> str:
    """Whose area it is: "your right eye", "your chin"; also for a pattern that no card knows any more."""
    pattern = patterns.get(pattern_id)
    if pattern is None:
        return f"an area no longer watched ({pattern_id.replace('-', ' ')})"
    which = side.value if isinstance(side, Side) else side
    if not which:
        return f"your {pattern.area}"
    if pattern.area == "nose":
        return f"the {which} side of your nose"
    return f"your {which} {pattern.area.replace('_', ' ')}"


def unseen_area(pattern_id: str, affected: Side | None, patterns: Mapping[str, Pattern]) -> str:
    """Whose area was not seen; with both sides watched the log does not say which of them it was."""
    pattern = patterns.get(pattern_id)
    if pattern is None or pattern.where == "midline":
        return area(pattern_id, None, patterns)
    if affected is None:
        return f"your {pattern.area.replace('_', ' ')} on one side or both"
    return area(pattern_id, affected, patterns)


def under_way(record: PracticeRecord, now: datetime) -> bool:
    """Whether it may still be going on, in another window perhaps; nothing in the log says that it ended."""
    seconds = record.repetitions[-1].ended_at if record.repetitions else 0.0
    return record.ending is None and now - (record.started_at + timedelta(seconds=seconds)) < STILL_GOING


def ending(record: PracticeRecord, now: datetime) -> str:
    """How a practice ended, in words, as far as is known by now."""
    return (
        f"{ENDINGS[record.ending]}, or still under way" if under_way(record, now) else ENDINGS[record.ending]
    )


def headline(record: PracticeRecord, now: datetime) -> str:
    """The practice in one sentence, the clean repetitions first."""
    done, planned, clean = len(record.repetitions), record.repetitions_planned, record.clean_repetitions
    if done == 0 and under_way(record, now):
        return "The first repetition is not complete yet."
    if done == 0:
        return "This practice ended before its first repetition was complete. That is fine: the next one is waiting."
    all_seen = not any(r.clean and not_known(r, record.affected) for r in record.repetitions)
    as_seen = "" if all_seen else ", as far as it could be seen"
    if record.level == REST_ONLY_LEVEL:
        return _rested(record, as_seen)
    start = f"You did {repetitions(done)}" if done >= planned else f"You did {done} of {planned} repetitions"
    if not judged_enough(record):
        return f"{start}. Too little could be seen to say how quiet the rest of the face stayed."
    if clean == 0:
        return f"{start}. {ADVICE[kept_from(record)]}"
    which = (
        "it was" if done == 1 else "all of them were" if clean == done else f"{clean} of them {were(clean)}"
    )
    return f"{start}, and {which} clean: held, with everything else quiet{as_seen}."


def _rested(record: PracticeRecord, as_seen: str) -> str:
    done, clean = len(record.repetitions), record.clean_repetitions
    start = f"You rested {'once' if done == 1 else 'twice' if done == 2 else f'{done} times'}"
    if not judged_enough(record):
        return f"{start}. Too little could be seen to say how quiet your face stayed."
    if clean == 0:
        return f"{start}. Letting go takes time, and every rest helps."
    which = "" if clean == done else f" in {clean} of them"
    return f"{start}, and your face stayed quiet{which}{as_seen}."


def key_figures(record: PracticeRecord) -> dict[str, str]:
    """The three figures people look for first; one that was not seen, or is none, is left out."""
    even = median(repetition.symmetry for repetition in record.repetitions)
    # Time in which something joined in is no hold: only the repetitions that nothing interrupted say how long.
    held = median(
        r.hold_seconds
        for r in record.repetitions
        if seen_well(r) and all(unwanted.warned_at is None for unwanted in r.unwanted)
    )
    figures = {}
    if judged_enough(record) and record.clean_repetitions:
        figures["Clean"] = f"{record.clean_repetitions} of {len(record.repetitions)}"
    if not math.isnan(even):
        figures["Evenness"] = percent(even)
    if not math.isnan(held):
        figures["Held quietly"] = f"{held:.0f} s" if held >= 1 else "under 1 s"
    return figures


def joined_in(record: PracticeRecord, patterns: Mapping[str, Pattern], movement: str) -> list[str]:
    """One sentence for each area that joined in, the most frequent first; else one that says what quiet means.

    Then what was not seen: of that nobody can say that it stayed quiet.
    """
    if not record.repetitions:
        return []
    found: dict[tuple[str, Side | None], dict[int, list[UnwantedMovement]]] = {}
    for repetition in record.repetitions:
        for unwanted in repetition.unwanted:
            key = (unwanted.pattern, unwanted.side)
            found.setdefault(key, {}).setdefault(repetition.number, []).append(unwanted)
    sentences = [
        _joined_in(area(*key, patterns), by_number, len(record.repetitions), movement)
        for key, by_number in sorted(found.items(), key=lambda item: -len(item[1]))
    ]
    unseen = _unseen(record, patterns)
    if sentences:
        return sentences + unseen
    if not judged_enough(record):
        return ["Too little could be seen to say whether anything joined in."]
    if unseen:
        return ["As far as the camera could see, nothing joined in.", *unseen]
    return ["Nothing that the camera watches joined in."]


def share_judged(record: PracticeRecord) -> str | None:
    """How much of the practice could be judged, and what would help; None: not known."""
    if record.moving_judged is None:
        return None
    said = f"While you moved, the camera could judge {percent(record.moving_judged)} of the time."
    if judged_enough(record):
        return said
    return f"{said} Even light from the front and facing the camera let it see more."


def reach_words(reach: tuple[float, float]) -> str:
    """The band to reach in mm, as the picture names it."""
    return f"Shaded: {reach[0]:g} to {reach[1]:g}\N{NO-BREAK SPACE}mm, the reach to aim for"


def strip(
    record: PracticeRecord,
    patterns: Mapping[str, Pattern],
    movement: str,
    reach: tuple[float, float] | None = None,
    measured: bool = True,
) -> str:
    """What the picture of one practice shows: how far each repetition went, and where something joined in.

    `measured` is false where how far it goes is not measured at all: not the same as not seen.
    """
    seen = [
        a for r in record.repetitions for a in (r.amplitude_right_mm, r.amplitude_left_mm) if a is not None
    ]
    if not seen and not measured:
        return "How far this movement goes is not measured: only the rest of the face is watched."
    if not seen:
        return "How far the repetitions went could not be seen this time."
    went = (
        f"{mm(min(seen))}"
        if max(seen) - min(seen) < 0.05
        else f"between {min(seen):.1f} and {max(seen):.1f}\N{NO-BREAK SPACE}mm"
    )
    said = f"In each repetition your {movement} went {went}: the bar on the left is your left side, as in a mirror."
    if reach:
        said += f" {reach_words(reach)}."
    if any(r.clean and seen_well(r) for r in record.repetitions):
        said += " A tick: clean."
    names = {area(u.pattern, u.side, patterns) for r in record.repetitions for u in r.unwanted}
    return f"{said} The marks show where {_listed(sorted(names))} joined in." if names else said


def result(record: PracticeRecord, now: datetime) -> str:
    """One practice in a few words, for a list."""
    done = len(record.repetitions)
    if not done:
        words = "no repetition yet"
    elif judged_enough(record):
        words = f"{record.clean_repetitions} of {done} clean"
    else:
        words = f"{repetitions(done)}, little seen"
    return words if record.ending == "finished" else f"{words} · {ending(record, now)}"


def minutes(seconds: float) -> str:
    """A length of time in words."""
    whole = round(seconds / 60)
    return "under a minute" if whole < 1 else "1 minute" if whole == 1 else f"{whole} minutes"


def sentence_case(words: str) -> str:
    """The first letter large, the rest as it is."""
    return words[:1].upper() + words[1:]


def day(moment: date) -> str:
    """A short day, "22 Nov"; without the platform's own padding rules."""
    return f"{moment.day}\N{NO-BREAK SPACE}{moment:%b}"


def long_day(moment: date) -> str:
    """A day in full, "22 November 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def _joined_in(name: str, found: dict[int, list[UnwantedMovement]], done: int, movement: str) -> str:
    onset_mm = median(u.onset_amplitude_mm for found_here in found.values() for u in found_here)
    how_far = "" if math.isnan(onset_mm) else f", when your {movement} had reached {mm(onset_mm)}"
    brief = sum(all(u.warned_at is None for u in found_here) for found_here in found.values())
    in_how_many = f"{len(found)} of {repetitions(done)}"
    if brief:
        often = "once" if brief == 1 else f"{brief} times"
        in_how_many += " (only briefly)" if brief == len(found) else f" ({often} only briefly)"
    return f"{sentence_case(name)} joined in during {in_how_many}{how_far}."


def _unseen(record: PracticeRecord, patterns: Mapping[str, Pattern]) -> list[str]:
    """One sentence for the areas that were not seen in the same repetitions."""
    numbers: dict[str, list[int]] = {}
    for repetition in record.repetitions:
        # Two patterns may be read at the same place.
        names = [unseen_area(p, record.affected, patterns) for p in not_known(repetition, record.affected)]
        for name in dict.fromkeys(names):
            numbers.setdefault(name, []).append(repetition.number)
    together: dict[tuple[int, ...], list[str]] = {}
    for name, where in numbers.items():
        together.setdefault(tuple(where), []).append(name)
    done = repetitions(len(record.repetitions))
    return [
        f"{sentence_case(_listed(names))} could not be seen in {len(where)} of {done}, "
        f"so the coach cannot say whether {'it' if len(names) == 1 else 'they'} stayed quiet."
        for where, names in sorted(together.items(), key=lambda item: -len(item[0]))
    ]


def repetitions(count: int) -> str:
    """So many repetitions, in words."""
    return "1 repetition" if count == 1 else f"{count} repetitions"


def were(count: int) -> str:
    """The verb for so many."""
    return "was" if count == 1 else "were"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
