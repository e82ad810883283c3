"""Everybody at a glance: one row a person, whoever is to be looked at first on top.

What is computed here comes from a handful of questions to the database (coach.records.everybody), whatever the number
of people. Weeks are blocks of seven days counted back from today, so the latest is always a whole one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from statistics import median

from coach import comfort, levels, progression
from coach.calibration import RANGE_CARD
from coach.clinic import flags as reasons
from coach.clinic.adherence import prescribed_minutes
from coach.clinic.band import enough
from coach.clinic.flags import RECENT, Due, Facts, Flag, Said, Waits, Warned
from coach.comfort import Answers, Feelings
from coach.exercise import Exercise
from coach.library import Library
from coach.prescription import Item, Prescription
from coach.progression import (
    CAME_DOWN_WITHIN,
    JOINED_SELDOM,
    JUDGED_ENOUGH,
    REPETITIONS_ENOUGH,
    SESSIONS_UP,
    Outing,
)
from coach.records import Records
from coach.records import everybody as read
from coach.records.care_history import Person
from coach.records.everybody import Course, OnePerson, Recent

WEEKS = 12
WEEK = timedelta(days=7)

_Weeks = dict[int, list[float]]

PROGRESS_WITHIN = timedelta(weeks=4)
"""A step up is judged by the sessions of so long (proposal: what was practised well before that is no longer news)."""


@dataclass(frozen=True, slots=True)
class Point:
    """The median of one week of practice: its first day, and how many practices it is of."""

    day: date
    value: float
    practices: int


@dataclass(frozen=True, slots=True)
class Thread:
    """One pattern in one exercise: onsets are only held against each other within it."""

    card: str
    name: str
    pattern: str
    side: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `minutes` and `prescribed_minutes` are of the last seven days; None: nothing was prescribed.

    `onset` is how far, in mm, the movement got before `onset_of`, which of all patterns joined in most often; a week
    without a point had too few practices in which it did. `clean` is the share of clean repetitions.
    """

    person: Person
    last_practice_at: datetime | None
    minutes: float
    prescribed_minutes: float | None
    onset_of: Thread | None
    onset: tuple[Point, ...]
    clean: tuple[Point, ...]
    flags: tuple[Flag, ...]
    need: int


def at_a_glance(records: Records, library: Library, now: datetime) -> list[Row]:
    """Everybody, the most pressing first; `now` is in the zone whose days are meant."""
    rows = _rows(records, library, now, None)
    return sorted(rows, key=lambda row: (-row.need, row.person.name.casefold(), row.person.uid))


def one_at_a_glance(records: Records, library: Library, patient_uid: str, now: datetime) -> Row | None:
    """The same row of one person, without a look at anybody else; None: there is nobody of that uid."""
    return next(iter(_rows(records, library, now, patient_uid)), None)


def _rows(records: Records, library: Library, now: datetime, only: str | None) -> list[Row]:
    people = records.everybody(
        weeks=_week_starts(now),
        recent=now - PROGRESS_WITHIN,
        minutes=now - WEEK,
        said=now - RECENT,
        versions=now - CAME_DOWN_WITHIN,
        only=only,
    )
    looks = [_Look(one, library, now) for one in people]
    due = _due(records, looks)
    return [look.row(due.get(look.known.person.uid, ()), _courses(look.known.courses)) for look in looks]


