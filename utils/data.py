"""Read the course's tables, checked against the data package, and cite their sources.

``data/datapackage.json`` is the only description of the tables. `read` refuses a table that
does not fit it and names every fault at once, before anything is computed or drawn.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import difflib
import functools
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import gt, lt
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"
PACKAGE = "datapackage.json"
GRADES = "ABCD"

#: How a cell of each type is written, how it is read, and what to write.
_TYPES = {
    "string": (r"(?s).*", str, "text"),
    "integer": (r"[+-]?\d{1,18}", int, "a whole number without separators, like 1250"),
    "number": (
        r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?",
        float,
        "a number without separators, like 1250.5",
    ),
    "boolean": (r"true|false", "true".__eq__, "true or false"),
    "date": (r"\d{4}-\d{2}-\d{2}", date.fromisoformat, "a date like 2017-08-05"),
    "yearmonth": (
        r"\d{4}-\d{2}",
        lambda cell: date.fromisoformat(f"{cell}-01"),
        "a month like 2017-08",
    ),
}
_CONSTRAINTS = {
    *("required", "unique", "minimum", "maximum", "minLength", "maxLength", "enum", "pattern")
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_SHOWN = 20


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file.

    Attributes
    ----------
    file, line, column
        Where: the file's name, its line (the header is line 1) and the column's name.
    value
        The cell's text as it stands in the file.
    rule
        The rule that it breaks.
    remedy
        What to do.
    """

    file: str
    line: int
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return (
            f"{self.file}, line {self.line}, column {self.column}: "
            f"{value!r} {self.rule}. {self.remedy}"
        )


