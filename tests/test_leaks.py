"""0 leaks: every page, route, socket and download, opened by everybody, shows nothing of whom they may not see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from access_table import COLUMNS, FILE, cell, document
from openings import (
    ALL,
    OPEN,
    OPENED,
    OWN,
    PAGES,
    REFUSED,
    SIGN_IN,
    Everything,
    Page,
    all_pages,
    open_everything,
)

from coach.clinic.access import RULES, Rule, registry_gaps
from coach.clinic.accounts import Role

NOT_SIGNED_IN = COLUMNS["not signed in"]
SIGNED_IN = {
    "patient": Role.PATIENT,
    "patient, naming another": Role.PATIENT,
    "administrator": Role.ADMINISTRATOR,
    "therapist": Role.THERAPIST,
}
ON_NO_PAGE = {"audit_event"}
"""What is read on the server itself only."""


@pytest.fixture(scope="module")
def found() -> Everything:
    return open_everything()


def test_nobody_is_shown_anything_of_whom_they_may_not_see(found: Everything) -> None:
    assert [(one.visitor, one.way, one.row, sorted(one.leaked)) for one in found.leaks] == []


def test_who_may_see_does_so_that_a_leak_could_be_seen(found: Everything) -> None:
    """Of every table something of Ben's comes to the therapist, in the clinic and at home."""
    for therapist in ("therapist", "at home: therapist"):
        seen = found.seen_by(therapist)
        unseen = {table for table, marks in found.ben.marks.items() if not seen & set(marks)}
        assert unseen == ON_NO_PAGE
    assert found.ben.name in found.seen_by("therapist")
    report = next(one for one in found.openings if (one.row, one.visitor) == ("/report", "therapist"))
    assert found.ben.name in report.seen
    own = found.seen_by("patient")
    for table in ("patient", "note", "practice", "repetition", "unwanted_movement"):
        assert own & set(found.ana.marks[table]), table


def test_every_personal_table_has_marks_of_both_that_are_really_in_it(found: Everything) -> None:
    """A table without any is a new one: plant something in two_patients.py, or call it nobody's there."""
    for person in (found.ana, found.ben):
        planted = {**person.secrets, **person.marks}
        assert set(planted) == set(found.kept)
        for table, marks in person.marks.items():
            for mark in marks:
                assert mark in found.kept[table], (table, mark)
        for table, kept in person.secrets.items():
            assert kept, table
            assert any(one in found.kept[table] for one in kept), table
    marks = [{mark for some in one.marks.values() for mark in some} for one in (found.ana, found.ben)]
    assert not marks[0] & marks[1]


def test_everything_that_can_be_opened_was_opened_by_everybody(found: Everything) -> None:
    assert registry_gaps(f"/{page.name}" for page in all_pages()) == set()
    assert set(RULES) <= found.paths | found.sockets
    for visitor in found.visitors:
        for path in found.paths:
            assert found.words(path, visitor, "address"), (path, visitor)
        for path in found.sockets:
            assert found.words(path, visitor, "socket"), (path, visitor)
        for page in all_pages()[1:]:
            assert found.words(page.row, visitor, "page", "page by itself"), (page, visitor)
    assert {visitor for visitors in COLUMNS.values() for visitor in visitors} == set(found.visitors)


def test_addresses_name_all_that_the_pages_read_of_them(found: Everything) -> None:
    """A new name in an address that is read and not tried would be a way around."""
    read = set()
    for file in PAGES.rglob("*.py"):
        code = file.read_text("utf-8")
        read |= set(re.findall(r'query_params(?:\.get\(|\.getlist\(|\[)"(\w+)"', code))
        read |= set(re.findall(r'"(\w+)" (?:not )?in st\.query_params', code))
        read |= set(re.findall(r'_only\(request, "(\w+)"', code))
    assert {"patient", "session", "practice"} <= read
    assert read - {"from", "to"} <= found.asked


def test_each_page_comes_to_what_its_rule_says(found: Everything) -> None:
    """One test for all: where a file is shared out, each part of it would open everything anew."""
    for page in all_pages():
        rule, door = RULES[f"/{page.name}"], page.row.split(",")[0]
        assert {word for who in NOT_SIGNED_IN for word in found.words(door, who, "address")} == {SIGN_IN}
        for visitor, role in SIGNED_IN.items():
            assert cell(found, page.row, visitor) == expected(page, rule, role), (page.row, visitor)


def expected(page: Page, rule: Rule, role: Role) -> str:
    """What somebody comes to by the rule of a page; the bare address leads on to one's first page."""
    if role not in rule.roles:
        return REFUSED
    if role is Role.PATIENT:
        return OWN if rule.personal or not page.name else OPEN
    return ALL if role is Role.THERAPIST and page.name != "library" else OPEN


def test_past_the_guard_and_the_navigation_a_page_asks_once_more(found: Everything) -> None:
    alone = [one for one in found.openings if one.way.endswith("by itself")]
    assert len(alone) > 100
    assert [one for one in alone if one.word in OPENED] == []


def test_nothing_is_sent_without_a_form_of_ours(found: Everything) -> None:
    sent = [one for one in found.openings if one.way in ("POST", "PUT", "DELETE")]
    assert [one for one in sent if one.word in OPENED or one.word.startswith("on to")] == []


def test_no_socket_opens_to_whoever_is_not_signed_in(found: Everything) -> None:
    assert {w for path in found.sockets for who in NOT_SIGNED_IN for w in found.words(path, who)} == {REFUSED}


def test_the_table_in_the_docs_is_what_was_found(found: Everything) -> None:
    assert Path(FILE).read_text("utf-8") == document(found), "run make access and look at what has changed"
