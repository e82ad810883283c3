"""What stands beside the practice in a demonstration: history, treatments, assessments and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from coach.clinic import assessed
from coach.clinic.entries import SHEETS, Entry
from coach.demo.life import Life
from coach.demo.people import THERAPIST
from coach.demo.person import Note, Person
from coach.demo.standing import severity_on, toxin
from coach.records import Records
from coach.records.care_history import History

SEEN_AFTER_DAYS = 3  # what is older has been seen by the therapist, though not always done
ANSWERED_AFTER = timedelta(hours=26)
EXPRESSIONS = ("brow", "eye", "smile", "snarl", "pucker")

Answers = Mapping[str, object]


def keep_care(records: Records, uid: str, life: Life, today: date, zone: tzinfo) -> None:
    """Write down what a therapist would have entered for this person, and what the two wrote to each other."""
    person = life.person
    _keep_history(records, uid, life)
    first = life.began.date()
    _keep_treatments(records, uid, person, first, today, zone)
    for note in person.notes:
        if today - timedelta(days=note.days_ago) >= first:
            _keep_note(records, uid, person, note, today, zone)
    _keep_assessments(records, uid, life, today, zone)


def _keep_history(records: Records, uid: str, life: Life) -> None:
    past = life.person.past
    onset = life.began.date() - timedelta(weeks=past.onset_weeks_before)
    history = History(
        cause=past.cause,
        onset=onset,
        contraindications=past.contraindications,
        leave_out=past.leave_out,
    )
    records.keep_history(uid, history, THERAPIST, life.began)


def _keep_treatments(
    records: Records, uid: str, person: Person, first: date, today: date, zone: tzinfo
) -> None:
    """Injections also from before the first practice, because they may still be felt; visits since."""
    for injection in person.injections:
        day = _ago(today, injection.weeks_ago)
        records.add_treatment(
            uid,
            "botulinum_toxin",
            day,
            THERAPIST,
            _at(day, 17.0, zone),
            sites=injection.sites,
            dose_text=injection.dose,
        )
    for visit in person.visits:
        day = _ago(today, visit.weeks_ago)
        if day < first:
            continue
        records.add_treatment(uid, visit.kind, day, THERAPIST, _at(day, 17.0, zone), note=visit.words)


def _keep_note(records: Records, uid: str, person: Person, note: Note, today: date, zone: tzinfo) -> None:
    written = _at(today - timedelta(days=note.days_ago), 13.2, zone)
    kept = records.write_note(
        uid,
        "patient",
        person.name,
        note.words,
        written,
        kind="appointment" if note.asks else "note",
        preferred_times=note.asks,
    )
    if note.answer is not None:
        answered = written + ANSWERED_AFTER
        records.mark_done(kept.uid, uid, THERAPIST, answered)
        records.write_note(uid, "therapist", THERAPIST, note.answer, answered)
    elif note.days_ago > SEEN_AFTER_DAYS:
        records.mark_seen(kept.uid, uid, THERAPIST, written + timedelta(hours=20))


# --- assessments


def _keep_assessments(records: Records, uid: str, life: Life, today: date, zone: tzinfo) -> None:
    for weeks_ago in life.person.assessed_weeks_ago:
        day = _ago(today, weeks_ago)
        if day not in life.won:
            continue
        for sheet, answers in sheets(life, today, day):
            entry = Entry.of(SHEETS[sheet], answers)
            assessed.keep(records, uid, entry, day, THERAPIST, _at(day, 17.5, zone))


def sheets(life: Life, today: date, day: date) -> Iterator[tuple[str, Answers]]:
    """What would be entered on a day: the sheets by their ids, and their answers."""
    person, won = life.person, life.won[day]
    left = (1.0 - 0.75 * won) * (1.0 - 0.8 * toxin(person.injections, today, day))
    yield "sunnybrook", sunnybrook(person, won, left, today, day)
    yield "house_brackmann", {"step": "II" if won > 0.6 else "III"}
    yield "fdi", facial_disability(won, person.comfort.tightness)
    yield "saq", {"total": min(round(25 + 6 * sum(person.rated.values()) * left, 1), 100.0)}


def sunnybrook(person: Person, won: float, left: float, today: date, day: date) -> Answers:
    """The sheet of somebody of whose joining in a share `left` (0 to 1) is left."""
    face, severity = person.face, severity_on(person, won, today, day)
    difference = (face.healthy_gap_mm - face.affected_gap_mm) * severity.tone
    corner = face.corner_height_mm * severity.tone
    answers: dict[str, object] = {
        "rest_eye": "narrow" if difference > 0.6 else "wide" if difference < -0.2 else "normal",
        "rest_cheek": "normal" if severity.tone < 0.75 else "less" if difference < -0.2 else "more",
        "rest_mouth": "drooped" if corner > 1.0 else "pulled" if corner < -0.8 else "normal",
    }
    for expression in EXPRESSIONS:
        worse = min(person.rated.get(expression, 0), 3)
        answers[f"move_{expression}"] = (
            5 if severity.evenness > 0.93 and not worse else 4 if severity.evenness > 0.8 else 3
        )
        answers[f"synkinesis_{expression}"] = round(worse * left)
    return answers


def facial_disability(won: float, tightness: float) -> Answers:
    """The FDI of somebody who has won so much, and feels so tight."""
    well = round(3.4 + 1.6 * won - 0.1 * tightness)
    calm = min(max(round(3.6 + 2.2 * won - 0.15 * tightness), 1), 6)
    return {
        "eating": min(max(well, 1), 5),
        "drinking": min(max(well + 1, 1), 5),
        "speaking": min(max(well, 1), 5),
        "eye": min(max(well - 1, 1), 5),
        "rinsing": min(max(well, 1), 5),
        "calm": calm,
        "withdrawn": calm,
        "irritable": min(calm + 1, 6),
        "sleep": calm,
        "outings": calm,
    }


# --- days


def _ago(today: date, weeks: float) -> date:
    return today - timedelta(days=round(7 * weeks))


def _at(day: date, hour: float, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone) + timedelta(seconds=round(hour * 3600))
