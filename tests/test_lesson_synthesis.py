"""Tests of lesson 6: each dollar counted once, figures by another route, results that follow."""

import itertools
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from tables import cells

from utils import ranges, results
from utils.lessons import synthesis

BOUNDS = ["low", "central", "high"]


@pytest.fixture(scope="module")
def income():
    return synthesis.incomes()


@pytest.fixture(scope="module")
def verdicts(income):
    return synthesis.verdicts(income).set_index("claim")


def number(table, column, **wanted):
    """The one figure of a table in the row whose columns hold the texts ``wanted``."""
    [row] = cells(table, **wanted)
    return float(row[column])


def series(name, column="usd_million"):
    return {int(r["year"]): float(r[column]) for r in cells("economy_annual", series=name)}


# ---- whose money is it?


def test_every_row_of_the_five_lessons_is_there_once(income):
    assert len(income) == sum(len(lesson.income()) for lesson in synthesis.LESSONS.values())
    assert not income.duplicated(["stream", "year", "item", "concept"]).any()
    assert set(income["stream"]) == set(synthesis.STREAMS)
    assert list(synthesis.STREAMS) == ["trade", "minerals", "illicit", "labor", "tourism"]


def test_every_overlap_is_found_and_none_is_counted(income):
    table = synthesis.overlaps(income)
    assert len(table) == len(synthesis.OVERLAPS), "an item was renamed in its lesson"
    assert not {"legal exports", "workers abroad (billions)"} & set(
        synthesis.counted(income)["item"]
    )


def test_parts_of_all_workers_count_only_where_there_is_no_total(income):
    labor = synthesis.counted(income).query("stream == 'labor' and concept == 'state take'")
    items = labor.groupby("year")["item"].agg(set)
    whole = {"workers abroad (hundreds of millions)"}
    assert items[2017] == items[2019] == whole, "the model and the IT workers give way"
    assert items[2025] == {"IT workers", "workers in Russia (model)"}


def test_cash_holds_each_theft_once(income):
    cash = synthesis.to_cash(income)
    assert set(cash["concept"]) == {synthesis.CASH}
    items = cash.query("year == 2019 and stream == 'illicit'")["item"]
    assert sorted(items) == ["bank thefts", "crypto thefts, turned into cash"]
    assert not cash.duplicated(["year", "item"]).any()


def test_tourists_count_with_what_reached_the_north(income):
    """Agencies abroad keep a part: the low end is the low visitors, price and share."""
    cash = synthesis.to_cash(income).query("stream == 'tourism' and year == 2019").iloc[0]
    assert cash["low"] == pytest.approx(234_000 * 360 * (80 / 300) / 1e6)
    assert cash["high"] == pytest.approx(350_000 * 500 * (100 / 193.4) / 1e6)


def test_concepts_are_never_added(income):
    with pytest.raises(ValueError, match="Never add"):
        synthesis.by_stream(synthesis.counted(income))


def test_streams_are_added_by_hand(income):
    added = defaultdict(float)
    cash = synthesis.to_cash(income)
    for row in cash.to_dict("records"):
        for bound in BOUNDS:
            added[row["year"], row["stream"], bound] += row[bound]
    table = synthesis.by_stream(cash).set_index(["year", "stream"])
    assert len(table) * 3 == len(added)
    assert all(table.loc[key[:2], key[2]] == pytest.approx(n) for key, n in added.items())


def test_years_without_evidence_are_absent(income):
    table = synthesis.by_stream(synthesis.to_cash(income))
    assert (table[BOUNDS].notna() & (table[BOUNDS] > 0)).all(axis=None)
    years = table.groupby("stream")["year"].agg(set)
    assert not years["minerals"] & {2018, 2022, 2023, 2024}
    assert not years["tourism"] & {2018, 2020, 2021, 2022, 2023}
    assert synthesis.full_years(table) == [2017, 2019]


# ---- uncertainty


