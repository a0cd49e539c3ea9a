"""The house style of the charts, and the one way to show them.

Importing this module sets matplotlib's defaults. Draw with plain matplotlib, then call `show`,
which adds the title that says the finding, the source line, the alt text and the numbers.
"""

from __future__ import annotations

import base64
import html
import io
import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import colors
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from utils import data

#: One colour a stream in the whole course, at least 3:1 on white, apart for the colour-blind.
COLOURS = {
    "trade": "#0067a5",
    "minerals": "#7a4a00",
    "illicit": "#c8450b",
    "labor": "#7b2a80",
    "tourism": "#00806a",
    "synthesis": "#2f3e4e",
}
GREY = "#66717c"
INK = "#1f2933"
WIDTH, HEIGHT = 7.2, 3.6
ALT_WORDS = 25

_DPI = 144
_TITLE, _SUBTITLE, _SOURCE = 13.5, 10.5, 8.5
_PAD = 0.12

plt.rcParams.update(
    {
        "figure.figsize": (WIDTH, HEIGHT),
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "text.hinting": "none",  # a quarter off the time of a drawing, and evener letters
        "text.color": INK,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.prop_cycle": plt.cycler(color=[*COLOURS.values()]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "grid.color": "#dde2e6",
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.2,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "hatch.linewidth": 0.8,
    }
)


def tint(colour: str, share: float) -> str:
    """Return ``colour`` mixed with white; ``share`` (0 to 1) is how much of it stays."""
    return colors.to_hex(1 - share * (1 - np.array(colors.to_rgb(colour))))


def grade_style(grade: str, colour: str = GREY) -> dict:
    """Return the bar style of an evidence grade: solid for A and B, pale and hatched for C and D.

    Raises
    ------
    ValueError
        If ``grade`` is not A, B, C or D.
    """
    if grade not in set(data.GRADES):
        raise ValueError(f"There is no evidence grade {grade!r}. Use A, B, C or D.")
    if grade in "AB":
        return {"facecolor": colour, "edgecolor": colour}
    return {"facecolor": tint(colour, 0.25), "edgecolor": colour, "hatch": "////"}


def label_ends(ax: Axes) -> None:
    """Write each labelled line's label at its right end, in its colour, apart from the others.

    Call it last, when limits and scales are set.
    """
    lines = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    ends = [(*_last_point(ax, line), line) for line in lines]
    ends = sorted((end for end in ends if end[1] is not None), key=lambda end: end[1])
    gap = 13 / (ax.get_position().height * ax.figure.get_size_inches()[1] * 72)
    places = _spread([y for _, y, _ in ends], gap)
    for (x, y, line), place in zip(ends, places, strict=True):
        ax.annotate(
            line.get_label(),
            xy=(x, y),
            xytext=(1.015, place),
            xycoords="axes fraction",
            textcoords="axes fraction",
            color=line.get_color(),
            va="center",
            fontweight="bold",
            fontsize=9.5,
            annotation_clip=False,
        )
        if x < 0.98 or abs(place - y) > gap / 2:
            ax.annotate(
                "",
                xy=(x, y),
                xytext=(1.012, place),
                xycoords="axes fraction",
                textcoords="axes fraction",
                arrowprops={
                    "arrowstyle": "-",
                    "color": tint(colors.to_hex(line.get_color()), 0.5),
                    "linewidth": 0.8,
                    "shrinkA": 0,
                    "shrinkB": 2,
                },
                annotation_clip=False,
            )


def _last_point(ax: Axes, line) -> tuple[float, float | None]:
    x = ax.convert_xunits(line.get_xdata(orig=False))
    points = np.column_stack([np.asarray(x, dtype=float), line.get_ydata(orig=False)])
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0.0, None
    return tuple(ax.transAxes.inverted().transform(ax.transData.transform(points[-1])))


def _spread(places: list[float], gap: float) -> list[float]:
    """Move rising ``places`` apart until neighbours are at least ``gap`` apart."""
    groups = [[place, 1] for place in places]
    merged: list[list[float]] = []
    for centre, count in groups:
        merged.append([centre, count])
        while len(merged) > 1 and (
            merged[-1][0] - merged[-2][0] < gap * (merged[-1][1] + merged[-2][1]) / 2
        ):
            (upper, many), (lower, few) = merged.pop(), merged.pop()
            merged.append([(upper * many + lower * few) / (many + few), many + few])
    return [
        centre + gap * (k - (count - 1) / 2) for centre, count in merged for k in range(int(count))
    ]


