"""What belongs to lesson 6, the synthesis, only: it reads the five lessons' results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice, Slider
from utils.explorers import explorer as make_explorer
from utils.lessons import illicit, labor, minerals, tourism, trade
from utils.ranges import Range, simulate
from utils.ranges import total as add_up
from utils.results import CONCEPTS, income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["synthesis"]
#: The lessons by stream, in the order in which the article names the streams.
LESSONS = {
    "trade": trade,
    "minerals": minerals,
    "illicit": illicit,
    "labor": labor,
    "tourism": tourism,
}
STREAMS = list(LESSONS)
#: What each stream counts with when all are turned into one concept, cash received.
CASH = "cash received"
PAID = {
    "trade": "gross receipts",
    "minerals": "gross receipts",
    "illicit": "gross receipts",
    "labor": "state take",
    "tourism": "state take",
}
SIXTH = "arms and troops"
BOUNDS = ["low", "central", "high"]
_ALL_WORKERS = "workers abroad (hundreds of millions)"

#: Items whose money another item holds too: stream, item, where it is counted instead, and why.
OVERLAPS = [
    ("minerals", "legal exports", "trade", "China's customs count minerals sold openly."),
    ("labor", "IT workers", _ALL_WORKERS, "They are part of all workers abroad."),
    ("labor", "workers abroad (model)", _ALL_WORKERS, "The same workers, estimated by us."),
    ("labor", "workers abroad (billions)", "nowhere", "It needs pay that no report comes near."),
]


# Whose money is it? --------------------------------------------------------------------------


def incomes() -> pd.DataFrame:
    """Return the incomes of the five lessons in one table, each amount with its home.

    Returns
    -------
    DataFrame
        As `utils.results.income_frame`, with the columns ``stream`` in front and ``home`` at
        the end: the stream, or where else the money is counted already.
    """
    parts = [lesson.income().assign(stream=name) for name, lesson in LESSONS.items()]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["stream", *frame.columns.drop("stream")]].assign(home=_homes(frame))


def _homes(frame: pd.DataFrame) -> pd.Series:
    """Return the homes; parts of all workers give way only where all have the year and concept."""
    home, key = frame["stream"].copy(), pd.MultiIndex.from_frame(frame[["year", "concept"]])
    for stream, item, place, _ in OVERLAPS:
        held = (frame["stream"] == stream) & (frame["item"] == item)
        if place == _ALL_WORKERS:
            held &= key.isin(key[frame["item"] == place])
        home[held] = place
    return home


def counted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `incomes` that are added up: those at home in their own stream."""
    return frame[frame["home"] == frame["stream"]]


def overlaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what would be counted twice in `incomes`: each overlap at its largest."""
    apart = frame[frame["home"] != frame["stream"]]
    largest = apart.loc[apart.groupby(["stream", "item"])["central"].idxmax()]
    known = pd.DataFrame(OVERLAPS, columns=["stream", "item", "counted in", "why"])
    found = known.merge(largest, on=["stream", "item"], validate="1:1")
    return found[["item", "stream", "counted in", "central", "year", "why"]]


def overlap_table(frame: pd.DataFrame):
    """Return `overlaps` as a Markdown table."""
    rows = overlaps(frame)
    size = rows["central"].map("{:,.0f}".format) + " (" + rows["year"].astype(str) + ")"
    shown = rows.assign(central=size).drop(columns="year")
    shown["counted in"] = "**" + shown["counted in"] + "**"
    heads = ["Money", "Found in", "Counted in", "At its largest, USD million", "Why"]
    return _markdown(shown.set_axis(heads, axis="columns"))


def _markdown(frame: pd.DataFrame):
    """Return a table of texts as Markdown."""
    from IPython.display import Markdown

    rows = [frame.columns, [":--"] * len(frame.columns), *frame.to_numpy()]
    return Markdown("\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows))


# One concept at a time -----------------------------------------------------------------------


def to_cash(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the counted rows of `incomes` as cash received: money that reached the country.

    Goods count with what foreigners paid, workers with what the state takes (the wages of Kaesong
    were all paid to the North), tourists with the North's part of what they paid to agencies
    abroad, stolen cryptocurrency with what was turned into cash. What was stolen from banks was
    money already.
    """
    own = counted(frame)
    wanted = own["stream"].map(PAID).mask(own["item"] == "Kaesong wages", "gross receipts")
    wanted = wanted.mask(own["item"] == "bank thefts", "value stolen")
    return own[own["concept"] == wanted].assign(concept=CASH)


