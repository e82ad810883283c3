"""The engine behind the Face Retraining Coach: it measures, judges and coaches; it imports no Streamlit."""

ENGINE_VERSION = "0.3.0"
"""Stored with every practice, so that a figure can be traced to the rules that made it."""


class CoachError(Exception):
    """Something a person can put right: the message says what, where and what to do."""
