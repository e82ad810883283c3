"""docs/access.md: who comes to what, as it was found by opening everything; and what attacks come to.

`make access` writes it anew; tests/test_leaks.py holds the one that is there against what it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

from attacks import ATTACKS
from openings import DOORS, OPENED, Everything, all_pages, open_everything

FILE = Path(__file__).parent.parent / "docs" / "access.md"
COLUMNS = {
    "not signed in": ("nobody", "cookie made up", "cookie expired", "account closed"),
    "patient": ("patient",),
    "patient, naming another": ("patient, naming another",),
    "administrator": ("administrator",),
    "therapist": ("therapist",),
    "patient at home, naming another": ("at home: patient, naming another",),
    "therapist at home": ("at home: therapist",),
}
"""What stands above each column, and who is in it: those who come to the same, or else the cell says both."""

Cells = tuple[str, ...]

_LEGEND = """# Who may open what

Found by opening everything, not written by hand: `make access` makes this file, and `tests/test_leaks.py` fails when
it is no longer so. The database held two patients, each with marks of their own in every table. Whatever came back
(pages with their charts and tables, HTML, PDF, headers, what a socket sends) was searched for the marks of whom the
visitor may not see, and for what nobody may see (hashes, cookies, codes).

- **not signed in**: without a cookie, with one that was made up, with one that has expired, with one of an account that
  was closed; each of the four opened everything.
- **naming another**: every address named the other patient's uids.
- **sign in**: led to the door. **refused**: it is not theirs. **closed**: there is nothing there.
- **own**: opens with their own data and nobody else's. **all patients**: opens, and shows whichever patient is asked
  for.
- **open**: opens, and has nothing of a patient in it.

At home nobody needs an account to practise: whoever sits at the computer chooses whose practice it is by name, and may
choose anew. Only the therapist's pages need a password."""


def document(found: Everything) -> str:
    """The whole file."""
    return "\n".join(
        [
            _LEGEND,
            "",
            f"**{len(found.leaks)} leaks in {len(found.openings)} openings**: {_ways(found)}.",
            "",
            *_table(("", *COLUMNS), _rows(found)),
            "",
            "## What attacks come to",
            "",
            "Each is done by the test named last; what it leaves on record can be read with `python -m coach audit`.",
            "",
            *_table(
                ("attack", "comes to", "on record", "test"),
                (
                    (
                        one.name,
                        one.comes_to,
                        ", ".join(f"`{what}`" for what in one.record) or "nothing",
                        one.test,
                    )
                    for one in ATTACKS.values()
                ),
            ),
            "",
        ]
    )


def cell(found: Everything, row: str, *visitors: str) -> str:
    """What somebody comes to at an address; behind a page that opens, what its script shows."""
    words: set[str] = set()
    for visitor in visitors:
        at_the_door = found.words(row.split(",")[0], visitor, "address", "socket")
        behind = found.words(row, visitor, "page") if at_the_door <= OPENED else set()
        words |= behind or at_the_door
    return " or ".join(sorted(words))


def _rows(found: Everything) -> Iterator[Cells]:
    pages = [page.row for page in all_pages()]
    named = {row.split(",")[0] for row in pages} | set(DOORS) | {"/report"}
    groups = {
        "Pages": pages,
        "Doors": DOORS,
        "Downloads": ["/report"],
        "Sockets": sorted(found.sockets),
    }
    for group, rows in groups.items():
        yield (f"**{group}**", *[""] * len(COLUMNS))
        for row in rows:
            path, _, part = row.partition(",")
            yield (f"`{path}`{part}", *(cell(found, row, *visitors) for visitors in COLUMNS.values()))
    yield ("**Everything else**", *[""] * len(COLUMNS))
    alike: dict[Cells, list[str]] = {}
    for path in sorted(found.paths - named):
        cells = tuple(cell(found, path, *visitors) for visitors in COLUMNS.values())
        alike.setdefault(cells, []).append(f"`{path}`")
    for cells, paths in alike.items():
        yield (", ".join(paths), *cells)
    for what, paths in (
        ("a form to a door, without the door's own signature", set(DOORS)),
        ("POST, PUT or DELETE to anything else", found.paths - set(DOORS)),
    ):
        yield (what, *(_sent(found, paths, visitors) for visitors in COLUMNS.values()))


def _sent(found: Everything, paths: Iterable[str], visitors: Iterable[str]) -> str:
    methods = ("POST", "PUT", "DELETE")
    tried = product(paths, visitors)
    return " or ".join(sorted({word for path, who in tried for word in found.words(path, who, *methods)}))


def _ways(found: Everything) -> str:
    told = {
        "address": "addresses",
        "POST": "forms and other methods",
        "socket": "sockets",
        "page": "pages through the stream",
        "page by itself": "page files by themselves, past the guard and the navigation",
        "part by itself": "parts of a patient's page by themselves",
    }
    ways = Counter({"PUT": "POST", "DELETE": "POST"}.get(one.way, one.way) for one in found.openings)
    return ", ".join(f"{ways[way]} {words}" for way, words in told.items())


def _table(head: Cells, rows: Iterable[Cells]) -> Iterator[str]:
    yield _line(head)
    yield "|" + "---|" * len(head)
    yield from (_line(row) for row in rows)


def _line(cells: Cells) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")


if __name__ == "__main__":
    everything = open_everything()
    FILE.write_text(document(everything), "utf-8")
    print(f"{FILE.name}: {len(everything.leaks)} leaks in {len(everything.openings)} openings")