class DataError(ValueError):
    """A table that cannot be used; ``faults`` holds every `Fault` found in it."""

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)

    @classmethod
    def of(cls, faults: list[Fault]) -> DataError:
        """Make the error that lists ``faults``, the first ones in full."""
        more = len(faults) - _SHOWN
        lines = [f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found:"]
        lines += [f"- {fault}" for fault in faults[:_SHOWN]]
        lines += [f"- and {more} more, in the error's .faults"] if more > 0 else []
        return cls("\n".join(lines), faults)


def read(table: str, folder: Path | str | None = None) -> pd.DataFrame:
    """Read one table and check it against the data package.

    Parameters
    ----------
    table
        Name of the table, for example ``"trade_annual"``.
    folder
        Folder with ``datapackage.json`` and the CSV files; the course's own by default.

    Returns
    -------
    DataFrame
        One row an observation, in the order of the file. Dates and months are datetimes,
        whole numbers integers, text strings; a blank cell is missing, never 0. Each column's
        meaning and unit stand in the data package (see `describe`).

    Raises
    ------
    DataError
        If there is no such table, or if the file breaks a rule: all faults at once, each with
        file, line, column, value, rule and remedy.
    """
    folder = Path(DATA if folder is None else folder)
    return _read(table, folder, _stamp(folder)).copy(deep=False)


def _stamp(path: Path) -> tuple:
    """Return what changes when a file, or a file of a folder, does: nothing stale is served."""
    if not path.is_dir():
        return (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else ()
    files = ((entry.name, entry.stat()) for entry in os.scandir(path))
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


@functools.lru_cache(maxsize=64)
def _read(table: str, folder: Path, stamp: tuple) -> pd.DataFrame:
    resource = _resource(table, folder)
    sheet = _Sheet(folder / resource["path"], [f["name"] for f in resource["schema"]["fields"]])
    frame = _check(sheet, resource, folder)
    if sheet.faults:
        raise DataError.of(sorted(sheet.faults, key=lambda fault: fault.line))
    return frame


def package(folder: Path | str | None = None) -> dict:
    """Return the data package: a dict with the description of every table.

    Raises
    ------
    DataError
        If ``datapackage.json`` is missing or is not valid JSON.
    """
    return copy.deepcopy(_package(Path(DATA if folder is None else folder)))


def _package(folder: Path) -> dict:
    return _parsed(folder / PACKAGE, _stamp(folder / PACKAGE))


@functools.lru_cache(maxsize=8)
def _parsed(path: Path, stamp: tuple) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "Pass the folder that holds it next to the CSV files."
        fault = Fault(PACKAGE, 1, "(file)", str(path), "does not exist", remedy)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", 1)
        remedy = "Mend the file, or restore it from version control."
        fault = Fault(PACKAGE, line, "(file)", str(error), "is not valid JSON", remedy)
    raise DataError.of([fault])


def tables(folder: Path | str | None = None) -> list[str]:
    """Return the names of all tables, in the order of the data package."""
    return [resource["name"] for resource in package(folder)["resources"]]


def near(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest of the ``known`` words, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(close)}?" if close else f"Known: {', '.join(known)}."


def _resource(table: str, folder: Path) -> dict:
    for resource in _package(folder)["resources"]:
        if resource["name"] == table:
            return resource
    raise DataError(f"There is no table {table!r}. {near(str(table), tables(folder))}")


class _Sheet:
    """The cells of a CSV file as text, with their line numbers, and the faults found so far."""

    def __init__(self, path: Path, expected: list[str]) -> None:
        self.file = path.name
        self.faults: list[Fault] = []
        text = self._text(path, expected)
        records = list(self._records(text, expected))
        header = records[0][1] if records else []
        self.last_line = records[-1][0] if records else 1
        self._check_header(header, expected)
        rows = [(line, row) for line, row in records[1:] if self._full(line, row, header)]
        self.lines = [line for line, _ in rows]
        self.cells = {n: [row[header.index(n)] for _, row in rows] for n in expected if n in header}
        self.found: dict[str, list] = {}
        self.lost = len(records) - 1 - len(rows)

    def fault(self, line: int, column: str, value: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, line, column, value, rule, remedy))

    def flag(self, bad: Iterable[bool], column: str, rule: str, remedy: str) -> None:
        """Add a fault for each row where ``bad`` is true."""
        for line, cell, wrong in zip(self.lines, self.cells[column], bad, strict=True):
            if wrong:
                self.fault(line, column, cell, rule, remedy)

    def typed(self, column: str, kind: str) -> list:
        """Return the values of a column; None where a cell is blank or not of its type."""
        pattern, parse, _ = _TYPES[kind]
        fits = re.compile(pattern).fullmatch

        def value(cell: str) -> object:
            with contextlib.suppress(ValueError):
                return parse(cell) if cell and fits(cell) else None

        return [value(cell) for cell in self.cells[column]]

    def _text(self, path: Path, expected: list[str]) -> str:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            remedy = f"Restore it, or take it out of {PACKAGE}."
            self._stop(1, expected[0], str(path), "does not exist", remedy)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start]
            column = _column_at(before.decode("latin-1"), expected)
            remedy = "Save the file with the encoding UTF-8."
            self._stop(line, column, repr(raw[error.start : error.end]), "is not UTF-8", remedy)
        for odd in _CONTROL.finditer(text):
            line = text.count("\n", 0, odd.start()) + 1
            before = text[text.rfind("\n", 0, odd.start()) + 1 : odd.start()]
            remedy = "Delete it, or save the file again as UTF-8."
            rule = "is a character that does not belong in text"
            self.fault(line, _column_at(before, expected), odd.group(), rule, remedy)
        if not text.endswith(("\n", "\r")):
            last = text[text.rfind("\n") + 1 :]
            rule = "ends the file without a line break: the file may be cut off"
            remedy = "Restore the missing rest, or end the last row with a line break."
            self.fault(text.count("\n") + 1, _column_at(last, expected), last[-60:], rule, remedy)
        return text

    def _records(self, text: str, expected: list[str]) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for row in reader:
                if len(row) > 1 or (row and row[0].strip()):
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            remedy = "Look for a quotation mark that is not closed, from this line on."
            self.fault(line, expected[0], str(error), "cannot be read as CSV", remedy)

    def _check_header(self, header: list[str], expected: list[str]) -> None:
        missing = [name for name in expected if name not in header]
        for name in missing:
            rule = "lacks this column" if header else "is empty: it lacks this column"
            unknown = [word for word in header if word not in expected]
            remedy = f"Add it. {near(name, unknown) if unknown else ''}".strip()
            self.fault(1, name, ",".join(header), rule, remedy)
        for name in header:
            if name not in expected:
                remedy = f"Remove it, correct its name, or describe it in {PACKAGE}."
                self.fault(1, name, name, "is a column that the data package lacks", remedy)
            elif header.count(name) > 1:
                self.fault(1, name, name, "is a column that stands twice", "Remove one of them.")
        known = [name for name in header if name in expected]
        if not missing and known != expected and len(known) == len(expected):
            first = next(a for a, b in zip(known, expected, strict=True) if a != b)
            rule = f"stands in another order than the data package: {', '.join(expected)}"
            self.fault(1, first, ",".join(header), rule, "Put the columns back in that order.")

    def _full(self, line: int, row: list[str], header: list[str]) -> bool:
        if len(row) == len(header):
            return True
        if len(row) < len(header):
            column, rule = header[len(row)], f"has {len(row)} cells, not {len(header)}"
            remedy = "Complete the row; it may be cut off."
        else:
            column, rule = header[-1] if header else "(row)", f"has {len(row)} cells"
            remedy = f"Keep {len(header)}; put text that holds a comma in quotation marks."
        self.fault(line, column, ",".join(row), rule, remedy)
        return False

    def _stop(self, line: int, column: str, value: str, rule: str, remedy: str) -> None:
        self.fault(line, column, value, rule, remedy)
        raise DataError.of(self.faults)


