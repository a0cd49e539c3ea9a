"""The two results that each lesson hands on, checked: yearly income, and verdicts on claims."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from utils import data

CONCEPTS = ("gross receipts", "value stolen", "state take", "net")
VERDICTS = ("holds", "holds in part", "out of date", "not supported")
INCOME = ["year", "item", "concept", "low", "central", "high", "basis", "grade", "sources"]
VERDICT = ["claim", "verdict", "value", "unit", "finding", "grade", "sources"]


def income_row(
    year: int, item: str, concept: str, values: tuple[float, float, float], basis: str, rows: object
) -> dict:
    """Return one row of a lesson's income.

    Parameters
    ----------
    year, item
        Which year, and which part of the stream.
    concept
        One of `CONCEPTS`: amounts of different concepts are never added.
    values
        Low, central and high, in USD million a year.
    basis
        How the three were found, in words.
    rows
        The data rows used (what `data.ids` takes): grade and sources come from them.
    """
    named = dict(zip(("low", "central", "high"), map(float, values), strict=True))
    return {"year": int(year), "item": item, "concept": concept, **named, "basis": basis} | {
        "grade": data.grades(rows)[-1:],
        "sources": ";".join(sorted(data.ids(rows))),
    }


def income_frame(rows: Iterable[dict]) -> pd.DataFrame:
    """Return the income rows as a table, by item and year.

    Returns
    -------
    DataFrame
        Columns `INCOME`; low, central and high in USD million a year.

    Raises
    ------
    ValueError
        If a value is missing, the three do not rise, a concept is unknown, or a year and item
        stand twice under one concept.
    """
    frame = pd.DataFrame(rows, columns=INCOME)
    texts = frame[["basis", "grade", "sources"]]
    _refuse(frame, "has a gap", frame.isna().any(axis=1) | (texts == "").any(axis=1))
    rises = (frame["low"] <= frame["central"]) & (frame["central"] <= frame["high"])
    _refuse(frame, "does not rise from low to high", ~rises)
    _refuse(frame, "has an unknown concept", ~frame["concept"].isin(CONCEPTS))
    _refuse(frame, "stands twice", frame.duplicated(["year", "item", "concept"]))
    return frame.sort_values(["item", "concept", "year"], ignore_index=True)


def _refuse(frame: pd.DataFrame, fault: str, bad: pd.Series) -> None:
    if bad.any():
        first = ", ".join(map(str, frame.loc[bad.idxmax()].iloc[:3]))
        raise ValueError(f"The row {first} {fault}. Correct the lesson that made it.")


def verdict_row(
    claim: str, verdict: str, value: float, unit: str, finding: str, rows: object
) -> dict:
    """Return one verdict.

    Parameters
    ----------
    claim
        Code of the claim, as "T1".
    verdict
        One of `VERDICTS`, chosen by the data.
    value, unit
        The number behind it.
    finding
        One sentence with that number.
    rows
        The data rows used: grade and sources come from them.
    """
    grade, sources = data.grades(rows), ";".join(sorted(data.ids(rows)))
    return dict(
        zip(VERDICT, (claim, verdict, float(value), unit, finding, grade, sources), strict=True)
    )


def verdict_frame(rows: Iterable[dict]) -> pd.DataFrame:
    """Return the verdicts as a table with the columns `VERDICT`.

    Raises
    ------
    ValueError
        If a verdict or a claim is unknown, or a value is missing.
    """
    frame, known = pd.DataFrame(rows, columns=VERDICT), data.read("claims")["claim"]
    _refuse(frame, "has a gap", frame.isna().any(axis=1) | (frame["finding"] == ""))
    _refuse(frame, f"is not one of {', '.join(VERDICTS)}", ~frame["verdict"].isin(VERDICTS))
    _refuse(frame, "is not a claim of claims.csv", ~frame["claim"].isin(known))
    return frame


def claims(stream: str):
    """Return the Markdown list of the article's claims on ``stream``.

    Raises
    ------
    data.DataError
        If no claim is about ``stream``.
    """
    from IPython.display import Markdown

    known = data.read("claims")
    rows = known[known["stream"] == stream]
    if rows.empty:
        raise data.DataError(
            f"No claim is about {stream!r}. {data.near(stream, set(known.stream))}"
        )
    return Markdown("\n".join(f"- **{row.claim}** {row.statement}" for row in rows.itertuples()))


def verdict_table(verdicts: pd.DataFrame):
    """Return the Markdown table of ``verdicts`` with the claims' wording."""
    from IPython.display import Markdown

    rows = verdicts.merge(data.read("claims")[["claim", "statement"]], on="claim", validate="1:1")
    lines = ["| Claim | What the article says | Verdict | What the data say | Grade |"]
    lines += ["|:--|:--|:--|:--|:--|"]
    lines += [
        f"| **{row.claim}** | {row.statement} | **{row.verdict}** | {row.finding} | {row.grade} |"
        for row in rows.itertuples()
    ]
    return Markdown("\n".join(lines))
