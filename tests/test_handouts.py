"""Tests of the handouts' three editions, of their pages, and of the command that makes them."""

import ast
import base64
import filecmp
import html
import io
import itertools
import re
from collections import Counter
from importlib.metadata import entry_points

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import get_exporter
from nbconvert.nbconvertapp import NbConvertApp
from PIL import Image, ImageChops
from small_lesson import ALT, check, small_lesson

from utils import data, refresh
from utils.charts import ALT_WORDS
from utils.handouts import (
    HandoutError,
    HandoutExporter,
    StudentNotebookExporter,
    TeacherHandoutExporter,
    appendix,
    build,
    editions,
    exporters,
    pages,
    parts,
)

MEGABYTES = 1.5
NOTEBOOKS = sorted(refresh.NOTEBOOKS.glob("*.ipynb"))


def made(exporter, notebook):
    return exporter().from_notebook_node(notebook, {"metadata": {"name": "9_sample"}})[0]


@pytest.fixture
def sample():
    return small_lesson()


@pytest.fixture(scope="module")
def student():
    return BeautifulSoup(made(HandoutExporter, small_lesson()), "html.parser")


@pytest.fixture(scope="module")
def teacher():
    return BeautifulSoup(made(TeacherHandoutExporter, small_lesson()), "html.parser")


