"""Fills a report from the log: one person, from one day to another, as it stands at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from coach.clinic.adherence import DAY, is_for, prescribed_minutes, valid_on
from coach.clinic.choice import CATEGORIES
from coach.clinic.glance import one_at_a_glance
from coach.clinic.report_around import AROUND_WORDS
from coach.clinic.report_courses import Courses
from coach.clinic.report_values import Assessed, Line, Open, Practised, Prescribed, ReportData, Week
from coach.clinic.scales import SCALES
from coach.clinic.sheet import Figure
from coach.clinic.story import Story
from coach.demo.marking import is_demo
from coach.exercise import Exercise
from coach.levels import LEVELS, assignment_of, has_levels
from coach.library import Library
from coach.prescription import COACH, Item, Prescription
from coach.records import PracticeRecord, Records, RecordsError, SessionRecord, telling
from coach.records.care_history import Assessment, Cause, Note

CAUSES: Mapping[Cause, str] = {
    "bells_palsy": "Bell's palsy",
    "ramsay_hunt": "Ramsay Hunt syndrome",
    "trauma": "injury",
    "other": "another cause",
}

CANNOT = (
    "What the camera cannot judge: the neck, fine dimpling of the chin, tightness without movement, and whatever was "
    "out of its sight, which is in no figure here.",
    "A quiet reading is not proof of a quiet face. Millimetres are about, and good for comparing a person only with "
    "themselves.",
)

_SENSITIVITIES = {"sensitive": "speaks up early", "lenient": "speaks up late"}


class NoSuchPatient(RecordsError):
    """There is nobody of that uid."""


def gather(
    records: Records, library: Library, patient_uid: str, first: date, last: date, now: datetime, by: str
) -> ReportData:
    """Everything on the two pages; `now` is in the zone whose days are meant, `by` is who asked for it.

    Raises:
        NoSuchPatient: there is nobody of that uid.
    """
    person = next((one for one in records.patients() if one.uid == patient_uid), None)
    if person is None:
        raise NoSuchPatient(f"There is nobody with the uid {patient_uid} in this log.")
    zone = now.tzinfo or timezone.utc
    over = min(datetime.combine(last + DAY, time(), zone), now)
    history = records.history(patient_uid)
    whole = Story.read(records, patient_uid, library.exercises, zone)
    story = replace(
        whole,
        practices=[one for one in whole.practices if one.started_at < over],
        sessions=[one for one in whole.sessions if one.started_at < over],
        prescriptions=[one for one in whole.prescriptions if one.created_at < over],
        treatments=[one for one in whole.treatments if one.day <= last],
    )
    versions, courses = story.prescriptions, Courses(story, library.patterns, first, last)
    within = [
        one
        for one in story.practices
        if _was_practised(one) and one.started_at.astimezone(zone).date() >= first
    ]
    began = min(
        at.astimezone(zone).date()
        for at in (
            person.created_at,
            *(one.started_at for one in story.practices[:1]),
            *(one.created_at for one in versions[:1]),
        )
    )
    notes = [one for one in records.notes(patient_uid) if one.done_at is None and one.sender == "patient"]
    return ReportData(
        name=person.name,
        record=person.uid,
        first=first,
        last=last,
        made_at=now,
        made_by=by,
        began=began,
        affected=person.affected,
        cause=CAUSES[history.cause] if history and history.cause else None,
        onset=history.onset if history else None,
        months_since_onset=history.months_since_onset(now.date()) if history else None,
        stage=_stage(versions),
        to_mind="; ".join([*history.contraindications, *filter(None, [history.leave_out])])
        if history
        else "",
        flags=_flags(records, library, patient_uid, now),
        prescribed=_prescribed(versions, library, zone),
        practised=_practised(within, story.sessions, versions, library, max(first, began), over, zone),
        onsets=courses.onsets(),
        onset_words=courses.onset_words(),
        pictures=courses.pictures(),
        treated=courses.treated(),
        treated_words=AROUND_WORDS,
        assessed=_assessed(records.assessments(patient_uid), last),
        open=_open(reversed(notes), zone),
        engines=tuple(sorted({one.engine_version for one in within})),
        cards=_cards(within),
        cannot=CANNOT,
        demo=is_demo(records.engine.url.render_as_string(hide_password=False)),
    )


def _was_practised(record: PracticeRecord) -> bool:
    """What was only opened and left is no practice."""
    return bool(record.repetitions) or record.ending == "finished"


def _stage(versions: Sequence[Prescription]) -> str | None:
    stage = versions[-1].stage if versions else None
    return CATEGORIES[stage] if stage else None


def _flags(records: Records, library: Library, patient_uid: str, now: datetime) -> tuple[str, ...]:
    """The same as on the morning page, in the same order."""
    row = one_at_a_glance(records, library, patient_uid, now)
    return tuple(flag.words for flag in row.flags) if row else ()


# --- what was prescribed and what was done


def _prescribed(versions: Sequence[Prescription], library: Library, zone: tzinfo) -> Prescribed | None:
    if not versions:
        return None
    version = versions[-1]
    return Prescribed(
        version=version.version,
        day=version.created_at.astimezone(zone).date(),
        author="the coach, a step of level" if version.author == COACH else version.author,
        sessions_per_day=version.sessions_per_day,
        when=version.when or "",
        lines=tuple(_line(item, library.exercises.get(item.card)) for item in version.items),
    )


def _line(item: Item, exercise: Exercise | None) -> Line:
    if exercise is None:
        return Line(_named(item.card), "", "its card is not in the coach any more", f"level {item.level}")
    times = item.repetitions or exercise.dose.repetitions
    hold = item.hold_seconds or exercise.dose.hold_seconds
    often = "once" if times == 1 else f"{times} times"
    leveled = has_levels(exercise)
    parts = [f"level {item.level}" if leveled else "", _SENSITIVITIES.get(item.sensitivity, "")]
    return Line(
        name=exercise.name,
        dose=f"{often}, held {hold:g} s",
        band=_band(item, exercise) if leveled else "",
        level=" · ".join(part for part in parts if part),
    )


def _band(item: Item, exercise: Exercise) -> str:
    target = exercise.target
    if target is None or item.level == 1:
        return ""
    if target.unit != "mm":
        lids = assignment_of(item, exercise, {}).band or (target.low, target.high)
        return f"{lids[0]:g} to {lids[1]:g} % of the eye's opening"
    share = (item.share_low, item.share_high)
    low, high = (
        share if None not in share else LEVELS[item.level].share or (target.share_low, target.share_high)
    )
    return f"{low:g} to {high:g} % of the healthy side's range"


def _practised(
    within: Sequence[PracticeRecord],
    sessions: Sequence[SessionRecord],
    versions: Sequence[Prescription],
    library: Library,
    first: date,
    over: datetime,
    zone: tzinfo,
) -> Practised:
    start = datetime.combine(first, time(), zone)
    days = [record.started_at.astimezone(zone).date() for record in within]
    sat: dict[str, date] = {}
    for record, day in zip(within, days, strict=True):
        if record.session_uid is not None:
            sat.setdefault(record.session_uid, day)
    alone = sum(record.session_uid is None for record in within)
    planned = list(_planned(versions, first, over, zone))
    asked = sum(count for _, count in planned)
    minutes = sum(record.seconds or 0.0 for record in within) / 60
    wanted = prescribed_minutes(versions, library.exercises, start, over, zone)
    sentences = []
    if planned or within:
        on = f" on {_counted(len(set(days)), 'day')}" if days else ""
        of = f"; {asked} were prescribed" if planned else "; nothing was prescribed"
        sentences.append(f"{_counted(len(sat), 'session')}{on}{of}.")
        of = f"; {wanted:,.0f} were prescribed" if wanted is not None else ""
        sentences.append(f"{_counted(round(minutes), 'minute')} of practice{of}.")
    ended = _ended(sessions, first, zone)
    if alone:
        ended = [*ended, f"{_counted(alone, 'practice')} outside a session"]
    if ended:
        sentences.append(f"{telling.sentence_case(', '.join(ended))}.")
    if days:
        sentences.append(f"The last one was on {telling.long_day(max(days))}.")
    last = (over - timedelta.resolution).astimezone(zone).date()
    return Practised(tuple(sentences), tuple(_weeks(sat.values(), planned, first, last)))


def _planned(
    versions: Sequence[Prescription], first: date, over: datetime, zone: tzinfo
) -> Iterator[tuple[date, int]]:
    """The sessions each day asked for, by the version that held when it was over; a day not yet over asks for none."""
    day = first
    while datetime.combine(day + DAY, time(), zone) <= over:
        version = valid_on(versions, day, zone)
        if version is not None:
            yield day, version.sessions_per_day * is_for(version, day)
        day += DAY


def _weeks(
    sat: Iterable[date], planned: Sequence[tuple[date, int]], first: date, last: date
) -> Iterator[Week]:
    done = Counter(_monday(day) for day in sat)
    asked: dict[date, int] = {}
    for day, count in planned:
        asked[_monday(day)] = asked.get(_monday(day), 0) + count
    if not done and not asked:
        return
    monday = _monday(first)
    while monday <= last:
        yield Week(max(monday, first), done[monday], asked.get(monday))
        monday += 7 * DAY


def _ended(sessions: Sequence[SessionRecord], first: date, zone: tzinfo) -> list[str]:
    """How the sessions ended."""
    counts = Counter(one.ending for one in sessions if one.started_at.astimezone(zone).date() >= first)
    early = counts["stopped"] + counts[None]
    return [
        f"{count} {words}"
        for count, words in (
            (counts["finished"], "finished"),
            (early, "ended early or still open"),
            (counts["safety"], "stopped by the safety check"),
        )
        if count
    ]


# --- what people entered


def _assessed(assessments: Sequence[Assessment], last: date) -> tuple[Assessed, ...]:
    """The latest of each scale up to the last day, beside the one before it."""
    series: dict[str, list[Assessment]] = {}
    for one in assessments:
        if one.day <= last:
            for scale, total in one.totals.items():
                if scale in SCALES and total is not None:
                    series.setdefault(scale, []).append(one)
    return tuple(_compared(name, series[name]) for name in SCALES if name in series)


def _compared(name: str, filled_in: Sequence[Assessment]) -> Assessed:
    latest = filled_in[-1]
    figure = Figure(SCALES[name], latest.totals[name])
    if len(filled_in) == 1:
        return Assessed(figure.scale.name, latest.day, figure.words)
    before = filled_in[-2]
    earlier = Figure(SCALES[name], before.totals[name])
    change = figure.since(earlier)
    return Assessed(
        scale=figure.scale.name,
        day=latest.day,
        figure=figure.words,
        before_day=before.day,
        before=earlier.words,
        change=change.words if change else "",
    )


def _open(notes: Iterable[Note], zone: tzinfo) -> tuple[Open, ...]:
    return tuple(
        Open(
            day=note.created_at.astimezone(zone).date(),
            kind="asks for an appointment" if note.kind == "appointment" else "note",
            text=" ".join(part for part in ("; ".join(note.preferred_times), note.text) if part)
            or "no words",
        )
        for note in notes
    )


# --- words


def _cards(within: Sequence[PracticeRecord]) -> tuple[str, ...]:
    """The cards that were practised, with the versions they had."""
    versions: dict[str, dict[str, None]] = {}
    for record in within:
        versions.setdefault(record.card_name, {})[record.card_version[:6]] = None
    return tuple(f"{name} {' and '.join(found)}" for name, found in sorted(versions.items()))


def _named(card: str) -> str:
    return card.replace("-", " ").capitalize()


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
