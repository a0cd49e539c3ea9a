"""Every table, broken in every way that its description can tell: `read` names each place.

The corruptions are generated from the data package, so a new table or column gets its own.
"""

import csv
import io
import itertools
import shutil
import zlib
from functools import cache

import pytest

from utils import data

PACKAGE = data.package()
TABLES = {resource["name"]: resource for resource in PACKAGE["resources"]}
ODD = {
    "integer": "1.5",
    "number": "about 12",
    "boolean": "perhaps",
    "date": "2017-02-30",
    "yearmonth": "2017-13",
}


@cache
def rows(table):
    """Header and rows of a table as lists of text."""
    text = (data.DATA / TABLES[table]["path"]).read_text(encoding="utf-8")
    return tuple(map(tuple, csv.reader(io.StringIO(text))))


def written(lines):
    """The CSV text of header and rows."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def some(places, *words):
    """One of ``places``, always the same for the same words, and not always the first."""
    return places[zlib.crc32(" ".join(words).encode()) % len(places)]


def filled(table, column):
    """The places of the rows in which a column is filled in; the header has place 0."""
    header, *body = rows(table)
    at = header.index(column)
    return [place for place, row in enumerate(body, 1) if row[at]]


def changed(kind, new, **which):
    """Change one cell in each column that `fields` finds: table by table, all at once.

    ``new`` makes the new text of the field's description and the old text.
    """
    for table, found in itertools.groupby(fields(**which), key=lambda pair: pair[0]):
        lines = [list(row) for row in rows(table)]
        places = []
        for _, field in found:
            column = field["name"]
            place = some(filled(table, column), table, column, kind)
            at = lines[0].index(column)
            lines[place][at] = new(field, lines[place][at])
            places.append((place + 1, column))
        yield table, written(lines), places


def fields(*, kinds=None, limit=None, mark=None):
    """Table and field of all columns with at least one value, of some types or constraints."""
    for table, resource in TABLES.items():
        for field in resource["schema"]["fields"]:
            fits = kinds is None or field["type"] in kinds
            fits &= limit is None or limit in field.get("constraints", {})
            fits &= mark is None or mark in field
            if fits and filled(table, field["name"]):
                yield table, field


def types():
    return changed("type", lambda field, _: ODD[field["type"]], kinds=ODD)


def ranges():
    for limit, step in (("minimum", -1), ("maximum", 1)):

        def beyond(field, _, limit=limit, step=step):
            return str(field["constraints"][limit] + step)

        yield from changed(limit, beyond, kinds=("integer", "number"), limit=limit)


def categories():
    return changed("category", lambda _, cell: f"{cell}x", limit="enum")


def blanks():
    return changed("blank", lambda *_: "", limit="required")


def unknown_sources():
    return changed("source", lambda _, cell: f"{cell};nobody_1900", mark="references")


def repeated_keys():
    for table, resource in TABLES.items():
        lines = list(rows(table))
        place = some(range(1, len(lines)), table, "key")
        key = resource["schema"]["primaryKey"]
        column = key if isinstance(key, str) else key[-1]
        yield table, written([*lines, lines[place]]), [(len(lines) + 1, column)]


def missing_columns():
    for table, resource in TABLES.items():
        field = some(resource["schema"]["fields"], table, "column")["name"]
        at = rows(table)[0].index(field)
        lines = [row[:at] + row[at + 1 :] for row in rows(table)]
        yield table, written(lines), [(1, field)]


def swapped_columns():
    """Two neighbours change places, once with their header and once without it."""
    for table in TABLES:
        header, *body = rows(table)
        at = some(range(len(header) - 1), table, "swap")
        swap = [*range(at), at + 1, at, *range(at + 2, len(header))]
        lines = [[row[k] for k in swap] for row in (header, *body)]
        yield table, written(lines), [(1, header[at + 1])]
        yield table, written([lines[0], *body]), [(1, header[at + 1])]


def reversed_ranges():
    for table, resource in TABLES.items():
        for columns in resource["schema"].get("ordered", []):
            lines = [list(row) for row in rows(table)]
            low, high = (lines[0].index(name) for name in (columns[0], columns[-1]))
            kind = next(f["type"] for f in resource["schema"]["fields"] if f["name"] == columns[0])
            value = float if kind in ("integer", "number") else str
            both = [row for row in lines[1:] if row[low] and row[high]]
            apart = [row for row in both if value(row[low]) < value(row[high])]
            if apart:
                row = some(apart, table, *columns)
                row[low], row[high] = row[high], row[low]
                yield table, written(lines), [(lines.index(row) + 1, None)]


def cut_files():
    """The file ends within a row, and after a row that is not the last."""
    for table in TABLES:
        text = written(rows(table))
        body = text.index("\n") + 1
        for end in (
            some(range(body + 1, len(text) - 1), table, "cut"),
            text.rindex("\n", 0, -1) + 1,
        ):
            yield table, text[:end], [(None, None)]


def bad_encodings():
    """A letter of another encoding, a zero byte, and the whole file in UTF-16."""
    for table in TABLES:
        lines = written(rows(table)).encode().split(b"\n")
        line = some(range(1, len(lines) - 1), table, "encoding")
        for odd in (b"\xe9", b"\0"):
            broken = [*lines[:line], odd + lines[line], *lines[line + 1 :]]
            yield table, b"\n".join(broken), [(None, None)]
        yield table, written(rows(table)).encode("utf-16"), [(1, None)]


KINDS = (
    *(types, ranges, categories, blanks, unknown_sources, repeated_keys, missing_columns),
    *(swapped_columns, reversed_ranges, cut_files, bad_encodings),
)
CASES = {kind.__name__: list(kind()) for kind in KINDS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the data to break."""
    return shutil.copytree(data.DATA, tmp_path_factory.mktemp("faults") / "data")


