"""What belongs to lesson 1, trade with China, only."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pandas as pd

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice, Slider
from utils.explorers import explorer as make_explorer
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["trade"]
#: The tables that the lesson uses.
TABLES = (
    *("trade_annual", "trade_shares", "trade_monthly", "trade_partners", "trade_products"),
    *("trade_ties", "labor_workers", "sanctions", "events"),
)
#: Colour, dash and marker of each line: the same in every chart of the lesson.
LINES = {
    **dict.fromkeys(("China", "KOTRA", "exports", "total"), (COLOUR, "-", "o")),
    **dict.fromkeys(("Japan", "with South Korea", "imports"), (charts.INK, "--", "s")),
    **dict.fromkeys(("Russia", "no oil estimate"), (charts.GREY, ":", "^")),
}

#: How China's share can be counted: name, and the series to add and to take away.
BASES = {
    "KOTRA": (),
    "no oil estimate": ("oil",),
    "with South Korea": ("south",),
    "both changes": ("oil", "south"),
}


def _where(table: str, **equal: object) -> pd.DataFrame:
    """Return the rows of a table whose columns hold the given values."""
    rows = data.read(table)
    for column, value in equal.items():
        rows = rows[rows[column] == value]
    return rows


def wide(annual: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return ``trade_annual`` with one row a year and one column a series, in USD million."""
    annual = data.read("trade_annual") if annual is None else annual
    return annual.pivot(index="year", columns="series", values="value_usd_million")


def shares() -> pd.DataFrame:
    """Return China's share of North Korea's trade, counted in four ways.

    Returns
    -------
    DataFrame
        Percent; one row a year, one column a name of `BASES`. KOTRA's total with China is used
        where it is known, Chinese customs' total elsewhere. Taking the oil estimate away changes
        only the years that have one; counting South Korea needs the year's inter-Korean trade
        while there was any.
    """
    table = wide()
    china = table["kotra_total_with_china"].fillna(table["customs_total_with_china"])
    world = table["kotra_total_world"]
    oil = table["crude_oil_estimate"].fillna(0)
    south = table["interkorean_total"].where(table.index <= _last_year_with_south(table), 0)
    return pd.DataFrame(
        {
            name: 100
            * (china - ("oil" in changes) * oil)
            / (world - ("oil" in changes) * oil + (south if "south" in changes else 0))
            for name, changes in BASES.items()
        }
    )


def _last_year_with_south(table: pd.DataFrame) -> int:
    return table["interkorean_total"].last_valid_index()


def crossing(share: pd.Series, level: float = 90) -> int | None:
    """Return the first year in which ``share`` reaches ``level`` percent, or None."""
    reached = share.index[share >= level]
    return int(reached[0]) if len(reached) else None


def ratio_to_customs() -> pd.DataFrame:
    """Return COW's figures for trade with China divided by Chinese customs' own.

    Returns
    -------
    DataFrame
        Columns imports and exports of North Korea; one row a year. A year whose customs figure
        was itself made from COW is blank.
    """
    annual = data.read("trade_annual")
    own = annual[~annual["source"].str.contains("cow_trade") & (annual["year"] >= 1999)]
    customs = wide(own)
    partners = _where("trade_partners", view="COW", partner="China")
    cow = partners.pivot(index="year", columns="flow", values="value_usd_million")
    ratio = pd.DataFrame(
        {flow: cow[flow] / customs[f"customs_{flow}_{way}_china"] for flow, way in _WAYS.items()}
    )
    return ratio.loc[1999 : cow.index.max()]


_WAYS = {"imports": "from", "exports": "to"}


def investment() -> pd.DataFrame:
    """Return China's recorded investment beside its trade with North Korea.

    Returns
    -------
    DataFrame
        Columns trade and investment, USD million; one row a year with a figure on investment.
        Where two sources give one year, the higher figure is taken.
    """
    flows = _where("trade_ties", tie=INVESTED)
    flow = flows.groupby("start_year")["value_usd_million"].max()
    trade = wide()["customs_total_with_china"]
    return pd.DataFrame({"trade": trade, "investment": flow}).dropna().rename_axis("year")


