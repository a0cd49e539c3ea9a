"""Tests of lesson 1: headline figures by another route, and results that follow the data."""

import pandas as pd
import pytest
from tables import cells

from utils import charts, data, results
from utils.lessons import trade

EXPORTS, IMPORTS = "customs_exports_to_china", "customs_imports_from_china"


def annual():
    return {
        (int(row["year"]), row["series"]): float(row["value_usd_million"])
        for row in cells("trade_annual")
    }


def verdict(claim):
    return trade.verdicts().set_index("claim").loc[claim]


# ---- figures


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


def test_customs_flows_add_up_to_the_total():
    value = annual()
    both = [year for year, series in value if series == EXPORTS and (year, IMPORTS) in value]
    for year in both:
        parts = value[year, EXPORTS] + value[year, IMPORTS]
        assert parts == pytest.approx(value[year, "customs_total_with_china"], rel=0.006), year
    assert len(both) == 36


def test_sanctions_and_deficit():
    value = annual()
    fall = [100 * (value[2018, flow] / value[2017, flow] - 1) for flow in (EXPORTS, IMPORTS)]
    assert fall == pytest.approx([-87.7, -31.6], abs=0.05)
    net = trade.income().query("concept == 'net' and 1990 <= year <= 2024")["central"].sum()
    bought = sum(value[y, IMPORTS] - value[y, EXPORTS] for y in range(1990, 2025))
    assert -net == pytest.approx(bought) == pytest.approx(25_113, abs=1)


def test_the_wholes_differ_where_the_parts_agree():
    whole = {}
    for row in cells("trade_partners", view="COW", partner="all partners"):
        whole[row["year"]] = whole.get(row["year"], 0) + float(row["value_usd_million"])
    kotra = {y: v for (y, series), v in annual().items() if series == "kotra_total_world"}
    times = {int(y): value / kotra[int(y)] for y, value in whole.items() if int(y) in kotra}
    assert [y for y, value in times.items() if value > 1.5] == RIGHT["1.6"]
    assert times[2008] == pytest.approx(2.31, abs=0.005)


def test_the_lowest_month_and_the_way_back():
    total = {
        row["month"]: float(row["value_usd_million"])
        for row in cells("trade_monthly")
        if row["flow"] == "total" and row["month"] >= "2019"
    }
    lowest = min(total, key=total.get)
    assert (lowest, total[lowest]) == ("2020-11", 1.273)
    assert min(m for m, value in total.items() if m > lowest and value > 200) == "2023-01"
    assert min(value for m, value in total.items() if m < "2020") > 200


def test_more_than_half_of_a_statistic_is_an_estimate():
    value = annual()
    part = {
        year: 100 * value[year, series] / value[year, "kotra_total_with_china"]
        for year, series in value
        if series == "crude_oil_estimate"
    }
    assert max(part, key=part.get) == 2021
    assert part[2021] == pytest.approx(53.3, abs=0.05)


def test_the_oil_estimate_is_the_gap_between_kotra_and_customs():
    value = annual()
    years = [year for year, series in value if series == "crude_oil_estimate"]
    for year in years:
        gap = value[year, "kotra_total_with_china"] - value[year, "customs_total_with_china"]
        assert value[year, "crude_oil_estimate"] == pytest.approx(gap, abs=0.1), year
    assert years == list(range(2014, 2025))


def test_mirror_ratio_is_steady_from_2003():
    ratio = trade.ratio_to_customs()
    steady = ratio.loc[2003:].dropna()
    assert steady["imports"].between(1.09, 1.13).all()
    assert steady["exports"].between(0.98, 1.03).all()
    assert list(ratio.index) == list(range(1999, 2015))
    assert list(ratio.index[ratio["imports"].isna()]) == [2009]


# ---- exercises

