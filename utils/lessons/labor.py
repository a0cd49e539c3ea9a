"""What belongs to lesson 4, foreign labor, only."""

from __future__ import annotations

import functools
import statistics

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice, Slider
from utils.explorers import explorer as make_explorer
from utils.ranges import Range
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["labor"]
PALE = charts.tint(COLOUR, 0.3)
#: The tables of the lesson, in the order in which it uses them.
TABLES = (
    *("labor_workers", "labor_russia_entries", "labor_plans", "kaesong", "kaesong_totals"),
    *("labor_repatriation", "labor_wages", "labor_russia_quota"),
    *("labor_model_parameters", "labor_it_cases", "labor_income_estimates"),
)
PERSONS = ["low_persons", "point_persons", "high_persons"]
AMOUNTS = ["low_usd_million", "point_usd_million", "high_usd_million"]
SHARE = ["state_share_low_percent", "state_share_high_percent"]
#: Lineages that repeat a number instead of finding one.
COPIES = ("repeat", "variant")
#: What the article says about sectors, in the words of the tables.
CLAIMED = ("construction", "mining", "farming")


# 1. What is being counted? -------------------------------------------------------------------


def russia() -> pd.DataFrame:
    """Return every count of North Koreans in Russia since 2012, one row a count.

    Returns
    -------
    DataFrame
        Columns year, counted (permission, people present, arrivals), figure ("at least",
        "about", "at most"; "visas" for those of students and tourists), value, source and
        grade. Regions and single camps are left out, and the US figure of "before the ban",
        which has no year of its own. Arrivals are border entries of whole years for all
        purposes, and one press figure.
    """
    workers = data.read("labor_workers").query(
        "host == 'Russia' and place.isna() and year >= 2012 and source != 'us_2020_reuters'"
    )
    keep = ["year", "counted", "source", "grade"]
    names = dict(zip(PERSONS, ("at least", "about", "at most"), strict=True))
    counts = workers.rename(columns=names).melt(keep, [*names.values()], "figure").dropna()
    papers = data.read("labor_russia_entries").query(
        "part == 'year' and (purpose == 'all' or counted != 'border entries')"
    )
    papers = papers.groupby(keep, as_index=False)["count"].sum().rename(columns={"count": "value"})
    papers["figure"] = papers["counted"].where(papers["counted"] == "visas", "about")
    papers["counted"] = papers["counted"].map(
        {"border entries": "arrivals", "visas": "permission", "work permits": "permission"}
    )
    both = pd.concat([counts, papers], ignore_index=True).astype({"value": int})
    return both.sort_values(["counted", "year", "value"], ignore_index=True)


def draw_counts(axes, counts: pd.DataFrame) -> None:
    """Draw the three kinds of counts below each other, hollow for grades C and D."""
    marks = {"at least": "^", "about": "o", "at most": "v", "visas": "s"}
    titles = {
        "arrivals": "Arrivals (flow)",
        "people present": "People present (stock)",
        "permission": "Permission: quota and permits; squares: visas of students and tourists",
    }
    deadline = data.read("events").query("date == '2019-12-22'")
    for ax, (counted, rows) in zip(axes, counts.groupby("counted"), strict=True):
        for (grade, figure), some in rows.groupby(["grade", "figure"]):
            strong = grade in "AB"
            look = {"mfc": COLOUR, "ms": 6, "zorder": 4} if strong else {"mfc": "white", "ms": 9}
            ax.plot(some["year"], some["value"], marks[figure], color=COLOUR, clip_on=False, **look)
        ax.set(xlim=(2011.5, 2025.5), ylim=(0, 50_000), yticks=[0, 20_000, 40_000])
        ax.set_title(titles[counted])
        ax.yaxis.set_major_formatter("{x:,.0f}")
        charts.mark(ax, deadline if ax is axes[0] else deadline.assign(label=""))


def quarters() -> pd.DataFrame:
    """Return border entries into Russia by quarter, 2023-Q3 on: study, other purposes, not split.

    Returns
    -------
    DataFrame
        Entries; one row a quarter ("2024-Q1"), in the order of time. A quarter with a total but
        without purposes stands under "purpose not known"; one that was not published is blank.
    """
    entries = data.read("labor_russia_entries").query("counted == 'border entries'")
    entries = entries[entries["part"].str.startswith("Q") & (entries["year"] >= 2023)]
    entries = entries.assign(quarter=entries["year"].astype(str) + "-" + entries["part"])
    table = entries.pivot(index="quarter", columns="purpose", values="count").astype("Float64")
    split = table["study"].notna()
    return pd.DataFrame(
        {
            "study": table["study"],
            "other purposes": (table["all"] - table["study"]).where(split),
            "purpose not known": table["all"].where(~split),
        }
    )


def draw_quarters(ax, table: pd.DataFrame) -> None:
    """Draw the quarters as stacked bars and say which were not published."""
    colours = [COLOUR, charts.tint(charts.GREY, 0.45), PALE]
    bars = table.astype(float).rename(index=lambda name: name.replace("-", "\n"))
    bars.plot.bar(ax=ax, stacked=True, width=0.7, rot=0, color=colours, xlabel="")
    for place in np.flatnonzero(table.isna().all(axis=1)):
        ax.text(place, 150, "not\npublished", ha="center", fontsize=8.5)
    ax.set_ylim(0, 1.1 * bars.sum(axis=1).max())
    ax.grid(axis="x", visible=False)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.legend(loc="upper left")


