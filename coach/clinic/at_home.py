"""The sheets that patients fill in at home, one question a screen, in words of our own for the person themselves.

FDI may be asked so (clinical.md 4.5 and 8, 34: own short wording). The words of SAQ need permission (4.4): whoever is
asked for it has the paper from their therapist, and gives the numbers. FaCE is left to the therapist: which of its
statements belong together stands on the therapist's paper only (4.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from coach.clinic.asked import FDI, SAQ
from coach.clinic.sheet import Item, Sheet

OWN_WORDING = "Filled in at home, in the coach's own wording: published noise is of the original form."


@dataclass(frozen=True, slots=True)
class Question:
    """One item as the person is asked it: its answers in the order in which they are shown."""

    item: str
    words: str
    answers: Mapping[str | int, str]


@dataclass(frozen=True, slots=True)
class HomeSheet:
    """A sheet as it is filled in at home; `name` and `about` are for the person."""

    sheet: Sheet
    name: str
    about: str
    remark: str
    questions: tuple[Question, ...]


_HEALTH, _OTHER = "I did not do it, because of my health", "I did not do it, for other reasons"
_HARD: Mapping[str | int, str] = {
    5: "Not hard",
    4: "A little hard",
    3: "Rather hard",
    2: "Very hard",
    1: _HEALTH,
    0: _OTHER,
}
_TROUBLED: Mapping[str | int, str] = {
    5: "Not at all",
    4: "A little",
    3: "Rather much",
    2: "Very much",
    1: "It kept me from things I do",
    0: "I cannot say, for other reasons",
}
_FDI_WORDS = {
    "eating": "When you ate: how hard was it to keep food in your mouth and out of your cheek?",
    "drinking": "How hard was it to drink from a cup?",
    "speaking": "When you spoke: how hard were certain sounds?",
    "eye": "How much did an eye trouble you because it waters or gets dry?",
    "rinsing": "How hard was it to brush your teeth or rinse your mouth?",
    "calm": "Were you calm and at ease?",
    "withdrawn": "Did you keep away from people?",
    "irritable": "Were you short with the people around you?",
    "sleep": "Did you wake too early, or several times in a night?",
    "outings": "Because of your face, did you stay away from meals out, shops or company?",
}
_FDI_ANSWERS = {**dict.fromkeys(("eating", "drinking", "speaking", "rinsing"), _HARD), "eye": _TROUBLED}


def _as_on_the_sheet(item: Item) -> Mapping[str | int, str]:
    return {choice.id: f"{choice.words[:1].upper()}{choice.words[1:]}" for choice in item.choices}


_FDI_AT_HOME = HomeSheet(
    sheet=FDI,
    name="How your face is in daily life",
    about="Think of the last four weeks. There is no right answer.",
    remark=OWN_WORDING,
    questions=tuple(
        Question(item.id, _FDI_WORDS[item.id], _FDI_ANSWERS.get(item.id) or _as_on_the_sheet(item))
        for item in FDI.items
    ),
)
_SAQ_AT_HOME = HomeSheet(
    sheet=SAQ,
    name="What joins in, in daily life",
    about="Please have the paper from your therapist beside you. Here go the numbers.",
    remark="Filled in at home, from the paper.",
    questions=tuple(
        Question(item.id, f"{item.words} on your paper: which number is it?", _as_on_the_sheet(item))
        for item in SAQ.items
        if item.choices
    ),
)

AT_HOME: Mapping[str, HomeSheet] = MappingProxyType(
    {one.sheet.id: one for one in (_FDI_AT_HOME, _SAQ_AT_HOME)}
)
"""What a therapist can ask for, by the id of the sheet."""


def first_open(asked: HomeSheet, answers: Mapping[str, object]) -> int | None:
    """The number of the first question that is neither answered nor left out, from 0; None: none is left."""
    return next((n for n, one in enumerate(asked.questions) if one.item not in answers), None)