RIGHT = {
    "1.1": 2005,
    "1.2": 62.5,
    "1.3": -87.7,
    "1.4": 57.1,
    "1.5": 10.49,
    "1.6": [1996, 2000, 2001, 2005, 2006, 2007, 2008, 2009, 2010],
}
WRONG = {
    "1.1": [2004, 2009, 2014],
    "1.2": [91.4, 0.625, 63.7, 91.0, 60.6],
    "1.3": [87.7, -31.6, -0.877, -91.9],
    "1.4": [7.3, 14.6, 0.571],
    "1.5": [10490, 8.98, 25.1],
    "1.6": [[1990], [2007, 2008], 2008],
}


@pytest.mark.parametrize("code", RIGHT)
def test_answers(code):
    assert trade.check(code, RIGHT[code]).state == "right"
    assert trade.check(code, ...).state == "waiting"
    feedback = [trade.check(code, answer) for answer in WRONG[code]]
    assert {f.state for f in feedback} == {"wrong"}
    assert len({f.message for f in feedback}) > 1


def test_each_foreseen_mistake_has_its_own_message():
    for code, exercise in trade.answers().items():
        said = [trade.check(code, wrong) for wrong, _ in exercise.mistakes]
        assert [f.message for f in said] == [message for _, message in exercise.mistakes]
        assert len(said) >= 3
        assert all(f.state == "wrong" for f in said)


def test_keys_follow_the_data(edit):
    edit("trade_annual", "2015,interkorean_total,2714", "2015,interkorean_total,0")
    assert trade.check("1.2", 100 * 5430 / 5970).state == "right"
    edit("trade_shares", "Unification,false,false,52.6", "Unification,false,false,49.6")
    assert trade.check("1.1", 2006).state == "right"


# ---- income and verdicts


def test_income_is_complete():
    income = trade.income()
    assert results.income_frame(income.to_dict("records")).equals(income)
    assert set(income["concept"]) == {"gross receipts", "net"}
    assert set(income["year"]) == set(range(1989, 2025))


def test_income_keeps_its_bounds_and_sources():
    income = trade.income().set_index(["year", "concept"])
    doubtful = income.loc[(1999, "gross receipts")]
    assert doubtful["high"] > 2.5 * doubtful["central"]
    assert "cow_trade_v4" in doubtful["sources"].split(";")
    net = income.loc[(2021, "net")]
    assert net["central"] - net["low"] == pytest.approx(363.6)
    assert net["grade"] == "C"


def test_income_follows_the_data(edit):
    edit("trade_annual", f"2023,{EXPORTS},291.89", f"2023,{EXPORTS},999")
    after = trade.income().set_index(["year", "concept"])
    assert after.loc[(2023, "gross receipts"), "central"] == 999
    assert after.loc[(2023, "net"), "central"] == pytest.approx(999 - 2003.5)


def test_verdicts():
    verdicts = trade.verdicts()
    assert list(verdicts["claim"]) == ["T1", "T2", "T3", "T4"]
    assert list(verdicts["verdict"]) == ["holds", "holds in part", "holds in part", "holds in part"]
    assert "2014, 2015, 2017" in verdict("T2")["finding"]
    assert "in 2020" in verdict("T2")["finding"]


def test_t1_changes_with_the_data(edit):
    edit("trade_annual", "2024,kotra_total_world,2696.11", "2024,kotra_total_world,7000")
    assert verdict("T1")["verdict"] == "holds in part"
    assert "more than all other" not in verdict("T1")["finding"]
    edit("trade_partners", "2023,Vietnam,KOTRA,total,15.76", "2024,Vietnam,KOTRA,total,3000")
    assert verdict("T1")["verdict"] == "not supported"


def test_t2_changes_with_the_data(edit, monkeypatch):
    edit("trade_annual", "2020,kotra_total_with_china,760.8", "2020,kotra_total_with_china,862.9")
    assert verdict("T2")["verdict"] == "holds"
    assert "again" not in verdict("T2")["finding"]
    edit("trade_annual", "2024,kotra_total_world,2696.11", "2024,kotra_total_world,3100")
    assert verdict("T2")["verdict"] == "out of date"
    low = trade.shares() * 0.8
    monkeypatch.setattr(trade, "shares", lambda: low)
    assert verdict("T2")["verdict"] == "not supported"