INVESTED = "Chinese investment in the North, flow"


def _figures() -> dict[tuple[int, str], float]:
    """Return ``trade_annual`` as a plain dict: value in USD million by year and series."""
    annual = data.read("trade_annual")
    keys = zip(annual["year"], annual["series"], strict=True)
    return dict(zip(keys, annual["value_usd_million"], strict=True))


def _change(figures: dict, year: int, series: str, base: int | None = None) -> float:
    """Return the change in percent from ``base`` (the year before) to ``year``."""
    return 100 * (figures[year, series] / figures[base or year - 1, series] - 1)


# ---- charts: the long draws, and the words of each chart


def draw_lines(ax, table: pd.DataFrame, markers: bool = True) -> None:
    """Draw each column as a line with the colour, dash and marker of its name.

    Gaps stay gaps; with ``markers`` a value between two gaps shows too.
    """
    for name in table:
        colour, dash, marker = LINES[name]
        style = {"marker": marker, "markersize": 4} if markers else {}
        ax.plot(table.index, table[name], dash, color=colour, label=name, **style)


def mark_crossings(ax, share: pd.DataFrame, level: float) -> None:
    """Draw the level, and mark the year in which each line first reaches it."""
    ax.axhline(level, color=charts.INK, linewidth=1)
    for name, place in zip(share, ((-8, 8), (-6, -17), (4, 9)), strict=True):
        if year := crossing(share[name], level):
            point, colour = (year, share.loc[year, name]), LINES[name][0]
            ax.plot(*point, "o", color=colour, markersize=6)
            _write(ax, year, point, place, colour)


def _write(
    ax, text: object, point: tuple, offset: tuple, colour: str = charts.INK, **style: object
) -> None:
    """Write a few words beside a point, ``offset`` points away; bold unless ``style`` says so."""
    ax.annotate(
        text,
        point,
        xytext=offset,
        textcoords="offset points",
        ha="center",
        color=colour,
        **{"fontweight": "bold", "fontsize": 9.5} | style,
    )


#: The look of a number above a bar.
_VALUE = {"fontweight": "normal", "fontsize": 9}


def draw_oil(ax, parts: pd.DataFrame) -> None:
    """Draw recorded trade and the oil estimate on top of it, with the estimate's share."""
    recorded, estimate = (parts[name] for name in parts)
    ax.bar(parts.index, recorded, color=charts.tint(COLOUR, 0.75))
    ax.bar(parts.index, estimate, bottom=recorded, **charts.grade_style("C", charts.INK))
    for year, row in parts.iterrows():
        text = f"{100 * row.iloc[1] / row.sum():.0f} %"
        _write(ax, text, (year, row.sum()), (0, 4), **_VALUE)
    ax.set(xticks=parts.index)
    ax.yaxis.set_major_formatter("{x:,.0f}")


def draw_products(ax, whole: pd.Series, products: pd.DataFrame) -> None:
    """Draw all exports to China as pale bars, and coal and hair products in front of them."""
    ax.bar(whole.index, whole, color=charts.tint(charts.GREY, 0.3))
    ax.bar(products.index, products["coal"], color=charts.INK, width=0.5)
    ax.bar(products.index, products["hair products"], color=COLOUR, width=0.5)
    ax.set(xlim=(2008.3, 2024.7), ylim=(0, 3200))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    _write(ax, "all goods", (2013, whole[2013]), (0, 8), charts.GREY)
    _write(ax, "coal", (2013, products.loc[2013, "coal"]), (0, 4))
    _write(ax, "hair products", (2023, whole.loc[2023:].max()), (0, 6), COLOUR)


def draw_deficit(ax, recent: pd.DataFrame) -> None:
    """Draw the deficit as bars, with exports in percent of imports above each."""
    ax.bar(recent.index, recent["deficit"], color=COLOUR)
    for year, row in recent.iterrows():
        place = (0, 3) if row["deficit"] > 0 else (0, -12)
        text = f"{100 * row['cover_ratio']:.0f}"
        _write(ax, text, (year, row["deficit"]), place, **_VALUE | {"fontsize": 8})
    ax.set(xlim=(recent.index[0] - 0.7, recent.index[-1] + 0.7))
    ax.yaxis.set_major_formatter("{x:,.0f}")


