"""The figures of lesson 2, recomputed straight from the CSV files, and its rules."""

import pytest
from tables import cells

from utils import results
from utils.checks import same
from utils.lessons import minerals


def coal(year):
    (row,) = cells("minerals_coal_exports", year=str(year), account="main")
    return float(row["volume_thousand_tonnes"]), float(row["value_usd_million"])


def price(year):
    tonnes, dollars = coal(year)
    return 1000 * dollars / tonnes


def australia(period):
    (row,) = cells("world_prices", period=str(period))
    return float(row["coal_australia_usd_per_tonne"])


def output(publisher, edition, year):
    (row,) = cells(
        "minerals_production",
        mineral="coal",
        publisher=publisher,
        edition=str(edition),
        year=str(year),
    )
    return float(row["thousand_tonnes"])


#: A row about 2024 that is no mineral exports any more.
MOVED = "2024,all goods,World,1,47,,,full year,seen,kotra_2024c,A"
#: The ends of the rows by which sources of grade A and B put coal in the ground.
SOLID_COAL = [
    "4500,4500,4500,deposit,seen,statkorea_kores_2011,A",
    "16000,16000,16000,deposit,seen,statkorea_kores_2011,A",
    "1800,1800,1800,reserve,seen,loc_countrydata,B",
    "8000,8000,8000,reserve,seen,usgs_myb_2006,B",
]


# The headline figures of the lesson ----------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2009, 73.6),
        (2010, 84.8),
        (2011, 102.0),
        (2012, 100.8),
        (2013, 83.3),
        (2014, 73.4),
        (2015, 53.4),
        (2016, 52.5),
        (2017, 85.7),
    ],
)
def test_price_per_tonne(year, expected):
    assert price(year) == pytest.approx(expected, abs=0.06)


def test_share_of_the_australian_price():
    years = range(2011, 2016)
    received = sum(coal(y)[1] for y in years)
    benchmark = sum(coal(y)[0] * australia(y) for y in years) / 1000
    assert received / benchmark == pytest.approx(0.96, abs=0.001)
    tonnes = sum(coal(y)[0] for y in years) / 1000
    assert received / tonnes / 0.58 == pytest.approx(136, abs=0.1)


def test_2015_more_tonnes_less_money():
    (tonnes_0, dollars_0), (tonnes_1, dollars_1) = coal(2014), coal(2015)
    assert tonnes_1 / tonnes_0 == pytest.approx(1.27, abs=0.005)
    assert dollars_1 / dollars_0 == pytest.approx(0.926, abs=0.001)
    assert price(2015) / price(2014) == pytest.approx(0.728, abs=0.001)
    assert australia(2015) / australia(2014) == pytest.approx(0.84, abs=0.001)


def test_the_dollar_limit_bound_in_2017():
    (limit,) = cells("minerals_caps", measure="annual cap from 1 January 2017")
    tonnes, dollars = coal(2017)
    assert tonnes / float(limit["cap_thousand_tonnes"]) == pytest.approx(0.64, abs=0.005)
    assert dollars / float(limit["cap_usd_million"]) == pytest.approx(1.03, abs=0.005)


def test_the_months_of_2017_add_up_to_the_year():
    months = [
        r
        for r in cells("minerals_coal_months", reporter="UN committee")
        if r["month"].startswith("2017")
    ]
    tonnes, dollars = coal(2017)
    assert sum(float(r["volume_thousand_tonnes"]) for r in months) == pytest.approx(tonnes)
    assert sum(float(r["value_usd_million"]) for r in months) == pytest.approx(dollars, abs=0.001)


@pytest.mark.parametrize(
    ("publisher", "edition", "before", "after"),
    [
        ("Statistics Korea", 2018, 8.6, 16.8),
        ("NKRI", 2019, 12.5, 15.2),
        ("NKRI", 2020, 15.8, 17.9),
    ],
)
def test_coal_left_at_home(publisher, edition, before, after):
    for year, expected in ((2016, before), (2017, after)):
        home = (output(publisher, edition, year) - coal(year)[0]) / 1000
        assert home == pytest.approx(expected, abs=0.05)


def test_two_editions_of_the_same_emissions():
    editions = {}
    for row in cells("co2_vintages"):
        editions.setdefault(row["vintage"], {})[int(row["year"])] = float(
            row["coal_co2_million_tonnes"]
        )
    old, new = editions["2020 edition"], editions["2024 edition"]
    assert [y for y in range(2004, 2019) if old[y] != new[y]] == list(range(2009, 2019))
    assert new[2017] / old[2017] == pytest.approx(2.83, abs=0.01)
    assert new[2017] / new[2016] - 1 == pytest.approx(1.27, abs=0.005)
    assert old[2017] / old[2016] - 1 == pytest.approx(0.046, abs=0.001)