def world() -> pd.DataFrame:
    """Return the published totals of workers abroad since 2012, without those of IT workers only.

    Columns as in ``labor_workers``, and lowest and highest: the outermost number of each row.
    """
    rows = data.read("labor_workers").query("host == 'World' and year >= 2012 and sector != 'IT'")
    bounds = rows[PERSONS].astype(float)
    return rows.assign(lowest=bounds.min(axis=1), highest=bounds.max(axis=1))


# 2. Kaesong ----------------------------------------------------------------------------------


def draw_kaesong(ax, table: pd.DataFrame) -> None:
    """Draw output and wage bill, and write the bill in percent of output above; "?" for a gap."""
    output, bill = table["production_usd_million"], table["wage_bill_usd_million"]
    ax.bar(table.index, output, color=charts.tint(charts.GREY, 0.35))
    ax.bar(table.index, bill, color=COLOUR, width=0.5)
    for year, share in (100 * bill / output).items():
        text = "?" if pd.isna(share) else f"{share:.0f}"
        _write(ax, text, (year, output[year]), (0, 3), ha="center", fontweight="bold", color=COLOUR)


def _write(ax, text: str, place: tuple, offset: tuple, **look) -> None:
    """Write ``text`` a few points away from a place in the units of the data."""
    ax.annotate(text, place, offset, textcoords="offset points", fontsize=9.5, **look)


def wage_bills() -> dict[int, tuple[Range, str]]:
    """Return Kaesong's wage bill by year as a range in USD million, and how it was found.

    2013 and 2014 are published only together, as a residual. The pay range of 2014, times the
    workers counted before and after, gives 2014; the rest is 2013.
    """
    table = data.read("kaesong").set_index("year")
    words = {"seen": "published wage bill", "derived": "wage bill from published totals"}
    known = table[["wage_bill_usd_million", "wage_bill_basis"]].dropna()
    bills = {int(year): (Range.of(bill), words[how]) for year, bill, how in known.itertuples()}
    if [year for year in table.index if year not in bills] == [2013, 2014]:
        pay = table.loc[2014, ["average_wage_low_usd_month", "average_wage_high_usd_month"]]
        around = sorted(table["workers_persons"].astype(float)[[2013, 2015]])
        later = Range.between(*pay.astype(float)) * Range.between(*around) * (12 / 1e6)
        bills[2014] = (later, "pay range of 2014 times workers counted before and after")
        bills[2013] = (residual() - later, "rest of the published total after all other years")
    return dict(sorted(bills.items()))


def residual() -> float:
    """Return the wage bill of Kaesong's years without one, together, in USD million.

    It is the published total of 2004 to 2015 minus the wage bills of all other years.
    """
    published = data.read("kaesong_totals").query("measure == 'wage bill'")
    last = published.sort_values("month")["total_usd_million"].iloc[-1]
    return float(last - data.read("kaesong")["wage_bill_usd_million"].sum())


# 3. Where, and at what work? -----------------------------------------------------------------


def by_source() -> pd.DataFrame:
    """Return, for each source that counts the world, China and Russia in one year, their shares.

    Returns
    -------
    DataFrame
        Percent of all workers abroad, middle of each range; index the publisher and year,
        columns China, Russia, elsewhere; then source and grade.
    """
    rows = data.read("labor_workers").query(
        "place.isna() and counted == 'people present' and sector != 'IT' "
        "and host in ['World', 'China', 'Russia']"
    )
    rows = rows.assign(persons=rows[PERSONS].astype(float).mean(axis=1))
    wide = rows.pivot_table(index=["year", "source"], columns="host", values="persons").dropna()
    shares = 100 * wide[["China", "Russia"]].div(wide["World"], axis=0)
    shares["elsewhere"] = 100 - shares.sum(axis=1)
    shares = shares.reset_index()
    shares["grade"] = shares["source"].map(rows.groupby("source")["grade"].max())
    return shares.set_index(_named(shares)).drop(columns="year")


def _named(rows: pd.DataFrame) -> pd.Index:
    """Return publisher and year of each row."""
    pairs = zip(rows["source"], rows["year"], strict=True)
    return pd.Index([f"{data.cite(source)}, {year}" for source, year in pairs], name="publisher")


def draw_by_source(ax, shares: pd.DataFrame) -> None:
    """Draw the shares as bars that add up to 100 percent, with the percent written in."""
    colours = [COLOUR, charts.tint(charts.GREY, 0.5), charts.tint(charts.GREY, 0.2)]
    bars = shares[["China", "Russia", "elsewhere"]][::-1]
    bars.plot.barh(ax=ax, stacked=True, width=0.6, color=colours, legend=False, ylabel="")
    for name, group, ink in zip(bars, ax.containers, ["white", None, None], strict=True):
        ax.bar_label(group, fmt="{:.0f}", label_type="center", color=ink)
        top = group[-1]
        ax.text(top.get_center()[0], len(bars) - 0.6, name, ha="center", fontweight="bold")
    ax.set(xlim=(0, 100), ylim=(-0.5, len(shares) - 0.25))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    ax.xaxis.set_major_formatter("{x:.0f} %")