def test_t3_changes_with_the_data(edit, monkeypatch):
    edit("trade_ties", 'North, flow",2015,2015', 'North, flow",2023,2023')
    assert verdict("T3")["verdict"] == "holds"
    assert "2023 for investment" in verdict("T3")["finding"]
    old = trade.workers_in_china().query("year < 2018")
    monkeypatch.setattr(trade, "workers_in_china", lambda: old)
    assert verdict("T3")["verdict"] == "holds in part"
    monkeypatch.setattr(trade, "workers_in_china", lambda: old[:0])
    assert verdict("T3")["verdict"] == "not supported"


def test_t3_is_out_of_date_when_only_goods_have_fresh_figures(monkeypatch):
    old = trade.workers_in_china().query("year < 2018")
    monkeypatch.setattr(trade, "workers_in_china", lambda: old)
    assert verdict("T3")["verdict"] == "out of date"


def test_t4_changes_with_the_data(edit):
    edit("trade_annual", f"2024,{EXPORTS},341.82", f"2024,{EXPORTS},1900")
    assert verdict("T4")["verdict"] == "holds"
    edit("trade_annual", "2024,kotra_imports_world,2335.67", "2024,kotra_imports_world,7000")
    assert verdict("T4")["verdict"] == "holds in part"
    edit("trade_annual", f"2024,{EXPORTS},1900", f"2024,{EXPORTS},341.82")
    assert verdict("T4")["verdict"] == "not supported"


def test_a_new_year_known_to_customs_only_breaks_no_verdict(edit):
    row = "2025,customs_total_with_china,2735"
    edit("trade_annual", row, f"2025,{EXPORTS},400,seen,kotra_2024,A,\n{row}")
    assert trade.income()["year"].max() == 2024  # one flow alone is no income
    row = f"2025,{EXPORTS},400,seen,kotra_2024,A,"
    edit("trade_annual", row, f"{row}\n2025,{IMPORTS},2335,seen,kotra_2024,A,")
    assert "In 2024 China supplied" in verdict("T4")["finding"]
    assert trade.income()["year"].max() == 2025


# ---- pictures


@pytest.mark.parametrize("basis", trade.BASES)
def test_every_picture_of_the_explorer_has_words(basis):
    view = trade.explorer()
    words = {view.picture(basis=basis, level=level)[1] for level in (50, 90, 95)}
    assert len(words) == 3
    assert all(basis in text for text in words)


def test_the_explorer_names_the_year_and_the_falls_below():
    view = trade.explorer()
    assert "first reached in 2017" in view.picture(basis="with South Korea", level=90)[1]
    assert "below again in 2020." in view.picture(basis="both changes", level=90)[1]
    assert "first reached in 2018" in view.picture(basis="KOTRA", level=95)[1]


def test_words_of_charts_follow_what_is_drawn():
    share = trade.shares()[["KOTRA", "no oil estimate", "with South Korea"]].loc[1995:2024]
    words = trade.words_shares(share, 90)
    assert words["title"].endswith("90 percent in 2014, 2015 or 2017")
    assert "2009" in trade.words_shares(share, 75)["title"]
    for text in (words, trade.words_mirror(trade.ratio_to_customs(), 1.05, 1.15)):
        assert len(text["alt"].split()) >= charts.ALT_WORDS
    assert "From 2003 on" in trade.words_mirror(trade.ratio_to_customs(), 1.05, 1.15)["title"]


def test_a_line_looks_the_same_in_every_chart():
    fig = charts.plt.figure()
    first, second = fig.subplots(2)
    trade.draw_lines(first, pd.DataFrame({"imports": [1, 2], "exports": [2, 1]}))
    trade.draw_lines(second, pd.DataFrame({"exports": [1, 2], "imports": [2, 1]}))
    looks = [
        {line.get_label(): (line.get_color(), line.get_linestyle()) for line in ax.get_lines()}
        for ax in (first, second)
    ]
    charts.plt.close(fig)
    assert looks[0] == looks[1]
    assert len(set(looks[0].values())) == 2