def _column_at(before: str, expected: list[str]) -> str:
    """Return the column that the text ``before`` a place on its line leads to."""
    cells = next(csv.reader([before]), [""]) or [""]
    return expected[min(len(cells), len(expected)) - 1]


def _check(sheet: _Sheet, resource: dict, folder: Path) -> pd.DataFrame:
    schema = resource["schema"]
    fields = [field for field in schema["fields"] if field["name"] in sheet.cells]
    for field in fields:
        _check_field(sheet, field)
    for columns in schema.get("ordered", []):
        _check_ordered(sheet, [name for name in columns if name in sheet.cells])
    _check_key(sheet, schema.get("primaryKey", []))
    for field, target, column, separator in _references(schema):
        if field in sheet.cells:
            _check_references(sheet, field, _known(sheet, folder, target, column), separator)
    _check_rows(sheet, resource)
    return pd.DataFrame({f["name"]: _series(sheet.found[f["name"]], f["type"]) for f in fields})


def _series(values: list, kind: str) -> pd.Series:
    whole = None not in values
    if kind in ("date", "yearmonth"):
        return pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[us]")
    kinds = {
        "string": "str",
        "number": "float64",
        "integer": "int64" if whole else "Int64",
        "boolean": "bool" if whole else "boolean",
    }
    return pd.Series(values, dtype=kinds[kind])


def _check_field(sheet: _Sheet, field: dict) -> None:
    name, kind = field["name"], field["type"]
    constraints = field.get("constraints", {})
    unknown = set(constraints) - _CONSTRAINTS
    if kind not in _TYPES or unknown:
        odd = ", ".join(sorted(unknown)) or kind
        raise DataError(f"{PACKAGE}: column {name} uses {odd!r}, which read does not check.")
    cells, meaning = sheet.cells[name], _TYPES[kind][-1]
    values = sheet.found[name] = sheet.typed(name, kind)
    if constraints.get("required"):
        blank = (not cell for cell in cells)
        sheet.flag(blank, name, "is blank, but must be known", "Fill it in or remove the row.")
    loose = (cell != cell.strip() for cell in cells)
    sheet.flag(loose, name, "has a space at its start or end", "Remove the space.")
    odd = (value is None and cell != "" for cell, value in zip(cells, values, strict=True))
    sheet.flag(odd, name, f"is not {meaning}", f"Write {meaning}.")
    _check_limits(sheet, name, kind, constraints, field.get("unit", ""))
    _check_texts(sheet, name, constraints)


def _check_limits(sheet: _Sheet, name: str, kind: str, constraints: dict, unit: str) -> None:
    remedy = f"Check unit and decimal point at the source; a right value moves it in {PACKAGE}."
    for limit, beyond, word in (("minimum", lt, "below"), ("maximum", gt, "above")):
        if limit in constraints:
            bound = constraints[limit]
            edge = bound if kind in ("integer", "number") else _TYPES[kind][1](bound)
            bad = (value is not None and beyond(value, edge) for value in sheet.found[name])
            sheet.flag(bad, name, f"is {word} the {limit} {bound} {unit}".strip(), remedy)


def _check_texts(sheet: _Sheet, name: str, constraints: dict) -> None:
    cells, values = sheet.cells[name], sheet.found[name]
    given = [cell if value is not None else None for cell, value in zip(cells, values, strict=True)]
    if "enum" in constraints:
        allowed = list(map(str, constraints["enum"]))
        for line, cell in zip(sheet.lines, given, strict=True):
            if cell is not None and cell not in allowed:
                sheet.fault(line, name, cell, "is not an allowed category", near(cell, allowed))
    if "pattern" in constraints:
        fits = re.compile(constraints["pattern"]).fullmatch
        bad = (cell is not None and not fits(cell) for cell in given)
        rule = f"does not fit the pattern {constraints['pattern']}"
        sheet.flag(bad, name, rule, "Write it like the other rows of this column.")
    if {"minLength", "maxLength"} & set(constraints):
        shortest, longest = constraints.get("minLength", 0), constraints.get("maxLength", 10**9)
        bad = (cell is not None and not shortest <= len(cell) <= longest for cell in given)
        sheet.flag(bad, name, f"is not {shortest} to {longest} characters long", "Is it cut off?")
    if constraints.get("unique"):
        first = {cell: place for place, cell in reversed(list(enumerate(given)))}
        bad = (cell is not None and first[cell] != place for place, cell in enumerate(given))
        sheet.flag(bad, name, "stands twice, but must be unique", "Remove or correct one.")