def draw_investment(ax, tie: pd.DataFrame) -> None:
    """Draw trade as pale bars and investment as dark ones in front, with their values."""
    places = range(len(tie))
    ax.bar(places, tie["trade"], color=charts.tint(COLOUR, 0.35))
    ax.bar(places, tie["investment"], color=charts.INK)
    ax.set_xticks(places, tie.index)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    for column in tie:
        for place, value in zip(places, tie[column], strict=True):
            _write(ax, f"{value:,.0f}", (place, value), (0, 3), **_VALUE)


def words_partners(three: pd.DataFrame) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of three partners."""
    ahead, last = three.index[three["Japan"] > three["China"]].max(), three.iloc[-1]
    first, end = three.index[0], three.index[-1]
    early = three.loc[:ahead, ["China", "Japan"]].max().max()
    return {
        "title": f"Japan kept up with China until {ahead}, then vanished",
        "subtitle": f"Trade with North Korea, both directions, USD million, {first}-{end}",
        "alt": f"Line chart of North Korea's trade with China, Japan and Russia, {first} to {end}, "
        f"in million dollars. China and Japan stay close, at most {early:,.0f}, until {ahead}; "
        f"then China climbs to {last['China']:,.0f} in {end} while Japan falls to "
        f"{last['Japan']:.0f} and Russia stays at {last['Russia']:.0f}.",
    }


def words_shares(share: pd.DataFrame, level: float) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of China's share, counted in three ways."""
    first, end = share.index[0], share.index[-1]
    years = {name: crossing(share[name], level) for name in share}
    *early, late = map(str, sorted({year for year in years.values() if year}))
    return {
        "title": f"The whole decides: {level} percent in {', '.join(early)} or {late}",
        "subtitle": f"China's share of North Korea's trade, percent, {first}-{end}; "
        f"line at {level}, dots: first reached",
        "alt": f"Line chart of China's share of North Korea's trade, {first} to {end}, in percent, "
        f"counted in three ways. In {first} they lie between {share.loc[first].min():.0f} and "
        f"{share.loc[first].max():.0f}, in {end} at {share.loc[end].min():.0f} or above. "
        f"KOTRA's way reaches {level} in {years['KOTRA']}, without the oil estimate in "
        f"{years['no oil estimate']}, with South Korea counted only in "
        f"{years['with South Korea']}.",
    }


def words_oil(parts: pd.DataFrame) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of what is recorded and what estimated."""
    part = 100 * parts.iloc[:, 1] / parts.sum(axis=1)
    first, end, most, least = parts.index[0], parts.index[-1], part.idxmax(), part.idxmin()
    return {
        "title": f"In {most}, {part[most]:.0f} percent of KOTRA's China trade was an estimate",
        "subtitle": f"KOTRA's trade with China, USD million, {first}-{end}; blue: recorded by "
        "customs; hatched: oil that KOTRA adds, and its share",
        "alt": f"Stacked bar chart of KOTRA's total for trade with China, {first} to {end}, in "
        "million dollars: what customs recorded, and the crude oil that KOTRA adds. The added part "
        f"is smallest in {least} with {part[least]:.0f} percent and largest in {most} with "
        f"{part[most]:.0f} percent, when recorded trade was only {parts.loc[most].iloc[0]:,.0f}.",
    }


def words_cliff(cliff: pd.DataFrame) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of the sanctions years by month."""
    sold, bought = cliff["exports"], cliff["imports"]
    before, after = sold[:"2017-07"], sold["2018-02":]
    return {
        "title": "The resolutions of 2017 cut what North Korea sells, far more than what it buys",
        "subtitle": f"Trade with China by month, USD million, {cliff.index[0].year}-"
        f"{cliff.index[-1].year}; numbers above: UN resolutions; gaps: not known",
        "alt": "Line chart of North Korea's exports to and imports from China by month, "
        f"{cliff.index[0].year} to {cliff.index[-1].year}, in million dollars, with the UN "
        f"resolutions marked. Exports move between {before.min():.0f} and {before.max():.0f} until "
        f"July 2017, and from February 2018 between {after.min():.0f} and {after.max():.0f}. "
        f"Imports fall to {bought.min():.0f} in {bought.idxmin():%B %Y} and then recover.",
    }


