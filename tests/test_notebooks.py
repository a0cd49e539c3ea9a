"""Tests of the notebooks: the rules of ``notebook_rules.py``, and the answer keys.

Each rule is applied to each notebook, and shown to fail on a sample that breaks it.
"""

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_rules import EXEMPT, RULES, Notebook, codes, typed_numbers

from utils import checks, data, lessons, refresh

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = data.read("claims")
STREAMS = dict(zip(CLAIMS["stream"], CLAIMS["lesson"], strict=True))
MODULES = [found.name for found in pkgutil.iter_modules(lessons.__path__)]
PATHS = sorted(refresh.NOTEBOOKS.glob("*.ipynb"))


def stream(path):
    """The stream of a notebook, after the number that its name begins with."""
    number = re.match(r"\d+", path.stem)
    return next((name for name, k in STREAMS.items() if number and k == int(number[0])), "none")


def module(name):
    return importlib.import_module(f"utils.lessons.{name}")


def load(path):
    return Notebook(path.stem, path.read_text(encoding="utf-8"))


# ---- the notebooks of the course


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.stem}-{stream(path)}")
def test_notebook_keeps_the_rule(path, name):
    faults = RULES[name](load(path))
    assert not faults, "\n" + "\n".join(map(str, faults))


def test_each_module_has_its_notebook_and_each_notebook_its_module():
    assert sorted(map(stream, PATHS)) == sorted(MODULES)


def test_exemptions_from_comparison_are_needed():
    cells = {(path.stem, cell.raw["id"]) for path in PATHS for cell in load(path).cells}
    assert set(EXEMPT) <= cells
    assert all(reason.strip() for reason in EXEMPT.values())


# ---- the answer keys


@pytest.mark.parametrize("name", MODULES)
def test_module_has_the_four_faces(name):
    faces = [getattr(module(name), face) for face in ("answers", "explorer", "income", "verdicts")]
    assert all(face.__doc__ for face in faces)


@pytest.mark.parametrize("name", MODULES)
def test_checker_knows_right_wrong_and_waiting(name):
    exercises = module(name).answers()
    check = checks.Checker(lambda: exercises)
    assert module(name).check(next(iter(exercises)), ...).state == "waiting"
    for code, exercise in exercises.items():
        assert check(code, exercise.key).state == "right", code
        assert check(code, exercise.key).message == exercise.why, code
        assert check(code, ...).state == "waiting", code
        assert len(exercise.mistakes) >= 2, f"{code} foresees fewer than two mistakes"
        for wrong, message in exercise.mistakes:
            said = check(code, wrong)
            assert (said.state, said.message) == ("wrong", message), f"{code}: {wrong!r}"


@pytest.mark.parametrize("name", MODULES)
def test_feedback_on_wrong_answers_never_gives_the_answer(name):
    for code, exercise in module(name).answers().items():
        for said in (exercise.hint, *(message for _, message in exercise.mistakes)):
            numbers = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", said)]
            words = re.findall(r"[\"'*]([^\"'*]+)[\"'*]", said)
            for part in [*numbers, *words]:
                assert not checks.same(exercise.key, part, exercise.tolerance), f"{code}: {said}"


@pytest.mark.parametrize("name", MODULES)
def test_notebook_asks_what_the_answer_key_holds(name):
    books = [load(path) for path in PATHS if stream(path) == name]
    asked = {code for book in books for cell in book.tagged("exercise") for code in codes(cell)}
    key = set(module(name).answers())
    assert asked == key
    assert all(code.startswith(f"{STREAMS[name]}.") for code in key)


# ---- the rules themselves, on a sample that keeps them all

ALT = (
    "Line chart of an invented series by year from 1990 to 2020 in million dollars. It rises from "
    "{} to 30 without a break, and ends far above where it began."
)
TWIN = "".join(
    f'<figure><img alt="{ALT.format(k)}" src="data:image/png;base64,AA"></figure>' for k in range(4)
)
IMAGE = new_output(
    "display_data",
    {"image/png": "AA", "text/plain": ALT.format("ten")},
    metadata={"image/png": {"alt": ALT.format("ten")}},
)
TABLE = {"text/html": "<details><table><tr><td>1</td></tr></table></details>"}


def markdown(name, text, *tags):
    cell = new_markdown_cell(text, id=name)
    return cell if not tags else cell.update(metadata={"tags": list(tags)}) or cell


