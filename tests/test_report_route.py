"""The report as a download: whoever may not have it gets a calm no, whether or not there is such a patient."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader
from reception import HOME, Desk, desk
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from coach.clinic.access import RULES
from coach.clinic.accounts import Role
from coach.clinic.mode import Mode
from coach.clinic.who import COOKIE
from coach.records import Records, RecordsError, open_records
from pages import entry, report_route, rooms

NOBODY = "f" * 32
CALM = re.compile(r"error|wrong|fail|forbidden|denied|exist|trace", re.IGNORECASE)


@dataclass
class Clinic:
    """The route with a reception behind it, and two patients."""

    desk: Desk
    client: TestClient
    pat: str
    quinn: str

    def ask(self, name: str | None, patient: str | None, **query: str):
        """What somebody gets who is signed in by that name; None: nobody is."""
        token = None if name is None else self.desk.sign_in(name).token
        return self.with_cookie(token, patient, **query)

    def with_cookie(self, token: str | None, patient: str | None, **query: str):
        asked = {**({"patient": patient} if patient is not None else {}), **query}
        headers = {"Cookie": f"{COOKIE}={token}"} if token else {}
        return self.client.get("/report", params=asked, headers=headers)

    def noted(self, what: str) -> list[tuple[str | None, str | None, str]]:
        events = self.desk.reception.events(what=what)
        return [(event.who, event.whose, event.detail) for event in events]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    yield opened
    opened.close()


def open_clinic(log: Records, monkeypatch: pytest.MonkeyPatch, **mode: Mode) -> Clinic:
    at = desk(log, **mode)
    monkeypatch.setattr(entry, "reception", lambda: at.reception)
    monkeypatch.setattr(rooms, "records", lambda: log)
    monkeypatch.setattr(rooms, "now", lambda: at.now)
    for role in (Role.THERAPIST, Role.ADMINISTRATOR):
        at.therapist(role.value, role)
    pat, quinn = (at.patient(name).patient_uid or "" for name in ("pat", "quinn"))
    app = Starlette(routes=[Route("/report", report_route.report)])
    return Clinic(at, TestClient(app, base_url="https://coach.example"), pat, quinn)


@pytest.fixture
def clinic(log: Records, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    return open_clinic(log, monkeypatch)


def refused(answer) -> bool:
    """A calm page, and not one byte of a report."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not CALM.search(re.sub(r"<style>.*?</style>", "", answer.text))
    assert b"%PDF" not in answer.content
    assert "Pat" not in answer.text
    assert "Quinn" not in answer.text
    return answer.status_code in (400, 403, 404)


def test_the_route_has_its_rule() -> None:
    assert report_route.NAME in RULES


# --- roles and patients


def test_a_therapist_gets_the_report_of_each_patient(clinic: Clinic) -> None:
    for patient, name in ((clinic.pat, "Pat"), (clinic.quinn, "Quinn")):
        answer = clinic.ask("therapist", patient)

        assert answer.status_code == 200
        pages = PdfReader(io.BytesIO(answer.content)).pages
        assert len(pages) == 2
        first = pages[0].extract_text()
        assert name in first
        assert "Therapist" in first  # who made it
        assert ("Pat" in first, "Quinn" in first) == (name == "Pat", name == "Quinn")


@pytest.mark.parametrize("name", ["administrator", "pat", "quinn", None])
@pytest.mark.parametrize("whose", ["pat", "quinn", "nobody", "no uid", "none named"])
def test_nobody_else_gets_one_nor_learns_whether_there_is_a_patient(
    clinic: Clinic, name: str | None, whose: str
) -> None:
    asked = {
        "pat": clinic.pat,
        "quinn": clinic.quinn,
        "nobody": NOBODY,
        "no uid": "' OR 1=1",
        "none named": None,
    }
    answer, of_nobody = clinic.ask(name, asked[whose]), clinic.ask(name, NOBODY)

    assert refused(answer)
    assert answer.status_code == 403
    assert (answer.text, dict(answer.headers)) == (of_nobody.text, dict(of_nobody.headers))


@pytest.mark.parametrize("patient", [NOBODY, "", "no uid", "0" * 31, "A" * 32, None], ids=str)
def test_a_therapist_reads_that_there_is_none(clinic: Clinic, patient: str | None) -> None:
    answer = clinic.ask("therapist", patient)

    assert refused(answer)
    assert answer.status_code == 404


def test_two_patients_at_once_are_none(clinic: Clinic) -> None:
    token = clinic.desk.sign_in("therapist").token
    answer = clinic.client.get(
        f"/report?patient={clinic.pat}&patient={clinic.quinn}", headers={"Cookie": f"{COOKIE}={token}"}
    )

    assert refused(answer)


# --- cookies


def test_a_cookie_that_was_changed_or_made_up_opens_nothing(clinic: Clinic) -> None:
    token = clinic.desk.sign_in("therapist").token
    other = "A" if token[0] != "A" else "B"

    for cookie in (other + token[1:], token[:-1], token + "A", token.swapcase(), "A" * 43, "A" * 9000):
        answer = clinic.with_cookie(cookie, clinic.pat)
        assert refused(answer)
        assert answer.status_code == 403
    assert clinic.with_cookie(token, clinic.pat).status_code == 200


