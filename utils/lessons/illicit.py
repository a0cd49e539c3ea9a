"""What belongs to lesson 3, illicit activities, only."""

from __future__ import annotations

import statistics

import matplotlib.dates
import numpy as np
import pandas as pd

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice
from utils.explorers import explorer as make_explorer
from utils.ranges import Range
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["illicit"]
PALE = charts.tint(COLOUR, 0.35)
#: The article appeared in this year; a claim in the present tense is about the years before it.
ARTICLE = 2023
RECENT = 3

#: The tables of the lesson, in the order of its sections.
TABLES = [
    *("cyber_incidents", "cyber_totals", "cyber_world_totals", "stolen_coins", "crypto_prices"),
    *("state_take", "illicit_estimates", "illicit_counts", "illicit_timeline", "illicit_shares"),
]

#: The kinds of victims in ``cyber_incidents``, brought together in fewer groups.
GROUPS = {
    "bank": "banks",
    "exchange": "exchanges",
    "bridge": "bridges",
    "defi protocol": "DeFi protocols",
    "individual": "private holders",
    "wallet": "private holders",
    **dict.fromkeys(
        ("crypto firm", "payment firm", "casino", "ransomware", "unknown"), "other firms"
    ),
}
CONFIDENCE = ["official", "industry", "alleged"]
#: Marker, edge and face of each group in charts of single thefts.
MARKS = {
    "banks": ("s", charts.INK, charts.INK),
    "exchanges": ("o", COLOUR, COLOUR),
    "bridges": ("^", COLOUR, "white"),
    "DeFi protocols": ("D", COLOUR, PALE),
    "private holders": ("P", charts.GREY, charts.GREY),
    "other firms": ("X", charts.GREY, charts.tint(charts.GREY, 0.3)),
}
#: Face of each group in stacked bars, and the ink of the words on it.
FILLS = {
    "banks": (charts.INK, "white"),
    "exchanges": (COLOUR, "white"),
    "bridges": (charts.tint(COLOUR, 0.55), charts.INK),
    "DeFi protocols": (charts.tint(COLOUR, 0.2), charts.INK),
    "private holders": (charts.tint(charts.GREY, 0.55), charts.INK),
    "other firms": (charts.tint(charts.GREY, 0.2), charts.INK),
}


def to_day(dates: pd.Series) -> pd.Series:
    """Return dates of unlike exactness as days: a month stands at its 15th, a year at 1 July."""
    days = dates.where(dates.str.len() != 7, dates + "-15")
    return pd.to_datetime(days.where(days.str.len() != 4, days + "-07-01"))


def waits() -> pd.DataFrame:
    """Return how long it took until North Korea was officially blamed, one row a theft.

    Returns
    -------
    DataFrame
        Columns victim, when (the day of the theft), days and months until the statement that we
        recorded, un_list (True if it came with the UN list of 2019, which has one date for all
        its rows), source and grade.
    """
    rows = data.read("cyber_incidents").query("confidence == 'official'")
    when = to_day(rows["date"])
    days = (to_day(rows["attributed"]) - when).dt.days
    table = rows[["victim"]].assign(
        when=when,
        days=days,
        months=days * 12 / 365.25,
        un_list=rows["source"].str.startswith("un_poe_2019_691"),
        source=rows["source"],
        grade=rows["grade"],
    )
    return table.reset_index(drop=True)


def worth(victim: str) -> pd.Series:
    """Return what the coins of one theft were worth: on the day, then at the end of each month.

    Parameters
    ----------
    victim
        Name in ``stolen_coins``.

    Returns
    -------
    Series
        USD million by date.

    Raises
    ------
    KeyError
        If ``stolen_coins`` has no such victim.
    """
    coins = data.read("stolen_coins").set_index("victim").loc[victim]
    prices = data.read("crypto_prices").query("coin == @coins.coin")
    ends = prices["month"] + pd.offsets.MonthEnd(0)
    later = pd.Series((prices["month_end_usd"] * coins["coins"] / 1e6).to_numpy(), index=ends)
    later = later[later.index > coins["date"]]
    first = pd.Series([coins["value_usd_million"]], index=[coins["date"]])
    return pd.concat([first, later]).rename(victim).rename_axis("date")


