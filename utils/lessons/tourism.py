"""What belongs to lesson 5, tourism, only."""

from __future__ import annotations

import pandas as pd

from utils import charts, data
from utils.checks import Checker, Exercise
from utils.explorers import Choice, Slider
from utils.explorers import explorer as make_explorer
from utils.ranges import Range
from utils.results import income_frame, income_row, verdict_frame, verdict_row

COLOUR = charts.COLOURS["tourism"]
MILLION = 1e6
#: The month in which the article appeared.
ARTICLE = "2023-11"

#: The kinds of event in the timeline, from bottom to top, with their marker.
KINDS = {"seizure": "X", "restriction": "s", "closing": "v", "opening": "^"}


def event(date: str) -> pd.Timestamp:
    """Return the day of the event of ``tourism_events`` that bears this date.

    Raises
    ------
    data.DataError
        If no event has this date.
    """
    dates = data.read("tourism_events")["date"]
    if date not in set(dates):
        raise data.DataError(f"No event of tourism_events has the date {date!r}.")
    return pd.Timestamp(date)


def closings() -> pd.DataFrame:
    """Return the closings whose length is known, the longest first.

    Returns
    -------
    DataFrame
        Columns label, low, high (days shut), event, source and grade. Where the opening that ended
        a closing is listed, the days are counted between the two dates; a date known to the month
        only gives a low and a high. Otherwise they are the days that the source names.
    """
    events = data.read("tourism_events").query("kind == 'closing'")
    known = events.dropna(subset=["reopened", "about_days"], how="all")
    days = pd.DataFrame([_days(row) for row in known.to_dict("records")], known.index)
    label = known["label"] + ", " + known["date"].str[:4]
    columns = ["label", "low", "high", "event", "source", "grade"]
    return known.assign(label=label, **days)[columns].sort_values("high", ascending=False)


def _days(row: dict) -> dict[str, int]:
    if pd.isna(row["reopened"]):
        return {"low": row["about_days"], "high": row["about_days"]}
    first, last = pd.Period(row["date"]), pd.Period(row["reopened"])
    shortest = last.start_time - first.end_time.normalize()
    longest = last.end_time.normalize() - first.start_time
    return {"low": shortest.days, "high": longest.days}


def days_shut() -> int:
    """Return the days of the longest closing whose length is known: that for COVID-19."""
    return int(closings()["high"].max())


def shut_at(month: str) -> bool:
    """Return whether a closing with a known end covers the ``month``, as "2023-11"."""
    ended = data.read("tourism_events").dropna(subset="reopened")
    return bool(((ended["date"] <= month) & (ended["reopened"] > month)).any())


def draw_timeline(ax, events: pd.DataFrame) -> None:
    """Draw each event as a marker on the line of its kind, and shade the days shut."""
    for place, (kind, marker) in enumerate(KINDS.items()):
        rows = events[events["kind"] == kind]
        ink = COLOUR if kind == "opening" else charts.INK
        when = pd.to_datetime(rows["date"], format="ISO8601")
        ax.plot(when, [place] * len(rows), marker, color=ink, markersize=7, alpha=0.75)
    covid = events[events["label"] == "COVID-19"].iloc[0]
    shut = (pd.Timestamp(covid[name]) for name in ("date", "reopened"))
    ax.axvspan(*shut, color=charts.tint(charts.GREY, 0.3))
    ax.set_yticks(range(len(KINDS)), [f"{kind}s" for kind in KINDS])
    ax.set(xlim=(pd.Timestamp("1986-01-01"), pd.Timestamp("2027-01-01")), ylim=(-0.6, 3.6))
    ax.tick_params(axis="y", length=0)


def best_visitors() -> pd.Series:
    """Return the best count of visitors to Mount Kumgang by year, in persons."""
    return data.read("kumgang_visitors").query("best").set_index("year")["visitors"]


def _audit() -> pd.DataFrame:
    """Return the audited business fees of whole years, by year."""
    fees = data.read("kumgang_payments").query("item == 'business fee' and basis == 'seen'")
    year = fees["start"].str[:4]
    whole = (fees["start"] == year + "-01") & (fees["end"] == year + "-12")
    return fees[whole].assign(year=year.astype(int)).set_index("year")