def mark(ax: Axes, rows: pd.DataFrame, label: str = "label", date: str = "date") -> None:
    """Draw a thin vertical line for each event, with its label above the axes, kept apart.

    Parameters
    ----------
    ax
        Axes whose horizontal axis holds dates, or years as numbers. Limits must be set.
    rows
        One row an event; those outside the limits are left out.
    label, date
        Columns with the label and the date (text such as "2017-08" will do).
    """
    low, high = ax.get_xlim()
    years = low > 1800 and high < 2200
    when = pd.to_datetime(rows[date], format="ISO8601")
    x = when.dt.year + (when.dt.day_of_year - 1) / 365 if years else ax.convert_xunits(list(when))
    events = sorted(e for e in zip(x, rows[label], strict=True) if low <= e[0] <= high)
    width = ax.get_position().width * ax.figure.get_size_inches()[0] * 72
    ends: list[float] = []
    for place, text in events:
        centre = (place - low) / (high - low)
        half = len(str(text)) * 4.9 / width / 2
        level = next((k for k, end in enumerate(ends) if centre - half > end), len(ends))
        ends[level : level + 1] = [centre + half]
        ax.axvline(place, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0.5)
        ax.annotate(
            text,
            xy=(place, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + 12 * level),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=INK,
            annotation_clip=False,
        )


