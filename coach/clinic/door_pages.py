"""What is said at each door: every text a person reads there, and what they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coach.clinic.accounts import Account
from coach.clinic.door_html import Field, Form, page_of
from coach.clinic.forms import FormOffice, Visit
from coach.clinic.invitations import Invitation
from coach.clinic.passwords import LONGEST, SHORTEST
from coach.clinic.sign_in import NotSignedIn
from coach.clinic.totp import address_of
from coach.demo.marking import Door, door_of
from coach.records.database import database_url

FAULTS: Mapping[str, tuple[str, str]] = {
    # What does not fit yet: (the field it is about, what to do).
    "wrong": ("", "This name and this password do not go together. Please type both once more."),
    "phone_code": (
        "code",
        "This code is not right, or its time is over. Please type the one the app shows now.",
    ),
    "invitation": (
        "code",
        "This code does not open anything. It may have been used, or its time may be over. Please check it, or ask for "
        "a new one.",
    ),
    "current": ("current", "This is not the password you have now. Please type it once more."),
    "sign_in_name": ("sign_in_name", "Please choose a name of 3 to 100 letters."),
    "taken": ("sign_in_name", "Somebody signs in with this name already. Please choose another one."),
    "name": ("name", "Please write your name, in up to 100 letters."),
    "has_account": ("code", "You have an account already. Please sign in with it."),
    "password_short": ("password", f"This is a little short. Please take {SHORTEST} characters or more."),
    "password_long": (
        "password",
        f"This is longer than can be kept. Please take up to {LONGEST} characters.",
    ),
    "password_common": (
        "password",
        "This one is among the first that others would guess. Please take another one.",
    ),
    "password_name": ("password", "This is too much like your name. Please take another one."),
    "different": ("again", "The two are not the same. Please type the new password in both."),
    "second_step": (
        "code",
        "This code does not go with the key above. Please type the one the app shows now.",
    ),
}
LATE = "This page waited a little too long, or was opened in another browser. Please try once more."
LATER = "The coach cannot open at the moment. Please try again in a few minutes."

SIGN_IN_NAME = Field("sign_in_name", "Sign-in name", "username")
KNOWN_SIGN_IN_NAME = Field("sign_in_name", "Your sign-in name", "username", "known")
NEW_SIGN_IN_NAME = Field(
    "sign_in_name",
    "Choose a sign-in name",
    "username",
    hint="You type it to sign in. Your e-mail address is easy to remember; nothing is ever sent to it.",
)
NAME = Field("name", "Your name", "name")
PASSWORD = Field("password", "Password", "current-password", "password")
CURRENT = Field("current", "Password now", "current-password", "password")
NEW_PASSWORD = Field(
    "password",
    "New password",
    "new-password",
    "password",
    f"{SHORTEST} characters or more, of any kind. Three or four words that only you would put together are good.",
)
AGAIN = Field("again", "New password once more", "new-password", "password")
INVITATION = Field("code", "Code", "off", hint="12 letters and digits. Small letters and spaces are fine.")
DEMO_PASSWORD = Field("password", "Password", "off")  # to be seen: it opens nothing but this demonstration
PHONE_CODE = Field("code", "Code from your phone", "one-time-code", "digits")

HOME = ("/", "Back to practising")
JOIN = ("/join", "I have a code")


class DoorPages:
    """Writes the pages; each form is signed for its door and its browser."""

    def __init__(self, office: FormOffice, clinic: bool) -> None:
        self._office, self._clinic = office, clinic

    def sign_in(self, visit: Visit, tried: NotSignedIn | None = None) -> str:
        """Name and password; a demonstration on this computer fills them in."""
        door = None if self._clinic else door_of(database_url())
        if door is not None:
            return self._demonstration(visit, door, tried)
        form = self._form(visit, (SIGN_IN_NAME, PASSWORD), "Sign in", _trouble(tried, "wrong"))
        if self._clinic:
            forgotten = "If you have forgotten your password, ask your therapist for a code for a new one."
            return page_of("Sign in", [], form, links=[JOIN], foot=forgotten)
        words = "This is for the therapist. To practise, nobody needs a password."
        return page_of("Sign in", [words], form, links=[JOIN, HOME])

    def signed_in(self, visit: Visit, account: Account) -> str:
        """Instead of the form, for somebody who is in."""
        ways = [(visit.wanted, "To the coach"), ("/password", "A new password"), ("/sign-out", "Sign out")]
        return page_of(f"You are signed in as {account.name}", links=ways)

    def phone_code(self, visit: Visit, step: str, tried: NotSignedIn | None = None) -> str:
        """The second step; `step` says that the first one was right."""
        form = self._form(
            visit, (PHONE_CODE,), "Sign in", _trouble(tried, "phone_code"), path="/sign-in", step=step
        )
        words = "Now the six digits that the app on your phone shows for the coach."
        return page_of("One more step", [words], form, links=[("/sign-in", "Start again")])

    def sign_out(self, visit: Visit, account: Account) -> str:
        """Here, or everywhere."""
        return page_of(
            "Sign out",
            [f"You are signed in as {account.name}."],
            self._form(visit, (), "Sign out"),
            self._form(visit, (), "Sign out everywhere", everywhere="yes"),
            links=[("/", "Stay signed in")],
        )

    def invitation(self, visit: Visit, tried: NotSignedIn | None = None) -> str:
        """A code, before it is known what it is for."""
        form = self._form(visit, (INVITATION,), "Go on", _trouble(tried, "invitation"), typed=("code",))
        if visit.path == "/set-up":
            words = "Nobody can sign in yet. Type the code that was shown where the coach was started."
            return page_of("Setting up", [words], form)
        words = "Type the code your therapist has given you."
        return page_of("Your code", [words], form, links=[("/sign-in", "Sign in instead")])

    def welcome(self, visit: Visit, found: Invitation, account: Account | None, fault: str = "") -> str:
        """What the code is for: a new password for this account, or a new account."""
        code = visit.filled["code"]
        trouble = FAULTS.get(fault)
        if account is not None:
            form = self._form(
                visit,
                (KNOWN_SIGN_IN_NAME, NEW_PASSWORD, AGAIN),
                "Save and sign in",
                trouble,
                known={"sign_in_name": account.sign_in_name},
                code=code,
            )
            return page_of(f"Welcome back, {account.name}", ["Choose a new password."], form)
        fields = (NEW_SIGN_IN_NAME, NEW_PASSWORD, AGAIN)
        form = self._form(
            visit, fields if found.name else (NAME, *fields), "Save and sign in", trouble, code=code
        )
        title = f"Welcome, {found.name}" if found.name else "Welcome"
        return page_of(title, ["Choose how you will sign in from now on."], form)

    def at_home(self, visit: Visit, fault: str = "") -> str:
        """The therapist's password on this computer."""
        fields = (NAME, NEW_SIGN_IN_NAME, NEW_PASSWORD, AGAIN)
        words = (
            "The therapist's pages on this computer open with a password that a therapist sets here once. "
            "To practise, nobody needs one."
        )
        form = self._form(visit, fields, "Save and sign in", FAULTS.get(fault))
        return page_of("For the therapist", [words], form, links=[HOME])

    def set_up_already(self) -> str:
        """There is nothing to set up."""
        return page_of("Setting up", ["The coach is set up already."], links=[("/sign-in", "Sign in")])

    def password(
        self, visit: Visit, account: Account, fault: str = "", tried: NotSignedIn | None = None
    ) -> str:
        """A new one for the old one."""
        form = self._form(
            visit,
            (KNOWN_SIGN_IN_NAME, CURRENT, NEW_PASSWORD, AGAIN),
            "Save",
            FAULTS.get(fault) or _trouble(tried, "current"),
            known={"sign_in_name": account.sign_in_name},
        )
        words = "Wherever else you are signed in, you will be signed out."
        return page_of("A new password", [words], form, links=[("/", "Leave it as it is")])

    def second_step(
        self,
        visit: Visit,
        account: Account,
        secret: str,
        fault: str = "",
        tried: NotSignedIn | None = None,
    ) -> str:
        """Turn it on; or off, where it is on."""
        if account.second_step:
            form = self._form(
                visit,
                (PHONE_CODE,),
                "Turn it off",
                FAULTS.get(fault) or _trouble(tried, "phone_code"),
                off="yes",
            )
            words = [
                "Signing in asks for a code from your phone. To turn that off, type the code it shows now."
            ]
            return page_of("The second step", words, form, links=[("/", "Leave it on")])
        words = [
            "With an authenticator app, signing in asks for six digits from your phone as well: a password alone then "
            "opens nothing.",
            "Put this key into the app, then type your password and the digits the app shows.",
        ]
        form = self._form(
            visit,
            (CURRENT, PHONE_CODE),
            "Turn it on",
            FAULTS.get(fault) or _trouble(tried, "current"),
            secret=self._office.sign("secret", visit, secret),
        )
        shown = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        links = [(address_of(secret, account.sign_in_name), "Open the app on this device"), ("/", "Not now")]
        return page_of("The second step", words, form, shown=shown, links=links)

    def _demonstration(self, visit: Visit, door: Door, tried: NotSignedIn | None) -> str:
        known = {"sign_in_name": door.sign_in_name, "password": door.password}
        fields, trouble = (SIGN_IN_NAME, DEMO_PASSWORD), _trouble(tried, "wrong")
        form = self._form(visit, fields, "Sign in", trouble, known=known)
        words = "This is a demonstration: everybody in it is invented. Name and password are filled in."
        return page_of("Sign in", [words], form, links=[HOME])

    def _form(
        self,
        visit: Visit,
        fields: Sequence[Field],
        button: str,
        trouble: tuple[str, str] | None = None,
        *,
        path: str = "",
        typed: Sequence[str] = ("name", "sign_in_name"),
        known: Mapping[str, str] | None = None,
        **hidden: str,
    ) -> Form:
        """A signed form; what was `typed` before is in it again, but no password and no code from a phone."""
        action = path or visit.path
        along = {"form": self._office.sign(action, visit), **hidden}
        if visit.wanted != "/":
            along["next"] = visit.wanted
        values = {name: visit.filled[name] for name in typed if name in visit.filled}
        return Form(action, fields, button, along, {**values, **(known or {})}, trouble)


def waiting(seconds: int) -> str:
    """How long somebody is asked to wait."""
    if seconds <= 90:
        return f"Please wait {seconds} second{'' if seconds == 1 else 's'}, then try again."
    return f"Please wait {-(-seconds // 60)} minutes, then try again."


def _trouble(tried: NotSignedIn | None, wrong: str) -> tuple[str, str] | None:
    if tried is None:
        return None
    if tried.reason == "wait":
        return "", f"There were several tries in a row. {waiting(tried.wait_seconds)}"
    return FAULTS[wrong]
