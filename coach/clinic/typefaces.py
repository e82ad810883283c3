"""The letters on paper: one family that is always there, and this computer's own for scripts which that one lacks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # says nothing of its types

from coach import CoachError

# Names of people may be in any script; these files bring most of the others, and nearly every computer has some.
_OTHERS = (
    *(
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJKsc-Regular.otf",
        "DroidSansFallbackFull.ttf",
        "wqy-microhei.ttc",
    ),
    *("NotoSansDevanagari-Regular.ttf", "NotoSansBengali-Regular.ttf", "NotoSansTamil-Regular.ttf"),
    *("NotoSansThai-Regular.ttf", "NotoSansEthiopic-Regular.ttf", "NotoSans-Regular.ttf", "FreeSans.ttf"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "AppleSDGothicNeo.ttc", "Kohinoor.ttc", "Arial Unicode.ttf"),
    *("msyh.ttc", "meiryo.ttc", "malgun.ttf", "Nirmala.ttc", "Nirmala.ttf", "LeelawUI.ttf", "simsun.ttc"),
    "unifont.otf",
)
_FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    os.path.join(os.environ.get("WINDIR", r"C:\Windows"), "Fonts"),
)


class TypefaceMissing(CoachError):
    """The letters of every report are not where they are installed."""


def regular() -> Path:
    """DejaVu Sans: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic."""
    return _dejavu("DejaVuSans.ttf")


def bold() -> Path:
    """The same, for headings."""
    return _dejavu("DejaVuSans-Bold.ttf")


@cache
def letters_of(file: Path) -> frozenset[int]:
    """The code points a file has letters for; none where it cannot be read."""
    try:
        with TTFont(file, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return frozenset()


def for_the_rest(letters: Iterable[str]) -> tuple[Path, ...]:
    """Files of this computer that have what `regular` lacks of these letters, as few as are needed."""
    missing = {ord(letter) for letter in letters} - letters_of(regular())
    found = []
    for file in _others() if missing else ():
        if missing & letters_of(file):
            found.append(file)
            missing -= letters_of(file)
        if not missing:
            break
    return tuple(found)


@cache
def _others() -> tuple[Path, ...]:
    """In the order of the names: the better one comes first wherever it lies."""
    there = {file.name.lower(): file for file in _installed()}
    return tuple(there[name.lower()] for name in _OTHERS if name.lower() in there)


def _installed() -> Iterator[Path]:
    for folder in _FOLDERS:
        for at, _, names in os.walk(Path(folder).expanduser()):
            yield from (Path(at, name) for name in names)


@cache
def _dejavu(name: str) -> Path:
    found = find_spec("matplotlib")  # found, not imported: only its files are wanted
    file = Path(found.origin or "").parent / "mpl-data" / "fonts" / "ttf" / name if found else None
    if file is None or not file.is_file():
        raise TypefaceMissing(f"{name} is not there; matplotlib brings it: pip install -r requirements.txt")
    return file