def by_stream(rows: pd.DataFrame) -> pd.DataFrame:
    """Add up rows of one concept: what each stream brought in each year.

    Parameters
    ----------
    rows
        Rows of `counted` that share one concept, or the result of `to_cash`.

    Returns
    -------
    DataFrame
        Columns year, stream, low, central, high (USD million; all low, all high together),
        grade (the worst), source and items. A year without evidence has no row.

    Raises
    ------
    ValueError
        If the rows are of several concepts.
    """
    concepts = rows["concept"].unique()
    if len(concepts) > 1:
        raise ValueError(f"Never add {' and '.join(concepts)}. Choose one.")
    how = {name: (name, "sum") for name in BOUNDS} | {"grade": ("grade", "max")}
    how |= {"source": ("sources", ";".join), "items": ("item", ", ".join)}
    whole = rows.groupby(["year", "stream"], as_index=False).agg(**how)
    whole["stream"] = pd.Categorical(whole["stream"], STREAMS)
    whole = whole.sort_values(["year", "stream"], ignore_index=True)
    return whole.astype({"stream": "str"})


def full_years(table: pd.DataFrame) -> list[int]:
    """Return the years in which all five streams have a figure."""
    streams = table.groupby("year")["stream"].nunique()
    return list(streams.index[streams == len(STREAMS)])


def ranges_of(rows: pd.DataFrame) -> dict[str, Range]:
    """Return the range of each stream in rows of `by_stream` of one year."""
    return {row.stream: Range(row.low, row.central, row.high) for row in rows.itertuples()}


# Uncertainty ---------------------------------------------------------------------------------


def inputs_of(frame: pd.DataFrame) -> dict[int, dict[str, Range]]:
    """Return what the cash of each year is made of, as ranges by year and name.

    The streams are in USD million. Stolen cryptocurrency has two inputs: ``value stolen``, and
    ``share made cash`` (0 to 1); ``illicit`` holds what else there is.
    """
    rest = by_stream(to_cash(frame[frame["item"] != "crypto thefts, turned into cash"]))
    inputs = {year: ranges_of(rows) for year, rows in rest.groupby("year")}
    for row in frame[frame["item"] == "crypto thefts"].itertuples():
        theft = {"value stolen": Range(row.low, row.central, row.high)}
        theft["share made cash"] = illicit.realised_share()
        inputs[row.year] = inputs.get(row.year, {}) | theft
    return inputs


def _of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    return table[table["year"] == year]


def streams_of(inputs: dict | pd.DataFrame) -> dict:
    """Return each stream's cash from `inputs_of`, or from draws of them, in the article's order."""
    found = {name: inputs[name] for name in STREAMS if name in inputs}
    if "value stolen" in inputs:
        sold = inputs["value stolen"] * inputs["share made cash"]
        found["illicit"] = found.get("illicit", 0) + sold
    return {name: found[name] for name in STREAMS if name in found}


def total_of(**inputs: float) -> float:
    """Return the sum of the streams' cash for one number an input."""
    return sum(streams_of(inputs).values())


def ranks(draws: pd.DataFrame) -> pd.DataFrame:
    """Return the place of each stream in each draw, 1 for the largest."""
    return pd.DataFrame(
        {
            name: 1 + sum((draws[other] > draws[name]).astype("int8") for other in draws)
            for name in draws
        }
    )


def article_order(frame: pd.DataFrame, least: int = 3) -> pd.DataFrame:
    """Return how surely the article's order holds in each year with enough streams.

    Parameters
    ----------
    frame
        The result of `incomes`.
    least
        How many of the streams must have a figure.

    Returns
    -------
    DataFrame
        One row a year: how many streams have a figure, and the chance, in percent of draws, that
        all of them stand in the article's order, with the legal minerals counted in trade and
        with the legal minerals counted apart, in minerals.
    """
    streams = by_stream(to_cash(frame))["year"].value_counts().sort_index()
    streams = streams[streams >= least].rename("streams")
    inputs, years = inputs_of(frame), streams.index
    chances = {
        "minerals in trade": {year: _in_order(inputs[year]) for year in years},
        "minerals apart": {y: _in_order(_apart(frame, y, inputs[y])) for y in years},
    }
    return pd.DataFrame({"streams": streams, **chances}).rename_axis("year")


