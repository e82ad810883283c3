"""The comfort check before a session, the stop during one, and how it felt afterwards.

Each sign is answered with what to do about it (clinical.md 1.6). Nothing here reassures: a sign that was not
ticked is not a sign that is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["go", "rest_today", "eye_service", "medical"]

GRAVITY: tuple[Kind, ...] = ("go", "rest_today", "eye_service", "medical")
"""The verdicts, the gravest last."""

LARGEST = 10
"""Every scale runs from 0 to this."""

PAIN_LIMIT = 3
"""Pain above this ends a session (clinical.md 1.6, a proposal there)."""

RISE = 2
"""Tightness or pain up by this much during a session is told on (clinical.md 1.5, a proposal there)."""

EFFORT_ENOUGH = 3
"""Effort of no more than 2 to 3 of 10 (S2)."""

EYES_TIRED = 5
"""Eye comfort at or below this is answered with a rest for the eyes (proposal: the middle of the scale)."""

REPEATS_WITHIN = timedelta(days=14)
"""Two such days within this go to the therapist (clinical.md 1.6 says two days; proposal: between two reviews,
which clinical.md 1.3 puts 14 days apart)."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be ticked."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `ticks` takes any of its options, or `none`; `scale` takes 0 (`low`) to 10 (`high`).

    No answer is no answer: `none` and 0 are tapped like any other. A tick leads to the verdict `leads_to`.
    """

    id: str
    words: str
    kind: Literal["ticks", "scale"]
    source: str
    leads_to: Kind = "go"
    options: tuple[Option, ...] = ()
    none: str = "None of these"
    low: str = ""
    high: str = ""


PAIN = Question(
    id="pain",
    words="How much does your face hurt right now?",
    kind="scale",
    source="proposal: pain above 3 of 10 ends a session (clinical.md 1.6)",
    leads_to="rest_today",
    low="no pain",
    high="the strongest pain",
)
TIGHTNESS = Question(
    id="tightness",
    words="How tight does your face feel right now?",
    kind="scale",
    source="proposal: what has risen since the start is told on (clinical.md 1.5)",
    low="quite loose",
    high="very tight",
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        id="eyes",
        words="Your eyes today: is any of this so?",
        kind="ticks",
        source="S78: new eye symptoms are to be reported",
        leads_to="eye_service",
        options=(
            Option("pain", "Pain in an eye"),
            Option("redness", "A red eye"),
            Option("light", "Light hurts"),
            Option("discharge", "Discharge"),
            Option("sight", "Seeing less well"),
        ),
    ),
    Question(
        id="new_signs",
        words="Is any of this new, or stronger than before?",
        kind="ticks",
        source="proposal: general knowledge, no source found (clinical.md 1.6)",
        leads_to="medical",
        options=(
            Option("weakness", "Weakness of the face"),
            Option("numbness", "Numbness"),
            Option("limb", "Trouble with an arm or a leg"),
            Option("speech", "Trouble speaking"),
            Option("headache", "Severe headache"),
            Option("rash", "A rash"),
            Option("ear", "Ear pain"),
            Option("swelling", "Swelling"),
        ),
    ),
    Question(
        id="muscles",
        words="The muscles of your face: is any of this so?",
        kind="ticks",
        source="proposal: new spasm, trembling and fatigue end a session (clinical.md 1.6)",
        leads_to="rest_today",
        options=(
            Option("twitching", "New twitching or cramp"),
            Option("trembling", "Trembling"),
            Option("tired", "Tired out"),
        ),
    ),
    PAIN,
    TIGHTNESS,
)
"""What is asked before each session, and again when somebody says during one that something hurts."""

FEELINGS: tuple[Question, ...] = (
    TIGHTNESS,
    Question(
        id="effort",
        words="How much effort was it?",
        kind="scale",
        source="S2: effort of no more than 2 to 3 of 10",
        low="none",
        high="all I have",
    ),
    Question(
        id="eye_comfort",
        words="How comfortable are your eyes?",
        kind="scale",
        source="S78: screens dry the eyes",
        low="very sore",
        high="quite comfortable",
    ),
    PAIN,
)
"""What is asked after the closing rest."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The comfort check as answered; ticks in the order of their options.

    Raises:
        ValueError: an answer is none of those that can be given; the message names it and what is allowed.
    """

    eyes: tuple[str, ...]
    new_signs: tuple[str, ...]
    muscles: tuple[str, ...]
    pain: int
    tightness: int

    def __post_init__(self) -> None:
        for question in QUESTIONS:
            value: object = getattr(self, question.id)
            checked = _ticked(question, value) if question.kind == "ticks" else _on_scale(question, value)
            object.__setattr__(self, question.id, checked)

    @classmethod
    def of_json(cls, value: object) -> Answers:
        """The answers a decoded JSON object holds; raises ValueError where it is something else."""
        fields = _fields(value, QUESTIONS)
        return cls(**fields)  # type: ignore[arg-type]  # each is checked as it is set

    def as_json(self) -> dict[str, list[str] | int]:
        """The answers as a JSON object."""
        return {
            "eyes": list(self.eyes),
            "new_signs": list(self.new_signs),
            "muscles": list(self.muscles),
            "pain": self.pain,
            "tightness": self.tightness,
        }


@dataclass(frozen=True, slots=True)
class Feelings:
    """How it was, asked after the closing rest: 0 to 10.

    Raises:
        ValueError: an answer is no whole number from 0 to 10; the message names it.
    """

    tightness: int
    effort: int
    eye_comfort: int
    pain: int

    def __post_init__(self) -> None:
        for question in FEELINGS:
            _on_scale(question, getattr(self, question.id))

    @classmethod
    def of_json(cls, value: object) -> Feelings:
        """The feelings a decoded JSON object holds; raises ValueError where it is something else."""
        fields = _fields(value, FEELINGS)
        return cls(**fields)  # type: ignore[arg-type]  # each is checked as it is set

    def as_json(self) -> dict[str, int]:
        """The feelings as a JSON object."""
        return {
            "tightness": self.tightness,
            "effort": self.effort,
            "eye_comfort": self.eye_comfort,
            "pain": self.pain,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done: anything but "go" means no practice now."""

    kind: Kind
    title: str
    advice: str

    @property
    def go(self) -> bool:
        """Whether practice may begin or go on."""
        return self.kind == "go"


