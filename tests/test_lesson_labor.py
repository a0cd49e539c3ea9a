"""Tests of lesson 4: headline figures by another route, and results that follow the data."""

from collections import defaultdict
from statistics import median

import pytest
from tables import cells

from utils import ranges, results
from utils.lessons import labor


def column(rows, name):
    return [float(row[name]) for row in rows if row[name]]


def test_kaesong_adds_up():
    output = column(cells("kaesong"), "production_usd_million")
    totals = {
        (r["measure"], r["month"]): float(r["total_usd_million"]) for r in cells("kaesong_totals")
    }
    assert sum(output) == pytest.approx(3233.04, abs=0.005)
    assert sum(output) == pytest.approx(totals["output", "2015-12"], abs=5)
    assert sum(output[:4]) == pytest.approx(totals["output", "2008-12"], abs=0.02)
    bills = column(cells("kaesong"), "wage_bill_usd_million")
    assert totals["wage bill", "2015-12"] - sum(bills) == pytest.approx(149.0, abs=0.05)
    assert labor.residual() == pytest.approx(totals["wage bill", "2015-12"] - sum(bills))


def test_kaesong_shares_and_growth():
    year = {int(r["year"]): r for r in cells("kaesong")}
    share = {
        y: 100 * float(year[y]["wage_bill_usd_million"]) / float(year[y]["production_usd_million"])
        for y in (2007, 2010, 2015)
    }
    assert list(share.values()) == pytest.approx([7.5, 15.0, 21.7], abs=0.05)
    output = {y: float(r["production_usd_million"]) for y, r in year.items() if y > 2004}
    assert 100 * (1 - output[2013] / output[2012]) == pytest.approx(52.3, abs=0.05)
    assert 100 * ((output[2015] / output[2005]) ** 0.1 - 1) == pytest.approx(43.8, abs=0.05)


def test_the_two_unknown_wage_bills_add_up_to_the_residual():
    bills = labor.wage_bills()
    first, second = bills[2013][0], bills[2014][0]
    assert first.low + second.high == pytest.approx(labor.residual())
    assert first.central + second.central == pytest.approx(labor.residual())
    assert first.high < second.low, "the year with the stop is the smaller one"


def test_russian_entries_add_up():
    entries = {
        (r["part"], r["purpose"]): float(r["count"])
        for r in cells("labor_russia_entries")
        if r["year"] == "2024" and r["counted"] == "border entries"
    }
    purposes = sum(n for (part, name), n in entries.items() if part == "year" and name != "all")
    quarters = sum(n for (part, name), n in entries.items() if part != "year" and name == "all")
    assert purposes == quarters == entries["year", "all"] == 13221
    share = [100 * entries[q, "study"] / entries[q, "all"] for q in ("Q1", "Q3", "Q4")]
    assert share == pytest.approx([4.7, 71.5, 68.8], abs=0.05)
    table = labor.quarters()
    assert table.loc["2024-Q3", "study"] == 3765
    assert table.loc[["2025-Q2", "2025-Q3"]].isna().all(axis=None)


def test_kinds_of_counts_stay_apart():
    counts = labor.russia()
    kinds = counts.groupby("source")["counted"].agg(set)
    assert kinds["topilin_2017_sbs"] == {"permission"}
    assert kinds["bbc_2025_ussa"] == {"arrivals"}
    permits = counts.query("source == 'rf_un_interim_2019_ytn'")["value"]
    assert sorted(permits) == [11490, 30023]
    visas = counts[counts["figure"] == "visas"].set_index("year")["value"]
    assert visas.to_dict() == {2017: 1680, 2018: 4645, 2019: 16613 + 10345, 2024: 9240}
    assert set(counts.loc[counts["figure"] == "visas", "counted"]) == {"permission"}
    arrivals = counts[counts["counted"] == "arrivals"].groupby("year")["value"].max()
    assert arrivals.to_dict() == {2019: 21000, 2021: 69, 2023: 1117, 2024: 13221}


def test_sectors_are_counted_in_both_tables():
    sources = defaultdict(set)
    for row in cells("labor_workers") + cells("labor_wages"):
        if row.get("who", "workers abroad") in ("workers abroad", "IT workers"):
            for name in row["sector"].split(" (")[0].split(";"):
                sources[name].add(row["source"])
    del sources["all"]
    named = labor.named_sectors().groupby("sector")
    assert named["source"].nunique().to_dict() == {k: len(v) for k, v in sources.items()}
    assert len(sources["construction"]) == 25 and len(sources["apparel"]) == 5
    assert named["host"].nunique()[["logging", "construction", "IT"]].tolist() == [1, 8, 2]


def test_repatriation_without_china():
    sent = {
        r["country"]: float(r["persons"] or "nan")
        for r in cells("labor_repatriation")
        if r["measure"] == "sent home" and r["country"] != "World"
    }
    known = sum(n for n in sent.values() if n == n)
    assert known == 21318 and sent["China"] != sent["China"]
    assert 100 * sent["Russia"] / known == pytest.approx(86.9, abs=0.05)
    assert 100 * sent["Russia"] / (known + 2541 - 70) == pytest.approx(77.9, abs=0.05)