def _check_ordered(sheet: _Sheet, columns: list[str]) -> None:
    rows = zip(*(sheet.found[name] for name in columns), strict=True)
    for place, row in enumerate(rows):
        highest = None
        for name, value in zip(columns, row, strict=True):
            if value is None:
                continue
            if highest is not None and value < highest:
                rule = f"is lower than the row's {' or '.join(columns[: columns.index(name)])}"
                remedy = "Put the lower figure, or the earlier date, in the first column."
                sheet.fault(sheet.lines[place], name, sheet.cells[name][place], rule, remedy)
            else:
                highest = value


def _check_key(sheet: _Sheet, key: list[str] | str) -> None:
    key = [key] if isinstance(key, str) else key
    if any(name not in sheet.cells for name in key):
        return
    first: dict[tuple, int] = {}
    rows = zip(*(sheet.found[name] for name in key), strict=True)
    for place, values in enumerate(rows):
        line = sheet.lines[place]
        if first.setdefault(values, line) != line:
            value = ",".join(sheet.cells[name][place] for name in key)
            rule = f"repeats the key {', '.join(key)} of line {first[values]}"
            sheet.fault(line, key[-1], value, rule, "Remove or correct one of the two rows.")


def _references(schema: dict) -> Iterator[tuple[str, str, str, str]]:
    """Yield column, table referred to, its column, separator of several ids in a cell."""
    for field in schema["fields"]:
        if "references" in field:
            yield field["name"], field["references"], "source", ";"
    listed = {field["name"] for field in schema["fields"] if "references" in field}
    for key in schema.get("foreignKeys", []):
        field = key["fields"] if isinstance(key["fields"], str) else key["fields"][0]
        target = key["reference"]["fields"]
        target = target if isinstance(target, str) else target[0]
        if field not in listed:
            yield field, key["reference"]["resource"], target, ""


def _known(sheet: _Sheet, folder: Path, table: str, column: str) -> set[str]:
    other = _resource(table, folder)
    if other["path"] == sheet.file:
        return set(sheet.cells.get(column, []))
    path, names = folder / other["path"], [f["name"] for f in other["schema"]["fields"]]
    return _column(path, tuple(names), column, _stamp(path))


@functools.lru_cache(maxsize=16)
def _column(path: Path, names: tuple[str, ...], column: str, stamp: tuple) -> set[str]:
    sheet = _Sheet(path, list(names))
    if column not in sheet.cells:
        raise DataError.of(sheet.faults)
    return set(sheet.cells[column])


def _check_references(sheet: _Sheet, name: str, known: set[str], separator: str) -> None:
    cells = sheet.cells[name]
    for cell in dict.fromkeys(filter(None, cells)):
        named = cell.split(separator) if separator else [cell]
        unknown = [word for word in named if word not in known]
        if unknown:
            remedy = f"Correct it or add it first. {near(unknown[0], known) if known else ''}"
            remedy = remedy if len(remedy) < 200 else "Correct it or add it first."
            same = (other == cell for other in cells)
            sheet.flag(same, name, f"refers to unknown {unknown[0]!r}", remedy)


def _check_rows(sheet: _Sheet, resource: dict) -> None:
    found, recorded = len(sheet.lines) + sheet.lost, resource.get("rows", 1)
    if found < recorded and sheet.cells:
        rule = f"is the last line: the file has {found} rows, the data package records {recorded}"
        remedy = f"Restore the lost rows; if they were removed on purpose, lower rows in {PACKAGE}."
        sheet.fault(sheet.last_line, next(iter(sheet.cells)), f"{found} rows", rule, remedy)


def ids(sources: object) -> list[str]:
    """Return the source ids, each once, in the order of how often they stand in ``sources``.

    Parameters
    ----------
    sources
        Ids joined by ``;``, a list or Series of such strings, a DataFrame (its columns
        ``source``, ``sources`` and ``*_source``), or a list of these.
    """
    found = Counter(word for cell in _cells(sources, _is_source) for word in cell.split(";"))
    return [word for word, _ in found.most_common()]


