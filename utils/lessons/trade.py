"""What belongs to lesson 1, trade with China, only."""

from __future__ import annotations

import pandas as pd

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice, Slider
from utils.explorers import explorer as make_explorer
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["trade"]
#: The colour of each line in the lesson; every line is labelled and dashed in its own way too.
LINES = {
    **dict.fromkeys(("China", "KOTRA", "exports"), COLOUR),
    **dict.fromkeys(("Japan", "with South Korea", "imports"), charts.INK),
    **dict.fromkeys(("Russia", "no oil estimate"), charts.GREY),
}

#: How China's share can be counted: name, and the series to add and to take away.
BASES = {
    "KOTRA": (),
    "no oil estimate": ("oil",),
    "with South Korea": ("south",),
    "both changes": ("oil", "south"),
}


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
        Columns imports and exports of North Korea; one row a year known to both. Years whose
        customs figure was itself made from COW are left out.
    """
    annual = data.read("trade_annual")
    own = annual[~annual["source"].str.contains("cow_trade") & (annual["year"] >= 1999)]
    customs = wide(own)
    partners = data.read("trade_partners").query("view == 'COW' and partner == 'China'")
    cow = partners.pivot(index="year", columns="flow", values="value_usd_million")
    return pd.DataFrame(
        {flow: cow[flow] / customs[f"customs_{flow}_{way}_china"] for flow, way in _WAYS.items()}
    ).dropna()


_WAYS = {"imports": "from", "exports": "to"}


def _figures() -> dict[tuple[int, str], float]:
    """Return ``trade_annual`` as a plain dict: value in USD million by year and series."""
    annual = data.read("trade_annual")
    keys = zip(annual["year"], annual["series"], strict=True)
    return dict(zip(keys, annual["value_usd_million"], strict=True))


def _change(figures: dict, year: int, series: str, base: int | None = None) -> float:
    """Return the change in percent from ``base`` (the year before) to ``year``."""
    return 100 * (figures[year, series] / figures[base or year - 1, series] - 1)


def name_bars(ax, whole: pd.Series, products: pd.DataFrame) -> None:
    """Write the names of the bars of exports to China beside one bar of each kind."""
    labels = {
        "all goods": (2013, whole[2013], charts.GREY),
        "coal": (2013, products.loc[2013, "coal"], charts.INK),
        "hair products": (2023, whole[2023], COLOUR),
    }
    for name, (year, height, colour) in labels.items():
        ax.annotate(
            name,
            (year, height),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontweight="bold",
            fontsize=9.5,
        )


def write_cover(ax, recent: pd.DataFrame) -> None:
    """Write exports in percent of imports above each bar of the deficit."""
    for year, row in recent.iterrows():
        place = (0, 3) if row["deficit"] > 0 else (0, -12)
        text = f"{100 * row['cover_ratio']:.0f}"
        ax.annotate(
            text,
            (year, row["deficit"]),
            xytext=place,
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )


def write_values(ax, places, *columns: pd.Series) -> None:
    """Write the value above each bar."""
    for column in columns:
        for place, value in zip(places, column, strict=True):
            ax.annotate(
                f"{value:,.0f}",
                (place, value),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )


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
    published = data.read("trade_shares").query("partner == 'China' and not with_south_korea")
    with_south = data.read("trade_shares").query("partner == 'China' and with_south_korea")
    half = int(published.loc[published["share_percent"] > 50, "year"].min())
    half_with_south = int(with_south.loc[with_south["share_percent"] > 50, "year"].min())
    return Exercise(
        half,
        "From this year on, every second dollar of recorded trade was with China.",
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
    return Exercise(
        100 * china / (world + south),
        "With the factories of Kaesong counted, China had under two thirds of the trade.",
        "Divide trade with China by the sum of KOTRA's total and the trade with South Korea.",
        mistakes=(
            (100 * china / world, "This leaves South Korea out. Add its trade to the total."),
            (
                100 * (china + south) / (world + south),
                "South Korea belongs to the total only, not to the trade with China.",
            ),
            (100 * china / (world - south), "Add South Korea to the total; do not take it away."),
            (
                100 * world / (world + south),
                "The numerator is trade with China, not KOTRA's trade with the world.",
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
    products = data.read("trade_products").query("flow == 'exports' and partner == 'China'")
    whole = products["months"] == "Jan-Dec"
    rows = products[whole & (products["year"] == year) & (products["product"] == product)]
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
        "So much more was bought than sold. Something else must have paid for it, or it was owed.",
        "Take imports minus exports for each year from 2017 to 2024, add up, divide by 1,000.",
        mistakes=(
            (deficit(2018) / 1000, "One year is missing: start with 2017."),
            (deficit(1990) / 1000, "This counts from 1990. Start with 2017."),
            (bought, "These are the imports alone. Subtract what was sold."),
        ),
    )


def _odd_years() -> Exercise:
    def outside(flow: str) -> list[int]:
        return [
            int(y) for y, value in ratio_to_customs()[flow].items() if not 1.05 <= value <= 1.15
        ]

    odd = outside("imports")
    return Exercise(
        odd,
        "In these years the two sources cannot both be right, so neither is used unchecked.",
        "Look for the years whose ratio lies below 1.05 or above 1.15.",
        mistakes=(
            (
                [int(y) for y in ratio_to_customs().index if y not in odd],
                "These are the years that fit. The question asks for the others.",
            ),
            (outside("exports"), "These are the odd years of the exports. Take the imports."),
            (odd[:-1], "One year is still missing, at the end."),
        ),
    )


check = Checker(answers)


def explorer():
    """Return the explorer: choose how China's share is counted, and watch the year move."""
    controls = {
        "basis": Choice("How to count", list(BASES)),
        "level": Slider("Level, percent", 50, 95, 5, 90),
    }
    return make_explorer(_draw_share, controls, [{"basis": name} for name in BASES])


