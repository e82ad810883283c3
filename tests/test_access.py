"""Every page, route, socket and download has a rule, and the pages each role is shown are those its rule opens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.routing import Route, WebSocketRoute

import streamlit_app
from coach.clinic.access import RULES, Who, may, opens, registry_gaps
from coach.clinic.accounts import Role

PAGES = Path(streamlit_app.__file__).with_name("pages")
# What a page file is that stands behind an address: it is named in the navigation.
NAVIGATED = re.findall(r'st\.Page\("(\w+)\.py"', (PAGES / "navigation.py").read_text("utf-8"))
ROUTED = [route.path for route in streamlit_app.ROUTES if isinstance(route, Route | WebSocketRoute)]
ANA = "a" * 32
BEN = "b" * 32
PEOPLE = {
    "nobody": None,
    "ana": Who(Role.PATIENT, "Ana", account_uid="1", patient_uid=ANA),
    "therapist": Who(Role.THERAPIST, "Ada", account_uid="2"),
    "administrator": Who(Role.ADMINISTRATOR, "Eve", account_uid="3"),
}
ABOUT_A_PATIENT = [name for name, rule in RULES.items() if rule.personal]


def test_everything_that_can_be_opened_has_a_rule() -> None:
    assert len(ROUTED) > 15
    assert registry_gaps([*ROUTED, *(f"/{name}" for name in NAVIGATED)]) == set()


def test_a_page_without_a_rule_would_be_found_and_is_closed_to_everybody() -> None:
    assert registry_gaps(["/today", "/new-page"]) == {"/new-page"}
    assert not any(opens(who, "/new-page") for who in PEOPLE.values())


def test_every_page_has_a_route_so_that_its_address_can_be_opened() -> None:
    assert {f"/{name}" for name in NAVIGATED} <= set(ROUTED)


@pytest.mark.parametrize("name", sorted(RULES))
def test_nobody_without_an_account_opens_anything_but_the_doors(name: str) -> None:
    assert opens(None, name) == (name in {"/sign-in", "/sign-out", "/set-up", "/join"})


@pytest.mark.parametrize("name", sorted(ABOUT_A_PATIENT))
@pytest.mark.parametrize("person", sorted(PEOPLE))
def test_nobody_but_a_therapist_opens_anything_with_somebody_elses_data(person: str, name: str) -> None:
    assert may(PEOPLE[person], name, BEN) == (person == "therapist" and Role.THERAPIST in RULES[name].roles)
    assert not may(PEOPLE[person], name, None), "a page about a patient has to name one"


@pytest.mark.parametrize("name", sorted(ABOUT_A_PATIENT))
def test_an_administrator_sees_no_patient_at_all(name: str) -> None:
    assert not may(PEOPLE["administrator"], name, ANA)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.py")), ids=lambda path: path.stem)
def test_every_navigated_page_asks_who_is_there(page: Path) -> None:
    if page.stem not in NAVIGATED:
        return
    asks = re.search(rf'entry\.(require|patient)\("/{page.stem}"', page.read_text("utf-8"))
    assert asks, f"{page.name} shows itself to anybody who comes past the guard"
