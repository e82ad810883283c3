"""The doors: signing in and out, the first therapist, invitations, passwords; plain routes, no script, no framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from coach import CoachError
from coach.clinic.access import Who, opens
from coach.clinic.accounts import STAFF, Account, AccountRefused, Role
from coach.clinic.door_html import APP, STYLE, notice_page, page_of
from coach.clinic.door_pages import LATE, LATER, DoorPages
from coach.clinic.forms import FORM_COOKIE, STEP_HOLDS, FormOffice, FormRefused, Visit, filled_in
from coach.clinic.headers import door_policy
from coach.clinic.mode import Mode
from coach.clinic.sign_in import LIMITS, CodeNeeded, NotSignedIn, SignedIn
from coach.clinic.who import COOKIE, Reception
from coach.line import address_of

NOT_YET = 422  # understood, but something in it does not fit yet


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, or where to go on; with the cookie to set ("" takes it away), and how long the browser keeps it."""

    html: str = ""
    status: int = 200
    go_to: str | None = None
    cookie: str | None = None
    keep_seconds: int | None = None
    wait_seconds: int = 0


Handler = Callable[[Reception, Visit], Answer]


class Doors:
    """`reception` is asked anew each time: the doors stand before the database can be opened."""

    def __init__(
        self,
        mode: Mode,
        reception: Callable[[], Reception],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._mode, self._reception, self._now = mode, reception, now
        self._office = FormOffice(mode.secret)
        self._pages = DoorPages(self._office, mode.clinic)

    def routes(self) -> list[Route]:
        """The routes, to be mounted at the root."""
        doors: dict[str, tuple[Handler, Handler]] = {
            "/sign-in": (self._show_sign_in, self._sign_in),
            "/sign-out": (self._show_sign_out, self._sign_out),
            "/set-up": (self._show_set_up, self._set_up),
            "/join": (self._show_join, self._join),
            "/password": (self._show_password, self._password),
            "/second-step": (self._show_second_step, self._second_step),
        }
        return [
            Route(path, self._endpoint(path, *handlers), methods=["GET", "POST"])
            for path, handlers in doors.items()
        ]

    def _endpoint(self, path: str, show: Handler, do: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            visit, handler = self._visit(path, request), show
            try:
                if request.method == "POST":
                    visit, handler = replace(visit, filled=await filled_in(request)), do
                    self._office.read(path, visit, visit.filled.get("form", ""))
                answer = await run_in_threadpool(lambda: handler(self._reception(), visit))
            except FormRefused as refused:
                answer = await run_in_threadpool(self._refuse, visit, str(refused))
            except CoachError:
                answer = Answer(notice_page(LATER), 503)
            return _response(answer, visit)

        return endpoint

    def _visit(self, path: str, request: Request) -> Visit:
        return Visit(
            path=path,
            token=request.cookies.get(COOKIE),
            nonce=self._office.nonce(request),
            address=address_of(request.scope),
            tls=self._mode.tls or request.url.scheme == "https",
            now=self._now(),
            query=dict(request.query_params),
        )

    def _refuse(self, visit: Visit, reason: str) -> Answer:
        try:
            self._reception().refused(
                "form_refused", visit.now, address=visit.address, detail=f"{visit.path} {reason}"
            )
        except CoachError:
            return Answer(notice_page(LATER), 503)
        status = 413 if reason == "too_large" else 403
        return Answer(page_of(APP, [LATE], links=[(visit.path, "Try once more")]), status)

    def _show_sign_in(self, reception: Reception, visit: Visit) -> Answer:
        if not reception.has_therapist():
            return _on_to("/set-up" if visit.wanted == "/" else f"/set-up?next={quote(visit.wanted)}")
        account = _account(reception, visit)
        return Answer(self._pages.signed_in(visit, account) if account else self._pages.sign_in(visit))

    def _sign_in(self, reception: Reception, visit: Visit) -> Answer:
        if "step" in visit.filled:
            return self._phone_code(reception, visit)
        tried = reception.try_sign_in(
            visit.filled.get("sign_in_name", ""),
            visit.filled.get("password", ""),
            visit.now,
            address=visit.address,
            token=visit.token,
        )
        if isinstance(tried, NotSignedIn):
            return _refused(self._pages.sign_in(visit, tried), tried)
        return self._in(visit, tried)

    def _phone_code(self, reception: Reception, visit: Visit) -> Answer:
        step = visit.filled["step"]
        (account_uid,) = self._office.read("step", visit, step, STEP_HOLDS)
        tried = reception.try_code(
            account_uid, visit.filled.get("code", ""), visit.now, address=visit.address, token=visit.token
        )
        if isinstance(tried, NotSignedIn):
            return _refused(self._pages.phone_code(visit, step, tried), tried)
        return self._in(visit, tried)

    def _in(self, visit: Visit, tried: SignedIn | CodeNeeded) -> Answer:
        """In, with a new cookie, and to the page that was asked for, if it is theirs; or one more step."""
        if isinstance(tried, CodeNeeded):
            step = self._office.sign("step", visit, tried.account.uid)
            return Answer(self._pages.phone_code(visit, step))
        account = tried.account
        role, who = account.role, Who(account.role, account.name, at_home=not self._mode.clinic)
        wanted = visit.wanted if opens(who, visit.wanted.split("?")[0]) else "/"
        # Staff are out when they close the browser; patients find their way back in for a month.
        keep = int(LIMITS[role].absolute.total_seconds()) if role is Role.PATIENT else None
        return Answer(go_to=wanted, status=303, cookie=tried.token, keep_seconds=keep)

    def _show_sign_out(self, reception: Reception, visit: Visit) -> Answer:
        account = _account(reception, visit)
        return Answer(self._pages.sign_out(visit, account)) if account else self._out()

    def _sign_out(self, reception: Reception, visit: Visit) -> Answer:
        everywhere = visit.filled.get("everywhere") == "yes"
        reception.sign_out(visit.token, visit.now, everywhere=everywhere, address=visit.address)
        return self._out()

    def _out(self) -> Answer:
        return replace(_on_to("/sign-in" if self._mode.clinic else "/"), cookie="")

    def _show_set_up(self, reception: Reception, visit: Visit) -> Answer:
        if reception.has_therapist():
            return Answer(self._pages.set_up_already(), 404)
        return Answer(self._pages.invitation(visit) if self._mode.clinic else self._pages.at_home(visit))

    def _set_up(self, reception: Reception, visit: Visit) -> Answer:
        if self._mode.clinic:
            return self._join(reception, visit)
        filled = visit.filled
        if filled.get("password") != filled.get("again"):
            return Answer(self._pages.at_home(visit, "different"), NOT_YET)
        try:
            tried = reception.set_up_at_home(
                filled.get("sign_in_name", ""),
                filled.get("name", ""),
                filled.get("password", ""),
                visit.now,
                address=visit.address,
                token=visit.token,
            )
        except AccountRefused as refused:
            return Answer(self._pages.at_home(visit, refused.reason), NOT_YET)
        if isinstance(tried, NotSignedIn):
            return Answer(self._pages.set_up_already(), 404)
        return self._in(visit, tried)

    def _show_join(self, _: Reception, visit: Visit) -> Answer:
        return Answer(self._pages.invitation(visit))

    def _join(self, reception: Reception, visit: Visit) -> Answer:
        """First the code, then what it is for."""
        filled, code = visit.filled, visit.filled.get("code", "")
        found = reception.open_invitation(code, visit.now, address=visit.address)
        if isinstance(found, NotSignedIn):
            return _refused(self._pages.invitation(visit, found), found)
        account = reception.account(found.account_uid) if found.account_uid else None
        if "password" not in filled:
            return Answer(self._pages.welcome(visit, found, account))
        if filled["password"] != filled.get("again"):
            return Answer(self._pages.welcome(visit, found, account, "different"), NOT_YET)
        try:
            tried = reception.join(
                code,
                filled.get("sign_in_name", ""),
                filled.get("name", ""),
                filled["password"],
                visit.now,
                address=visit.address,
                token=visit.token,
            )
        except AccountRefused as refused:
            return Answer(self._pages.welcome(visit, found, account, refused.reason), NOT_YET)
        if isinstance(tried, NotSignedIn):
            return _refused(self._pages.invitation(visit, tried), tried)
        return self._in(visit, tried)

    def _show_password(self, reception: Reception, visit: Visit) -> Answer:
        account = _account(reception, visit)
        return Answer(self._pages.password(visit, account)) if account else _sign_in_first(visit)

    def _password(self, reception: Reception, visit: Visit) -> Answer:
        account, filled = _account(reception, visit), visit.filled
        if account is None:
            return _sign_in_first(visit)
        if filled.get("password") != filled.get("again"):
            return Answer(self._pages.password(visit, account, "different"), NOT_YET)
        try:
            tried = reception.change_password(
                account.uid,
                filled.get("current", ""),
                filled.get("password", ""),
                visit.now,
                address=visit.address,
            )
        except AccountRefused as refused:
            return Answer(self._pages.password(visit, account, refused.reason), NOT_YET)
        if isinstance(tried, NotSignedIn):
            return _refused(self._pages.password(visit, account, tried=tried), tried)
        return self._in(visit, tried)

    def _show_second_step(self, reception: Reception, visit: Visit) -> Answer:
        account = _account(reception, visit)
        if account is None or account.role not in STAFF:
            return _sign_in_first(visit)
        return Answer(self._pages.second_step(visit, account, reception.new_second_step()))

    def _second_step(self, reception: Reception, visit: Visit) -> Answer:
        account, filled = _account(reception, visit), visit.filled
        if account is None or account.role not in STAFF:
            return _sign_in_first(visit)
        code = filled.get("code", "")
        if filled.get("off") == "yes":
            tried = reception.stop_second_step(account.uid, code, visit.now, address=visit.address)
            secret = ""
        else:
            (secret,) = self._office.read("secret", visit, filled.get("secret", ""))
            current = filled.get("current", "")
            try:
                tried = reception.set_second_step(
                    account.uid, current, secret, code, visit.now, address=visit.address
                )
            except AccountRefused as refused:
                page = self._pages.second_step(visit, account, secret, refused.reason)
                return Answer(page, NOT_YET)
        if tried is not None:
            return _refused(self._pages.second_step(visit, account, secret, tried=tried), tried)
        return _on_to("/")


def _account(reception: Reception, visit: Visit) -> Account | None:
    return reception.signed_in(visit.token, visit.now, address=visit.address)


def _sign_in_first(visit: Visit) -> Answer:
    return _on_to(f"/sign-in?next={visit.path}")


def _on_to(where: str) -> Answer:
    return Answer(go_to=where, status=303)


def _refused(html: str, tried: NotSignedIn) -> Answer:
    return Answer(html, 429 if tried.reason == "wait" else 403, wait_seconds=tried.wait_seconds)


def _response(answer: Answer, visit: Visit) -> Response:
    response: Response
    if answer.go_to is not None:
        response = RedirectResponse(answer.go_to, answer.status)
    else:
        response = HTMLResponse(answer.html, answer.status)
        response.headers["Content-Security-Policy"] = door_policy(STYLE)
        response.set_cookie(
            FORM_COOKIE, visit.nonce, httponly=True, samesite="strict", secure=visit.tls, path="/"
        )
    response.headers["Cache-Control"] = "no-store"
    if answer.wait_seconds:
        response.headers["Retry-After"] = str(answer.wait_seconds)
    if answer.cookie:
        response.set_cookie(
            COOKIE,
            answer.cookie,
            max_age=answer.keep_seconds,
            httponly=True,
            samesite="lax",
            secure=visit.tls,
            path="/",
        )
    elif answer.cookie is not None:
        response.delete_cookie(COOKIE, path="/", secure=visit.tls, httponly=True, samesite="lax")
        response.headers["Clear-Site-Data"] = '"cache"'
    return response
