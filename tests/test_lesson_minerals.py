"""The figures of lesson 2, recomputed straight from the CSV files, and its rules."""

import csv
import json
import shutil

import pytest
from tables import cells

from utils import data
from utils.checks import same
from utils.lessons import minerals

CLAIMS = ["M1", "M2", "M3"]
VERDICTS = {"holds", "holds in part", "out of date", "not supported"}


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


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Copy the data and return a function that changes one cell of one row."""
    folder = tmp_path / "data"
    shutil.copytree(data.DATA, folder)
    monkeypatch.setattr(data, "DATA", folder)
    package = json.loads((folder / data.PACKAGE).read_text(encoding="utf-8"))
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            for limit in ("minimum", "maximum"):
                field.get("constraints", {}).pop(limit, None)
        resource.pop("rows", None)
    (folder / data.PACKAGE).write_text(json.dumps(package), encoding="utf-8")

    def change(table, where, column, value):
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        hit = [r for r in found if all(r[k] == v for k, v in where.items())]
        assert hit, f"no row {where} in {table}"
        for row in hit:
            row[column] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, found[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)

    return change


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


def test_key_follows_the_data(copy):
    copy("minerals_caps", {"measure": "annual cap from 1 January 2017"}, "cap_usd_million", "750")
    assert minerals.answers()["2.3"].key == pytest.approx(100)


# Income --------------------------------------------------------------------------------------


def test_income_keeps_its_rules():
    frame = minerals.income()
    assert list(frame) == [
        *("year", "item", "concept", "low", "central", "high", "basis", "grade", "sources")
    ]
    assert not frame.isna().to_numpy().any()
    assert not frame.duplicated(["year", "item", "concept"]).any()
    assert set(frame["item"]) == {"legal exports", "evasion"}
    assert set(frame["concept"]) == {"gross receipts"}
    assert ((frame["low"] <= frame["central"]) & (frame["central"] <= frame["high"])).all()
    assert frame["grade"].isin(list("ABCD")).all()
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
        (2017, "evasion", 62.184815 + 0.373926 + 0.526018, 200, 200),
        (2019, "evasion", 3.7 * 77.89 * 1180 / 22.49 / 66.12, 392, 370 * 12 / 8 + 22),
        (2021, "evasion", 0.36 * 138.05 * 1180 / 22.49 / 66.12, 46.2, 156),
    ],
)
def test_income_figures(year, item, low, central, high):
    frame = minerals.income().set_index(["year", "item"])
    found = frame.loc[(year, item), ["low", "central", "high"]].astype(float).tolist()
    assert found == pytest.approx([low, central, high], rel=0.002)


def test_income_follows_the_data(copy):
    copy("minerals_trade", {"item": "ores (HS 26)", "year": "2024"}, "value_usd_million", "99")
    frame = minerals.income().set_index(["year", "item"])
    assert frame.loc[(2024, "legal exports"), "central"] == 99


# Verdicts ------------------------------------------------------------------------------------


def test_verdicts_keep_their_rules():
    frame = minerals.verdicts()
    assert list(frame["claim"]) == CLAIMS
    assert set(frame["verdict"]) <= VERDICTS
    assert not frame.isna().to_numpy().any()
    assert list(frame["verdict"]) == ["holds in part"] * 3
    assert list(frame["value"]) == pytest.approx([2, 96, 71.6], abs=0.05)


def test_verdict_on_buyers_changes_with_the_data(copy):
    share = {"item": "mineral products, share going to the partner"}
    copy("minerals_trade", share, "share_percent", "40")
    copy("minerals_trade", {"item": "coal and iron ore"}, "value_usd_million", "500")
    copy("minerals_trade", {"item": "metals", "partner": "India"}, "value_usd_million", "300")
    assert minerals.verdicts().set_index("claim").loc["M2", "verdict"] == "holds"


def test_verdict_on_riches_changes_with_the_data(copy):
    copy("minerals_production", {"mineral": "coal"}, "grade", "C")
    copy("minerals_production", {"mineral": "iron ore"}, "grade", "C")
    found = minerals.verdicts().set_index("claim").loc["M1"]
    assert (found["verdict"], found["value"]) == ("not supported", 0)


def test_verdict_on_corruption_changes_with_the_data(copy):
    copy("minerals_capture", {"item": "loss"}, "usd_million", "12000")
    assert minerals.verdicts().set_index("claim").loc["M3", "verdict"] == "holds"
    copy("corruption_index", {"country": "Russia", "year": "2015"}, "score", "2")
    assert minerals.verdicts().set_index("claim").loc["M3", "verdict"] == "not supported"


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