def words_border(total: pd.Series) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of the closed border."""
    deepest, lately = total.idxmin(), total["2023":]
    return {
        "title": f"The closed border: almost no trade was left in {deepest:%B %Y}",
        "subtitle": "Trade with China, USD million a month; each grid line is ten times the last",
        "alt": "Line chart on a logarithmic scale of North Korea's monthly trade with China, "
        f"{total.index[0].year} to {total.index[-1].year}, in million dollars. It falls from "
        f"{total[:'2019'].max():.0f} in {total[:'2019'].idxmax():%B %Y} to {total.min():.1f} in "
        f"{deepest:%B %Y}, recovers in steps as rail freight resumes, and lies between "
        f"{lately.min():.0f} and {lately.max():.0f} from {lately.index[0].year} on.",
    }


def words_products(whole: pd.Series, two: pd.DataFrame) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of coal and hair products."""
    first, end = whole.index[0], whole.index[-1]
    coal, hair = two["coal"], two["hair products"]
    return {
        "title": "Wigs took the place of coal, but exports have shrunk",
        "subtitle": f"Exports to China, all goods (pale) and two products, USD million, "
        f"{first}-{end}; hair: only the years with a figure",
        "alt": f"Bar chart of North Korea's exports to China by year, {first} to {end}, in million "
        f"dollars. All goods peak at {whole.max():,.0f} in {whole.idxmax()} and are at most "
        f"{whole.loc[2018:].max():,.0f} from 2018 on. Coal reaches {coal.max():,.0f} in "
        f"{coal.idxmax()}; hair products reach {hair.max():,.0f} in {hair.idxmax()}, a large part "
        "of a far smaller whole.",
    }


def words_deficit(recent: pd.DataFrame) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of the deficit."""
    deficit, last = recent["deficit"], recent.iloc[-1]
    first, end, worst = recent.index[0], recent.index[-1], deficit.idxmax()
    return {
        "title": "The deficit jumped in 2017, when exports were banned",
        "subtitle": f"Goods deficit with China, USD million, {first}-{end}; above: exports in % "
        "of imports",
        "alt": f"Bar chart of North Korea's goods deficit with China by year, {first} to {end}, in "
        f"million dollars. It is at most {deficit.loc[:2016].max():,.0f} until 2016, peaks at "
        f"{deficit[worst]:,.0f} in {worst} and is {last['deficit']:,.0f} in {end}, when exports "
        f"pay for {100 * last['cover_ratio']:.0f} percent of imports.",
    }


def words_investment(tie: pd.DataFrame) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of trade and investment."""
    part = 100 * tie["investment"].sum() / tie["trade"].sum()
    return {
        "title": "Next to trade, recorded investment is a thin line",
        "subtitle": "Trade with China (pale) and Chinese investment (dark), USD million, the years "
        "with a figure",
        "alt": f"Bar chart of trade with China and of recorded Chinese investment in {len(tie)} "
        f"years between {tie.index[0]} and {tie.index[-1]}, in million dollars. Investment reaches "
        f"at most {tie['investment'].max():.0f} while trade reaches {tie['trade'].max():,.0f}; "
        f"over these years it is {part:.1f} percent of trade.",
    }


