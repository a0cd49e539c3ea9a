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


def days_shut() -> int:
    """Return the days from the closing for COVID-19 to the first group of tourists after it.

    The closing is found by its label, the group as the first opening that follows.
    """
    events = data.read("tourism_events")
    shut = events.loc[events["label"] == "COVID-19", "date"].iloc[0]
    openings = events.loc[(events["kind"] == "opening") & (events["date"] > shut), "date"]
    return (pd.Timestamp(openings.min()) - pd.Timestamp(shut)).days


def draw_timeline(ax, events: pd.DataFrame) -> None:
    """Draw each event as a marker on the line of its kind, and shade the days shut."""
    for place, (kind, marker) in enumerate(KINDS.items()):
        rows = events[events["kind"] == kind]
        ink = COLOUR if kind == "opening" else charts.INK
        when = pd.to_datetime(rows["date"], format="ISO8601")
        ax.plot(when, [place] * len(rows), marker, color=ink, markersize=7, alpha=0.75)
    shut = pd.Timestamp(events.loc[events["label"] == "COVID-19", "date"].iloc[0])
    ax.axvspan(shut, shut + pd.Timedelta(days_shut(), "D"), color=charts.tint(charts.GREY, 0.3))
    ax.set_yticks(range(len(KINDS)), [f"{kind}s" for kind in KINDS])
    ax.set(xlim=(pd.Timestamp("1986-01-01"), pd.Timestamp("2027-01-01")), ylim=(-0.6, 3.6))
    ax.tick_params(axis="y", length=0)


def best_visitors() -> pd.Series:
    """Return the best count of visitors to Mount Kumgang by year, in persons."""
    return data.read("kumgang_visitors").query("best").set_index("year")["visitors"]


def paid() -> pd.Series:
    """Return the audited business fee of each whole year, in USD million."""
    fees = data.read("kumgang_payments").query("item == 'business fee' and basis == 'seen'")
    year = fees["first"].str[:4]
    whole = (fees["first"] == year + "-01") & (fees["last"] == year + "-12")
    return fees[whole].assign(year=year.astype(int)).set_index("year")["value_usd_million"]


def per_visitor() -> pd.DataFrame:
    """Return what one visitor to Mount Kumgang brought the North under each rule.

    Returns
    -------
    DataFrame
        Columns label, low, high (USD a head) and grade. For the years with an audited fee
        it is the fee divided by the visitors; for the later rules it is the lowest and highest fee
        agreed.
    """
    heads, sums = best_visitors(), paid()
    rows = [
        {"label": f"{year}, paid", "low": value, "high": value, "grade": "A"}
        for year, value in (MILLION * sums / heads[sums.index]).items()
    ]
    for start, rules in _stays().groupby("start"):
        low, high = rules["amount"].min(), rules["amount"].max()
        rows.append({"label": f"from {start}, agreed", "low": low, "high": high, "grade": "A"})
    return pd.DataFrame(rows).set_index("label", drop=False)


def _stays() -> pd.DataFrame:
    """Return the rules that set the fee by length of stay."""
    rules = data.read("kumgang_fee_rules")
    return rules[rules["product"].isin(["day tour", "one night", "two nights"])]


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


