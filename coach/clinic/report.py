"""The report for the file: two pages of paper, made on demand from values, with every chart under its sentence.

There is never one figure for all of it, and the camera's figures keep their own names: no clinical scale is among them.
"""

from __future__ import annotations

from coach.clinic.paper import Paper
from coach.clinic.paper_charts import Period
from coach.clinic.report_first_page import first_page
from coach.clinic.report_second_page import second_page
from coach.clinic.report_sheet import foot, record_of
from coach.clinic.report_values import ReportData


def report_pdf(data: ReportData) -> bytes:
    """The two pages as a PDF."""
    # Titles stay behind in a browser's history: no name of a person in it.
    paper = Paper(f"Report on practice at home, record {record_of(data)}", data.made_at, data.letters)
    began = min(max(data.first, data.began or data.first), data.last)
    marks = tuple((one.day, one.letter) for one in data.treated if began <= one.day <= data.last)
    period = Period(began, data.last, marks)
    paper.page()
    first_page(paper, data, period)
    foot(paper, data, 1)
    paper.page()
    second_page(paper, data, period)
    foot(paper, data, 2)
    return paper.done()
