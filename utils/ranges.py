"""Arithmetic with uncertain figures: low, central and high values, simulation, sensitivity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Range:
    """A figure known only within bounds.

    Attributes
    ----------
    low, central, high
        The lowest, the best and the highest defensible value, in one unit.

    Raises
    ------
    ValueError
        If a value is missing or the three do not rise.
    """

    low: float
    central: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.central <= self.high:
            raise ValueError(
                f"A range must rise from low over central to high, not "
                f"{self.low}, {self.central}, {self.high}. Order the three, or fill in the gap."
            )

    @classmethod
    def of(cls, value: Range | float) -> Range:
        """Return ``value`` as a range; a plain number is known exactly."""
        return value if isinstance(value, Range) else cls(value, value, value)

    @classmethod
    def between(cls, low: float, high: float) -> Range:
        """Return the range from ``low`` to ``high`` with its middle as the central value."""
        return cls(low, (low + high) / 2, high)

    def __add__(self, other: Range | float) -> Range:
        other = Range.of(other)
        return Range(self.low + other.low, self.central + other.central, self.high + other.high)

    def __neg__(self) -> Range:
        return Range(-self.high, -self.central, -self.low)

    def __sub__(self, other: Range | float) -> Range:
        return self + -Range.of(other)

    def __mul__(self, other: Range | float) -> Range:
        other = Range.of(other)
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(ends), self.central * other.central, max(ends))

    def __truediv__(self, other: Range | float) -> Range:
        other = Range.of(other)
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("Cannot divide by a range that holds zero.")
        return self * Range(*sorted((1 / other.high, 1 / other.central, 1 / other.low)))

    def __radd__(self, other: float) -> Range:
        return self + other

    def __rsub__(self, other: float) -> Range:
        return -self + other

    def __rmul__(self, other: float) -> Range:
        return self * other

    def __rtruediv__(self, other: float) -> Range:
        return Range.of(other) / self

    def __format__(self, spec: str) -> str:
        low, high = format(self.low, spec), format(self.high, spec)
        return low if low == high else f"{low} to {high}"


def total(parts: Iterable[Range | float]) -> Range:
    """Return the sum of ``parts`` when all are low, central or high together."""
    return sum(parts, start=Range(0, 0, 0))


def simulate(inputs: Mapping[str, Range], draws: int = 10_000, seed: int = 2023) -> pd.DataFrame:
    """Draw each input at random within its range.

    Parameters
    ----------
    inputs
        Name and range of each input. A value is drawn from the triangular distribution from
        low to high whose peak is the central value; the inputs are independent.
    draws
        Number of rows.
    seed
        Start of the random numbers, so that every run gives the same rows.

    Returns
    -------
    DataFrame
        One row a draw, one column an input.

    Raises
    ------
    ValueError
        If ``draws`` is not positive.
    """
    if draws < 1:
        raise ValueError(f"A simulation needs at least one draw, not {draws}.")
    generator = np.random.default_rng(seed)
    return pd.DataFrame({name: _draw(generator, Range.of(r), draws) for name, r in inputs.items()})


def _draw(generator: np.random.Generator, given: Range, draws: int) -> np.ndarray:
    if given.low == given.high:
        return np.full(draws, float(given.low))
    return generator.triangular(given.low, given.central, given.high, draws)


def interval(draws: pd.Series, level: float = 0.9) -> tuple[float, float]:
    """Return the bounds that hold the middle ``level`` (0 to 1) of the ``draws``.

    Raises
    ------
    ValueError
        If ``level`` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"The level must lie between 0 and 1, like 0.9, not {level}.")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def tornado(model: Callable[..., float], inputs: Mapping[str, Range]) -> pd.DataFrame:
    """Move one input at a time over its range and see how far the result moves.

    Parameters
    ----------
    model
        Function of the inputs, called with one number for each by name.
    inputs
        Name and range of each input; the others rest at their central values.

    Returns
    -------
    DataFrame
        Columns input, low, high (results at the input's low and high value) and spread
        (their distance), widest first: the order in which a tornado chart is drawn.
    """
    middle = {name: Range.of(r).central for name, r in inputs.items()}
    rows = [
        (name, model(**{**middle, name: r.low}), model(**{**middle, name: r.high}))
        for name, r in ((name, Range.of(r)) for name, r in inputs.items())
    ]
    frame = pd.DataFrame(rows, columns=["input", "low", "high"])
    frame["spread"] = (frame["high"] - frame["low"]).abs()
    return frame.sort_values("spread", ascending=False, ignore_index=True)
