"""The report for the file, on a route of its own: nothing of a patient goes through Streamlit's media store.

Whoever may not have it reads the same whether or not there is such a patient; a therapist reads that there is none.
"""

from __future__ import annotations

import logging
import re
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from coach import CoachError
from coach.clinic.access import NotAllowed, opens
from coach.clinic.door_html import APP, STYLE, page_of
from coach.clinic.headers import door_policy
from coach.clinic.report import report_pdf
from coach.clinic.report_gathering import NoSuchPatient, gather
from coach.clinic.who import COOKIE
from coach.line import address_of
from pages import entry, rooms

NAME = "/report"
PERIOD = timedelta(weeks=26)
"""What is printed without a word about it: as long as a programme runs (clinical.md 1.3, a proposal there)."""

_NOTHING = "There is no report here. Please open it from the patient's page."
_UID = re.compile(r"[0-9a-f]{32}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST = date(1900, 1, 1)
_KEPT_NOWHERE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# A PDF loads nothing; what is allowed is what browsers' own viewers show it with.
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"

_log = logging.getLogger(__name__)


def report(request: Request) -> Response:
    """The report of `patient`, as a PDF; `from` and `to` are days, `zone` is that of the reader's calendar.

    Not a coroutine, so that it is made beside the live practices and not in their way.
    """
    try:
        return _answer(request)
    except CoachError as error:
        _log.warning("A report could not be made: %s", error)
        return _say(503, "The report cannot be made at the moment. Please try again in a few minutes.")


def _answer(request: Request) -> Response:
    at = rooms.now()
    reception = entry.reception()
    address = address_of(request.scope)
    there = reception.who(request.cookies.get(COOKIE), at, address=address)
    wanted = _only(request, "patient")
    # What is no uid could be anything, and does not go on record.
    patient_uid = wanted if _UID.fullmatch(wanted) else None
    if patient_uid is None and opens(there, NAME):
        return _say(404, _NOTHING)
    try:
        there = reception.require(there, NAME, at, patient_uid=patient_uid, address=address)
    except NotAllowed:
        signed_in = there is not None and there.account_uid is not None
        way = ("/", "To the coach") if signed_in else ("/sign-in", "Sign in")
        return _say(403, "This report is for therapists, and you are not signed in as one.", way)
    assert patient_uid is not None  # without one nobody is let in
    now = at.astimezone(_zone(_only(request, "zone")))
    try:
        first, last = _period(_only(request, "from"), _only(request, "to"), now.date())
    except ValueError:
        return _say(
            400, "The days in this address cannot be read. They look like 2026-03-02, the earlier one first."
        )
    try:
        data = gather(rooms.records(), rooms.library(), patient_uid, first, last, now, there.name)
    except NoSuchPatient:
        return _say(404, _NOTHING)
    pdf = report_pdf(data)
    reception.note(
        "report_made", at, who=there.account_uid, whose=patient_uid, address=address, detail=f"{first} {last}"
    )
    name = (
        f"practice-{last}-{patient_uid[:8]}.pdf"  # a name of a person would stay behind in lists of downloads
    )
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            **_KEPT_NOWHERE,
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Security-Policy": _PDF_POLICY,
        },
    )


def _only(request: Request, name: str) -> str:
    """The value given for a name; none where there are two, which could be read either way."""
    given = request.query_params.getlist(name)
    return given[0] if len(given) == 1 else ""


def _period(first: str, last: str, today: date) -> tuple[date, date]:
    """The days asked for: up to today, and half a year if nothing is said; ValueError: they are none."""
    to = min(_day(last), today) if last else today
    since = max(_day(first), _EARLIEST) if first else max(to - PERIOD + timedelta(days=1), _EARLIEST)
    if since > to:
        raise ValueError("the period ends before it begins")
    return since, to


def _day(words: str) -> date:
    if not _DAY.fullmatch(words):  # Python 3.11 would read more than 3.10 does
        raise ValueError(f"{words!r} is no day")
    return date.fromisoformat(words)


def _zone(name: str) -> tzinfo:
    """The reader's time zone; else that of this computer."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return datetime.now().astimezone().tzinfo or ZoneInfo("UTC")


def _say(status: int, words: str, way: tuple[str, str] = ("/", "To the coach")) -> Response:
    """A plain page without a script that says what is so, and the way on."""
    return HTMLResponse(
        page_of(APP, [words], links=[way]),
        status,
        {**_KEPT_NOWHERE, "Content-Security-Policy": door_policy(STYLE)},
    )