def grades(rows: object) -> str:
    """Return the span of evidence grades in ``rows``, as "A" or "A-C".

    Takes what `ids` takes; of ids alone, the usual grade of each source is used.
    """
    found = {cell for cell in _cells(rows, _is_grade) if cell in set(GRADES)}
    if not found:
        known = read("sources").set_index("source")["grade"]
        found = set(known.reindex(ids(rows)).dropna())
    span = sorted(found)
    return "-".join(dict.fromkeys([span[0], span[-1]])) if span else ""


def _is_source(name: object) -> bool:
    return name in ("source", "sources") or str(name).endswith("_source")


def _is_grade(name: object) -> bool:
    return name == "grade" or str(name).endswith("_grade")


def _cells(what: object, wanted: Callable[[object], bool]) -> list[str]:
    if isinstance(what, str):
        return [what]
    if isinstance(what, pd.DataFrame):
        return [cell for name in what if wanted(name) for cell in _cells(what[name], wanted)]
    if isinstance(what, pd.Series):
        return [str(cell) for cell in what.tolist() if pd.notna(cell)]
    return [cell for item in what for cell in _cells(item, wanted)]


def cite(sources: object, most: int = 6) -> str:
    """Return the short names of the publishers behind ``sources``, each once.

    Parameters
    ----------
    sources
        What `ids` takes.
    most
        How many names to spell out; the rest are counted.

    Raises
    ------
    DataError
        If an id does not stand in ``sources.csv``.
    """
    wanted, listed = ids(sources), read("sources")
    known = dict(zip(listed["source"], listed["short"], strict=True))
    for source in wanted:
        if source not in known:
            raise DataError(f"There is no source {source!r}. {near(source, known)[:300]}")
    names = list(dict.fromkeys(known[source] for source in wanted))
    rest = [f"{len(names) - most} more"] if len(names) > most else []
    return "; ".join(names[:most] + rest)


def source_line(sources: object) -> str:
    """Return the line that stands under a picture: its publishers and its evidence grade.

    Takes what `ids` takes.

    Raises
    ------
    DataError
        If an id does not stand in ``sources.csv``.
    """
    grade = grades(sources)
    return f"Source: {cite(sources)}." + (f" Evidence grade {grade}." if grade else "")


def describe(*names: str):
    """Return the Markdown table that describes the tables ``names`` of a lesson.

    Columns: table, what it holds, years, unit, publishers, evidence grade, known trap; all
    from the data package and the tables themselves.

    Raises
    ------
    DataError
        If a table is unknown or broken.
    """
    from IPython.display import Markdown

    head = "| Table | What it holds | Years | Unit | Publishers | Grade | Known trap |"
    lines = [head, "|:--|:--|:--|:--|:--|:--|:--|"]
    for name in names:
        resource, frame = _resource(name, Path(DATA)), read(name)
        units = [f.get("unit", "") for f in resource["schema"]["fields"]]
        units = dict.fromkeys(u for u in units if u not in ("", "1", "year"))
        cells = [
            f"`{name}`",
            resource["title"],
            _years(frame),
            ", ".join(units),
            cite(frame, most=3),
            grades(frame),
            resource.get("trap", ""),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return Markdown("\n".join(lines))


def _years(frame: pd.DataFrame) -> str:
    names = [
        name for name in ("year", "month", "date", "period", "start", "start_year") if name in frame
    ]
    if not names:
        return ""
    spans = [frame[name] for name in (names[0], "end", "end_year") if name in frame]
    years = pd.concat([column.dropna().astype(str).str[:4] for column in spans])
    return "-".join(dict.fromkeys([years.min(), years.max()]))


def bibliography(*tables: str | pd.DataFrame):
    """Return the Markdown list of all sources of ``tables``, a line a publisher.

    Parameters
    ----------
    tables
        Names of tables; rows of a table, where a lesson uses only some of them.

    Raises
    ------
    DataError
        If a table is unknown or broken.
    """
    from IPython.display import Markdown

    rows = [read(table) if isinstance(table, str) else table for table in tables]
    sources = read("sources").set_index("source").loc[ids(rows)]
    lines = [f"<details>\n<summary>{len(sources)} sources, by publisher</summary>\n"]
    for publisher, rows in sorted(sources.groupby("short")):
        rows = rows.sort_values(["published", "title"])
        links = [
            f"[{_escape(row.title)}]({row.url})"
            + ("" if pd.isna(row.published) else f" ({row.published[:4]})")
            for row in rows.itertuples()
        ]
        lines.append(f"- **{_escape(publisher)}**: " + "; ".join(links))
    return Markdown("\n".join([*lines, "\n</details>"]))


def _escape(text: str) -> str:
    return re.sub(r"([\[\]|*_<>$])", r"\\\1", str(text))
