"""Tests of lesson 5: headline figures by another route, and results that follow the data."""

from datetime import date

import pandas as pd
import pytest
from tables import cells

from utils import data, results
from utils.lessons import tourism


def audit():
    rows = cells("kumgang_payments")
    return {
        row["start"][:4]: float(row["value_usd_million"])
        for row in rows
        if row["item"] == "business fee" and row["end"] == row["start"][:4] + "-12"
    }


@pytest.mark.parametrize(("year", "total"), [("1999", 206), ("2000", 136), ("2001", 36)])
def test_the_rule_book_gives_the_audited_fees(year, total):
    rules = [row for row in cells("kumgang_fee_rules") if row[f"payments_{year}"]]
    rebuilt = sum(float(row["amount"]) * int(row[f"payments_{year}"]) for row in rules)
    assert rebuilt == total
    assert audit()[year] == (total if year != "2001" else 37.212)


def test_payments_follow_the_dates_of_the_rules():
    for row in cells("kumgang_fee_rules")[1:3]:
        months = pd.period_range(row["start"], row["end"], freq="M")
        for year in (1999, 2000):
            assert int(row[f"payments_{year}"] or 0) == (months.year == year).sum()


def test_2002_does_not_fit_and_a_visitor_brought_ever_less():
    heads = {
        row["year"]: int(row["visitors"])
        for row in cells("kumgang_visitors")
        if row["best"] == "true"
    }
    assert sum(heads.values()) == 1_946_910
    assert audit()["2002"] / (100 * heads["2002"] / 1e6) == pytest.approx(2.54, abs=0.005)
    brought = [round(1e6 * audit()[y] / heads[y]) for y in ("1999", "2000", "2001", "2002")]
    assert brought == [1391, 638, 643, 254]
    assert tourism.per_visitor()["low"].head(4).round().tolist() == brought


def test_the_total_to_august_2001_leaves_9878_visitors():
    rows = {(row["start"], row["end"]): row for row in cells("kumgang_payments")}
    by_rule = 25 * 6 + 8 * 9 + 12 * 10 + 6 + 8 + 22
    rest = float(rows["1998-11", "2001-08"]["value_usd_million"]) - by_rule
    assert 1e6 * rest / 100 == pytest.approx(9878)
    assert 1e4 * float(rows["2001-06", "2001-06"]["value_usd_million"]) == pytest.approx(3992)
    assert float(rows["1998-11", "1999-08"]["value_usd_million"]) == 25 * 6 + 8 * 3 == 174


def test_the_half_year_of_2002_was_made_by_multiplication():
    months = [f"2002-{month:02}" for month in range(1, 7)]
    rows = cells("kumgang_months", site="Kumgang")
    heads = sum(int(row["visitors"]) for row in rows if row["month"] in months)
    row = cells("kumgang_payments", item="fee by multiplication")[0]
    assert heads == 23_763
    assert 100 * heads == round(1e6 * float(row["value_usd_million"])) == 2_376_300


def test_kaesong_fell_by_half_after_the_shooting():
    rows = {row["month"]: int(row["visitors"]) for row in cells("kumgang_months", site="Kaesong")}
    assert 1 - rows["2008-09"] / rows["2008-06"] == pytest.approx(0.526, abs=0.001)


def test_the_promise_was_kept_to_43_percent():
    rows = cells("kumgang_payments", source="kto_audit_2003_hankyung", item="business fee")
    best = cells("kumgang_visitors", best="true")
    heads = [int(row["visitors"]) for row in best if "1999" <= row["year"] <= "2004"]
    assert max(float(row["value_usd_million"]) for row in rows) / 942 == pytest.approx(0.432, 0.001)
    assert sum(heads) / 6 == pytest.approx(141_685, abs=1)


def test_tourists_are_a_fifth_to_a_third_of_chinese_visits():
    rows = cells("tourism_visitors", origin="China")
    visits = {row["year"]: int(row["visitors"]) for row in rows if row["grade"] == "A"}
    tours = {year: [] for year in visits}
    for row in (row for row in rows if row["purpose"] == "tourism" and row["year"] in tours):
        tours[row["year"]] += [int(row[c]) for c in ("low", "visitors", "high") if row[c]]
    shares = {
        year: (round(100 * min(tour) / visits[year]), round(100 * max(tour) / visits[year]))
        for year, tour in tours.items()
    }
    assert shares == {"2009": (25, 25), "2010": (31, 31), "2011": (21, 36), "2012": (21, 26)}