def named_sectors() -> pd.DataFrame:
    """Return who names which sector for which host, in the tables of workers and of pay.

    Returns
    -------
    DataFrame
        Columns sector, host (missing for the whole world or a group of states), source, grade.
    """
    paid = data.read("labor_wages").query("who in ['workers abroad', 'IT workers']")
    rows = pd.concat([data.read("labor_workers"), paid], ignore_index=True)
    rows = rows[["sector", "host", "source", "grade"]]
    rows = rows[rows["sector"] != "all"].assign(
        sector=rows["sector"].str.replace(r" \(.*", "", regex=True).str.split(";"),
        host=rows["host"].where(~rows["host"].str.contains("World|states|other")),
    )
    return rows.explode("sector", ignore_index=True)


def draw_bars(ax, values: pd.Series, texts: list[str], colours: list[str] | str = COLOUR) -> None:
    """Draw horizontal bars, the first on top, each with a text at its end; a gap has no bar."""
    places = np.arange(len(values))[::-1]
    bars = ax.barh(places, values.fillna(0).astype(float), color=colours)
    ax.bar_label(bars, texts, padding=4, fontsize=9.5)
    ax.set_yticks(places, values.index)
    ax.margins(x=0.14)
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    _across(ax)


def _across(ax) -> None:
    """Give horizontal bars their grid."""
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.tick_params(axis="y", length=0)


# 4. What does the state keep? ----------------------------------------------------------------


def titles_on_forced_labor() -> str:
    """Return the lesson's sources whose titles speak of forced labor, as a Markdown list by date.

    Slaves and trafficking in persons are counted among the words for it.
    """
    cited = data.ids([data.read(name) for name in TABLES])
    rows = data.read("sources").set_index("source").loc[cited].sort_values("published")
    rows = rows[rows["title"].str.contains("forced lab|slaves|trafficking", case=False)]
    who = "- " + rows["published"].str[:4] + ": " + rows["short"]
    return "\n".join(who + ", *" + rows["title"] + "* (grade " + rows["grade"] + ")")


def taken_abroad() -> pd.DataFrame:
    """Return the rows of ``labor_wages`` that give the state's share of pay abroad.

    Soldiers, IT workers and Kaesong are left out. Added is the middle of each share in percent
    (of one bound alone, the bound).
    """
    rows = data.read("labor_wages").query("who == 'workers abroad'").dropna(subset=SHARE, how="all")
    return rows.assign(middle=rows[SHARE].mean(axis=1))


def share_bars() -> pd.DataFrame:
    """Return the reports on the state's share of pay abroad as bars, the highest first.

    Returns
    -------
    DataFrame
        Columns label, year, low, high and middle in percent (one bound alone stands for all
        three), source and grade.
    """
    rows = taken_abroad()
    work = (", " + rows["sector"]).where(rows["sector"] != "all", "")
    rows = rows.assign(
        label=rows["host"] + " " + rows["year"].astype(str) + work,
        low=rows[SHARE].min(axis=1),
        high=rows[SHARE].max(axis=1),
    )
    rows = rows.sort_values(["middle", "label"], ascending=[False, True], ignore_index=True)
    return rows[["label", "year", "low", "high", "middle", "source", "grade"]]


# 5. Workers, wage, share ---------------------------------------------------------------------

#: The inputs of the model, and the words of their columns before and after low or high.
_INPUTS = {
    "workers": ("workers", "persons"),
    "wage": ("wage", "usd_month"),
    "share": ("state_share", "percent"),
}


def ranges_of(year: int = 2017, who: str = "workers abroad") -> dict[str, Range]:
    """Return the inputs of the model of one year, by name as "workers in Russia".

    Each runs from the lowest to the highest report, with the middle as its central value:
    workers in persons, wage in USD a month, share in percent.
    """
    rows = data.read("labor_model_parameters")
    rows = rows[(rows["year"] == year) & (rows["who"] == who)]
    return {
        f"{what} in {row['host']}": Range.between(*_ends(row, what))
        for row in rows.to_dict("records")
        for what in _INPUTS
    }


def _ends(row: dict, what: str) -> tuple[float, float]:
    """Return the lowest and the highest report of one input of the model."""
    name, unit = _INPUTS[what]
    return row[f"{name}_low_{unit}"], row[f"{name}_high_{unit}"]


def model(**inputs):
    """Return the state's income in USD million a year: workers times wage times share, all hosts.

    Takes one number, Series or `Range` for each name of `ranges_of`.
    """
    hosts = dict.fromkeys(name.split(" in ", 1)[1] for name in inputs)
    parts = [
        inputs[f"workers in {host}"] * inputs[f"wage in {host}"] * inputs[f"share in {host}"]
        for host in hosts
    ]
    return sum(parts[1:], start=parts[0]) * (12 / 100 / 1e6)