@pytest.fixture
def course(sample, tmp_path, monkeypatch):
    """Two lessons in a folder of their own, in place of the committed ones."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("8_other", "9_sample"):
        nbformat.write(sample, folder / f"{name}.ipynb")
    monkeypatch.setattr(refresh, "NOTEBOOKS", folder)
    return folder


def cell(notebook, tag):
    return next(found for found in notebook.cells if tag in found.metadata.get("tags", []))


# ---- what each edition shows


@pytest.mark.parametrize("exporter", [HandoutExporter, StudentNotebookExporter])
def test_students_get_no_solution_and_no_teachers_note(sample, exporter):
    text = made(exporter, sample)
    for marker in ("SOLVED", "NOTED", "check check-right", "Teacher's notes", 'class="solution"'):
        assert marker not in text


@pytest.mark.parametrize(
    "exporter", [HandoutExporter, TeacherHandoutExporter, StudentNotebookExporter]
)
def test_the_notebook_itself_is_left_as_it_was(sample, exporter):
    made(exporter, sample)
    assert sample == small_lesson()


def test_teachers_get_solutions_and_open_notes(teacher):
    solution = teacher.find(class_="solution")
    assert "SOLVED" in solution.pre.get_text()
    assert solution.find(class_="check-right")
    notes = teacher.find(class_="teacher").details
    assert notes.has_attr("open")
    assert notes.find("strong", string="Timing")
    assert notes.find("code", string="pivot")


@pytest.mark.parametrize("exporter", [HandoutExporter, TeacherHandoutExporter])
def test_no_exercise_waits_on_paper(sample, exporter):
    assert "check-waiting" not in made(exporter, sample)


def test_student_has_room_to_write_in_the_box_of_each_exercise(student, teacher):
    (box,) = student("div", class_="exercise")
    assert box.h3.get_text() == "Your turn 9.1"
    assert [pre.get_text().strip() for pre in box("pre")] == ["given = 2", "count = ..."]
    assert len(student(class_="room")) == 1
    assert box.find(class_="room")
    assert not teacher(class_="room")
    assert teacher.find(class_="exercise").find(class_="solution")


def test_an_answered_exercise_keeps_its_feedback(sample):
    exercise = cell(sample, "exercise")
    exercise.outputs[0].data["text/html"] = check("wrong")
    page = made(HandoutExporter, sample)
    assert "check check-wrong" in page
    assert 'class="room"' not in page


def test_a_box_begins_at_its_heading_inside_a_cell_too(sample):
    sample.cells[8].source += f"\n\n{sample.cells.pop(9).source}"
    box = BeautifulSoup(made(HandoutExporter, sample), "html.parser").find(class_="exercise")
    assert box.h3.get_text() == "Your turn 9.1"
    assert "Predict" not in box.get_text()


def test_a_box_begins_at_the_exercise_where_no_heading_is_its_own(sample):
    sample.cells[9].source = "A text of the section, which has a heading of level 2."
    sample.cells[7] = nbformat.v4.new_markdown_cell("### A heading before that")
    page = BeautifulSoup(made(HandoutExporter, sample), "html.parser")
    assert [pre.get_text().strip() for pre in page.find(class_="exercise")("pre")] == [
        "count = ..."
    ]


def test_student_notebook_runs_its_exercises_anew_and_keeps_the_rest(sample):
    notebook = nbformat.reads(made(StudentNotebookExporter, sample), 4)
    nbformat.validate(notebook)
    exercise = cell(notebook, "exercise")
    assert exercise.source == "count = ..."
    assert (exercise.outputs, exercise.execution_count) == ([], None)
    gone = ("exercise", "solution", "teacher")
    kept = [c for c in sample.cells if not set(gone) & set(c.metadata.get("tags", []))]
    assert [c for c in notebook.cells if c.id != exercise.id] == kept
    assert notebook.metadata.title == "Lesson 9: A sample"


def test_code_is_shown_unless_it_is_folded(student):
    code = [pre.get_text().strip() for pre in student("pre", class_="code")]
    assert "import pandas as pd" in code
    assert "table" in code
    assert "hidden_words" not in str(student)
    assert student.find(class_="finding").p.get_text() == "The share is 50 percent, see data.read."


def test_a_chart_stands_in_one_box_with_its_code(student):
    """On paper such a box is not split."""
    for figure in student.select("figure:not(.frame)"):
        assert figure.parent["class"] == ["step"]
        assert figure.parent.find("pre", class_="code")


def test_printed_text_is_shown_as_it_was_printed(student):
    assert student.find("pre", class_="printed").get_text() == "said <b>"


# ---- the page


@pytest.fixture(params=["student", "teacher"])
def page(request):
    return request.getfixturevalue(request.param)


def test_page_has_language_title_and_one_main_with_one_heading(page):
    assert page.html["lang"] == "en"
    assert page.title.get_text().startswith("Lesson 9: A sample")
    assert len(page("main")) == len(page("h1")) == 1
    assert page.main.h1
    assert page.find("meta", attrs={"name": "viewport"})
    assert page.find("a", class_="skip")["href"] == f"#{page.main['id']}"


def test_contents_list_links_to_each_section(page):
    links = {link["href"]: link.get_text() for link in page.nav("a")}
    assert links == {f"#{found['id']}": found.get_text() for found in page("h2")}


def test_headings_never_skip_and_ids_are_unique(page):
    levels = [int(found.name[1]) for found in page(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = Counter(found["id"] for found in page(id=True))
    assert set(ids.values()) == {1}


def test_twin_headings_have_ids_of_their_own():
    writer = parts.Writer()
    assert 'id="a-b"' in writer.markdown("## A, b!")
    assert 'id="a-b-2"' in writer.markdown("## A, b!")


def test_page_asks_nothing_of_the_network(page):
    assert not page(["link", "iframe", "object", "embed", "base"])
    assert not [tag for tag in page(src=True) if not tag["src"].startswith("data:image/")]
    for block in page(["style", "script"]):
        assert not block.has_attr("src")
        assert not re.search(r"@import|url\(|https?:|fetch|import\(", block.string)
    assert not page(style=True)
    assert not page.main(["style", "script"])


def test_maths_is_mathml_and_no_tex_is_left(page):
    claim = page.find(id="the-claim")
    maths = page("math")
    assert [found["display"] for found in maths] == ["inline", "block", "block"]
    assert maths[0].mfrac.get_text() == "ab"
    assert maths[1].msqrt
    text = page.main.get_text()
    assert not re.search(r"\\[a-z]+|\$s|\$\$", text)
    assert "costs $5, or $6." in claim.find_next("p").get_text()


def test_alt_text_of_charts_is_kept_word_for_word(page):
    alts = [found["alt"] for found in page("img")]
    assert alts == [ALT, *(f"Frame {k} of four." for k in range(1, 5))]
    assert {(found["width"], found["height"]) for found in page("img")} == {("720", "360")}


def test_tables_have_scopes_and_scroll_in_labelled_regions(page):
    tables = page("table")
    assert len(tables) == 3
    for table in tables:
        region = table.parent
        assert (region["role"], region["tabindex"]) == ("region", "0")
        assert not table.has_attr("border")
        assert all(head.get_text(strip=True) for head in table("th"))
        assert all(head["scope"] == "col" for head in table.thead("th"))
        assert all(head["scope"] == "row" for head in table.tbody("th"))
    labels = [table.parent["aria-label"] for table in tables]
    assert labels[1] == "Table 2: Claim, Verdict, What the data say, Grade"
    assert len(set(labels)) == 3
    assert tables[0].thead.td, "the blank corner is no header"


def test_cells_say_what_they_hold(page):
    table = page("table")[0]
    first = table.tbody.tr(["th", "td"])
    assert [found.get("class") for found in first[1:4]] == [["number"], ["number"], ["some"]]
    assert [head.get("class") for head in table.thead(["th", "td"])[1:3]] == [["number"]] * 2
    verdicts = [found["class"][1] for found in page("td", class_="verdict")]
    states = ("holds", "holds-in-part", "not-supported", "out-of-date")
    assert verdicts == [f"verdict-{state}" for state in states]


def test_columns_are_marked_where_a_header_spans_rows():
    frame = pd.DataFrame(
        {"side": ["in", "in", "out"], "year": [1, 2, 3], "note": ["a", "b", "c"], "usd": [4, 5, 6]}
    )
    text = parts.Writer().html(frame.set_index(["side", "year"]).to_html())
    marked = BeautifulSoup(text, "html.parser")("td", class_="number")
    assert [found.get_text() for found in marked if found.get_text()] == ["4", "5", "6"]


def test_explorer_keeps_its_frames_and_brings_its_script(page, sample):
    frames = page.select(".explorer > .frame")
    assert [frame.figcaption.get_text() for frame in frames] == [
        f"Basis: case {k}" for k in range(1, 5)
    ]
    assert len(page("script")) == 1
    del sample.cells[-2]
    assert "<script" not in made(HandoutExporter, sample)


def test_fold_holds_what_was_written_into_it(page):
    (numbers, *_, sources) = page("details")
    assert numbers.table
    assert sources.li.a["href"] == "https://a.org"


def test_pictures_lose_no_pixel():
    noise = Image.effect_noise((60, 40), 90).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "png")
    text = base64.b64encode(buffer.getvalue()).decode()
    found = parts.Writer().html(f'<img alt="a" src="data:image/png;base64,{text}">')
    code = re.search('base64,([^"]+)', found)[1]
    packed = Image.open(io.BytesIO(base64.b64decode(code)))
    assert ImageChops.difference(noise, packed.convert("RGB")).getbbox() is None


def test_title_is_safe_in_html_and_in_the_style_sheet(sample):
    sample.metadata.title = 'A "title" </style> & more\\'
    text = made(HandoutExporter, sample)
    assert BeautifulSoup(text, "html.parser").title.get_text() == sample.metadata.title
    assert text.count("</style>") == 1


# ---- what cannot become a handout


def fails(notebook, *words):
    with pytest.raises(HandoutError) as caught:
        made(HandoutExporter, notebook)
    for word in ("9_sample", *words):
        assert word in str(caught.value)


def test_notebook_that_was_not_run(sample):
    sample.cells[4].execution_count = None
    fails(sample, "cell 5 was not run", "run all cells")


def test_cell_that_failed(sample):
    sample.cells[4].outputs = [nbformat.v4.new_output("error", ename="KeyError")]
    fails(sample, "cell 5 failed with KeyError")


@pytest.mark.parametrize("alt", ["", " ", None])
def test_chart_without_alt_text(sample, alt):
    sample.cells[6].outputs[0].metadata = {"image/png": {} if alt is None else {"alt": alt}}
    fails(sample, "cell 7 shows a picture without alt text")


@pytest.mark.parametrize("text", ['<img src="data:,">', '<img alt="" src="data:,">', "![](a.png)"])
def test_picture_in_text_without_alt_text(sample, text):
    sample.cells[8].source += f"\n\n{text}"
    fails(sample, "cell 9 shows a picture without alt text")


def test_picture_that_would_have_to_be_fetched(sample):
    sample.cells[8].source += '\n\n<img alt="a" src="https://a.org/a.png">'
    fails(sample, "not inside the page")


def test_widget_without_twin(sample):
    output = cell(sample, "explorer").outputs[0]
    output.data = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "a"}
    fails(sample, "cell 16 shows a widget")


def test_widget_with_twin_shows_the_twin(sample):
    cell(sample, "explorer").outputs[0].data["application/vnd.jupyter.widget-view+json"] = {}
    assert 'class="explorer"' in made(HandoutExporter, sample)


def test_two_titles(sample):
    sample.cells[8].source = "# Another"
    fails(sample, "2 level-1 headings")


def test_all_faults_are_named_at_once(sample):
    sample.cells[4].execution_count = None
    sample.cells[6].outputs[0].metadata = {}
    fails(sample, "cell 5", "cell 7")


def test_formula_of_a_notebook_that_cannot_be_set(sample):
    sample.cells[1].source += "\n\n$a \\unheard b$"
    fails(sample, "cannot be set", "unheard")


@pytest.mark.parametrize("formula", [r"\left( a", r"x_a_b", r"a \unheard b"])
def test_formula_that_cannot_be_set(formula):
    with pytest.raises(HandoutError, match="cannot be set"):
        parts.Writer().markdown(f"${formula}$")


# ---- nbconvert and the command


POINTS = [p for p in entry_points(group="nbconvert.exporters") if p.module == "utils.handouts"]
NAMES = {point.load(): point.name for point in POINTS}
SUFFIXES = {
    HandoutExporter: ".html",
    TeacherHandoutExporter: ".teacher.html",
    StudentNotebookExporter: ".student.ipynb",
}


@pytest.mark.parametrize("exporter", SUFFIXES)
def test_nbconvert_and_jupyterlab_know_the_exporters(exporter):
    name = NAMES[exporter]
    assert re.fullmatch(r"\w+", name), "JupyterLab finds no page under a name with a hyphen"
    assert get_exporter(name) is exporter
    assert exporter.export_from_notebook, "without it nbconvert hides the exporter"
    assert exporter().file_extension == SUFFIXES[exporter]


@pytest.mark.parametrize("exporter", SUFFIXES)
def test_nbconvert_writes_beside_the_notebook_and_not_over_it(course, exporter):
    source = course / "9_sample.ipynb"
    before = source.read_bytes()
    NbConvertApp.clear_instance()
    NbConvertApp.launch_instance(["--to", NAMES[exporter], str(source)])
    assert source.read_bytes() == before
    assert (course / f"9_sample{SUFFIXES[exporter]}").stat().st_size > 5000


def test_command_makes_everything_and_a_second_run_the_same_bytes(course, tmp_path, capsys):
    one, two = tmp_path / "one", tmp_path / "two"
    assert build.main(["--out", str(one)]) == 0  # each lesson in a process of its own
    said = capsys.readouterr()
    assert "10 files" in said.out
    assert re.search(r"Handouts: 100%.* 3/3 ", said.err), "no progress was shown"
    for name in ("9_sample", "8_other"):
        build.build(refresh.find([name]), two)  # one after the other in this process
    names = sorted(path.name for path in one.iterdir())
    assert names == [
        *("8_other.html", "8_other.student.ipynb", "8_other.teacher.html"),
        *("9_sample.html", "9_sample.student.ipynb", "9_sample.teacher.html"),
        *("data.html", "glossary.html", "index.html", "teachers.html"),
    ]
    assert filecmp.cmpfiles(one, two, names, shallow=False) == (names, [], [])


def test_index_links_to_files_that_are_there_and_says_what_each_lesson_asks(course, tmp_path):
    build.build(refresh.find(["9_sample"]), tmp_path)
    page = BeautifulSoup((tmp_path / "index.html").read_text(), "html.parser")
    links = [link["href"] for link in page.main("a")]
    assert links == [
        *("9_sample.html", "9_sample.teacher.html", "9_sample.student.ipynb"),
        *("teachers.html", "glossary.html", "data.html"),
    ]
    assert all((tmp_path / link).exists() for link in links)
    text = page.main.get_text()
    assert "Does it work?" in text
    assert "30 minutes" in text


def test_one_bad_notebook_does_not_stop_the_others(course, tmp_path, capsys):
    bad = nbformat.read(course / "8_other.ipynb", 4)
    bad.cells[4].execution_count = None
    nbformat.write(bad, course / "8_other.ipynb")
    (course / "7_broken.ipynb").write_text('{"cells": [], "metadata": {}}')
    assert build.main(["--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "8_other cannot become a handout" in said
    assert "7_broken" in said
    assert (tmp_path / "9_sample.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["9_sampel"], "There is no lesson '9_sampel'. Did you mean 9_sample?"),
        (["9_sample", "--out", __file__], "cannot be written to"),
    ],
)
def test_command_says_what_is_wrong(course, capsys, arguments, words):
    assert build.main(arguments) == 1
    assert words in capsys.readouterr().err


def test_command_without_notebooks(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(refresh, "NOTEBOOKS", tmp_path)
    assert build.main(["--out", str(tmp_path)]) == 1
    assert "no notebook" in capsys.readouterr().err


# ---- data appendix


def test_data_appendix_tells_of_every_table_and_field():
    package = data.package()
    page = BeautifulSoup(appendix.data_page(package, []), "html.parser")
    assert len(page("h1")) == 1
    for resource in package["resources"]:
        heading = page.find("h3", id=resource["name"])
        facts = heading.find_next("dl").get_text(" ", strip=True)
        for word in (resource["path"], f"{resource['rows']:,}", resource["trap"]):
            assert " ".join(word.split()) in " ".join(facts.split())
        assert resource["licenses"][0]["title"] in facts
        table = heading.find_next("table")
        names = [row.th.get_text() for row in table.tbody("tr")]
        assert names == [field["name"] for field in resource["schema"]["fields"]]
        assert page.nav.find("a", href=f"#{resource['name']}")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (
            {"constraints": {"required": True, "minimum": 0, "maximum": 12000}},
            "required; 0 to 12,000",
        ),
        ({"constraints": {"minimum": 1989, "unique": True}}, "unique; at least 1989"),
        ({"constraints": {"maximum": 5}}, "at most 5"),
        ({"constraints": {"enum": ["A", "B"]}}, "one of: A, B"),
        ({"constraints": {"pattern": "^a$", "maxLength": 9}}, "at most 9 characters; pattern ^a$"),
        ({"references": "sources"}, "ids in sources"),
        ({}, ""),
    ],
)
def test_rules_of_a_field_in_words(field, words):
    assert appendix.rules(field) == words


# ---- glossary and teacher's overview


def test_glossary_has_every_term_by_letter_and_links_to_lessons_that_are_there(sample, tmp_path):
    nbformat.write(sample, tmp_path / "2_sample.ipynb")
    terms = data.read("glossary")
    made = appendix.glossary_page(terms, [appendix.Lesson.of(tmp_path / "2_sample.ipynb")])
    page = BeautifulSoup(made, "html.parser")
    assert [found.get_text() for found in page("dt")] == sorted(terms["term"], key=str.casefold)
    for term, meaning, number in terms.itertuples(index=False):
        said = page.find("dt", string=term).find_next("dd")
        assert " ".join(said.get_text().split()) == f"{meaning} Lesson {number}"
        assert [link["href"] for link in said("a")] == ["2_sample.html"] * (number == 2)
        assert said.find_previous("h2").get_text() == term[0].upper()


def test_overview_says_what_the_notebooks_say(sample, tmp_path):
    nbformat.write(sample, tmp_path / "9_sample.ipynb")
    page = BeautifulSoup(
        appendix.teachers_page([appendix.Lesson.of(tmp_path / "9_sample.ipynb")]), "html.parser"
    )
    skills, plan = page("table")
    cells = [cell.get_text() for cell in skills.tbody(["th", "td"])]
    assert cells == ["Lesson 9: A sample", "30 minutes.", "", ""]
    cells = [cell.get_text() for cell in plan.tbody(["th", "td"])]
    assert cells == ["1. Practice", "NOTED, in ten minutes.", '"all is one." It is two.']
    facts = plan.find_previous("dl").get_text(" ", strip=True)
    assert facts == "Time 30 minutes. In 45 minutes Section 1 alone."
    assert {"hand-out", "collect-and-mark"} <= {found["id"] for found in page("h2")}


def test_any_body_gets_the_same_page():
    text = pages.page(
        "Glossary", '<h1>Glossary</h1><h2 id="a">A</h2>', [parts.Heading(2, "A", "a")]
    )
    page = BeautifulSoup(text, "html.parser")
    assert page.main.h1.get_text() == "Glossary"
    assert page.nav.a["href"] == "#a"


# ---- the committed lessons


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def lesson(request, tmp_path_factory):
    """Return a committed notebook, and its editions as text by suffix."""
    folder = tmp_path_factory.mktemp("handouts")
    paths, fault = exporters.write(request.param, folder)
    assert not fault
    found = {path.name.removeprefix(request.param.stem): path.read_text() for path in paths}
    return nbformat.read(request.param, 4), found


def test_lesson_is_small_and_its_pictures_have_their_alt_texts(lesson):
    notebook, found = lesson
    for suffix in (".html", ".teacher.html"):
        text = found[suffix]
        assert len(text.encode()) <= MEGABYTES * 1e6
        alts = [html.unescape(alt) for alt in re.findall('<img[^>]* alt="([^"]*)"', text)]
        assert len(alts) == len(re.findall("<img ", text)) > 0
        assert min(len(alt.split()) for alt in alts) >= ALT_WORDS
        kept = editions.student(notebook) if suffix == ".html" else notebook
        wanted = [alt for c in kept.cells for alt in editions.alts(c)]
        assert sorted(alts) == sorted(wanted)


def words_of(page):
    """What a reader sees of a page, code too, as one text."""
    text = re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]+>", "", page)
    return html.unescape(text)


def test_lesson_gives_students_no_solution(lesson):
    notebook, found = lesson
    kept = "\n".join(c.source for c in editions.student(notebook).cells)
    sources = [c.source for c in nbformat.reads(found[".student.ipynb"], 4).cells]
    texts = [words_of(found[".html"]), "\n".join(sources)]
    for hidden in notebook.cells:
        if {"solution", "teacher"} & set(hidden.metadata.get("tags", [])):
            for line in hidden.source.splitlines():
                if len(line) > 25 and line not in kept:
                    assert not [text for text in texts if line.strip() in text]


def test_lesson_has_no_raw_maths_and_a_box_for_each_exercise(lesson):
    notebook, found = lesson
    exercises = sum("exercise" in c.metadata.get("tags", []) for c in notebook.cells)
    for suffix in (".html", ".teacher.html"):
        assert found[suffix].count('<div class="exercise">') == exercises
        prose = words_of(re.sub(r"(?s)<(pre|code)\b.*?</\1>", "", found[suffix]))
        assert not re.search(r"\\(frac|sum|begin|text)\b|\$\$", prose)


def test_lesson_tells_teachers_its_plan(lesson):
    notebook, _ = lesson
    found = appendix.Lesson.of(next(p for p in NOTEBOOKS if nbformat.read(p, 4) == notebook))
    assert found.question.endswith("?")
    assert re.search(r"\d+ minutes", found.time)
    assert all((found.practice, found.basis, found.short))
    assert len(found.sections) >= 3
    assert [section.title for section in found.sections if "minutes" not in section.timing] == []


def test_terms_of_the_glossary_stand_in_their_lessons_and_none_is_left_out(lesson):
    notebook, _ = lesson
    number = int(re.match(r"Lesson (\d)", notebook.metadata.title)[1])
    terms = data.read("glossary")
    shown = [cell.source for cell in editions.student(notebook).cells]
    shown += [
        output.data.get("text/markdown", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    text = " ".join(" ".join(shown).split())
    own = terms.loc[terms["lesson"] == number, "term"]
    assert len(own) >= 5
    assert [term for term in own if not re.search(rf"(?i)\b{re.escape(term)}", text)] == []
    defined = re.findall(r"(?<!\*)\*([^*]+)\*(?: \([^)]+\))? (?:is|are|means)\b", text)
    known = {term.casefold() for term in terms["term"]}
    assert [term for term in defined if term.casefold() not in known] == []


def test_lesson_runs_on_where_a_student_has_not_answered(lesson):
    """No cell of the student's notebook uses what only an exercise sets."""
    _, found = lesson
    answers = set()
    for c in nbformat.reads(found[".student.ipynb"], 4).cells:
        if c.cell_type != "code":
            continue
        names = [node for node in ast.walk(ast.parse(c.source)) if isinstance(node, ast.Name)]
        used, stored = (
            {n.id for n in names if isinstance(n.ctx, k)} for k in (ast.Load, ast.Store)
        )
        if "exercise" in c.metadata.get("tags", []):
            answers |= stored
        else:
            assert not used & answers, f"{c.source}\nuses an answer of an exercise"
            answers -= stored
