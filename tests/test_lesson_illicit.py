"""Tests of lesson 3: headline figures by another route, and results that follow the data."""

from collections import Counter, defaultdict
from datetime import date
from statistics import mean, median

import pandas as pd
import pytest
from tables import cells

from utils import results
from utils.lessons import illicit


def amounts(rows, name="usd_million"):
    return [float(row[name]) for row in rows if row[name]]


def thefts(**wanted):
    return cells("cyber_incidents", **wanted)


def day(text):
    parts = [int(part) for part in text.split("-")]
    return date(*parts, *{1: (7, 1), 2: (15,), 3: ()}[len(parts)])


def test_all_incidents_are_there():
    rows = thefts()
    assert len(rows) == 181
    assert Counter(r["confidence"] for r in rows) == {"official": 79, "industry": 91, "alleged": 11}
    assert Counter(r["asset"] for r in rows) == {"crypto": 160, "fiat": 20, "unknown": 1}
    assert sum(r["disputed"] == "true" for r in rows) == 9
    assert sum(r["usd_million"] == "" for r in rows) == 3


def test_concentration():
    crypto = thefts(asset="crypto")
    values = sorted(amounts(crypto), reverse=True)
    assert (len(values), sum(values), median(values)) == (157, pytest.approx(7301.2, abs=0.1), 8.5)
    assert 100 * values[0] / sum(values) == pytest.approx(20.5, abs=0.05)
    assert 100 * sum(values[:10]) / sum(values) == pytest.approx(61, abs=0.1)
    in_2025 = amounts([r for r in crypto if r["year"] == "2025"])
    assert mean(in_2025) == pytest.approx(69, abs=0.5)
    assert median(in_2025) == pytest.approx(7.6, abs=0.05)
    assert 100 * max(in_2025) / sum(in_2025) == pytest.approx(73, abs=0.5)


def test_totals_by_confidence():
    sums = {
        name: sum(amounts(thefts(asset="crypto", confidence=name))) for name in illicit.CONFIDENCE
    }
    assert [round(value) for value in sums.values()] == [4469, 2133, 699]
    late = [r for r in thefts(asset="crypto", year="2026") if r["confidence"] != "alleged"]
    until = sums["official"] + sums["industry"] - sum(amounts(late))
    assert until == pytest.approx(5899.3, abs=0.05)


def test_banks_attempted_and_taken():
    banks = [r for r in thefts(victim_type="bank") if r["attempted_usd_million"]]
    tried, taken = sum(amounts(banks, "attempted_usd_million")), sum(amounts(banks))
    assert (len(banks), round(tried), taken) == (15, 1953, 81.5)
    assert 100 * taken / tried == pytest.approx(4.2, abs=0.05)
    assert max(r["date"] for r in thefts(victim_type="bank")) == "2019-03"


def test_victims_by_era():
    sums = defaultdict(Counter)
    for row in thefts():
        if row["usd_million"] and row["confidence"] != "alleged":
            era = "old" if row["year"] < "2020" else "middle" if row["year"] < "2023" else "new"
            sums[era][row["victim_type"]] += float(row["usd_million"])
    share = {
        era: {kind: round(100 * value / sum(found.values()), 1) for kind, value in found.items()}
        for era, found in sums.items()
    }
    assert (share["old"]["exchange"], share["old"]["bank"]) == (75.5, 20.1)
    assert (share["middle"]["bridge"], share["middle"]["exchange"]) == (46.9, 28.8)
    assert (share["new"]["exchange"], share["new"]["individual"]) == (61.1, 9.0)
    assert set(illicit.GROUPS) == {row["victim_type"] for row in thefts()}
    groups = Counter(illicit.GROUPS[row["victim_type"]] for row in thefts())
    assert (groups["private holders"], groups["other firms"], groups["banks"]) == (29, 33, 20)


def test_waits_until_blame():
    official = thefts(confidence="official")
    days = [(day(r["attributed"]) - day(r["date"])).days for r in official]
    waits = illicit.waits()
    assert waits["days"].tolist() == days
    assert waits["months"].median() == pytest.approx(13.5, abs=0.05)
    assert waits.loc[~waits["un_list"], "months"].median() == pytest.approx(10.1, abs=0.05)
    named = dict(zip(waits["victim"], waits["days"], strict=True))
    assert (named["Stake.com"], named["Bybit"]) == (2, 5)
    assert waits["months"].max() == pytest.approx(59.8, abs=0.1)


def test_dates_of_unlike_exactness():
    days = illicit.to_day(pd.Series(["2018", "2019-03", "2025-02-21"]))
    assert [f"{d:%Y-%m-%d}" for d in days] == ["2018-07-01", "2019-03-15", "2025-02-21"]


def total(publisher, vintage, year):
    (row,) = cells("cyber_totals", publisher=publisher, vintage=vintage, year=str(year))
    return float(row["usd_million"])