def draw_spans(ax, spans: dict[str, tuple[float, float]]) -> None:
    """Draw spans in USD million above a histogram; the first is the model's own, drawn pale."""
    top = ax.get_ylim()[1]
    for place, (name, (low, high)) in enumerate(spans.items()):
        y, colour = (1.42 * top, charts.INK) if place else (1.1 * top, PALE)
        ax.plot([low, high], [y, y], color=colour, linewidth=6, solid_capstyle="butt")
        ax.text(low, y + 0.07 * top, f"{name}, {low:,.0f} to {high:,.0f}", fontsize=9.5)
    ax.set(xlim=(0, 2400), ylim=(0, top * 1.65), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter("{x:,.0f}")


def draw_tornado(ax, table: pd.DataFrame, centre: float) -> None:
    """Draw one bar an input, widest on top, around the result at the central values."""
    places = np.arange(len(table))[::-1]
    ax.barh(places, table["high"] - table["low"], left=table["low"], color=COLOUR, height=0.6)
    ax.axvline(centre, color=charts.INK, linewidth=1.2)
    ax.set_yticks(places, table["input"])
    ax.use_sticky_edges = False
    ax.margins(x=0.05)
    ax.spines["left"].set_visible(False)
    _across(ax)


# 6. The echo chamber -------------------------------------------------------------------------


def estimates() -> pd.DataFrame:
    """Return the estimates of the income from all workers abroad, each with its amount in words."""
    rows = data.read("labor_income_estimates").query("scope == 'all workers abroad'")
    return rows.assign(amount=[_amount(*values) for values in rows[AMOUNTS].to_numpy(dtype=float)])


def _amount(low: float, point: float, high: float) -> str:
    if pd.notna(point):
        return f"{point:,.0f}"
    if pd.notna(low) and pd.notna(high):
        return f"{low:,.0f} to {high:,.0f}"
    return f"more than {low:,.0f}" if pd.notna(low) else f"at most {high:,.0f}"


def families() -> pd.DataFrame:
    """Return the estimates of all workers abroad that were copied, with their copies.

    Returns
    -------
    DataFrame
        Rows of `estimates`, each origin before its copies, and root (the estimate that the row
        goes back to); index the publisher.
    """
    rows = estimates()
    rows = rows.assign(root=rows["copies"].fillna(rows["source"]))
    rows = rows[rows["root"].isin(rows["copies"].dropna())]
    first = rows["root"].map(rows.set_index("source")["year"])
    rows = rows.assign(first=first).sort_values(["first", "root", "year"])
    return rows.set_index(pd.Index([data.cite(source) for source in rows["source"]], name="name"))


def draw_lineage(ax, rows: pd.DataFrame) -> None:
    """Draw each estimate at its year, and a line to each copy from the one that it copies."""
    at = {row.source: (row.year, -place) for place, row in enumerate(rows.itertuples())}
    for name, row in zip(rows.index, rows.to_dict("records"), strict=True):
        (x, y), (start, top) = at[row["source"]], at[row["root"]]
        ax.plot([start, start, x], [top, y, y], color=PALE, linewidth=1.6, zorder=1)
        face = "white" if row["lineage"] in COPIES else COLOUR
        ax.plot(x, y, "o", color=COLOUR, mfc=face, ms=8, zorder=3)
        ax.text(x + 0.2, y, f"{name}: {row['amount']}", va="center", fontsize=9.5)
    first, last = rows["year"].min(), rows["year"].max()
    ax.set(xlim=(first - 0.4, last + 3.4), ylim=(0.3 - len(rows), 0.7), yticks=[])
    ax.set_xticks(range(first, last + 1))
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)


def implied() -> pd.DataFrame:
    """Return what each estimate with a number of workers needs per worker and month.

    Returns
    -------
    DataFrame
        One row an estimate of all workers abroad: label, low and high in USD a month (blank
        where the source gives only a bound on the other side), family, lineage, source, grade.
    """
    rows = estimates().dropna(subset=["workers_low_persons", "workers_high_persons"], how="all")
    few = rows["workers_low_persons"].fillna(rows["workers_high_persons"]).astype(float)
    many = rows["workers_high_persons"].fillna(rows["workers_low_persons"]).astype(float)
    low = rows["point_usd_million"].fillna(rows["low_usd_million"])
    high = rows["point_usd_million"].fillna(rows["high_usd_million"])
    # "More than" so many workers share a sum: then the sum for each is a ceiling, not a figure.
    ceiling = rows["workers_high_persons"].isna() & rows["low_usd_million"].isna()
    lists = np.where(rows["lineage"] == "compilation", " (list)", "")
    table = rows.assign(
        label=_named(rows) + lists,
        low=(low * 1e6 / many / 12).mask(ceiling),
        high=high * 1e6 / few / 12,
    )
    needs = table[["low", "high"]].max(axis=1)
    table = table.assign(needs=needs).sort_values(["needs", "year"], ascending=[False, True])
    columns = ["label", "year", "low", "high", "family", "lineage", "source", "grade"]
    return table[columns].reset_index(drop=True)


def draw_implied(ax, rows: pd.DataFrame, pay: tuple[float, float]) -> None:
    """Draw what each estimate needs as a bar or, for a bound, an arrowhead; band: gross pay."""
    ax.axvspan(*pay, color=charts.tint(charts.GREY, 0.25), zorder=0)
    charts.range_bars(ax, rows, colour=COLOUR)
    for bound, other, mark in (("low", "high", ">"), ("high", "low", "<")):
        for place, row in enumerate(rows[::-1].to_dict("records")):
            if pd.isna(row[other]):
                face = charts.grade_style(row["grade"], COLOUR)["facecolor"]
                ax.plot(row[bound], place, mark, color=COLOUR, mfc=face, ms=8)
    ax.set(xlim=(0, 4000))
    ax.text(np.mean(pay), len(rows) - 0.9, "gross pay", ha="center", va="top", fontsize=9)
    ax.xaxis.set_major_formatter("{x:,.0f}")