def code(name, source, *outputs, tag="", folded=False):
    cell = new_code_cell(source, id=name)
    cell.outputs = [
        output if "output_type" in output else new_output("display_data", output)
        for output in outputs
    ]
    cell.metadata.update({"tags": [tag]} if tag else {})
    cell.metadata.update({"jupyter": {"source_hidden": True}} if folded else {})
    return cell


def finding(name, source, text):
    return code(name, source, {"text/markdown": text}, tag="finding", folded=True)


def section(k):
    question = f"## {k}. What of part {k}?\n\nPredict first. " + "Words explain it well. " * 130
    chart = 'charts.show(fig, title="It rises", alt=f"It ends at {last}.")'
    image = nbformat.from_dict(IMAGE)
    alt = ALT.format(k + 10)
    image.metadata, image.data["text/plain"] = {"image/png": {"alt": alt}}, alt
    return [
        markdown(f"question-{k}", question),
        code(f"chart-{k}", chart, image, TABLE),
        finding(f"finding-{k}", 'Markdown(f"It rose by {rise:.0f} percent.")', "It rose by 9 %."),
        markdown(f"turn-{k}", f"### Your turn 1.{k}\n\nHow much did it rise?"),
        code(
            f"exercise-{k}",
            f'rise = ...\ncheck("1.{k}", rise)',
            {"text/plain": "Not answered yet. Replace the three dots."},
            tag="exercise",
        ),
        code(
            f"solution-{k}",
            f'rise = last - first\ncheck("1.{k}", rise)',
            {"text/plain": "Right. It rose."},
            tag="solution",
            folded=True,
        ),
        markdown(
            f"teacher-{k}", "<details><summary>Notes</summary>Ten minutes.</details>", "teacher"
        ),
    ]


def sample():
    """A notebook that keeps every rule; its name would be 1_sample."""
    claims = CLAIMS.loc[CLAIMS["lesson"] == 1, "claim"]
    verdicts = "\n".join(f"| {claim} | it is said | **holds** | A |" for claim in claims)
    cells = [
        markdown("title", "# Sample\n\nWho pays? **Time**: 45 minutes. It builds on nothing."),
        markdown("claim", f"## The claim\n\nThe claims are {', '.join(claims)}."),
        code("imports", "import pandas as pd\n\nfrom utils import charts, data"),
        markdown("able", "## You will be able to\n\n- read"),
        markdown("data", "## The data"),
        finding("describe", 'data.describe("sources")', "| table |"),
        *(cell for k in (1, 2, 3) for cell in section(k)),
        markdown("explore", "## Explore"),
        code("explorer", "explorer()", {"text/html": TWIN}, tag="explorer"),
        markdown("sure", "## How sure are we?"),
        markdown("verdict", "## Verdict"),
        finding("verdicts", "results.verdict_table(verdicts())", verdicts),
        markdown("discuss", "## Discuss\n\n1. Who?\n2. When?\n3. Why?"),
        markdown("sources", "## Sources"),
        finding("bibliography", 'data.bibliography("sources")', "- one"),
    ]
    number(cells)
    return refresh.clean(new_notebook(metadata={"title": "Sample"}, cells=cells))


def number(cells):
    runs = [cell for cell in cells if cell.cell_type == "code"]
    for count, cell in enumerate(runs, 1):
        cell.execution_count = count


def book(notebook):
    return Notebook("1_sample", nbformat.writes(notebook) + "\n")


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def source(name, text):
    """A break: the cell ``name`` has another source."""
    return lambda notebook: cell(notebook, name).update(source=text)


def add(name, text):
    """A break: the cell ``name`` ends with more text."""
    return lambda notebook: cell(notebook, name).update(source=cell(notebook, name).source + text)


def meta(name, **metadata):
    """A break: the cell ``name`` has other metadata."""
    return lambda notebook: cell(notebook, name).metadata.update(metadata)


def shows(name, *outputs):
    """A break: the cell ``name`` has other outputs."""
    made = code(name, "", *outputs).outputs
    return lambda notebook: cell(notebook, name).update(outputs=made)


def drop(*names):
    """A break: these cells are missing."""

    def change(notebook):
        notebook.cells = [cell for cell in notebook.cells if cell.id not in names]
        number(notebook.cells)

    return change


def move(name, place):
    """A break: the cell ``name`` stands before the cell ``place``."""

    def change(notebook):
        moved = cell(notebook, name)
        notebook.cells.remove(moved)
        notebook.cells.insert([c.id for c in notebook.cells].index(place), moved)
        number(notebook.cells)

    return change