def test_cash_of_2019_from_single_cells(income):
    sold = number(
        "trade_annual", "value_usd_million", year="2019", series="customs_exports_to_china"
    )
    inputs = synthesis.inputs_of(income)[2019]
    assert inputs["trade"].central == sold
    assert inputs["share made cash"] == ranges.Range(0.33, 0.45, 1)
    parts = synthesis.streams_of(inputs)
    assert list(parts) == synthesis.STREAMS
    table = synthesis.by_stream(synthesis.to_cash(income)).query("year == 2019")
    for row in table.to_dict("records"):
        found = parts[row["stream"]]
        assert [found.low, found.central, found.high] == pytest.approx([row[b] for b in BOUNDS])


def test_simulation_is_seeded_and_lies_within_its_bounds(income):
    inputs = synthesis.inputs_of(income)[2019]
    draws = ranges.simulate(inputs, 20_000)
    assert draws.equals(ranges.simulate(inputs, 20_000))
    total = sum(synthesis.streams_of(draws).values())
    whole = synthesis.total_of(**inputs)
    low, high = ranges.interval(total)
    assert whole.low < low < whole.central < high < whole.high
    mean = {name: (r.low + r.central + r.high) / 3 for name, r in inputs.items()}
    sold = mean.pop("value stolen") * mean.pop("share made cash")
    assert total.mean() == pytest.approx(sum(mean.values()) + sold, rel=0.002)


def test_ranks_agree_with_sorting(income):
    draws = pd.DataFrame(
        synthesis.streams_of(ranges.simulate(synthesis.inputs_of(income)[2019], 500))
    )
    places = synthesis.ranks(draws)
    assert (np.sort(places, axis=1) == [1, 2, 3, 4, 5]).all()
    slow = draws.rank(axis="columns", ascending=False)
    assert (places == slow).all(axis=None)


def test_chance_of_the_articles_order(income):
    chances = synthesis.article_order(income)
    assert set(chances.index[chances["streams"] == 5]) == {2017, 2019}
    assert chances.loc[2014, "minerals in trade"] == 100, "trade, labor, tourism"
    assert chances.loc[2014, "minerals apart"] == 0, "then minerals are larger than the rest"
    parts = synthesis.inputs_of(income)[2019]
    assert parts["minerals"].low > parts["trade"].high, "so the order cannot turn up"


def test_exercise_on_chances_agrees_with_a_simulation(income):
    draws = synthesis.streams_of(ranges.simulate(synthesis.inputs_of(income)[2019], 400_000))
    share = 100 * (draws["illicit"] > draws["trade"]).mean()
    assert synthesis.answers()["6.2"].key == pytest.approx(share, rel=0.01)


# ---- the whole economy


def test_three_witnesses_share_one_root():
    won, rate = series("bok_gni", "krw_trillion"), series("krw_per_usd", "per_usd")
    un = series("un_gdp")
    ratios = [1e6 * won[y] / rate[y] / un[y] for y in won if y >= 2007 and y in un]
    assert len(ratios) == 15
    assert (round(min(ratios), 2), round(max(ratios), 2)) == (1.86, 1.89)
    table = synthesis.national_income()
    assert [table[y] for y in won] == pytest.approx([1e6 * won[y] / rate[y] for y in won])


def test_un_trade_is_imputed():
    un, exports, imports = series("un_gdp"), series("un_exports"), series("un_imports")
    years = range(2014, 2022)
    assert {round(100 * exports[y] / un[y], 2) for y in years} == {5.87}
    assert {round(100 * imports[y] / un[y], 2) for y in years} == {11.14}


def test_account_and_till():
    sources = [float(r["usd_million"]) for r in cells("sources_and_uses", side="source")]
    assert sum(sources) == 6600
    bought, sold = series("imports"), series("exports")
    deficit = sum(bought[y] - sold[y] for y in range(2017, 2024))
    kotra = number("sources_and_uses", "usd_million", account="KOTRA")
    assert kotra == pytest.approx(deficit, abs=15)
    left = synthesis.till()
    assert left.loc[2016].tolist() == [2800, 6400]
    assert left.index[left["low"] < 0][0] == 2019
    assert left.index[left["high"] < 0][0] == 2023


