"""One session under way, read from the log: which step is next, and what is left of each exercise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from coach import levels, session
from coach.assignment import Assignment
from coach.exercise import Exercise
from coach.prescription import Item, Prescription
from coach.records import PracticeRecord, SessionRecord
from coach.session import Step
from pages.day import Day, Planned


@dataclass(frozen=True)
class Sitting:
    """A session on its day. Exercises are counted from 1, as in its steps."""

    day: Day
    record: SessionRecord

    @property
    def uid(self) -> str:
        """Its name in the log and in the address."""
        return self.record.uid

    @property
    def prescription(self) -> Prescription | None:
        """The version that it was begun with."""
        return self.day.version(self.record.prescription_uid)

    @cached_property
    def planned(self) -> list[Planned]:
        """Its exercises."""
        return self.day.planned(self.prescription)[0]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All of its steps."""
        return session.steps([exercise for _, exercise in self.planned])

    @cached_property
    def done(self) -> set[str]:
        """The keys of what is done, whether a page wrote it down or the practice itself did."""
        done = set(self.record.steps_done)
        for number in range(1, len(self.planned) + 1):
            key = Step("exercise", number).key
            if key not in done and self.left(number) == 0:
                done.add(key)
            if key in done and not self.repetitions(number):
                done.add(Step("felt", number).key)  # nothing was done that could be felt
        return done

    @cached_property
    def next(self) -> Step:
        """What comes now; the summary once all is done."""
        step = session.next_step(
            self.steps, self.done, self.record.comfort_at, self.day.now, self.used_seconds
        )
        return step or self.steps[-1]

    @property
    def place(self) -> str:
        """How far it has come, in words; what comes after an exercise belongs to it."""
        counted = [step.key for step in self.steps if step.kind not in ("felt", "blink", "summary")]
        now = Step("exercise", self.next.item).key if self.next.item else self.next.key
        number = counted.index(now) + 1 if now in counted else len(counted)
        return f"Step {number} of {len(counted)}"

    @property
    def used_seconds(self) -> float:
        """How long its exercises were practised so far."""
        return sum(record.seconds or 0.0 for record in self.practices)

    @property
    def time_is_up(self) -> bool:
        """Whether exercises are left out because the time is used up."""
        left = {step.key for step in self.steps if step.kind == "exercise"} - self.done
        return bool(left) and session.time_is_up(self.used_seconds)

    @cached_property
    def practices(self) -> tuple[PracticeRecord, ...]:
        """Its practices, the oldest first."""
        day = self.day
        return tuple(reversed(day.records.practices(day.patient.uid, session_uid=self.uid)))

    def of(self, number: int) -> list[PracticeRecord]:
        """The practices of one exercise, the oldest first."""
        card = self.planned[number - 1][1].id
        return [record for record in self.practices if record.item == number and record.card_id == card]

    def last(self, number: int) -> PracticeRecord | None:
        """The latest practice of an exercise in which anything was done."""
        return next((record for record in reversed(self.of(number)) if record.repetitions), None)

    def repetitions(self, number: int) -> int:
        """How many repetitions of an exercise are done."""
        return sum(len(record.repetitions) for record in self.of(number))

    def is_check(self, number: int) -> bool:
        """Whether an exercise is practised once without help: the first measured one, when its week is over."""
        begun = self.of(number)
        if begun:
            return any(record.is_check for record in begun)
        measured = [n for n, (_, exercise) in enumerate(self.planned, 1) if exercise.judged == "movement"]
        return measured[:1] == [number] and self.day.check_due(*self.planned[number - 1])

    def left(self, number: int) -> int:
        """How many repetitions of an exercise are left; those of a timer are left until it is done."""
        item, exercise = self.planned[number - 1]
        if any(record.ending == "finished" for record in self.of(number)):
            return 0
        whole = levels.planned(item, exercise, check=self.is_check(number))
        return session.remaining(whole, self.repetitions(number))

    def assignment(self, number: int) -> Assignment:
        """What is to be practised now of an exercise."""
        item, exercise = self.planned[number - 1]
        return levels.assignment_of(
            item,
            exercise,
            self.day.ranges,
            check=self.is_check(number),
            done=self.repetitions(number),
            session=self.uid,
            index=number,
            prescription=self.record.prescription_uid,
        )

    def exercise(self, number: int) -> Exercise:
        """The card of an exercise, with what of it is watched."""
        return as_watched(*self.planned[number - 1])

    def item(self, number: int) -> Item:
        """What is prescribed of an exercise."""
        return self.planned[number - 1][0]


def as_watched(item: Item, exercise: Exercise) -> Exercise:
    """The card as it is prescribed: an area that nobody watches is not drawn as one that stays quiet."""
    if item.watch is None:
        return exercise
    watched = tuple(watch for watch in exercise.watch if watch.pattern in item.watch)
    return exercise.model_copy(update={"watch": watched})