def words_mirror(mirror: pd.DataFrame, low: float, high: float) -> dict[str, str]:
    """Return title, subtitle and alt text of the chart of COW against customs."""
    fits = mirror["imports"].between(low, high)
    since, end = mirror.index[~fits & mirror["imports"].notna()].max() + 1, mirror.index[-1]
    steady, before = mirror.loc[since:], mirror.loc[: since - 1]
    return {
        "title": f"From {since} on the two sources agree; before, they do not",
        "subtitle": f"COW divided by Chinese customs, {mirror.index[0]}-{end}; 1: the same; "
        f"grey: {low} to {high}",
        "alt": f"Line chart of the ratio of COW figures to Chinese customs, {mirror.index[0]} to "
        f"{end}, for imports and exports. From {since} the ratio for imports lies between "
        f"{steady['imports'].min():.2f} and {steady['imports'].max():.2f}, for exports between "
        f"{steady['exports'].min():.2f} and {steady['exports'].max():.2f}. Before that imports "
        f"reach {before['imports'].max():.2f} and exports {before['exports'].max():.2f}.",
    }


# ---- exercises


def answers() -> dict[str, Exercise]:
    """Return the exercises of lesson 1 by code.

    The keys come from single cells of the tables and plain arithmetic, not from the pivots and
    columns that the notebook's solutions use.
    """
    return {
        "1.1": _first_half(),
        "1.2": _share_2015(),
        "1.3": _fall_2018(),
        "1.4": _hair_share(),
        "1.5": _unpaid(),
        "1.6": _odd_years(),
    }


def _first_half() -> Exercise:
    shares = _where("trade_shares", partner="China")
    highest = shares.groupby(["with_south_korea", "year"])["share_percent"].max()
    half, half_with_south = (
        next(int(year) for year, share in highest[south].items() if share > 50)
        for south in (False, True)
    )
    return Exercise(
        half,
        "From this year on, China had more than half of the trade, as KOTRA counts it.",
        "Keep the rows above 50 percent, then look for the smallest year among them.",
        mistakes=(
            (half - 1, "One year too early: that year was still below one half."),
            (half + 1, "One year too late. Did you look for the first year above one half?"),
            (
                half_with_south,
                "That is the year when trade with South Korea is counted too. "
                "The question asks for KOTRA's way.",
            ),
        ),
        tolerance=0,
    )


def _share_2015() -> Exercise:
    figures = _figures()
    names = ("kotra_total_with_china", "kotra_total_world", "interkorean_total")
    china, world, south = (figures[2015, name] for name in names)
    oil = figures[2015, "crude_oil_estimate"]
    return Exercise(
        100 * (china - oil) / (world - oil + south),
        "With the factories of Kaesong counted and the oil left out, China had under two thirds "
        "of the trade. Kaesong moves the share far more than the oil.",
        "The oil stands in two of the figures: take it out of both. South Korea belongs to the "
        "whole only.",
        mistakes=(
            (100 * china / (world + south), "The oil is still counted. Leave it out as well."),
            (100 * (china - oil) / (world - oil), "This leaves South Korea out. Count it."),
            (
                100 * (china - oil) / (world + south),
                "The oil is gone from the part, but it is still in the whole.",
            ),
            (
                100 * china / (world - oil + south),
                "The oil is gone from the whole, but it is still in the part.",
            ),
            (
                100 * (china - oil + south) / (world - oil + south),
                "South Korea belongs to the whole only, not to the trade with China.",
            ),
        ),
    )


def _fall_2018() -> Exercise:
    figures = _figures()
    exports, imports = "customs_exports_to_china", "customs_imports_from_china"
    return Exercise(
        _change(figures, 2018, exports),
        "Within one year, seven eighths of what North Korea sold to China were gone.",
        "Take the value of 2018, divide it by that of 2017, subtract 1, multiply by 100.",
        mistakes=(
            (
                _change(figures, 2018, imports),
                "These are the imports. The question is about exports.",
            ),
            (
                _change(figures, 2018, "customs_total_with_china"),
                "This is the total. The question is about exports alone.",
            ),
            (_change(figures, 2018, exports, base=2016), "This starts from 2016. Start from 2017."),
            (
                100 * (figures[2017, exports] / figures[2018, exports] - 1),
                "Here 2018 is the base. Divide the new value by the old one.",
            ),
            (
                100 + _change(figures, 2018, exports),
                "This is what was left. The question asks for the change.",
            ),
        ),
    )