def stated_shares() -> str:
    """Return the published statements on what crime makes up, as a Markdown list."""
    rows = data.read("illicit_shares").sort_values(["part", "date"])
    told = rows["percent"].map("about {:.0f}".format).where(rows["percent"].notna())
    told = told.fillna(rows["high_percent"].map("at most {:.0f}".format))
    lines = "- " + rows["date"] + ": " + rows["part"] + " " + told + " percent of " + rows["whole"]
    return "\n".join(lines + " (" + rows["who"] + ")")


def then_and_now() -> pd.DataFrame:
    """Return what was claimed for one year of each activity, and the thefts of the last year.

    Returns
    -------
    DataFrame
        Columns label, year, low and high in USD million, source and grade; oldest year first.
        Numbers that are repeated, and bounds alone, are left out.
    """
    rows = data.read("illicit_estimates")
    rows = rows[rows["measure"].str.contains("^yearly|in a year$") & rows["repeats"].isna()]
    values = rows[["low_usd_million", "point_usd_million", "high_usd_million"]]
    words = (rows["item"] + ", " + rows["measure"].map(_MEASURES).fillna("")).str.removesuffix(", ")
    claims = rows[["year", "source", "grade"]].assign(
        label=words + ", " + rows["year"].astype(str),
        low=values.min(axis=1),
        high=values.max(axis=1),
    )
    full = values["point_usd_million"].notna() | (values.count(axis=1) == 2)
    claims = claims[full & rows["item"].isin(_ACTIVITIES)]
    totals = latest()
    now = totals[totals["year"] == totals["year"].max()]
    thefts = now[["year", "source", "grade"]].assign(
        label="crypto thefts, value stolen, " + now["year"].astype(str),
        low=now["usd_million"],
        high=now["usd_million"],
    )
    how = {"low": "min", "high": "max", "source": ";".join, "grade": "max"}
    table = pd.concat([claims, thefts]).groupby(["year", "label"]).agg(how)
    return table.reset_index()


_ACTIVITIES = [
    *("counterfeit dollars", "drugs", "counterfeit cigarettes", "all illicit income", "arms")
]
_MEASURES = {
    "yearly sales of all makers": "all makers",
    "yearly income of the state": "state",
    "yearly profit": "profit",
    "missile exports in a year": "missiles",
}


# Drawing -------------------------------------------------------------------------------------

_FAILED = 0.04


def draw_thefts(axes, thefts: pd.DataFrame) -> None:
    """Draw each theft twice: above on a plain scale, below on powers of ten with the failed."""
    for group, (mark, edge, face) in MARKS.items():
        rows = thefts[thefts["group"] == group]
        look = {"marker": mark, "linestyle": "none", "mec": edge, "mfc": face, "ms": 6}
        axes[0].plot(rows["when"], rows["usd_million"], **look, label=group)
        axes[1].plot(rows["when"], rows["usd_million"].replace(0, _FAILED), **look)
    axes[0].set(ylim=(-40, 1600))
    axes[0].yaxis.set_major_formatter("{x:,.0f}")
    axes[0].legend(ncols=3, loc="upper left", handletextpad=0.1, columnspacing=1)
    axes[1].axhline(0.08, color=charts.GREY, linewidth=0.8)
    axes[1].set(yscale="log", ylim=(0.025, 3000))
    ticks = [_FAILED, 0.1, 1, 10, 100, 1000]
    axes[1].set_yticks(ticks, ["failed", *(f"{tick:,g}" for tick in ticks[1:])])
    axes[1].minorticks_off()
    for ax, name in zip(axes, ("equal steps", "each step ten times the last"), strict=True):
        ax.set_title(name, fontsize=9.5, color=charts.GREY)


def draw_eras(ax, shares: pd.DataFrame) -> None:
    """Draw the shares of the groups in each era as a bar of 100 percent, first era on top."""
    places, left = np.arange(shares.shape[1])[::-1], np.zeros(shares.shape[1])
    for group, (face, ink) in FILLS.items():
        values = shares.loc[group].to_numpy(dtype=float)
        ax.barh(places, values, left=left, color=face, edgecolor="white", height=0.6, label=group)
        for place, start, value in zip(places, left, values, strict=True):
            if value >= 4:
                middle = start + value / 2
                ax.text(middle, place, f"{value:.0f}", ha="center", va="center", color=ink)
        left += values
    ax.set_yticks(places, shares.columns)
    ax.set(xlim=(0, 100), ylim=(-0.5, shares.shape[1] + 0.35))
    ax.legend(ncols=3, loc="upper left", fontsize=9, handlelength=1, columnspacing=1.2)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    ax.xaxis.set_major_formatter("{x:.0f} %")