def paid() -> pd.Series:
    """Return the audited business fee of each whole year, in USD million."""
    return _audit()["value_usd_million"]


def per_visitor() -> pd.DataFrame:
    """Return what one visitor to Mount Kumgang brought the North under each rule.

    Returns
    -------
    DataFrame
        Columns label, low, high (USD a head), source and grade. For the years with an audited fee
        it is the fee divided by the visitors; for the rules by the head it is the lowest and
        highest fee agreed.
    """
    counts, fees = data.read("kumgang_visitors").query("best").set_index("year"), _audit()
    rows = [
        {"label": f"{year}, paid", "low": a_head, "high": a_head}
        | _evidence([counts.loc[[year]], fees.loc[[year]]])
        for year, a_head in (MILLION * paid() / best_visitors()).dropna().items()
    ]
    for start, used in _head_rules().groupby("start"):
        how = f" by {used['product'].iloc[0]}" if len(used) == 1 else ""
        fees = {"low": used["amount"].min(), "high": used["amount"].max()}
        rows.append({"label": f"from {start}{how}, agreed", **fees, **_evidence(used)})
    return pd.DataFrame(rows).set_index("label", drop=False)


def _evidence(rows) -> dict[str, str]:
    """Return the sources and the weakest grade of ``rows``."""
    return {"source": ";".join(sorted(data.ids(rows))), "grade": data.grades(rows)[-1:]}


def _head_rules() -> pd.DataFrame:
    """Return the rules that set the fee for Mount Kumgang by the head."""
    rules = data.read("kumgang_fee_rules").query("regime == 'per_head'")
    return rules[rules["product"] != "Kaesong day tour"]


