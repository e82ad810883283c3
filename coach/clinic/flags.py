"""Why a person is to be looked at today: each reason in words, with where its rule comes from, the most pressing first.

A flag says that something is there. That there is none says nothing: what was not answered, not seen or not judged is
no sign of quiet, and no flag here ever says that all is well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import Literal

from coach import comfort
from coach.clinic.adherence import WEEKDAYS
from coach.clinic.band import SPREADS, WEEKS_RUNNING, band, enough
from coach.comfort import Answers, Feelings, Question
from coach.prescription import Weekday
from coach.progression import Proposal
from coach.records import telling
from coach.records.history import SessionEnding
from coach.records.telling import percent

Kind = Literal["stopped", "pain", "eyes", "appointment", "warnings", "note", "idle", "ready"]

IDLE_DAYS = 5
RECENT = comfort.REPEATS_WITHIN
"""Answers older than this are the story's (clinical.md 1.3: two reviews are 14 days apart)."""
SORE_DAYS = 2

# Proposal: first what may harm, then who waits for an answer, then what the practices show.
_NEED: dict[str, int] = {
    "medical": 90,
    "eye_service": 80,
    "rest_today": 70,
    "pain": 60,
    "eyes": 55,
    "appointment": 50,
    "warnings": 40,
    "note": 35,
    "idle": 30,
    "ready": 20,
}

IDLE_SOURCE = (
    "proposal: practice is meant for every day (clinical.md 1.3); five without it are more than a weekend"
)
PAIN_SOURCE = (
    "proposal: pain above 3 of 10, and what repeats on two days, go to the therapist (clinical.md 1.6)"
)
SORE_SOURCE = "S78: screens dry the eyes; proposal: the lower half of the scale, on two days"
WARNINGS_SOURCE = (
    "proposal: beyond 2 SD of the person's own weeks before, in two weeks running (clinical.md 7.7)"
)
READY_SOURCE = "proposal: beyond level 3 only a therapist goes up (clinical.md 1.5)"
WAITING_SOURCE = "proposal: what a patient writes waits until it is called done"


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason; `need` only sorts, the words and the source are for people.

    `at` is when the latest of what it tells was, where it can be called dealt with up to then.
    """

    kind: Kind
    words: str
    source: str
    need: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered in one session, and when the comfort check was; None: not answered, or not readable."""

    at: datetime
    ending: SessionEnding | None
    comfort: Answers | None
    feelings: Feelings | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """How often something was warned of in one exercise at one level and sensitivity: only these are comparable.

    `shares` are those of single practices by the number of their week, 0 for the last seven days: of the repetitions
    of which it is known, how many were warned of. `repetitions` is of how many one practice typically tells.
    """

    name: str
    shares: Mapping[int, Sequence[float]]
    repetitions: float