@dataclass(frozen=True, slots=True)
class Rise:
    """By how much tightness and pain went up during a session; negative where they went down."""

    tightness: int
    pain: int

    @property
    def told(self) -> bool:
        """Whether either went up so far that the levels hear of it."""
        return max(self.tightness, self.pain) >= RISE


BEGIN = Verdict(
    "go", "You can begin.", "Small and soft. If anything hurts, stop; that is part of the method."
)
EASE_OFF = Verdict(
    "go",
    "Let everything melt.",
    "Stopping here is welcome. If you go on, go smaller and softer, and only while it is comfortable.",
)
_NOT_TODAY: Mapping[Kind, Verdict] = {
    verdict.kind: verdict
    for verdict in (
        Verdict(
            "rest_today",
            "Let your face rest today.",
            "No practice today. If it is so on a second day, please tell your therapist.",
        ),
        Verdict(
            "eye_service",
            "Please contact your eye service today.",
            "No practice today: this needs to be looked at first. "
            "If you cannot reach your eye service, ask for medical care today.",
        ),
        Verdict(
            "medical",
            "Please seek medical care now.",
            "No practice today: this needs a doctor at once. "
            "If an arm, a leg or your speech is affected, call your emergency number.",
        ),
    )
}
EYES_TOO = "Tell them about your eye as well."
TELL_THERAPIST = (
    "This has come up on more than one day. Please tell your therapist before you practise again."
)


def verdict(answers: Answers) -> Verdict:
    """What the answers before a session mean; the gravest sign decides."""
    return _verdict(answers, BEGIN)