# Exercises ----------------------------------------------------------------------------------


def answers() -> dict[str, Exercise]:
    """Return the exercises of lesson 4 by code.

    The keys come from single cells and plain Python sums, not from the pivots and columns that
    the notebook's solutions use.
    """
    return {
        "4.1": _work_share(),
        "4.2": _missing_wages(),
        "4.3": _russian_share(),
        "4.4": _middle_share(),
        "4.5": _asahi(),
        "4.6": _workers_needed(),
    }


def _records(table: str) -> list[dict]:
    return data.read(table).to_dict("records")


def _entries(part: str, purpose: str) -> float:
    """Return border entries into Russia in 2024."""
    return sum(
        row["count"]
        for row in _records("labor_russia_entries")
        if (row["year"], row["part"], row["counted"], row["purpose"])
        == (2024, part, "border entries", purpose)
    )


def _work_share() -> Exercise:
    work, every, study = (_entries("year", name) for name in ("work", "all", "study"))
    return Exercise(
        100 * work / every,
        "About one entry in nine hundred was for work, if the stated purpose is true.",
        "Divide the entries for work by all entries of the year, times 100.",
        mistakes=(
            (work, "This is the number of entries. Divide it by all entries, times 100."),
            (100 * study / every, "This is the share of study. Take the purpose work."),
            (100 * work / study, "This divides by the students. Divide by all entries."),
            (
                100 * (_entries("Q1", "work") + _entries("Q2", "work")) / every,
                "These are the first two quarters. Take the row of the whole year.",
            ),
        ),
    )


def _missing_wages() -> Exercise:
    bills = {
        row["year"]: row["wage_bill_usd_million"]
        for row in _records("kaesong")
        if pd.notna(row["wage_bill_usd_million"])
    }
    totals = {
        (row["measure"], row["month"].year): row["total_usd_million"]
        for row in _records("kaesong_totals")
    }
    known, published = sum(bills.values()), totals["wage bill", 2015]
    return Exercise(
        published - known,
        "Two years that no table shows, found by subtraction. It is good to about 2 either way, "
        "since one of the other years is itself derived and one is rounded.",
        "Take the published total of 2004 to 2015 and subtract the sum of all known years.",
        mistakes=(
            (known, "This is the sum of the known years. Subtract it from the published total."),
            (
                totals["all cash", 2015] - known,
                "This starts from all cash. The question is about wages only.",
            ),
            (
                published - known + bills[2015],
                "The year 2015 is missing in your sum of known years.",
            ),
            (
                (published - known) / 2,
                "The question asks for both years together. Nobody knows how they split.",
            ),
        ),
        tolerance=0.002,
    )


def _russian_share() -> Exercise:
    rows = [r for r in _records("labor_repatriation") if pd.notna(r["persons"])]
    sent = {r["country"]: r["persons"] for r in rows if r["measure"] == "sent home"}
    home = {name: n for name, n in sent.items() if name != "World"}
    qatar = [r["persons"] for r in rows if r["country"] == "Qatar"]
    permits = next(
        r["persons"] for r in rows if (r["country"], r["measure"]) == ("Russia", "present before")
    )
    with_totals = sum(r["persons"] for r in rows if r["measure"] == "sent home")
    return Exercise(
        100 * home["Russia"] / sum(home.values()),
        "So Russia looks like nearly the whole story. But the row of China has no number.",
        "Keep the rows sent home of single countries, and divide Russia by their sum, times 100.",
        mistakes=(
            (
                100 * home["Russia"] / with_totals,
                "Your sum holds the rows called World. They are totals of the others.",
            ),
            (
                100 * home["Russia"] / (sum(home.values()) + max(qatar) - min(qatar)),
                "This counts Qatar, which gave no number sent home. It is the better estimate; "
                "here, use only what was reported as sent home.",
            ),
            (
                100 * home["Russia"] / permits,
                "This is the part of Russia's own permits. Divide by all who were sent home.",
            ),
        ),
    )


def _middles(who: str, low: str = SHARE[0], high: str = SHARE[1]) -> list[float]:
    """Return the middle of each reported state share; of one bound alone, the bound."""
    rows = [row for row in _records("labor_wages") if who in (row["who"], "everyone")]
    pairs = [[row[name] for name in (low, high) if pd.notna(row[name])] for row in rows]
    return [sum(pair) / len(pair) for pair in pairs if pair]


def _middle_share() -> Exercise:
    middles = _middles("workers abroad")
    low, high = (_middles("workers abroad", name, name) for name in SHARE)
    return Exercise(
        statistics.median(middles),
        "Half of the reports lie above, half below. The median is not moved by one extreme report.",
        "Take the mean of low and high in each row, then the median of these means.",
        mistakes=(
            (statistics.mean(middles), "This is the mean. The question asks for the median."),
            (statistics.median(low), "This takes the low values only. Use the middle of each."),
            (statistics.median(high), "This takes the high values only. Use the middle of each."),
            (
                statistics.median(_middles("everyone")),
                "This mixes in soldiers, IT workers and Kaesong. Keep workers abroad.",
            ),
        ),
        tolerance=0.002,
    )


def _estimate(source: str) -> dict:
    return next(r for r in _records("labor_income_estimates") if r["source"] == source)


