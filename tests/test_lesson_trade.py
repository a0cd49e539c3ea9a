"""Tests of lesson 1: headline figures by another route, and results that follow the data."""

import pytest
from tables import cells

from utils import data, results
from utils.lessons import trade


def annual():
    return {
        (int(row["year"]), row["series"]): float(row["value_usd_million"])
        for row in cells("trade_annual")
    }


def test_ninety_percent_is_crossed_in_three_different_years():
    share = trade.shares()
    crossed = [trade.crossing(share[name].dropna()) for name in trade.BASES]
    assert crossed[:3] == [2014, 2015, 2017]
    assert trade.crossing(share["KOTRA"], 100) is None


@pytest.mark.parametrize(
    ("year", "name", "percent"),
    [
        (2014, "KOTRA", 90.1),
        (2014, "no oil estimate", 89.5),
        (2015, "with South Korea", 63.7),
        (2016, "with South Korea", 87.9),
        (2020, "KOTRA", 88.2),
        (2020, "no oil estimate", 84.1),
        (2021, "no oil estimate", 90.9),
    ],
)
def test_shares_agree_with_published_ones(year, name, percent):
    assert trade.shares().loc[year, name] == pytest.approx(percent, abs=0.06)


def test_published_shares_agree_with_the_computed_ones():
    rows = data.read("trade_shares").query(
        "partner == 'China' and publisher == 'KOTRA' and (year < 2014 or with_crude_estimate)"
    )
    computed = trade.shares()["KOTRA"].loc[rows["year"]].to_numpy()
    # Several published totals are rounded to ten million dollars.
    assert abs(rows["share_percent"].to_numpy() - computed).max() < 0.35
    assert len(rows) >= 20


def test_sanctions_and_deficit():
    value = annual()
    fall = {
        flow: 100 * (value[2018, flow] / value[2017, flow] - 1)
        for flow in ("customs_exports_to_china", "customs_imports_from_china")
    }
    assert list(fall.values()) == pytest.approx([-87.7, -31.6], abs=0.05)
    net = trade.income().query("concept == 'net' and 1990 <= year <= 2024")["central"].sum()
    bought = sum(
        value[y, "customs_imports_from_china"] - value[y, "customs_exports_to_china"]
        for y in range(1990, 2025)
    )
    assert -net == pytest.approx(bought) == pytest.approx(25_113, abs=1)


def test_mirror_ratio_is_steady_from_2003():
    steady = trade.ratio_to_customs().loc[2003:]
    assert steady["imports"].between(1.09, 1.13).all()
    assert steady["exports"].between(0.98, 1.03).all()
    assert 2009 not in steady.index


def test_income_is_complete():
    income = trade.income()
    assert results.income_frame(income.to_dict("records")).equals(income)
    assert set(income["concept"]) == {"gross receipts", "net"}
    assert set(income["year"]) == set(range(1989, 2025))


def test_verdicts_name_the_crossing_years():
    verdicts = trade.verdicts().set_index("claim")
    assert list(verdicts.index) == ["T1", "T2", "T3", "T4"]
    assert "2014, 2015, 2017" in verdicts.loc["T2", "finding"]
    assert verdicts.loc["T2", "verdict"] == "holds in part"


def test_results_follow_the_data(edit):
    before = trade.income().set_index(["year", "item"]).loc[(2023, "goods exports to China")]
    edit(
        "trade_annual", "2023,customs_exports_to_china,291.89", "2023,customs_exports_to_china,999"
    )
    after = trade.income().set_index(["year", "item"]).loc[(2023, "goods exports to China")]
    assert (before["central"], after["central"]) == (291.89, 999)
    edit("trade_annual", "2020,kotra_total_with_china,760.8", "2020,kotra_total_with_china,862.9")
    assert trade.verdicts().set_index("claim").loc["T2", "verdict"] == "holds"
    edit(
        "trade_annual", "2024,customs_exports_to_china,341.82", "2024,customs_exports_to_china,1900"
    )
    assert trade.verdicts().set_index("claim").loc["T4", "verdict"] == "holds"


def test_keys_follow_the_data(edit):
    edit("trade_annual", "2015,interkorean_total,2714", "2015,interkorean_total,0")
    assert trade.check("1.2", 100 * 5710 / 6250).state == "right"


@pytest.mark.parametrize("basis", trade.BASES)
def test_every_picture_of_the_explorer_has_words(basis):
    view = trade.explorer()
    words = {view.picture(basis=basis, level=level)[1] for level in (50, 90, 95)}
    assert len(words) == 3
    assert all(basis in text for text in words)
