"""Tables of the course as their files hold them: read without pandas and without data.read."""

import csv

from utils import data


def cells(table, **wanted):
    """The rows of a table as dicts of text, those whose columns hold the texts ``wanted``."""
    with (data.DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [row for row in rows if all(row[name] == text for name, text in wanted.items())]
