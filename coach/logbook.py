"""One practice's page in the records: what cannot be written now is kept and tried again."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING

from coach.records import Ending, RecordsError, RowRefused

if TYPE_CHECKING:
    from coach.events import Repetition
    from coach.records import Records
    from coach.trace import Trace

_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Logbook:
    """Writes in order: that the practice began, each repetition as it finishes, how the practice ended.

    Nothing is lost while the records cannot be written: `behind` is then true, and every later entry
    tries the earlier ones first. Only what the tables refuse as senseless is left out. Call from one thread at a time.
    """

    def __init__(self, records: Records, begin: Callable[[Records, datetime], str]) -> None:
        started_at = _now()
        self.practice: str | None = None
        self.written = 0  # repetitions
        self._waiting: deque[Callable[[str], None]] = deque()
        self._records = records
        self._begin = partial(begin, records, started_at)

    @property
    def behind(self) -> bool:
        """Whether something is still to be written."""
        return self.practice is None or bool(self._waiting)

    def repetition(self, repetition: Repetition, trace: Trace | None = None) -> None:
        """Write a finished repetition and its course."""

        def entry(practice: str) -> None:
            self._records.add_repetition(practice, repetition, trace)
            self.written += 1

        self._waiting.append(entry)
        self.write()

    def end(self, ending: Ending, judged_share: float) -> None:
        """Write how the practice ended; `judged_share` is the share of its pictures that could be judged."""
        ended_at = _now()
        self._waiting.append(
            lambda practice: self._records.end_practice(practice, ending, ended_at, judged_share)
        )
        self.write()

    def write(self) -> None:
        """Write what is waiting, oldest first; stop at the first entry that cannot be written."""
        try:
            if self.practice is None:
                self.practice = self._begin()
            while self._waiting:
                # What is refused once is refused for ever, and what comes after it must not wait for that.
                try:
                    self._waiting[0](self.practice)
                except RowRefused as refused:
                    _log.error("An entry of a practice was left out: %s", refused)
                self._waiting.popleft()
        except RecordsError as error:
            _log.warning("The records could not be written and will be tried again: %s", error)