@pytest.fixture
def put(folder):
    """Give a function that writes a table's file, which is whole again after the test."""
    touched = []

    def write(table, text):
        path = folder / TABLES[table]["path"]
        touched.append(path)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    yield write
    for path in touched:
        shutil.copy2(data.DATA / path.name, path)


def missed(table, folder, wanted):
    """Read a broken table; return the wanted places that no fault names.

    A line or column of None stands for any line, or any column of the table.
    """
    with pytest.raises(data.DataError) as caught:
        data.read(table, folder)
    file, names = TABLES[table]["path"], {f["name"] for f in TABLES[table]["schema"]["fields"]}
    found = {(f.line, f.column) for f in caught.value.faults if f.file == file}
    found |= {(line, None) for line, column in found if column in names}
    found |= {(None, column) for _, column in found}
    return [(table, *place) for place in wanted if place not in found]


@pytest.mark.parametrize("kind", CASES)
def test_every_corruption_is_named_with_file_line_and_column(kind, folder, put):
    left = []
    for table, text, places in CASES[kind]:
        put(table, text)
        left += missed(table, folder, places)
        put(table, written(rows(table)))
    assert not left


def test_there_are_hundreds_of_corruptions_in_all_tables():
    cases = list(itertools.chain(*CASES.values()))
    assert sum(len(places) for *_, places in cases) >= 200
    assert {table for table, *_ in cases} == set(TABLES)
    assert all(CASES.values())


@pytest.mark.parametrize("table", TABLES)
def test_a_range_may_not_be_reversed_in_any_table(table):
    schema = TABLES[table]["schema"]
    names = {field["name"] for field in schema["fields"]}
    ordered = [set(columns) for columns in schema.get("ordered", [])]
    for low, high in (("low", "high"), ("start", "end")):
        for name in (name for name in names if low in name.split("_")):
            pair = {name, "_".join(high if word == low else word for word in name.split("_"))}
            assert not pair <= names or any(pair <= columns for columns in ordered), pair


def backwards(header, *body):
    """Header and rows, the last row first."""
    return [header, *body[::-1]]


VARIATIONS = {
    "row order, blank lines": lambda text: (
        written(backwards(*csv.reader(io.StringIO(text)))).replace("\n", "\n\n", 2) + "\n"
    ),
    "CRLF, byte-order mark": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("variation", VARIATIONS)
def test_no_valid_variation_is_refused(variation, folder, put):
    for table in TABLES:
        put(table, VARIATIONS[variation](written(rows(table))))
        found = data.read(table, folder).to_csv(index=False)
        whole = data.read(table).to_csv(index=False)
        assert sorted(found.splitlines()) == sorted(whole.splitlines())
