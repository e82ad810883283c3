"""The doors: what people see and get there, and what is refused; without a browser, and once with one."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pyotp
import pytest
import uvicorn
from browser import chromium, free_port
from playwright.sync_api import Page, expect, sync_playwright
from reception import CLINIC, HOME, OTHER, PASSWORD, Desk, desk
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from coach import CoachError
from coach.clinic import door_pages
from coach.clinic.accounts import Role
from coach.clinic.doors import Doors
from coach.clinic.guard import Guard
from coach.clinic.mode import Mode
from coach.clinic.who import COOKIE
from coach.records import open_records

ORIGIN = "https://coach.example"


@dataclass
class House:
    """The doors with the guard before them, and a browser that keeps cookies."""

    desk: Desk
    app: Starlette
    client: TestClient

    def other_browser(self) -> House:
        return House(self.desk, self.app, browser_of(self.app, self.desk.reception.mode))

    def form(self, path: str) -> str:
        """The signed token of the form on a page."""
        return token_in(self.client.get(path).text)

    def send(self, path: str, form: str | None = None, **fields: str) -> Answer:
        """Fill in the form of a page and send it."""
        data = {"form": self.form(path) if form is None else form, **fields}
        got = self.client.post(path, data=data, headers={"origin": str(self.client.base_url)})
        return Answer(got.status_code, got.headers.get("location"), unescape(got.text), got.headers)

    def sign_in(self, name: str = "thea", password: str = PASSWORD) -> Answer:
        return self.send("/sign-in", sign_in_name=name, password=password)

    @property
    def cookie(self) -> str | None:
        return self.client.cookies.get(COOKIE)


@dataclass
class Answer:
    status: int
    location: str | None
    text: str
    headers: Any


def token_in(html: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', html)
    assert found, html
    return found[1]


def browser_of(app: Starlette, mode: Mode) -> TestClient:
    base = "https://coach.example" if mode.clinic else "http://localhost:8501"
    return TestClient(app, base_url=base, follow_redirects=False)


def house_of(folder: Path, mode: Mode) -> House:
    at = desk(open_records(f"sqlite:///{folder / 'coach.sqlite'}"), mode)

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(
            '<!doctype html><title>Inside</title><link rel="icon" href="data:,"><h1>Inside</h1>'
        )

    routes = [
        *Doors(mode, lambda: at.reception, now=at.clock).routes(),
        Route("/", page),
        Route("/patients", page),
    ]
    guard = Middleware(Guard, mode=mode, reception=lambda: at.reception, now=at.clock)
    app = Starlette(routes=routes, middleware=[guard])
    return House(at, app, browser_of(app, mode))


@pytest.fixture
def clinic(tmp_path: Path) -> House:
    house = house_of(tmp_path, CLINIC)
    house.desk.therapist()
    return house


@pytest.fixture
def home(tmp_path: Path) -> House:
    return house_of(tmp_path, HOME)


# Signing in and out


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(clinic: House) -> None:
    answer = clinic.sign_in()
    assert (answer.status, answer.location) == (303, "/")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE)]
    said = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert said == {"httponly", "samesite=lax", "secure", "path=/"}  # and until the browser is closed
    assert clinic.client.get("/").status_code == 200
    assert "You are signed in as Thea" in clinic.client.get("/sign-in").text


def test_a_patient_s_cookie_stays_for_a_month_and_at_home_it_needs_no_tls(
    clinic: House, tmp_path: Path
) -> None:
    clinic.desk.patient()
    answer = clinic.sign_in("pat")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE)]
    assert "Max-Age=2592000" in cookie
    (tmp_path / "home").mkdir()
    home = house_of(tmp_path / "home", HOME)
    home.desk.therapist()
    (cookie,) = [c for c in home.sign_in().headers.get_list("set-cookie") if c.startswith(COOKIE)]
    assert "secure" not in cookie.lower()


def test_a_wrong_password_and_an_unknown_name_read_the_same(clinic: House) -> None:
    wrong, unknown = clinic.sign_in(password=OTHER), clinic.sign_in("nobody")
    assert wrong.status == unknown.status == 403

    def without_tokens(text: str) -> str:
        return re.sub(r'name="form" value="[^"]+"', "", text)

    assert without_tokens(wrong.text).replace("thea", "NAME") == without_tokens(unknown.text).replace(
        "nobody", "NAME"
    )
    assert clinic.cookie is None
    for part in ('role="alert"', "autofocus", 'value="thea"', "Please check: Sign in"):
        assert part in wrong.text
    assert OTHER not in wrong.text


def test_five_and_ten_wrong_tries_are_told_how_long_to_wait(clinic: House) -> None:
    for _ in range(5):
        assert clinic.sign_in(password=OTHER).status == 403
    waits = clinic.sign_in()
    assert (waits.status, waits.headers["retry-after"]) == (429, "5")
    assert "Please wait 5 seconds, then try again." in waits.text
    for seconds in (5, 10, 20, 40, 80):
        clinic.desk.clock.passes(seconds=seconds)
        assert clinic.sign_in(password=OTHER).status == 403
    assert "Please wait 15 minutes, then try again." in clinic.sign_in().text
    clinic.desk.clock.passes(minutes=15)
    assert clinic.sign_in().status == 303
    assert clinic.desk.record().count("sign_in_refused") == 10
    assert clinic.desk.record().count("sign_in_waits") == 2


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/patients", "/patients"),
        ("/today", "/"),  # a patient's page, and this is the therapist
        ("/no-page", "/"),
        ("/patient?uid=abc&tab=story", "/patient?uid=abc&tab=story"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/%0d%0aset-cookie:x=1", "/"),
        ("/a\r\nb", "/"),
        ("/.evil", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_on_to_our_own_pages_only(clinic: House, wanted: str, leads: str) -> None:
    page = clinic.client.get("/sign-in", params={"next": wanted})
    answer = clinic.send("/sign-in", token_in(page.text), sign_in_name="thea", password=PASSWORD, next=wanted)
    assert answer.location == leads


def test_what_is_asked_for_without_a_cookie_leads_to_the_door_and_back(clinic: House) -> None:
    refused = clinic.client.get("/patients?sort=need")
    assert (refused.status_code, refused.headers["location"]) == (
        303,
        "/sign-in?next=/patients%3Fsort%3Dneed",
    )
    page = clinic.client.get(refused.headers["location"]).text
    assert 'name="next" value="/patients?sort=need"' in page


def test_signing_out_here_and_everywhere(clinic: House) -> None:
    phone, laptop = clinic.other_browser(), clinic.other_browser()
    for browser in (clinic, phone, laptop):
        browser.sign_in()
    stolen = clinic.cookie
    assert "Stay signed in" in clinic.client.get("/sign-out").text
    answer = clinic.send("/sign-out")
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert clinic.cookie is None
    clinic.client.cookies.set(COOKIE, str(stolen))
    assert clinic.client.get("/").headers["location"].startswith("/sign-in")
    assert phone.client.get("/").status_code == 200
    phone.send("/sign-out", everywhere="yes")
    assert laptop.client.get("/").status_code == 303
    assert clinic.other_browser().client.get("/sign-out").status_code == 303


@pytest.mark.parametrize("how", ["stolen and ended", "expired", "tampered", "closed"])
def test_a_cookie_that_does_not_count_opens_nothing(clinic: House, how: str) -> None:
    clinic.sign_in()
    token, at = str(clinic.cookie), clinic.desk
    if how == "stolen and ended":
        at.reception.sign_out(token, at.now, everywhere=True)
    elif how == "expired":
        at.clock.passes(minutes=30)
    elif how == "closed":
        at.reception.revoke(at.reception.accounts()[0].uid, at.now)
        at.therapist("olga")
    else:
        clinic.client.cookies.clear()
        clinic.client.cookies.set(COOKIE, token[:-1] + ("A" if token[-1] != "A" else "B"))
    for path in ("/", "/patients", "/password", "/second-step"):
        assert clinic.client.get(path).status_code == 303
    assert at.record()[-1] in ("cookie_unknown", "cookie_expired")


# Forms that are not ours


def test_a_form_needs_its_signature_its_browser_its_door_and_its_time(clinic: House) -> None:
    right = {"sign_in_name": "thea", "password": PASSWORD}
    good = clinic.form("/sign-in")
    other_door = clinic.form("/join")
    assert clinic.send("/sign-in", "", **right).status == 403
    assert clinic.send("/sign-in", good[:-2] + "xx", **right).status == 403
    assert clinic.send("/sign-in", other_door, **right).status == 403
    assert clinic.other_browser().send("/sign-in", good, **right).status == 403
    clinic.desk.clock.passes(hours=2)
    late = clinic.send("/sign-in", good, **right)
    assert late.status == 403
    assert door_pages.LATE in late.text
    assert clinic.cookie is None
    assert clinic.desk.record()[-5:] == ["form_refused"] * 5
    assert clinic.sign_in().status == 303


def test_signing_out_from_another_site_is_refused(clinic: House) -> None:
    clinic.sign_in()
    for origin in (
        "https://evil.example",
        "null",
        "http://coach.example",
        "https://coach.example:8443",
        None,
    ):
        headers = {} if origin is None else {"origin": origin}
        data = {"form": clinic.form("/sign-out")}
        assert clinic.client.post("/sign-out", data=data, headers=headers).status_code == 403
    assert clinic.desk.record()[-5:] == ["foreign_origin"] * 5
    assert clinic.client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"form=x&" + b"a" * 9000, "application/x-www-form-urlencoded", 413),
        (b'{"form": "x"}', "application/json", 403),
        (b"form=x", "multipart/form-data; boundary=x", 403),
        (b"form=x&form=y", "application/x-www-form-urlencoded", 403),
        (b"&".join(b"a%d=1" % n for n in range(40)), "application/x-www-form-urlencoded", 403),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 403),
        (b"form=%FF%00", "application/x-www-form-urlencoded", 403),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
def test_what_is_no_form_of_ours_is_refused(clinic: House, content: bytes, kind: str, status: int) -> None:
    headers = {"origin": ORIGIN, "content-type": kind}
    clinic.sign_in()
    for path in ("/sign-in", "/sign-out", "/set-up", "/join", "/password", "/second-step"):
        assert clinic.client.post(path, content=content, headers=headers).status_code == status
    assert clinic.desk.record().count("form_refused") == 6


def test_other_methods_are_not_known(clinic: House) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert clinic.client.request(method, "/sign-in", headers={"origin": ORIGIN}).status_code == 405


# The first therapist


def test_in_the_clinic_the_first_therapist_needs_the_code_that_was_printed(tmp_path: Path) -> None:
    house = house_of(tmp_path, CLINIC)
    assert house.client.get("/sign-in").headers["location"] == "/set-up"
    code = str(house.desk.reception.setup_code(house.desk.now))
    assert house.send("/set-up", code="AAAA-AAAA-AAAA").status == 403
    welcome = house.send("/set-up", code=code)
    assert 'autocomplete="new-password"' in welcome.text
    fields = {"code": code, "name": "Thea", "sign_in_name": "thea", "password": PASSWORD, "again": PASSWORD}
    done = house.send("/set-up", token_in(welcome.text), **fields)
    assert (done.status, done.location) == (303, "/")
    assert house.client.get("/").status_code == 200
    again = house.other_browser()
    assert again.client.get("/set-up").status_code == 404
    assert again.send("/set-up", token_in(again.client.get("/join").text), **fields).status == 403
    assert len(house.desk.reception.accounts()) == 1


def test_at_home_a_therapist_sets_a_password_and_patients_need_none(home: House) -> None:
    assert home.client.get("/").status_code == 200
    asked = home.client.get("/patients")
    assert asked.headers["location"] == "/sign-in?next=/patients"
    assert home.client.get(asked.headers["location"]).headers["location"] == "/set-up?next=/patients"
    page = home.client.get("/set-up?next=/patients").text
    fields = {"name": "Thea", "sign_in_name": "thea", "password": PASSWORD, "next": "/patients"}
    different = home.send("/set-up", token_in(page), again=OTHER, **fields)
    assert different.status == 422
    assert 'aria-invalid="true" required autofocus' in different.text
    done = home.send("/set-up", token_in(page), again=PASSWORD, **fields)
    assert (done.status, done.location) == (303, "/patients")
    assert home.client.get("/patients").status_code == 200
    other = home.other_browser()
    assert other.client.get("/set-up").status_code == 404
    assert (
        other.send("/set-up", token_in(other.client.get("/join").text), again=PASSWORD, **fields).status
        == 403
    )
    assert home.send("/sign-out").location == "/"
    assert home.client.get("/").status_code == 200
    assert home.client.get("/patients").status_code == 303


# Invitations


def test_a_patient_joins_with_a_code_and_is_in(clinic: House) -> None:
    whose = clinic.desk.profile("pat <b>")
    thea = clinic.desk.reception.accounts()[0]
    code = clinic.desk.reception.invite(
        Role.PATIENT, "", clinic.desk.now, by=thea.uid, patient_uid=whose
    ).code
    assert "Your code" in clinic.client.get("/join").text
    asked = clinic.client.post(
        "/join", data={"form": clinic.form("/join"), "code": code}, headers={"origin": ORIGIN}
    )
    assert "Welcome, Pat &lt;B&gt;" in asked.text
    short = clinic.send(
        "/join", token_in(asked.text), code=code, sign_in_name="pat", password="short", again="short"
    )
    assert short.status == 422
    assert 'id="password-fault"' in short.text
    assert 'value="pat"' in short.text
    fields = {"code": code, "sign_in_name": "pat", "password": OTHER, "again": OTHER}
    done = clinic.send("/join", token_in(short.text), **fields)
    assert done.status == 303
    assert clinic.client.get("/").status_code == 200
    assert clinic.client.get("/patients").status_code == 403
    assert "not for you" in clinic.client.get("/patients").text
    other = clinic.other_browser()
    assert other.send("/join", code=code).status == 403


def test_guessing_invitation_codes_waits(clinic: House) -> None:
    for number in range(5):
        guessed = clinic.send("/join", code=f"AAAA-AAAA-AAA{number + 2}")
        assert guessed.status == 403
        assert "does not open anything" in guessed.text
    assert clinic.send("/join", code="AAAA-AAAA-AAAA").status == 429


def test_a_code_for_a_new_password_names_the_account_and_signs_in(clinic: House) -> None:
    pat = clinic.desk.patient()
    thea = clinic.desk.reception.accounts()[-1]
    code = clinic.desk.reception.new_password_code(pat.uid, clinic.desk.now, by=thea.uid).code
    asked = clinic.send("/join", code=code)
    assert "Welcome back, Pat" in asked.text
    assert 'value="pat" readonly' in asked.text
    done = clinic.send("/join", token_in(asked.text), code=code, password=OTHER, again=OTHER)
    assert done.status == 303
    assert clinic.other_browser().sign_in("pat").status == 403
    assert clinic.other_browser().sign_in("pat", OTHER).status == 303


# The password, and the second step


def test_a_new_password_ends_the_other_browsers_and_not_this_one(clinic: House) -> None:
    other = clinic.other_browser()
    clinic.sign_in()
    other.sign_in()
    before = clinic.cookie
    fields = {"password": OTHER, "again": OTHER}
    wrong = clinic.send("/password", current=OTHER, **fields)
    assert wrong.status == 403
    assert 'id="current-fault"' in wrong.text
    assert clinic.send("/password", current=PASSWORD, password=OTHER, again=PASSWORD).status == 422
    assert (
        clinic.send("/password", current=PASSWORD, password="thea thea thea", again="thea thea thea").status
        == 422
    )
    done = clinic.send("/password", current=PASSWORD, **fields)
    assert done.status == 303
    assert clinic.cookie != before
    assert clinic.client.get("/").status_code == 200
    assert other.client.get("/").status_code == 303
    assert other.sign_in().status == 403
    assert other.sign_in(password=OTHER).status == 303


def test_a_second_step_is_turned_on_asked_for_and_turned_off(clinic: House) -> None:
    clinic.sign_in()
    page = clinic.client.get("/second-step").text
    secret = re.sub(r"\s", "", str(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]))
    totp = pyotp.TOTP(secret)
    signed = str(re.search(r'name="secret" value="([^"]+)"', page)[1])
    fields = {"secret": signed, "current": PASSWORD}
    refused = clinic.send("/second-step", token_in(page), code="000000", **fields)
    assert refused.status == 422
    assert secret[:4] in refused.text
    now = clinic.desk.clock
    assert clinic.send("/second-step", token_in(page), code=totp.at(now()), **fields).status == 303

    other = clinic.other_browser()
    asked = other.sign_in()
    assert asked.status == 200
    assert 'autocomplete="one-time-code"' in asked.text
    assert other.cookie is None
    step = str(re.search(r'name="step" value="([^"]+)"', asked.text)[1])
    now.passes(seconds=60)
    wrong = other.send("/sign-in", token_in(asked.text), step=step, code="000000")
    assert wrong.status == 403
    assert "This code is not right" in wrong.text
    stranger = clinic.other_browser()
    assert stranger.send("/sign-in", step=step, code=totp.at(now())).status == 403
    assert other.send("/sign-in", token_in(asked.text), step=step, code=totp.at(now())).status == 303
    now.passes(minutes=5)
    late = clinic.other_browser()
    asked = late.sign_in()
    step = str(re.search(r'name="step" value="([^"]+)"', asked.text)[1])
    now.passes(minutes=5)
    assert late.send("/sign-in", token_in(asked.text), step=step, code=totp.at(now())).status == 403
    assert late.cookie is None

    assert "Turn it off" in clinic.client.get("/second-step").text
    assert clinic.send("/second-step", off="yes", code="000000").status == 403
    assert clinic.send("/second-step", off="yes", code=totp.at(now())).status == 303
    assert clinic.other_browser().sign_in().status == 303


def test_patients_have_no_second_step(clinic: House) -> None:
    clinic.desk.patient()
    clinic.sign_in("pat")
    assert clinic.client.get("/second-step").status_code == 403


# What the pages are like


def pages_of(house: House) -> Iterator[tuple[str, str]]:
    for path in ("/sign-in", "/join"):
        yield path, house.client.get(path).text
    yield "wrong", house.sign_in(password=OTHER).text
    house.sign_in()
    for path in ("/sign-in", "/sign-out", "/password", "/second-step"):
        yield path, house.client.get(path).text


def test_every_field_has_its_label_and_every_page_one_heading_and_no_script(clinic: House) -> None:
    for path, html in pages_of(clinic):
        assert html.count("<h1>") == 1, path
        assert '<html lang="en">' in html, path
        assert "<script" not in html, path
        assert "onpaste" not in html, path
        shown = re.findall(r'<input id="([^"]+)"[^>]*>', html)
        assert shown == re.findall(r'<label for="([^"]+)">', html), path
        assert re.findall(r'<input(?![^>]*type="hidden")(?![^>]*autocomplete=)[^>]*>', html) == [], path


def test_every_answer_of_a_door_is_kept_by_nobody_and_runs_nothing(clinic: House) -> None:
    answers = [clinic.client.get(path) for path in ("/sign-in", "/join", "/password", "/set-up", "/sign-out")]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        if answer.status_code != 303:
            assert answer.headers["content-security-policy"].startswith(
                "default-src 'none'; style-src 'sha256-"
            )


def test_where_the_records_cannot_be_opened_the_doors_say_so(tmp_path: Path) -> None:
    def closed() -> None:
        raise CoachError("The disk is full in /home/somebody.")

    app = Starlette(
        routes=Doors(CLINIC, closed).routes(),  # type: ignore[arg-type]
        middleware=[Middleware(Guard, mode=CLINIC, reception=closed)],
    )
    client = browser_of(app, CLINIC)
    for answer in (
        client.get("/sign-in"),
        client.get("/patients"),
        client.post("/sign-in", data={"form": "x"}, headers={"origin": ORIGIN}),
    ):
        assert answer.status_code == 503
        assert "somebody" not in answer.text


def test_the_words_at_the_doors_are_calm() -> None:
    words = " ".join(text for _, text in door_pages.FAULTS.values()) + door_pages.LATE + door_pages.LATER
    for harsh in ("error", "invalid", "fail", "wrong", "bad ", "illegal", "must", "!", "denied"):
        assert harsh not in words.lower()
    assert all(len(text) <= 140 for _, text in door_pages.FAULTS.values())


# With a browser


@pytest.fixture
def in_chromium(tmp_path: Path) -> Iterator[tuple[Page, str, Desk, list[str]]]:
    """A page, the address of the doors, their desk, and what Chromium complained of."""
    house = house_of(tmp_path, HOME)
    house.desk.therapist()
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(house.app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    complaints: list[str] = []
    try:
        with sync_playwright() as playwright, chromium(playwright) as browser:
            page = browser.new_page()
            page.on(
                "console",
                lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
            )
            yield page, f"http://localhost:{port}", house.desk, complaints
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.mark.browser
def test_in_chromium_the_therapist_signs_in_after_a_slip_and_out_again(
    in_chromium: tuple[Page, str, Desk, list[str]],
) -> None:
    page, address, _, complaints = in_chromium
    page.goto(f"{address}/patients")
    expect(page.get_by_label("Sign-in name")).to_be_focused()
    page.get_by_label("Sign-in name").fill("thea")
    page.get_by_label("Password").fill(OTHER)
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("do not go together")
    expect(alert).to_be_focused()
    expect(page.get_by_label("Sign-in name")).to_have_value("thea")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/patients")
    assert page.evaluate("document.cookie") == ""  # no script can read it
    page.goto(f"{address}/password")
    page.get_by_label("Password now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password once more").fill("short")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("New password", exact=True)).to_be_focused()
    page.goto(f"{address}/sign-out")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/patients")
    expect(page).to_have_url(f"{address}/sign-in?next=/patients")
    assert [told for told in complaints if "403" not in told and "422" not in told] == []
