"""Tests of utils.checks."""

import numpy as np
import pandas as pd
import pytest

from utils.checks import Checker, Exercise, same

NUMBER = Exercise(87.7, "It fell.", "Divide by the first year.", mistakes=((31.6, "Imports."),))
check = Checker(lambda: {"1.1": NUMBER, "1.2": Exercise("coal", "Yes.", "Sort.")})


def test_waiting_right_and_wrong():
    assert check("1.1", ...).state == "waiting"
    assert check("1.1", 87.7).message == "It fell."
    assert check("1.1", 31.6).message == "Imports."
    assert check("1.1", 5).message == "Divide by the first year."


def test_slips_of_unit_and_sign():
    assert "percent" in check("1.1", 0.877).message
    assert "thousand" in check("1.1", 87700).message
    assert "sign" in check("1.1", -87.7).message


def test_wrong_kind_is_named():
    assert "number, not text" in check("1.1", "87.7").message
    assert "text in quotation marks, not a number" in check("1.2", 3).message


def test_hint_never_holds_the_answer():
    assert "87.7" not in check("1.1", 1).message


def test_html_is_escaped_and_labelled():
    html = Checker(lambda: {"a": Exercise(1, "1 < 2", "")})("a", 1)._repr_html_()
    assert "1 &lt; 2" in html
    assert "check-right" in html


def test_unknown_code_names_the_near_one():
    with pytest.raises(ValueError, match=r"Did you mean 1\.1"):
        check("1.1.", 3)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        (100, 100.4),
        (100.0, np.float64(100)),
        (100, pd.Series([100])),
        ("Coal", " coal "),
        ([1, 2], (1, 2)),
        ({"a", "b"}, ["b", "A"]),
        (pd.Series([1.0, 2.0], index=["x", "y"]), pd.Series([2, 1], index=["y", "x"])),
        (pd.Series([1.0, np.nan]), [1, np.nan]),
        (pd.Timestamp("2017-08-01"), pd.Period("2017-08")),
        (pd.DataFrame({"a": [1, 2], "b": [3, 4]}), pd.DataFrame({"b": [3, 4], "a": [1, 2]})),
        (True, np.bool_(True)),
        (2017, np.int64(2017)),
    ],
)
def test_same(key, answer):
    assert same(key, answer)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        (100, 101),
        (100, float("nan")),
        (1, True),
        ("coal", "iron"),
        ([1, 2], [2, 1]),
        ([1, 2], [1, 2, 3]),
        (pd.Series([1, 2], index=["x", "y"]), pd.Series([1, 2], index=["x", "z"])),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]})),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]})),
        (3, None),
    ],
)
def test_not_same(key, answer):
    assert not same(key, answer)