def test_titles_on_forced_labor_are_those_of_cited_sources(edit):
    cited = {
        name
        for table in labor.TABLES
        for row in cells(table)
        for field, text in row.items()
        if field == "source" or field.endswith("_source")
        for name in text.split(";")
    }
    words = ("forced lab", "slaves", "trafficking")
    rows = [row for row in cells("sources") if row["source"] in cited]
    titles = [r["title"] for r in rows if any(word in r["title"].lower() for word in words)]
    lines = labor.titles_on_forced_labor().splitlines()
    assert len(lines) == len(titles) == 6
    assert all(any(f"*{title}*" in line for line in lines) for title in titles)
    assert lines == sorted(lines)
    edit("sources", "Forced labour abroad", "Workers abroad")
    assert len(labor.titles_on_forced_labor().splitlines()) == 5


def test_state_share():
    middles = []
    for row in cells("labor_wages"):
        known = [float(row[name]) for name in labor.SHARE if row[name]]
        if row["who"] == "workers abroad" and known:
            middles.append(sum(known) / len(known))
    assert len(middles) == 20 and (min(middles), max(middles)) == (52, 90)
    assert median(middles) == pytest.approx(76.25)
    assert sum(70 <= share <= 90 for share in middles) == 15
    assert sorted(labor.share_bars()["middle"]) == pytest.approx(sorted(middles))


def test_model_of_2017():
    low = high = 0
    for row in cells("labor_model_parameters"):
        if row["year"] == "2017":
            value = {
                name: float(row[name])
                for name in row
                if name.endswith(("persons", "month", "percent"))
            }
            low += (
                value["workers_low_persons"]
                * value["wage_low_usd_month"]
                * value["state_share_low_percent"]
            )
            high += (
                value["workers_high_persons"]
                * value["wage_high_usd_month"]
                * value["state_share_high_percent"]
            )
    inputs = labor.ranges_of(2017)
    result = labor.model(**inputs)
    assert (result.low, result.high) == pytest.approx((low * 12e-8, high * 12e-8))
    assert (result.low, result.high) == pytest.approx((219.4, 826.1), abs=0.05)
    first = ranges.tornado(labor.model, inputs)["input"].head(4).tolist()
    assert first == ["wage in Russia", "wage in China", "workers in China", "share in Russia"]
    lower, upper = ranges.interval(labor.model(**ranges.simulate(inputs)))
    assert result.low < lower < result.central < upper < result.high


def test_echo_chamber():
    implied = labor.implied().set_index("source")
    for source in ("hankyung_2014", "un_sr_2015_newsweek"):
        assert implied.loc[source, ["low", "high"]].tolist() == pytest.approx(
            [2000, 3833.3], abs=0.1
        )
    assert implied.loc["asahi_2017_chosun", "low"] == pytest.approx(112.7, abs=0.1)
    assert implied.loc["c4ads_2018_crs", ["low", "high"]].tolist() == pytest.approx(
        [500, 1916.7], abs=0.1
    )
    assert implied.loc["kinu_2016_upi", ["low", "high"]].tolist() == pytest.approx(
        [104.2, 1742.4], abs=0.1
    )
    assert implied.loc["un_2017_npr", "high"] == pytest.approx(463, abs=0.1)
    floors = implied[implied["high"].isna()].index
    ceilings = implied[implied["low"].isna()].index
    assert set(floors) == {"us_state_2016_yonhap", "us_2020_reuters", "kinu_2016_kbs"}
    assert set(ceilings) == {"nkdb_2015_upi", "un_2017_npr"}
    copies = defaultdict(set)
    for row in cells("labor_income_estimates"):
        if row["copies"]:
            copies[row["copies"]].add(row["source"])
    assert {root: len(found) for root, found in copies.items()} == {
        "inhl_2012": 4,
        "nkdb_2015_upi": 1,
    }
    assert len(labor.families()) == 7


def test_income_is_complete_and_keeps_its_parts_apart():
    income = labor.income()
    assert results.income_frame(income.to_dict("records")).equals(income)
    assert set(income["concept"]) == {"gross receipts", "state take"}
    kaesong = income.query("item == 'Kaesong wages' and concept == 'gross receipts'")
    assert set(kaesong["year"]) == set(range(2004, 2016))
    assert kaesong["central"].sum() == pytest.approx(550.33)
    assert income.loc[income["item"] == "IT workers", "basis"].str.contains("lesson 3").all()
    billions = income[income["item"] == "workers abroad (billions)"]
    assert billions["year"].tolist() == [2012], "copies are no evidence for their own years"
    hundreds = income[income["item"] == "workers abroad (hundreds of millions)"]
    assert hundreds["year"].tolist() == [2016, 2017, 2019, 2023], "a bound alone gives no row"


def test_verdicts():
    verdicts = labor.verdicts().set_index("claim")
    words = ["holds", "holds", "holds in part", "holds", "holds"]
    assert verdicts["verdict"].tolist() == words
    assert list(verdicts.index) == ["L1", "L2", "L3", "L4", "L5"]
    assert verdicts["value"].tolist() == pytest.approx([46000, 78, 1, 76.25, 11.55], abs=0.01)


