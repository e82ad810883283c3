"""What the doors look like: plain pages without a script, calm, and readable by whoever reads them aloud.

What does not fit yet is said in words beside its field, and the cursor is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

APP = "Face Retraining Coach"
STYLE = Path(__file__).with_name("doors.css").read_text("utf-8")
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Ccircle cx='8' cy='8' r='7' fill='%232f6f73'/%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in: text, a password, digits, or what is known already (password managers go by it)."""

    name: str
    label: str
    autocomplete: str
    kind: str = "text"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One form: where it goes, what is to be filled in, and what goes along unseen.

    `values` is what was typed before, or what is known already; passwords never are. `trouble` is the field that does
    not fit yet (none: all of it) and what to do.
    """

    action: str
    fields: Sequence[Field]
    button: str
    hidden: Mapping[str, str]
    values: Mapping[str, str]
    trouble: tuple[str, str] | None = None


def page_of(
    title: str,
    intro: Sequence[str] = (),
    *forms: Form,
    shown: str = "",
    links: Sequence[tuple[str, str]] = (),
    foot: str = "",
) -> str:
    """A page with what one can do there; `shown` is for typing off, `foot` stands below the ways on.

    After a fault its title says so first.
    """
    troubled = any(form.trouble for form in forms)
    body = "".join(f"<p>{escape(text)}</p>" for text in intro)
    body += f"<code>{escape(shown)}</code>" if shown else ""
    body += "".join(_form(form, focused=number == 0) for number, form in enumerate(forms))
    ways = "".join(f'<li><a href="{escape(where)}">{escape(words)}</a></li>' for where, words in links)
    body += f'<ul class="ways">{ways}</ul>' if ways else ""
    body += f'<p class="hint">{escape(foot)}</p>' if foot else ""
    return _page(f"Please check: {title}" if troubled else title, f"<h1>{escape(title)}</h1>{body}")


def notice_page(words: str) -> str:
    """A page that only says something."""
    return page_of(APP, [words], links=[("/", "To the coach")])


def _form(form: Form, focused: bool) -> str:
    about, words = form.trouble or ("", "")
    beside = any(field.name == about for field in form.fields)
    parts = [f'<form method="post" action="{escape(form.action)}" novalidate>']
    parts += [
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in form.hidden.items()
    ]
    if words and not beside:
        parts.append(f'<p class="fault" role="alert" tabindex="-1" autofocus>{escape(words)}</p>')
    first = next((field for field in form.fields if field.kind != "known"), None)
    for field in form.fields:
        fault = words if field.name == about else ""
        focus = bool(fault) if words else focused and field is first
        value = "" if field.kind == "password" else form.values.get(field.name, "")
        parts.append(_line(field, value, fault, focus))
    parts.append(f"<button>{escape(form.button)}</button></form>")
    return "".join(parts)


def _line(field: Field, value: str, fault: str, focus: bool) -> str:
    name = field.name
    notes = [f"{name}-fault"] * bool(fault) + [f"{name}-hint"] * bool(field.hint)
    attributes = {
        "id": name,
        "name": name,
        "type": "password" if field.kind == "password" else "text",
        "autocomplete": field.autocomplete,
        "autocapitalize": "words" if field.autocomplete == "name" else "none",
        "spellcheck": "false",
        **({"value": value} if value else {}),
        **({"inputmode": "numeric"} if field.kind == "digits" else {}),
        **({"aria-describedby": " ".join(notes)} if notes else {}),
        **({"aria-invalid": "true"} if fault else {}),
    }
    written = " ".join(f'{key}="{escape(text)}"' for key, text in attributes.items())
    switches = (" readonly" if field.kind == "known" else " required") + (" autofocus" if focus else "")
    said = f'<p class="fault" id="{name}-fault">{escape(fault)}</p>' if fault else ""
    hint = f'<p class="hint" id="{name}-hint">{escape(field.hint)}</p>' if field.hint else ""
    return (
        f'<div class="field"><label for="{name}">{escape(field.label)}</label>{said}'
        f"<input {written}{switches}>{hint}</div>"
    )


def _page(title: str, body: str) -> str:
    named = APP if title == APP else f"{title} - {APP}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(named)}</title>'
        f'<link rel="icon" href="{_ICON}"><style>{STYLE}</style></head><body>'
        f'<header><p class="app">{APP}</p></header><main>{body}</main>'
        f"<footer><p><strong>{APP}</strong> supports practice prescribed by your therapist. It does not diagnose and "
        "it does not replace your therapist.</p></footer></body></html>"
    )