def draw_cumulative(ax, percent: pd.Series, named: int = 10) -> None:
    """Draw the share held by the largest thefts, largest first, and name two points."""
    ax.plot(percent.index, percent, color=COLOUR, marker=".", markersize=4)
    for rank, words in ((1, "the largest"), (named, f"the {named} largest")):
        value = percent[rank]
        ax.plot(rank, value, "o", color=charts.INK, ms=8)
        place = {"xytext": (12, -4), "textcoords": "offset points", "fontweight": "bold"}
        ax.annotate(f"{words}: {value:.0f} %", (rank, value), **place)
    ax.set(xlim=(-2, len(percent) + 2), ylim=(0, 104), xlabel="thefts, the largest first")
    ax.yaxis.set_major_formatter("{x:.0f} %")


def draw_confidence(ax, sums: pd.DataFrame) -> None:
    """Draw the value stolen in each year, stacked by how surely North Korea is blamed."""
    looks = {
        "official": {"color": COLOUR},
        "industry": {"facecolor": PALE, "edgecolor": COLOUR, "hatch": "////"},
        "alleged": {"facecolor": "white", "edgecolor": charts.INK, "linestyle": "--"},
    }
    below = np.zeros(len(sums))
    for name, look in looks.items():
        values = sums[name].to_numpy(dtype=float)
        some = values > 0
        ax.bar(sums.index[some], values[some], bottom=below[some], label=name, width=0.7, **look)
        below += values
    ax.set_xticks(sums.index)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.legend(loc="upper left")


def draw_waits(ax, rows: pd.DataFrame) -> None:
    """Draw the months until the official blame on powers of ten, and their median."""
    for listed, face, words in ((True, "white", "UN list of 2019"), (False, COLOUR, "others")):
        some = rows[rows["un_list"] == listed]
        ax.plot(some["when"], some["months"], "o", color=COLOUR, mfc=face, ms=6, label=words)
    middle = rows["months"].median()
    ax.axhline(middle, color=charts.INK, linewidth=1, linestyle="--")
    ax.text(pd.Timestamp("2021-09"), middle * 1.12, "median", fontweight="bold")
    ax.set(yscale="log", ylim=(0.04, 130))
    ticks = {2 / 30: "2 days", 0.23: "1 week", 1: "1 month", 6: "6 months", 12: "1 year"}
    ax.set_yticks([*ticks, 60], [*ticks.values(), "5 years"])
    ax.minorticks_off()
    ax.legend(loc="lower left")


def draw_reports(ax, rows: pd.DataFrame) -> None:
    """Draw one year's totals at the time when each was published, a line a publisher."""
    styles = zip(rows.groupby("publisher"), ("-", "--", "-.", ":", "-", "--"), strict=False)
    inks = [COLOUR, charts.GREY, charts.INK, charts.GREY, charts.INK, COLOUR]
    for ((name, some), style), ink in zip(styles, inks, strict=False):
        some = some.sort_values("published")
        when = to_day(some["published"])
        ax.plot(when, some["usd_million"], style, marker="o", color=ink, label=name)
    ax.set(ylim=(0, 1800), xlim=(pd.Timestamp("2022-10"), pd.Timestamp("2026-09")))
    ax.xaxis.set_major_locator(matplotlib.dates.YearLocator())
    ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%Y"))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    charts.label_ends(ax)


def draw_vintages(ax, ends: pd.DataFrame) -> None:
    """Draw the share of the world by the first and by the next report on each year."""
    looks = (("--", charts.GREY, 9, "bottom"), ("-", COLOUR, -9, "top"))
    for name, (style, ink, shift, side) in zip(ends, looks, strict=True):
        ax.plot(ends.index, ends[name], style, marker="o", color=ink)
        ax.annotate(
            f"{name}: {ends.loc[2023, name]:.0f} %",
            (2023, ends.loc[2023, name]),
            xytext=(0, shift),
            textcoords="offset points",
            ha="center",
            va=side,
            color=ink,
            fontweight="bold",
        )
    ax.set(ylim=(0, 75), xlim=(ends.index[0] - 0.2, ends.index[-1] + 0.2), xticks=ends.index)
    ax.yaxis.set_major_formatter("{x:.0f} %")