class _Look:
    """One person's row in the making."""

    def __init__(self, known: OnePerson, library: Library, now: datetime) -> None:
        self.known = known
        self.now = now
        self.zone = now.tzinfo
        self.library = library

    def row(self, due: Sequence[Due], courses: _Courses) -> Row:
        thread = courses.thread
        found = reasons.flags(self._facts(due, courses), self.now)
        return Row(
            person=self.known.person,
            last_practice_at=self.known.last_practice_at,
            minutes=sum(practice.seconds for practice in self.known.practised) / 60,
            prescribed_minutes=prescribed_minutes(
                self.known.prescriptions, self.library.exercises, self.now - WEEK, self.now, self.zone
            ),
            onset_of=None if thread is None else Thread(thread[0], self.name(thread[0]), *thread[1:]),
            onset=() if thread is None else self._points(courses.onsets[thread]),
            clean=self._points(courses.clean),
            flags=found,
            need=reasons.need(found),
        )

    def name(self, card: str) -> str:
        """What people call an exercise, also one whose card is gone."""
        exercise = self.library.exercises.get(card)
        return exercise.name if exercise else card.replace("-", " ").capitalize()

    @property
    def prescription(self) -> Prescription | None:
        return self.known.prescriptions[-1] if self.known.prescriptions else None

    def _points(self, weeks: Mapping[int, Sequence[float]]) -> tuple[Point, ...]:
        return tuple(
            Point(self.now.date() - (week + 1) * WEEK + timedelta(days=1), median(values), len(values))
            for week, values in sorted(enough(weeks).items(), reverse=True)
        )

    def _facts(self, due: Sequence[Due], courses: _Courses) -> Facts:
        return Facts(
            last_practice_at=self.known.last_practice_at,
            prescribed_at=self.known.first_prescribed_at,
            days=self.prescription.days if self.prescription else (),
            said=[answered(said) for said in self.known.said],
            stops_dealt_up_to=self.known.stops_dealt_up_to,
            warned=[
                Warned(self.name(card), shares, median(courses.counted[card, level, sensitivity]))
                for (card, level, sensitivity), shares in courses.warned.items()
            ],
            due=due,
            waiting=[
                Waits(note.kind, note.created_at, note.seen_at is not None, note.preferred_times)
                for note in self.known.waiting
            ],
        )

    # -- a step up

    def candidates(self) -> Iterable[_Candidate]:
        """The exercises whose tallies do not rule a step up out that is the therapist's to take."""
        for item in self.prescription.items if self.prescription else ():
            exercise = self.library.exercises.get(item.card)
            if exercise is None or not levels.has_levels(exercise):
                continue
            since = max(self._level_began(item), self.now - PROGRESS_WITHIN)
            practices = [
                practice
                for practice in self.known.recent
                if practice.card_id == item.card
                and practice.level == item.level
                and practice.started_at >= since
                and (item.stayed_on is None or _day_of(practice.started_at, self.zone) > item.stayed_on)
            ]
            latest = _latest_that_count(practices)
            if latest:
                yield _Candidate(self, item, exercise, latest)

    def _level_began(self, item: Item) -> datetime:
        """Since when the exercise has been at its present level, as far back as the versions read."""
        began = self.now
        for version in reversed(self.known.prescriptions):
            if item.level not in [other.level for other in version.items if other.card == item.card]:
                break
            began = version.created_at
        return began


class _Courses:
    """One person's practices of the last weeks, by the number of the week: 0 is the one that today ends."""

    def __init__(self) -> None:
        self.clean: _Weeks = defaultdict(list)
        self.onsets: dict[tuple[str, str, str], _Weeks] = {}
        self.warned: dict[tuple[str, int, str], _Weeks] = {}
        self.counted: dict[tuple[str, int, str], list[int]] = {}

    @property
    def thread(self) -> tuple[str, str, str] | None:
        """What joined in in most practices, the first by name where two did as often."""
        often = {thread: sum(map(len, weeks.values())) for thread, weeks in self.onsets.items()}
        return min(often, key=lambda thread: (-often[thread], thread), default=None)


def _courses(known: Iterable[Course]) -> _Courses:
    """Everything the charts and flags need of a person's practices, in one go: there are many."""
    courses = _Courses()
    for course in known:
        if course.card_id == RANGE_CARD:  # nothing of the guided test is practice
            continue
        same = course.card_id, course.level, course.sensitivity
        for week, tally in course.practices:
            if (tally["judged"] or 0.0) >= JUDGED_ENOUGH:
                courses.clean[week].append(tally["clean"] / tally["done"])
            for pattern, side, _, onset in tally["joined"]:
                if onset is not None:
                    thread = course.card_id, pattern, side
                    courses.onsets.setdefault(thread, defaultdict(list))[week].append(onset)
            # Without help more joins in, and that is no relapse.
            if tally["counted"] >= REPETITIONS_ENOUGH and not course.is_check:
                share = tally["warned"] / tally["counted"]
                courses.warned.setdefault(same, defaultdict(list))[week].append(share)
                courses.counted.setdefault(same, []).append(tally["counted"])
    return courses


