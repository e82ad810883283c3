"""The engine behind the Face Retraining Coach: it measures, judges and coaches; it imports no Streamlit."""

ENGINE_VERSION = "0.3.3"
"""Stored with every practice, so that a figure can be traced to the rules that made it.

The last number changes with what is judged, counted or asked for, the middle one with what is read
(docs/decisions.md 25).
"""


class CoachError(Exception):
    """Something a person can put right: the message says what, where and what to do."""