def _product(year: int, product: str) -> float:
    """Return North Korea's exports of one product to China in one year, in USD million."""
    kind = {"flow": "exports", "partner": "China", "months": "Jan-Dec"}
    rows = _where("trade_products", product=product, year=year, **kind)
    return float(rows["value_usd_million"].iloc[0])


def _hair_share() -> Exercise:
    figures = _figures()
    hair, coal = _product(2023, "hair products"), _product(2013, "coal")
    exports = figures[2023, "customs_exports_to_china"]
    return Exercise(
        100 * hair / exports,
        "More than half of all exports to China were hair: a large share of a very small whole.",
        "Divide hair products by all exports to China of the same year, times 100.",
        mistakes=(
            (
                100 * hair / figures[2023, "customs_total_with_china"],
                "This divides by exports and imports together. Use exports alone.",
            ),
            (
                100 * hair / figures[2023, "customs_imports_from_china"],
                "This divides by what North Korea buys. Use what it sells.",
            ),
            (100 * hair / coal, "This compares hair with the coal of 2013. Stay within 2023."),
            (
                100 * hair / figures[2013, "customs_exports_to_china"],
                "The numerator is of 2023, the denominator of 2013. Use one year.",
            ),
        ),
    )


def _unpaid() -> Exercise:
    figures = _figures()

    def deficit(first: int) -> float:
        return sum(
            figures[year, "customs_imports_from_china"] - figures[year, "customs_exports_to_china"]
            for year in range(first, 2025)
        )

    key = deficit(2017) / 1000
    bought = sum(figures[year, "customs_imports_from_china"] for year in range(2017, 2025)) / 1000
    return Exercise(
        key,
        "So much more was bought than sold. Something else must have paid for it, or it was owed "
        "or given.",
        "Take imports minus exports for each year from 2017 to 2024, add up, divide by 1,000.",
        mistakes=(
            (deficit(2018) / 1000, "One year is missing: start with 2017."),
            (deficit(1990) / 1000, "This counts from 1990. Start with 2017."),
            (bought, "These are the imports alone. Subtract what was sold."),
        ),
    )


def _odd_years() -> Exercise:
    cow = _where("trade_partners", view="COW", partner="all partners").groupby("year")
    kotra = {y: value for (y, name), value in _figures().items() if name == "kotra_total_world"}
    ratio = {int(y): rows["value_usd_million"].sum() / kotra[y] for y, rows in cow if y in kotra}

    def years(fits: Callable[[float], bool]) -> list[int]:
        return [y for y, value in ratio.items() if fits(value)]

    return Exercise(
        years(lambda value: value > 1.5),
        "Two sources that agree on a part can disagree on the whole. Some of the reports in COW's "
        "whole belong to the other Korea.",
        "Compare each ratio with 1.5, and keep the years in which it is larger.",
        mistakes=(
            (
                years(lambda value: value <= 1.5),
                "These are the other years. Turn the comparison around.",
            ),
            (
                years(lambda value: value > 1),
                "Here COW's whole is larger, by any amount.",
            ),
            (
                years(lambda value: value < 1 / 1.5),
                "Here KOTRA's whole is the larger one. Divide COW by KOTRA.",
            ),
        ),
    )


check = Checker(answers)


def explorer():
    """Return the explorer: choose how China's share is counted, and watch the year move."""
    controls = {
        "basis": Choice("How to count", list(BASES)),
        "level": Slider("Level, percent", 50, 95, 5, 90),
    }
    draw = functools.partial(_draw_share, shares())
    source = _rows(
        *("kotra_total_world", "kotra_total_with_china", "customs_total_with_china"),
        *("crude_oil_estimate", "interkorean_total"),
    )
    return make_explorer(draw, controls, [{"basis": name} for name in BASES], source)


_PERCENT = (0, 25, 50, 75, 100)


