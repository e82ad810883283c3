"""What every answer says to the browser: which scripts may run, who may frame it, and that nothing is kept."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders

# Streamlit's own files, the same for everybody; their names change with what is in them.
_SAME_FOR_ALL = ("/static/", "/_stcore/", "/favicon", "/manifest.json")

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it browsers send "Origin: null" with our own forms (fetch.spec.whatwg.org, origin header).
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ONE_YEAR_SECONDS = 365 * 24 * 3600


def scripts_in(html: str) -> tuple[str, ...]:
    """The scripts written into a page; those with a file of their own need no mention."""
    return tuple(re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", html, re.DOTALL))


def fingerprint(text: str) -> str:
    """An inline script or style as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page_policy(place: str, tls: bool, inline_scripts: Iterable[str] = ()) -> str:
    """The policy for Streamlit's pages, with our camera and the charts; `place` is the host, with its port if any.

    Components given as text come in as blob:, Streamlit writes styles into the page, and charts run without eval.
    """
    fingerprints = "".join(f" {fingerprint(script)}" for script in inline_scripts)
    socket = f"{'wss' if tls else 'ws'}://{place}"  # not every browser takes 'self' for it
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval'{fingerprints}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            f"connect-src 'self' {socket}",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def door_policy(style: str) -> str:
    """The policy for our own plain pages: one style, one picture, forms to ourselves, and nothing else."""
    return (
        f"default-src 'none'; style-src {fingerprint(style)}; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def protect(headers: MutableHeaders, path: str, policy: str, tls: bool) -> None:
    """Add to an answer what it must say; a policy it has already is stricter and stays."""
    headers.setdefault("Content-Security-Policy", policy)
    for name, value in _ALWAYS.items():
        headers[name] = value
    if tls:
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR_SECONDS}"
    if not path.startswith(_SAME_FOR_ALL):
        headers["Cache-Control"] = "no-store"