def image(alt):
    return new_output("display_data", {"image/png": "AA"}, metadata={"image/png": {"alt": alt}})


def lines(count):
    return "\n".join(f"x{k} = 1" for k in range(count))


BROKEN = {
    "is_as_refresh_writes_it": [
        lambda notebook: notebook.metadata.update(widgets={}),
        meta("chart-1", execution={"iopub.status.busy": "now"}),
        lambda notebook: notebook.metadata.language_info.update(version="3.11.7"),
    ],
    "has_its_title_in_metadata": [
        lambda notebook: notebook.metadata.pop("title"),
        source("title", "# Other\n\nWho? 45 minutes."),
    ],
    "has_kernel_python3": [lambda notebook: notebook.metadata.kernelspec.update(name="venv")],
    "is_run_from_top_to_bottom": [
        lambda notebook: cell(notebook, "chart-2").update(execution_count=99),
        lambda notebook: cell(notebook, "chart-2").update(execution_count=None),
    ],
    "shows_no_error": [
        shows("chart-1", new_output("error", ename="KeyError", evalue="", traceback=[])),
        shows("chart-1", new_output("stream", name="stderr", text="FutureWarning: old")),
    ],
    "has_tags_of_the_list": [meta("chart-1", tags=["hide-input"])],
    "lets_nbval_compare_every_cell": [
        meta("chart-1", tags=["nbval-ignore-output"]),
        meta("chart-1", tags=["nbval-skip"]),
        add("chart-1", "\n# NBVAL_IGNORE_OUTPUT"),
        meta("chart-1", tags=["raises-exception"]),
    ],
    "has_headings_in_order": [
        add("claim", "\n\n#### Deep"),
        add("claim", "\n\n# Again"),
        shows("finding-1", {"text/markdown": "## Heading"}),
    ],
    "has_the_parts_in_order": [
        drop("sure"),
        move("discuss", "verdict"),
        source("sure", "## Another section"),
        add("verdict", "\n\n## Verdict"),
    ],
    "has_whole_sections": [
        drop("exercise-1"),
        drop("chart-2"),
        source("question-3", "## 3. Why?\n\nJust look."),
        drop(*(f"{part}-3" for part in ("question", "turn", "chart", "exercise"))),
    ],
    "opens_with_question_and_minutes": [
        source("title", "# Sample\n\nWho pays?"),
        source("title", "# Sample\n\n45 minutes."),
    ],
    "imports_first_and_after_the_claim": [
        add("imports", "\nwide = data.read('claims')"),
        source("imports", "\n".join(f"import json as j{k}" for k in range(9))),
        move("imports", "claim"),
    ],
    "gives_each_claim_a_verdict": [
        source("claim", "## The claim\n\nThe claims are T1, T2 and T3."),
        shows("verdicts", {"text/markdown": "| T1 | holds |"}),
        shows("verdicts", {"text/markdown": "T1 T2 T3 T4 all true"}),
    ],
    "shows_its_data_and_sources": [
        drop("describe"),
        source("bibliography", "Markdown('- one')"),
        shows("describe"),
        source("discuss", "## Discuss\n\nWho? Why?"),
    ],
    "has_1500_to_3000_words": [
        add("claim", " more" * 1500),
        lambda notebook: [source(f"question-{k}", f"## {k}. Few")(notebook) for k in (1, 2)],
    ],
    "has_short_cells": [
        source("chart-1", lines(26)),
        lambda notebook: [source(f"chart-{k}", lines(11))(notebook) for k in (1, 2)],
        lambda notebook: [
            c.update(source=lines(4)) for c in notebook.cells if "execution_count" in c
        ],
    ],
    "installs_and_downloads_nothing": [
        source("chart-1", "pd.read_csv('https://example.org/table.csv')"),
        source("chart-1", "!pip install pandas"),
        source("chart-1", "%pip install pandas"),
        source("chart-1", "import os\nos.system('ls')"),
    ],
    "has_no_absolute_path": [
        source("chart-1", "pd.read_csv('/home/me/table.csv')"),
        source("claim", "## The claim\n\nT1 T2 T3 T4. Open C:\\Users\\me."),
        shows("chart-1", {"text/plain": "/tmp/x/y.csv"}),
    ],
    "uses_idiomatic_pandas": [
        source("chart-1", "table.dropna(inplace=True)"),
        source("chart-1", "for k, row in table.iterrows():\n    print(row)"),
        source("chart-1", "table['a']['b'] = 1"),
        source("chart-1", "table['a'][0] += 1"),
        source("chart-1", "table.apply(len, axis=1)"),
    ],
    "ends_no_line_with_a_semicolon": [source("chart-1", "ax.plot(x);")],
    "has_real_alt_texts": [
        shows("chart-1", image("")),
        shows("chart-1", image("Chart of 3 lines")),
        shows(
            "chart-1",
            image(
                ALT.format(11)
                .replace("1990 to 2020", "then")
                .replace("30", "")
                .replace("11", "few")
            ),
        ),
        shows("chart-1", image(ALT.format(12))),
        shows("chart-1", {"text/html": '<img src="x.png">'}),
        add("claim", "\n\n![A map](map.png)"),
        shows("explorer", {"text/html": TWIN.replace(ALT.format(2), "frame")}),
    ],
    "shows_the_numbers_behind_each_chart": [
        shows("chart-1", IMAGE),
        shows("chart-1", IMAGE, IMAGE, TABLE),
        shows("chart-1", IMAGE, {"text/html": "<table></table>"}),
    ],
    "folds_its_findings": [
        meta("finding-1", jupyter={}),
        meta("finding-1", tags=[]),
        shows("finding-1", {"text/plain": "'It rose'"}),
    ],
    "has_one_explorer_as_static_twin": [
        meta("explorer", tags=[]),
        shows("explorer", {"text/html": TWIN[: TWIN.index("</figure>")]}),
        shows("explorer", {"text/html": TWIN, refresh.WIDGET_VIEW: "{}"}),
        lambda notebook: notebook.metadata.update(widgets={}),
        move("explorer", "sources"),
    ],
    "leaves_its_exercises_unanswered": [
        source("exercise-1", 'check("1.1", 5)'),
        shows("exercise-1", {"text/plain": "Right. It rose."}),
        drop("exercise-2"),
    ],
    "solves_each_exercise": [
        drop("solution-2"),
        meta("solution-2", tags=[]),
        move("solution-1", "question-1"),
    ],
    "has_right_and_folded_solutions": [
        meta("solution-1", jupyter={}),
        shows("solution-1", {"text/plain": "Not yet. Divide."}),
        shows("solution-1", {"text/plain": "Not answered yet. Right."}),
        shows("solution-1"),
    ],
    "checks_only_in_exercises_and_solutions": [meta("exercise-1", tags=[])],
    "types_no_number_into_prose": [
        add("claim", " It rose by 12.5 percent."),
        add("teacher-1", " Model answer: 412 million."),
        add("claim", "\n\n- about two billion dollars"),
        source("finding-1", 'Markdown(f"It rose by 12 percent to {last}.")'),
        source("chart-1", 'charts.show(fig, title="Exports fell by 88 percent", alt=f"{a}")'),
        source("chart-1", 'charts.show(fig, title=f"Up to {a}", alt="From 40 " f"to {b}")'),
        source("chart-1", 'words = {"title": f"From {a} to 7,500 tonnes"}'),
        source("chart-1", 'ax.set(ylim=(0, 50))\nwords = {"title": f"From 40 to 50"}'),
    ],
}