@dataclass(frozen=True, slots=True)
class Due:
    """A step to another level that is due in one exercise."""

    name: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Waits:
    """A note from the person, or their wish for an appointment, that is not done."""

    kind: Literal["note", "appointment"]
    written_at: datetime
    seen: bool = False
    preferred_times: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person.

    `prescribed_at` is when something was first prescribed, None: nothing is. `days` are those it is for now; none: all.
    Stops by the safety check are dealt with up to the moment `stops_dealt_up_to`.
    """

    last_practice_at: datetime | None = None
    prescribed_at: datetime | None = None
    days: Sequence[Weekday] = ()
    said: Sequence[Said] = ()
    stops_dealt_up_to: datetime | None = None
    warned: Sequence[Warned] = ()
    due: Sequence[Due] = ()
    waiting: Sequence[Waits] = ()


def flags(facts: Facts, now: datetime) -> tuple[Flag, ...]:
    """All reasons there are, the most pressing first; `now` is in the zone whose calendar is meant."""
    recent = [said for said in facts.said if timedelta(0) <= _days_ago(said.at, now) < RECENT]
    found = [
        *_stopped(recent, facts.stops_dealt_up_to, now),
        *_pain(recent, now),
        *_sore_eyes(recent, now),
        *_waiting(facts.waiting, now),
        *_warnings(facts.warned),
        *_idle(facts, now),
        *_ready(facts.due),
    ]
    return tuple(sorted(found, key=lambda flag: -flag.need))


def need(found: Sequence[Flag]) -> int:
    """What people are sorted by: the most pressing flag, then how many there are. A sum would let small ones win."""
    return 10 * max(flag.need for flag in found) + min(len(found), 9) if found else 0


# --- what may harm


def _stopped(recent: Iterable[Said], dealt_up_to: datetime | None, now: datetime) -> Iterable[Flag]:
    """The safety check said no, whether or not the session was then ended, and nobody has dealt with it."""
    found = [said for said in recent if _refused(said) and (dealt_up_to is None or said.at > dealt_up_to)]
    if not found:
        return
    gravest = max(found, key=lambda said: (comfort.GRAVITY.index(_verdict(said)), said.at))
    verdict = _verdict(gravest)
    others = len(found) - 1
    words = f"Stopped by the safety check on {_day(gravest.at, now)}: {_signs(gravest)}."
    if gravest.ending != "safety":
        words = f"The safety check of {_day(gravest.at, now)} found: {_signs(gravest)}. The session was not ended."
    if others:
        words += (
            f" So it was {'once' if others == 1 else f'{others} times'} more in the last {RECENT.days} days."
        )
    yield Flag("stopped", words, _source(gravest), _NEED[verdict], max(said.at for said in found))


def _refused(said: Said) -> bool:
    return said.ending == "safety" or (said.comfort is not None and not comfort.verdict(said.comfort).go)


def _verdict(said: Said) -> comfort.Kind:
    found = comfort.verdict(said.comfort).kind if said.comfort else "go"
    return (
        "rest_today" if found == "go" else found
    )  # stopped by what had risen, or by answers that cannot be read


def _signs(said: Said) -> str:
    """What was ticked, in the words of the questions."""
    answers = said.comfort
    if answers is None:
        return "the answers cannot be read"
    signs = [
        option.words.lower()
        for question in comfort.QUESTIONS
        if question.kind == "ticks"
        for option in question.options
        if option.id in getattr(answers, question.id)
    ]
    if answers.pain > comfort.PAIN_LIMIT:
        signs.append(f"pain {answers.pain} of {comfort.LARGEST}")
    return ", ".join(signs) or f"pain or tightness had risen by {comfort.RISE} or more of {comfort.LARGEST}"


def _source(said: Said) -> str:
    """Where the gravest of its rules comes from."""
    if _ended_by_rise(said):
        return comfort.TIGHTNESS.source
    verdict = _verdict(said)
    asked: list[Question] = [question for question in comfort.QUESTIONS if question.leads_to == verdict]
    told = [question for question in asked if said.comfort and getattr(said.comfort, question.id)]
    return (told or asked)[0].source


def _pain(recent: Sequence[Said], now: datetime) -> Iterable[Flag]:
    """Pain after a session, and pain or tightness that comes up on more than one day."""
    days = {
        _local(said.at, now.tzinfo)
        for said in recent
        if said.comfort is not None
        and (comfort.is_pain_day(said.comfort, said.feelings) or _ended_by_rise(said))
    }
    hurt = [(said.at, words) for said in recent if (words := _hurt_afterwards(said))]
    if comfort.pain_repeats(days, now.date()):
        listed = ", ".join(telling.day(day) for day in sorted(days))
        words = f"Pain or tightness came up on {len(days)} days of the last {RECENT.days}: {listed}."
    elif hurt:
        at, told = max(hurt)
        words = f"After the session of {_day(at, now)}: {told}."
    else:
        return
    yield Flag("pain", words, PAIN_SOURCE, _NEED["pain"])


def _hurt_afterwards(said: Said) -> str | None:
    """The pain after a session in words; None where it is no complaint, or nothing was answered."""
    before, after = said.comfort, said.feelings
    if after is None:
        return None
    risen = before is not None and comfort.rise(before, after).pain >= comfort.RISE
    if after.pain <= comfort.PAIN_LIMIT and not risen:
        return None
    return f"pain {after.pain} of {comfort.LARGEST}" + (f", {before.pain} before it" if before else "")


def _ended_by_rise(said: Said) -> bool:
    """Whether it was stopped by what had risen since its start: the answers kept then let it go on by themselves."""
    return said.ending == "safety" and said.comfort is not None and comfort.verdict(said.comfort).go


def _sore_eyes(recent: Iterable[Said], now: datetime) -> Iterable[Flag]:
    sore = {
        _local(said.at, now.tzinfo)
        for said in recent
        if said.feelings is not None and said.feelings.eye_comfort <= comfort.EYES_TIRED
    }
    if len(sore) >= SORE_DAYS:
        listed = ", ".join(telling.day(day) for day in sorted(sore))
        words = f"Sore eyes after practice on {len(sore)} days of the last {RECENT.days}: {listed}."
        yield Flag("eyes", words, SORE_SOURCE, _NEED["eyes"])


# --- who waits for an answer


def _waiting(waiting: Sequence[Waits], now: datetime) -> Iterable[Flag]:
    for kind, one, many in (
        ("appointment", "An appointment is asked for", "appointments are asked for"),
        ("note", "A note waits", "notes wait"),
    ):
        these = [note for note in waiting if note.kind == kind]
        if not these:
            continue
        since = _day(min(note.written_at for note in these), now)
        words = (
            f"{one}, since {since}" if len(these) == 1 else f"{len(these)} {many}, the first since {since}"
        )
        unseen = sum(not note.seen for note in these)
        if unseen:
            words += ", not seen yet" if unseen == len(these) else f", {unseen} not seen yet"
        times = [time for note in these for time in note.preferred_times]
        words += f": {'; '.join(dict.fromkeys(times))}." if times else "."
        yield Flag("appointment" if kind == "appointment" else "note", words, WAITING_SOURCE, _NEED[kind])


# --- what the practices show


def _warnings(courses: Iterable[Warned]) -> Iterable[Flag]:
    """More is warned of than the person's own ups and downs explain, in each of the last two weeks."""
    risen = [words for course in courses if (words := _risen(course))]
    if risen:
        yield Flag("warnings", " ".join(risen), WARNINGS_SOURCE, _NEED["warnings"])