def _in_order(inputs: dict[str, Range]) -> float:
    draws = pd.DataFrame(streams_of(simulate(inputs, 20_000))).to_numpy()
    return 100 * float((draws[:, :-1] > draws[:, 1:]).all(axis=1).mean())


def _apart(frame: pd.DataFrame, year: int, inputs: dict[str, Range]) -> dict[str, Range]:
    """Return the inputs with the legal minerals taken out of trade and put into minerals."""
    legal = _of_year(frame, year).query("stream == 'minerals' and home == 'trade'")["central"].sum()
    if not legal or "trade" not in inputs:
        return inputs
    found = Range.of(inputs.get("minerals", 0)) + legal
    return inputs | {"trade": inputs["trade"] - legal, "minerals": found}


# The whole economy ---------------------------------------------------------------------------


def economy(column: str = "usd_million") -> pd.DataFrame:
    """Return ``economy_annual`` with one row a year and one column a series of that unit."""
    rows = data.read("economy_annual").dropna(subset=column)
    return rows.pivot(index="year", columns="series", values=column)


def national_income() -> pd.Series:
    """Return the Bank of Korea's national income of the North in USD million.

    Published in South Korean won; divided by the average exchange rate of the year.
    """
    won = economy("krw_trillion")["bok_gni"] * 1e6
    return (won / economy("per_usd")["krw_per_usd"]).dropna()


def till() -> pd.DataFrame:
    """Return the Bank of Korea's arithmetic: the foreign currency left, low and high, by year.

    Returns
    -------
    DataFrame
        USD million at the end of each year; below zero means that the till is empty.
    """
    rows = data.read("sources_and_uses").query("account == 'Bank of Korea'")
    stock, changes = rows[rows["side"] == "stock"].iloc[0], rows[rows["side"] != "stock"]
    years = pd.RangeIndex(stock["end"], changes["end"].max() + 1, name="year")
    moved = pd.Series(0.0, index=years)
    for row in changes.itertuples():
        moved[(years > stock["end"]) & (years >= row.start) & (years <= row.end)] = row.usd_million
    bounds = {name: stock[f"{name}_usd_million"] for name in ("low", "high")}
    return pd.DataFrame({name: value + moved.cumsum() for name, value in bounds.items()})


def sixth_box() -> pd.DataFrame:
    """Return the published values of arms and troops for Russia, one row an estimate.

    Returns
    -------
    DataFrame
        The rows of ``income_estimates`` with low and high in USD million, and a label that
        says the period, whose figure it is, and what it is about.
    """
    rows = data.read("income_estimates").query("stream == 'sixth'")
    values = rows[["low_usd_million", "point_usd_million", "high_usd_million"]]
    span = "until " + rows["end"]
    span = span.mask(rows["start"].notna(), rows["start"] + " to " + rows["end"])
    span = span.mask(rows["start"] == rows["end"], rows["end"])
    kind = rows["item"].map(_SIXTH_KINDS).fillna("")
    who = rows["source"].map(data.cite).str.removeprefix("Friedrich ")
    label = span + ", " + who + kind
    return rows.assign(low=values.min(axis=1), high=values.max(axis=1), label=label)


_SIXTH_KINDS = {
    "arms_russia": ": arms",
    "troops_russia": ": troops",
    "arms_and_troops_russia_received": ": RECEIVED",
    "arms_troops_workers_russia": ": workers too",
}


def changes():
    """Return the Markdown table of what changed since the article."""
    rows = data.read("timeline")[["date", "label", "claims", "effect", "grade"]]
    rows["claims"] = rows["claims"].str.replace(";", ", ")
    heads = ["When", "What", "Claims", "What it does to them", "Grade"]
    return _markdown(rows.set_axis(heads, axis="columns"))