def test_a_cookie_opens_nothing_any_more_once_it_is_over(clinic: Clinic) -> None:
    gone, closed, late = (clinic.desk.sign_in("therapist").token for _ in range(3))

    clinic.desk.reception.sign_out(gone, clinic.desk.now)
    assert clinic.with_cookie(gone, clinic.pat).status_code == 403
    clinic.desk.clock.passes(hours=13)
    assert clinic.with_cookie(late, clinic.pat).status_code == 403
    account = clinic.desk.reception.account_named("therapist")
    assert account is not None
    fresh = clinic.desk.sign_in("therapist").token
    clinic.desk.reception.revoke(account.uid, clinic.desk.now)
    for token in (fresh, closed):
        assert clinic.with_cookie(token, clinic.pat).status_code == 403


# --- at home


def test_at_home_the_report_is_behind_the_therapists_password(
    log: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = open_clinic(log, monkeypatch, mode=HOME)

    assert refused(home.with_cookie(None, home.pat))
    assert home.ask("therapist", home.pat).status_code == 200


# --- what comes


def test_the_answer_is_kept_nowhere_and_is_nothing_but_a_pdf(clinic: Clinic) -> None:
    headers = clinic.ask("therapist", clinic.pat).headers

    assert headers["content-type"] == "application/pdf"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "etag" not in headers
    assert "last-modified" not in headers


@pytest.mark.parametrize("name", ['Zoë "x"; filename=evil.exe\r\nX: y', "王小明", "../../etc/passwd"])
def test_the_file_has_a_plain_name_without_the_persons(clinic: Clinic, log: Records, name: str) -> None:
    person = log.create_patient(name.replace("\r\n", " "))

    answer = clinic.ask("therapist", person.uid)

    assert answer.status_code == 200
    assert re.fullmatch(
        r'inline; filename="practice-2026-03-02-[0-9a-f]{8}\.pdf"', answer.headers["content-disposition"]
    )


def test_half_a_year_up_to_today_is_printed_if_nothing_is_said(clinic: Clinic) -> None:
    assert "2 Sep 2025 to 2 Mar 2026" in _first_page(clinic.ask("therapist", clinic.pat))


def test_the_period_that_is_asked_for_is_printed_up_to_today(clinic: Clinic) -> None:
    answer = clinic.ask("therapist", clinic.pat, **{"from": "2026-01-10", "to": "2026-02-01"})
    assert "10 Jan 2026 to 1 Feb 2026" in _first_page(answer)
    ahead = clinic.ask("therapist", clinic.pat, **{"from": "2026-01-10", "to": "2999-12-31"})
    assert "10 Jan 2026 to 2 Mar 2026" in _first_page(ahead)
    long_ago = clinic.ask("therapist", clinic.pat, **{"from": "0001-01-01"})
    assert "1 Jan 1900 to 2 Mar 2026" in _first_page(long_ago)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("yesterday", ""),
        ("2026-02-30", ""),
        ("20260101", ""),
        ("2026-W01-1", ""),
        ("2026-02-01", "2026-01-01"),
        ("", "2026-01-01T00:00"),
        ("2999-01-01", "2999-02-01"),
        ("\N{ARABIC-INDIC DIGIT TWO}026-01-01", ""),
    ],
)
def test_days_that_are_none_are_told(clinic: Clinic, first: str, last: str) -> None:
    answer = clinic.ask("therapist", clinic.pat, **{"from": first, "to": last})

    assert refused(answer)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("zone", "made"),
    [("Asia/Tokyo", "2 Mar 2026, 21:00 JST"), ("UTC", "2 Mar 2026, 12:00 UTC")],
)
def test_the_days_are_those_of_the_readers_calendar(clinic: Clinic, zone: str, made: str) -> None:
    assert made in _first_page(clinic.ask("therapist", clinic.pat, zone=zone))


@pytest.mark.parametrize("zone", ["Nowhere/Here", "../../etc/passwd", "/etc/passwd", "x" * 5000, "\x00"])
def test_a_zone_that_is_none_is_this_computers_own(clinic: Clinic, zone: str) -> None:
    assert clinic.ask("therapist", clinic.pat, zone=zone).status_code == 200


# --- what is written down


def test_it_is_on_record_who_made_a_report_of_whom(clinic: Clinic) -> None:
    clinic.ask("therapist", clinic.pat, **{"from": "2026-01-10", "to": "2026-02-01"})

    account = clinic.desk.reception.account_named("therapist")
    assert account is not None
    assert clinic.noted("report_made") == [(account.uid, clinic.pat, "2026-01-10 2026-02-01")]
    assert clinic.desk.reception.verify().intact


def test_it_is_on_record_who_was_refused(clinic: Clinic) -> None:
    clinic.ask("pat", clinic.quinn)
    clinic.ask(None, clinic.pat)
    clinic.ask("pat", "' OR 1=1 " * 200)

    account = clinic.desk.reception.account_named("pat")
    assert account is not None
    assert clinic.noted("access_refused") == [
        (account.uid, None, "/report"),
        (None, clinic.pat, "/report"),
        (account.uid, clinic.quinn, "/report"),
    ]
    assert clinic.noted("report_made") == []


def test_no_report_goes_out_that_is_not_on_record(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise RecordsError("The disk is full.")

    token = clinic.desk.sign_in("therapist").token
    monkeypatch.setattr(clinic.desk.reception, "note", full)

    answer = clinic.with_cookie(token, clinic.pat)

    assert answer.status_code == 503
    assert b"%PDF" not in answer.content
    assert "The disk is full" not in answer.text


def test_nothing_can_be_written_to_it(clinic: Clinic) -> None:
    token = clinic.desk.sign_in("therapist").token
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = clinic.client.request(
            method, f"/report?patient={clinic.pat}", headers={"Cookie": f"{COOKIE}={token}"}
        )
        assert answer.status_code == 405


def _first_page(answer) -> str:
    assert answer.status_code == 200, answer.text
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    return " ".join(text.split())
