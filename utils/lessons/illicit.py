"""What belongs to lesson 3, illicit activities, only."""

from __future__ import annotations

import pandas as pd

from utils import charts, data
from utils.ranges import Range
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["illicit"]
#: The article appeared in this year; a claim in the present tense is about the years before it.
ARTICLE = 2023
RECENT = 3


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
        f"The quality is not in doubt, the scale was small: about {seized:.0f} million dollars "
        f"seized in sixteen years, and an income estimated at {low:.0f} to {high:.0f} million a "
        f"year. The last seizure in our tables is of {last}.",
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
    last, later = int(banks["year"].max()), money.loc[money["year"] <= ARTICLE, "year"].max()
    verdict = "holds" if _is_recent(last) else "out of date"
    if verdict == "out of date" and pd.notna(later) and _is_recent(later):
        verdict = "holds in part"
    return verdict_row(
        "I3",
        verdict,
        banks["usd_million"].sum(),
        f"USD million taken from banks, {banks['year'].min()}-{last}",
        f"Banks were robbed from {banks['year'].min()} to {last}: "
        f"{banks['usd_million'].sum():.0f} million dollars. Where the sum tried is known, the "
        f"thieves got {part:.1f} percent of it. No bank stands in the list after that; payment "
        f"firms for cryptocurrency do.",
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
        f"of all cryptocurrency in our list of thefts, {len(blamed)} times with an official "
        "statement that blames North Korea. Bridges, other services and private holders lost "
        "the rest.",
        recent,
    )
