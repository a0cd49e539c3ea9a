"""What belongs to lesson 4, foreign labor, only."""

from __future__ import annotations

import statistics

import numpy as np
import pandas as pd

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice, Slider
from utils.explorers import explorer as make_explorer
from utils.ranges import Range
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["labor"]
PALE = charts.tint(COLOUR, 0.3)
SHARE = ["state_share_low_percent", "state_share_high_percent"]
#: Lineages that repeat a number instead of finding one.
COPIES = ("repeat", "variant")
#: What the article says about sectors, in the words of the tables.
CLAIMED = ("construction", "mining", "farming")


def russia() -> pd.DataFrame:
    """Return every count of North Koreans in Russia since 2012, one row a count.

    Returns
    -------
    DataFrame
        Columns year, counted (permission, people present, arrivals), value in persons, limit
        ("at least", "about" or "at most"), source and grade. Regions and single camps are left
        out, and the US figure of "before the ban", which has no year of its own. Arrivals are
        border entries of whole years for all purposes, and one press figure.
    """
    workers = data.read("labor_workers").query(
        "host == 'Russia' and place.isna() and year >= 2012 and source != 'us_2020_reuters'"
    )
    names = {"low_persons": "at least", "point_persons": "about", "high_persons": "at most"}
    keep = ["year", "counted", "source", "grade"]
    counts = workers.rename(columns=names).melt(keep, [*names.values()], "limit").dropna()
    entries = data.read("labor_russia_entries").query(
        "part == 'year' and counted == 'border entries' and purpose == 'all'"
    )
    entries = entries.assign(counted="arrivals", limit="about", value=entries["count"])
    both = pd.concat([counts, entries[[*keep, "limit", "value"]]], ignore_index=True)
    both["value"] = both["value"].astype(float)
    return both.sort_values(["counted", "year"], ignore_index=True)


def draw_counts(ax, rows: pd.DataFrame) -> None:
    """Draw the counts of one kind: a dot, or an arrowhead for a bound; pale for grades C and D."""
    marks = {"at least": "^", "about": "o", "at most": "v"}
    for (grade, limit), some in rows.sort_values("grade").groupby(["grade", "limit"]):
        strong = grade in "AB"
        ax.plot(
            some["year"],
            some["value"],
            marks[limit],
            color=COLOUR,
            mfc=COLOUR if strong else "white",
            ms=6 if strong else 9,
            zorder=4 if strong else 3,
            clip_on=False,
        )
    ax.set(xlim=(2011.5, 2025.5), ylim=(0, 50_000), yticks=[0, 20_000, 40_000])
    ax.set_title(_COUNTED[rows["counted"].iloc[0]])
    ax.yaxis.set_major_formatter("{x:,.0f}")


_COUNTED = {
    "people present": "People present (stock)",
    "permission": "Permission: quota, permits, visas",
    "arrivals": "Arrivals (flow)",
}


def quarters() -> pd.DataFrame:
    """Return border entries into Russia by quarter, 2023-Q3 on: study, other purposes, not split.

    Returns
    -------
    DataFrame
        Persons; one row a quarter ("2024-Q1"), in the order of time. A quarter with a total but
        without purposes stands under "purpose not known"; one that was not published is blank.
    """
    entries = data.read("labor_russia_entries").query("counted == 'border entries'")
    entries = entries[entries["part"].str.startswith("Q") & (entries["year"] >= 2023)]
    quarter = entries["year"].astype(str) + "-" + entries["part"]
    table = entries.assign(quarter=quarter).pivot(
        index="quarter", columns="purpose", values="count"
    )
    split = table["study"].notna()
    return pd.DataFrame(
        {
            "study": table["study"],
            "other purposes": (table["all"] - table["study"]).where(split),
            "purpose not known": table["all"].where(~split),
        }
    ).astype("Float64")