def test_trillions_in_the_ground():
    dollars = [float(r["usd_trillion"]) for r in cells("minerals_valuations") if r["usd_trillion"]]
    assert (min(dollars), max(dollars)) == (2.79, 9.7)


def test_years_of_exports_in_the_ground():
    (row,) = cells("minerals_trade", year="2016", item="mineral products", partner="China")
    years = [1e6 * dollars / float(row["value_usd_million"]) for dollars in (2.79, 9.7)]
    assert years == pytest.approx([1924, 6690], abs=1)


def test_single_months_against_the_months_benchmark():
    shares = {}
    for row in cells("minerals_coal_months"):
        tonnes, dollars = row["volume_thousand_tonnes"], row["value_usd_million"]
        if tonnes and dollars and float(tonnes):
            paid = 1000 * float(dollars) / float(tonnes)
            shares[row["month"]] = paid / australia(row["month"])
    assert min(shares, key=shares.get) == "2016-10"
    assert max(shares, key=shares.get) == "2017-03"
    assert [min(shares.values()), max(shares.values())] == pytest.approx([0.595, 1.121], abs=0.001)


def test_tungsten_and_the_coal_after_the_ban():
    rows = cells("minerals_trade", item="tungsten ore", partner="China")
    tungsten = {r["year"]: float(r["value_usd_million"]) for r in rows}
    assert tungsten["2022"] / tungsten["2021"] == pytest.approx(39.8, abs=0.05)
    assert tungsten["2022"] / coal(2016)[1] == pytest.approx(0.02, abs=0.0005)
    (reported,) = cells("minerals_evasion", commodity="coal", start="2019-01", end="2019-08")
    dollars, tonnes = reported["value_usd_million"], reported["volume_thousand_tonnes"]
    assert 1000 * float(dollars) / float(tonnes) == pytest.approx(100)
    (later,) = cells("minerals_evasion", commodity="coal", start="2020-01", end="2020-12")
    assert float(later["volume_thousand_tonnes"]) / coal(2016)[0] == pytest.approx(0.213, abs=0.001)


def test_world_prices_are_whole():
    rows = cells("world_prices")
    years = [r["period"] for r in rows if r["frequency"] == "annual"]
    months = [r["period"] for r in rows if r["frequency"] == "monthly"]
    assert years == [str(y) for y in range(2000, 2025)]
    assert months == [f"{y}-{m:02d}" for y in range(2009, 2020) for m in range(1, 13)]


def test_the_copper_column_is_implausible():
    copper = {
        int(r["year"]): float(r["file_thousand_tonnes"])
        for r in cells("minerals_copper_file", area="North Korea")
    }
    assert list(copper) == list(range(1960, 2016))
    assert (copper[1990], copper[2000]) == (8987, 13200)
    assert [y for y, value in copper.items() if 0 < value < 100] == [2013, 2014, 2015]
    (world,) = cells("minerals_copper_file", area="World")
    assert copper[1990] / float(world["file_thousand_tonnes"]) == pytest.approx(0.337, abs=0.001)


def test_rare_earths_on_record():
    sold = [
        r for r in cells("minerals_trade", item="rare earth ore") if r["volume_thousand_tonnes"]
    ]
    assert [float(r["volume_thousand_tonnes"]) for r in sold] == [0.062662]


@pytest.mark.parametrize(
    ("mineral", "low", "high"),
    [("coal", 15_000, 40_000), ("iron ore", 700, 10_500), ("tungsten", 0.3, 3.1)],
)
def test_output_is_of_a_plausible_size(mineral, low, high):
    values = [float(r["thousand_tonnes"]) for r in cells("minerals_production", mineral=mineral)]
    assert low <= min(values) <= max(values) <= high


# Answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [("2.1", 208.2), ("2.2", 472.3), ("2.3", 53.45), ("2.4", 13.4), ("2.5", 3), ("2.6", 67.8)],
)
def test_answer_key(code, expected):
    assert minerals.answers()[code].key == pytest.approx(expected, rel=0.003)