def _week_starts(now: datetime) -> list[datetime]:
    """The first moments of the last weeks, the latest first, on the calendar of `now`."""
    days = (now.date() - (number + 1) * WEEK + timedelta(days=1) for number in range(WEEKS))
    return [datetime.combine(day, time(), now.tzinfo).astimezone(timezone.utc) for day in days]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An exercise that may be ready for its next level, with the practices that decide it, the oldest first."""

    look: _Look
    item: Item
    exercise: Exercise
    practices: Sequence[Recent]


def _latest_that_count(practices: Sequence[Recent]) -> list[Recent]:
    """The practices from the third last session on that counts; none where these sessions rule a step up out.

    As coach.progression has it, by the tallies alone: they know what was warned of, but not what was held or even.
    """
    by_session: dict[str, list[Recent]] = {}
    for practice in practices:
        by_session[practice.session_uid] = [*by_session.pop(practice.session_uid, []), practice]
    sessions = list(by_session.values())
    counts = [
        number
        for number, some in enumerate(sessions)
        if sum(practice.counted for practice in some) >= REPETITIONS_ENOUGH
    ][-SESSIONS_UP:]
    if len(counts) < SESSIONS_UP:
        return []
    those = [practice for number in counts for practice in sessions[number]]
    if sum(one.warned for one in those) > JOINED_SELDOM * sum(one.counted for one in those):
        return []
    return [practice for some in sessions[counts[0] :] for practice in some]


def _due(records: Records, looks: Iterable[_Look]) -> dict[str, list[Due]]:
    """The steps that are due, of everybody: only now single repetitions are read, of those who may be ready."""
    candidates = [candidate for look in looks for candidate in look.candidates()]
    results = records.results(one.uid for candidate in candidates for one in candidate.practices)
    said = records.said({one.session_uid for candidate in candidates for one in candidate.practices})
    found: dict[str, list[Due]] = {}
    for candidate in candidates:
        item, exercise, look = candidate.item, candidate.exercise, candidate.look
        outings = [_outing(one, item, exercise, results, said, look.zone) for one in candidate.practices]
        proposal = progression.due(item, exercise, outings, look.known.prescriptions, look.now)
        if proposal is not None:
            found.setdefault(look.known.person.uid, []).append(Due(exercise.name, proposal))
    return found


def _outing(
    practice: Recent,
    item: Item,
    exercise: Exercise,
    results: Mapping[str, Sequence[progression.Result]],
    said: Mapping[str, read.Said],
    zone: tzinfo | None,
) -> Outing:
    answers = answered(said[practice.session_uid]) if practice.session_uid in said else None
    risen = None
    if answers is not None and answers.comfort is not None and answers.feelings is not None:
        risen = comfort.rise(answers.comfort, answers.feelings)
    return Outing(
        day=_day_of(practice.started_at, zone),
        session=practice.session_uid,
        hold_wanted=item.hold_seconds or exercise.dose.hold_seconds,
        results=tuple(results.get(practice.uid, ())),
        tightness_rise=None if risen is None else risen.tightness,
        pain_rise=None if risen is None else risen.pain,
    )


def answered(said: read.Said) -> Said:
    """What was answered in a session; what cannot be read was not answered."""
    return Said(
        said.comfort_at or said.started_at,
        said.ending,
        None if said.comfort is None else _comfort(said.comfort),
        None if said.feelings is None else _feelings(said.feelings),
    )


@lru_cache(maxsize=4096)
def _comfort(letters: str) -> Answers | None:
    try:
        return Answers.of_json(json.loads(letters))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _feelings(letters: str) -> Feelings | None:
    try:
        return Feelings.of_json(json.loads(letters))
    except ValueError:
        return None


def _day_of(at: datetime, zone: tzinfo | None) -> date:
    return at.astimezone(zone).date()