def _asahi() -> Exercise:
    rows = [r for r in _records("labor_wages") if r["source"] == "asahi_2017_chosun"]
    said = _estimate("asahi_2017_chosun")
    workers = said["workers_low_persons"]
    pay = min(r["gross_low_usd_month"] for r in rows)
    kept = min(r["kept_low_usd_month"] for r in rows)
    best = max(r["gross_high_usd_month"] for r in rows)
    key = workers * (pay - kept) * 12 / 1e6
    return Exercise(
        key,
        "Even at its lowest pay the source should arrive at more than twice what it printed.",
        "Subtract what the worker keeps from the pay, multiply by workers and by 12 months, "
        "then divide by one million.",
        mistakes=(
            (said["point_usd_million"], "This is the printed figure. Compute it from the parts."),
            (workers * pay * 12 / 1e6, "This is the whole pay. Subtract what the worker keeps."),
            (workers * kept * 12 / 1e6, "This is what the workers keep. What is left goes away."),
            (workers * (best - kept) * 12 / 1e6, "This takes the highest pay. Take the lowest."),
            (key / 12, "This is one month. The question asks for a year."),
        ),
    )


def _workers_needed() -> Exercise:
    claim = _estimate("inhl_2012")
    pay = next(r for r in _records("labor_wages") if r["source"] == "us_state_2017_tt")
    low, high = claim["low_usd_million"] * 1e6, claim["high_usd_million"] * 1e6
    least, best = pay["gross_low_usd_month"], pay["gross_high_usd_month"]
    key = low / best / 12
    return Exercise(
        key,
        "Only one of those who repeat the billions names as many people. And all of them would "
        "need the best pay, and keep nothing of it.",
        "What does one worker with the best pay bring in a year? See how often that fits into the "
        "lowest sum, in the same unit.",
        mistakes=(
            (low / best, "You divide a year's income by a month's pay. A year has 12 months."),
            (low / least / 12, "This takes the lowest pay. The question asks for the highest."),
            (high / best / 12, "This starts from the top of the range. Take the lowest sum."),
            (key / 1e6, "The income is in million dollars, the pay in dollars. Use one unit."),
        ),
    )


check = Checker(answers)


# Explore -------------------------------------------------------------------------------------


def explorer():
    """Return the explorer: choose host, workers, wage and share, and see the state's income."""
    hosts = _hosts()
    place = {"low": 0, "high": 100, "step": 10, "start": 50}
    controls = {
        "host": Choice("Host and year", [*hosts]),
        "workers": Slider("Workers, 0 to 100", **place),
        "wage": Slider("Wage, 0 to 100", **place),
        "share": Slider("Share, 0 to 100", **place),
    }
    frames = [{"host": label} for label in hosts if not label.startswith(("Gulf", "Mongolia"))]
    source = data.read("labor_model_parameters")
    return make_explorer(functools.partial(_draw_model, hosts), controls, frames, source)


def _hosts() -> dict[str, list[dict]]:
    """Return the rows of the model by label: all hosts of 2017 together, then each row."""
    rows = data.read("labor_model_parameters")
    last = rows["year"].max()
    it = (rows["who"] == "IT workers") & (rows["year"] == last)
    rows = rows[(rows["who"] == "workers abroad") | it].to_dict("records")
    whole = [row for row in rows if row["year"] == 2017]
    single = {f"{row['host']} {row['year']}": [row] for row in rows}
    return {f"All {len(whole)} hosts 2017": whole, **single}


def _setting(rows: list[dict], places: dict[str, float]) -> dict[str, float]:
    """Return persons, mean wage, mean share and income when each input stands at its place."""
    persons, wage, share = (
        np.array([low + (high - low) * places[what] / 100 for low, high in _all_ends(rows, what)])
        for what in _INPUTS
    )
    paid, taken = persons * wage, persons * wage * share / 100
    return {
        "workers": persons.sum(),
        "wage": paid.sum() / persons.sum(),
        "share": 100 * taken.sum() / paid.sum(),
        "income": taken.sum() * 12 / 1e6,
    }


def _all_ends(rows: list[dict], what: str) -> list[tuple[float, float]]:
    return [_ends(row, what) for row in rows]


_PICTURE = {
    "workers": "{:,.0f} persons",
    "wage": "{:,.0f} USD a month",
    "share": "{:.0f} percent",
    "income": "{:,.0f} million USD a year",
}


def _draw_model(hosts: dict, fig, host: str, workers: int, wage: int, share: int) -> str:
    """Draw where each input stands among its reports, and the result; return the alt text."""
    rows, places = hosts[host], {"workers": workers, "wage": wage, "share": share}
    now, ends = _setting(rows, places), {}
    for name in places:
        ends[name] = [_setting(rows, places | {name: end})[name] for end in (0, 100)]
    ends["income"] = [_setting(rows, dict.fromkeys(places, end))["income"] for end in (0, 100)]
    top = {name: 1.1 * high for name, (_, high) in ends.items()}
    top["income"] = 900 if len(rows) > 1 else 450
    for y, name in zip((0.71, 0.51, 0.31, 0.11), now, strict=True):
        _draw_bar(fig, y, name, now[name], ends[name], top[name])
    overlap = " (also in lesson 3)" if rows[0]["who"] == "IT workers" else ""
    title = f"{host}: {_PICTURE['income'].format(now['income'])}"
    fig.text(0.012, 0.93, title, size=14, weight="bold")
    subtitle = f"The state's income{overlap}; each line from 0; pale: lowest to highest report"
    fig.text(0.012, 0.87, subtitle, size=10.5)
    low, high = ends["income"]
    return (
        f"Model of the state's income from {host}{overlap}. Three bars show where workers, wage "
        f"and state share stand between the lowest and the highest report: {now['workers']:,.0f} "
        f"persons, {now['wage']:,.0f} dollars a month, {now['share']:.0f} percent. The result is "
        f"{now['income']:,.0f} million dollars a year; all reports together allow {low:,.0f} to "
        f"{high:,.0f}."
    )