@pytest.mark.parametrize("code", ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"])
def test_each_foreseen_mistake_gets_its_own_message(code):
    exercise = minerals.answers()[code]
    assert len(exercise.mistakes) >= 2
    for wrong, message in exercise.mistakes:
        assert not same(exercise.key, wrong, exercise.tolerance)
        feedback = minerals.check(code, wrong)
        assert (feedback.state, feedback.message) == ("wrong", message)
    assert minerals.check(code, exercise.key).state == "right"
    assert minerals.check(code, ...).state == "waiting"


def test_key_follows_the_data(edit):
    edit("minerals_caps", "7500,400.870018", "5000,400.870018")
    assert minerals.answers()["2.3"].key == pytest.approx(80.174, abs=0.001)


# Income --------------------------------------------------------------------------------------


def test_income_keeps_its_rules():
    frame = minerals.income()
    assert results.income_frame(frame.to_dict("records")).equals(frame)
    assert set(frame["item"]) == {"legal exports", "evasion"}
    assert set(frame["concept"]) == {"gross receipts"}
    known = {r["source"] for r in cells("sources")}
    assert {s for cell in frame["sources"] for s in cell.split(";")} <= known


def test_income_has_no_year_without_evidence():
    years = minerals.income().groupby("item")["year"].agg(list)
    assert years["evasion"] == [2017, 2019, 2020, 2021]
    assert not {1999, 2000, 2003, 2004, 2006, 2023} & set(years["legal exports"])


@pytest.mark.parametrize(
    ("year", "item", "low", "central", "high"),
    [
        (2010, "legal exports", 690, 690, 860),
        (2014, "legal exports", 1510, 1510, 1510),
        (2016, "legal exports", 1450, 1450, 1450 / 0.96),
        (2018, "legal exports", 25.5, 25.5, 25.5),
        (2020, "legal exports", 4.54, 4.54, 4.54 * 44.58 / 23.9),
        (2017, "evasion", 62.184815 + 0.373926 + 0.526018, 200, 270),
        (2019, "evasion", 3.7 * 77.89 * 1180 / 22.49 / 66.12, 392, 370 * 12 / 8 + 22),
        (2021, "evasion", 0.36 * 138.05 * 1180 / 22.49 / 66.12, 46.2, 156),
    ],
)
def test_income_figures(year, item, low, central, high):
    frame = minerals.income().set_index(["year", "item"])
    found = frame.loc[(year, item), ["low", "central", "high"]].astype(float).tolist()
    assert found == pytest.approx([low, central, high], rel=0.002)


def test_income_follows_the_data(edit):
    edit("minerals_trade", "2024,ores (HS 26),World,1,47,", "2024,ores (HS 26),World,1,99,")
    edit("minerals_evasion", "coal,2020-01,2020-12,4800,", "coal,2020-01,2020-12,2400,")
    frame = minerals.income().set_index(["year", "item"])
    assert frame.loc[(2024, "legal exports"), "central"] == 99
    assert frame.loc[(2020, "evasion"), "central"] == pytest.approx(271.0 / 2, abs=0.05)


def test_income_names_no_year_whose_evidence_is_gone(edit):
    edit("minerals_trade", "2024,ores (HS 26),World,1,47,,,full year,seen,kotra_2024c,A", MOVED)
    assert 2024 not in set(minerals.income()["year"])


# Verdicts ------------------------------------------------------------------------------------


def test_verdicts_keep_their_rules():
    frame = minerals.verdicts()
    assert list(frame["claim"]) == ["M1", "M2", "M3"]
    assert results.verdict_frame(frame.to_dict("records")).equals(frame)
    assert list(frame["verdict"]) == ["holds in part"] * 3
    assert list(frame["value"]) == pytest.approx([2, 96, 71.6], abs=0.05)


def verdict(claim):
    return minerals.verdicts().set_index("claim").loc[claim, "verdict"]


def test_verdict_on_riches_changes_with_the_data(edit):
    iron = "5000,5000,5000,reserve,seen,kores_2018oct,"
    edit("minerals_reserves", iron + "B", iron + "C")
    found = minerals.verdicts().set_index("claim").loc["M1"]
    assert (found["verdict"], found["value"]) == ("holds in part", 1)
    for coal_row in SOLID_COAL:
        edit("minerals_reserves", coal_row, coal_row[:-1] + "C")
    assert verdict("M1") == "not supported"


def test_verdict_on_buyers_changes_with_the_data(edit):
    edit("minerals_trade", "coal and iron ore,Russia,1,0,", "coal and iron ore,Russia,1,500,")
    edit("minerals_trade", "metals,India,1,2.4,", "metals,India,1,300,")
    assert verdict("M2") == "holds"


def test_verdict_on_buyers_can_fail(edit):
    share = 'share going to the partner",China,1,,'
    edit("minerals_trade", f'"mineral products, {share}96,', f'"mineral products, {share}0.5,')
    assert verdict("M2") == "not supported"


def test_verdict_on_corruption_changes_with_the_data(edit):
    edit("minerals_capture", '2011-2015",5102,', '2011-2015",12000,')
    assert verdict("M3") == "holds"
    edit("corruption_index", "North Korea,2015,8,", "North Korea,2015,50,")
    assert verdict("M3") == "not supported"


# Explorer ------------------------------------------------------------------------------------


def test_explorer_frames_say_what_they_show():
    view = minerals.explorer()
    for frame in view.frames:
        png, alt = view.picture(dpi=40, **frame)
        assert png.startswith(b"\x89PNG")
        assert len(alt.split()) >= 25
    assert "58 percent" in view.picture(dpi=40, benchmark=minerals.NKRI)[1]
    assert (
        view.picture(dpi=40, first=2016, last=2012)[1]
        == view.picture(dpi=40, first=2012, last=2016)[1]
    )