def _risen(course: Warned) -> str | None:
    shares = enough(course.shares)
    latest = [median(shares[week]) for week in range(WEEKS_RUNNING) if week in shares]
    before = {week: some for week, some in shares.items() if week >= WEEKS_RUNNING}
    if len(latest) < WEEKS_RUNNING:
        return None
    # One repetition more or less is never a change, however steady the weeks before were.
    usual = band(before, 1 / (SPREADS * course.repetitions))
    if usual is None or min(latest) <= usual.high + 1e-9:
        return None
    now, earlier = latest
    return (
        f"{course.name}: something was warned of in {percent(now)} of the repetitions in the last 7 days and in "
        f"{percent(earlier)} in the 7 before; in {len(before)} weeks before them in {percent(usual.middle)}, "
        f"with ups and downs to {percent(usual.high)}."
    )


def _idle(facts: Facts, now: datetime) -> Iterable[Flag]:
    """No practice, although it was prescribed for some day between; today is not over."""
    if facts.prescribed_at is None:
        return
    since = max(facts.last_practice_at or facts.prescribed_at, facts.prescribed_at)
    days = _days_ago(since, now).days
    between = {WEEKDAYS[(now.date() - timedelta(days=ago)).weekday()] for ago in range(1, days)}
    if days < IDLE_DAYS or (facts.days and not between & set(facts.days)):
        return
    words = f"No practice for {days} days, since {_day(since, now)}."
    if facts.last_practice_at is None:
        words = f"No practice yet; it was first prescribed {days} days ago, on {_day(since, now)}."
    yield Flag("idle", words, IDLE_SOURCE, _NEED["idle"])


def _ready(due: Iterable[Due]) -> Iterable[Flag]:
    """Steps up that wait for the therapist."""
    up = [
        one for one in due if one.proposal.to_level > one.proposal.from_level and not one.proposal.by_itself
    ]
    if up:
        words = " ".join(
            f"{one.name} could go from level {one.proposal.from_level} to {one.proposal.to_level}. "
            f"{one.proposal.reason}"
            for one in up
        )
        yield Flag("ready", words, READY_SOURCE, _NEED["ready"])


# --- days


def _days_ago(at: datetime, now: datetime) -> timedelta:
    """Whole days on the calendar of `now`."""
    return now.date() - _local(at, now.tzinfo)


def _local(at: datetime, zone: tzinfo | None) -> date:
    return at.astimezone(zone).date()


def _day(at: datetime, now: datetime) -> str:
    return telling.long_day(_local(at, now.tzinfo))
