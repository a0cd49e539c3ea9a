"""Feedback on exercises: why an answer is right, or what most likely went wrong."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Number

import numpy as np
import pandas as pd

from utils.data import near

_COLOURS = {"waiting": "#5f6b76", "right": "#1a7f37", "wrong": "#b3261e"}
_WORDS = {"waiting": "Not answered yet.", "right": "Right.", "wrong": "Not yet."}
_KINDS = {
    "number": "a number",
    "text": "text in quotation marks",
    "truth": "True or False",
    "table": "a table (DataFrame)",
    "list": "a list or a Series of values",
}


@dataclass(frozen=True)
class Exercise:
    """The key of one exercise and what to say about answers.

    Attributes
    ----------
    key
        The right answer, computed from the data: a number, text, truth value, list, set,
        Series or DataFrame.
    why
        Why it is right, shown after a right answer.
    hint
        A step towards the answer, never the answer; shown after a wrong one.
    mistakes
        Pairs of a wrong answer and what to say when it is given.
    tolerance
        Accepted distance of numbers, as a share of the key.
    """

    key: object
    why: str
    hint: str
    mistakes: tuple[tuple[object, str], ...] = ()
    tolerance: float = 0.005


@dataclass(frozen=True)
class Feedback:
    """What `Checker` answers; ``state`` is "waiting", "right" or "wrong"."""

    state: str
    message: str

    def __repr__(self) -> str:
        return f"{_WORDS[self.state]} {self.message}"

    def _repr_html_(self) -> str:
        style = f"border-left: 4px solid {_COLOURS[self.state]}; padding: 0.4em 0.8em"
        return (
            f'<div class="check check-{self.state}" style="{style}">'
            f"<strong>{_WORDS[self.state]}</strong> {html.escape(self.message)}</div>"
        )


class Checker:
    """The ``check(code, answer)`` of one lesson.

    Parameters
    ----------
    answers
        Function without arguments that returns the lesson's exercises by code.
    """

    def __init__(self, answers: Callable[[], dict[str, Exercise]]) -> None:
        self._answers = answers

    def __call__(self, code: str, answer: object) -> Feedback:
        """Say whether ``answer`` solves the exercise ``code``.

        Raises
        ------
        ValueError
            If there is no exercise ``code``.
        """
        exercises = self._answers()
        if code not in exercises:
            raise ValueError(f"There is no exercise {code!r}. {near(str(code), exercises)}")
        return _judge(exercises[code], answer)


def _judge(exercise: Exercise, answer: object) -> Feedback:
    if _unanswered(answer):
        return Feedback("waiting", "Replace the three dots with your answer, then run the cell.")
    if same(exercise.key, answer, exercise.tolerance):
        return Feedback("right", exercise.why)
    for wrong, message in (*exercise.mistakes, *_slips(exercise.key)):
        if same(wrong, answer, exercise.tolerance):
            return Feedback("wrong", message)
    return Feedback("wrong", f"{_wrong_kind(exercise.key, answer)}{exercise.hint}")


def same(key: object, answer: object, tolerance: float = 0.005) -> bool:
    """Return whether ``answer`` equals ``key``.

    Numbers may differ by the share ``tolerance``, text in case and outer spaces, a Series in
    its name, a DataFrame in the order of its columns and rows. A list answers for a Series,
    a single cell for a number.
    """
    key, answer = _plain(key), _plain(answer)
    kind = _kind(key)
    if kind != _kind(answer):
        return False
    if kind == "number":
        return bool(np.isclose(answer, key, rtol=tolerance, atol=1e-9))
    if kind == "text":
        return key.strip().casefold() == answer.strip().casefold()
    if kind == "table":
        return _same_table(key, answer, tolerance)
    if kind == "list":
        return _same_list(key, answer, tolerance)
    return bool(key == answer)


def _same_table(key: pd.DataFrame, answer: pd.DataFrame, tolerance: float) -> bool:
    if key.shape != answer.shape or set(key.columns) != set(answer.columns):
        return False
    if not key.index.sort_values().equals(answer.index.sort_values()):
        return False
    answer = answer.loc[key.index, key.columns]
    return all(_same_list(key[name], answer[name], tolerance) for name in key)


def _same_list(key: object, answer: object, tolerance: float) -> bool:
    if isinstance(key, set | frozenset) or isinstance(answer, set | frozenset):
        return set(map(_fold, key)) == set(map(_fold, answer))
    if isinstance(key, pd.Series) and isinstance(answer, pd.Series):
        if set(key.index) != set(answer.index):
            return False
        answer = answer.reindex(key.index) if key.index.is_unique else answer
    if len(key) != len(answer):
        return False
    return all(_same_cell(a, b, tolerance) for a, b in zip(key, answer, strict=True))


def _same_cell(key: object, answer: object, tolerance: float) -> bool:
    if pd.api.types.is_scalar(key) and pd.isna(key):
        return bool(pd.api.types.is_scalar(answer) and pd.isna(answer))
    return same(key, answer, tolerance)


def _fold(value: object) -> object:
    value = _plain(value)
    return value.strip().casefold() if isinstance(value, str) else value


def _plain(value: object) -> object:
    """Turn one-cell Series and arrays, numpy scalars and dates into plain values."""
    if isinstance(value, np.ndarray | pd.Index):
        value = list(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Period):
        value = value.to_timestamp()
    if isinstance(value, pd.Series) and len(value) == 1:
        return _plain(value.iloc[0])
    return value


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, Number):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, pd.DataFrame):
        return "table"
    if isinstance(value, list | tuple | set | frozenset | pd.Series):
        return "list"
    return type(value).__name__


def _unanswered(answer: object) -> bool:
    if isinstance(answer, list | tuple | set | frozenset):
        return any(part is ... for part in answer)
    return answer is ...


def _slips(key: object) -> list[tuple[object, str]]:
    """Return the mistakes that any number invites, with what to say."""
    key = _plain(key)
    if _kind(key) != "number" or not key:
        return []
    return [
        (key / 100, "This is a share between 0 and 1. The question asks for percent."),
        (key * 100, "This is one hundred times too much. Is it in percent twice?"),
        (key / 1000, "This is a thousand times too little. Look at the unit of the column."),
        (key * 1000, "This is a thousand times too much. Look at the unit of the column."),
        (-key, "The size is right, but not the sign. Which value do you subtract from which?"),
    ]


def _wrong_kind(key: object, answer: object) -> str:
    wanted, given = _kind(_plain(key)), _kind(_plain(answer))
    if wanted == given or wanted not in _KINDS:
        return ""
    return f"The answer should be {_KINDS[wanted]}, not {_KINDS.get(given, given)}. "