def _draw_bar(fig, y: float, name: str, value: float, ends: list[float], top: float) -> None:
    """Draw a line from 0 to ``top``, a pale bar between ``ends`` with their numbers, and a dot.

    All stands on the figure itself, without axes, which would double the time.
    """
    low, high, dot = (0.145 + 0.8 * number / top for number in (*ends, value))
    for x, look in (
        ((0.145, 0.945), {"color": charts.GREY, "linewidth": 1}),
        ((low, high), {"color": PALE, "linewidth": 9, "solid_capstyle": "butt"}),
        ((dot, dot), {"color": COLOUR, "marker": "o", "markersize": 12}),
    ):
        fig.add_artist(Line2D(x, (y, y), **look))
    fig.text(0.12, y, name, ha="right", va="center", fontsize=11)
    fig.text(0.145, y + 0.04, _PICTURE[name].format(value), fontweight="bold", fontsize=11)
    left = "left" if low < 0.2 else "right"
    fig.text(low, y - 0.075, f"{ends[0]:,.0f}", color=charts.GREY, ha=left)
    if low < high:
        fig.text(high, y - 0.075, f"{ends[1]:,.0f}", color=charts.GREY)


# Income --------------------------------------------------------------------------------------


def income() -> pd.DataFrame:
    """Return what foreign labor brings in a year, in USD million.

    Items: "workers abroad" three times, by the published estimates of each family and by the
    model; single hosts by the model; "Kaesong wages" (gross receipts: all that was paid; state
    take: the part that was kept); "IT workers", who overlap with lesson 3. Never add the three
    "workers abroad" of one year.

    Returns
    -------
    DataFrame
        See `utils.results.income_frame`.
    """
    return income_frame([*_published(), *_modelled(), *_kaesong(), *_it_workers()])


def _published() -> list[dict]:
    """One row a family and year: estimates of its own, no copies; a bound alone gives no row."""
    rows = estimates()
    rows = rows[(rows["family"] != "both") & ~rows["lineage"].isin(COPIES)]
    found = []
    for (family, year), some in rows.groupby(["family", "year"]):
        low, point, high = (some[name] for name in AMOUNTS)
        if not (point.notna() | (low.notna() & high.notna())).any():
            continue
        middles = some[AMOUNTS].mean(axis=1)
        alone = "; one figure, published without a range" if len(some) == 1 and point.any() else ""
        found.append(
            income_row(
                year,
                f"workers abroad ({family})",
                "state take",
                (some[AMOUNTS].min().min(), middles.median(), some[AMOUNTS].max().max()),
                f"published estimates without copies ({len(some)}); low and high: the outermost "
                f"figures named; central: median of their middles{alone}",
                some,
            )
        )
    return found


def _modelled(who: str = "workers abroad") -> list[dict]:
    """One row a year: the product of the ranges, all low, all in the middle, all high."""
    rows = data.read("labor_model_parameters")
    found = []
    for year, some in rows[rows["who"] == who].groupby("year"):
        result = model(**ranges_of(int(year), who))
        one_host = who == "workers abroad" and len(some) == 1
        found.append(
            income_row(
                year,
                f"workers in {some['host'].iloc[0]} (model)" if one_host else f"{who} (model)",
                "state take",
                (result.low, result.central, result.high),
                "workers times wage times state share times 12 months for "
                f"{', '.join(some['host'])}; all low, all in the middle, all high",
                some,
            )
        )
    return found


def _kaesong() -> list[dict]:
    bills = data.read("kaesong").set_index("year")
    parts = data.read("labor_model_parameters").query("who == 'Kaesong'")
    kept = Range.between(*(parts[name].iloc[0] / 100 for name in SHARE))
    found = []
    for year, (span, basis) in wage_bills().items():
        used = bills.loc[[year], ["wage_bill_source", "wage_bill_grade"]].dropna()
        split = used.empty
        used = _used_for_split() if split else used
        taken = span * kept
        found += [
            income_row(
                year,
                "Kaesong wages",
                "gross receipts",
                (span.low, span.central, span.high),
                f"{basis}; all of it was paid to the state first",
                used,
            )
            | ({"grade": "C"} if split else {}),
            income_row(
                year,
                "Kaesong wages",
                "state take",
                (taken.low, taken.central, taken.high),
                f"{basis}; times the share that the state kept, as reported from 2011 to 2016",
                [used, parts],
            ),
        ]
    return found


def _used_for_split() -> list:
    """Return the rows behind the split of the residual into 2013 and 2014."""
    totals = data.read("kaesong_totals").query("measure == 'wage bill'")
    table = data.read("kaesong").set_index("year")
    pay = table.loc[[2014], ["average_wage_source", "average_wage_grade"]]
    return [totals, pay, table.loc[[2013, 2015], ["workers_source", "workers_grade"]]]


