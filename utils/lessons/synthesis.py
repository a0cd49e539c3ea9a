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
from utils.results import (
    CONCEPTS,
    income_frame,
    income_row,
    verdict_frame,
    verdict_row,
)

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
#: The fifth way to look: every amount turned into foreign currency that reached the country.
CASH = "cash received"
SIXTH = "arms and troops"


# Whose money is it? --------------------------------------------------------------------------

#: Items that hold the money of another item: stream, words of the item, where it is counted.
OVERLAPS = (
    (
        "minerals",
        "legal exports",
        "trade",
        "Minerals sold openly to China are already in China's customs figures.",
    ),
    (
        "illicit",
        "IT workers",
        "labor",
        "They are workers abroad; lesson 3 counts only what is stolen.",
    ),
    (
        "labor",
        "IT workers",
        "workers abroad",
        "The published totals of workers abroad take them in.",
    ),
    (
        "labor",
        "(model)",
        "workers abroad",
        "Our model speaks of the same workers as the published totals.",
    ),
    (
        "labor",
        "(billions)",
        "nowhere",
        "It needs wages that no report comes near; see lesson 4.",
    ),
    (
        "tourism",
        "tourists",
        "all foreign tourists",
        "Each nation's tourists are part of all tourists.",
    ),
)
#: Homes that hold the money only in years in which they have a figure of the same concept.
_TOTALS = {"workers abroad": "workers abroad (hundreds", "all foreign tourists": "all foreign"}


def incomes() -> pd.DataFrame:
    """Return the incomes of the five lessons in one table, each amount with its home.

    Returns
    -------
    DataFrame
        As `utils.results.income_frame`, with the columns ``stream`` in front and ``home`` at
        the end: where the amount is counted. Only rows whose home is their own stream are
        added up; the others would be counted twice, or are believed by nobody.

    Raises
    ------
    DataError
        If a table of a lesson is broken.
    """
    parts = [lesson.income().assign(stream=name) for name, lesson in LESSONS.items()]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["stream", *frame.columns.drop("stream")]].assign(home=_homes(frame))


def _homes(frame: pd.DataFrame) -> pd.Series:
    home = frame["stream"].copy()
    when = pd.MultiIndex.from_frame(frame[["year", "concept"]])
    for stream, words, place, _ in OVERLAPS:
        own = frame["stream"] == stream
        held = own & frame["item"].str.contains(words, regex=False)
        if place in _TOTALS:
            whole = own & frame["item"].str.startswith(_TOTALS[place])
            held &= when.isin(when[whole]) & ~whole
        home[held] = place
    return home


def overlaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table of overlaps: one home for each, with what would be counted twice.

    Parameters
    ----------
    frame
        The result of `incomes`.
    """
    rows = []
    for stream, words, place, why in OVERLAPS:
        mine = frame["item"].str.contains(words, regex=False) & (frame["home"] == place)
        held = frame[(frame["stream"] == stream) & mine]
        if len(held):
            last = held.sort_values("central").iloc[-1]
            rows.append((words.strip("()"), stream, place, last["central"], last["year"], why))
    columns = ["money", "found in", "counted in", "largest, USD million", "year", "why"]
    return pd.DataFrame(rows, columns=columns)


def overlap_table(frame: pd.DataFrame):
    """Return the Markdown table of the overlaps."""
    from IPython.display import Markdown

    lines = [
        "| Money | also found in | counted in | at its largest | why |",
        "|:--|:--|:--|--:|:--|",
    ]
    lines += [
        f"| {row.money} | {row[1]} | **{row[2]}** | {row[3]:,.0f} million dollars ({row.year}) | {row.why} |"
        for row in overlaps(frame).itertuples(index=False)
    ]
    return Markdown("\n".join(lines))


def to_cash(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the counted rows as foreign currency that reached the country.

    Goods and tourists count with their gross receipts, workers with what the state takes (in
    Kaesong all pay went to the state first), thefts with the share turned into cash.
    """
    own = frame[frame["home"] == frame["stream"]]
    kaesong, net = own["item"].str.contains("Kaesong wages"), own["concept"] == "net"
    gross, take = own["concept"] == "gross receipts", own["concept"] == "state take"
    workers = own["stream"] == "labor"
    stolen = own[own["concept"] == "value stolen"]
    share = realised()
    hacked = own["item"].str.contains("cyber|crypto|theft|stolen|hack") & (
        own["stream"] == "illicit"
    )
    kept = own[~net & ((gross & ~workers & ~hacked) | (workers & np.where(kaesong, gross, take)))]
    sold = stolen.assign(
        low=stolen["low"] * share.low,
        central=stolen["central"] * share.central,
        high=stolen["high"] * share.high,
        grade="C",
    )
    return pd.concat([kept, sold]).assign(concept=CASH).sort_index()