def test_revisions():
    def change(publisher, year, first, last):
        return 100 * (total(publisher, last, year) / total(publisher, first, year) - 1)

    assert change("Chainalysis", 2022, "2023 report", "2026 table") == pytest.approx(
        -33.4, abs=0.05
    )
    assert change("Chainalysis", 2023, "2024 report", "2026 table") == pytest.approx(-34)
    assert change("Chainalysis", 2021, "2023 report", "2026 table") == pytest.approx(18, abs=0.05)
    assert change("Elliptic", 2022, "2023 study", "2025 report") == pytest.approx(110.9, abs=0.05)
    of_2022 = amounts(cells("cyber_totals", year="2022"))
    assert max(of_2022) / min(of_2022) == pytest.approx(2.6, abs=0.05)


def test_share_of_the_world_within_one_report():
    whole = {
        (r["vintage"], r["year"]): float(r["usd_million"])
        for r in cells("cyber_world_totals", publisher="Chainalysis", scope="all thefts")
    }
    share = {
        key: 100 * total("Chainalysis", *key) / whole[key]
        for key in [("2023 report", "2022"), ("2024 report", "2023"), ("2025 report", "2023")]
    }
    assert list(share.values()) == pytest.approx([43.4, 58.8, 36.3], abs=0.05)
    (narrow,) = cells("cyber_world_totals", scope="exchanges only", year="2019")
    mixed = 100 * total("Chainalysis", "2024 report", 2019) / float(narrow["usd_million"])
    assert mixed == pytest.approx(96, abs=0.2)


def test_value_on_the_day_and_later():
    for row in cells("stolen_coins"):
        value = float(row["coins"]) * float(row["close_usd"]) / 1e6
        assert value == pytest.approx(float(row["value_usd_million"]), abs=0.006), row["victim"]
    upbit = illicit.worth("Upbit (2019)")
    assert upbit.iloc[0] == 52.33
    later = [upbit.loc[when].iloc[0] for when in ("2021-11", "2022-12", "2026-07")]
    assert later == pytest.approx([1584, 409, 656], abs=0.5)
    bybit = illicit.worth("Bybit (ether part)")
    assert (bybit.iloc[0], bybit.iloc[-1]) == pytest.approx((1066.52, 769), abs=0.5)
    assert [f"{when:%Y-%m-%d}" for when in bybit.index[[0, 1, -1]]] == [
        *("2025-02-21", "2025-02-28", "2026-07-31")
    ]
    with pytest.raises(KeyError):
        illicit.worth("nobody")


def test_latest_keeps_each_publishers_last_word():
    last = illicit.latest().set_index(["publisher", "year"])["usd_million"]
    assert last.index.is_unique
    assert last["Chainalysis", 2022] == 1100
    assert last["TRM Labs", 2022] == 850
    assert ("T. Monahan", 2026) not in last, "a part of a year is no total for the year"
    assert last["MSMT", 2025] == 2000


def test_then_and_now():
    bars = illicit.then_and_now().set_index("label")
    assert bars.index.is_unique
    assert bars.loc["counterfeit dollars, 2006", ["low", "high"]].tolist() == [15, 25]
    assert "counterfeit dollars, 2009" not in bars.index, "a repeated number is no new estimate"
    assert "all illicit income, profit, 2008" not in bars.index, "a bound alone is no range"
    assert bars["high"].idxmax() == bars.index[-1] == "crypto thefts, value stolen, 2025"
    assert bars.loc["arms, missiles, 2001", ["low", "high"]].tolist() == [560, 580]


def test_income_is_complete_and_keeps_stolen_apart():
    income = illicit.income()
    assert results.income_frame(income.to_dict("records")).equals(income)
    stolen = income.query("concept == 'value stolen'").set_index(["item", "year"])["central"]
    assert stolen["crypto thefts", 2025] == pytest.approx(median([2020, 2057.209, 2060, 2000]))
    assert stolen["bank thefts", 2016] == 99
    assert stolen["crypto thefts"].index.tolist() == list(range(2016, 2026))
    assert stolen["bank thefts"].index.tolist() == list(range(2015, 2020))
    cash = income.query("item == 'crypto thefts, turned into cash'").set_index("year")
    assert set(cash["concept"]) == {"gross receipts"}
    assert cash["low"][2022] == pytest.approx(0.33 * 700)
    assert cash["central"][2022] == pytest.approx(0.45 * stolen["crypto thefts", 2022])
    assert cash["high"][2022] == 1350
    assert cash["sources"].str.contains("cnas_rusi_2022").all()


def test_old_trades_have_only_years_of_their_own():
    income = illicit.income()
    old = income[~income["item"].str.contains("thefts")]
    years = old.groupby("item")["year"].agg(lambda found: sorted(set(found))).to_dict()
    assert years == {
        "all crime for profit": [2007],
        "counterfeit cigarettes": [2005, 2006],
        "counterfeit dollars": [2003, 2006],
        "drugs": [2001],
    }
    assert set(old.loc[old["item"] == "all crime for profit", "concept"]) == {"net"}
    assert not income["item"].str.contains("arms|IT workers").any()