def stopped(before: Answers, now: Answers) -> Verdict:
    """What the same answers mean when somebody says during a session that something hurts.

    Tightness that has risen since the start ends the session as pain does.
    """
    found = _verdict(now, EASE_OFF)
    return _NOT_TODAY["rest_today"] if found.go and rise(before, now).told else found


def rise(before: Answers, after: Answers | Feelings) -> Rise:
    """By how much tightness and pain have gone up since the comfort check."""
    return Rise(after.tightness - before.tightness, after.pain - before.pain)


def is_pain_day(before: Answers, after: Answers | Feelings | None = None) -> bool:
    """Whether a session's answers make its day one of those that must not repeat.

    `after` is what was answered at its end, or when it was stopped.
    """
    if verdict(before).kind == "rest_today":
        return True
    if after is None:
        return False
    risen = after.pain > PAIN_LIMIT or rise(before, after).told
    return risen or (isinstance(after, Answers) and stopped(before, after).kind == "rest_today")


def pain_repeats(pain_days: Iterable[date], today: date) -> bool:
    """Whether there were two such days of late: the therapist is to be told."""
    return len({day for day in pain_days if timedelta(0) <= today - day < REPEATS_WITHIN}) >= 2


def words_after(before: Answers, feelings: Feelings) -> tuple[str, ...]:
    """What is said to the feelings after a session; nothing where there is nothing to do."""
    risen = rise(before, feelings)
    said = (
        (
            feelings.pain > PAIN_LIMIT or risen.pain >= RISE,
            "It hurts. Let your face rest today, with no more practice.",
        ),
        (risen.tightness >= RISE, "Tighter than at the start. Next time smaller and softer, with more rest."),
        (feelings.effort > EFFORT_ENOUGH, "Two or three of ten is effort enough. Let it be less next time."),
        (
            feelings.eye_comfort <= EYES_TIRED,
            "Rest your eyes: look into the distance for two minutes, and take your drops if you have some.",
        ),
    )
    return tuple(words for so, words in said if so)


def _verdict(answers: Answers, nothing_found: Verdict) -> Verdict:
    found = _found(answers)
    gravest = max(found, key=GRAVITY.index)
    if gravest == "go":
        return nothing_found
    said = _NOT_TODAY[gravest]
    if gravest == "medical" and "eye_service" in found:
        return Verdict(said.kind, said.title, f"{said.advice} {EYES_TOO}")
    return said


def _found(answers: Answers) -> set[Kind]:
    """The verdicts that the answers lead to, each by itself."""
    found: set[Kind] = {"go"}
    found |= {q.leads_to for q in QUESTIONS if q.kind == "ticks" and getattr(answers, q.id)}
    return found | {PAIN.leads_to} if answers.pain > PAIN_LIMIT else found


def _ticked(question: Question, value: object) -> tuple[str, ...]:
    allowed = tuple(option.id for option in question.options)
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{question.id} is {_shown(value)}; allowed: a list of {', '.join(allowed)}")
    for number, tick in enumerate(value):
        if tick not in allowed:
            raise ValueError(f"{question.id}.{number} is {_shown(tick)}; allowed: {', '.join(allowed)}")
    return tuple(tick for tick in allowed if tick in value)


def _on_scale(question: Question, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise ValueError(f"{question.id} is {_shown(value)}; allowed: a whole number from 0 to {LARGEST}")
    return value


def _fields(value: object, questions: tuple[Question, ...]) -> dict[str, object]:
    """One value for each question, and nothing else."""
    wanted = [question.id for question in questions]
    if not isinstance(value, Mapping):
        raise ValueError(f"The answers are {_shown(value)}; allowed: an object with {', '.join(wanted)}")
    for name in wanted:
        if name not in value:
            raise ValueError(f"{name} is missing; allowed: an answer to each of {', '.join(wanted)}")
    for name in value:
        if name not in wanted:
            raise ValueError(f"{_shown(name)} is no question; allowed: {', '.join(wanted)}")
    return {name: value[name] for name in wanted}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