def test_sample_keeps_every_rule():
    faults = [fault for rule in RULES.values() for fault in rule(book(sample()))]
    assert not faults, "\n" + "\n".join(map(str, faults))


def test_every_rule_is_broken_below():
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param(name, change, id=f"{name}-{k}")
        for name, changes in BROKEN.items()
        for k, change in enumerate(changes, 1)
    ],
)
def test_rule_finds_what_breaks_it(name, change):
    notebook = sample()
    change(notebook)
    faults = RULES[name](book(notebook))
    assert faults
    assert str(faults[0]).startswith("1_sample")
    assert faults[0].remedy


@pytest.mark.filterwarnings("ignore:.*id")
@pytest.mark.parametrize("odd", ["", '"id": "chart-1",'])
def test_cells_without_an_id_of_their_own_are_found(odd):
    text = book(sample()).text.replace('"id": "chart-2",', odd)
    faults = RULES["is_as_refresh_writes_it"](Notebook("1_sample", text))
    assert any("no id of its own" in fault.what for fault in faults)


@pytest.mark.parametrize(
    "text",
    [
        "In 1999 and the 1990s, in 2016-17, from 1998 to 2016, on 5 August 2017, on August 5, 2017",
        "Resolution 2371 of 5 August 2017 caps coal at 400,870,018 dollars or 7.5 million tonnes.",
        "Lesson 3, exercise 2.1, sections 1, 2 and 3, your turn 1.5, Office 39, pandas 3.",
        "## 2. Why?\n\n1. first\n2. second\n\n> 3. third\n\n(1) Open. (2) Closed.",
        "T2, COVID-19, CO2, G7, kores_2016, S/2017/150 and `x = 5` and [page 12](https://example.org/12).",
        "It takes 45 minutes, 60 minutes, or 45 without it, or 10 to 15 minutes.",
        "Of each 100 dollars, the interval of 90 percent, the 95 percent interval.",
        "A tonne is 1,000 kilograms; a share lies between 0 and 1; 100 percent is the whole.",
        r"$$s = 100 \cdot \frac{a}{b}$$ and $k = 12$.",
        "It makes up more than 90 percent, or 90 % of trade, or above 90.",
        '<details style="width: 30em"><summary>Notes</summary>Ten minutes.</details>',
    ],
)
def test_prose_may_hold(text):
    assert typed_numbers(text, ["90"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "It fell by 88 percent in 2018.",
        "It sold 2000 tonnes.",
        "It cost 1,900 dollars.",
        "About 1990 workers left.",
        "China had 9 of 10 dollars.",
        "From 2010 to 2012 it fell 3.5-fold.",
        "It earned \\$5 million, then \\$6 million.",
        "At most two percent.",
        "**12** countries voted.",
        "| coal | 12 |",
        "200 million at most",
        "The 90.5 percent, and 190 of them.",
        "It was 0.5 percent.",
    ],
)
def test_prose_may_not_hold(text):
    assert typed_numbers(text, ["90"])


