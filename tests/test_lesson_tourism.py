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
        row["first"][:4]: float(row["value_usd_million"])
        for row in rows
        if row["item"] == "business fee" and row["last"] == row["first"][:4] + "-12"
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


def test_audited_years_add_up_to_the_published_total():
    rows = [row for row in cells("kumgang_payments") if row["source"] == "kto_audit_2003_hankyung"]
    fees = [float(row["value_usd_million"]) for row in rows if row["item"] == "business fee"]
    assert sum(fees) - max(fees) == pytest.approx(max(fees)) == pytest.approx(407.245)
    total = next(row for row in rows if row["item"] == "all payments")
    assert float(total["value_usd_million"]) == pytest.approx(407.245 + 9.308 + 3.954)


def test_days_shut():
    assert tourism.days_shut() == (date(2024, 2, 9) - date(2020, 1, 22)).days == 1479


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
    assert plans["low"].round(1).tolist() == [60.0, 13.0, 5.6]
    assert plans["high"].round(1).tolist() == [60.0, 17.5, 5.6]
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


def test_verdicts():
    verdicts = tourism.verdicts().set_index("claim")
    assert verdicts["verdict"].to_dict() == {
        "U1": "holds",
        "U2": "holds in part",
        "U3": "holds in part",
    }
    assert "1,479 days" in verdicts.loc["U1", "finding"]
    assert verdicts.loc["U3", "value"] == 562.27


def test_results_follow_the_data(edit):
    edit(
        "kumgang_payments", "1999-01,1999-12,business fee,206,", "1999-01,1999-12,business fee,99,"
    )
    fees = tourism.income().query("item == 'Mount Kumgang fees' and year == 1999")
    assert set(fees["central"]) == {99}
    edit("tourism_visitors", "Russia,2025,tourism,,5075,", "Russia,2025,tourism,,90000,")
    assert tourism.verdicts().set_index("claim").loc["U2", "verdict"] == "holds"
    edit("tourism_events", "2024-02-09,First group", "2020-04-09,First group")
    assert tourism.verdicts().set_index("claim").loc["U1", "verdict"] == "holds in part"
    edit("kumgang_payments", "2010-06,all tour payments,562.27", "2010-06,all tour payments,5.6")
    edit("kumgang_payments", "2003-02,all tour payments,420", "2003-02,all tour payments,4.2")
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