def test_shares_come_from_one_hand():
    shares = labor.by_source()
    assert (shares[["China", "Russia", "elsewhere"]].sum(axis=1)).tolist() == pytest.approx(
        [100] * 4
    )
    both = dict(zip(shares["source"], shares["China"] + shares["Russia"], strict=True))
    assert both["mofa_2013_voa"] == pytest.approx(100 * 39 / 46)
    assert both["us_2020_reuters"] == 80


def test_the_billions_follow_the_data(edit):
    edit("labor_income_estimates", "1200,,2300,50000,,B", "120,,230,50000,,B")
    implied = labor.implied().set_index("source")
    assert implied.loc["un_sr_2015_newsweek", "high"] == pytest.approx(383.3, abs=0.1)
    assert "120 to 230" in labor.families().loc["UN Special Rapporteur", "amount"]


def test_verdicts_on_sectors_share_and_income_follow_the_data(edit):
    edit(
        "labor_workers",
        "people present,,1800,,construction;cashmere;medical",
        "people present,,1800,,mining",
    )
    assert labor.verdicts().set_index("claim").loc["L3", "finding"].count("mining by 5") == 1
    edit("trade_annual", "2017,customs_exports_to_china,1731", "2017,customs_exports_to_china,7731")
    assert labor.verdicts().set_index("claim").loc["L5", "verdict"] == "not supported"


def test_the_verdict_on_the_state_share_follows_the_data(monkeypatch):
    rows = labor.taken_abroad()
    monkeypatch.setattr(labor, "taken_abroad", lambda: rows.assign(middle=rows["middle"] - 40))
    assert labor.verdicts().set_index("claim").loc["L4", "verdict"] == "holds in part"
    monkeypatch.setattr(labor, "taken_abroad", lambda: rows.assign(middle=rows["middle"] - 60))
    assert labor.verdicts().set_index("claim").loc["L4", "verdict"] == "not supported"


def test_verdicts_follow_the_data(edit):
    edit("labor_workers", ",46000,,all,mofa_2013_voa", ",1500,,all,mofa_2013_voa")
    edit("labor_workers", "Russia,,2014,people present,,20000", "Russia,,2014,people present,,2000")
    edit("trade_annual", "2017,customs_exports_to_china,1731", "2017,customs_exports_to_china,2731")
    verdicts = labor.verdicts().set_index("claim")["verdict"]
    assert verdicts["L1"] == "holds in part"
    assert verdicts["L2"] == "holds in part"
    assert verdicts["L5"] == "holds in part"


def test_income_and_keys_follow_the_data(edit):
    edit("kaesong_totals", "550.33", "560.33")
    edit(
        "labor_russia_entries",
        "2024,year,border entries,work,15",
        "2024,year,border entries,work,150",
    )
    assert labor.check("4.2", 158.979).state == "right"
    assert labor.check("4.1", 100 * 150 / 13221).state == "right"
    kaesong = labor.income().query("item == 'Kaesong wages' and concept == 'gross receipts'")
    assert kaesong["central"].sum() == pytest.approx(560.33)


@pytest.mark.parametrize("code", labor.answers())
def test_each_mistake_has_its_message(code):
    exercise = labor.answers()[code]
    assert len(exercise.mistakes) >= 2
    said = [labor.check(code, wrong) for wrong, _ in exercise.mistakes]
    assert all(feedback.state == "wrong" for feedback in said)
    assert [feedback.message for feedback in said] == [text for _, text in exercise.mistakes]


@pytest.mark.parametrize("host", labor.explorer().controls["host"].options)
def test_every_picture_of_the_explorer_has_words(host):
    view = labor.explorer()
    words = {view.picture(host=host, share=share)[1] for share in (0, 50, 100)}
    assert len(words) == 3
    assert all(host in text for text in words)


@pytest.mark.parametrize(("place", "end"), [(0, "low"), (50, "central"), (100, "high")])
def test_explorer_agrees_with_the_model(place, end):
    view, name = labor.explorer(), labor.explorer().controls["host"].options[0]
    words = view.picture(host=name, workers=place, wage=place, share=place)[1]
    result = getattr(labor.model(**labor.ranges_of(2017)), end)
    assert f"The result is {result:,.0f} million" in words


def test_explorer_flags_the_overlap():
    options = labor.explorer().controls["host"].options
    flagged = [name for name in options if "lesson 3" in labor.explorer().picture(host=name)[1]]
    assert flagged == ["IT workers 2025"]


KEYS = {
    "4.1": 100 * 15 / 13221,
    "4.2": 148.98,
    "4.3": 100 * 18533 / 21318,
    "4.4": 76.25,
    "4.5": 170_000 * 300 * 12 / 1e6,
    "4.6": 1200e6 / 1000 / 12,
}


def test_keys_of_the_exercises():
    found = {code: exercise.key for code, exercise in labor.answers().items()}
    assert found == pytest.approx(KEYS, abs=0.005)