def _it_workers() -> list[dict]:
    """One row a year: a published figure or range, else the model."""
    rows = data.read("labor_income_estimates").query("scope == 'IT workers'")
    found = {}
    for number, (low, point, high) in rows[AMOUNTS].astype(float).T.items():
        row = rows.loc[[number]]
        values = (point, point, point) if pd.notna(point) else (low, (low + high) / 2, high)
        if pd.notna(values[1]):
            concept = "state take" if pd.notna(point) else "gross receipts"
            basis = "published estimate; central: the middle"
            year = int(row["year"].iloc[0])
            found[year] = income_row(year, "IT workers", concept, values, basis, row)
    modelled = {row["year"]: row | {"item": "IT workers"} for row in _modelled("IT workers")}
    once = "; overlaps with lesson 3, count once"
    return [row | {"basis": row["basis"] + once} for row in (modelled | found).values()]


# Verdicts ------------------------------------------------------------------------------------


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims L1 to L5; see `utils.results.verdict_frame`."""
    return verdict_frame(
        [_verdict_l1(), _verdict_l2(), _verdict_l3(), _verdict_l4(), _verdict_l5()]
    )


def _verdict_l1() -> dict:
    rows = world()
    lowest, last = rows["lowest"].min(), rows[rows["year"] == rows["year"].max()].iloc[-1]
    more = "tens of thousands rather than thousands" if lowest >= 20_000 else "thousands"
    return verdict_row(
        "L1",
        "holds" if lowest >= 2000 else "holds in part" if lowest > 0 else "not supported",
        lowest,
        "persons",
        f"No published total since 2012 is below {lowest:,.0f}: {more}. The latest, about "
        f"{last['highest']:,.0f} for {last['year']}, is one state's word, and nobody has counted.",
        rows,
    )


def _verdict_l2() -> dict:
    shares = by_source()
    both = shares["China"] + shares["Russia"]
    years = shares.index.str[-4:]
    return verdict_row(
        "L2",
        "holds" if both.min() > 50 else "holds in part" if both.max() > 50 else "not supported",
        both.min(),
        "percent of workers abroad",
        f"China and Russia together have {both.min():.0f} to {both.max():.0f} percent in the "
        f"{len(both)} sources that count both, from {years.min()} to {years.max()}. For China "
        "these are estimates without a count.",
        shares,
    )


def _verdict_l3() -> dict:
    rows = named_sectors()
    named = rows.groupby("sector")["source"].nunique().sort_values(ascending=False)
    counts = named.reindex(list(CLAIMED), fill_value=0)
    hit = [name for name in CLAIMED if name in named.index[:3]]
    weak = counts.drop(hit)
    more = named.index[named > weak.max()].difference(CLAIMED, sort=False) if len(weak) else []
    listed = ", ".join(f"{name} by {count}" for name, count in counts.items())
    left_out = (
        f" The article leaves out {', '.join(more)}: each is named more often than "
        f"{' or '.join(weak.index)}."
        if len(more)
        else ""
    )
    return verdict_row(
        "L3",
        "holds" if len(hit) == 3 else "holds in part" if hit else "not supported",
        len(hit),
        "of the three claimed sectors among the three most often named",
        f"Sources that name them: {listed}.{left_out}",
        rows,
    )


def _verdict_l4() -> dict:
    rows = taken_abroad()
    median = rows["middle"].median()
    return verdict_row(
        "L4",
        "holds" if median > 50 else "holds in part" if median > 25 else "not supported",
        median,
        "percent of pay",
        f"In {len(rows)} reports the state side takes {rows['middle'].min():.0f} to "
        f"{rows['middle'].max():.0f} percent, median {median:.0f}. It is a quota kept back by the "
        "sending firm rather than a tax, and most reports are of grade D.",
        rows,
    )


def _verdict_l5() -> dict:
    exports = data.read("trade_annual").query("series == 'customs_exports_to_china'")
    sold = exports.set_index("year")["value_usd_million"]
    found = income_frame(_published()).query("item.str.contains('hundreds')").set_index("year")
    low, high = (100 * found.loc[2017, name] / sold[2017] for name in ("low", "high"))
    last = found.index.max()
    wages = data.read("labor_wages").query("who == 'workers abroad'")
    highest = wages[["gross_low_usd_month", "gross_high_usd_month"]].max().max()
    needed = implied().query("family == 'billions'")["low"].max()
    doubt = (
        f" The billions often quoted need {needed:,.0f} dollars a month from each worker; the "
        f"highest pay reported is {highest:,.0f}."
    )
    return verdict_row(
        "L5",
        "holds" if low >= 10 else "holds in part" if high >= 10 else "not supported",
        low,
        "percent of goods exports to China in 2017",
        f"In 2017 the lower estimates, {found.loc[2017, 'low']:.0f} to "
        f"{found.loc[2017, 'high']:.0f} million dollars, were {low:.0f} to {high:.0f} percent of "
        f"all goods sold to China. For {last} the one figure published is "
        f"{100 * found.loc[last, 'central'] / sold[last]:.0f} percent, since exports had shrunk."
        + (doubt if needed > highest else ""),
        [
            found.loc[[2017, last], ["sources", "grade"]],
            exports[exports["year"].isin([2017, last])],
        ],
    )
