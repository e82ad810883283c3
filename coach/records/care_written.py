"""What may be written down of a person's care, and how: everything else is refused with what would do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, cast

from coach.records.care_tables import AssessmentRow, RequestRow, TreatmentRow
from coach.records.faults import RecordsError
from coach.records.ledger import moment

LONGEST_NAME = 200
LONGEST_LINE = 200
LONGEST_TEXT = 4000
MOST_LINES = 40
LONGEST_ITEMS = 10_000  # letters of a scale's answers; the longest sheet has a few hundred

EARLIEST = date(1900, 1, 1)
AHEAD = timedelta(days=366)
"""A treatment may be planned so far ahead; a later day is a slip of the keys."""


def one_of(what: str, value: str, allowed: Iterable[str]) -> str:
    """One of a few words."""
    if value not in allowed:
        raise RecordsError(f"The {what} is {str(value)[:80]!r}; allowed: {', '.join(allowed)}.")
    return value


def a_day(what: str, day: date, earliest: date, latest: date) -> date:
    """A day within bounds."""
    if isinstance(day, datetime) or not earliest <= day <= latest:
        raise RecordsError(f"The {what} is {day}; allowed: a day from {earliest} to {latest}.")
    return day


def a_line(what: str, value: str, longest: int = LONGEST_LINE, *, required: bool = True) -> str:
    """One line, without blanks at its ends."""
    line = a_text(what, value, longest, required=required)
    if len(line.splitlines()) > 1:
        raise RecordsError(f"The {what} is {line[:80]!r}; allowed: one line.")
    return line


def some_lines(what: str, values: Iterable[str]) -> list[str]:
    """Some lines; none is empty, none comes twice."""
    if isinstance(values, str):
        raise RecordsError(f"The {what} are one text; allowed: a list of up to {MOST_LINES} lines.")
    lines = list(dict.fromkeys(a_line(what, value) for value in values))
    if len(lines) > MOST_LINES:
        raise RecordsError(f"The {what} are {len(lines)}; allowed: up to {MOST_LINES} lines.")
    return lines


def a_text(what: str, value: str, longest: int = LONGEST_TEXT, *, required: bool = True) -> str:
    """A text, without blanks at its ends and without signs that no keyboard has."""
    text = value.strip()
    least = 1 if required else 0
    if not least <= len(text) <= longest:
        raise RecordsError(f"The {what} has {len(text)} letters; allowed: {least} to {longest}.")
    if any((ord(sign) < 32 and sign not in "\n\r\t") or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise RecordsError(f"The {what} has signs in it that are no letters; allowed: plain text.")
    return text


def plain_json(what: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Plain JSON, whatever kind of mapping it came in."""
    try:
        letters = json.dumps(dict(given), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as fault:
        raise RecordsError(f"The {what} cannot be written down ({fault}).") from fault
    if len(letters) > LONGEST_ITEMS:
        raise RecordsError(f"The {what} have {len(letters)} letters; allowed: up to {LONGEST_ITEMS}.")
    return cast("dict[str, Any]", json.loads(letters))


def in_words(total: Fraction | int | None) -> str | None:
    """An exact number as words ("105/4"); a float could end up on the wrong side of a limit."""
    if total is not None and not isinstance(total, (Fraction, int)):
        raise RecordsError(f"A total is {total!r}; allowed: a whole number, a fraction, or None.")
    return None if total is None else str(Fraction(total))


def take_back(row: TreatmentRow | AssessmentRow | RequestRow, author: str, at: datetime) -> None:
    """Mark a row as withdrawn, by whom and when; once is for good."""
    by, when = a_line("author", author), moment(at)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = when, by
