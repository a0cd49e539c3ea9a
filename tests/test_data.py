"""Tests of utils.data: every kind of fault is named, no valid variation is refused."""

import json
import re

import pandas as pd
import pytest

from utils import data

CSV = """year,flow,value_usd_million,low,high,month,day,known,source,grade
2001,exports,10.5,1,2,2001-01,2001-01-31,true,kotra_a,A
2002,exports,,1,,2002-02,2002-02-28,false,kotra_a;un_b,B
2003,imports,30,,3,2003-03,2003-03-31,true,un_b,D
"""
SOURCES = "source,short,url\nkotra_a,KOTRA,https://a.example\nun_b,UN Panel,https://b.example\n"


def field(name, kind="string", *, required=False, **more):
    constraints = {k: v for k, v in more.items() if k not in ("unit", "references")}
    rest = {k: v for k, v in more.items() if k in ("unit", "references")}
    if required:
        constraints["required"] = True
    return {"name": name, "type": kind, "description": name, "constraints": constraints, **rest}


@pytest.fixture
def folder(tmp_path):
    """A small data package of two tables."""
    fields = [
        field("year", "integer", required=True, minimum=1990, maximum=2025),
        field("flow", enum=["exports", "imports"], required=True),
        field("value_usd_million", "number", minimum=0, maximum=1000, unit="USD million"),
        field("low", "number"),
        field("high", "number"),
        field("month", "yearmonth"),
        field("day", "date", minimum="2000-01-01"),
        field("known", "boolean"),
        field("source", required=True, references="sources", pattern="[a-z_;]+", maxLength=12),
        field("grade", enum=list("ABCD"), required=True),
    ]
    schema = {"fields": fields, "primaryKey": ["year", "flow"], "ordered": [["low", "high"]]}
    known = {"fields": [field("source", unique=True), field("short"), field("url")]}
    known["primaryKey"] = "source"
    resources = [
        {"name": "trade_small", "path": "trade_small.csv", "title": "Small", "schema": schema}
        | {"rows": 3},
        {"name": "sources", "path": "sources.csv", "title": "Sources", "schema": known, "rows": 2},
    ]
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": resources}))
    (tmp_path / "sources.csv").write_text(SOURCES)
    (tmp_path / "trade_small.csv").write_text(CSV)
    return tmp_path


def faults(folder, text):
    """Write ``text`` as the table and return the faults that reading it raises."""
    raw = text if isinstance(text, bytes) else text.encode()
    (folder / "trade_small.csv").write_bytes(raw)
    with pytest.raises(data.DataError) as caught:
        data.read("trade_small", folder)
    for fault in caught.value.faults:
        assert fault.file in str(caught.value)
        assert fault.rule and fault.remedy
    return [(fault.line, fault.column) for fault in caught.value.faults]


def test_types(folder):
    frame = data.read("trade_small", folder)
    assert frame["year"].dtype == "int64"
    assert frame["value_usd_million"].tolist()[0] == 10.5
    assert pd.isna(frame["value_usd_million"][1])
    assert frame["month"][1] == pd.Timestamp("2002-02-01")
    assert frame["day"][2] == pd.Timestamp("2003-03-31")
    assert frame["known"].dtype == "bool"
    assert frame["flow"].dtype == "str"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("10.5", "ten", (2, "value_usd_million")),
        ("10.5", "1,5", (2, "grade")),
        ("10.5", "nan", (2, "value_usd_million")),
        ("10.5", "10500", (2, "value_usd_million")),
        ("10.5", "-1", (2, "value_usd_million")),
        ("10.5", " 10.5", (2, "value_usd_million")),
        ("2002,exports", "2002.5,exports", (3, "year")),
        ("2002,exports", ",exports", (3, "year")),
        ("2002,exports", "2002,Exports", (3, "flow")),
        ("2002,exports", "2001,exports", (3, "flow")),
        ("2003,imports", "1903,imports", (4, "year")),
        ("2002-02,", "2002-13,", (3, "month")),
        ("2002-02-28", "2002-02-30", (3, "day")),
        ("2002-02-28", "1999-02-28", (3, "day")),
        ("false", "False", (3, "known")),
        ("1,2,2001", "2,1,2001", (2, "high")),
        ("kotra_a;un_b", "kotra_a;un_c", (3, "source")),
        ("kotra_a;un_b", "kotra_a, un_b", (3, "grade")),
        ("un_b,D", "un_b,E", (4, "grade")),
        ("un_b,D", ",D", (4, "source")),
        ("un_b,D\n", "un_b,D", (4, "grade")),
        ("un_b,D\n", "un_b\n", (4, "grade")),
        ("un_b,D\n", "un", (4, "source")),
        ("2003,imports,30", '2003,"imports,30', (4, "year")),
        ("year,flow,", "flow,year,", (1, "flow")),
        ("kotra_a,A", "kotra_abcdefg,A", (2, "source")),
        ("grade\n", "grades\n", (1, "grade")),
        ("2001,exports,10.5", "exports,2001,10.5", (2, "year")),
    ],
)
def test_fault_is_placed(folder, old, new, place):
    assert old in CSV
    assert place in faults(folder, CSV.replace(old, new, 1))


