"""What is told of one invented person: how they move, practise and feel, and what happens to them.

Everything is told in days or weeks before the day on which the demonstration is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coach.demo.moving import Face
from coach.exercise import Stage
from coach.prescription import Item, Weekday
from coach.records.care_history import Cause
from coach.records.history import View


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody moves at first: where in the band they aim (0 is its lower edge, 1 its upper), and how slowly.

    `heeds` is the share of repetitions in which they ease off when told to. With practice all of it comes nearer to
    what is asked, by `learns` of the way. After a warning they aim lower, down to `dares` of their usual aim.
    """

    aim: float = 0.55
    spread: float = 0.16
    ramp_seconds: float = 2.6
    release_seconds: float = 2.4
    late_seconds: float = 0.1
    heeds: float = 0.85
    learns: float = 0.8
    dares: float = 0.2


@dataclass(frozen=True, slots=True)
class Camera:
    """How well somebody is seen: how often a minute the face is lost, for how long, and blinks a minute."""

    lost_a_minute: float = 0.25
    lost_seconds: float = 1.2
    blinks_a_minute: float = 9.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How often somebody practises: sessions a week, the share of days with a second one, and the usual hour.

    `breaks_off` is the share of sessions left in the middle.
    """

    sessions_a_week: float = 4.0
    twice: float = 0.1
    hour: float = 8.5
    breaks_off: float = 0.03


@dataclass(frozen=True, slots=True)
class Comfort:
    """What somebody mostly answers before and after a session, 0 to 10."""

    pain: float = 0.4
    tightness: float = 3.0
    effort: float = 2.2
    eyes: float = 7.5


@dataclass(frozen=True, slots=True)
class Spell:
    """Weeks with something of their own: `learns` and `practises` multiply what is usual."""

    from_weeks_ago: float
    to_weeks_ago: float
    learns: float = 1.0
    practises: float = 1.0


@dataclass(frozen=True, slots=True)
class Setback:
    """A relapse: this share of what was won is lost within a week."""

    weeks_ago: float
    loses: float


@dataclass(frozen=True, slots=True)
class Injection:
    """Botulinum toxin: couplings become smaller for three to four months, and come back slowly."""

    weeks_ago: float
    strength: float
    sites: tuple[str, ...]
    dose: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """Answers to the comfort check that end a session, before it or (`during`) in the middle of it."""

    days_ago: int
    answers: Mapping[str, object]
    during: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A new prescription by the therapist."""

    weeks_ago: float
    items: tuple[Item, ...]
    programme: str | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit or an operation, marked on the charts."""

    weeks_ago: float
    kind: Literal["therapy_visit", "surgery"]
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote to the therapist, and what came back; a note that `asks` wants an appointment."""

    days_ago: int
    words: str
    answer: str | None = None
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """The history: the cause, how long before the first practice it began, and what is to be minded."""

    cause: Cause
    onset_weeks_before: int
    leave_out: str = ""
    contraindications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `won` is how much later areas join in once all is learnt (a share of the reach)."""

    name: str
    story: str
    face: Face
    past: Past
    items: tuple[Item, ...]
    programme: str
    stage: Stage
    affected_known: bool = True
    view: View = "mirror"
    sessions_per_day: int = 1
    days: tuple[Weekday, ...] = ()
    times: str | None = None
    since_weeks: float = 26.0
    until_weeks_ago: float = 0.0
    reviewed_until_weeks_ago: float = 0.0
    review_weeks: int = 4
    learn_sessions: float = 55.0
    won: float = 0.22
    evenness: tuple[float, float] = (0.84, 0.95)
    manner: Manner = Manner()
    camera: Camera = Camera()
    habits: Habits = Habits()
    comfort: Comfort = Comfort()
    spells: tuple[Spell, ...] = ()
    setbacks: tuple[Setback, ...] = ()
    injections: tuple[Injection, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    changes: tuple[Changed, ...] = ()
    visits: tuple[Visit, ...] = ()
    notes: tuple[Note, ...] = ()
    assessed_weeks_ago: tuple[float, ...] = (26.0, 13.0, 1.0)
    rated: Mapping[str, int] = field(default_factory=dict)
