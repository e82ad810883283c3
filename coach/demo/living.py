"""Half a year of one invented person: every session, day by day, as the pages would have led through it.

What decides is the coach's own code: the plan, the steps of an exercise, the levels, the comfort check, the twelve
minutes. Invented is only what the face does and what the person answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from zlib import crc32

import numpy as np

from coach import comfort, levels, session
from coach.assignment import Assignment
from coach.calibration import RANGE_CARD, Measured, Range, ranges, stale
from coach.clinic.adherence import is_for
from coach.comfort import Answers, Feelings
from coach.demo.moving import Severity
from coach.demo.people import THERAPIST, Complaint, Injection, Person
from coach.demo.practising import Done, practise
from coach.events import Repetition
from coach.exercise import Exercise
from coach.face import Side
from coach.levels import Outing, Proposal
from coach.library import Library
from coach.plan import Plan
from coach.prescription import Item, Prescription
from coach.records.history import Ending, FeltArea, SessionEnding
from coach.trace import Trace

TOXIN_FULL_WEEKS, TOXIN_FADES_WEEKS, TOXIN_OVER_WEEKS = 2.5, 10.0, 17.0
FORGETS_A_DAY = 0.002
WHO_COMES, FIRST_SESSION, SECOND_SESSION, OF_THE_DAY = range(4)  # what lots are drawn for on a day
SETBACK_DAYS = 7
COACH = "coach"
"""Who wrote a version that only brings an exercise to the level that was due, as the pages write it."""


@dataclass(frozen=True, slots=True)
class Practised:
    """One practice; the uids of session and prescription are put into its assignment when it is written.

    `ending` None was cut off. A timer's has no repetitions and no `judged_share`.
    """

    exercise: Exercise
    assignment: Assignment
    started_at: datetime
    ended_at: datetime
    ending: Ending | None
    judged_share: float | None = None
    repetitions: tuple[Repetition, ...] = ()
    traces: tuple[Trace, ...] = ()
    felt: tuple[FeltArea, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sat:
    """One session, with the number of the prescription it was begun with (from 0) and all that was done in it."""

    prescription: int
    started_at: datetime
    ended_at: datetime
    ending: SessionEnding | None
    comfort: Answers
    steps: tuple[str, ...]
    practices: tuple[Practised, ...] = ()
    feelings: Feelings | None = None
    comfort_again: Answers | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """All of it in the order of time; `tests` found the comfortable range, `won` is how much was won by each day."""

    person: Person
    began: datetime
    prescriptions: tuple[Prescription, ...]
    sessions: tuple[Sat, ...]
    tests: tuple[Practised, ...]
    won: Mapping[date, float]


# --- how it stands on a day


def toxin(injections: Iterable[Injection], today: date, day: date) -> float:
    """How much of every coupling injections take away on a day, 0 to 1; `today` is what weeks are told from."""
    left = 1.0
    for injection in injections:
        weeks = injection.weeks_ago - (today - day).days / 7
        if weeks <= 0:
            continue
        rising = min(weeks / TOXIN_FULL_WEEKS, 1.0)
        fading = (TOXIN_OVER_WEEKS - weeks) / (TOXIN_OVER_WEEKS - TOXIN_FADES_WEEKS)
        left *= 1.0 - injection.strength * rising * min(max(fading, 0.0), 1.0)
    return 1.0 - left


def severity_on(person: Person, won: float, today: date, day: date) -> Severity:
    """How it stands once `won` (0 to 1) of what can be won is."""
    start, end = person.evenness
    effect = toxin(person.injections, today, day)
    return Severity(
        later=person.won * won,
        gain=(1.0 - 0.3 * won) * (1.0 - effect),
        evenness=start + (end - start) * won,
        tone=(1.0 - 0.4 * won) * (1.0 - 0.3 * effect),
    )


# --- a life


def live(
    person: Person,
    library: Library,
    today: date,
    *,
    weeks: float = 26.0,
    seed: int = 5,
    zone: tzinfo,
    traces_for: timedelta = timedelta(weeks=3),
) -> Life:
    """All that somebody did up to the evening before `today`; the same each time for the same arguments.

    Courses of repetitions are kept for the days within `traces_for` only: they are what makes the file large.
    """
    return _Living(person, library, today, weeks, seed, zone, today - traces_for).whole()


class _Living:
    def __init__(
        self,
        person: Person,
        library: Library,
        today: date,
        weeks: float,
        seed: int,
        zone: tzinfo,
        traced_from: date,
    ) -> None:
        self.person, self.library, self.today = person, library, today
        self.seed, self.zone, self.traced_from = seed, zone, traced_from
        self.first = today - timedelta(days=round(7 * min(weeks, person.since_weeks)))
        self.last = today - timedelta(days=round(7 * person.until_weeks_ago) + 1)
        self.won = 0.0
        self.won_on: dict[date, float] = {}
        self.prescriptions: list[Prescription] = []
        self.sessions: list[Sat] = []
        self.tests: list[Practised] = []
        self.outings: dict[str, list[Outing]] = {}  # of each card, at its present level
        self.first_on: dict[str, date] = {}
        self.checked_on: dict[str, date] = {}
        self.dared: dict[tuple[str, int], float] = {}  # of each card and level

    def whole(self) -> Life:
        began = self._at(self.first, 6.5)
        self._prescribe(
            Prescription(
                created_at=began,
                author=THERAPIST,
                programme=self.person.programme,
                stage=self.person.stage,
                sessions_per_day=self.person.sessions_per_day,
                days=self.person.days,
                times=self.person.times,
                items=self.person.items,
            )
        )
        for number in range((self.today - self.first).days):
            self._day(self.first + timedelta(days=number))
        return Life(
            self.person,
            began,
            tuple(self.prescriptions),
            tuple(self.sessions),
            tuple(self.tests),
            self.won_on,
        )

    def _day(self, day: date) -> None:
        weeks_ago = (self.today - day).days / 7
        for setback in self.person.setbacks:
            if 0 <= (setback.weeks_ago - weeks_ago) * 7 < SETBACK_DAYS:
                self.won *= (1.0 - setback.loses) ** (1 / SETBACK_DAYS)
        self.won *= 1.0 - FORGETS_A_DAY
        self.won_on[day] = self.won
        self._therapist(day)
        rng = self._lots(day, WHO_COMES)
        complaints = [one for one in self.person.complaints if one.days_ago == (self.today - day).days]
        habits = self.person.habits
        often = habits.sessions_a_week / 7 / (1 + habits.twice) * self._factor("practises", weeks_ago)
        drawn, second = float(rng.uniform()), float(rng.uniform()) < habits.twice
        today = is_for(self.prescriptions[-1], day) and drawn < often
        if day > self.last or not (today or day == self.first or complaints):
            return
        start = self._at(day, max(habits.hour + float(rng.normal(0.0, 0.6)), 7.2))
        self._sit(day, start, self._lots(day, FIRST_SESSION), next(iter(complaints), None))
        if second and not complaints:
            later = self._at(day, min(max(habits.hour + 5.0, 15.0) + float(rng.normal(0.0, 0.8)), 22.0))
            self._sit(day, later, self._lots(day, SECOND_SESSION), None)

    def _factor(self, name: str, weeks_ago: float) -> float:
        factor = 1.0
        for spell in self.person.spells:
            if spell.to_weeks_ago < weeks_ago <= spell.from_weeks_ago:
                factor *= getattr(spell, name)
        return factor

    def _at(self, day: date, hour: float) -> datetime:
        return datetime.combine(day, time(), self.zone) + timedelta(seconds=round(hour * 3600))

    def _lots(self, day: date, number: int) -> np.random.Generator:
        """Lots for a part of a day, by how long ago it is: on whatever day it is told, the story is the same."""
        ago = (self.today - day).days
        return np.random.default_rng([self.seed, crc32(self.person.name.encode()), ago, number])

    @property
    def _recorded(self) -> Side | None:
        return self.person.face.affected if self.person.affected_known else None

    # --- what is prescribed

    def _prescribe(self, prescription: Prescription) -> None:
        before = (
            {item.card: item.level for item in self.prescriptions[-1].items} if self.prescriptions else {}
        )
        for item in prescription.items:
            if before.get(item.card) != item.level:
                self.outings[item.card] = []
        self.prescriptions.append(prescription)

    def _therapist(self, day: date) -> None:
        """What the therapist changes on this day: what was planned for it, else the steps that wait."""
        now = self._at(day, 6.8)
        ago = (self.today - day).days
        for change in self.person.changes:
            if round(change.weeks_ago * 7) == ago and day > self.first:
                update = {"created_at": now, "author": THERAPIST, "items": change.items}
                update |= {"programme": change.programme} if change.programme else {}
                update |= {"stage": change.stage} if change.stage else {}
                self._prescribe(self.prescriptions[-1].model_copy(update=update))
                return
        due = day > self.first and (day - self.first).days % (7 * self.person.review_weeks) == 0
        if due and day <= self.last and ago >= self.person.reviewed_until_weeks_ago * 7:
            self._step(self._proposals(), THERAPIST, now)

    def _step(self, proposals: Mapping[int, Proposal], author: str, now: datetime) -> None:
        if not proposals:
            return
        latest = self.prescriptions[-1]
        items = tuple(
            levels.stepped(item, proposals[number].to_level) if number in proposals else item
            for number, item in enumerate(latest.items)
        )
        self._prescribe(latest.model_copy(update={"items": items, "author": author, "created_at": now}))

    def _proposals(self) -> dict[int, Proposal]:
        found = {}
        for number, item in enumerate(self.prescriptions[-1].items):
            exercise = self.library.exercises[item.card]
            if not levels.has_levels(exercise):
                continue
            asked = levels.asks_evenness(exercise, item.level)
            proposal = levels.propose(item.level, self.outings.get(item.card, []), evenness_asked=asked)
            if proposal is not None:
                found[number] = proposal
        return found

    def ranges(self) -> Mapping[str, Range]:
        """The comfortable ranges as they are known by now."""
        tested = [Measured(test.started_at.date(), test.repetitions) for test in self.tests]
        return {str(name): own for name, own in ranges(tested, self._recorded).items()}

    # --- what is done

    def _sit(self, day: date, start: datetime, rng: np.random.Generator, complaint: Complaint | None) -> None:
        self._step(
            {n: p for n, p in self._proposals().items() if p.by_itself}, COACH, start - timedelta(seconds=90)
        )
        before = self._answers(day, rng)
        if complaint is not None and not complaint.during:
            before = replace(before, **complaint.answers)  # type: ignore[arg-type]  # each is checked as it is set
        if self._range_wanted(day) and comfort.verdict(before).go:
            self._find_range(day, start - timedelta(minutes=10), rng)
        sitting = _Sitting(self, day, start, rng, before)
        sat = sitting.through(complaint if complaint is not None and complaint.during else None)
        self.sessions.append(sat)
        self._remember(day, sat)

    def _remember(self, day: date, sat: Sat) -> None:
        """What the levels are judged by, and what was learnt."""
        risen = None if sat.feelings is None else comfort.rise(sat.comfort, sat.feelings)
        items = {item.card: item for item in self.prescriptions[sat.prescription].items}
        for one in sat.practices:
            card = one.exercise.id
            self.first_on.setdefault(card, day)
            if one.assignment.is_check:
                self.checked_on[card] = day
            elif one.repetitions:
                self.outings[card].append(
                    Outing.of(
                        day=day,
                        session=sat.started_at.isoformat(),
                        hold_wanted=items[card].hold_seconds or one.exercise.dose.hold_seconds,
                        repetitions=one.repetitions,
                        tightness_rise=None if risen is None else risen.tightness,
                        pain_rise=None if risen is None else risen.pain,
                    )
                )
        if sat.practices:
            learns = self._factor("learns", (self.today - day).days / 7)
            self.won += (1.0 - self.won) * learns / self.person.learn_sessions

    def _range_wanted(self, day: date) -> bool:
        wanted = any(
            exercise.target is not None and exercise.target.unit == "mm" and item.level > 1
            for item in self.prescriptions[-1].items
            for exercise in (self.library.exercises[item.card],)
        )
        return wanted and (not self.tests or stale(self.tests[-1].started_at.date(), day))

    def _find_range(self, day: date, start: datetime, rng: np.random.Generator) -> None:
        exercise = self.library.exercises[RANGE_CARD]
        assignment = levels.assignment_of(Item(card=RANGE_CARD), exercise, self.ranges())
        done = self.practise(day, exercise, assignment, rng)
        self.tests.append(
            written(exercise, assignment, start, done, "finished" if done.finished else "stopped")
        )

    def practise(
        self,
        day: date,
        exercise: Exercise,
        assignment: Assignment,
        rng: np.random.Generator,
        tired: float = 0.0,
        enough_after: int | None = None,
    ) -> Done:
        """One practice as it stands with the person on that day, which is a little different from the next."""
        severity = severity_on(self.person, self.won, self.today, day)
        today = self._lots(day, OF_THE_DAY)
        severity = replace(
            severity,
            later=severity.later + float(today.normal(0.0, 0.015)),
            gain=severity.gain * float(today.lognormal(0.0, 0.1)),
        )
        key = exercise.id, assignment.level
        done = practise(
            Plan.of(exercise, self.library.patterns, self._recorded, assignment),
            self.person,
            severity,
            self.library.patterns,
            rng,
            won=self.won,
            tired=tired,
            dared=self.dared.get(key, 1.0),
            traced=day >= self.traced_from,
            enough_after=enough_after,
        )
        self.dared[key] = done.dared
        return done

    def _answers(self, day: date, rng: np.random.Generator) -> Answers:
        usual = self.person.comfort
        tone = severity_on(self.person, self.won, self.today, day).tone
        return Answers(
            eyes=(),
            new_signs=(),
            muscles=(),
            pain=_on_scale(rng.normal(usual.pain, 0.6), comfort.PAIN_LIMIT),
            tightness=_on_scale(rng.normal(usual.tightness * (0.4 + 0.6 * tone), 0.8)),
        )


class _Sitting:
    """One session under way; `clock` is how late it is in it."""

    def __init__(
        self, living: _Living, day: date, start: datetime, rng: np.random.Generator, before: Answers
    ) -> None:
        self.living, self.day, self.start, self.rng, self.before = living, day, start, rng, before
        self.clock = start
        self.practices: list[Practised] = []
        self.steps: list[str] = ["comfort"]
        known = [(item, living.library.exercises[item.card]) for item in living.prescriptions[-1].items]
        fit = session.fit([(card, levels.assignment_of(item, card, {})) for item, card in known])
        self.planned = known[: len(fit.kept)]
        self.used_seconds = 0.0

    def through(self, complaint: Complaint | None) -> Sat:
        """From the comfort check to the feelings, or to wherever it ends."""
        if not comfort.verdict(self.before).go:
            return self._over("safety")
        rng, habits = self.rng, self.living.person.habits
        leaves = float(rng.uniform()) < habits.breaks_off
        leaves_at = int(rng.integers(1, len(self.planned) + 1)) if leaves else 0
        for step in session.steps([card for _, card in self.planned])[1:-1]:
            if session.time_is_up(self.used_seconds) and step.kind in ("exercise", "felt", "blink"):
                continue
            if step.kind == "exercise" and step.item is not None:
                self._exercise(step.item, 1 if step.item == leaves_at else None)
                if step.item == leaves_at:
                    return self._left(silently=float(rng.uniform()) < 0.3)
                if complaint is not None:
                    self.clock += timedelta(seconds=20)
                    again = replace(self.before, **complaint.answers)  # type: ignore[arg-type]
                    return replace(self._over("safety"), comfort_again=again)
            elif step.kind == "felt":
                self.clock += timedelta(seconds=float(rng.uniform(3, 9)))
            elif step.kind == "feelings":
                self.clock += timedelta(seconds=float(rng.uniform(12, 30)))
            else:
                skipped = rng.uniform() < 0.12
                self.clock += timedelta(seconds=3.0 if skipped else (step.seconds or 0.0) + 1.0)
            self.steps.append(step.key)
        return replace(self._over("finished"), feelings=self._feelings())

    def _left(self, *, silently: bool) -> Sat:
        """Stopped for now; or the browser was closed, and nothing says so."""
        last = self.practices[-1]
        if silently and last.exercise.judged != "nothing":
            self.practices[-1] = replace(last, ending=None, judged_share=None, felt=None)
        return self._over(None if silently else "stopped")

    def _over(self, ending: SessionEnding | None) -> Sat:
        return Sat(
            len(self.living.prescriptions) - 1,
            self.start,
            self.clock + timedelta(seconds=5),
            ending,
            self.before,
            tuple(self.steps),
            tuple(self.practices),
        )

    def _exercise(self, number: int, enough_after: int | None) -> None:
        item, exercise = self.planned[number - 1]
        self.clock += timedelta(seconds=float(self.rng.uniform(4, 15)))
        check = self._is_check(number)
        assignment = levels.assignment_of(item, exercise, self.living.ranges(), check=check, index=number)
        if exercise.judged == "nothing":
            seconds = session.estimate_seconds(exercise, assignment)
            practised = Practised(
                exercise, assignment, self.clock, self.clock + timedelta(seconds=seconds), "finished"
            )
        else:
            tired = min((number - 1) / 4, 1.0)
            done = self.living.practise(self.day, exercise, assignment, self.rng, tired, enough_after)
            practised = written(
                exercise, assignment, self.clock, done, "finished" if done.finished else "stopped"
            )
            practised = replace(practised, felt=self._felt(practised))
        self.practices.append(practised)
        self.clock = practised.ended_at
        self.used_seconds += (practised.ended_at - practised.started_at).total_seconds()

    def _is_check(self, number: int) -> bool:
        """The first measured exercise is the one that is done once a week without help."""
        measured = [n for n, (_, card) in enumerate(self.planned, 1) if card.judged == "movement"]
        item, exercise = self.planned[number - 1]
        first = self.living.first_on.get(exercise.id)
        if measured[:1] != [number] or first is None:
            return False
        last = self.living.checked_on.get(exercise.id)
        return levels.check_due(last, first, self.day, level=item.level)

    def _felt(self, practised: Practised) -> tuple[FeltArea, ...] | None:
        """What was felt to join in: mostly some of what did, and now and then nothing is known."""
        if not practised.repetitions or self.rng.uniform() < 0.06:
            return None
        joined = {unwanted.pattern for one in practised.repetitions for unwanted in one.unwanted}
        felt: list[FeltArea] = []
        for area, patterns, without in (
            ("chin", {"chin"}, 0.03),
            ("neck", {"platysma"}, 0.05),
            ("cheek", {"cheek-lift", "cheek-nlf", "oral-ocular-narrow"}, 0.05),
        ):
            if self.rng.uniform() < (0.55 if joined & patterns else without):
                felt.append(area)  # type: ignore[arg-type]  # one of the three above
        return tuple(felt)

    def _feelings(self) -> Feelings:
        rng, usual = self.rng, self.living.person.comfort
        easier = 1.0 - 0.3 * self.living.won
        return Feelings(
            tightness=_on_scale(self.before.tightness + rng.normal(-0.4, 0.7)),
            effort=_on_scale(rng.normal(usual.effort * easier, 0.7)),
            eye_comfort=_on_scale(rng.normal(usual.eyes, 0.9)),
            pain=_on_scale(self.before.pain + rng.normal(0.0, 0.4), comfort.PAIN_LIMIT),
        )


def written(
    exercise: Exercise, assignment: Assignment, started_at: datetime, done: Done, ending: Ending
) -> Practised:
    """A practice as it goes into the log."""
    return Practised(
        exercise,
        assignment,
        started_at,
        started_at + timedelta(seconds=round(done.seconds, 2)),
        ending,
        done.judged_share,
        done.repetitions,
        done.traces,
    )


def _on_scale(value: float, most: int = comfort.LARGEST) -> int:
    return min(max(round(float(value)), 0), most)
