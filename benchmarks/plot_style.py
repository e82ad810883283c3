"""How the plots of the benchmarks look: calm colours, readable at the width of a page."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl

mpl.use("Agg")

INK, FAINT = "#3a4350", "#d9dee4"
GREEN, BLUE, MAUVE, OCHRE = "#2f6f73", "#5b7fb5", "#a58bb0", "#c08a4e"
STYLE: Any = {
    "font.size": 12,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
}