def guided(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the published estimates of tourists' spending, in the form of `charts.range_bars`.

    A value alone stands as low and high; a value that is only "up to" likewise.
    """
    rows = estimates[~estimates["scope"].str.contains("Kumgang fee")]
    single = rows["point_usd_million"].fillna(rows["high_usd_million"])
    low, high = rows["low_usd_million"].fillna(single), rows["high_usd_million"].fillna(single)
    names = {"ap_2024_jul_toi": " (a), up to", "38north_2021": " (b)", "nknews_2024_jul": " (c)"}
    extra = rows["source"].map(names).fillna("")
    label = "estimate for " + rows["year"].astype(str) + extra
    made = rows.assign(label=label, low=low, central=(low + high) / 2, high=high)
    return made[["label", "low", "central", "high", "source", "grade"]].reset_index(drop=True)


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


def write_ends(ax, rows: pd.DataFrame, spec: str = ",.0f", high: str = "high") -> None:
    """Write the range of each row of `charts.range_bars` to its right."""
    for place, row in zip(range(len(rows))[::-1], rows.to_dict("records"), strict=True):
        low, top = format(row["low"], spec), format(row[high], spec)
        ax.annotate(
            low if low == top else f"{low} to {top}",
            (row[high], place),
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
    fee = _stays().query("product == 'two nights' and start == '2006-07'")["amount"].iloc[0]
    land = fee / known.loc["Kumgang by land", "usd_stated"]
    plan = known.loc["Kumgang cruise, planned average"]
    tour = known.loc["Kaesong day tour"]
    middle, high = (row["north_fee_usd"] / row["usd_stated"] for row in (plan, tour))
    return Range(float(land), float(middle), float(high))


def _share_rows() -> list[pd.DataFrame]:
    prices = data.read("tourism_prices").query("market == 'South Korean'")
    return [prices.dropna(subset=["north_fee_usd", "usd_stated"]), _stays()]


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
        "source": ";".join(sorted(data.ids(rows))),
        "grade": data.grades(rows)[-1:],
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
    """Return how much of three plans was reached.

    Returns
    -------
    DataFrame
        Columns label, plan (persons or visits a year), low, high (percent of the plan), source and
        grade.
    """
    targets = data.read("tourism_plans")
    visits = targets[targets["unit"].isin(["visits a year", "visitors a year"])]
    ski = visits[visits["what"] == "Masikryong ski resort"].set_index("kind")
    mountain = visits[visits["what"] == "Mount Kumgang"]
    two_million = visits[visits["what"] == "all foreign tourists"].nlargest(1, "year")
    came = data.read("tourism_visitors").query("origin == 'All foreign' and year == 2019")
    bounds = came[["low", "visitors"]].min().min(), came[["visitors", "high"]].max().max()
    heads = data.read("kumgang_visitors").query("best and year == 2006")
    skiers = ski.loc["outcome", "value"]
    made = [
        ("Mount Kumgang, 2006", mountain, 2 * tuple(heads["visitors"]), heads),
        ("all tourists, 2019 of 2020", two_million, bounds, came),
        ("Masikryong ski resort", ski.loc[["plan"]], (skiers, skiers), ski),
    ]
    return pd.DataFrame(
        {
            "label": label,
            "plan": plan["value"].iloc[0],
            "low": 100 * low / plan["value"].iloc[0],
            "high": 100 * high / plan["value"].iloc[0],
            "source": ";".join(sorted(data.ids([plan, rows]))),
            "grade": data.grades([plan, rows])[-1:],
        }
        for label, plan, (low, high), rows in made
    )


def neighbors() -> pd.DataFrame:
    """Return receipts for each arrival of 2019, with the assumed price for North Korea.

    Returns
    -------
    DataFrame
        Columns label, arrivals, low, high (USD an arrival), source and grade, cheapest first.
        North Korea's own row in the file is empty; here its Chinese tourists and the prices
        assumed for them stand in, with the grade of these.
    """
    rows = data.read("tourism_benchmarks").query("year == 2019").dropna()
    price = MILLION * rows["receipts_usd_million"] / rows["arrivals"]
    table = rows.assign(low=price, high=price, label=rows["country"])
    own = model().iloc[0]
    north = {
        "label": "North Korea, assumed",
        "arrivals": own["visitors"].high,
        **{"low": own["price"].low, "high": own["price"].high},
        **{"source": own["source"], "grade": own["grade"]},
    }
    columns = ["label", "arrivals", "low", "high", "source", "grade"]
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
    first, last = (pd.Timestamp(sums[name]) for name in ("first", "last"))
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
        "Three of four visits were for trade, work or family. Only this part is tourism.",
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
    fee = _stays().query("product == 'two nights'")["amount"].max()
    gross, part = few * price / MILLION, fee / land["price_low"]
    most = _chinese()["gross"].high * shares().high
    return Exercise(
        gross * part,
        "The low end is about a quarter of what the tourists pay, and it rests on a guess.",
        "Multiply the low visitors, the low price and the low share; then divide by one million.",
        mistakes=(
            (gross, "This is what tourists pay. Multiply by the North's share too."),
            (
                gross * land["north_fee_usd"] / land["price_low"],
                "This takes the doubtful fee of a press report. Take `share.low`.",
            ),
            (gross * shares().central, "This takes the central share. Take the low one."),
            (most, "These are the three high values. Take the low ones."),
        ),
    )


def _mongolia() -> Exercise:
    rows = data.read("tourism_benchmarks").query("year == 2019").set_index("country")
    key = MILLION * rows.loc["Mongolia", "receipts_usd_million"] / 500
    return Exercise(
        key,
        "Over three times the best year on record, at a price that others get as well.",
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
        "beds": Slider("Beds at the coast resort", 1000, 20000, 1000, 20000),
        "occupancy": Slider("Beds filled, percent", 0, 100, 5, 10),
    }
    table, night = model().set_index("label"), bed_night()

    def draw(fig, **settings) -> str:
        return _draw_model(fig, table, night, **settings)

    return make_explorer(draw, controls, [{"origin": label} for label in table.index])


_LEVELS = ("low", "central", "high")


def bed_night() -> float:
    """Return the price of a night at the coast resort, in USD: the dearer package by its nights."""
    prices = data.read("tourism_prices").query("product == 'Wonsan-Kalma 8 days'").iloc[0]
    return prices["price_high"] / prices["nights"]


def _draw_model(fig, table, night, origin, visitors, price, share, beds, occupancy) -> str:
    """Draw what tourists pay and the North's part, and the same for the resort."""
    row = table.loc[origin]
    heads, a_head = getattr(row["visitors"], visitors), getattr(row["price"], price)
    nights = beds * occupancy / 100 * 365
    ax = fig.add_axes((0.2, 0.17, 0.74, 0.58))
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
    guests = nights / 7
    fig.text(0.012, 0.93, f"Tourists pay {tops[0]:,.1f} million dollars", size=13.5, weight="bold")
    fig.text(
        0.012,
        0.86,
        f"{heads:,.0f} visitors at {a_head:,.0f} USD; a year, USD million; dark: North's part",
        size=10,
    )
    fig.text(0.012, 0.04, f"The resort would need {guests:,.0f} guests for a week each.", size=9.5)
    return (
        f"Bar chart in million dollars a year. {origin}: {heads:,.0f} visitors at {a_head:,.0f} "
        f"dollars pay {tops[0]:,.1f}, of which the North gets {tops[0] * share / 100:,.1f} at a "
        f"share of {share} percent. The coast resort with {beds:,} beds, {occupancy} percent "
        f"filled, would take {tops[1]:,.1f} from {guests:,.0f} guests for a week."
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


def _both(year, item, values, basis, rows) -> list[dict]:
    """Return gross receipts and state take of a fee that went to the North whole."""
    return [
        income_row(year, item, concept, values, f"{basis}; paid to the North directly", rows)
        for concept in ("gross receipts", "state take")
    ]


def _fee_rows() -> list[dict]:
    fees = data.read("kumgang_payments").query("item == 'business fee'")
    rows = []  # What is computed from rules, not paid on record, is graded C at best.
    for year, value in paid().items():
        used = fees[(fees["first"] == f"{year}-01") & (fees["last"] == f"{year}-12")]
        basis = "audited business fee; goods and performances not counted"
        rows += _both(year, "Mount Kumgang fees", (value, value, value), basis, used)
    counts = data.read("kumgang_visitors").query("best")
    for year, heads in best_visitors().loc[2004:].items():
        rules = _stays()
        inside = (rules["start"] <= f"{year}-07") & (rules["end"].fillna("9999") >= f"{year}-07")
        fee = rules[inside].set_index("product")["amount"]
        values = [heads * fee[stay] / MILLION for stay in ("day tour", "one night", "two nights")]
        basis = "visitors times the fee of July: all day tours, all one night, all two nights"
        used = [rules[inside], counts[counts["year"] == year]]
        made = _both(year, "Mount Kumgang fees", tuple(values), basis, used)
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
        basis = "visitors times 100 dollars; low: months counted; high: until 15 October 2008"
        values = (heads * fee, (heads + most) / 2 * fee, most * fee)
        used = [rule, months[months["month"].dt.year == year], counts]
        rows += _both(year, "Kaesong tour fees", values, basis, used)
    return rows


def _tourist_rows() -> list[dict]:
    estimates, share = data.read("tourism_revenue_estimates"), shares()
    parts = [
        ("all foreign tourists", estimates[estimates["source"] == "park_2003_hankyung"]),
        ("Chinese tourists", estimates[estimates["source"] == "kiep_2013_nocut"]),
        ("all foreign tourists", estimates[estimates["source"] == "segye_2015"]),
    ]
    rows = []
    for item, used in parts:
        row = used.iloc[0]
        low = row["low_usd_million"] if pd.notna(row["low_usd_million"]) else None
        gross = Range.of(row["point_usd_million"]) if low is None else None
        gross = gross or Range.between(low, row["high_usd_million"])
        basis = f"estimate: {row['method']}"
        rows += _gross_and_part(row["year"], item, gross, share, basis, [used])
    for row in model().to_dict("records"):
        basis = "visitors times package price; the bounds are the lowest and highest of both"
        item = f"{row['origin']} tourists"
        rows += _gross_and_part(row["year"], item, row["gross"], share, basis, row["rows"])
    return rows


def _gross_and_part(year, item, gross: Range, share: Range, basis: str, rows: list) -> list[dict]:
    part = gross * share
    guess = f"{basis}; times the share known from the tours from South Korea, an assumption"
    return [
        income_row(
            year, item, "gross receipts", (gross.low, gross.central, gross.high), basis, rows
        ),
        income_row(
            year,
            item,
            "state take",
            (part.low, part.central, part.high),
            guess,
            [*rows, *_share_rows()],
        ),
    ]


def verdicts() -> pd.DataFrame:
    """Return the verdicts on claims U1 to U3; see `utils.results.verdict_frame`."""
    return verdict_frame([_verdict_u1(), _verdict_u2(), _verdict_u3()])


def _verdict_u1() -> dict:
    events = data.read("tourism_events")
    shut = events[events["kind"].isin(["closing", "restriction"])]
    closings, days = int((shut["kind"] == "closing").sum()), days_shut()
    return verdict_row(
        "U1",
        "holds"
        if closings >= 10 and days > 365
        else "holds in part"
        if len(shut)
        else "not supported",
        days,
        "days shut",
        f"The table lists {closings} closings and {len(shut) - closings} restrictions, "
        f"and for COVID-19 the country stayed shut to tourists for {days:,} days.",
        shut,
    )


def _verdict_u2() -> dict:
    table = model().sort_values("year")
    peak, last = table.loc[table["central"].idxmax()], table.iloc[-1]
    share = 100 * last["central"] / peak["central"]
    verdict = "holds" if share >= 50 else "holds in part" if last["high"] >= 1 else "not supported"
    return verdict_row(
        "U2",
        verdict,
        last["central"],
        "USD million a year, before the North's share",
        f"{peak['origin']} tourists paid {peak['low']:.0f} to {peak['high']:.0f} million dollars "
        f"in {peak['year']}; {last['origin']} tourists, the only large group with a count since, "
        f"{last['low']:.1f} to {last['high']:.1f} million in {last['year']}, "
        f"about {share:.0f} percent of it. The North's part is smaller still.",
        [*peak["rows"], *last["rows"]],
    )


def _verdict_u3() -> dict:
    firms = data.read("tourism_operators")
    own = firms[firms["side"] == "receives"]
    payments = data.read("kumgang_payments").query("item == 'all tour payments'")
    total = payments.loc[payments["value_usd_million"].idxmax()]
    estimates = data.read("tourism_revenue_estimates")
    guided = estimates[~estimates["scope"].str.contains("Kumgang fee")]
    values = ["low_usd_million", "point_usd_million", "high_usd_million"]
    best = guided[values].max().max()
    sells = int((firms["side"] == "sells").sum())
    verdict = "not supported"
    if len(own):
        verdict = "holds in part" if total["value_usd_million"] > best else "holds"
    return verdict_row(
        "U3",
        verdict,
        total["value_usd_million"],
        "USD million paid by one South Korean firm",
        f"All {len(own)} names on the receiving side belong to the state, but {sells} sellers sit "
        f"abroad, and the largest recorded sum, {total['value_usd_million']:.0f} million dollars "
        f"by {total['last'][:4]}, was paid mainly for a license. The highest estimate for a year "
        f"of guided foreign tourists is {best:.0f} million.",
        [own, payments, guided],
    )
