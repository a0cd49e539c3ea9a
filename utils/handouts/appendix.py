"""The pages beside the lessons: index, data appendix, glossary."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pandas as pd

from utils.handouts import pages
from utils.handouts.lesson import Lesson

#: The types of the data package in plain words.
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "date": "day",
    "yearmonth": "month",
}


def index_page(lessons: Sequence[Lesson]) -> str:
    """Return the page that leads to all others."""
    return pages.composed(pages.COURSE, "index.html.j2", lessons=lessons)


def data_page(package: dict, lessons: Sequence[Lesson]) -> str:
    """Return the page that tells of every table and field of a data package."""
    ordered = sorted(package["resources"], key=lambda resource: resource.get("lesson", 0))
    grouped = itertools.groupby(ordered, key=lambda resource: resource.get("lesson", 0))
    return pages.composed(
        "Data appendix",
        "data.html.j2",
        depth=3,
        package=package,
        groups=[(number, list(resources)) for number, resources in grouped],
        lessons={lesson.number: lesson for lesson in lessons},
        types=TYPES,
        rules=rules,
    )


def glossary_page(terms: pd.DataFrame, lessons: Sequence[Lesson]) -> str:
    """Return the page of all terms, by their first letter, with the lessons that explain them.

    Parameters
    ----------
    terms
        The table ``glossary``: columns ``term``, ``meaning`` and ``lesson``.
    lessons
        The lessons that have a page to link to.
    """
    rows = sorted(terms.to_dict("records"), key=lambda row: row["term"].casefold())
    grouped = itertools.groupby(rows, key=lambda row: row["term"][0].upper())
    return pages.composed(
        "Glossary",
        "glossary.html.j2",
        groups=[(letter, list(found)) for letter, found in grouped],
        lessons={lesson.number: lesson for lesson in lessons},
    )


def teachers_page(lessons: Sequence[Lesson]) -> str:
    """Return the teacher's overview: plans, what to skip, how to hand out and collect."""
    return pages.composed("Teacher's overview", "teachers.html.j2", lessons=lessons)


def rules(field: dict) -> str:
    """Return the constraints of a field in words, "" if it has none."""
    limits = field.get("constraints", {})
    found = [word for word in ("required", "unique") if limits.get(word)]
    found.append(_span(limits.get("minimum"), limits.get("maximum"), ""))
    found.append(_span(limits.get("minLength"), limits.get("maxLength"), " characters"))
    if "enum" in limits:
        found.append(f"one of: {', '.join(map(str, limits['enum']))}")
    if "pattern" in limits:
        found.append(f"pattern {limits['pattern']}")
    if "references" in field:
        found.append(f"ids in {field['references']}")
    return "; ".join(filter(None, found))


def _span(low: object, high: object, unit: str) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"at least {_number(low)}{unit}"
    if low is None:
        return f"at most {_number(high)}{unit}"
    return f"{_number(low)} to {_number(high)}{unit}"


def _number(value: object) -> str:
    """Write large numbers with separators; years need none."""
    return f"{value:,}" if isinstance(value, int | float) and abs(value) >= 10_000 else str(value)