def realised() -> Range:
    """Return the share of a theft that becomes cash: low, central, and all of it."""
    rows = data.read("state_take").query("stream == 'illicit'").dropna(subset="low_percent")
    share = rows.set_index("measure")["low_percent"] / 100
    deals = share[share.index.str.contains("in some deals")].iloc[0]
    counted = share[share.index.str.contains("INSS")].iloc[0]
    return Range(min(deals, counted), max(deals, counted), 1)


def by_stream(concept: str = CASH, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what each stream brought in each year, on one concept, each amount once.

    Parameters
    ----------
    concept
        One of `utils.results.CONCEPTS`, or `CASH`.
    frame
        The result of `incomes`; computed if not given.

    Returns
    -------
    DataFrame
        Columns year, stream, low, central, high (USD million), grade (the worst) and source.
        A year without evidence has no row.

    Raises
    ------
    ValueError
        If the concept is unknown.
    """
    if concept not in (*CONCEPTS, CASH):
        raise ValueError(f"There is no concept {concept!r}. Use {', '.join((*CONCEPTS, CASH))}.")
    frame = incomes() if frame is None else frame
    rows = to_cash(frame) if concept == CASH else frame[frame["home"] == frame["stream"]]
    return _summed(rows[rows["concept"] == concept])


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    how = {name: (name, "sum") for name in ("low", "central", "high")}
    how |= {"grade": ("grade", "max"), "source": ("sources", _join)}
    whole = rows.groupby(["year", "stream"], as_index=False).agg(**how)
    order = whole["stream"].map(STREAMS.index)
    return whole.assign(order=order).sort_values(["year", "order"]).drop(columns="order")


def _join(sources: pd.Series) -> str:
    return ";".join(sorted(set(";".join(sources).split(";"))))


def split_minerals(frame: pd.DataFrame, concept: str = CASH) -> pd.DataFrame:
    """Return `by_stream` with the legal minerals moved from trade to minerals.

    The sum of the two stays what it was; only the home changes.
    """
    legal = (frame["stream"] == "minerals") & (frame["home"] == "trade")
    table = by_stream(concept, frame.assign(home=frame["home"].mask(legal, "minerals")))
    moved = frame[legal & (frame["concept"] == "gross receipts")].set_index("year")["central"]
    minus = table["year"].map(moved).where(table["stream"] == "trade", 0).fillna(0)
    values = table[["low", "central", "high"]].sub(minus, axis="index").clip(lower=0)
    return table.assign(**{name: values[name] for name in values})


def full_years(table: pd.DataFrame) -> list[int]:
    """Return the years in which all five streams have a figure."""
    counts = table.groupby("year")["stream"].nunique()
    return list(counts.index[counts == len(STREAMS)])


def ranges_of(table: pd.DataFrame, year: int) -> dict[str, Range]:
    """Return the range of each stream in ``year``, in the article's order."""
    rows = table[table["year"] == year].set_index("stream")
    return {
        s: Range(*map(float, rows.loc[s, ["low", "central", "high"]]))
        for s in STREAMS
        if s in rows.index
    }


STOLEN, SHARE = "value stolen", "share made cash"


def inputs_of(frame: pd.DataFrame, year: int) -> dict[str, Range]:
    """Return what the total of ``year`` is made of, as ranges by name.

    Parameters
    ----------
    frame
        The result of `incomes`.
    year
        A year in which all five streams have a figure.

    Returns
    -------
    dict
        The streams in USD million. For thefts there are two inputs, the value stolen and the
        share that is made cash (0 to 1); ``illicit`` itself holds other illicit income, if any.
    """
    own = frame[(frame["year"] == year) & (frame["home"] == frame["stream"])]
    thefts = own["concept"] == "value stolen"
    found = ranges_of(_summed(to_cash(own[~thefts])), year)
    stolen = own[thefts]
    if len(stolen):
        found[STOLEN] = Range(*(float(stolen[name].sum()) for name in ("low", "central", "high")))
        found[SHARE] = realised()
    return found


def streams_of(inputs):
    """Return the five streams from the inputs: a dict of numbers, or a DataFrame of draws."""
    stolen = inputs[STOLEN] * inputs[SHARE] if STOLEN in inputs else 0
    other = inputs["illicit"] if "illicit" in inputs else 0
    found = {name: inputs[name] for name in STREAMS if name in inputs}
    found["illicit"] = stolen + other
    found = {name: found[name] for name in STREAMS if name in found}
    return pd.DataFrame(found) if isinstance(inputs, pd.DataFrame) else found


def total_of(**inputs: float) -> float:
    """Return the sum of the five streams for one number an input."""
    return sum(streams_of(inputs).values())


# Ranks ---------------------------------------------------------------------------------------


def rank_chances(draws: pd.DataFrame) -> pd.DataFrame:
    """Return the chance of each rank: one row a stream, one column a rank, in percent."""
    rank = {
        name: 1
        + sum(
            (draws[other] > draws[name]).to_numpy(dtype=np.int8)
            for other in draws.columns.drop(name)
        )
        for name in draws
    }
    chances = {
        name: np.bincount(found, minlength=len(rank) + 1)[1:] / len(draws) * 100
        for name, found in rank.items()
    }
    return pd.DataFrame(chances, index=range(1, len(rank) + 1)).T.rename_axis("stream")


def in_order(draws: pd.DataFrame) -> float:
    """Return the percent of draws in which each stream is above the next one."""
    names = list(draws)
    held = [draws[a] > draws[b] for a, b in zip(names, names[1:], strict=False)]
    return 100 * float(np.logical_and.reduce(held).mean())


# The whole economy ---------------------------------------------------------------------------


def economy(column: str = "usd_million") -> pd.DataFrame:
    """Return ``economy_annual`` with one row a year and one column a series of that unit."""
    rows = data.read("economy_annual").dropna(subset=column)
    return rows.pivot(index="year", columns="series", values=column).astype(float)


def national_income() -> pd.Series:
    """Return the Bank of Korea's national income of the North in USD million.

    Published in South Korean won; divided by the average exchange rate of the year.
    """
    won = economy("krw_trillion")["bok_gni"] * 1e6
    return (won / economy("per_usd")["krw_per_usd"]).dropna().rename("bok_gni_usd_million")


def till() -> pd.DataFrame:
    """Return the Bank of Korea's arithmetic: the foreign currency left, low and high, by year.

    Returns
    -------
    DataFrame
        USD million at the end of each year; below zero means that the till is empty.
    """
    rows = data.read("sources_and_uses").query("account == 'Bank of Korea'")
    stock = rows[rows["side"] == "stock"].iloc[0]
    change = rows[rows["side"] == "change a year"]
    years = range(int(stock["end"]), int(change["end"].max()) + 1)
    steps = [
        change.loc[(change["start"] <= y) & (y <= change["end"]), "usd_million"].iloc[0]
        for y in years[1:]
    ]
    moved = np.concatenate([[0], np.cumsum(steps)])
    left = {"low": stock["low_usd_million"] + moved, "high": stock["high_usd_million"] + moved}
    return pd.DataFrame(left, index=pd.Index(years, name="year"))


def sixth_box() -> pd.DataFrame:
    """Return the published values of arms and troops for Russia, one row an estimate.

    Returns
    -------
    DataFrame
        The rows of ``income_estimates`` with low, high (USD million), label and kind:
        "due" for the value of what was sent, "received" for what was seen coming back.
    """
    rows = data.read("income_estimates").query("stream == 'sixth'")
    values = rows[["low_usd_million", "point_usd_million", "high_usd_million"]]
    low, high = values.min(axis="columns"), values.max(axis="columns")
    kind = rows["concept"].map({"value due": "due"}).fillna("received")
    span = rows["start"].fillna("until").str.cat(rows["end"].fillna(""), sep=" to ")
    span = span.str.replace("until to", "until").str.replace(r"^(\S+) to \1$", r"\1", regex=True)
    label = span + ", " + rows["source"].map(lambda s: data.cite([s]))
    return rows.assign(low=low, high=high, kind=kind, label=label)


def changes():
    """Return the Markdown table of what changed since the article."""
    from IPython.display import Markdown

    lines = ["| When | What | Claims | What it does to them | Grade |", "|:--|:--|:--|:--|:--|"]
    lines += [
        f"| {row.date} | {row.label} | {row.claims.replace(';', ', ')} | {row.effect} | {row.grade} |"
        for row in data.read("timeline").itertuples()
    ]
    return Markdown("\n".join(lines))


# Drawing -------------------------------------------------------------------------------------


def draw_coverage(ax, frame: pd.DataFrame, first: int = 2010) -> None:
    """Draw where there is evidence: streams down, years across, a mark for each concept."""
    marks = dict(zip(CONCEPTS, ("s", "D", "o", "_"), strict=True))
    for shift, (concept, mark) in zip((-0.27, -0.09, 0.09, 0.27), marks.items(), strict=True):
        rows = frame[(frame["concept"] == concept) & (frame["year"] >= first)]
        rows = rows.drop_duplicates(["year", "stream"])
        place = len(STREAMS) - 1 - rows["stream"].map(STREAMS.index) - shift
        colour = rows["stream"].map(charts.COLOURS)
        ax.scatter(rows["year"], place, c=colour, marker=mark, s=34, linewidths=2)
        ax.scatter([], [], c=charts.INK, marker=mark, s=34, linewidths=2, label=concept)
    ax.set_yticks(range(len(STREAMS)), STREAMS[::-1])
    ax.set(ylim=(-0.6, len(STREAMS) - 0.4), xlim=(first - 0.6, 2025.6))
    ax.set_xticks(range(first, 2026, 2))
    ax.legend(
        ncols=4, loc="lower center", bbox_to_anchor=(0.45, 1.0), fontsize=9, handletextpad=0.2
    )


def draw_streams(axes, table: pd.DataFrame) -> None:
    """Draw one panel a stream: the range of each year as a bar, its central value as a tick."""
    for ax, stream in zip(axes, STREAMS, strict=True):
        rows = table[table["stream"] == stream]
        for row in rows.itertuples():
            style = charts.grade_style(row.grade, charts.COLOURS[stream])
            ax.bar(row.year, max(row.high - row.low, 12), bottom=row.low, width=0.7, **style)
        ax.plot(rows["year"], rows["central"], "_", color=charts.INK, markersize=7, mew=2)
        ax.text(
            0.015,
            0.93,
            stream,
            transform=ax.transAxes,
            va="top",
            weight="bold",
            color=charts.COLOURS[stream],
        )


def draw_total(ax, total: pd.Series, bounds: tuple[float, float], imports: float) -> None:
    """Draw the draws of the total as columns, the middle nine tenths dark, imports as a line."""
    counts, edges = np.histogram(total.sample(100_000, random_state=1), bins=60)
    middle = (edges[:-1] + edges[1:]) / 2
    inside = (middle >= bounds[0]) & (middle <= bounds[1])
    shade = np.where(inside, COLOUR, charts.tint(COLOUR, 0.3))
    ax.bar(middle, counts / 1000, width=np.diff(edges), color=shade)
    ax.axvline(imports, color=charts.INK, linestyle="--", linewidth=1.4)
    ax.text(imports, counts.max() / 1000, "imports  ", ha="right", va="top", weight="bold")
    ax.set(xlim=(0, imports * 1.08), ylabel="percent of draws")
    ax.xaxis.set_major_formatter("{x:,.0f}")


def draw_ranks(ax, chances: pd.DataFrame) -> None:
    """Draw the chance of each rank as a grid of shaded squares with the percent in it."""
    shown = chances.loc[STREAMS]
    ax.imshow(shown, cmap="Greys", vmin=0, vmax=130, aspect="auto")
    for y, stream in enumerate(STREAMS):
        for x, chance in enumerate(shown.loc[stream]):
            text = f"{chance:.0f} %" if chance >= 0.5 else "0" if chance == 0 else "< 1 %"
            ax.text(
                x, y, text, ha="center", va="center", color="white" if chance > 60 else charts.INK
            )
    ax.set_yticks(range(len(STREAMS)), [f"{k}. {s}" for k, s in enumerate(STREAMS, 1)])
    ax.set_xticks(range(len(STREAMS)), [f"rank {k}" for k in range(1, len(STREAMS) + 1)])
    ax.grid(visible=False)
    ax.tick_params(length=0)


def draw_tornado(ax, table: pd.DataFrame, centre: float) -> None:
    """Draw how far each input moves the total, the widest on top."""
    places = np.arange(len(table))[::-1]
    ax.barh(places, table["high"] - table["low"], left=table["low"], color=COLOUR, height=0.6)
    ax.axvline(centre, color=charts.INK, linewidth=1)
    ax.set_yticks(places, table["input"])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    for place, row in zip(places, table.itertuples(), strict=True):
        ax.text(row.high, place, f"  {row.spread:,.0f}", va="center", weight="bold")
    ax.margins(x=0.12)
    ax.xaxis.set_major_formatter("{x:,.0f}")


def draw_account(ax, uses: pd.Series, sources: pd.Series) -> None:
    """Draw two columns: money that went out, and the sources found, one on the other."""
    ax.bar([0, 1], uses, color=[COLOUR, charts.tint(COLOUR, 0.55)], width=0.62)
    for place, value in enumerate(uses):
        ax.text(place, value, f"{value:,.0f}", ha="center", va="bottom", weight="bold")
    colours = [charts.COLOURS[s] for s in ("minerals", "labor", "illicit", "trade", "tourism")]
    colours = [*colours[:3], charts.INK, charts.GREY, colours[4]]
    bottom, ends = 0.0, []
    for (item, value), colour in zip(sources.items(), colours, strict=True):
        ax.bar(2, value, bottom=bottom, color=colour, width=0.62, edgecolor="white")
        ends.append((bottom + value / 2, f"{item}: {value:,.0f}", colour))
        bottom += value
    ax.text(2, bottom, f"{bottom:,.0f}", ha="center", va="bottom", weight="bold")
    level = -1e9
    for middle, words, colour in ends:
        level = max(level + 720, middle)
        ax.text(2.38, level, words, va="center", color=colour, size=9.5)
    ax.set_xticks([0, 1, 2], ["deficit,\nKOTRA", "deficit,\nINSS", "sources\nfound, INSS"])
    ax.set(xlim=(-0.5, 4.2), ylim=(0, float(uses.max()) * 1.1))
    ax.yaxis.set_major_formatter("{x:,.0f}")


def draw_till(ax, left: pd.DataFrame, stocks: pd.DataFrame) -> None:
    """Draw the Bank of Korea's till as a band, the other schools as points and bars."""
    ax.fill_between(left.index, left["low"], left["high"], color=charts.tint(COLOUR, 0.25))
    ax.plot(left.index, left, color=COLOUR, linewidth=1.5)
    ax.text(
        2014.1,
        3750,
        "Bank of Korea,\nless its yearly loss",
        color=COLOUR,
        va="center",
        weight="bold",
        size=9,
    )
    ax.axhline(0, color=charts.INK, linewidth=1.2)
    for account, mark, colour in (
        ("INSS", "D", charts.COLOURS["trade"]),
        ("Zang", "o", charts.COLOURS["illicit"]),
    ):
        rows = stocks[stocks["account"] == account]
        low, high = rows["low"], rows["high"]
        ax.vlines(rows["end"], low, high, color=colour, linewidth=2)
        middle = rows["usd_million"].fillna((low + high) / 2)
        ax.plot(rows["end"], middle, mark, color=colour, markersize=7)
        ax.text(
            rows["end"].iloc[-1],
            high.iloc[-1] + 450,
            account,
            color=colour,
            weight="bold",
            ha="center",
        )
    ax.set(xlim=(2013.7, 2023.6), ylim=(-4700, 12500))
    ax.yaxis.set_major_formatter("{x:,.0f}")


def draw_sixth(ax, rows: pd.DataFrame) -> None:
    """Draw the estimates of the sixth box on a scale of powers of ten."""
    rows = rows.reset_index(drop=True)
    for kind, colour in (("due", COLOUR), ("received", charts.COLOURS["illicit"])):
        part = rows[rows["kind"] == kind]
        places = len(rows) - 1 - part.index.to_numpy()
        ax.hlines(places, part["low"], part["high"], color=colour, linewidth=6, alpha=0.85)
        ax.plot(part["low"], places, "|", color=colour, markersize=11, mew=2)
        ax.plot(
            part["high"], places, "D" if kind == "received" else "o", color=colour, markersize=5
        )
    ax.set_yticks(range(len(rows))[::-1], rows["label"], fontsize=8.5)
    ax.set_xscale("log")
    ax.set(xlim=(100, 30000))
    ax.set_xticks(
        [100, 300, 1000, 3000, 10000, 30000], ["100", "300", "1,000", "3,000", "10,000", "30,000"]
    )
    ax.minorticks_off()
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


# Exercises -----------------------------------------------------------------------------------


def answers() -> dict[str, Exercise]:
    """Return the exercises of lesson 6; keys are computed from the rows, one by one.

    Raises
    ------
    DataError
        If a table is broken.
    """
    return {
        "6.1": _once(),
        "6.2": _chance(),
        "6.3": _paid(),
        "6.4": _received(),
        "6.5": _imputed(),
    }


check = Checker(answers)


def _once() -> Exercise:
    sold = [
        row
        for row in data.read("trade_annual").to_dict("records")
        if row["year"] == 2017 and row["series"] == "customs_exports_to_china"
    ]
    hidden = [
        row
        for row in data.read("minerals_evasion").to_dict("records")
        if row["commodity"] == "all banned commodities"
        and row["start"].year == row["end"].year == 2017
    ]
    legal = minerals.income().query("year == 2017 and item == 'legal exports'")["central"].sum()
    exports, evasion = sold[0]["value_usd_million"], hidden[0]["value_usd_million"]
    return Exercise(
        key=exports + evasion,
        why="Legal minerals are inside the exports to China already. Only the hidden sales are "
        "added to them.",
        hint="Add two amounts: one from trade, and the one from minerals whose home is minerals.",
        mistakes=(
            (
                exports + evasion + legal,
                "You counted the legal minerals twice: China's customs have them too.",
            ),
            (
                exports + legal,
                "Legal minerals have their home in trade. The hidden sales are missing.",
            ),
            (
                exports,
                "This is trade alone. The hidden sales of minerals are in no customs figure.",
            ),
        ),
    )


def _chance() -> Exercise:
    rows = by_stream().query("year == 2019").set_index("stream")
    a, b = (
        Range(*map(float, rows.loc[s, ["low", "central", "high"]])) for s in ("labor", "minerals")
    )
    grid = np.linspace(a.low, a.high, 20_001)
    steps = np.diff(_below(a, grid))
    chance = float(100 * (steps * (_below(b, grid[:-1]) + _below(b, grid[1:])) / 2).sum())
    return Exercise(
        key=chance,
        why="Two ranges that overlap this much have no sure order. A ranking without a chance "
        "beside it says more than anyone knows.",
        hint="Compare the two columns of draws, then take the mean of True and False, in percent.",
        mistakes=(
            (
                100 - chance,
                "This is the chance that minerals bring more. Turn the comparison round.",
            ),
            (
                100.0 if a.central > b.central else 0.0,
                "You compared the central values only. Compare draw by draw.",
            ),
        ),
        tolerance=0.01,
    )


def _below(given: Range, values: np.ndarray) -> np.ndarray:
    """Return the chance that a draw from the triangle of ``given`` lies below each value."""
    low, mode, high = given.low, given.central, given.high
    x = np.clip(values, low, high)
    rising = (x - low) ** 2 / ((high - low) * max(mode - low, 1e-12))
    falling = 1 - (high - x) ** 2 / ((high - low) * max(high - mode, 1e-12))
    return np.where(x < mode, rising, falling)


def _paid() -> Exercise:
    rows = data.read("sources_and_uses").to_dict("records")
    found = sum(row["usd_million"] for row in rows if row["side"] == "source")
    arms = sum(row["usd_million"] for row in rows if row["item"] == "arms to Russia")
    use = {row["account"]: row["usd_million"] for row in rows if row["side"] == "use"}
    return Exercise(
        key=100 * found / use["KOTRA"],
        why="Even with every source that the study found, a large part of KOTRA's deficit has no "
        "known payer.",
        hint="Add all rows whose side is source, and divide by KOTRA's deficit.",
        mistakes=(
            (
                100 * found / use["INSS"],
                "You divided by the deficit of INSS. The question asks for KOTRA's.",
            ),
            (
                100 * use["KOTRA"] / found,
                "Turn the fraction round: the sources are the part, the deficit the whole.",
            ),
            (100 * (found - arms) / use["KOTRA"], "The arms to Russia are one of the sources too."),
        ),
    )


def _received() -> Exercise:
    due = next(
        row
        for row in data.read("income_estimates").to_dict("records")
        if row["source"] == "inss_2026_zum" and row["item"] == "arms_and_troops_russia"
    )
    share = next(
        row
        for row in data.read("state_take").to_dict("records")
        if row["source"] == "inss_2026_zum"
    )
    low, high = due["low_usd_million"], due["high_usd_million"]
    small, large = share["low_percent"], share["high_percent"]
    return Exercise(
        key=high * large / 100,
        why="Even in the best case only a fifth of the value has been seen to arrive. Value due "
        "is not payment.",
        hint="The most that can have been seen is the highest value times the highest share.",
        mistakes=(
            (low * small / 100, "This is the least, not the most: low value times low share."),
            (low * large / 100, "The share is right. Take the high value of what is due."),
            (high * large, "Divide by 100: the share is in percent."),
            (high, "This is the value due. How much of it was seen to arrive?"),
        ),
    )


def _imputed() -> Exercise:
    rows = data.read("economy_annual").dropna(subset="usd_million").to_dict("records")
    value = {(row["series"], row["year"]): row["usd_million"] for row in rows}
    un, mirror, year = value["un_exports", 2021], value["exports", 2021], 2021
    return Exercise(
        key=un / mirror,
        why="The UN's figure is a fixed share of GDP. The bans never reached it.",
        hint=f"Divide the UN's exports of {year} by the mirror figure of the same year.",
        mistakes=(
            (mirror / un, "Turn the fraction round: how many times larger is the UN's figure?"),
            (
                value["un_imports", 2021] / value["imports", 2021],
                "These are the imports. The question asks for exports.",
            ),
            (
                un - mirror,
                "This is the difference in million dollars. How many times larger is it?",
            ),
        ),
    )


# Explorer ------------------------------------------------------------------------------------

_VOICES = ["lowest", "middle", "highest", "nobody"]
_COLUMN = {"lowest": "low", "middle": "central", "highest": "high"}
_SHOWN = [2014, 2016, 2017, 2019, 2021, 2023, 2024, 2025]


def explorer():
    """Return the explorer: choose year, concept and whom to believe, and see what it adds up to."""
    frame = incomes()
    tables = {concept: by_stream(concept, frame) for concept in (CASH, *CONCEPTS)}
    tables[CASH] = pd.concat([tables[CASH], _sixth_rows()])
    imports = economy()["imports"]

    def draw(fig, year, concept, **voices) -> str:
        return _draw_box(fig, tables[concept], imports, year, concept, voices)

    controls = {
        "year": Slider("Year", 2010, 2025, 1, 2019),
        "concept": Choice("Kind of money", [CASH, *CONCEPTS]),
        **{name: Choice(f"Believe on {name}", _VOICES, "middle") for name in STREAMS},
        "sixth": Choice("Believe on the sixth box", _VOICES, "nobody"),
    }
    return make_explorer(draw, controls, [{"year": year} for year in _SHOWN])


def _sixth_rows() -> pd.DataFrame:
    return income().rename(columns={"sources": "source"}).assign(stream="sixth")


def _chosen(table: pd.DataFrame, year: int, voices: dict[str, str]) -> dict[str, float]:
    rows = table[table["year"] == year].set_index("stream")
    return {
        name: float(rows.loc[name, _COLUMN[voice]])
        for name, voice in voices.items()
        if voice != "nobody" and name in rows.index
    }


def _draw_box(fig, table, imports, year, concept, voices) -> str:
    """Draw the believed amounts of one year as bars and return the alt text."""
    values = _chosen(table, year, voices)
    whole = sum(values.values())
    ax = fig.add_axes((0.19, 0.1, 0.77, 0.7))
    names = list(voices)
    colours = {**charts.COLOURS, "sixth": charts.GREY}
    for place, name in enumerate(reversed(names)):
        value = values.get(name)
        empty = "not believed" if voices[name] == "nobody" else "no figure"
        if value is not None:
            ax.barh(place, value, color=colours[name], height=0.62)
            empty = f"{value:,.0f}" + (
                f" ({100 * value / whole:.0f} %)" if whole > 0 <= value else ""
            )
        ax.text(max(value or 0, 0), place, "  " + empty, va="center", size=10)
    shown = [name if name != "sixth" else "arms, troops" for name in reversed(names)]
    ax.set_yticks(range(len(names)), shown)
    spread = [abs(value) for value in values.values()] or [100]
    ax.set_xlim(
        -1.1 * max(spread) if min(values.values(), default=0) < 0 else 0, 1.35 * max(spread)
    )
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    bought = imports.get(year)
    cover = (
        f"{100 * whole / bought:.0f} percent of imports"
        if bought and values
        else "imports not known"
        if values
        else "nothing to add up"
    )
    head = f"{year}: {whole:,.0f} million dollars, {cover}" if values else f"{year}: {cover}"
    fig.text(0.012, 0.93, head, size=13.5, weight="bold")
    fig.text(
        0.012,
        0.87,
        f"{concept.capitalize()}, USD million; in brackets the share of the total",
        size=10.5,
    )
    parts = ", ".join(f"{name} {value:,.0f}" for name, value in values.items()) or "none"
    missing = ", ".join(name for name in voices if name not in values) or "none"
    return (
        f"Bar chart of {concept} by stream in {year}, in million dollars, as chosen: {parts}. "
        f"Together {whole:,.0f}, {cover}. Without a bar, because there is no figure or nobody "
        f"is believed: {missing}."
    )


# What it hands on ----------------------------------------------------------------------------


def income() -> pd.DataFrame:
    """Return the sixth box by year: what Russia was seen to give for arms and troops.

    Value due is not payment, so that each study's value is multiplied by the share that it
    could confirm. Only whole years within the studies' span have a row.

    Returns
    -------
    DataFrame
        See `utils.results.income_frame`; USD million a year, yearly means of totals.

    Raises
    ------
    DataError
        If a table is broken.
    """
    due = data.read("income_estimates").query(
        "source == 'inss_2026_zum' and item == 'arms_and_troops_russia'"
    )
    share = data.read("state_take").query("source == 'inss_2026_zum'")
    first, last = (pd.Period(due[name].iloc[0], "M") for name in ("start", "end"))
    months = (last - first).n + 1
    value = Range.between(due["low_usd_million"].iloc[0], due["high_usd_million"].iloc[0])
    part = Range.between(share["low_percent"].iloc[0] / 100, share["high_percent"].iloc[0] / 100)
    yearly = value * part * 12 * (1 / months)
    basis = f"yearly mean of a total over {months} months: value due times the share seen to arrive"
    rows = pd.concat([due, share])
    years = [y for y in range(first.year, last.year + 1) if pd.Period(f"{y}-01", "M") >= first]
    values = (yearly.low, yearly.central, yearly.high)
    return income_frame(
        income_row(year, SIXTH, "gross receipts", values, basis, rows) for year in years
    )


def all_verdicts() -> pd.DataFrame:
    """Return the verdicts of all six lessons, one row a claim.

    Raises
    ------
    DataError
        If a table is broken.
    """
    parts = [lesson.verdicts() for lesson in LESSONS.values()]
    return pd.concat([*parts, verdicts()], ignore_index=True)


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims S1 to S3; see `utils.results.verdict_frame`.

    Raises
    ------
    DataError
        If a table is broken.
    """
    frame = incomes()
    table = by_stream(CASH, frame)
    return verdict_frame([_sustain(table), _order(table, frame), _missing(table)])


def _sustain(table: pd.DataFrame) -> dict:
    year = full_years(table)[-1]
    parts = ranges_of(table, year)
    whole, bought = add_up(parts.values()), economy()["imports"][year]
    cover = Range(whole.low, whole.central, whole.high) / bought * 100
    verdict = (
        "holds" if cover.low >= 100 else "holds in part" if cover.high >= 25 else "not supported"
    )
    gni = 100 * whole.central / national_income()[year]
    finding = (
        f"In {year}, the last year with evidence on all five, they brought in "
        f"{whole:,.0f} million dollars: {cover:.0f} percent of imports, and about {gni:.0f} percent "
        "of national income by the Bank of Korea. The rest of the imports has no known payer."
        if cover.high < 100
        else f"In {year}, the last year with evidence on all five, they brought in {whole:,.0f} "
        f"million dollars: {cover:.0f} percent of imports."
    )
    rows = data.read("economy_annual").query("year == @year and series in ['imports', 'bok_gni']")
    return verdict_row(
        "S1", verdict, cover.central, "percent of imports", finding, _with(rows, table, year)
    )


def _with(rows: pd.DataFrame, table: pd.DataFrame, year: int) -> list[pd.DataFrame]:
    return [rows[["source", "grade"]], table.loc[table["year"] == year, ["source", "grade"]]]


def _order(table: pd.DataFrame, frame: pd.DataFrame) -> dict:
    year = full_years(table)[-1]
    chances = {}
    inputs = inputs_of(frame, year)
    moved = split_minerals(frame)
    for home in ("trade", "minerals"):
        if home == "minerals":
            inputs |= {name: ranges_of(moved, year)[name] for name in ("trade", "minerals")}
        chances[home] = in_order(streams_of(simulate(inputs, 100_000)))
    best = max(chances.values())
    verdict = "holds" if best >= 90 else "holds in part" if best >= 10 else "not supported"
    central = {name: value.central for name, value in ranges_of(table, year).items()}
    ranked = sorted(central, key=central.get, reverse=True)
    finding = (
        f"In {year} the article's order turns up in {best:.0f} percent of the draws at most, in "
        "whichever of the two homes the legal minerals are counted. By central values the order "
        f"was {', '.join(ranked)}."
    )
    return verdict_row(
        "S2", verdict, best, "percent of draws", finding, _with(table[:0], table, year)
    )


def _missing(table: pd.DataFrame) -> dict:
    box = income()
    year = int(box["year"].min())
    rows = data.read("income_estimates").query(
        "source == 'inss_2026_zum' and item == 'arms_and_troops_russia'"
    )
    arms = data.read("income_estimates").query(
        "item == 'arms_and_troops_russia' and end == '2023' and grade < 'D'"
    )
    trade_then = table.query("year == 2023 and stream == 'trade'")
    worth, sold = arms["point_usd_million"].iloc[0], trade_then["central"].iloc[0]
    seen = Range(*box[["low", "central", "high"]].iloc[0])
    biggest = table[table["year"] == year].set_index("stream")["central"].max()
    verdict = "not supported" if worth > 0.25 * sold or seen.high > biggest else "holds in part"
    verdict = "holds" if worth < 0.05 * sold and seen.high < 0.05 * biggest else verdict
    due = rows.iloc[0]
    finding = (
        f"Arms and troops for Russia are missing. For 2023 alone a study values them at {worth:,.0f} "
        f"million dollars, against {sold:,.0f} million of goods sold to China. By the end of 2025 "
        f"{due['low_usd_million']:,.0f} to {due['high_usd_million']:,.0f} million were due; what was "
        f"seen to arrive is {seen:,.0f} million a year."
    )
    used = [arms, rows, box.rename(columns={"sources": "source"}), trade_then[["source", "grade"]]]
    return verdict_row("S3", verdict, worth, "USD million in 2023", finding, used)