def test_verdicts():
    verdicts = illicit.verdicts().set_index("claim")
    assert verdicts["verdict"].to_dict() == {
        "I1": "out of date",
        "I2": "out of date",
        "I3": "holds in part",
        "I4": "holds",
    }
    assert verdicts["value"].tolist() == pytest.approx([50, 50, 187.5, 58.7], abs=0.05)


def test_verdicts_follow_the_data(edit):
    seizure, count = "single seizure,,{},,1,,South Korea", "since 1976,1976,2007,,{},"
    edit("illicit_estimates", seizure.format(2008), seizure.format(2022))
    edit("illicit_counts", count.format(50), count.format(90))
    edit("cyber_incidents", "I043,2019-03,2019,", "I043,2022-03,2022,")
    bybit = "I143,2025-02-21,2025,Bybit,{},"
    edit("cyber_incidents", bybit.format("exchange"), bybit.format("bridge"))
    verdicts = illicit.verdicts()["verdict"].tolist()
    assert verdicts == ["holds", "holds in part", "holds", "holds in part"]


def test_a_new_state_case_revives_the_claim_on_drugs(edit):
    case = "known in Japan and Taiwan,,{},,{},"
    edit("illicit_counts", case.format(2009, 0), case.format(2022, 4))
    assert illicit.verdicts().set_index("claim").loc["I2", "verdict"] == "holds"


def test_a_disputed_theft_is_no_evidence(edit):
    official = "2025-02-26,official,{},fbi_bybit_2025"
    before = illicit.verdicts().set_index("claim").loc["I4", "value"]
    edit("cyber_incidents", official.format("false"), official.format("true"))
    assert illicit.verdicts().set_index("claim").loc["I4", "value"] < before - 10


def test_banks_alone_would_be_out_of_date(edit):
    for victim in ("Advcash", "Alphapo", "CoinsPaid"):
        edit("cyber_incidents", f"{victim},payment firm,", f"{victim},crypto firm,")
    assert illicit.verdicts().set_index("claim").loc["I3", "verdict"] == "out of date"


def test_income_and_keys_follow_the_data(edit):
    edit(
        "cyber_totals",
        "CertiK,May 2026,2026-05,2025,year,,2060,",
        "CertiK,May 2026,2026-05,2025,year,,2400,",
    )
    edit(
        "cyber_incidents",
        ",NiceHash,exchange,Slovenia,crypto,63.92,70,75",
        ",NiceHash,exchange,Slovenia,crypto,63.92,74,75",
    )
    edit("state_take", "some deals,2022-06,33,33", "some deals,2022-06,20,20")
    income = illicit.income().set_index(["item", "concept", "year"])
    assert income.loc[("crypto thefts", "value stolen", 2025), "high"] == 2400
    cash = income.loc[("crypto thefts, turned into cash", "gross receipts", 2025)]
    assert (cash["low"], cash["high"]) == pytest.approx((400, 2400))
    assert illicit.check("3.3", 4413.194).state == "right"


def test_solutions_by_another_route():
    rows = thefts(asset="crypto", confidence="official", disputed="false")
    assert illicit.check("3.1", sum(row["usd_million"] == "0" for row in thefts())).state == "right"
    assert illicit.check("3.3", sum(amounts(rows))).state == "right"
    in_2025 = [r for r in thefts(asset="crypto", year="2025") if r["confidence"] != "alleged"]
    others = sorted(amounts(in_2025))[:-1]
    assert illicit.check("3.2", sum(others) / len(others)).state == "right"
    (price,) = cells("crypto_prices", coin="ETH", month="2022-12")
    assert illicit.check("3.5", 173600 * float(price["month_end_usd"]) / 1e6).state == "right"
    assert illicit.check("3.6", total("Chainalysis", "2026 table", 2025) / 25).state == "right"


def test_every_picture_of_the_explorer_has_words():
    view = illicit.explorer()
    words = [view.picture(**frame)[1] for frame in view.frames]
    assert len(set(words)) == len(words) == 4
    alone = [view.picture(victims=name)[1] for name in view.controls["victims"].options]
    assert len(set(alone)) == len(alone)


def test_explorer_agrees_with_the_table():
    view = illicit.explorer()
    everything = view.picture(believe="also the alleged", disputed="counted")[1]
    assert f"total is {sum(amounts(thefts())):,.0f} million, 100 percent" in everything
    rows = thefts(confidence="official", disputed="false", victim_type="bank")
    banks = view.picture(believe="official only", victims="banks")[1]
    assert f"total is {sum(amounts(rows)):,.0f} million" in banks


def test_no_private_person_and_no_method_is_named():
    banned = ("phish", "malware", "insider", "takeover", "minted", "private key", "0x")
    for row in thefts():
        text = " ".join([row["victim"], row["note"]]).lower()
        assert not any(word in text for word in banned), row["incident"]
        if row["victim_type"] == "individual":
            assert row["victim"].startswith(("Individual", "Unnamed", "Several")), row["victim"]