def _in_force(first: str, last: str, rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that hold at any time from one month to another, as "2006-07"."""
    return rules[(rules["start"] <= last) & (rules["end"].fillna("9999") >= first)]


def fees_of(year: int) -> pd.DataFrame:
    """Return the rules by the head that hold at any time in a year."""
    return _in_force(f"{year}-01", f"{year}-12", _head_rules())


def head_fee(year: int) -> Range:
    """Return the fee a head agreed for Mount Kumgang in a year, in USD.

    The bounds are the lowest and the highest fee in force in any month; the central value is the
    mean over the months of the middle fee, which is that for one night where stays are told apart.
    """
    rules, months = fees_of(year), [f"{year}-{month:02}" for month in range(1, 13)]
    middle = [_in_force(month, month, rules)["amount"].median() for month in months]
    return Range(rules["amount"].min(), sum(middle) / len(middle), rules["amount"].max())


def paired_bars(ax, pairs: pd.DataFrame) -> None:
    """Draw the two columns of ``pairs`` side by side, pale and dark, with their values."""
    inks = charts.tint(COLOUR, 0.35), COLOUR
    for shift, name, ink in zip((-0.2, 0.2), pairs, inks, strict=True):
        places = [place + shift for place in range(len(pairs))]
        ax.bar(places, pairs[name], width=0.38, color=ink)
        write_values(ax, places, pairs[name], ",.1f")
    ax.set_xticks(range(len(pairs)), pairs.index)


def hatch(bars, grades: pd.Series) -> None:
    """Give each bar the look of its evidence grade."""
    for bar, grade in zip(bars, grades, strict=True):
        bar.set(**charts.grade_style(grade, COLOUR))


def guided() -> pd.DataFrame:
    """Return the published estimates of tourists' spending, in the form of `charts.range_bars`.

    A value alone stands as low and high; a value that is only "up to" likewise.
    """
    estimates = data.read("tourism_revenue_estimates")
    rows = estimates[~estimates["scope"].str.contains("Kumgang fee")]
    single = rows["point_usd_million"].fillna(rows["high_usd_million"])
    low, high = rows["low_usd_million"].fillna(single), rows["high_usd_million"].fillna(single)
    bound = rows["low_usd_million"].isna() & rows["point_usd_million"].isna()
    who = rows["source"].map(data.read("sources").set_index("source")["short"]).replace(_SHORT)
    label = rows["year"].astype(str) + ", " + who + bound.map({True: ", at most", False: ""})
    made = rows.assign(label=label, low=low, central=(low + high) / 2, high=high)
    return made.reset_index(drop=True)


_SHORT = {
    "Korea Culture and Tourism Institute": "Tourism Institute",
    "Korea Maritime Institute": "Maritime Institute",
}


def write_values(ax, places, values, spec: str = ",.0f") -> None:
    """Write each value above its place."""
    for place, value in zip(places, values, strict=True):
        if pd.notna(value):
            ax.annotate(
                format(value, spec),
                (place, value),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )


def write_ends(ax, rows: pd.DataFrame, spec: str = ",.0f") -> None:
    """Write the range of each row of `charts.range_bars` to its right."""
    for place, row in zip(range(len(rows))[::-1], rows.to_dict("records"), strict=True):
        low, top = format(row["low"], spec), format(row["high"], spec)
        ax.annotate(
            low if low == top else f"{low} to {top}",
            (row["high"], place),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )


def _count(origin: str, year: int, source: str) -> pd.DataFrame:
    rows = data.read("tourism_visitors")
    own = (rows["origin"] == origin) & (rows["year"] == year)
    return rows[own & (rows["source"] == source)]


def russian_counts() -> pd.DataFrame:
    """Return the counts of the Russian tourists of 2024, the smallest first.

    Returns
    -------
    DataFrame
        The rows of ``tourism_visitors``, with a column label; the first group alone and the trips
        for all purposes are left out.
    """
    rows = data.read("tourism_visitors").query("origin == 'Russia' and year == 2024")
    rows = rows[rows["purpose"].str.startswith("tourism")]
    names = {
        "mou_2025_ap": "South Korea's ministry",
        "vostok_2026_instant": "a Russian agency",
        "primorye_2025": "Primorye region alone",
        "fsb_2025_nknews": "Russia's border service",
        "kozlov_2025_dec_tass": "a Russian minister",
    }
    rows = rows.assign(label=rows["source"].map(names), low=rows["visitors"], high=rows["visitors"])
    return rows.sort_values("visitors")


def shares() -> Range:
    """Return the part of a package price that went to the North, 0 to 1.

    It is known for the tours from South Korea only: the plan for the first cruises is the central
    value, the ministry's fee for two nights over a reported price the lowest, Kaesong the highest.
    """
    prices = data.read("tourism_prices").query("market == 'South Korean'")
    known = prices.dropna(subset=["north_fee_usd", "usd_stated"]).set_index("product")
    fee = _land_fee()["amount"].iloc[0]
    land = fee / known.loc["Kumgang by land", "usd_stated"]
    plan = known.loc["Kumgang cruise, planned average"]
    tour = known.loc["Kaesong day tour"]
    middle, high = (row["north_fee_usd"] / row["usd_stated"] for row in (plan, tour))
    return Range(float(land), float(middle), float(high))


def _share_rows() -> list[pd.DataFrame]:
    prices = data.read("tourism_prices").query("market == 'South Korean'")
    return [prices.dropna(subset=["north_fee_usd", "usd_stated"]), _land_fee()]


def _land_fee() -> pd.DataFrame:
    """Return the fee for two nights in the year of the reported price, 2007."""
    return fees_of(2007).query("product == 'two nights'")


def model() -> pd.DataFrame:
    """Return the inputs and result of visitors times price, for the peak of each origin.

    Returns
    -------
    DataFrame
        Columns label, origin, year, visitors, price, gross (each a `Range`; persons, USD a head
        and USD million a year), low, central, high (of gross), rows, source and grade.
    """
    made = [_chinese(), _western(), _russian(2024), _russian(2025)]
    return pd.DataFrame(made)


def _between(low: float, high: float) -> Range:
    return Range.between(float(low), float(high))


def _modelled(origin: str, year: int, visitors: Range, price: Range, rows: list) -> dict:
    gross = visitors * price / MILLION
    return {
        "label": f"{origin}, {year}",
        **{"origin": origin, "year": year, "visitors": visitors, "price": price, "gross": gross},
        **{"low": gross.low, "central": gross.central, "high": gross.high, "rows": rows},
        **_evidence(rows),
    }


def _chinese() -> dict:
    few = _count("China", 2019, "kiep_2020_onecorea")
    many = _count("China", 2019, "nknews_2020_apr")
    prices = data.read("tourism_prices")
    cheap = prices[prices["product"] == "3 days Pyongyang by train"]
    estimates = data.read("tourism_revenue_estimates")
    dear = estimates[estimates["source"] == "38north_2021"]
    a_head = MILLION * dear["point_usd_million"].iloc[0] / dear["visitors_high"].iloc[0]
    visitors = _between(few["low"].iloc[0], many["visitors"].iloc[0])
    price = _between(cheap["price_low"].iloc[0], a_head)
    return _modelled("Chinese", 2019, visitors, price, [few, many, cheap, dear])


def _western() -> dict:
    heads = _count("West", 2017, "cnbc_2017_copy")
    prices = data.read("tourism_prices")
    tours = prices[prices["product"] == "all package tours"]
    visitors = _between(heads["low"].iloc[0], heads["high"].iloc[0])
    price = _between(tours["price_low"].iloc[0], tours["price_high"].iloc[0])
    return _modelled("Western", 2017, visitors, price, [heads, tours])


def _russian(year: int) -> dict:
    rows = data.read("tourism_visitors").query("origin == 'Russia' and purpose == 'tourism'")
    heads = rows[(rows["year"] == year) & (rows["grade"] == "A")]
    prices = data.read("tourism_prices").query("market == 'Russian' and currency == 'USD'")
    visitors = Range.of(float(heads["visitors"].iloc[0]))
    price = _between(prices["price_low"].min(), prices["price_high"].max())
    return _modelled("Russian", year, visitors, price, [heads, prices])


def plans() -> pd.DataFrame:
    """Return how much of each plan was reached, the most successful first.

    Returns
    -------
    DataFrame
        Columns label, plan (persons or visits a year), low, high (percent of the plan), source and
        grade.
    """
    targets = data.read("tourism_plans")
    targets = targets[targets["unit"].isin(["visits a year", "visitors a year"])]
    came = data.read("tourism_visitors").query("origin == 'All foreign'")
    outcomes = {
        ("Mount Kumgang", 2006): (
            "Mount Kumgang in 2006",
            data.read("kumgang_visitors").query("best and year == 2006"),
        ),
        ("all foreign tourists", 2017): ("Foreigners in 2017", came.query("year == 2017")),
        ("all foreign tourists", 2020): (
            "Foreigners in 2019, plan for 2020",
            came.query("year == 2019"),
        ),
        ("Masikryong ski resort", 2013): (
            "Masikryong ski resort",
            targets.query("kind == 'outcome'").rename(columns={"value": "visitors"}),
        ),
    }
    aims = targets.query("kind == 'plan'").groupby(["what", "year"])
    made = [_reached(aim, *outcomes[key]) for key, aim in aims]
    return pd.DataFrame(made).sort_values("high", ascending=False, ignore_index=True)


def _reached(aim: pd.DataFrame, label: str, came: pd.DataFrame) -> dict:
    counts, plan = came[["low", "visitors", "high"]], aim["value"].iloc[0]
    return {
        "label": label,
        "plan": plan,
        "low": 100 * counts.min().min() / plan,
        "high": 100 * counts.max().max() / plan,
        **_evidence([aim, came]),
    }


def neighbors() -> pd.DataFrame:
    """Return receipts for each arrival of 2019, with the assumed price for North Korea.

    Returns
    -------
    DataFrame
        Columns label, low, high (USD an arrival), low_arrivals, high_arrivals (persons), source
        and grade, cheapest first.
        North Korea's own row in the file is empty; here its Chinese tourists and the prices
        assumed for them stand in, with the grade of these.
    """
    rows = data.read("tourism_benchmarks").query("year == 2019").dropna()
    price = MILLION * rows["receipts_usd_million"] / rows["arrivals"]
    many = {"low_arrivals": rows["arrivals"], "high_arrivals": rows["arrivals"]}
    table = rows.assign(label=rows["country"], low=price, high=price, **many)
    own = model().iloc[0]
    north = {
        "label": "North Korea, assumed",
        **{"low": own["price"].low, "high": own["price"].high},
        **{"low_arrivals": own["visitors"].low, "high_arrivals": own["visitors"].high},
        **{"source": own["source"], "grade": own["grade"]},
    }
    columns = ["label", "low", "high", "low_arrivals", "high_arrivals", "source", "grade"]
    table = pd.concat([table[columns], pd.DataFrame([north])], ignore_index=True)
    return table.sort_values("high", ignore_index=True)


def answers() -> dict[str, Exercise]:
    """Return the exercises of lesson 5 by code.

    The keys come from single cells and plain arithmetic, not from the notebook's own steps.
    """
    return {
        "5.1": _rason_days(),
        "5.2": _promise(),
        "5.3": _tourist_share(),
        "5.4": _north_low(),
        "5.5": _mongolia(),
    }


def _rason_days() -> Exercise:
    rason = (event("2025-03-05") - event("2025-02-20")).days
    wonsan = (event("2025-07-18") - event("2025-07-01")).days
    return Exercise(
        rason,
        "Less than two weeks: a business that can be shut without a word has no steady income.",
        "Turn both dates into `pd.Timestamp`, subtract, and take `.days`.",
        mistakes=(
            (rason + 1, "This counts the first and the last day both. Subtract the dates only."),
            (rason - 1, "One day short. Subtract the opening from the closing, nothing more."),
            (wonsan, "These are the days of the coast resort. Take Rason."),
        ),
        tolerance=0,
    )


def _promise() -> Exercise:
    sums = data.read("kumgang_payments").query("item == 'business fee promised'").iloc[0]
    first, last = (pd.Timestamp(sums[name]) for name in ("start", "end"))
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    rules = data.read("kumgang_fee_rules").query("product == 'sea'")
    heads = MILLION * sums["value_usd_million"] / rules["amount"].iloc[0]
    return Exercise(
        12 * heads / months,
        "No year came near it: the promise was a price for something else than tourists.",
        "Divide the promise by 100 dollars a head, then by the number of years.",
        mistakes=(
            (heads, "These are the visitors of the whole span. Divide by the years."),
            (heads / 6, "The promise ran six years and three months, not six years."),
            (heads / months, "This is visitors a month. The question asks for a year."),
        ),
    )


def _tourist_share() -> Exercise:
    rows = data.read("tourism_visitors")
    cells = zip(rows["origin"], rows["year"], rows["purpose"], rows["visitors"], strict=True)
    china = {(year, what): n for origin, year, what, n in cells if origin == "China"}
    tourists, visits = china[2009, "tourism"], china[2009, "all purposes"]
    return Exercise(
        100 * tourists / visits,
        f"The other {100 - 100 * tourists / visits:.0f} of 100 visits had another purpose.",
        "Divide the tourists of 2009 by the visits for all purposes of the same year, times 100.",
        mistakes=(
            (
                100 * tourists / china[2010, "all purposes"],
                "The visits are those of 2010. Use one year for both.",
            ),
            (100 * visits / tourists, "The fraction is upside down: the part belongs on top."),
            (100 * (1 - tourists / visits), "This is the part that is not tourism."),
        ),
    )


def _north_low() -> Exercise:
    few = _count("China", 2019, "kiep_2020_onecorea")["low"].iloc[0]
    prices = data.read("tourism_prices").set_index("product")
    price = prices.loc["3 days Pyongyang by train", "price_low"]
    land = prices.query("operator == 'Hyundai Asan' and nights == 2 and year == 2007").iloc[0]
    fee = _land_fee()["amount"].max()
    gross, part, share = few * price / MILLION, fee / land["price_low"], shares()
    most = _chinese()["gross"].high * share.high
    return Exercise(
        gross * part,
        f"The low end is {100 * part:.0f} percent of what tourists pay, and it rests on a guess.",
        "Multiply the low visitors, the low price and the low share; then divide by one million.",
        mistakes=(
            (gross, "This is what tourists pay. Multiply by the North's share too."),
            (
                gross * land["north_fee_usd"] / land["price_low"],
                "This takes the doubtful fee of a press report. Take `share.low`.",
            ),
            (gross * share.central, "This takes the central share. Take the low one."),
            (most, "These are the three high values. Take the low ones."),
        ),
    )


def _mongolia() -> Exercise:
    rows = data.read("tourism_benchmarks").query("year == 2019").set_index("country")
    key = MILLION * rows.loc["Mongolia", "receipts_usd_million"] / 500
    most = _count("China", 2019, "nknews_2020_apr")["visitors"].iloc[0]
    return Exercise(
        key,
        f"That is {key / most:.1f} times the highest count on record, at an ordinary price.",
        "Turn Mongolia's receipts into dollars and divide by the price a head.",
        mistakes=(
            (key / MILLION, "The receipts are in millions of dollars. Turn them into dollars."),
            (
                rows.loc["Mongolia", "arrivals"],
                "These are Mongolia's own visitors. Use the price of 500 dollars.",
            ),
            (
                MILLION * rows.loc["Laos", "receipts_usd_million"] / 500,
                "These are the receipts of Laos. Take Mongolia.",
            ),
        ),
    )


check = Checker(answers)


def explorer():
    """Return the explorer: visitors, price, share, and the beds of the new coast resort."""
    controls = {
        "origin": Choice("Tourists", list(model()["label"])),
        "visitors": Choice("Visitors", list(_LEVELS), "central"),
        "price": Choice("Price a head", list(_LEVELS), "central"),
        "share": Slider("North's share, percent", 5, 100, 5, 30),
        "beds": Slider("Beds at the coast resort", 1000, resort_beds(), 1000, resort_beds()),
        "occupancy": Slider("Beds filled, percent", 0, 100, 5, 10),
    }
    table, night = model().set_index("label"), bed_night()

    def draw(fig, **settings) -> str:
        return _draw_model(fig, table, night, **settings)

    return make_explorer(draw, controls, [{"origin": label} for label in table.index], table)


_LEVELS = ("low", "central", "high")


def bed_night() -> float:
    """Return the price of a night at the coast resort, in USD: the dearer package by its nights."""
    prices = data.read("tourism_prices").query("product == 'Wonsan-Kalma 8 days'").iloc[0]
    return prices["price_high"] / prices["nights"]


def resort_beds() -> int:
    """Return the beds of the coast resort as planned."""
    plans = data.read("tourism_plans").query("unit == 'beds'")
    return int(plans["value"].iloc[0])


def _draw_model(fig, table, night, origin, visitors, price, share, beds, occupancy) -> str:
    """Draw what tourists pay and the North's part, and the same for the resort."""
    row = table.loc[origin]
    heads, a_head = getattr(row["visitors"], visitors), getattr(row["price"], price)
    nights = beds * occupancy / 100 * 365
    ax = fig.add_axes((0.2, 0.24, 0.74, 0.57))
    tops = [heads * a_head / MILLION, nights * night / MILLION]
    ax.barh([1, 0], tops, height=0.5, color=charts.tint(COLOUR, 0.3))
    ax.barh([1, 0], [top * share / 100 for top in tops], height=0.5, color=COLOUR)
    for place, top in zip((1, 0), tops, strict=True):
        text = f" {top:,.1f}; North {top * share / 100:,.1f}"
        ax.text(top, place, text, va="center", fontweight="bold", fontsize=10)
    ax.set_yticks([1, 0], [origin, "Coast resort,\nif so filled"])
    ax.set(xlim=(0, max(200, 1.6 * max(tops))), ylim=(-0.5, 1.5))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    guests, filled = nights / 7, 100 * 7 * heads / (beds * 365)
    foot = (
        f"So filled, the resort needs {guests:,.0f} guests for a week each.\n"
        f"The {heads:,.0f} visitors above, a week each, would fill {filled:,.1f} percent of it."
    )
    fig.text(0.012, 0.93, f"Tourists pay {tops[0]:,.1f} million dollars", size=13.5, weight="bold")
    fig.text(
        0.012,
        0.86,
        f"{heads:,.0f} visitors at {a_head:,.0f} USD; a year, USD million; dark: North's part",
        size=10,
    )
    fig.text(0.012, 0.03, foot, size=10, linespacing=1.4)
    return (
        f"Bar chart in million dollars a year. {origin}: {heads:,.0f} visitors at {a_head:,.0f} "
        f"dollars pay {tops[0]:,.1f}, of which the North gets {tops[0] * share / 100:,.1f} at a "
        f"share of {share} percent. The coast resort with {beds:,} beds, {occupancy} percent "
        f"filled, would take {tops[1]:,.1f} from {guests:,.0f} guests for a week; "
        f"those visitors would fill {filled:,.1f} percent of its beds."
    )


def income() -> pd.DataFrame:
    """Return what tourism brings in a year, in USD million.

    Items: Mount Kumgang fees and Kaesong tour fees (paid straight to the North, so that gross
    receipts and the state's take are the same sum), and foreign tourists by origin (gross receipts
    are what tourists pay; the state's take is that times the share known from the tours from
    South Korea, which is an assumption). Do not add gross receipts and state take.

    Returns
    -------
    DataFrame
        See `utils.results.income_frame`.
    """
    return income_frame([*_fee_rows(), *_kaesong_rows(), *_tourist_rows()])


def _both(year, item, fee: Range, basis, rows) -> list[dict]:
    """Return gross receipts and state take of a fee that went to the North whole."""
    basis = f"{basis}; paid to the North directly"
    return [
        income_row(year, item, concept, (fee.low, fee.central, fee.high), basis, rows)
        for concept in ("gross receipts", "state take")
    ]


def _fee_rows() -> list[dict]:
    rows = []  # What is computed from rules, not paid on record, is graded C at best.
    for year, value in paid().items():
        basis = "audited business fee; goods and performances not counted"
        used = _audit().loc[[year]]
        rows += _both(year, "Mount Kumgang fees", Range.of(value), basis, used)
    counts = data.read("kumgang_visitors").query("best")
    for year, heads in best_visitors().loc[2004:].items():
        basis = "visitors times the fee agreed; low: all at the lowest, high: all at the highest"
        used = [fees_of(year), counts[counts["year"] == year]]
        fees = heads * head_fee(year) / MILLION
        made = _both(year, "Mount Kumgang fees", fees, basis, used)
        rows += [row | {"grade": max("C", row["grade"])} for row in made]
    return rows


def _kaesong_rows() -> list[dict]:
    rule = data.read("kumgang_fee_rules").query("product == 'Kaesong day tour'")
    fee = rule["amount"].iloc[0] / MILLION
    months = data.read("kumgang_months").query("site == 'Kaesong'")
    seen = months.groupby(months["month"].dt.year)["visitors"].sum()
    rows = []
    for year, heads in seen.items():
        counts = data.read("tourism_visitors").query("purpose == 'Kaesong day tour'")
        counts = counts[counts["year"] == year]
        most = counts[["low", "visitors"]].max(axis=1).iloc[0]
        basis = (
            "visitors times 100 dollars; low: months counted; high: all until 15 October 2008, "
            "when the 100,000th came; the last six weeks are not known"
        )
        sums = Range.between(float(heads * fee), float(most * fee))
        used = [rule, months[months["month"].dt.year == year], counts]
        rows += _both(year, "Kaesong tour fees", sums, basis, used)
    return rows


def _tourist_rows() -> list[dict]:
    estimates, share = data.read("tourism_revenue_estimates"), shares()
    net = Range(share.low, share.central, 1)  # What a study published may be the North's already.
    parts = [
        ("all foreign tourists", "park_2003_hankyung", net),
        ("Chinese tourists", "kiep_2013_nocut", share),
        ("all foreign tourists", "segye_2015", net),
    ]
    rows, known = [], _share_rows()
    for item, source, part in parts:
        used = estimates[estimates["source"] == source]
        values = used[["low_usd_million", "point_usd_million", "high_usd_million"]]
        gross = _between(values.min(axis=None), values.max(axis=None))
        basis = f"estimate: {used['method'].iloc[0]}"
        rows += _gross_and_part(used["year"].iloc[0], item, gross, part, basis, [used], known)
    for row in model().to_dict("records"):
        basis = "visitors times package price; the bounds are the lowest and highest of both"
        item = f"{row['origin']} tourists"
        rows += _gross_and_part(row["year"], item, row["gross"], share, basis, row["rows"], known)
    return rows


def _gross_and_part(
    year, item, gross: Range, share: Range, basis: str, rows: list, known: list
) -> list[dict]:
    part = gross * share
    guess = f"{basis}; times the share known from the tours from South Korea, an assumption"
    if share.high == 1:
        guess += "; high: as published, for it may be the North's part already"
    whole, part = ((r.low, r.central, r.high) for r in (gross, part))
    return [
        income_row(year, item, "gross receipts", whole, basis, rows),
        income_row(year, item, "state take", part, guess, [*rows, *known]),
    ]


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims U1 to U3; see `utils.results.verdict_frame`."""
    return verdict_frame([_verdict_u1(), _verdict_u2(), _verdict_u3()])


def _verdict_u1() -> dict:
    events = data.read("tourism_events")
    shut = events[events["kind"].isin(["closing", "restriction"])]
    many, days = int((shut["kind"] == "closing").sum()), days_shut()
    verdict = "holds" if many >= 10 and days > 365 else "holds in part"
    return verdict_row(
        "U1",
        verdict if len(shut) else "not supported",
        days,
        "days shut",
        f"The table lists {many} closings and {len(shut) - many} restrictions, some of them "
        f"decided abroad. For COVID-19 the country stayed shut to tourists for {days:,} days.",
        shut,
    )


def _verdict_u2() -> dict:
    table = model().sort_values("year")
    peak, last = table.loc[table["central"].idxmax()], table.iloc[-1]
    share, part = 100 * last["central"] / peak["central"], last["gross"] * shares()
    verdict = "holds" if share >= 50 else "holds in part" if part.high >= 1 else "not supported"
    return verdict_row(
        "U2",
        verdict,
        last["central"],
        "USD million a year, before the North's share",
        f"{peak['origin']} tourists paid {peak['low']:.0f} to {peak['high']:.0f} million dollars "
        f"in {peak['year']}. When the article appeared, the border was "
        f"{'shut' if shut_at(ARTICLE) else 'open'} to tourists. {last['origin']} tourists, the "
        f"only large group counted since, paid {last['low']:.1f} to {last['high']:.1f} million in "
        f"{last['year']}, about {share:.0f} percent of the peak. The North's part of that is "
        f"{part:.1f} million, if its old share still applies.",
        [*peak["rows"], *last["rows"], *_share_rows()],
    )


def _verdict_u3() -> dict:
    firms = data.read("tourism_operators")
    receives = firms[firms["side"] == "receives"]
    state = receives["role"].str.contains("state|regulator").sum()
    sells = len(firms) - len(receives)
    verdict = "holds in part" if sells >= len(firms) / 2 else "holds"
    payments = data.read("kumgang_payments").query("item == 'all tour payments'")
    total = payments.loc[payments["value_usd_million"].idxmax()]
    return verdict_row(
        "U3",
        verdict if state else "not supported",
        100 * sells / len(firms),
        "percent of the listed names sell from abroad",
        f"{state} of {len(receives)} names on the receiving side belong to the state, but {sells} "
        f"sellers sit abroad. The largest business on record, the tours from South Korea, was run "
        f"by one South Korean firm, which paid {total['value_usd_million']:.0f} million dollars by "
        f"{total['end'][:4]}, mainly for its license.",
        [firms, payments],
    )
