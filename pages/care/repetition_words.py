"""One repetition in words and figures, told to somebody else than the person who did it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coach.events import Repetition
from coach.records import PracticeRecord, listing, telling
from coach.records.trends import judged_enough, not_known, reached_mm, seen_well
from coach.session import FELT_AREAS
from pages import charts, rooms
from pages.care.repetition import Course

SIGNS = {"clean": "✓", "joined": "▲", "quiet": "○", "unseen": "?"}
LEGEND = "✓ clean · ▲ something joined in · ○ nothing joined in, not clean yet · ? too little seen to say"

# What was said about the movement itself, in short.
CORRECTIONS = {
    "too_big": "smaller",
    "too_small": "a little further",
    "too_fast": "slower",
    "uneven_start": "both sides together",
    "uneven": "the quicker side waits",
    "released_fast": "let go more slowly",
    "blinked": "a pause for the eyes",
}


def theirs(words: str) -> str:
    """Words about somebody's face as they are spoken to somebody else: "the right eye"."""
    return words.replace("your ", "the ").replace("Your ", "The ")


def kind(repetition: Repetition) -> str:
    """What stands out about one repetition: one of the signs."""
    if repetition.unwanted:
        return "joined"
    if not seen_well(repetition):
        return "unseen"
    return "clean" if repetition.clean else "quiet"


def count(record: PracticeRecord) -> str:
    """Clean repetitions of those done, as far as that is known."""
    done = len(record.repetitions)
    return f"{record.clean_repetitions} of {done} clean" if judged_enough(record) else f"{done}, little seen"


def movement(record: PracticeRecord, repetition: Repetition) -> str:
    """What the wanted movement is called."""
    named = telling.MOVEMENTS.get(repetition.movement or "")
    return named or charts.movement_word(record.card_id)


def sentence(record: PracticeRecord, repetition: Repetition, course: Course | None) -> str:
    """What happened in one repetition: how far it went, what joined in when, and when that was said."""
    said = [_reached(record, repetition), *_joined(repetition, course)]
    if repetition.watched and not repetition.unwanted:
        said.append("Nothing that was seen joined in.")
    not_seen = not_known(repetition, record.affected)
    unseen = [telling.unseen_area(p, record.affected, rooms.library().patterns) for p in not_seen]
    if unseen:
        names = telling.sentence_case(theirs(" and ".join(dict.fromkeys(unseen))))
        said.append(f"{names}: not seen for much of it, so whether anything joined in there is not known.")
    if not seen_well(repetition):
        said.append(f"Only {telling.percent(repetition.judged_share)} of it could be judged.")
    if repetition.muted:
        said.append("Nothing was said while it went on: it was done by feel.")
    return " ".join(said)


def _reached(record: PracticeRecord, repetition: Repetition) -> str:
    if repetition.movement is None:
        return "How far it went is not measured here: the areas that stay quiet are watched."
    word, reached = movement(record, repetition), reached_mm(repetition)
    if np.isnan(reached):
        return f"How far the {word} went could not be seen."
    side = f" on the {repetition.side.value} side" if repetition.side else ""
    return f"The {word} went {telling.mm(reached)}{side}."


def _joined(repetition: Repetition, course: Course | None) -> list[str]:
    """One or two sentences for each area that joined in."""
    said = []
    for unwanted in repetition.unwanted:
        area = telling.area(unwanted.pattern, unwanted.side, rooms.library().patterns)
        words = f"{telling.sentence_case(theirs(area))} joined in"
        if course is not None:
            words += f" at {course.at(unwanted.started_at):.1f} s"
        if unwanted.onset_amplitude_mm is not None:
            words += f", when the movement had reached {telling.mm(unwanted.onset_amplitude_mm)}"
        said.append(f"{words}, and went up to {telling.mm(unwanted.peak_mm)}.")
        if unwanted.warned_at is None:
            said.append("It passed before anything was said.")
            continue
        after, lasted = unwanted.warned_at - unwanted.started_at, unwanted.ended_at - unwanted.warned_at
        told = "It would have been said" if repetition.muted else "It was said"
        said.append(f"{told} {after:.1f} s later, and was quiet again {lasted:.1f} s after that.")
    return said


def figures(record: PracticeRecord, repetition: Repetition) -> dict[str, str]:
    """What is known of one repetition; what is not says so."""
    even, isolation = repetition.symmetry, repetition.isolation
    rise, release = (
        "not seen" if seconds is None else f"{seconds:.1f} s"
        for seconds in (repetition.rise_seconds, repetition.release_seconds)
    )
    found = {
        "Held quietly": f"{repetition.hold_seconds:.1f} s",
        "Isolation": "not known" if isolation is None else f"{isolation:.2f}",
        "Evenness": "not seen" if even is None else telling.percent(even),
        "Way there": rise,
        "Way back": release,
        "Judged": telling.percent(repetition.judged_share),
        "Corrections": said_besides(repetition),
    }
    if record.felt is not None:
        felt = ", ".join(FELT_AREAS[area].lower() for area in record.felt)
        found["The patient felt join in"] = felt or "neither chin, neck nor cheek"
    return found


def said_besides(repetition: Repetition) -> str:
    """The corrections, in short."""
    return "; ".join(CORRECTIONS.get(one, one) for one in repetition.corrections) or "nothing"


ISOLATION = (
    "Isolation: 1 where every watched area stayed within what may pass; the further beyond, the nearer to 0."
)


def table(record: PracticeRecord) -> pd.DataFrame:
    """Every repetition of a practice in a row."""
    numbers = listing.repetition_table(record, rooms.library().patterns).map(theirs)
    more = {
        "Isolation": [
            "not known" if r.isolation is None else f"{r.isolation:.2f}" for r in record.repetitions
        ],
        "Corrections": [said_besides(r) for r in record.repetitions],
        "Judged": [telling.percent(r.judged_share) for r in record.repetitions],
    }
    return numbers.assign(**more)
