"""Signing in: who gets a cookie, who has to wait, and when a cookie counts no more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pyotp
import pytest
from argon2 import PasswordHasher
from reception import HERE, OTHER, PASSWORD, THERE, Desk, desk
from sqlalchemy import text

from coach.clinic.accounts import AccountRefused, Role
from coach.clinic.sign_in import LIMITS, CodeNeeded, NotSignedIn, SignedIn, token_hash
from coach.clinic.totp import secret_from, step_of
from coach.clinic.tries import wait_seconds
from coach.records import Records

WRONG = NotSignedIn("wrong")


@pytest.fixture
def at_desk(records: Records) -> Desk:
    return desk(records)


def wrong_tries(
    at: Desk, count: int, name: str = "thea", address: str = HERE
) -> list[SignedIn | CodeNeeded | NotSignedIn]:
    """As many as are looked at, each as soon as it may be."""
    tried = []
    for number in range(count):
        at.clock.passes(seconds=wait_seconds(number))
        tried.append(at.reception.try_sign_in(name, "not it at all", at.now, address=address))
    return tried


# Names and passwords


def test_a_name_and_its_password_give_a_cookie_that_only_the_browser_knows(at_desk: Desk) -> None:
    at_desk.therapist()
    tried = at_desk.sign_in(" THEA ")
    assert at_desk.who_is(tried.token) == "thea"
    assert len(tried.token) == 43
    with at_desk.reception.engine.connect() as connection:
        tables = ("account", "sign_in", "wrong_try", "invitation", "audit_event")
        everything = "".join(str(connection.execute(text(f"SELECT * FROM {t}")).all()) for t in tables)
    assert token_hash(tried.token) in everything
    for secret in (tried.token, PASSWORD, HERE):
        assert secret not in everything
    assert "$argon2id$" in everything


def test_an_unknown_name_a_wrong_password_and_a_closed_account_get_the_same_answer(at_desk: Desk) -> None:
    at_desk.therapist()
    closed = at_desk.therapist("gone")
    at_desk.reception.revoke(closed.uid, at_desk.now)
    answers = [
        at_desk.reception.try_sign_in(name, password, at_desk.now, address=address)
        for name, password, address in (
            ("nobody", PASSWORD, "203.0.113.1"),
            ("thea", OTHER, "203.0.113.2"),
            ("gone", PASSWORD, "203.0.113.3"),
            ("\x00", PASSWORD, "203.0.113.4"),
            ("x" * 5000, PASSWORD, "203.0.113.5"),
        )
    ]
    assert answers == [WRONG] * 5
    assert at_desk.passwords.asked == [False, True, True, False, False]  # each was hashed once
    assert at_desk.record()[-5:] == ["sign_in_refused"] * 5


def test_nobody_s_password_opens_nothing(at_desk: Desk) -> None:
    assert at_desk.reception.try_sign_in("nobody", "nobody's password", at_desk.now) == WRONG


def test_a_password_by_older_rules_is_hashed_anew_when_it_is_next_typed(at_desk: Desk) -> None:
    account = at_desk.therapist()
    older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    with at_desk.reception.engine.begin() as connection:
        connection.execute(text("UPDATE account SET password_hash = :h"), {"h": older})
    at_desk.sign_in()
    with at_desk.reception.engine.connect() as connection:
        kept = connection.execute(text("SELECT password_hash FROM account")).scalar_one()
    assert kept != older
    assert not at_desk.passwords.outdated(kept)
    at_desk.sign_in(account.sign_in_name)


# Wrong tries


def test_the_wait_after_each_wrong_try() -> None:
    assert [wait_seconds(wrong) for wrong in range(13)] == [
        *(0, 0, 0, 0, 0),
        *(5, 10, 20, 40, 80),
        *(900, 900, 900),
    ]


@pytest.mark.parametrize("name", ["thea", "nobody"])
def test_after_the_fifth_wrong_try_the_sixth_waits_whoever_it_is(at_desk: Desk, name: str) -> None:
    at_desk.therapist()
    for _ in range(5):
        assert at_desk.reception.try_sign_in(name, OTHER, at_desk.now, address=HERE) == WRONG
    looked_at = len(at_desk.passwords.asked)
    assert at_desk.reception.try_sign_in(name, PASSWORD, at_desk.now, address=HERE) == NotSignedIn("wait", 5)
    assert len(at_desk.passwords.asked) == looked_at
    at_desk.clock.passes(seconds=4.2)
    assert at_desk.reception.try_sign_in(name, PASSWORD, at_desk.now, address=HERE) == NotSignedIn("wait", 1)
    at_desk.clock.passes(seconds=0.8)
    tried = at_desk.reception.try_sign_in(name, PASSWORD, at_desk.now, address=HERE)
    assert isinstance(tried, SignedIn) is (name == "thea")
    assert at_desk.record().count("sign_in_waits") == 2


def test_after_the_tenth_it_is_a_quarter_of_an_hour_and_no_longer(at_desk: Desk) -> None:
    at_desk.therapist()
    assert wrong_tries(at_desk, 10) == [WRONG] * 10
    for _ in range(30):  # who knocks meanwhile waits no longer for it
        at_desk.clock.passes(seconds=29)
        tried = at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, address=HERE)
        assert isinstance(tried, NotSignedIn)
        assert tried.reason == "wait"
    at_desk.clock.passes(seconds=30)
    at_desk.sign_in()


def test_one_name_is_guarded_from_many_places(at_desk: Desk) -> None:
    at_desk.therapist()
    for number in range(5):
        assert (
            at_desk.reception.try_sign_in("thea", OTHER, at_desk.now, address=f"203.0.113.{number}") == WRONG
        )
    tried = at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, address="203.0.113.99")
    assert tried == NotSignedIn("wait", 5)


def test_one_place_that_tries_many_names_waits_and_others_do_not(at_desk: Desk) -> None:
    at_desk.therapist()
    for number in range(5):
        assert at_desk.reception.try_sign_in(f"name{number}", OTHER, at_desk.now, address=HERE) == WRONG
    assert at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, address=HERE) == NotSignedIn(
        "wait", 5
    )
    at_desk.sign_in(address=THERE)


def test_one_home_s_ipv6_addresses_are_one_place(at_desk: Desk) -> None:
    at_desk.therapist()
    for number in range(5):
        at_desk.reception.try_sign_in(f"name{number}", OTHER, at_desk.now, address=f"2001:db8:1:2::{number}")
    tried = at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, address="2001:db8:1:2:a:b:c:d")
    assert tried == NotSignedIn("wait", 5)
    at_desk.sign_in(address="2001:db8:1:3::1")


def test_getting_it_right_forgets_what_was_mistyped_but_not_what_was_tried_at_other_names(
    at_desk: Desk,
) -> None:
    at_desk.therapist()
    at_desk.therapist("mallory")
    for name in ("thea", "thea", "victim", "victim"):
        at_desk.reception.try_sign_in(name, OTHER, at_desk.now, address=HERE)
    at_desk.sign_in("mallory")
    at_desk.sign_in()
    for name in ("victim", "victim", "victim"):
        assert at_desk.reception.try_sign_in(name, OTHER, at_desk.now, address=HERE) == WRONG
    tried = at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, address=HERE)
    assert tried == NotSignedIn("wait", 5)


def test_wrong_tries_are_forgotten_after_a_day_and_those_of_a_place_after_an_hour(at_desk: Desk) -> None:
    at_desk.therapist()
    wrong_tries(at_desk, 10)
    at_desk.clock.passes(minutes=50)
    at_desk.therapist("olga")
    assert isinstance(at_desk.reception.try_sign_in("olga", OTHER, at_desk.now, address=HERE), NotSignedIn)
    assert at_desk.reception.try_sign_in("olga", PASSWORD, at_desk.now, address=HERE) == NotSignedIn(
        "wait", 900
    )
    at_desk.clock.passes(minutes=16)
    at_desk.sign_in("olga")
    assert wrong_tries(at_desk, 1, address=THERE) == [WRONG]  # the name is remembered for longer
    assert at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, address=THERE) == NotSignedIn(
        "wait", 900
    )
    at_desk.clock.passes(days=1)
    assert wrong_tries(at_desk, 4) == [WRONG] * 4
    at_desk.sign_in()
    with at_desk.reception.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM wrong_try")).scalar_one() == 0


def test_many_tries_at_once_get_no_more_than_one_after_another(at_desk: Desk) -> None:
    at_desk.therapist()
    answers = []

    def guess() -> None:
        answers.append(at_desk.reception.try_sign_in("thea", OTHER, at_desk.now, address=HERE))

    guesses = [threading.Thread(target=guess) for _ in range(16)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert sorted(answer.reason for answer in answers) == ["wait"] * 11 + ["wrong"] * 5
    assert at_desk.reception.verify().intact


# Cookies


@pytest.mark.parametrize("role", list(Role))
def test_a_cookie_is_over_when_nobody_was_there_for_long(at_desk: Desk, role: Role) -> None:
    at_desk.patient("ada") if role is Role.PATIENT else at_desk.therapist("ada", role)
    token = at_desk.sign_in("ada").token
    idle = LIMITS[role].idle
    at_desk.clock.now += idle - timedelta(seconds=1)
    assert at_desk.who_is(token) == "ada"
    at_desk.clock.now += idle - timedelta(seconds=1)
    assert at_desk.who_is(token) == "ada"
    at_desk.clock.now += idle
    assert at_desk.who_is(token) is None
    assert at_desk.record()[-1] == "cookie_expired"
    assert at_desk.who_is(token) is None
    assert at_desk.record()[-1] == "cookie_unknown"


@pytest.mark.parametrize("role", list(Role))
def test_a_cookie_is_over_at_last_however_busy_somebody_is(at_desk: Desk, role: Role) -> None:
    at_desk.patient("ada") if role is Role.PATIENT else at_desk.therapist("ada", role)
    token, started, step = at_desk.sign_in("ada").token, at_desk.now, LIMITS[role].idle / 2
    while at_desk.now + step < started + LIMITS[role].absolute:
        at_desk.clock.now += step
        assert at_desk.who_is(token) == "ada"
    at_desk.clock.now += step
    assert at_desk.who_is(token) is None
    assert at_desk.record()[-1] == "cookie_expired"


def test_signing_in_gives_a_new_cookie_and_ends_the_one_this_browser_had(at_desk: Desk) -> None:
    at_desk.therapist()
    first = at_desk.sign_in().token
    tried = at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, token=first)
    assert isinstance(tried, SignedIn)
    assert at_desk.who_is(first) is None
    assert at_desk.who_is(tried.token) == "thea"


def test_a_cookie_from_elsewhere_is_not_taken_over(at_desk: Desk) -> None:
    at_desk.therapist()
    tried = at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now, token="planted")
    assert isinstance(tried, SignedIn)
    assert tried.token != "planted"
    assert at_desk.who_is("planted") is None


def tampered(token: str) -> list[str]:
    return [
        token[:-1],
        token + "A",
        token[::-1],
        token.swapcase(),
        token_hash(token),
        "A" * 43,
        "x" * 5000,
        "\ud800",
        "%00",
    ]


def test_a_tampered_cookie_is_nobody_s_and_that_is_on_record(at_desk: Desk) -> None:
    at_desk.therapist()
    token = at_desk.sign_in().token
    for changed in tampered(token):
        assert at_desk.who_is(changed) is None
    assert at_desk.record().count("cookie_unknown") == len(tampered(token))
    assert at_desk.who_is(token) == "thea"


def test_no_cookie_is_nobody_and_nothing_to_record(at_desk: Desk) -> None:
    before = at_desk.record()
    assert at_desk.who_is(None) is None
    assert at_desk.who_is("") is None
    assert at_desk.record() == before


def test_signing_out_ends_this_browser_and_everywhere_ends_all(at_desk: Desk) -> None:
    at_desk.therapist()
    at_desk.therapist("olga")
    desk_, phone, laptop, olga = [at_desk.sign_in(name).token for name in ("thea", "thea", "thea", "olga")]
    at_desk.reception.sign_out(desk_, at_desk.now)
    assert [at_desk.who_is(token) for token in (desk_, phone, laptop)] == [None, "thea", "thea"]
    at_desk.reception.sign_out(phone, at_desk.now, everywhere=True)
    assert [at_desk.who_is(token) for token in (phone, laptop, olga)] == [None, None, "olga"]
    assert [what for what in at_desk.record() if what.startswith("signed_out")] == [
        "signed_out",
        "signed_out_everywhere",
    ]
    at_desk.reception.sign_out("unknown", at_desk.now)


@pytest.mark.parametrize(
    "end",
    [
        lambda at, account: at.reception.revoke(account.uid, at.now),
        lambda at, account: at.reception.change_password(account.uid, PASSWORD, OTHER, at.now),
    ],
    ids=["closed", "new password"],
)
def test_a_closed_account_and_a_new_password_end_all_browsers_at_once(
    at_desk: Desk, end: Callable[[Desk, object], object]
) -> None:
    account = at_desk.therapist()
    tokens = [at_desk.sign_in().token for _ in range(3)]
    end(at_desk, account)
    assert [at_desk.who_is(token) for token in tokens] == [None] * 3


# A new password


def test_a_new_password_needs_the_one_of_now_and_gives_this_browser_a_new_cookie(at_desk: Desk) -> None:
    account = at_desk.therapist()
    assert at_desk.reception.change_password(account.uid, OTHER, OTHER, at_desk.now) == WRONG
    changed = at_desk.reception.change_password(account.uid, PASSWORD, OTHER, at_desk.now)
    assert isinstance(changed, SignedIn)
    assert at_desk.who_is(changed.token) == "thea"
    assert at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now) == WRONG
    at_desk.sign_in(password=OTHER)
    assert {"password_refused", "password_changed"} <= set(at_desk.record())


def test_guessing_the_password_of_now_waits_as_at_the_door(at_desk: Desk) -> None:
    account = at_desk.therapist()
    for _ in range(5):
        assert at_desk.reception.change_password(account.uid, OTHER, OTHER, at_desk.now) == WRONG
    waits = NotSignedIn("wait", 5)
    assert at_desk.reception.change_password(account.uid, PASSWORD, OTHER, at_desk.now) == waits
    assert at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now) == waits


# The second step


@pytest.fixture
def with_phone(at_desk: Desk) -> tuple[Desk, str, str]:
    """A desk whose therapist has a second step, with their uid and their phone's secret."""
    account, secret = at_desk.therapist(), secret_from(bytes(range(20)))
    code = pyotp.TOTP(secret).at(at_desk.now)
    assert at_desk.reception.set_second_step(account.uid, PASSWORD, secret, code, at_desk.now) is None
    at_desk.clock.passes(seconds=60)
    return at_desk, account.uid, secret


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B: the last six of the eight digits it gives."""
    secret = secret_from(b"12345678901234567890")
    for seconds, code in (
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ):
        at = datetime.fromtimestamp(seconds, timezone.utc)
        assert step_of(secret, code, at, None) == seconds // 30


def test_with_a_second_step_the_password_alone_opens_nothing(with_phone: tuple[Desk, str, str]) -> None:
    at, uid, secret = with_phone
    tried = at.reception.try_sign_in("thea", PASSWORD, at.now)
    assert isinstance(tried, CodeNeeded)
    assert at.reception.try_code(uid, "000000", at.now) == WRONG
    signed_in = at.reception.try_code(uid, pyotp.TOTP(secret).at(at.now), at.now)
    assert isinstance(signed_in, SignedIn)
    assert at.who_is(signed_in.token) == "thea"


def test_a_code_counts_once_and_for_half_a_minute_around(with_phone: tuple[Desk, str, str]) -> None:
    at, uid, secret = with_phone
    code = pyotp.TOTP(secret).at(at.now)
    assert isinstance(at.reception.try_code(uid, f"{code[:3]} {code[3:]}", at.now), SignedIn)
    assert at.reception.try_code(uid, code, at.now) == WRONG
    at.clock.passes(seconds=30)
    late, early = (pyotp.TOTP(secret).at(at.now + timedelta(seconds=away)) for away in (-60, 60))
    assert [
        at.reception.try_code(uid, each, at.now)
        for each in (late, early, "", "\uff11\uff12\uff13\uff14\uff15\uff16")
    ] == [WRONG] * 4


def test_guessing_codes_waits_like_guessing_passwords(with_phone: tuple[Desk, str, str]) -> None:
    at, uid, secret = with_phone
    for number in range(5):
        assert isinstance(at.reception.try_sign_in("thea", PASSWORD, at.now, address=HERE), CodeNeeded)
        assert at.reception.try_code(uid, f"00000{number}", at.now, address=HERE) == WRONG
    waits = NotSignedIn("wait", 5)
    assert at.reception.try_code(uid, pyotp.TOTP(secret).at(at.now), at.now, address=HERE) == waits
    assert at.reception.try_sign_in("thea", PASSWORD, at.now, address=HERE) == waits


def test_the_second_step_is_turned_on_with_password_and_phone(at_desk: Desk) -> None:
    account, secret = at_desk.therapist(), at_desk.reception.new_second_step()
    code = pyotp.TOTP(secret).at(at_desk.now)
    with pytest.raises(AccountRefused, match="code"):
        at_desk.reception.set_second_step(account.uid, PASSWORD, secret, "000000", at_desk.now)
    assert at_desk.reception.set_second_step(account.uid, OTHER, secret, code, at_desk.now) == WRONG
    assert isinstance(at_desk.reception.try_sign_in("thea", PASSWORD, at_desk.now), SignedIn)


def test_patients_have_no_second_step(at_desk: Desk) -> None:
    account, secret = at_desk.patient(), at_desk.reception.new_second_step()
    code = pyotp.TOTP(secret).at(at_desk.now)
    with pytest.raises(AccountRefused, match="staff"):
        at_desk.reception.set_second_step(account.uid, PASSWORD, secret, code, at_desk.now)


def test_it_is_turned_off_with_the_phone_or_by_a_colleague(with_phone: tuple[Desk, str, str]) -> None:
    at, uid, secret = with_phone
    colleague = at.therapist("olga")
    assert at.reception.stop_second_step(uid, "000000", at.now) == WRONG
    with pytest.raises(AccountRefused, match="Somebody else"):
        at.reception.drop_second_step(uid, at.now, by=uid)
    at.reception.drop_second_step(uid, at.now, by=colleague.uid)
    assert isinstance(at.reception.try_sign_in("thea", PASSWORD, at.now), SignedIn)
    code = pyotp.TOTP(secret).at(at.now)
    assert at.reception.set_second_step(uid, PASSWORD, secret, code, at.now) is None
    at.clock.passes(seconds=60)
    assert at.reception.stop_second_step(uid, pyotp.TOTP(secret).at(at.now), at.now) is None
    assert isinstance(at.reception.try_sign_in("thea", PASSWORD, at.now), SignedIn)
