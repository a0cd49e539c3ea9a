"""Tests of utils.ranges."""

import numpy as np
import pytest

from utils import ranges
from utils.ranges import Range


def test_arithmetic():
    a, b = Range(1, 2, 3), Range(10, 20, 40)
    assert a + b == Range(11, 22, 43)
    assert b - a == Range(7, 18, 39)
    assert a * b == Range(10, 40, 120)
    assert b / Range(2, 4, 5) == Range(2, 5, 20)
    assert 2 * a == a + a == Range(2, 4, 6)
    assert 1 - a == Range(-2, -1, 0)
    assert 6 / a == Range(2, 3, 6)
    assert a * -1 == -a == Range(-3, -2, -1)
    assert ranges.total([a, b, 1]) == Range(12, 23, 44)
    assert ranges.total([]) == Range(0, 0, 0)
    assert Range.between(1, 3) == a
    assert f"{a:.1f}" == "1.0 to 3.0"
    assert f"{Range.of(2):.0f}" == "2"


@pytest.mark.parametrize("values", [(3, 2, 1), (1, 5, 3), (1, float("nan"), 3)])
def test_disorder_is_refused(values):
    with pytest.raises(ValueError, match="must rise"):
        Range(*values)


def test_division_by_zero_is_refused():
    with pytest.raises(ZeroDivisionError, match="holds zero"):
        Range(1, 2, 3) / Range(-1, 0, 1)


def test_simulation_stays_in_range_and_repeats():
    inputs = {"a": Range(1, 2, 6), "b": Range(5, 5, 5)}
    draws = ranges.simulate(inputs, draws=20_000, seed=1)
    assert draws.equals(ranges.simulate(inputs, draws=20_000, seed=1))
    assert not draws.equals(ranges.simulate(inputs, draws=20_000, seed=2))
    assert draws["a"].between(1, 6).all()
    assert (draws["b"] == 5).all()
    # The mean of a triangular distribution is the mean of its three corners.
    assert draws["a"].mean() == pytest.approx(3, abs=0.03)
    with pytest.raises(ValueError, match="at least one draw"):
        ranges.simulate(inputs, draws=0)


def test_interval():
    assert ranges.interval(np.arange(101), 0.9) == pytest.approx((5, 95))
    with pytest.raises(ValueError, match="between 0 and 1"):
        ranges.interval([1, 2], 90)


def test_tornado_sorts_by_spread():
    result = ranges.tornado(
        lambda workers, wage: workers * wage, {"workers": Range(1, 2, 3), "wage": Range(10, 20, 50)}
    )
    assert result["input"].tolist() == ["wage", "workers"]
    assert result["low"].tolist() == [20, 20]
    assert result["high"].tolist() == [100, 60]
    assert result["spread"].tolist() == [80, 40]