def draw_quarters(ax, table: pd.DataFrame) -> None:
    """Draw the quarters as stacked bars and say which were not published."""
    places = np.arange(len(table))
    grey = charts.tint(charts.GREY, 0.45)
    looks = {"study": COLOUR, "other purposes": grey, "purpose not known": PALE}
    below = np.zeros(len(table))
    for name, colour in looks.items():
        values = table[name].fillna(0).to_numpy(dtype=float)
        ax.bar(places, values, bottom=below, color=colour, label=name, width=0.7)
        below += values
    for place in places[table.isna().all(axis=1)]:
        ax.text(place, 150, "not\npublished", ha="center", fontsize=8.5, color=charts.INK)
    ax.set_xticks(places, [name.replace("-", "\n") for name in table.index])
    ax.set_ylim(0, 1.1 * below.max())
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.legend(loc="upper left")


def write_shares(ax, table: pd.DataFrame) -> None:
    """Write the wage bill in percent of output above each bar; "?" where it is not known."""
    for year, row in table.iterrows():
        share = 100 * row["wage_bill_usd_million"] / row["production_usd_million"]
        text = "?" if pd.isna(share) else f"{share:.0f}"
        ax.annotate(
            text,
            (year, row["production_usd_million"]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9.5,
            fontweight="bold",
            color=COLOUR,
        )


def residual() -> float:
    """Return the wage bill of Kaesong's years without one, together, in USD million.

    It is the published total of 2004 to 2015 minus the wage bills of all other years.
    """
    published = data.read("kaesong_totals").query("measure == 'wage bill'")
    last = published.sort_values("month")["total_usd_million"].iloc[-1]
    return float(last - data.read("kaesong")["wage_bill_usd_million"].sum())


def by_source() -> pd.DataFrame:
    """Return, for each source that counts the world, China and Russia in one year, their shares.

    Returns
    -------
    DataFrame
        Percent of all workers abroad, middle of each range; index the publisher and year,
        columns China, Russia, elsewhere; then source and grade.
    """
    rows = data.read("labor_workers").query(
        "place.isna() and counted == 'people present' and host in ['World', 'China', 'Russia']"
    )
    rows = rows[rows["sector"] != "IT"]
    persons = rows[["low_persons", "point_persons", "high_persons"]].astype("float64").mean(axis=1)
    wide = rows.assign(persons=persons).pivot_table(
        index=["year", "source"], columns="host", values="persons"
    )
    wide = wide.dropna()[["China", "Russia", "World"]]
    shares = 100 * wide[["China", "Russia"]].div(wide["World"], axis=0)
    shares["elsewhere"] = 100 - shares.sum(axis=1)
    shares = shares.reset_index()
    grade = rows.drop_duplicates("source").set_index("source")["grade"]
    shares["grade"] = shares["source"].map(grade)
    names = [data.cite(source) for source in shares["source"]]
    shares.index = pd.Index(
        [f"{name}, {year}" for name, year in zip(names, shares["year"], strict=True)], name="source"
    )
    shares = shares.rename(columns={"source": "ids"})
    return shares[["China", "Russia", "elsewhere", "grade", "ids"]].rename(
        columns={"ids": "sources"}
    )


def draw_by_source(ax, shares: pd.DataFrame) -> None:
    """Draw the shares as bars that add up to 100 percent, with the percent written in."""
    grey = charts.GREY
    looks = {"China": COLOUR, "Russia": charts.tint(grey, 0.5), "elsewhere": charts.tint(grey, 0.2)}
    places, left = np.arange(len(shares))[::-1], np.zeros(len(shares))
    for name, colour in looks.items():
        values = shares[name].to_numpy(dtype=float)
        ax.barh(places, values, left=left, color=colour, height=0.6)
        for place, start, value in zip(places, left, values, strict=True):
            ink = "white" if name == "China" else charts.INK
            ax.text(start + value / 2, place, f"{value:.0f}", ha="center", va="center", color=ink)
        ax.text(left[0] + values[0] / 2, places[0] + 0.4, name, ha="center", fontweight="bold")
        left += values
    ax.set_yticks(places, shares.index)
    ax.set(xlim=(0, 100), ylim=(-0.5, len(shares) - 0.25))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    ax.xaxis.set_major_formatter("{x:.0f} %")


def sectors() -> pd.DataFrame:
    """Return how many sources name each sector in ``labor_workers``, and in how many hosts.

    Returns
    -------
    DataFrame
        One row a sector, most often named first: sources, hosts (World left out), and claimed
        (True if the article names it).
    """
    rows = data.read("labor_workers").query("sector != 'all'")
    rows = rows.assign(sector=rows["sector"].str.split(";")).explode("sector")
    table = pd.DataFrame(
        {
            "sources": rows.groupby("sector")["source"].nunique(),
            "hosts": rows[rows["host"] != "World"].groupby("sector")["host"].nunique(),
        }
    )
    table = table.fillna(0).astype(int)
    table["claimed"] = table.index.isin(CLAIMED)
    return (
        table.reset_index()
        .sort_values(["sources", "hosts", "sector"], ascending=[False, False, True])
        .set_index("sector")
    )


def across(ax) -> None:
    """Give horizontal bars their grid, and room for the texts at their ends."""
    ax.margins(x=0.14)
    ax.locator_params(axis="x", nbins=5)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_formatter("{x:,.0f}")


def write_bars(ax, texts: list[str], values) -> None:
    """Write a text at the right end of each horizontal bar, the first bar on top."""
    for place, (text, value) in enumerate(
        zip(reversed(texts), reversed(list(values)), strict=True)
    ):
        ax.annotate(
            text,
            (value, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
        )


def share_bars() -> pd.DataFrame:
    """Return the reports on the state's share of pay abroad, the highest first.

    Returns
    -------
    DataFrame
        Columns label, year, low, high and middle in percent (one bound alone stands for all
        three), source and grade.
    """
    rows = data.read("labor_wages").query("who == 'workers abroad'").dropna(subset=SHARE, how="all")
    kind = (", " + rows["sector"]).where(rows["sector"] != "all", "")
    table = pd.DataFrame(
        {
            "label": rows["host"] + " " + rows["year"].astype(str) + kind,
            "year": rows["year"],
            "low": rows[SHARE].min(axis=1),
            "high": rows[SHARE].max(axis=1),
            "middle": rows[SHARE].mean(axis=1),
            "source": rows["source"],
            "grade": rows["grade"],
        }
    )
    return table.sort_values(["middle", "label"], ascending=[False, True], ignore_index=True)


def two_families() -> pd.DataFrame:
    """Return the estimates of all workers abroad that are no copies, of both families."""
    rows = data.read("labor_income_estimates").query("scope == 'all workers abroad'")
    return rows[~rows["lineage"].isin(COPIES)]


def ranges_of(year: int = 2017) -> dict[str, Range]:
    """Return the inputs of the model of one year, by name as "workers in Russia".

    Each runs from the lowest to the highest report, with the middle as its central value:
    workers in persons, wage in USD a month, share in percent. Soldiers, IT workers and Kaesong
    are left out.
    """
    rows = data.read("labor_model_parameters")
    rows = rows[(rows["year"] == year) & (rows["who"] == "workers abroad")]
    return {
        f"{what} in {row['host']}": Range.between(
            row[f"{name}_low_{unit}"], row[f"{name}_high_{unit}"]
        )
        for row in rows.to_dict("records")
        for what, (name, unit) in _INPUTS.items()
    }


_INPUTS = {
    "workers": ("workers", "persons"),
    "wage": ("wage", "usd_month"),
    "share": ("state_share", "percent"),
}


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


def draw_tornado(ax, table: pd.DataFrame, centre: float) -> None:
    """Draw one bar an input, widest on top, around the result at the central values."""
    places = np.arange(len(table))[::-1]
    ax.barh(places, table["high"] - table["low"], left=table["low"], color=COLOUR, height=0.6)
    ax.axvline(centre, color=charts.INK, linewidth=1.2)
    ax.set_yticks(places, table["input"])
    room = 0.05 * table["spread"].max()
    ax.set_xlim(table["low"].min() - room, table["high"].max() + room)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def draw_families(ax, spans: dict[str, tuple[float, float]], top: float) -> None:
    """Draw spans in USD million above a histogram; the first is the model's own, drawn pale."""
    for level, (name, (low, high)) in enumerate(spans.items()):
        y = top * (1.14 if level == 0 else 1.44)
        colour = PALE if level == 0 else charts.INK
        ax.plot([low, high], [y, y], color=colour, linewidth=6, solid_capstyle="butt")
        text = f"{name}, {low:,.0f} to {high:,.0f}"
        if level == 0:
            ax.text(high + 25, y, text, va="center", fontsize=9.5)
        else:
            ax.text(low, y + top * 0.06, text, fontsize=9.5)
    ax.set(xlim=(0, 2400), ylim=(0, top * 1.65), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter("{x:,.0f}")


def implied() -> pd.DataFrame:
    """Return what each estimate with a number of workers needs per worker and month.

    Returns
    -------
    DataFrame
        One row an estimate of all workers abroad: label, low and high in USD a month (blank
        where the source gives only a bound on the other side), family, lineage, source, grade.
    """
    rows = data.read("labor_income_estimates").query("scope == 'all workers abroad'")
    rows = rows[rows["workers_low_persons"].notna() | rows["workers_high_persons"].notna()]
    few = rows["workers_low_persons"].fillna(rows["workers_high_persons"]).astype(float)
    many = rows["workers_high_persons"].fillna(rows["workers_low_persons"]).astype(float)
    low = rows["point_usd_million"].fillna(rows["low_usd_million"])
    high = rows["point_usd_million"].fillna(rows["high_usd_million"])
    # More than 90,000 workers share a sum: then the sum for each is a ceiling, not a figure.
    open_ended = rows["workers_high_persons"].isna() & rows["low_usd_million"].isna()
    table = rows.assign(
        label=[f"{data.cite(s)}, {y}" for s, y in zip(rows["source"], rows["year"], strict=True)],
        low=(low * 1e6 / many / 12).where(~open_ended),
        high=high * 1e6 / few / 12,
    )
    columns = ["label", "year", "low", "high", "family", "lineage", "source", "grade"]
    table = table[columns]
    table.loc[table["lineage"] == "compilation", "label"] += " (list)"
    needs = table[["low", "high"]].max(axis=1)
    order = table.assign(needs=needs).sort_values(["needs", "year"], ascending=[False, True])
    return order.drop(columns="needs").reset_index(drop=True)


def draw_implied(ax, rows: pd.DataFrame, pay: tuple[float, float]) -> None:
    """Draw what each estimate needs as a bar or, for a bound, an arrowhead; band: gross pay."""
    ax.axvspan(*pay, color=charts.tint(charts.GREY, 0.25), zorder=0)
    places = np.arange(len(rows))[::-1]
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        style = charts.grade_style(row["grade"], COLOUR)
        if row["low"] < row["high"]:
            ax.barh(place, row["high"] - row["low"], left=row["low"], height=0.55, **style)
            continue
        mark = ">" if pd.isna(row["high"]) else "<" if pd.isna(row["low"]) else "D"
        value = row["low"] if mark == ">" else row["high"]
        ax.plot(value, place, mark, color=COLOUR, mfc=style["facecolor"], ms=8)
    ax.set_yticks(places, rows["label"])
    ax.set(xlim=(0, 4000), ylim=(-0.7, len(rows) - 0.3))
    ax.text(np.mean(pay), len(rows) - 0.9, "gross pay", ha="center", va="top", fontsize=9)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.xaxis.set_major_formatter("{x:,.0f}")


def amount(row) -> str:
    """Return an estimate in words, as "1,200 to 2,300", "at most 300" or "500"."""
    low, point, high = (row[f"{n}_usd_million"] for n in ("low", "point", "high"))
    if pd.notna(point):
        return f"{point:,.0f}"
    if pd.notna(low) and pd.notna(high):
        return f"{low:,.0f} to {high:,.0f}"
    return f"more than {low:,.0f}" if pd.notna(low) else f"at most {high:,.0f}"


def draw_lineage(ax, rows: pd.DataFrame) -> None:
    """Draw each estimate at its year, and an arrow to each copy from the one that it copies."""
    rows = rows.sort_values(["root_year", "root", "year"], ignore_index=True)
    place = {source: len(rows) - 1 - k for k, source in enumerate(rows["source"])}
    year = dict(zip(rows["source"], rows["year"], strict=True))
    for row in rows.to_dict("records"):
        x, y = row["year"], place[row["source"]]
        copy = row["lineage"] in COPIES
        face = "white" if copy else COLOUR
        ax.plot(x, y, "o", color=COLOUR, mfc=face, ms=8, zorder=3)
        ax.text(x + 0.2, y, f"{row['name']}: {row['amount']}", va="center", fontsize=9.5)
        if copy:
            root = row["copies"]
            ax.plot([year[root]] * 2, [place[root], y], color=PALE, linewidth=1.6, zorder=1)
            ax.plot([year[root], x - 0.12], [y, y], color=PALE, linewidth=1.6, zorder=1)
    first, last = rows["year"].min(), rows["year"].max()
    ax.set(xlim=(first - 0.4, last + 3.4), ylim=(-0.7, len(rows) - 0.3), yticks=[])
    ax.set_xticks(range(first, last + 1))
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)


def families() -> pd.DataFrame:
    """Return the estimates of all workers abroad that were copied, with their copies.

    Returns
    -------
    DataFrame
        Columns of ``labor_income_estimates``, and name (publisher), amount in words (USD
        million), root (the estimate that the row goes back to) and its year.
    """
    rows = data.read("labor_income_estimates").query("scope == 'all workers abroad'")
    rows = rows.assign(root=rows["copies"].fillna(rows["source"]))
    rows = rows[rows["root"].isin(rows["copies"].dropna())]
    first = rows.set_index("source")["year"]
    return rows.assign(
        root_year=rows["root"].map(first),
        name=[data.cite(source) for source in rows["source"]],
        amount=[amount(row) for row in rows.to_dict("records")],
    )


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
        "4.6": _per_worker(),
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


def _per_worker() -> Exercise:
    row = _estimate("rfa_2024_poe")
    income, workers = row["point_usd_million"] * 1e6, row["workers_low_persons"]
    return Exercise(
        income / workers / 12,
        "Below the pay that most reports name. This can be true; the billions are hard to believe.",
        "Turn millions into dollars, divide by the workers, then by 12 months.",
        mistakes=(
            (income / workers, "This is for a year. Divide by 12 months."),
            (workers / (income / 1e6), "This is workers for each million. Turn the fraction over."),
            (income / workers / 52, "This is for a week. Divide the year by 12 months."),
        ),
    )


check = Checker(answers)


def explorer():
    """Return the explorer: choose host, workers, wage and share, and see the state's income."""
    labels = [*_hosts()]
    place = {"low": 0, "high": 100, "step": 10, "start": 50}
    controls = {
        "host": Choice("Host and year", labels),
        "workers": Slider("Workers: 0 lowest, 100 highest", **place),
        "wage": Slider("Wage: 0 lowest, 100 highest", **place),
        "share": Slider("Share: 0 lowest, 100 highest", **place),
    }
    frames = [{"host": label} for label in labels if not label.startswith(("Gulf", "Mongolia"))]
    return make_explorer(_draw_model, controls, frames)


def _hosts() -> dict[str, list[dict]]:
    """Return the rows of the model by label: all hosts of 2017 together, then each row."""
    rows = [r for r in _records("labor_model_parameters") if r["who"] in _PAID_ABROAD]
    last = max(row["year"] for row in rows)
    rows = [row for row in rows if row["who"] == "workers abroad" or row["year"] == last]
    whole = [row for row in rows if row["year"] == 2017 and row["who"] == "workers abroad"]
    single = {f"{row['host']} {row['year']}": [row] for row in rows}
    return {f"All {len(whole)} hosts 2017": whole, **single}


_PAID_ABROAD = ("workers abroad", "IT workers")
_PICTURE = {"workers": "{:,.0f} persons", "wage": "{:,.0f} USD a month", "share": "{:.0f} percent"}


def _setting(rows: list[dict], places: dict[str, float]) -> dict[str, float]:
    """Return persons, mean wage, mean share and income when each input stands at its place."""
    persons, wage, share = (
        np.array(
            [
                row[f"{name}_low_{unit}"]
                + (row[f"{name}_high_{unit}"] - row[f"{name}_low_{unit}"]) * places[what] / 100
                for row in rows
            ],
            dtype=float,
        )
        for what, (name, unit) in _INPUTS.items()
    )
    paid, taken = persons * wage, persons * wage * share / 100
    return {
        "workers": persons.sum(),
        "wage": paid.sum() / persons.sum(),
        "share": 100 * taken.sum() / paid.sum(),
        "income": taken.sum() * 12 / 1e6,
    }


def _draw_model(fig, host: str, workers: int, wage: int, share: int) -> str:
    """Draw where each input stands among its reports, and the result; return the alt text."""
    rows, places = _hosts()[host], {"workers": workers, "wage": wage, "share": share}
    now = _setting(rows, places)
    low, high = (_setting(rows, dict.fromkeys(places, end))["income"] for end in (0, 100))
    ax = fig.add_axes((0, 0, 1, 0.84), xlim=(-18, 106), ylim=(-4.25, 0.5))
    ax.set_axis_off()
    for y, (name, place) in enumerate(places.items()):
        ends = [_setting(rows, places | {name: end})[name] for end in (0, 100)]
        _draw_bar(ax, -y, name, (0, 100), place, ends)
        text = _PICTURE[name].format(now[name])
        ax.text(50, 0.2 - y, text, ha="center", fontweight="bold", fontsize=11)
    top = 900 if len(rows) > 1 else 450
    ax.plot([0, 100], [-3.2, -3.2], color=charts.GREY, linewidth=1)
    scale = [100 * value / top for value in (low, high, now["income"])]
    _draw_bar(ax, -3.2, "income", scale[:2], scale[2], [low, high])
    ax.text(0, -3.95, f"income drawn from 0 to {top} million USD a year", color=charts.GREY)
    overlap = " (also in lesson 3)" if rows[0]["who"] == "IT workers" else ""
    fig.text(
        0.012, 0.93, f"{host}: {now['income']:,.0f} million USD a year", size=14, weight="bold"
    )
    subtitle = f"The state's income{overlap}; pale: from the lowest to the highest report"
    fig.text(0.012, 0.87, subtitle, size=10.5)
    return (
        f"Model of the state's income from {host}{overlap}. Three bars show where workers, wage "
        f"and state share stand between the lowest and the highest report: {now['workers']:,.0f} "
        f"persons, {now['wage']:,.0f} dollars a month, {now['share']:.0f} percent. The result is "
        f"{now['income']:,.0f} million dollars a year; all reports together allow {low:,.0f} to "
        f"{high:,.0f}."
    )


def _draw_bar(ax, y: float, name: str, span, place: float, ends: list[float]) -> None:
    """Draw a pale bar over ``span`` with its ends in numbers, and a dot at ``place``."""
    ax.text(-3, y, name, ha="right", va="center", fontsize=11)
    ax.plot(span, [y, y], color=PALE, linewidth=9, solid_capstyle="butt")
    ax.plot(place, y, "o", color=COLOUR, markersize=12)
    near = span[1] - span[0] < 12
    ax.text(span[0], y - 0.36, f"{ends[0]:,.0f}", color=charts.GREY, ha="right" if near else "left")
    ax.text(span[1], y - 0.36, f"{ends[1]:,.0f}", color=charts.GREY, ha="left" if near else "right")


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
    return income_frame([*_estimates(), *_modelled(), *_kaesong(), *_it_workers()])


def _estimates() -> list[dict]:
    """One row a family and year: estimates of its own, no copies; a bound alone gives no row."""
    rows = data.read("labor_income_estimates").query("scope == 'all workers abroad'")
    rows = rows[rows["family"].isin(["hundreds of millions", "billions"])]
    rows = rows[~rows["lineage"].isin(COPIES)]
    columns = ["low_usd_million", "point_usd_million", "high_usd_million"]
    found = []
    for (family, year), some in rows.groupby(["family", "year"]):
        point = some["point_usd_million"].notna()
        span = some["low_usd_million"].notna() & some["high_usd_million"].notna()
        if not (point | span).any():
            continue
        values = some[columns]
        middles = values.mean(axis=1)
        alone = "; one figure, published without a range" if len(some) == 1 and point.any() else ""
        found.append(
            income_row(
                year,
                f"workers abroad ({family})",
                "state take",
                (values.min().min(), middles.median(), values.max().max()),
                f"published estimates without copies ({len(some)}); low and high: the outermost "
                f"figures named; central: median of their middles{alone}",
                some,
            )
        )
    return found


def _modelled() -> list[dict]:
    rows = data.read("labor_model_parameters").query("who == 'workers abroad'")
    found = []
    for year, some in rows.groupby("year"):
        result = model(**ranges_of(int(year)))
        hosts = [*some["host"]]
        item = "workers abroad (model)" if len(hosts) > 1 else f"workers in {hosts[0]} (model)"
        found.append(
            income_row(
                year,
                item,
                "state take",
                (result.low, result.central, result.high),
                f"workers times wage times state share times 12 months for {', '.join(hosts)}; "
                "all low, all in the middle, all high",
                some,
            )
        )
    return found


def _kaesong() -> list[dict]:
    bills, spans = data.read("kaesong"), wage_bills()
    parts = data.read("labor_model_parameters").query("who == 'Kaesong'")
    share = Range.between(*(parts[name].iloc[0] / 100 for name in SHARE))
    found = []
    for year, (span, basis) in spans.items():
        used = bills.loc[bills["year"] == year, ["wage_bill_source", "wage_bill_grade"]].dropna()
        split = used.empty
        used = _used_for_split() if split else used
        taken = span * share
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


def wage_bills() -> dict[int, tuple[Range, str]]:
    """Return Kaesong's wage bill by year as a range in USD million, and how it was found.

    2013 and 2014 are published only together, as a residual. The pay range of 2014, times the
    workers counted before and after, gives 2014; the rest is 2013.
    """
    table = data.read("kaesong").set_index("year")
    bills = {
        int(year): (
            Range.of(value),
            "published wage bill" if basis == "seen" else "wage bill from published totals",
        )
        for year, value, basis in table[["wage_bill_usd_million", "wage_bill_basis"]]
        .dropna()
        .itertuples()
    }
    gap = [int(year) for year in table.index if year not in bills]
    if gap == [2013, 2014]:
        pay = table.loc[2014, ["average_wage_low_usd_month", "average_wage_high_usd_month"]]
        around = sorted(table["workers_persons"].astype(float)[[2013, 2015]])
        later = Range.between(*pay.astype(float)) * Range.between(*around) * (12 / 1e6)
        bills[2014] = (later, "pay range of 2014 times workers counted before and after")
        bills[2013] = (residual() - later, "rest of the published total after all other years")
    return dict(sorted(bills.items()))


def _used_for_split() -> list:
    totals = data.read("kaesong_totals").query("measure == 'wage bill'")
    table = data.read("kaesong").set_index("year")
    pay = table.loc[[2014], ["average_wage_source", "average_wage_grade"]]
    return [totals, pay, table.loc[[2013, 2015], ["workers_source", "workers_grade"]]]


def _it_workers() -> list[dict]:
    rows = data.read("labor_income_estimates").query("scope == 'IT workers'")
    found = []
    for year, some in rows.groupby("year"):
        full = some.dropna(subset=["low_usd_million", "high_usd_million"])
        point = some["point_usd_million"].dropna()
        if len(point):
            span, concept = Range.of(point.iloc[0]), "state take"
        elif len(full):
            span = Range.between(full["low_usd_million"].min(), full["high_usd_million"].max())
            concept = "gross receipts"
        else:
            continue
        basis = "published estimate" + ("" if len(point) else "; central: the middle of the range")
        found.append(
            income_row(
                year,
                "IT workers",
                concept,
                (span.low, span.central, span.high),
                f"{basis}; overlaps with lesson 3, count once",
                some,
            )
        )
    rows = data.read("labor_model_parameters").query("who == 'IT workers'")
    rows = rows[~rows["year"].isin([row["year"] for row in found])]
    for row in rows.to_dict("records"):
        spans = [
            Range.between(row[f"{name}_low_{unit}"], row[f"{name}_high_{unit}"])
            for name, unit in _INPUTS.values()
        ]
        result = spans[0] * spans[1] * spans[2] * (12 / 100 / 1e6)
        found.append(
            income_row(
                row["year"],
                "IT workers",
                "state take",
                (result.low, result.central, result.high),
                "model: workers times wage times state share times 12 months; overlaps with "
                "lesson 3, count once",
                rows[rows["year"] == row["year"]],
            )
        )
    return found


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims L1 to L5; see `utils.results.verdict_frame`."""
    return verdict_frame(
        [_verdict_l1(), _verdict_l2(), _verdict_l3(), _verdict_l4(), _verdict_l5()]
    )


def world() -> pd.DataFrame:
    """Return the published totals of workers abroad since 2012, without those of IT workers only.

    Columns as in ``labor_workers``, and lowest and highest: the outermost number of each row.
    """
    rows = data.read("labor_workers").query("host == 'World' and year >= 2012 and sector != 'IT'")
    bounds = rows[["low_persons", "point_persons", "high_persons"]].astype("float64")
    return rows.assign(lowest=bounds.min(axis=1), highest=bounds.max(axis=1))


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
        shares[["sources", "grade"]],
    )


def _verdict_l3() -> dict:
    table = sectors()
    counts = {name: int(table["sources"].get(name, 0)) for name in CLAIMED}
    hit = [name for name in CLAIMED if name in table.index[:3]]
    weak = [name for name in CLAIMED if name not in hit]
    most = max((counts[name] for name in weak), default=table["sources"].max())
    more = table.index[(table["sources"] > most) & ~table["claimed"]]
    listed = ", ".join(f"{name} by {count}" for name, count in counts.items())
    left_out = (
        f" The article leaves out {', '.join(more)}: each is named more often than "
        f"{' or '.join(weak)}."
        if len(more)
        else ""
    )
    return verdict_row(
        "L3",
        "holds" if len(hit) == 3 else "holds in part" if hit else "not supported",
        len(hit),
        "of the three claimed sectors among the three most often named",
        f"Sources that name them: {listed}.{left_out}",
        data.read("labor_workers").query("sector != 'all'"),
    )


def _verdict_l4() -> dict:
    rows = data.read("labor_wages").query("who == 'workers abroad'").dropna(subset=SHARE, how="all")
    middles = rows[SHARE].mean(axis=1)
    median = middles.median()
    return verdict_row(
        "L4",
        "holds" if median > 50 else "holds in part" if median > 25 else "not supported",
        median,
        "percent of pay",
        f"In {len(rows)} reports the state side takes {middles.min():.0f} to {middles.max():.0f} "
        f"percent, median {median:.0f}. It is a quota kept back by the sending firm rather than a "
        "tax, and most reports are of grade D.",
        rows,
    )


def _verdict_l5() -> dict:
    families = income_frame(_estimates()).query("item.str.contains('hundreds')")
    exports = data.read("trade_annual").query("series == 'customs_exports_to_china'")
    sold = exports.set_index("year")["value_usd_million"]
    rows = families.set_index("year").loc[[2017]]
    low, high = (100 * rows[name].iloc[0] / sold[2017] for name in ("low", "high"))
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
        f"In 2017 the lower estimates, {rows['low'].iloc[0]:.0f} to {rows['high'].iloc[0]:.0f} "
        f"million dollars, were {low:.0f} to {high:.0f} percent of all goods sold to China."
        + (doubt if needed > highest else ""),
        [rows[["sources", "grade"]].reset_index(drop=True), exports.query("year == 2017")],
    )