def test_what_estimates_mean_a_head():
    rows = {row["source"]: row for row in cells("tourism_revenue_estimates")}

    def a_head(source, money, heads):
        return round(1e6 * float(rows[source][money]) / int(rows[source][heads]))

    low, point, high = (f"{word}_usd_million" for word in ("low", "point", "high"))
    assert a_head("park_2003_hankyung", point, "visitors_high") == 18
    assert a_head("park_2003_hankyung", point, "visitors_low") == 29
    assert a_head("kiep_2013_nocut", low, "visitors_low") == 422
    assert a_head("kiep_2013_nocut", high, "visitors_high") == 564
    assert a_head("segye_2015", low, "visitors_low") == 307
    assert a_head("segye_2015", high, "visitors_high") == 436
    assert [round(100 * float(rows["segye_2015"][c]) / 86) for c in (low, high)] == [36, 51]


def test_audited_years_add_up_to_the_published_total():
    rows = [row for row in cells("kumgang_payments") if row["source"] == "kto_audit_2003_hankyung"]
    fees = [float(row["value_usd_million"]) for row in rows if row["item"] == "business fee"]
    assert sum(fees) - max(fees) == pytest.approx(max(fees)) == pytest.approx(407.245)
    total = next(row for row in rows if row["item"] == "all payments")
    assert float(total["value_usd_million"]) == pytest.approx(407.245 + 9.308 + 3.954)


def test_days_shut():
    assert tourism.days_shut() == (date(2024, 2, 9) - date(2020, 1, 22)).days == 1479
    assert tourism.shut_at(tourism.ARTICLE)
    assert not tourism.shut_at("2019-12")


def test_closings_of_known_length():
    known = tourism.closings().set_index("label")[["low", "high"]]
    assert known.T.to_dict("list") == {
        "COVID-19, 2020": [1479, 1479],
        "Ebola, 2014": [(date(2015, 3, 1) - date(2014, 10, 31)).days, 181],
        "SARS, 2003": [61, 61],
        "tension, 2013": [(date(2013, 5, 28) - date(2013, 4, 10)).days, 48],
        "detention, 1999": [40, 40],
        "typhoon, 2002": [10, 10],
        "mourning, 2003": [7, 7],
    }


def test_a_closing_ends_with_an_opening_of_the_table():
    openings = {row["date"] for row in cells("tourism_events", kind="opening")}
    closings = cells("tourism_events", kind="closing")
    assert len(closings) == 14
    assert {row["reopened"] for row in closings} - {""} <= openings
    assert all(row["label"] for row in closings)
    others = [row for row in cells("tourism_events") if row["kind"] != "closing"]
    assert not any(row["reopened"] or row["about_days"] for row in others)


def test_five_counts_of_the_same_russians():
    assert tourism.russian_counts()["visitors"].tolist() == [880, 1000, 1500, 1957, 4000]
    assert tourism.russian_counts()["label"].notna().all()


def test_model_gives_the_known_answers():
    model = tourism.model().set_index("label")
    for label, low, high in [
        ("Chinese, 2019", 84.24, 175),
        ("Western, 2017", 2.0, 11.25),
        ("Russian, 2025", 3.806, 9.338),
    ]:
        assert model.loc[label, ["low", "high"]].tolist() == pytest.approx([low, high], abs=0.001)
    share = tourism.shares()
    assert [share.low, share.central, share.high] == pytest.approx([80 / 300, 0.3, 100 / 193.4])


def test_plans_and_neighbors():
    plans = tourism.plans().set_index("label")
    assert plans["low"].round(1).tolist() == [60.0, 13.0, 10.0, 5.6]
    assert plans["high"].round(1).tolist() == [60.0, 17.5, 10.0, 5.6]
    assert plans["plan"].tolist() == [400_000, 2_000_000, 1_000_000, 1_250_000]
    paid = tourism.neighbors().set_index("label")["high"].round()
    assert paid[["Laos", "Bhutan", "Myanmar", "Cuba", "Mongolia", "South Korea"]].tolist() == [
        *(203, 380, 573, 619, 950, 1454)
    ]


def test_north_korea_stays_blank_in_the_file_of_the_world_bank():
    rows = [row for row in cells("tourism_benchmarks") if row["iso3"] == "PRK"]
    assert len(rows) == 22
    assert all(row["arrivals"] == row["receipts_usd_million"] == "" for row in rows)