def _draw_share(table: pd.DataFrame, fig, basis: str, level: int) -> str:
    """Draw China's share on one basis, the others pale, and return the alt text."""
    chosen = table[basis].dropna()
    year = crossing(chosen, level)
    ax = fig.add_axes((0.08, 0.09, 0.87, 0.72))
    ax.plot(table.index, table, color=charts.tint(charts.GREY, 0.45), linewidth=1.2)
    ax.plot(table.index, table[basis], color=COLOUR, linewidth=2.6)
    ax.axhline(level, color=charts.INK, linewidth=1, linestyle="--")
    ax.set(xlim=(1989, 2025), ylim=(0, 112), xticks=range(1990, 2026, 5), yticks=_PERCENT)
    ax.yaxis.set_major_formatter("{x:.0f} %")
    when = f"first reached in {year}" if year else "never reached"
    if year:
        ax.plot(year, chosen[year], "o", color=COLOUR, markersize=9)
        _write(
            ax,
            f"{year}: {chosen[year]:.1f} %",
            (year, chosen[year]),
            (-46, 12),
            COLOUR,
            fontsize=11,
        )
    fig.text(0.012, 0.93, f"{level} percent: {when}", size=13.5, weight="bold")
    way = f"China's share of North Korea's trade: {basis} (pale: the other ways)"
    fig.text(0.012, 0.87, way, size=10.5)
    below = [str(y) for y, share in chosen.items() if year and y > year and share < level]
    again = f" It fell below again in {', '.join(below)}." if below else ""
    return (
        f"Line chart of China's share of North Korea's recorded trade, {chosen.index[0]} to "
        f"{chosen.index[-1]}, in percent, counted as: {basis}. The level of {level} percent is "
        f"{when}.{again} The last value is {chosen.iloc[-1]:.1f} percent; the other ways to count "
        "are drawn pale."
    )


def income() -> pd.DataFrame:
    """Return what goods trade with China brings in a year, in USD million.

    Gross receipts are exports to China: Chinese customs as the central value, other published
    totals as bounds. Net is exports minus imports: customs as the central value; the low value
    also counts KOTRA's estimate of crude oil as bought.

    Returns
    -------
    DataFrame
        See `utils.results.income_frame`.
    """
    flows = wide()[list(_NET)].dropna(subset=list(_NET[:2])).fillna(0)
    annual = data.read("trade_annual")[["year", "series", "source", "grade"]]
    used = dict(list(annual[annual["series"].isin(_NET)].groupby("year")))
    cow = _where("trade_partners", view="COW", partner="China", flow="exports")
    seen = dict(zip(cow["year"], cow["value_usd_million"], strict=True))
    rows = []
    for year, sold, bought, oil in flows.itertuples():
        views, net = (sold, seen.get(year, sold)), sold - bought
        rows += [
            income_row(
                year,
                "goods exports to China",
                "gross receipts",
                (min(views), sold, max(views)),
                "Chinese customs; the bounds take in the COW data set where it differs",
                [used[year][used[year]["series"] == _NET[0]], cow[cow["year"] == year]],
            ),
            income_row(
                year,
                "goods trade with China",
                "net",
                (net - oil, net, net),
                "exports minus imports by Chinese customs; low: crude oil that KOTRA adds",
                used[year],
            ),
        ]
    return income_frame(rows)