def test_sixth_box_is_the_share_confirmed_of_the_value_due():
    income = synthesis.income()
    assert results.income_frame(income.to_dict("records")).equals(income)
    assert income["year"].tolist() == [2024, 2025], "whole years within the study's span"
    by_hand = [7670 * 0.04, 11035 * 0.118, 14400 * 0.196]
    assert income[BOUNDS].iloc[0].tolist() == pytest.approx([12 * n / 29 for n in by_hand])
    box = synthesis.sixth_box()
    assert (box["low"] <= box["high"]).all()
    assert box["label"].is_unique


# ---- verdicts


def test_verdicts(income, verdicts):
    assert verdicts["verdict"].tolist() == ["holds in part", "not supported", "not supported"]
    whole = synthesis.total_of(**synthesis.inputs_of(income)[2019]).central
    assert verdicts.loc["S1", "value"] == pytest.approx(100 * whole / series("imports")[2019])
    received = 11035 * 0.118 * 12 / 29
    assert verdicts.loc["S3", "value"] == pytest.approx(100 * received / series("imports")[2024])


def test_article_is_marked_from_the_six_lessons(income):
    verdicts = synthesis.all_verdicts(income)
    assert sorted(verdicts["claim"]) == sorted(r["claim"] for r in cells("claims"))
    assert len(verdicts) == 22
    lines = synthesis.marked(verdicts).data.splitlines()[2:]
    for line, row in zip(lines, verdicts.to_dict("records"), strict=True):
        assert f"| {row['claim']} |" in line
        assert f"**{row['verdict']}**" in line
        assert line.endswith(f"{row['unit']} | {row['grade']} |")


def test_s1_follows_the_data(edit, income):
    edit("economy_annual", "2019,imports,,,2970", "2019,imports,,,900")
    assert verdict("S1", income) == "holds in part"
    edit("economy_annual", "2019,imports,,,900", "2019,imports,,,700")
    assert verdict("S1", income) == "holds"
    edit("economy_annual", "2019,imports,,,700", "2019,imports,,,9900")
    assert verdict("S1", income) == "not supported"


def invented(**years):
    """Counted incomes of an invented course: USD million of each stream in each year."""
    frame = pd.DataFrame(years, index=synthesis.STREAMS).rename_axis("stream")
    rows = frame.melt(ignore_index=False, var_name="year", value_name="central").reset_index()
    rows = rows.assign(low=0.99 * rows["central"], high=1.01 * rows["central"], item="all")
    rows = rows.assign(year=rows["year"].str[1:].astype(int), home=rows["stream"], grade="C")
    return rows.assign(concept=rows["stream"].map(synthesis.PAID), sources="inss_2024_part2")


def test_s2_holds_or_is_out_of_date_or_holds_in_part():
    listed, other = [500, 400, 300, 200, 100], [500, 100, 300, 200, 400]
    assert verdict("S2", invented(y2019=other, y2024=listed)) == "holds"
    assert verdict("S2", invented(y2019=listed, y2024=other)) == "out of date"
    assert verdict("S2", invented(y2019=other, y2024=other)) == "holds in part"
    assert verdict("S2", invented(y2019=other, y2024=listed[::-1])) == "not supported"


def test_s3_follows_the_data(edit, income):
    edit("state_take", "2026-03,4,19.6", "2026-03,4,12")
    edit("income_estimates", "value due,value due,7670,,14400", "value due,value due,2670,,6400")
    assert verdict("S3", income) == "holds in part"
    edit("income_estimates", "value due,value due,2670,,6400", "value due,value due,670,,1400")
    assert verdict("S3", income) == "holds"