def draw_banks(ax, banks: pd.DataFrame) -> None:
    """Draw for each bank what was tried (pale) and what was taken (dark), the last row on top."""
    places = np.arange(len(banks))
    pale = charts.tint(charts.GREY, 0.35)
    ax.hlines(places, 0, banks["attempted_usd_million"], color=pale, linewidth=12)
    ax.hlines(places, 0, banks["usd_million"], color=COLOUR, linewidth=7)
    texts = zip(places, banks["attempted_usd_million"], banks["usd_million"], strict=True)
    for place, tried, taken in texts:
        words = f"{tried:,.4g} tried, {taken:,.3g} taken" if taken else f"{tried:,.4g} tried"
        ax.text(tried + 8, place, words, va="center", fontsize=9)
    ax.set_yticks(places, banks["victim"] + ", " + banks["year"].astype(str), fontsize=9)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set(xlim=(0, 1.55 * banks["attempted_usd_million"].max()), ylim=(-0.7, len(banks) - 0.3))
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def draw_worth(ax, values: pd.DataFrame) -> None:
    """Draw what each hoard was worth over time; a ring marks the day of the theft."""
    looks = ((COLOUR, "-"), (charts.INK, "--"), (charts.GREY, "-."))
    for (name, column), (ink, style) in zip(values.items(), looks, strict=True):
        known = column.dropna()
        ax.plot(known.index, known, style, color=ink, linewidth=1.8, label=name)
        ax.plot(known.index[0], known.iloc[0], "o", color=ink, mfc="white", ms=9)
    ax.set(ylim=(0, 1.08 * values.max().max()))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    charts.label_ends(ax)