_NET = ("customs_exports_to_china", "customs_imports_from_china", "crude_oil_estimate")


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims T1 to T4; see `utils.results.verdict_frame`."""
    return verdict_frame([_verdict_t1(), _verdict_t2(), _verdict_t3(), _verdict_t4()])


def _rows(*series: str, since: int = 0) -> pd.DataFrame:
    annual = data.read("trade_annual")
    return annual[annual["series"].isin(series) & (annual["year"] >= since)]


def _verdict_t1() -> dict:
    share = shares()["with South Korea"].dropna()
    year, last = int(share.index[-1]), float(share.iloc[-1])
    since = int(share.index[share <= 50].max()) + 1
    others = _where("trade_partners", year=year, view="KOTRA", flow="total")
    others = others[~others["partner"].isin(["China", "all partners"])]
    largest = wide().loc[year, "kotra_total_with_china"] > others["value_usd_million"].max()
    more = f", and more than all other partners together in every year since {since}"
    return verdict_row(
        "T1",
        "holds" if last > 50 else "holds in part" if largest or others.empty else "not supported",
        last,
        "percent of trade, South Korea counted",
        f"China had {last:.0f} percent of recorded trade in {year}, South Korea counted"
        f"{more if last > 50 else ''}.",
        _rows("kotra_total_world", "kotra_total_with_china", "interkorean_total", since=since),
    )


def _verdict_t2() -> dict:
    table = shares().dropna()
    first = {name: crossing(table[name]) for name in BASES}
    never = [name for name in BASES if first[name] is None]
    since = table.loc[table.index.max() if never else max(first.values()) :]
    below = since.index[since.min(axis=1) < 90]
    last, year = table.iloc[-1].min(), int(table.index[-1])
    years = ", ".join(
        str(first[name] or "no year") for name in ("KOTRA", "no oil estimate", "with South Korea")
    )
    again = f", and fell below it again in {', '.join(map(str, below))}" if len(below) else ""
    verdict = "holds" if below.empty else "holds in part"
    if last < 90:
        verdict = "out of date"
    if never:
        verdict = "not supported"
    return verdict_row(
        "T2",
        verdict,
        last,
        "percent of trade, at least",
        f"The share first reached 90 percent in {years} (KOTRA; no oil estimate; South Korea "
        f"counted){again}. In {year} it was at least {last:.1f} percent of what was recorded.",
        _rows(
            *("kotra_total_world", "kotra_total_with_china", "customs_total_with_china"),
            *("crude_oil_estimate", "interkorean_total"),
        ),
    )


def workers_in_china() -> pd.DataFrame:
    """Return the head counts of North Korean workers in China, which lesson 4 weighs."""
    workers = _where("labor_workers", host="China", counted="people present")
    return workers.sort_values("year", kind="stable")


def last_figures() -> pd.Series:
    """Return the last year with a figure for each part of claim T3; a part without one is blank."""
    return pd.Series(
        {
            "goods": wide()["customs_total_with_china"].last_valid_index(),
            "labor": workers_in_china()["year"].max(),
            "investment": investment().index.max(),
        }
    )


#: A part of the tie counts as alive if it has a figure within so many years of the last one.
RECENT_YEARS = 5


def _verdict_t3() -> dict:
    last, tie = last_figures(), investment()
    alive = int((last > last["goods"] - RECENT_YEARS).sum())
    verdict = {3: "holds", 2: "holds in part"}.get(alive, "out of date")
    part = 100 * tie["investment"].sum() / max(tie["trade"].sum(), 1)
    words = {name: f"{year:.0f}" if year == year else "no year" for name, year in last.items()}
    return verdict_row(
        "T3",
        "not supported" if last.isna().any() else verdict,
        alive,
        f"of 3 parts have a figure in the last {RECENT_YEARS} years",
        f"The last figures are of {words['goods']} for goods, {words['labor']} for workers in "
        f"China and {words['investment']} for investment, which came to {part:.1f} percent of the "
        f"goods traded in the {len(tie)} years that have one.",
        [
            _rows("customs_total_with_china", since=int(last["goods"])),
            workers_in_china(),
            _where("trade_ties", tie=INVESTED),
        ],
    )


def _verdict_t4() -> dict:
    bought = _where("trade_partners", view="KOTRA", partner="China", flow="imports")
    table = wide()[["customs_exports_to_china", "customs_imports_from_china"]]
    table = table.assign(
        share=100
        * bought.set_index("year")["value_usd_million"]
        / _rows("kotra_imports_world").set_index("year")["value_usd_million"]
    ).dropna()
    sold, paid, share = table.iloc[-1]
    year, cover = int(table.index[-1]), 100 * sold / paid
    return verdict_row(
        "T4",
        ("not supported", "holds in part", "holds")[int(share > 50) + int(cover >= 100)],
        cover,
        "percent of imports from China paid by exports to it",
        f"In {year} China supplied {share:.0f} percent of all recorded imports, and exports to "
        f"China paid for {cover:.0f} percent of what was bought there.",
        [
            _rows(*table.columns[:2], "kotra_imports_world", since=year),
            bought[bought["year"] == year],
        ],
    )
