"""Tests of utils.charts: what is shown, and that helpers keep labels apart."""

import base64
import io
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from utils import charts

ALT = "Line chart of an invented series, from 2001 to 2003, in million dollars. " + "It rises. " * 8
TABLE = pd.DataFrame({"year": [2001, 2002], "value": [1234.5, np.nan]})


@pytest.fixture
def shown(monkeypatch):
    """Collect what charts.show displays."""
    outputs = []
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: outputs.append((a[0], k)))
    yield outputs
    plt.close("all")


def chart(**changes):
    fig, ax = plt.subplots()
    ax.plot([2001, 2002], [1, 2])
    rows = pd.DataFrame({"source": ["kotra_2014", "kotra_2015"], "grade": ["A", "C"]})
    words = {"title": "It rises", "subtitle": "USD million", "source": rows, "alt": ALT}
    charts.show(fig, **words | {"table": TABLE} | changes)
    return fig


def luminance(colour):
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("colour", [*charts.COLOURS.values(), charts.GREY, charts.INK])
def test_contrast_on_white(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 3


def test_show_displays_picture_with_alt_text_and_table(shown):
    fig = chart()
    (picture, how), (table, _) = shown
    assert how["metadata"]["image/png"]["alt"] == picture["text/plain"] == ALT
    assert base64.b64decode(picture["image/png"]).startswith(b"\x89PNG")
    assert "<details>" in table.data
    assert "1,234" in table.data
    assert "not known" in table.data
    assert not plt.fignum_exists(fig.number)


def test_header_and_source_line_are_drawn(shown):
    texts = [text.get_text() for text in chart().texts]
    assert texts == ["It rises", "USD million", "Source: KOTRA. Evidence grade A-C."]


def test_long_title_is_wrapped_inside_the_picture(shown):
    title = "A very long finding " * 12
    text = chart(title=title).texts[0].get_text()
    assert text.split() == title.split()
    assert text.count("\n") >= 2
    pixels = imread(io.BytesIO(base64.b64decode(shown[0][0]["image/png"])))
    assert (pixels[:, -5:] == 1).all()
    assert (pixels[:3] == 1).all()
    assert (pixels[:100] < 0.5).any()


def test_same_chart_gives_the_same_bytes(shown):
    chart()
    chart()
    assert shown[0][0]["image/png"] == shown[2][0]["image/png"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alt": "A chart."}, "2 words, not 25"),
        ({"title": " "}, "needs a title"),
        ({"subtitle": ""}, "needs a title"),
        ({"table": TABLE.iloc[:0]}, "table of the numbers"),
        ({"table": pd.Series({"coal": 1, "iron": 2})}, "Name the labels"),
    ],
)
def test_incomplete_chart_is_refused(shown, change, message):
    with pytest.raises(ValueError, match=message):
        chart(**change)
    assert not shown


def test_labels_of_rows_stand_in_the_table_behind_the_chart():
    pairs = pd.MultiIndex.from_tuples([("KOTRA", 2014), ("INSS", 2016)], names=["account", "end"])
    for table in (pd.Series([1, 2], index=pairs, name="value"), TABLE.rename_axis("label")):
        text = charts.numbers(table)
        for name in table.index.names:
            assert f"<th>{name}</th>" in text
    assert "<td>INSS</td>" in charts.numbers(pd.Series([1, 2], index=pairs, name="value"))
    assert "<th>index</th>" not in charts.numbers(pd.DataFrame({"value": [1, 2]}))


def test_grades_look_different():
    assert charts.grade_style("A") == charts.grade_style("B")
    assert "hatch" in charts.grade_style("C")
    assert "hatch" not in charts.grade_style("A")
    with pytest.raises(ValueError, match="no evidence grade 'E'"):
        charts.grade_style("E")


def test_tint():
    assert charts.tint("#000000", 1) == "#000000"
    assert charts.tint("#000000", 0) == "#ffffff"


def test_line_labels_keep_apart():
    fig, ax = plt.subplots()
    for k in range(4):
        ax.plot([1, 2], [5, 5 + k / 100], label=f"series {k}")
    ax.plot([1, 2], [np.nan, np.nan], label="empty")
    ax.set_ylim(0, 10)
    charts.label_ends(ax)
    boxes = [t.get_window_extent() for t in ax.texts if t.get_text()]
    assert len(boxes) == 4
    boxes.sort(key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(boxes))
    plt.close(fig)


@pytest.mark.parametrize("dates", [True, False])
def test_marks_keep_apart_and_leave_out_what_lies_outside(dates):
    fig, ax = plt.subplots()
    if dates:
        ax.set_xlim(pd.Timestamp("2016-01-01"), pd.Timestamp("2018-12-31"))
    else:
        ax.set_xlim(2016, 2019)
    rows = pd.DataFrame(
        {"date": ["2017-08-05", "2017-09", "2017-12-22", "2006"], "label": ["a long label"] * 4}
    )
    charts.mark(ax, rows)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 3
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])
    plt.close(fig)


def test_range_bars():
    fig, ax = plt.subplots()
    rows = pd.DataFrame(
        {"low": [1, 5], "best": [2, 5], "high": [4, 5], "label": ["a", "b"], "grade": ["A", "D"]}
    )
    charts.range_bars(ax, rows, central="best")
    (bar,) = ax.patches
    assert (bar.get_x(), bar.get_width()) == (1, 3)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    assert ax.get_yticks()[0] > ax.get_yticks()[1]
    plt.close(fig)
