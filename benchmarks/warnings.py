"""How well the coach warns: what it sees by size, how soon, and how often it warns healthy people in vain.

    python benchmarks/warnings.py [--quick] [--json FILE] [--to docs]      (make warnings)

Simulated people (webcam at 500 mm, noise sd 6 grey levels, JPEG 80, 15 pictures a second) practise before the real
engine; the tables go to the screen, warnings-roc.png and warnings-sensitivity.png to the folder `--to`. `--quick` plays
a small part in a minute or two, to see that everything works: its figures mean little, and no plot is drawn.
Synthetic movement on few faces: no clinical validation.
"""

from __future__ import annotations

import os
import sys

if __name__ == "warnings":
    # A script's folder comes first on Python's path: whoever imports Python's own `warnings` from a script in this
    # folder arrives here, and is led on to it.
    path, own = sys.path, os.path.dirname(os.path.abspath(__file__))
    sys.path = [folder for folder in path if os.path.abspath(folder) != own]
    del sys.modules["warnings"]
    import warnings  # noqa: F401

    sys.path = path
else:
    from pathlib import Path

    sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]
    if __name__ == "__main__":
        import typer

        from benchmarks.warning_tables import main

        typer.run(main)