def test_a_query_or_a_row_in_a_finding_is_no_prose():
    notebook = sample()
    add("finding-1", "\ntable.query('year == 2016 and value > 75 and low < 3')")(notebook)
    add("finding-1", "\ntable.loc['the case of 14 indicted persons']")(notebook)
    assert not RULES["types_no_number_into_prose"](book(notebook))


def test_words_of_a_chart_may_name_what_its_code_sets():
    notebook = sample()
    source("finding-1", 'words = {"subtitle": "grey band: 1.05 to 1.15; line at 7,500"}')(notebook)
    meta("finding-1", tags=[])(notebook)
    source("exercise-1", "ax.axhspan(1.05, 1.15)\nax.axhline(7500)\ncharts.show(fig)")(notebook)
    assert not RULES["types_no_number_into_prose"](book(notebook))


# ---- nbval itself

SHOWN = {
    "text/markdown": ("It was 3.", "It was 4."),
    "text/html": ("<td>3</td>", "<td>4</td>"),
    "text/plain": (ALT.format(3), ALT.format(4)),
}
TWINS = ('<img src="data:image/png;base64,AAAA" alt="{}">', 'src="data:image/png;base64,BBBB"')


def test_nbval_compares_words_and_tables_but_no_drawings(tmp_path):
    """The settings of this project find each changed word; another drawing is no change."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tests" / "sanitize.cfg", tmp_path / "tests")
    sources = [f"show({{{kind!r}: {new!r}}})" for kind, (_, new) in SHOWN.items()]
    stored = [{kind: old} for kind, (old, _) in SHOWN.items()]
    drawn = f"<img {TWINS[1]} alt='2017-08-05'>"
    sources += [f'show({{"text/html": {drawn!r}}})', "print(3)", "show({'text/plain': '3'})"]
    stored += [{"text/html": drawn.replace("BBBB", "AAAA")}]
    cells = [code(f"c{k}", text) for k, text in enumerate(sources, 1)]
    for made, bundle in zip(cells, stored, strict=False):
        made.outputs = [new_output("display_data", bundle)]
    start = code("c0", "from functools import partial\nfrom IPython.display import display\n")
    start.source += "show = partial(display, raw=True)"
    number([start, *cells])
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=[start, *cells]), tmp_path / "notebooks" / "1_sample.ipynb")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    failed = re.findall(r"^FAILED .*Cell (\d)", run.stdout, flags=re.M)
    assert failed == ["1", "2", "3", "5", "6"], run.stdout
    assert "5 failed, 2 passed" in run.stdout