def test_all_faults_at_once(folder):
    broken = CSV.replace("10.5", "ten").replace("2002,", "1802,").replace("un_b,D", "un_b,E")
    assert faults(folder, broken) == [(2, "value_usd_million"), (3, "year"), (4, "grade")]


def test_missing_column_is_named_and_the_rest_still_checked(folder):
    lines = [",".join(line.split(",")[1:]) for line in CSV.splitlines()]
    broken = "\n".join(lines).replace("un_b,D", "un_b,E") + "\n"
    assert faults(folder, broken) == [(1, "year"), (4, "grade")]


def test_lost_row(folder):
    assert faults(folder, "".join(CSV.splitlines(keepends=True)[:-1])) == [(3, "year")]


def test_empty_file(folder):
    assert (1, "year") in faults(folder, "")


def test_encoding(folder):
    assert faults(folder, CSV.replace("imports", "impörts").encode("latin-1")) == [(4, "flow")]
    assert faults(folder, CSV.encode("utf-16")) == [(1, "year")]
    assert (3, "flow") in faults(folder, CSV.replace("2002,exports", "2002,exp\0orts"))


@pytest.mark.parametrize(
    "variation",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\n\n", 2) + "\n",
        lambda text: "".join(
            text.splitlines(keepends=True)[:1] + text.splitlines(keepends=True)[:0:-1]
        ),
        lambda text: re.sub("exports", '"exports"', text),
        lambda text: text + "2004,exports,1,,,,,,kotra_a,C\n",
    ],
    ids=["crlf", "byte-order mark", "blank lines", "row order", "quotes", "one row more"],
)
def test_valid_variation(folder, variation):
    (folder / "trade_small.csv").write_bytes(variation(CSV).encode())
    frame = data.read("trade_small", folder)
    assert set(frame["year"]) >= {2001, 2002, 2003}


def test_line_numbers_count_blank_lines(folder):
    assert faults(folder, CSV.replace("\n", "\n\n").replace("un_b,D", "un_b,E")) == [(7, "grade")]


def test_unknown_table_names_the_near_one(folder):
    with pytest.raises(data.DataError, match="Did you mean trade_small"):
        data.read("trade_smal", folder)


def test_missing_files(folder):
    (folder / "trade_small.csv").unlink()
    with pytest.raises(data.DataError, match=r"trade_small.csv, line 1, column year"):
        data.read("trade_small", folder)
    (folder / "datapackage.json").write_text("{")
    with pytest.raises(data.DataError, match="not valid JSON"):
        data.read("trade_small", folder)
    (folder / "datapackage.json").unlink()
    with pytest.raises(data.DataError, match="does not exist"):
        data.read("trade_small", folder)


def test_unknown_constraint_is_not_passed_over(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    package["resources"][0]["schema"]["fields"][0]["constraints"]["longest"] = 2
    (folder / "datapackage.json").write_text(json.dumps(package))
    with pytest.raises(data.DataError, match="longest"):
        data.read("trade_small", folder)


def test_a_changed_file_is_read_again_and_a_frame_is_the_readers_own(folder):
    frame = data.read("trade_small", folder)
    frame.loc[0, "value_usd_million"] = 99
    assert data.read("trade_small", folder)["value_usd_million"][0] == 10.5
    (folder / "trade_small.csv").write_text(CSV.replace("10.5", "11.25"))
    assert data.read("trade_small", folder)["value_usd_million"][0] == 11.25


def test_ids_come_most_frequent_first():
    rows = pd.DataFrame({"source": ["a;b", "b"], "china_source": ["b", None], "value": [1, 2]})
    assert data.ids(rows) == ["b", "a"]
    assert data.ids("x;y") == ["x", "y"]
    assert data.ids([]) == []


def test_grades_span():
    assert data.grades(pd.DataFrame({"grade": ["B", "A", "C"]})) == "A-C"
    assert data.grades(pd.DataFrame({"grade": ["B", "B"]})) == "B"


def test_cite_names_each_publisher_once():
    known = data.read("sources")
    twice = known[known.duplicated("short", keep=False)].iloc[0]["short"]
    several = known.loc[known["short"] == twice, "source"].tolist()
    assert data.cite(several) == twice
    with pytest.raises(data.DataError, match="There is no source 'nobody'"):
        data.cite("nobody")


def test_describe_and_bibliography_name_tables_and_links():
    text = data.describe("claims", "sources").data
    assert text.count("\n") == 3
    assert "`claims`" in text
    assert re.search(r"\]\(https?://", data.bibliography("sanctions").data)
    two = data.read("sanctions").head(2)
    assert f"<summary>{len(data.ids(two))} sources" in data.bibliography(two).data
