"""Who is practising, of the people of one computer at home: the browser remembers it until the day is over.

It is no sign-in: at home all profiles are open to whoever sits there, and in a clinic it says nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response

from coach import CoachError
from pages import entry, rooms

NAME = "/practising"

_log = logging.getLogger(__name__)


def practising(request: Request) -> Response:
    """Remember `profile`; without it, or where there is nobody of that uid, remember nobody."""
    if rooms.mode().clinic:
        return Response(status_code=404)
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return Response(status_code=403)  # the guard checks no GET, and this one changes a cookie
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
    now = rooms.now().astimezone()
    # The offset is that of the midnight, which a change of the clock may part from now's.
    over = datetime.combine(now.date() + timedelta(days=1), time()).astimezone()
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