def latest(totals: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return each publisher's last word on each whole year, one row a publisher and year.

    Parameters
    ----------
    totals
        Rows of ``cyber_totals``; all of them by default. Rows that cover a part of a year, and
        rows without a figure of their own, are left out.
    """
    totals = data.read("cyber_totals") if totals is None else totals
    whole = totals[(totals["coverage"] == "year") & totals["usd_million"].notna()]
    last = whole.sort_values("published", kind="stable")
    last = last.drop_duplicates(["publisher", "year"], keep="last")
    return last.sort_values(["year", "publisher"], ignore_index=True)


def realised_share() -> Range:
    """Return the part of a stolen value that becomes cash, 0 to 1.

    Low and central are the two published figures, the share of some deals and what a study
    counted against the UN's total; high: nothing is lost on the way.
    """
    rows = _realised_rows()
    low, central = sorted(rows["low_percent"] / 100)
    return Range(low, central, 1)


def _realised_rows() -> pd.DataFrame:
    rows = data.read("state_take").query("stream == 'illicit'")
    return rows[rows["measure"].str.contains("realised|receipts")]


# Exercises -----------------------------------------------------------------------------------


def answers() -> dict[str, Exercise]:
    """Return the exercises of lesson 3 by code.

    The keys come from plain Python over single rows, not from the columns and groups that the
    notebook's solutions use.
    """
    return {
        "3.1": _failed_attempts(),
        "3.2": _mean_without_largest(),
        "3.3": _official_total(),
        "3.4": _revision(),
        "3.5": _worth_later(),
        "3.6": _times_counterfeits(),
    }


def _incidents() -> list[dict]:
    return data.read("cyber_incidents").to_dict("records")


def _failed_attempts() -> Exercise:
    amounts = [row["usd_million"] for row in _incidents()]
    tried = [row for row in _incidents() if pd.notna(row["attempted_usd_million"])]
    failed, blank = amounts.count(0), sum(map(pd.isna, amounts))
    return Exercise(
        failed,
        "In these rows nothing was lost, and that is known. A blank is different: somebody lost "
        "something, and nobody says how much.",
        "Compare usd_million with 0, and add up the True values.",
        mistakes=(
            (failed + blank, "You counted the blanks too. Blank means not known, not zero."),
            (blank, "These are the blanks: the amount is not known. Count the zeros."),
            (len(tried), "These are all rows with an attempted sum. Some of them succeeded."),
            (len(amounts) - failed, "These are the other rows. Count the zeros."),
        ),
        tolerance=0,
    )


def _mean_without_largest() -> Exercise:
    amounts = sorted(
        row["usd_million"]
        for row in _incidents()
        if row["year"] == 2025
        and row["asset"] == "crypto"
        and row["confidence"] != "alleged"
        and pd.notna(row["usd_million"])
    )
    rest = amounts[:-1]
    return Exercise(
        statistics.mean(rest),
        "One row out of the list, and the mean falls to about a quarter. The median hardly moves.",
        "Take the rows of 2025, drop the largest one, then take the mean.",
        mistakes=(
            (statistics.mean(amounts), "This is the mean with the largest theft. Drop it first."),
            (statistics.median(rest), "This is the median. The question asks for the mean."),
            (
                sum(rest) / len(amounts),
                "You still divide by the number of all thefts. There is one fewer now.",
            ),
            (sum(rest), "This is the sum. Divide it by the number of thefts."),
        ),
    )


def _sum_of(rows: list[dict], confidence: tuple[str, ...], disputed: bool) -> float:
    """Return the value stolen in the crypto rows of these kinds."""
    return sum(
        row["usd_million"]
        for row in rows
        if row["asset"] == "crypto"
        and row["confidence"] in confidence
        and (disputed or not row["disputed"])
        and pd.notna(row["usd_million"])
    )


def _official_total() -> Exercise:
    rows = _incidents()
    surest, every = ("official",), tuple(CONFIDENCE)
    return Exercise(
        _sum_of(rows, surest, False),
        "This is the most careful total. The boldest one on the same list is far higher, and "
        "both are honest, if they say what they count.",
        "Keep the rows that are official and not disputed, then add up usd_million.",
        mistakes=(
            (_sum_of(rows, surest, True), "The disputed rows are still in. Take them out."),
            (
                _sum_of(rows, ("official", "industry"), False),
                "Blame by industry is still in. Keep the official rows only.",
            ),
            (_sum_of(rows, every, True), "This is all of it. Filter first."),
            (_sum_of(rows, every, False), "You only took out the disputed rows."),
            (
                _sum_of(rows, surest, False)
                + sum(
                    row["usd_million"]
                    for row in rows
                    if row["asset"] == "fiat" and row["confidence"] == "official"
                ),
                "The banks are still in. The question asks for cryptocurrency.",
            ),
        ),
        tolerance=0.002,
    )


def _totals(publisher: str, year: int) -> dict[str, float]:
    """Return a publisher's totals for one year by report."""
    return {
        row["vintage"]: row["usd_million"]
        for row in data.read("cyber_totals").to_dict("records")
        if row["publisher"] == publisher and row["year"] == year
    }


def _revision() -> Exercise:
    own, other = _totals("Chainalysis", 2022), _totals("Elliptic", 2022)
    first, last = own["2023 report"], own["2026 table"]
    return Exercise(
        100 * (last / first - 1),
        "A third of the year's total disappeared on paper. No coin moved: the firm changed its "
        "mind about which thefts belong to North Korea.",
        "Divide the newest figure by the first one, subtract 1, multiply by 100.",
        mistakes=(
            (100 * (first / last - 1), "Here the new figure is the base. Divide by the old one."),
            (
                100 * (other["2025 report"] / other["2023 study"] - 1),
                "This is the change of another firm. Take Chainalysis.",
            ),
            (100 * last / first, "This is what is left. The question asks for the change."),
            (last - first, "This is the change in million dollars. The question asks for percent."),
        ),
    )


def _worth_later() -> Exercise:
    hoard = next(
        row for row in data.read("stolen_coins").to_dict("records") if row["incident"] == "I078"
    )
    news = next(row for row in _incidents() if row["incident"] == hoard["incident"])
    prices = {
        (row["coin"], f"{row['month']:%Y-%m}"): row
        for row in data.read("crypto_prices").to_dict("records")
    }
    price = prices[hoard["coin"], "2022-12"]
    key = hoard["coins"] * price["month_end_usd"] / 1e6
    return Exercise(
        key,
        "Far less than on the day of the theft. When the coins were sold decides everything, and "
        "nobody outside knows.",
        "Multiply the number of coins by the price at the end of the month, divide by a million.",
        mistakes=(
            (
                hoard["coins"] * price["mean_usd"] / 1e6,
                "This is the mean price of the month. Take the price at its end.",
            ),
            (hoard["value_usd_million"], "This is the value on the day of the theft."),
            (news["usd_million"], "This is the published value of all that was taken."),
            (
                hoard["coins"] * prices["BTC", "2022-12"]["month_end_usd"] / 1e6,
                "This is the price of bitcoin. The coins were ether.",
            ),
            (
                hoard["coins"] * prices[hoard["coin"], "2022-11"]["month_end_usd"] / 1e6,
                "This is the end of November. Take December.",
            ),
            (key * 1e6, "This is in dollars. The question asks for million dollars."),
        ),
    )


def _times_counterfeits() -> Exercise:
    yearly = next(
        row
        for row in data.read("illicit_estimates").to_dict("records")
        if row["source"] == "crs_rl33324_2006" and row["measure"] == "yearly income"
    )
    stolen = _totals("Chainalysis", 2025)["2026 table"]
    low, high = yearly["low_usd_million"], yearly["high_usd_million"]
    return Exercise(
        stolen / high,
        "Even against the highest estimate of the counterfeits, the thefts are another world. But "
        "one is income and the other is value stolen, so read the number with care.",
        "Divide the value stolen in 2025 by the highest estimate of the counterfeits.",
        mistakes=(
            (
                stolen / low,
                "This takes the lowest estimate. It gives the most; the question says at least.",
            ),
            (high / stolen, "Turn the fraction over: how many times is the theft larger?"),
            (stolen / (low + high) * 2, "This takes the middle. For at least, take the highest."),
            (stolen - high, "This is the difference in million dollars. Divide instead."),
        ),
    )


check = Checker(answers)


# Explorer ------------------------------------------------------------------------------------

_BELIEVE = {
    "official only": 1,
    "official and industry": 2,
    "also the alleged": 3,
}
_DISPUTED = ["left out", "counted"]
_VICTIMS = {
    "all": list(MARKS),
    "banks": ["banks"],
    "exchanges": ["exchanges"],
    "bridges, DeFi": ["bridges", "DeFi protocols"],
    "others": ["private holders", "other firms"],
}


def explorer():
    """Return the explorer: choose whom to believe and which victims, and watch the total move."""
    rows = data.read("cyber_incidents").dropna(subset="usd_million")
    stack = rows.assign(group=rows["victim_type"].map(GROUPS)).pivot_table(
        index=["confidence", "disputed", "group"],
        columns="year",
        values="usd_million",
        aggfunc="sum",
        fill_value=0,
    )

    def draw(fig, believe, disputed, victims) -> str:
        return _draw_total(fig, stack, believe, disputed, victims)

    controls = {
        "believe": Choice("Believe whose blame", [*_BELIEVE], "official and industry"),
        "disputed": Choice("Disputed thefts", _DISPUTED),
        "victims": Choice("Victims", [*_VICTIMS]),
    }
    official, likely, every = _BELIEVE
    left_out, counted = _DISPUTED
    pairs = [(official, left_out), (likely, left_out), (likely, counted), (every, counted)]
    return make_explorer(draw, controls, [{"believe": a, "disputed": b} for a, b in pairs], rows)


def _draw_total(fig, stack: pd.DataFrame, believe: str, disputed: str, victims: str) -> str:
    """Draw the chosen value by year before the whole list, and return the alt text."""
    confidence, doubted, group = (stack.index.get_level_values(k) for k in range(3))
    chosen = confidence.isin(CONFIDENCE[: _BELIEVE[believe]]) & group.isin(_VICTIMS[victims])
    chosen &= ~doubted.to_numpy(dtype=bool) | (disputed == "counted")
    values, whole = stack.to_numpy()[chosen].sum(axis=0), stack.to_numpy().sum(axis=0)
    years, part = stack.columns, 100 * values.sum() / whole.sum()
    ax = fig.add_axes((0.09, 0.09, 0.89, 0.71))
    ax.vlines(years, 0, whole, color=charts.tint(charts.GREY, 0.2), linewidth=28)
    ax.vlines(years, 0, values, color=COLOUR, linewidth=20)
    for year, value in zip(years, values, strict=True):
        if value >= 0.5:
            ax.text(year, value + 22, f"{value:,.0f}", ha="center", fontweight="bold", size=9)
    ax.set(ylim=(0, 2250), yticks=range(0, 2001, 500))
    ax.set(xlim=(years[0] - 0.6, years[-1] + 0.6), xticks=years[1::2])
    ax.yaxis.set_major_formatter("{x:,.0f}")
    head = f"{values.sum():,.0f} million dollars stolen, {part:.0f} percent of the list"
    fig.text(0.012, 0.93, head, size=13.5, weight="bold")
    words = f"Blame: {believe}; disputed thefts {disputed}; victims: {victims}. Pale: all rows"
    fig.text(0.012, 0.87, words, size=10.5)
    peak = years[int(values.argmax())]
    return (
        f"Bar chart of the value stolen by year, {years[0]} to {years[-1]}, in million dollars, "
        f"before pale bars for the whole list. Believed: {believe}; disputed thefts {disputed}; "
        f"victims: {victims}. The total is {values.sum():,.0f} million, {part:.0f} percent of the "
        f"list of {whole.sum():,.0f}; the largest year is {peak} with {values.max():,.0f}."
    )


# What it hands on ----------------------------------------------------------------------------


def income() -> pd.DataFrame:
    """Return what illicit activities bring in a year, in USD million.

    Items: "crypto thefts" and "bank thefts" (value stolen, which is not income); "crypto
    thefts, turned into cash" (gross receipts: stolen value times `realised_share`); the old
    trades "counterfeit dollars", "drugs" and "counterfeit cigarettes" (gross receipts; of
    cigarettes also the state take) and "all crime for profit" (net), which holds them. Only
    years with evidence of their own have a row. Pay of IT workers stands in lesson 4.

    Returns
    -------
    DataFrame
        See `utils.results.income_frame`.
    """
    return income_frame([*_crypto_thefts(), *_bank_thefts(), *_old_trades()])


def _crypto_thefts() -> list[dict]:
    share, used = realised_share(), _realised_rows()
    found = []
    for year, rows in latest().groupby("year"):
        counts = rows["usd_million"]
        stolen = Range(counts.min(), counts.median(), counts.max())
        cash = stolen * share
        found += [
            income_row(
                year,
                "crypto thefts",
                "value stolen",
                (stolen.low, stolen.central, stolen.high),
                f"each publisher's last total for the year ({len(rows)}): lowest, median, highest",
                rows,
            ),
            income_row(
                year,
                "crypto thefts, turned into cash",
                "gross receipts",
                (cash.low, cash.central, cash.high),
                f"value stolen times the share made cash, {100 * share:.0f} percent "
                f"(central {100 * share.central:.0f})",
                [rows[["source", "grade"]], used[["source", "grade"]]],
            ),
        ]
    return found


def _bank_thefts() -> list[dict]:
    banks = data.read("cyber_incidents").query("victim_type == 'bank' and usd_million > 0")
    low = banks["low_usd_million"].fillna(banks["usd_million"])
    high = banks["high_usd_million"].fillna(banks["usd_million"])
    found = []
    for year, rows in banks.assign(low=low, high=high).groupby("year"):
        found.append(
            income_row(
                year,
                "bank thefts",
                "value stolen",
                (rows["low"].sum(), rows["usd_million"].sum(), rows["high"].sum()),
                f"sum of our list ({len(rows)}); low and high where sources differ",
                rows,
            )
        )
    return found


#: Measures of ``illicit_estimates`` that are yearly income: measure, item, concept.
_YEARLY = (
    ("yearly income", "counterfeit dollars", "gross receipts"),
    ("yearly income", "drugs", "gross receipts"),
    ("yearly sales of all makers", "counterfeit cigarettes", "gross receipts"),
    ("yearly income of the state", "counterfeit cigarettes", "state take"),
    ("yearly profit", "all illicit income", "net"),
)


def _old_trades() -> list[dict]:
    """One row an estimate of its own; numbers that are repeated, or a bound alone, give none."""
    estimates = data.read("illicit_estimates")
    estimates = estimates[estimates["repeats"].isna()]
    found = []
    for measure, item, concept in _YEARLY:
        rows = estimates[(estimates["item"] == item) & (estimates["measure"] == measure)]
        for _, row in rows.iterrows():
            values = row[["low_usd_million", "point_usd_million", "high_usd_million"]].dropna()
            if len(values) == 1 and pd.isna(row["point_usd_million"]):
                continue
            name = item.replace("all illicit income", "all crime for profit")
            found.append(
                income_row(
                    row["year"],
                    name,
                    concept,
                    (values.min(), values.mean(), values.max()),
                    f"{measure} as published ({row['who']}); central: the middle",
                    row.to_frame().T,
                )
            )
    return found


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims I1 to I4; see `utils.results.verdict_frame`."""
    return verdict_frame([_verdict_i1(), _verdict_i2(), _verdict_i3(), _verdict_i4()])


def _is_recent(year: int) -> bool:
    return year > ARTICLE - RECENT


def _verdict_i1() -> dict:
    rows = data.read("illicit_estimates").query("item == 'counterfeit dollars'")
    seizures = rows[rows["measure"] == "single seizure"]
    yearly = rows[rows["low_usd_million"].notna() & (rows["measure"] == "yearly income")]
    seized = rows.loc[rows["measure"] == "seized", "point_usd_million"].max()
    last = int(seizures["year"].max())
    low, high = yearly["low_usd_million"].min(), yearly["high_usd_million"].max()
    return verdict_row(
        "I1",
        "not supported" if seizures.empty else "holds" if _is_recent(last) else "out of date",
        seized,
        "USD million seized, 1989-2006",
        f"The quality is not in doubt. US officials blame North Korea; others doubt it. The scale "
        f"was small: about {seized:.0f} million dollars seized in sixteen years, and an income "
        f"estimated at {low:.0f} to {high:.0f} million a year. The last seizure in our tables is "
        f"of {last}.",
        rows,
    )


def _verdict_i2() -> dict:
    counts = data.read("illicit_counts").query("item == 'drugs'")
    cases = counts[counts["measure"] == "documented cases since 1976"].set_index("year")["value"]
    large = counts[counts["measure"].str.startswith("large state cases")].set_index("year")
    grown = cases.iloc[-1] > cases.iloc[1:-1].max()
    recent = _is_recent(int(large.index.max())) and large["value"].iloc[-1] > 0
    return verdict_row(
        "I2",
        "holds" if recent else "holds in part" if grown else "out of date",
        cases.iloc[-1],
        f"documented cases, 1976-{cases.index[-1]}",
        f"Documented cases with officials rose from {cases.iloc[0]:.0f} ({cases.index[0]}) to "
        f"{cases.iloc[1]:.0f} ({cases.index[1]}), and stood at {cases.iloc[-1]:.0f} in "
        f"{cases.index[-1]}. For {large.index.max()} the US government knew of "
        f"{_count_word(large['value'].iloc[-1])} large state case in Japan or Taiwan.",
        counts[counts["measure"].str.contains("cases")],
    )


def _count_word(number: float) -> str:
    return f"{number:.0f}" if number else "no"


def _sure() -> pd.DataFrame:
    """Return the thefts that are neither alleged only nor disputed."""
    return data.read("cyber_incidents").query("confidence != 'alleged' and not disputed")


def _verdict_i3() -> dict:
    sure = _sure()
    banks = sure[sure["victim_type"] == "bank"]
    money = sure[sure["victim_type"] == "payment firm"]
    tried = banks.dropna(subset="attempted_usd_million")
    part = 100 * tried["usd_million"].sum() / tried["attempted_usd_million"].sum()
    last = int(banks["year"].max())
    paid = int((money["year"].between(last + 1, ARTICLE)).sum())
    verdict = "holds" if _is_recent(last) else "holds in part" if paid else "out of date"
    return verdict_row(
        "I3",
        verdict,
        banks["usd_million"].sum(),
        f"USD million taken from banks, {banks['year'].min()}-{last}",
        f"Banks were robbed from {banks['year'].min()} to {last}: "
        f"{banks['usd_million'].sum():.0f} million dollars. Where the sum tried is known, the "
        f"thieves got {part:.1f} percent of it. From then until the article the list has {paid} "
        "payment firms for cryptocurrency, and no bank.",
        [banks, money],
    )


def _verdict_i4() -> dict:
    crypto = _sure().query("asset == 'crypto'")
    recent = crypto[crypto["year"].between(ARTICLE - RECENT + 1, ARTICLE + 2)]
    exchanges = recent[recent["victim_type"] == "exchange"]
    blamed = exchanges[exchanges["confidence"] == "official"]
    share = 100 * exchanges["usd_million"].sum() / recent["usd_million"].sum()
    strong = share >= 33 and len(blamed) > 0
    return verdict_row(
        "I4",
        "holds" if strong else "holds in part" if share >= 5 else "out of date",
        share,
        "percent of stolen cryptocurrency",
        f"From {recent['year'].min()} to {recent['year'].max()} exchanges lost {share:.0f} percent "
        f"of the cryptocurrency in our list of thefts; in {len(blamed)} of their cases an official "
        "statement blames North Korea. Bridges, other services and private holders lost the rest.",
        recent,
    )
