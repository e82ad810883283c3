"""Who is practising, of the people of one computer at home: the browser remembers it until the day is over.

It is no sign-in: at home all profiles are open to whoever sits there, and in a clinic it says nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta, tzinfo

from starlette.requests import Request
from starlette.responses import Response

from coach import CoachError
from pages import entry, rooms

NAME = "/practising"

_log = logging.getLogger(__name__)


def here() -> tzinfo | None:
    """The time zone of this computer, which is the one that is practised at."""
    return datetime.now().astimezone().tzinfo


def practising(request: Request) -> Response:
    """Remember `profile`; without it, or where there is nobody of that uid, remember nobody."""
    if rooms.mode().clinic:
        return Response(status_code=404)
    try:
        people = {one.uid for one in rooms.records().patients()}
    except CoachError as error:
        _log.warning("It could not be looked up who practises here: %s", error)
        return Response(status_code=503)
    answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
    wanted = request.query_params.get("profile")
    secure = request.url.scheme == "https"
    if wanted not in people:
        answer.delete_cookie(entry.REMEMBERED, path="/", httponly=True, samesite="strict", secure=secure)
        return answer
    now = rooms.now().astimezone(here())
    over = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    answer.set_cookie(
        entry.REMEMBERED,
        wanted,
        max_age=int((over - now).total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=secure,
    )
    return answer
