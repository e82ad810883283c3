"""What somebody might try, what it comes to, what is then on record, and the test that tries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attack:
    """`record` names what is written down, each kind once, in the order in which it first comes."""

    name: str
    comes_to: str
    record: tuple[str, ...]
    test: str


def _here(name: str, comes_to: str, test: str, *record: str) -> Attack:
    return Attack(name, comes_to, record, f"`test_attacks.py::{test}`")


ATTACKS: Mapping[str, Attack] = {
    "five": _here(
        "guessing: 5 wrong tries",
        "the sixth waits 5 s, then twice as long each time, even with the right password",
        "test_after_five_wrong_tries_even_the_right_one_waits",
        *("sign_in_refused", "sign_in_waits"),
    ),
    "ten": _here(
        "guessing: 10 wrong tries",
        "a wait of 15 minutes, and no longer",
        "test_after_ten_wrong_tries_it_is_a_quarter_of_an_hour",
        *("sign_in_refused", "sign_in_waits", "signed_in"),
    ),
    "stolen": _here(
        "a stolen cookie, after its owner has signed out",
        "sent to the door; no socket opens",
        "test_a_stolen_cookie_is_worth_nothing_once_its_owner_is_out",
        *("signed_out", "cookie_unknown", "not_signed_in"),
    ),
    "idle": _here(
        "a cookie that nobody used for too long",
        "sent to the door; no socket opens",
        "test_an_old_cookie_opens_nothing",
        *("cookie_expired", "cookie_unknown", "not_signed_in"),
    ),
    "old": _here(
        "a cookie that was used all the time, for too long",
        "sent to the door; no socket opens",
        "test_an_old_cookie_opens_nothing",
        *("cookie_expired", "cookie_unknown", "not_signed_in"),
    ),
    "changed": _here(
        "a cookie changed in one letter",
        "sent to the door; no socket opens",
        "test_a_changed_cookie_opens_nothing",
        *("cookie_unknown", "not_signed_in"),
    ),
    "planted": _here(
        "a cookie put into somebody's browser before they sign in",
        "signing in gives a new one; the planted one opens nothing",
        "test_a_planted_cookie_is_not_taken_over",
        *("cookie_unknown", "signed_in"),
    ),
    "revoked": _here(
        "a therapist whose account is closed",
        "out at once; no socket opens, the password and old codes are worth nothing",
        "test_a_therapist_whose_account_is_closed_is_out",
        *("account_closed", "cookie_unknown", "not_signed_in", "sign_in_refused", "code_refused"),
    ),
    "ticket": _here(
        "a ticket for a practice, changed in one place",
        "the live socket says no, and no practice begins",
        "test_a_changed_ticket_begins_no_practice",
        "ticket_unknown",
    ),
    "another_ticket": Attack(
        "another patient's ticket",
        "the live socket says no, and no practice begins",
        ("access_refused",),
        "`test_sockets_end.py::test_another_patient_s_ticket_is_refused_and_that_is_on_record`",
    ),
    "csrf": _here(
        "a form sent from another site's page (CSRF)",
        "refused before it is read; whoever is signed in stays so",
        "test_a_form_from_another_site_is_refused",
        "foreign_origin",
    ),
    "form": _here(
        "a form of ours that was copied: changed, old, from another browser or door",
        "refused; the page is shown anew",
        "test_a_copied_form_is_refused",
        "form_refused",
    ),
    "socket": _here(
        "a socket opened by another site's page",
        "closed before it opens",
        "test_a_socket_from_another_site_is_refused",
        "foreign_origin",
    ),
    "host": _here(
        "another host's name (DNS rebinding)",
        "refused, whatever is asked for",
        "test_another_host_s_name_is_refused",
        "foreign_host",
    ),
    "uid": _here(
        "another patient's uid in the address",
        "a therapist's page or report: refused; one's own page: one's own data",
        "test_another_patient_s_uid_opens_nothing_of_theirs",
        "access_refused",
    ),
    "used_code": _here(
        "an invitation that was used",
        "refused, like any wrong code",
        "test_a_used_or_late_invitation_lets_nobody_in",
        "code_refused",
    ),
    "late_code": _here(
        "an invitation whose time is over",
        "refused, like any wrong code",
        "test_a_used_or_late_invitation_lets_nobody_in",
        "code_refused",
    ),
    "set_up": _here(
        "a wrong set-up code",
        "refused; after five of them each next one waits",
        "test_a_wrong_set_up_code_makes_no_therapist",
        *("code_refused", "code_waits"),
    ),
    "replayed": _here(
        "a code of the second step, used twice",
        "the second time refused",
        "test_a_code_from_the_phone_counts_once",
        *("signed_in", "code_refused"),
    ),
    "elsewhere": _here(
        "an address that leads elsewhere after signing in",
        "leads to the coach's own first page",
        "test_signing_in_leads_nowhere_else",
        "signed_in",
    ),
    "closed_path": _here(
        "Streamlit's own uploads, media, figures and sign-in",
        "closed, to staff as well",
        "test_what_streamlit_has_of_its_own_is_closed",
        "closed_path",
    ),
}