def verdict(claim, frame):
    return synthesis.verdicts(frame).set_index("claim").loc[claim, "verdict"]


# ---- it rebuilds from the lessons

CHANGES = {
    "trade": ("trade_annual", "2019,customs_exports_to_china,215", "315"),
    "minerals": ("minerals_evasion", "coal,2019-01,2019-08,3700,370", "390"),
    "illicit": ("cyber_totals", "2026-06,2019,year,,271.1", "371.1"),
    "labor": (
        "labor_income_estimates",
        "kbs_2019_ap,2019,all workers abroad,hundreds of millions,compilation,,200",
        "100",
    ),
    "tourism": ("tourism_visitors", "China,2019,tourism,234000", "134000"),
}


@pytest.mark.parametrize("stream", CHANGES)
def test_a_changed_row_of_a_stream_changes_the_synthesis(stream, income, verdicts, edit):
    table, old, value = CHANGES[stream]
    edit(table, old, f"{old.rpartition(',')[0]},{value}")
    changed = synthesis.incomes()
    cash = [synthesis.by_stream(synthesis.to_cash(frame)) for frame in (income, changed)]
    before, after = (table.query("year == 2019").set_index("stream") for table in cash)
    moved = (before[BOUNDS] != after[BOUNDS]).any(axis="columns")
    assert list(before.index[moved]) == [stream], "this stream moves, and no other"
    assert synthesis.verdicts(changed)["finding"][0] != verdicts.loc["S1", "finding"]


def test_a_changed_verdict_of_a_lesson_is_marked(edit):
    edit("labor_workers", ",46000,,all,mofa_2013_voa", ",1500,,all,mofa_2013_voa")
    line = synthesis.marked(synthesis.all_verdicts()).data.split("| L1 |")[1].splitlines()[0]
    assert "**holds in part**" in line


# ---- exercises and explorer


def test_keys_by_another_route(income):
    key = {code: exercise.key for code, exercise in synthesis.answers().items()}
    own = synthesis.counted(income).query("year == 2017 and concept == 'gross receipts'")
    assert key["6.1"] == own[own["stream"].isin(["trade", "minerals"])]["central"].sum() == 1931
    assert key["6.3"] == pytest.approx(100 * 6600 / 11670)
    assert key["6.4"] == pytest.approx(14400 * 0.196)
    assert key["6.5"] == pytest.approx(series("un_exports")[2021] / series("exports")[2021])


@pytest.mark.parametrize("code", synthesis.answers())
def test_each_mistake_has_its_message(code):
    exercise = synthesis.answers()[code]
    said = [synthesis.check(code, wrong) for wrong, _ in exercise.mistakes]
    wanted = [("wrong", message) for _, message in exercise.mistakes]
    assert len(said) >= 2
    assert [(feedback.state, feedback.message) for feedback in said] == wanted


def test_explorer_adds_what_is_believed(income):
    view = synthesis.explorer(income)
    words = view.picture(year=2019)[1]
    whole = synthesis.total_of(**synthesis.inputs_of(income)[2019]).central
    assert f"{whole:,.0f} million dollars" in words
    assert f"{100 * whole / series('imports')[2019]:.0f} percent of imports" in words
    without = view.picture(year=2019, trade="nobody")[1]
    assert f"{whole - 215.197317:,.0f} million dollars" in without
    assert "trade not believed" in without


def test_explorer_has_words_for_every_kind_of_money(income):
    view = synthesis.explorer(income)
    years, kinds = view.controls["year"], view.controls["concept"].options
    assert set(kinds) == {synthesis.CASH, *results.CONCEPTS}
    pairs = list(itertools.product((2019, years.high), kinds))
    assert len({view.picture(year=year, concept=kind)[1] for year, kind in pairs}) == len(pairs)
    assert "more goes out" in view.picture(year=2019, concept="net")[1]
    assert "sixth 539" in view.picture(year=2024, sixth="middle")[1]