def _draw_share(fig, basis: str, level: int) -> str:
    """Draw China's share on one basis, the others pale, and return the alt text."""
    table = shares()
    chosen = table[basis].dropna()
    year = crossing(chosen, level)
    ax = fig.add_axes((0.08, 0.09, 0.9, 0.72))
    ax.plot(table.index, table, color=charts.tint(charts.GREY, 0.45), linewidth=1.2)
    ax.plot(table.index, table[basis], color=COLOUR, linewidth=2.6)
    ax.axhline(level, color=charts.INK, linewidth=1, linestyle="--")
    ax.set(xlim=(1989, 2025), ylim=(0, 104))
    ax.yaxis.set_major_formatter("{x:.0f} %")
    when = f"first reached in {year}" if year else "never reached"
    if year:
        ax.plot(year, chosen[year], "o", color=COLOUR, markersize=9)
        ax.annotate(
            f"{year}: {chosen[year]:.1f} %",
            (year, chosen[year]),
            xytext=(14, -30),
            textcoords="offset points",
            fontweight="bold",
            color=COLOUR,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
    fig.text(0.012, 0.93, f"{level} percent: {when}", size=13.5, weight="bold")
    fig.text(0.012, 0.87, f"China's share of North Korea's trade, {basis}", size=10.5)
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
    annual, table = data.read("trade_annual"), wide()
    cow = data.read("trade_partners").query("view == 'COW' and partner == 'China'")
    cow = cow[cow["flow"] == "exports"].set_index("year")["value_usd_million"]
    rows = []
    for year, exports in table["customs_exports_to_china"].dropna().items():
        imports = table.loc[year, "customs_imports_from_china"]
        oil = table["crude_oil_estimate"].fillna(0)[year]
        views = [exports, cow.get(year, exports)]
        customs = annual["series"].isin(["customs_exports_to_china", "customs_imports_from_china"])
        used = annual[(annual["year"] == year) & customs]
        rows += [
            income_row(
                year,
                "goods exports to China",
                "gross receipts",
                (min(views), exports, max(views)),
                "Chinese customs; the bounds take in the COW data set where it differs",
                used[used["series"] == "customs_exports_to_china"],
            ),
            income_row(
                year,
                "goods trade with China",
                "net",
                (exports - imports - oil, exports - imports, exports - imports),
                "exports minus imports by Chinese customs; low: crude oil that KOTRA adds",
                used,
            ),
        ]
    return income_frame(rows)


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims T1 to T4; see `utils.results.verdict_frame`."""
    return verdict_frame([_verdict_t1(), _verdict_t2(), _verdict_t3(), _verdict_t4()])


def _rows(*series: str) -> pd.DataFrame:
    annual = data.read("trade_annual")
    return annual[annual["series"].isin(series)]


def _verdict_t1() -> dict:
    share = shares()["with South Korea"].dropna()
    year, last = int(share.index[-1]), float(share.iloc[-1])
    since = int(share.index[share <= 50].max()) + 1
    return verdict_row(
        "T1",
        "holds" if last > 50 else "holds in part" if last > 33 else "not supported",
        last,
        "percent of trade",
        f"China had {last:.0f} percent of recorded trade in {year}, and more than all other "
        f"partners together, South Korea included, in every year since {since}.",
        _rows("kotra_total_world", "kotra_total_with_china", "interkorean_total"),
    )


def _verdict_t2() -> dict:
    table = shares().dropna()
    first = {name: crossing(table[name]) for name in BASES}
    last, year = table.iloc[-1].min(), int(table.index[-1])
    since = table.loc[max(first.values()) :] if all(first.values()) else table.iloc[:0]
    below = since.index[since.min(axis=1) < 90]
    steady = len(since) > 0 and below.empty
    years = ", ".join(str(first[name]) for name in ("KOTRA", "no oil estimate", "with South Korea"))
    again = f" and fell below again in {', '.join(map(str, below))}" if len(below) else ""
    return verdict_row(
        "T2",
        "holds" if steady else "holds in part" if last > 90 else "out of date",
        last,
        "percent of trade",
        f"The share first reached 90 percent in {years} (KOTRA; no oil estimate; South Korea "
        f"counted){again}; in {year} it was at least {last:.1f} percent of what was recorded.",
        _rows("kotra_total_world", "kotra_total_with_china", "crude_oil_estimate"),
    )


def _verdict_t3() -> dict:
    ties = data.read("trade_ties").query("tie == 'Chinese investment in the North, flow'")
    flows = ties.groupby("start_year")["value_usd_million"].max()
    trade = wide()["customs_total_with_china"].reindex(flows.index)
    share = 100 * flows.sum() / trade.sum()
    return verdict_row(
        "T3",
        "holds" if share >= 10 else "holds in part" if share > 0 else "not supported",
        share,
        "percent of trade",
        f"Goods dwarf the rest: in the {len(flows)} years with a figure between {flows.index[0]} "
        f"and {flows.index[-1]}, China's recorded investment was {share:.1f} percent of its trade "
        "with North Korea. Labor is the subject of lesson 4.",
        ties,
    )


def _verdict_t4() -> dict:
    table = wide()[["customs_exports_to_china", "customs_imports_from_china"]].dropna()
    figures = _figures()
    cover = (table["customs_exports_to_china"] / table["customs_imports_from_china"]).iloc[-1]
    year = int(table.index[-1])
    bought = 100 * (
        figures[year, "customs_imports_from_china"]
        / (figures[year, "kotra_imports_world"] - figures[year, "crude_oil_estimate"])
    )
    return verdict_row(
        "T4",
        "holds" if cover >= 1 else "holds in part" if bought > 50 else "not supported",
        100 * cover,
        "percent of imports from China paid by exports to it",
        f"China supplied {bought:.0f} percent of recorded imports in {year}, but exports to China "
        f"paid for only {100 * cover:.0f} percent of what was bought there.",
        _rows("customs_exports_to_china", "customs_imports_from_china", "kotra_imports_world"),
    )
