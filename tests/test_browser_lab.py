"""Tests of the lessons as a student meets them: in JupyterLab itself, in a real browser."""

import importlib
import re
from numbers import Number

import lab
import pytest
from bs4 import BeautifulSoup
from notebook_rules import FRAMES

from utils import charts, data, refresh

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of a JupyterLab that serves a copy of the course."""
    with lab.serve(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture(scope="module")
def page(address, browser):
    """JupyterLab in the browser."""
    with lab.opened(address, browser) as found:
        yield found


@pytest.fixture(
    scope="module", params=sorted(refresh.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem
)
def lesson(request, page):
    """A lesson, opened and run from top to bottom; ``stored`` is its explorer before the run."""
    found = lab.Lesson(page, request.param)
    found.stored = found.show(*found.tagged("explorer")).inner_html()
    found.run_all()
    yield found
    found.close()


def test_every_cell_runs_without_error_or_warning(lesson):
    for place, cell in enumerate(lesson.cells, 1):
        for output in cell["outputs"]:
            assert output["output_type"] != "error", f"cell {place}: {output}"
            assert output.get("name") != "stderr", f"cell {place}: {output}"


def test_without_a_run_the_explorer_shows_its_static_twin(lesson):
    assert len(re.findall(r"<figure[ >]", lesson.stored)) in FRAMES
    assert len(re.findall(r'<img [^>]*src="data:image/png', lesson.stored)) in FRAMES
    assert "Error displaying widget" not in lesson.stored


def test_first_control_of_the_explorer_moves_by_keyboard_and_redraws(lesson):
    cell = lesson.show(*lesson.tagged("explorer"))
    picture, words = cell.locator("img.widget-image"), cell.locator("[role=status]")
    picture.wait_for()
    assert cell.locator("figure.frame").count() == 0, "the static twin shows beside the widget"
    before, said = picture.get_attribute("src"), words.inner_text()
    handle = cell.locator(".noUi-handle").first
    handle.focus()
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.press("ArrowLeft" if at_end else "ArrowRight")
    changed = "([css, name, old]) => document.querySelector(css)[name] !== old"
    for css, name, old in (
        ("img.widget-image", "src", before),
        ("[role=status]", "innerText", said),
    ):
        lesson.page.wait_for_function(
            changed, arg=[f"{lab.ACTIVE} {css}", name, old], timeout=10_000
        )
    assert len(words.inner_text().split()) >= charts.ALT_WORDS


def test_exercise_answers_right_and_wrong(lesson):
    place, source, exercise = exercise_with_a_plain_answer(lesson)
    wrong, message = exercise.mistakes[0]
    said = lesson.run(place, source.replace("...", repr(wrong), 1))
    assert said == f"Not yet. {message}"
    said = lesson.run(place, source.replace("...", repr(exercise.key), 1))
    assert said == f"Right. {exercise.why}"


def exercise_with_a_plain_answer(lesson):
    """Place, source and key of the first exercise that asks for a number or a word."""
    claims = data.read("claims")
    number = int(re.match(r"\d+", lesson.name)[0])
    (stream,) = set(claims.loc[claims["lesson"] == number, "stream"])
    answers = importlib.import_module(f"utils.lessons.{stream}").answers()
    for place in lesson.tagged("exercise"):
        source = lesson.cells[place]["source"]
        code = re.search(r"check\(\s*[\"']([^\"']+)", source)
        if code and "..." in source and isinstance(answers[code[1]].key, Number | str):
            return place, source, answers[code[1]]
    raise AssertionError(f"{lesson.name} has no exercise that asks for a number or a word")


def test_file_menu_exports_a_handout(lesson):
    made = lesson.export("Handout")
    assert made.headers["content-type"].startswith("text/html")
    page = BeautifulSoup(made.text(), "html.parser")
    assert len(page("h1")) == 1
    assert page.find(class_="explorer")
    assert not page(class_="solution")


def test_file_menu_offers_the_other_editions(lesson):
    with lesson.exports() as entry:
        entry("Handout_teacher").wait_for()
        entry("Student_notebook").wait_for()


def test_nothing_is_asked_of_the_network(lesson, address):
    inside = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in lesson.page.asked if not url.startswith(inside)] == []