def test_income_keeps_its_rules():
    income = tourism.income()
    assert results.income_frame(income.to_dict("records")).equals(income)
    assert set(income["concept"]) == {"gross receipts", "state take"}
    gross, take = (income[income["concept"] == c] for c in ("gross receipts", "state take"))
    pairs = gross.merge(take, on=["year", "item"], suffixes=("", "_take"), validate="1:1")
    assert len(pairs) == len(gross) == len(take)
    assert (pairs["high_take"] <= pairs["high"]).all()
    fees = pairs[pairs["item"].str.endswith("fees")]
    assert set(fees["item"]) == {"Mount Kumgang fees", "Kaesong tour fees"}
    assert (fees["low"] == fees["low_take"]).all()
    paid = fees[fees["year"].between(1999, 2002)].set_index("year")["central"]
    assert paid.to_dict() == {int(year): value for year, value in audit().items()}
    assert set(income.loc[~income["year"].between(1999, 2002), "grade"]) <= {"C", "D"}
    assert {2003, 2010, 2020, 2021, 2022, 2023}.isdisjoint(income["year"])
    published = income.query("item == 'all foreign tourists'").set_index(["concept", "year"])
    assert published["high"]["state take"].equals(published["high"]["gross receipts"])
    peak = income.query("item == 'Chinese tourists' and year == 2019").set_index("concept")
    assert peak.loc["state take", ["low", "high"]].round(1).tolist() == [22.5, 90.5]


def test_fees_by_the_head_follow_the_months_of_the_rules():
    for year, low, central, high in [
        (2004, 10, (6 * 50 + 6 * 25) / 12, 50),
        (2005, 10, (4 * 25 + 8 * 35) / 12, 70),
        (2006, 15, (6 * 35 + 6 * 48) / 12, 80),
        (2007, 30, 48, 80),
    ]:
        fee = tourism.head_fee(year)
        assert [fee.low, fee.central, fee.high] == pytest.approx([low, central, high])


def test_payments_of_2008_fit_the_published_sum():
    income = tourism.income().query("concept == 'state take' and year == 2008")
    fees = income[income["item"].str.endswith("fees")][["low", "central", "high"]].sum()
    published = float(cells("kumgang_payments", start="2008-02")[0]["value_usd_million"])
    assert fees["low"] < published < fees["high"]
    assert fees["central"] == pytest.approx(published, rel=0.05)


def test_verdicts():
    verdicts = tourism.verdicts().set_index("claim")
    assert verdicts["verdict"].to_dict() == {
        "U1": "holds",
        "U2": "holds in part",
        "U3": "holds in part",
    }
    assert "1,479 days" in verdicts.loc["U1", "finding"]
    assert "border was shut" in verdicts.loc["U2", "finding"]
    assert verdicts.loc["U3", "value"] == pytest.approx(100 * 11 / 17)
    assert "562 million" in verdicts.loc["U3", "finding"]


def test_results_follow_the_data(edit):
    edit(
        "kumgang_payments", "1999-01,1999-12,business fee,206,", "1999-01,1999-12,business fee,99,"
    )
    fees = tourism.income().query("item == 'Mount Kumgang fees' and year == 1999")
    assert set(fees["central"]) == {99}
    edit("tourism_visitors", "Russia,2025,tourism,,5075,", "Russia,2025,tourism,,90000,")
    assert tourism.verdicts().set_index("claim").loc["U2", "verdict"] == "holds"
    edit("tourism_events", "COVID-19,2024-02-09,", "COVID-19,2020-04-09,")
    verdicts = tourism.verdicts().set_index("claim")
    assert verdicts.loc["U1", "verdict"] == "holds in part"
    assert "border was open" in verdicts.loc["U2", "finding"]
    for name in ("Uri Tours", "Lupine Travel", "KTG Tours"):
        edit("tourism_operators", f"{name},operator,sells", f"{name},operator,receives")
    assert tourism.verdicts().set_index("claim").loc["U3", "verdict"] == "holds"


def test_keys_follow_the_data(edit):
    edit("tourism_visitors", "China,2009,tourism,,24000,", "China,2009,tourism,,48050,")
    assert tourism.check("5.3", 50).state == "right"


def test_an_unknown_event_is_refused():
    with pytest.raises(data.DataError):
        tourism.event("1999-12-31")


@pytest.mark.parametrize("origin", tourism.model()["label"])
def test_every_picture_of_the_explorer_has_words(origin):
    view = tourism.explorer()
    words = {
        view.picture(origin=origin, visitors=level, price=level, share=share, beds=1000)[1]
        for level, share in (("low", 5), ("central", 50), ("high", 100))
    }
    assert len(words) == 3
    assert all(origin in text for text in words)
