"""One person's day, read from the log: what is planned, what is done, and whether practice is wise now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property

from coach import comfort, levels, progression, session
from coach.assignment import Assignment
from coach.calibration import RANGE_CARD, Measured, Range, ranges, stale
from coach.clinic.adherence import is_for
from coach.comfort import Answers, Feelings, Verdict
from coach.exercise import Exercise, TargetMovement
from coach.library import Library
from coach.prescription import COACH, Item, Prescription
from coach.progression import Outing, Proposal
from coach.records import Patient, PracticeRecord, Records, SessionRecord

Planned = tuple[Item, Exercise]

LOOKED_BACK = timedelta(weeks=10)
"""What a day goes by lies nearer: three sessions of a level, a week's check, five weeks of the calendar."""


@dataclass(frozen=True)
class Change:
    """An exercise that went to another level."""

    exercise: Exercise
    before: int
    after: int

    @property
    def words(self) -> str:
        """What changes, for the person."""
        level = levels.LEVELS[self.after]
        if self.after > self.before:
            return f"{self.exercise.name} has become soft and quiet. {level.up}"
        return f"{self.exercise.name}: one step softer lets it settle. {level.down}"


@dataclass(frozen=True)
class Day:
    """What the log says about one person now; `now` is in their own zone, so it says which day it is."""

    records: Records
    library: Library
    patient: Patient
    now: datetime

    @cached_property
    def prescriptions(self) -> tuple[Prescription, ...]:
        """All versions of what is prescribed, the newest first."""
        return tuple(self.records.prescriptions(self.patient.uid))

    @cached_property
    def sessions(self) -> tuple[SessionRecord, ...]:
        """All sessions, the newest first."""
        return tuple(self.records.sessions(self.patient.uid))

    @cached_property
    def practices(self) -> tuple[PracticeRecord, ...]:
        """The practices of the last weeks, the newest first: after a year all of them would be many."""
        return tuple(self.records.practices(self.patient.uid, since=self.now - LOOKED_BACK))

    @property
    def zone(self) -> tzinfo | None:
        """The person's own."""
        return self.now.tzinfo

    @property
    def prescription(self) -> Prescription | None:
        """What is prescribed now; None before the first visit is over."""
        return next(iter(self.prescriptions), None)

    def version(self, uid: str | None) -> Prescription | None:
        """An earlier version, as a session was begun with it."""
        return next((version for version in self.prescriptions if version.uid == uid), None)

    @cached_property
    def ranges(self) -> Mapping[TargetMovement, Range]:
        """The person's own comfortable ranges."""
        tests = [
            Measured(self.day_of(record.started_at), record.repetitions)
            # of two on one day the later one holds
            for record in reversed(self.records.practices(self.patient.uid, card=RANGE_CARD))
        ]
        return ranges(tests, self.patient.affected)

    @property
    def range_wanted(self) -> str | None:
        """Why the comfortable range is to be found: "first" or "again"; None where nothing of it is needed."""
        movements = {
            exercise.target.movement
            for item, exercise in self.known(self.prescription)
            if exercise.target is not None and exercise.target.unit == "mm" and item.level > 1
        }
        if RANGE_CARD not in self.library.exercises or not movements:
            return None
        if not self.ranges:
            return "first"
        last = max(own.day for own in self.ranges.values())
        return "again" if stale(last, self.now.date()) else None

    def known(self, prescription: Prescription | None) -> list[Planned]:
        """The items of a prescription whose cards are there."""
        cards = self.library.exercises
        items = prescription.items if prescription else ()
        return [(item, cards[item.card]) for item in items if item.card in cards]

    def missing(self, prescription: Prescription) -> list[str]:
        """The cards of a prescription that are not there any more, or cannot be read."""
        return [item.card for item in prescription.items if item.card not in self.library.exercises]

    def planned(self, prescription: Prescription | None) -> tuple[list[Planned], session.Fit]:
        """What of a prescription goes into one session, and how long that takes."""
        known = self.known(prescription)
        fit = session.fit([(exercise, whole(item, exercise)) for item, exercise in known])
        kept = zip(known, fit.kept, strict=False)
        return [(_as_kept(item, exercise, fitted), exercise) for (item, exercise), (_, fitted) in kept], fit

    @property
    def open_session(self) -> SessionRecord | None:
        """The session that can be gone on with; only the newest one can."""
        newest = next(iter(self.sessions), None)
        return newest if newest is not None and is_open(newest, self.now) else None

    @cached_property
    def today(self) -> tuple[PracticeRecord, ...]:
        """What was practised today."""
        return tuple(record for record in self.practised if self.is_today(record.started_at))

    @cached_property
    def practised(self) -> tuple[PracticeRecord, ...]:
        """What was truly practised: what was only opened is no practice."""
        return tuple(record for record in self.practices if record.repetitions or record.ending == "finished")

    @property
    def minutes_today(self) -> int:
        """Whole minutes of today's practices."""
        return round(sum(record.seconds or 0.0 for record in self.today) / 60)

    @property
    def sessions_today(self) -> int:
        """How many sessions had a practice today."""
        return len({record.session_uid for record in self.today if record.session_uid})

    @property
    def allowance(self) -> session.Allowance:
        """Whether one more session today is wise."""
        began: dict[str | None, list[datetime]] = {}
        for record in self.practised:
            began.setdefault(record.session_uid, []).append(record.started_at)
        sittings = [session.Sitting(tuple(began.get(one.uid, ())), one.ended_at) for one in self.sessions]
        planned = self.prescription.sessions_per_day if self.prescription else 2
        return session.allowed(sittings, self.now, planned)

    @property
    def is_day_of_rest(self) -> bool:
        """Whether what is prescribed is for other days of the week; whoever wishes to practise may all the same."""
        return self.prescription is not None and not is_for(self.prescription, self.now.date())

    @property
    def held_back(self) -> Verdict | None:
        """The advice that today's latest comfort check ended in; None where practice may begin."""
        latest = max(
            (one for one in self.sessions if one.comfort_at and self.is_today(one.comfort_at)),
            key=lambda one: one.comfort_at or one.started_at,
            default=None,
        )
        return None if latest is None else advice(latest)

    @property
    def therapist_is_to_know(self) -> bool:
        """Whether pain or tightness has come up on more than one day of late."""
        days = [
            self.day_of(one.comfort_at or one.started_at)
            for one in self.sessions
            if (before := answers(one)) is not None
            and (comfort.is_pain_day(before, feelings(one)) or _ended_by_rise(one))
        ]
        return comfort.pain_repeats(days, self.now.date())

    def proposals(self) -> list[tuple[int, Exercise, Proposal]]:
        """The steps to another level that are due, with the number of their item in the prescription, from 0."""
        found = []
        for number, item in enumerate(self.prescription.items if self.prescription else ()):
            exercise = self.library.exercises.get(item.card)
            if exercise is None or not levels.has_levels(exercise):
                continue
            proposal = progression.due(
                item, exercise, self.outings(item, exercise), self.prescriptions, self.now
            )
            if proposal is not None:
                found.append((number, exercise, proposal))
        return found

    def changes(self) -> list[Change]:
        """What the coach has changed by itself since the last session began."""
        since = max((one.started_at for one in self.sessions), default=None)
        told = []
        for now, before in zip(self.prescriptions, self.prescriptions[1:], strict=False):
            if now.author != COACH or (since is not None and now.created_at <= since):
                break
            earlier = {item.card: item.level for item in before.items}
            told += [
                Change(self.library.exercises[item.card], earlier[item.card], item.level)
                for item in now.items
                if item.card in self.library.exercises and earlier.get(item.card, item.level) != item.level
            ]
        return told

    def check_due(self, item: Item, exercise: Exercise) -> bool:
        """Whether this exercise is practised once without help."""
        days = [(self.day_of(r.started_at), r.is_check) for r in self.practised if r.card_id == exercise.id]
        if not days or exercise.judged != "movement":
            return False
        last = max((day for day, is_check in days if is_check), default=None)
        first = min(day for day, _ in days)
        return levels.check_due(last, first, self.now.date(), level=item.level)

    def is_today(self, at: datetime) -> bool:
        """Whether a moment was on this day."""
        return self.day_of(at) == self.now.date()

    def day_of(self, at: datetime) -> date:
        """The person's own day of a moment."""
        return at.astimezone(self.zone).date()

    def outings(self, item: Item, exercise: Exercise) -> list[Outing]:
        """The practices of a card in sessions since it came to its present level, the oldest first."""
        began = None
        for version in self.prescriptions:
            if item.level not in [other.level for other in version.items if other.card == item.card]:
                break
            began = version.created_at
        by_uid = {one.uid: one for one in self.sessions}
        outings = []
        for record in reversed(self.practices):
            sitting = by_uid.get(record.session_uid or "")
            if (
                sitting is None
                or record.card_id != item.card
                or record.level != item.level
                or record.is_check
                or not record.repetitions
                or (began is not None and record.started_at < began)
                or (item.stayed_on is not None and self.day_of(record.started_at) <= item.stayed_on)
            ):
                continue
            risen = rise(sitting)
            outings.append(
                Outing.of(
                    day=self.day_of(record.started_at),
                    session=sitting.uid,
                    hold_wanted=item.hold_seconds or exercise.dose.hold_seconds,
                    repetitions=record.repetitions,
                    tightness_rise=None if risen is None else risen.tightness,
                    pain_rise=None if risen is None else risen.pain,
                )
            )
        return outings