def all_verdicts(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the verdicts of all six lessons, one row a claim; ``frame`` is that of `incomes`."""
    parts = [lesson.verdicts() for lesson in LESSONS.values()]
    return pd.concat([*parts, verdicts(frame)], ignore_index=True)


def marked(verdicts: pd.DataFrame):
    """Return the article, marked: a Markdown table with verdict, number and grade a claim."""
    rows = verdicts.merge(data.read("claims")[["claim", "statement"]], validate="1:1")
    number = rows["value"].map(_rounded) + " " + rows["unit"]
    shown = rows[["claim", "statement"]].assign(
        verdict="**" + rows["verdict"] + "**", number=number, grade=rows["grade"]
    )
    heads = ["Claim", "What the article says", "Verdict", "The number behind it", "Grade"]
    return _markdown(shown.set_axis(heads, axis="columns"))


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.1f}"


# Drawing -------------------------------------------------------------------------------------


def draw_evidence(ax, frame: pd.DataFrame) -> None:
    """Draw where there is evidence: streams down, years across, a mark for each concept."""
    first, last = frame["year"].min(), frame["year"].max()
    for shift, (concept, mark) in zip((0.3, 0.1, -0.1, -0.3), _MARKS.items(), strict=True):
        rows = frame[frame["concept"] == concept].drop_duplicates(["year", "stream"])
        place = len(STREAMS) - 1 - rows["stream"].map(STREAMS.index) + shift
        style = {"marker": mark, "s": 16, "linewidths": 1.5}
        ax.scatter(rows["year"], place, c=rows["stream"].map(charts.COLOURS), **style)
        ax.scatter([], [], c=charts.INK, label=concept, **style)
    ax.set_yticks(range(len(STREAMS)), STREAMS[::-1])
    ax.set(ylim=(-0.6, len(STREAMS) - 0.4), xlim=(first - 0.6, last + 0.6))
    ax.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.45, 1), handletextpad=0.2)


_MARKS = dict(zip(CONCEPTS, "sDo_", strict=True))


def draw_streams(axes, table: pd.DataFrame) -> None:
    """Draw one panel a stream: the range of each year as a bar, its central value as a tick."""
    for ax, stream in zip(axes, STREAMS, strict=True):
        rows, colour = table[table["stream"] == stream], charts.COLOURS[stream]
        for grade, part in rows.groupby("grade"):
            style = charts.grade_style(grade, colour)
            ax.bar(part["year"], part["high"] - part["low"], bottom=part["low"], **style)
        ax.plot(rows["year"], rows["central"], "_", color=charts.INK, markersize=7, mew=2)
        ax.text(0.01, 0.8, stream, transform=ax.transAxes, weight="bold", color=colour)
        ax.set_ylim(0, 1.15 * rows["high"].max())
        ax.yaxis.set_major_formatter("{x:,.0f}")
    axes[-1].set_xticks(range(table["year"].min(), table["year"].max() + 1, 3))


def draw_total(ax, total: pd.Series, bounds: tuple[float, float], imports: float) -> None:
    """Draw the draws of the total as columns, the middle nine tenths dark, imports as a line."""
    counts, edges = np.histogram(total, bins=60)
    percent, middle = 100 * counts / len(total), (edges[:-1] + edges[1:]) / 2
    inside = (middle >= bounds[0]) & (middle <= bounds[1])
    shade = np.where(inside, COLOUR, charts.tint(COLOUR, 0.3))
    ax.bar(middle, percent, width=np.diff(edges), color=shade)
    ax.axvline(imports, color=charts.INK, linestyle="--", linewidth=1.4)
    ax.text(imports, percent.max(), "imports  ", ha="right", va="top", weight="bold")
    ax.set(xlim=(0, imports * 1.08), ylabel="percent of draws")
    ax.xaxis.set_major_formatter("{x:,.0f}")


def draw_ranks(ax, chances: pd.DataFrame) -> None:
    """Draw the chance of each place as a grid of shaded squares with the percent in it."""
    ax.imshow(chances, cmap="Greys", vmin=0, vmax=130, aspect="auto")
    for (y, x), chance in np.ndenumerate(chances.to_numpy()):
        text = f"{chance:.0f} %" if chance >= 0.5 else "< 1 %" if chance else "0"
        colour = "white" if chance > 60 else charts.INK
        ax.text(x, y, text, ha="center", va="center", color=colour)
    ax.set_yticks(range(len(chances)), chances.index)
    ax.set_xticks(range(len(chances.columns)), [f"place {place}" for place in chances])
    ax.grid(visible=False)
    ax.tick_params(length=0)


def draw_tornado(ax, tornado: pd.DataFrame, centre: float) -> None:
    """Draw how far each input moves the sum, the widest on top."""
    pale = charts.tint(COLOUR, 0.5)
    charts.range_bars(ax, tornado, label="input", grade=None, colour=pale)
    ax.axvline(centre, color=charts.INK)
    ax.use_sticky_edges = False
    ax.margins(x=0.05)
    ax.xaxis.set_major_formatter("{x:,.0f}")


def draw_shares(axes, shares: dict[str, pd.DataFrame]) -> None:
    """Draw one panel a whole on one scale: what the streams are in percent of it."""
    for ax, (title, rows) in zip(axes, shares.items(), strict=True):
        labelled, pale = rows.assign(label=rows.index), charts.tint(COLOUR, 0.5)
        charts.range_bars(ax, labelled, central="central", grade=None, colour=pale)
        ax.set(title=title, xlim=(-1.5, 1.1 * max(rows["high"].max() for rows in shares.values())))


def draw_account(ax, uses: pd.Series, sources: pd.Series) -> None:
    """Draw the deficits as columns, and beside them the sources found, one on the other."""
    ax.bar(range(len(uses)), uses, color=charts.tint(COLOUR, 0.55), width=0.62)
    place, bottom = len(uses), sources.cumsum() - sources
    colours = [charts.tint(COLOUR, share) for share in np.linspace(1, 0.4, len(sources))]
    ax.bar(place, sources, bottom=bottom, color=colours, width=0.62, edgecolor="white")
    level = -0.03 * uses.max()
    for name, middle in (bottom + sources / 2).items():
        level = max(level + 0.065 * uses.max(), middle)
        ax.text(place + 0.38, level, f"{name}: {sources[name]:,.0f}", va="center", size=9.5)
    for column, height in enumerate([*uses, sources.sum()]):
        ax.text(column, height, f"{height:,.0f}", ha="center", va="bottom", weight="bold")
    names = [*(f"deficit,\n{name}" for name in uses.index), "sources\nfound, INSS"]
    ax.set_xticks(range(place + 1), names)
    ax.set(xlim=(-0.5, place + 2.4), ylim=(0, 1.1 * max(uses.max(), sources.sum())))
    ax.yaxis.set_major_formatter("{x:,.0f}")


def draw_till(ax, left: pd.DataFrame, stocks: pd.DataFrame) -> None:
    """Draw the Bank of Korea's till as a band, the other schools as points and bars."""
    ax.fill_between(left.index, left["low"], left["high"], color=charts.tint(COLOUR, 0.25))
    style = {"color": COLOUR, "weight": "bold", "va": "top"}
    ax.text(
        left.index[0], left["low"].iloc[0] - 300, "Bank of Korea,\nless its yearly loss", **style
    )
    ax.axhline(0, color=charts.INK, linewidth=1.2)
    for account, mark in (("INSS", "D"), ("Zang", "o")):
        rows = stocks[stocks["account"] == account].sort_values("end")
        values = rows[["low_usd_million", "usd_million", "high_usd_million"]]
        low, high = values.min(axis=1), values.max(axis=1)
        ax.vlines(rows["end"], low, high, color=charts.INK, linewidth=2)
        ax.plot(rows["end"], rows["usd_million"].fillna((low + high) / 2), mark, color=charts.INK)
        end, above = rows["end"].iloc[-1], high.iloc[-1] + 500
        ax.text(end, above, account, weight="bold", ha="center")
    ax.yaxis.set_major_formatter("{x:,.0f}")


# Exercises -----------------------------------------------------------------------------------


def answers() -> dict[str, Exercise]:
    """Return the exercises of lesson 6 by code.

    The keys come from single cells of the tables, and for 6.2 from an integral instead of draws.
    """
    return {
        "6.1": _once(),
        "6.2": _chance(),
        "6.3": _paid(),
        "6.4": _received(),
        "6.5": _imputed(),
    }


check = Checker(answers)


def _cell(table: str, column: str, **wanted: object) -> float:
    """Return the one number of a table in the row whose columns hold ``wanted``."""
    rows = data.read(table)
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return float(rows[column].item())


def _once() -> Exercise:
    customs = {"series": "customs_exports_to_china", "year": 2017}
    exports = _cell("trade_annual", "value_usd_million", **customs)
    banned = {"commodity": "all banned commodities", "start": pd.Timestamp("2017-01-01")}
    hidden = _cell("minerals_evasion", "value_usd_million", **banned)
    open_sales = {"item": "mineral products", "partner": "China", "year": 2017}
    legal = _cell("minerals_trade", "value_usd_million", **open_sales)
    return Exercise(
        exports + hidden,
        "Legal minerals are in China's customs figures already. Only hidden sales are added.",
        "Add two central values: the one of trade, and the one of minerals that is at home there.",
        mistakes=(
            (exports + hidden + legal, "Legal minerals are counted twice: customs have them too."),
            (exports + legal, "Legal minerals are inside trade; the hidden sales are missing."),
            (exports, "This is trade alone. Hidden sales of minerals are in no customs figure."),
        ),
    )


def _chance() -> Exercise:
    sold = _cell("trade_annual", "value_usd_million", series="customs_exports_to_china", year=2019)
    thefts = _of_year(data.read("cyber_incidents"), 2019)
    bank = thefts.loc[thefts["victim_type"] == "bank", "usd_million"].sum()
    crypto = _of_year(illicit.latest(), 2019)["usd_million"]
    stolen, share = Range(*crypto.quantile([0, 0.5, 1])), illicit.realised_share()
    grid = np.linspace(share.low, share.high, 20_001)
    above = 1 - _below(stolen, (sold - bank) / grid)
    chance = float(100 * (np.diff(_below(share, grid)) * (above[:-1] + above[1:]) / 2).sum())
    value = float(100 * (1 - _below(stolen, np.array(sold - bank))))
    return Exercise(
        chance,
        "Where ranges overlap, no order is sure: a ranking needs a chance beside it.",
        "Compare the two columns draw by draw, then take the mean of True and False, in percent.",
        mistakes=(
            (100 - chance, "This is the chance that goods brought more. Turn it round."),
            (0, "You compared the central values. Compare the draws."),
            (value, "You compared the value stolen. Compare what was turned into cash."),
        ),
        tolerance=0.01,
    )


def _below(given: Range, values: np.ndarray) -> np.ndarray:
    """Return the chance that a draw from the triangle of ``given`` lies below each value."""
    x, width = np.clip(values, given.low, given.high), given.high - given.low
    rising = (x - given.low) ** 2 / (width * max(given.central - given.low, 1e-12))
    falling = 1 - (given.high - x) ** 2 / (width * max(given.high - given.central, 1e-12))
    return np.where(x < given.central, rising, falling)


def _paid() -> Exercise:
    rows = data.read("sources_and_uses").to_dict("records")
    found = sum(row["usd_million"] for row in rows if row["side"] == "source")
    use = {row["account"]: row["usd_million"] for row in rows if row["side"] == "use"}
    arms = _cell("sources_and_uses", "usd_million", item="arms to Russia")
    return Exercise(
        100 * found / use["KOTRA"],
        "Even with every source that the study found, much of KOTRA's deficit has no known payer.",
        "Add all rows whose side is source, and divide by KOTRA's deficit.",
        mistakes=(
            (100 * found / use["INSS"], "You divided by the deficit of INSS. Take KOTRA's."),
            (100 * use["KOTRA"] / found, "The sources are the part, the deficit is the whole."),
            (100 * (found - arms) / use["KOTRA"], "The arms to Russia are one of the sources."),
        ),
    )


def _received() -> Exercise:
    study = {"source": "inss_2026_zum"}
    due = study | {"item": "arms_and_troops_russia"}
    low, high = (_cell("income_estimates", f"{end}_usd_million", **due) for end in ("low", "high"))
    least, most = (_cell("state_take", f"{end}_percent", **study) for end in ("low", "high"))
    return Exercise(
        high * most / 100,
        "Even in the best case a small part of the value was seen to arrive: due is not paid.",
        "The most that can have been seen is the highest value times the highest share.",
        mistakes=(
            (low * least / 100, "This is the least: the low value times the low share."),
            (low * most / 100, "The share is right. Take the high value of what is due."),
            (high * most, "Divide by 100: the share is in percent."),
            (high, "This is the value due. How much of it was seen to arrive?"),
        ),
    )


def _imputed() -> Exercise:
    def value(series: str) -> float:
        return _cell("economy_annual", "usd_million", series=series, year=2021)

    un, mirror = value("un_exports"), value("exports")
    return Exercise(
        un / mirror,
        "The UN's figure is a fixed share of GDP. The bans never reached it.",
        "Divide the UN's exports by the mirror figure of the same year.",
        mistakes=(
            (mirror / un, "Turn the fraction round: how many times larger is the UN's figure?"),
            (value("un_imports") / value("imports"), "These are imports. Take the exports."),
            (un - mirror, "This is the difference in million dollars. Divide instead."),
        ),
    )


# Explorer ------------------------------------------------------------------------------------

_VOICES = {"lowest": "low", "middle": "central", "highest": "high", "nobody": None}
_FRAMES = [2014, 2017, 2019, 2024]


def explorer(frame: pd.DataFrame | None = None):
    """Return the explorer: choose year, concept and whom to believe, and see what it adds up to.

    Parameters
    ----------
    frame
        The result of `incomes`, if it is at hand.
    """
    frame = incomes() if frame is None else frame
    box = income().rename(columns={"sources": "source"}).assign(stream="sixth")
    tables = {CASH: pd.concat([by_stream(to_cash(frame)), box])}
    for concept, rows in counted(frame).groupby("concept"):
        tables[concept] = by_stream(rows)
    imports = economy()["imports"].dropna()

    def draw(fig, year, concept, **voices) -> str:
        amounts = dict.fromkeys(voices, "no figure")
        for row in _of_year(tables[concept], year).itertuples():
            bound = _VOICES[voices[row.stream]]
            amounts[row.stream] = float(getattr(row, bound)) if bound else "not believed"
        return _draw_choice(fig, f"{concept.capitalize()}, {year}", amounts, imports.get(year))

    controls = {
        "year": Slider("Year", 2010, int(tables[CASH]["year"].max()), 1, 2019),
        "concept": Choice("Kind of money", [CASH, *CONCEPTS]),
        **{name: Choice(f"Believe on {name}", list(_VOICES), "middle") for name in STREAMS},
        "sixth": Choice("Believe on sixth box", list(_VOICES), "nobody"),
    }
    bought = data.read("economy_annual").query("series == 'imports'")
    source = [frame[frame["year"] >= 2010], sixth_box(), bought]
    return make_explorer(draw, controls, [{"year": year} for year in _FRAMES], source)


def _draw_choice(fig, what: str, amounts: dict[str, float | str], imports: float | None) -> str:
    """Draw the believed amounts as bars, say why others have none, and return the alt text."""
    believed = {name: value for name, value in amounts.items() if isinstance(value, float)}
    whole = sum(believed.values())
    ax = fig.add_axes((0.14, 0.04, 0.82, 0.78))
    names = [*amounts][::-1]
    colours = [charts.COLOURS.get(name, charts.GREY) for name in names]
    ax.barh(names, [believed.get(name, 0) for name in names], color=colours, height=0.62)
    for place, name in enumerate(names):
        value, text = believed.get(name, 0), amounts[name]
        if name in believed:
            part = f" ({100 * value / whole:.0f} %)" if 0 < 0.005 * whole < value else ""
            text = f"{value:,.0f}{part}"
        ax.text(max(value, 0), place, f"  {text}", va="center")
    widest = max(map(abs, believed.values()), default=1)
    ax.set_xlim(1.1 * min([0, *believed.values()]), 1.35 * widest)
    ax.xaxis.set_visible(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.axvline(0, color=charts.GREY, linewidth=1)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    cover = f"{100 * whole / imports:.0f} percent of imports" if imports else "imports not known"
    cover = "more goes out than comes in" if whole < 0 else cover
    head = f"{whole:,.0f} million dollars: {cover}" if believed else "Nothing to add up"
    known = f"{what}: {len(believed)} of {len(amounts)} bars; USD million"
    fig.text(0.012, 0.93, head, size=13.5, weight="bold")
    fig.text(0.012, 0.87, f"{known}; in brackets: part of the whole", size=10.5)
    parts = ", ".join(f"{name} {value:,.0f}" for name, value in believed.items()) or "none"
    missing = ", ".join(f"{name} {why}" for name, why in amounts.items() if name not in believed)
    return (
        f"Bar chart of what was chosen to be believed, by stream, in million dollars. {what}: "
        f"{parts}. {head}. Without a bar: {missing or 'none'}. A total of a part of the streams is "
        "not a total."
    )


# What it hands on ----------------------------------------------------------------------------


def _russia_study() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the study that has both: value due, and share seen to arrive."""
    due = data.read("income_estimates").query("item == 'arms_and_troops_russia'")
    study = "source == 'inss_2026_zum'"
    return due.query(study), data.read("state_take").query(study)


def income() -> pd.DataFrame:
    """Return the sixth box by year: what Russia was seen to give for arms and troops.

    Value due is not payment, so that the study's value is multiplied by the share that it could
    confirm. Only whole years within the study's span have a row.

    Returns
    -------
    DataFrame
        See `utils.results.income_frame`; USD million a year, the yearly mean of a total.
    """
    due, share = _russia_study()
    first, last = (pd.Period(due[name].iloc[0], "M") for name in ("start", "end"))
    months = (last - first).n + 1
    value = Range.between(due["low_usd_million"].iloc[0], due["high_usd_million"].iloc[0])
    part = Range.between(share["low_percent"].iloc[0] / 100, share["high_percent"].iloc[0] / 100)
    yearly = value * part * (12 / months)
    basis = f"value due times the share seen to arrive: yearly mean of {months} months"
    values, rows = (yearly.low, yearly.central, yearly.high), [due, share]
    whole = range(first.year + (first.month > 1), last.year + (last.month == 12))
    return income_frame(
        income_row(year, SIXTH, "gross receipts", values, basis, rows) for year in whole
    )


def verdicts(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the verdicts on claims S1 to S3; see `utils.results.verdict_frame`.

    Parameters
    ----------
    frame
        The result of `incomes`, if it is at hand.
    """
    frame = incomes() if frame is None else frame
    table = by_stream(to_cash(frame))
    return verdict_frame([_sustain(table), _ranking(table, frame), _missing(table)])


def _sustain(table: pd.DataFrame) -> dict:
    """S1 holds if even the low values pay for all imports, and fails if the high pay a quarter."""
    year = full_years(table)[-1]
    whole = add_up(ranges_of(_of_year(table, year)).values())
    cover = whole / economy()["imports"][year] * 100
    size = 100 * whole.central / national_income()[year]
    part = "holds in part" if cover.high >= 25 else "not supported"
    bought = data.read("economy_annual").query("series in ['imports', 'bok_gni', 'krw_per_usd']")
    return verdict_row(
        "S1",
        "holds" if cover.low >= 100 else part,
        cover.central,
        "percent of imports",
        f"In {year}, the last year with figures for all five, they brought in {whole:,.0f} million "
        f"dollars: {cover:.0f} percent of imports, and about {size:.0f} percent of national income "
        "as the Bank of Korea estimates it.",
        [_of_year(bought, year), _of_year(table, year)],
    )


def _ranking(table: pd.DataFrame, frame: pd.DataFrame) -> dict:
    """S2 holds if its order is likelier than not; it is out of date if it was so before."""
    full = article_order(frame, len(STREAMS)).drop(columns="streams").max(axis="columns")
    year, now = full.index[-1], full.iloc[-1]
    rows = _of_year(table, year)
    ranked = list(rows.sort_values("central", ascending=False)["stream"])
    part = "holds in part" if ranked[0] == STREAMS[0] else "not supported"
    past = "out of date" if (full > 50).any() else part
    first = table.loc[table.groupby("year")["central"].idxmax()].set_index("year")["stream"]
    led = first.index[first == STREAMS[0]]
    return verdict_row(
        "S2",
        "holds" if now > 50 else past,
        now,
        "percent of draws",
        f"In {year} the article's order turns up in {now:.0f} percent of draws, wherever legal "
        f"minerals are counted. By central values the order was {', '.join(ranked)}. Trade came "
        f"first for the last time in {led.max()}.",
        rows,
    )


def _missing(table: pd.DataFrame) -> dict:
    """S3 holds if the sixth box is below a tenth of imports, and fails if its middle is above."""
    box = income()
    bought = data.read("economy_annual").query("series == 'imports' and year in @box.year")
    year = bought["year"].max()
    imports = _of_year(bought, year)["usd_million"].iloc[0]
    seen = Range(*_of_year(box, year)[BOUNDS].iloc[0])
    cover = seen / imports * 100
    due, share = _russia_study()
    named = _of_year(table, year).sort_values("central").iloc[0]
    part = "holds in part" if cover.central < 10 else "not supported"
    return verdict_row(
        "S3",
        "holds" if cover.high < 10 else part,
        cover.central,
        "percent of imports",
        "Arms and troops for Russia are not on the list. What was seen to arrive for them is "
        f"{seen:,.0f} million dollars a year, {cover:.0f} percent of the imports of {year}; "
        f"{due['low_usd_million'].iloc[0]:,.0f} to {due['high_usd_million'].iloc[0]:,.0f} million "
        f"were due by {pd.Period(due['end'].iloc[0], 'M'):%B %Y}. The list names "
        f"{named['stream']}; what is counted of it brought {named['central']:,.1f} million in "
        f"{year}.",
        [due, share, _of_year(bought, year)],
    )
