"""Tests of utils.results: what a lesson hands on is complete or refused."""

import pandas as pd
import pytest

from utils import data, results

ROWS = pd.DataFrame({"source": ["kotra_2014", "kotra_2015"], "grade": ["A", "C"]})


def row(**changes):
    made = results.income_row(2014, "exports", "gross receipts", (1, 2, 3), "customs", ROWS)
    return made | changes


def test_income_row_takes_worst_grade_and_all_sources():
    assert row()["grade"] == "C"
    assert row()["sources"] == "kotra_2014;kotra_2015"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"central": None}, "has a gap"),
        ({"basis": ""}, "has a gap"),
        ({"low": 5.0}, "does not rise"),
        ({"concept": "profit"}, "unknown concept"),
    ],
)
def test_faulty_income_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        results.income_frame([row(**change)])


def test_double_income_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        results.income_frame([row(), row()])
    assert len(results.income_frame([row(), row(year=2015)])) == 2


def verdict(**changes):
    made = results.verdict_row("T1", "holds", 98, "percent", "China had 98 percent.", ROWS)
    return made | changes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "true"}, "is not one of"),
        ({"claim": "X9"}, "is not a claim"),
        ({"value": None}, "has a gap"),
        ({"finding": ""}, "has a gap"),
    ],
)
def test_faulty_verdict_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        results.verdict_frame([verdict(**change)])


def test_tables_name_the_claims():
    text = results.verdict_table(results.verdict_frame([verdict()])).data
    assert "China is North Korea's largest trading partner" in text
    assert "**holds** | China had 98 percent. | A-C |" in text
    assert results.claims("trade").data.count("\n") == 3
    with pytest.raises(data.DataError, match="Did you mean trade"):
        results.claims("trad")
