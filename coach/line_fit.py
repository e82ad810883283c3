"""The slope of one reading along another, gathered point by point."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST = 10  # points; fewer say nothing of a slope
LEAST_SPREAD_MM = (
    0.3  # sd of the wanted movement: three times the camera's noise (docs/validation.md, jitter)
)


@dataclass(frozen=True, slots=True)
class LineFit:
    """Sums of points (x, y) in mm, enough for a least-squares line."""

    count: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float) -> LineFit:
        """With one more point."""
        return LineFit(self.count + 1, self.x + x, self.y + y, self.xx + x * x, self.xy + x * y)

    @property
    def slope(self) -> float | None:
        """mm of y for each mm of x; None where the points are too few or too close together to tell."""
        if self.count < FEWEST:
            return None
        spread = self.xx - self.x * self.x / self.count
        if spread < self.count * LEAST_SPREAD_MM**2:
            return None
        return (self.xy - self.x * self.y / self.count) / spread