def settle(day: Day) -> Day:
    """Take the steps that are due by themselves, as a new version; gives back the day as it is then."""
    if day.prescription is None or day.open_session is not None:
        return day
    due = {number: proposal for number, _, proposal in day.proposals() if proposal.by_itself}
    if not due:
        return day
    items = tuple(
        levels.stepped(item, due[number].to_level) if number in due else item
        for number, item in enumerate(day.prescription.items)
    )
    day.records.prescribe(
        day.patient.uid,
        day.prescription.model_copy(update={"items": items, "author": COACH, "created_at": day.now}),
    )
    return Day(day.records, day.library, day.records.patient(day.patient.uid), day.now)


def whole(item: Item, exercise: Exercise) -> Assignment:
    """An item with its whole dose, as it is planned and counted."""
    return levels.assignment_of(item, exercise, {})


def _as_kept(item: Item, exercise: Exercise, kept: Assignment) -> Item:
    """An item as it fits into a session: one that is too long by itself is done fewer times."""
    if kept.repetitions is None or kept.repetitions >= levels.planned(item, exercise):
        return item
    times = max(1, kept.repetitions // max(len(exercise.tasks), 1))
    return item.model_copy(update={"repetitions": times})


def is_open(one: SessionRecord, now: datetime) -> bool:
    """Whether a session can be gone on with."""
    return one.ending in (None, "stopped") and session.resumable(one.started_at, now)


def answers(one: SessionRecord) -> Answers | None:
    """What was answered to a session's comfort check; None where it cannot be read."""
    try:
        return Answers.of_json(one.comfort)
    except ValueError:
        return None


def feelings(one: SessionRecord) -> Feelings | None:
    """How a session felt; None where it was not asked or cannot be read."""
    try:
        return Feelings.of_json(one.feelings)
    except ValueError:
        return None


def rise(one: SessionRecord) -> comfort.Rise | None:
    """By how much tightness and pain went up in a session; None: not answered."""
    before, after = answers(one), feelings(one)
    return None if before is None or after is None else comfort.rise(before, after)


def advice(one: SessionRecord) -> Verdict | None:
    """What a session's answers say about further practice on its day; None: it may go on."""
    given = answers(one)
    if given is None:
        return None
    found = comfort.verdict(given)
    after = feelings(one)
    hurts = after is not None and (
        after.pain > comfort.PAIN_LIMIT or comfort.rise(given, after).pain >= comfort.RISE
    )
    if found.go and (hurts or _ended_by_rise(one)):
        # What has risen ends a session as pain does.
        return comfort.verdict(replace(given, pain=comfort.LARGEST))
    return None if found.go else found


def _ended_by_rise(one: SessionRecord) -> bool:
    """Whether it was ended by what had risen since its start: the answers that are kept then lead on by themselves."""
    given = answers(one)
    return one.ending == "safety" and given is not None and comfort.verdict(given).go


def done_today(day: Day, exercises: Iterable[Exercise]) -> set[str]:
    """The cards that were finished today."""
    wanted = {exercise.id for exercise in exercises}
    return {r.card_id for r in day.today if r.card_id in wanted and r.ending == "finished"}