def range_bars(
    ax: Axes,
    rows: pd.DataFrame,
    low: str = "low",
    central: str | None = None,
    high: str = "high",
    label: str = "label",
    grade: str | None = "grade",
    colour: str = GREY,
) -> None:
    """Draw each row as a horizontal bar from its low to its high value, first row on top.

    Parameters
    ----------
    ax
        Axes to draw on; the measure runs from left to right.
    rows
        One row a range.
    low, central, high, label, grade
        Columns of the bounds, of the best value (a tick; None for no ticks), of the name on
        the left and of the evidence grade (None if all are alike).
    colour
        Colour of the bars.
    """
    places = np.arange(len(rows))[::-1]
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        style = grade_style(row[grade] if grade else "A", colour)
        if row[low] == row[high]:
            ax.plot(row[low], place, "D", color=style["edgecolor"], mfc=style["facecolor"], ms=7)
        else:
            ax.barh(place, row[high] - row[low], left=row[low], height=0.55, **style)
        if central and row[low] != row[high]:
            ax.plot([row[central]] * 2, [place - 0.36, place + 0.36], color=INK, linewidth=2)
    ax.set_yticks(places, rows[label])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def show(
    fig: Figure,
    *,
    title: str,
    subtitle: str,
    source: object,
    alt: str,
    table: pd.DataFrame | pd.Series,
) -> None:
    """Finish a chart and display it with its alt text and the numbers behind it.

    Parameters
    ----------
    fig
        The figure; its header and source line are added outside its present size.
    title
        The finding, one sentence.
    subtitle
        Measure, unit and period.
    source
        The rows drawn (DataFrames with ``source`` and ``grade`` columns, or a list of them),
        or source ids: names and evidence grade of the source line come from them.
    alt
        At least 25 words: kind of chart, axes, range and meaning.
    table
        The numbers drawn, shown folded under the picture.

    Raises
    ------
    ValueError
        If the title, subtitle or table is empty, the alt text too short, or the table's labels
        have no name.
    """
    from IPython.display import HTML, display

    _require(title, subtitle, alt, table)
    picture = _finish(fig, title, subtitle, source)
    display(
        {"image/png": picture, "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt, "width": round(fig.get_size_inches()[0] * 100)}},
    )
    display(HTML(numbers(table)))
    plt.close(fig)


def _require(title: str, subtitle: str, alt: str, table: pd.DataFrame | pd.Series) -> None:
    if not (title.strip() and subtitle.strip()):
        raise ValueError("A chart needs a title that says the finding, and a subtitle.")
    if len(alt.split()) < ALT_WORDS:
        raise ValueError(
            f"The alt text has {len(alt.split())} words, not {ALT_WORDS} or more. Say the kind of "
            "chart, its axes, its range and what it means."
        )
    if table.empty:
        raise ValueError("The table of the numbers behind the chart is empty.")
    if None in table.index.names and not _counts_rows(table.index):
        raise ValueError("Name the labels of the rows behind the chart: table.rename_axis(...).")


def _finish(fig: Figure, title: str, subtitle: str, source: object) -> str:
    """Add header and source line and return the picture as base64 text."""
    width, height = fig.get_size_inches()
    head = [(title, _TITLE, "bold", INK), (subtitle, _SUBTITLE, "normal", GREY)]
    head = [(_wrap(fig, text, size, weight), size, weight, ink) for text, size, weight, ink in head]
    foot = _wrap(fig, data.source_line(source), _SOURCE, "normal")
    top = sum(_block(text, size) for text, size, _, _ in head) + 2 * _PAD
    bottom = _block(foot, _SOURCE) + _PAD
    total = height + top + bottom
    fig.set_size_inches(width, total)
    rect = (0, bottom / total, 1, height / total)
    fig.set_layout_engine("constrained", rect=rect, w_pad=_PAD, h_pad=0.06)
    y = total - _PAD
    for text, size, weight, ink in head:
        fig.text(_PAD / width, y / total, text, size=size, weight=weight, color=ink, va="top")
        y -= _block(text, size)
    fig.text(_PAD / width, _PAD / total, foot, size=_SOURCE, color=GREY, va="bottom")
    return base64.b64encode(png(fig, _DPI)).decode("ascii")


def png(fig: Figure, dpi: int, compress_level: int = 6) -> bytes:
    """Return ``fig`` as PNG, the same bytes each time; drawn once, where savefig draws twice."""
    fig.set_dpi(dpi)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    buffer = io.BytesIO()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    pixels.save(buffer, "png", compress_level=compress_level)
    return buffer.getvalue()


def _block(text: str, size: float) -> float:
    """Height in inches of the lines of ``text``."""
    return (text.count("\n") + 1) * size * 1.3 / 72


def _wrap(fig: Figure, text: str, size: float, weight: str) -> str:
    """Break ``text`` into as few lines of alike length as fit the width of the figure."""
    room = (fig.get_size_inches()[0] - 2 * _PAD) * fig.dpi
    probe = fig.text(0, 0, "", size=size, weight=weight)

    def fits(lines: list[str]) -> bool:
        probe.set_text("\n".join(lines))
        return probe.get_window_extent().width <= room

    columns, lines = len(text), [text]
    while not fits(lines) and columns > 20:
        columns = max(20, int(columns * min(0.97, room / probe.get_window_extent().width)))
        lines = textwrap.wrap(text, columns, break_long_words=False)
    probe.remove()
    return "\n".join(lines)


def numbers(table: pd.DataFrame | pd.Series) -> str:
    """Return the folded HTML table of the numbers behind a chart.

    Numbers are rounded to what a reader can use, a missing value says so, dates are short.
    """
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    if not _counts_rows(frame.index):
        frame = frame.reset_index()
    cells = {name: [_cell(value, name) for value in frame[name]] for name in frame}
    body = pd.DataFrame(cells).rename(columns=_words)
    rows = body.to_html(index=False, border=0, classes="numbers", escape=True)
    return f"<details><summary>Numbers behind this chart</summary>\n{rows}\n</details>"


def _counts_rows(index: pd.Index) -> bool:
    """Return whether an index only counts the rows, and so tells a reader nothing."""
    return isinstance(index, pd.RangeIndex) and index.name is None


def _words(name: object) -> str:
    return html.unescape(str(name)).replace("_", " ")


def _cell(value: object, name: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m}" if value.day == 1 else f"{value:%Y-%m-%d}"
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "not known"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return str(value) if "year" in str(name) else f"{value:,}"
    if isinstance(value, float | np.floating):
        size = abs(value)
        return (
            f"{value:,.0f}" if size >= 1000 else f"{value:,.1f}" if size >= 10 else f"{value:.2f}"
        )
    return str(value)
