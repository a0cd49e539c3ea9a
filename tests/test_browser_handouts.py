"""Tests of the handouts as a reader meets them: in a real browser, on a phone, on paper."""

import importlib.resources
import re

import nbformat
import pytest
from small_lesson import small_lesson

from utils import data, refresh
from utils.handouts import appendix, exporters

pytestmark = pytest.mark.browser

#: Leaves of what repeats on a page the first of each kind, so that an audit takes one second and
#: not five: rows of tables, long lists, and code whose colours have been seen.
THIN = """() => {
    for (const more of document.querySelectorAll("tbody tr:nth-child(n+4), li:nth-child(n+8)")) {
        more.remove();
    }
    const seen = new Set();
    for (const part of document.querySelectorAll("pre span:not(.line)")) {
        if (seen.has(part.className)) part.replaceWith(...part.childNodes);
        seen.add(part.className);
    }
    for (const line of document.querySelectorAll(".line:not(:has(span))")) {
        line.replaceWith(...line.childNodes);
    }
}"""
AUDIT = """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
    found => `${found.id} (${found.impact}): ${found.nodes.map(node => node.html).join(" ")}`)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOOT = """() => [...document.styleSheets[0].cssRules].filter(rule => rule instanceof CSSPageRule)
    .flatMap(rule => [...rule.cssRules]).find(rule => rule.name === "bottom-center").cssText"""
CUT = """() => [...document.querySelectorAll(".scroll")]
    .filter(table => table.checkVisibility() && table.scrollWidth > table.clientWidth + 1)
    .map(table => table.getAttribute("aria-label"))"""
SHOWN = """() => [...document.querySelectorAll(".explorer .frame")].map(
    frame => frame.checkVisibility() ? frame.querySelector("img").alt : "").filter(Boolean)"""


@pytest.fixture(scope="module")
def axe():
    """The source of axe-core."""
    package = importlib.resources.files("axe_playwright_python")
    return (package / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the handouts of the small lesson, the index and a data appendix."""
    found = tmp_path_factory.mktemp("handouts")
    nbformat.write(small_lesson(), found / "sample.ipynb")
    assert exporters.write(found / "sample.ipynb", found)[1] == ""
    lessons = [appendix.Lesson.of(found / "sample.ipynb")]
    (found / "index.html").write_text(appendix.index_page(lessons))
    package = data.package()
    package["resources"] = package["resources"][:2]
    (found / "data.html").write_text(appendix.data_page(package, lessons))
    terms = data.read("glossary")
    (found / "glossary.html").write_text(appendix.glossary_page(terms, lessons))
    (found / "teachers.html").write_text(appendix.teachers_page(lessons))
    return found


@pytest.fixture
def page(browser):
    """A page that notes what it asks of the network, and every error of its script."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    found = context.new_page()
    found.asked, found.errors = [], []
    found.on("request", lambda request: found.asked.append(request.url))
    found.on("pageerror", lambda error: found.errors.append(str(error)))
    yield found
    context.close()


def faults(page, axe, theme):
    """Return the violations that axe-core finds in the light or dark theme."""
    page.emulate_media(color_scheme=theme)
    page.evaluate(axe)
    return page.evaluate(AUDIT)


def elsewhere(page):
    """Return the addresses outside the page's own file that it asked for."""
    return [url for url in page.asked if not url.startswith(("file:", "data:"))]


def overflow(page):
    """Return by how many pixels the page is too wide for a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    return page.evaluate(OVERFLOW)


def pages_of(pdf):
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


# ---- every kind of page and of content


@pytest.mark.parametrize(
    "name", ["sample", "sample.teacher", "index", "data", "glossary", "teachers"]
)
def test_page_is_accessible_in_light_and_dark_offline_and_on_a_phone(page, folder, axe, name):
    page.goto((folder / f"{name}.html").as_uri())
    page.evaluate("() => document.querySelectorAll('details').forEach(e => e.open = true)")
    page.evaluate(THIN)
    assert faults(page, axe, "light") == []
    assert overflow(page) <= 0
    assert faults(page, axe, "dark") == []
    assert elsewhere(page) == []
    assert page.errors == []


def test_wide_table_scrolls_by_keyboard_in_its_own_region(page, folder):
    page.goto((folder / "sample.html").as_uri())
    overflow(page)
    region = page.get_by_role("region", name=re.compile("^Table 1"))
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=region.element_handle())


def test_skip_link_is_the_first_stop_and_leads_to_the_content(page, folder):
    page.goto((folder / "sample.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.tagName") == "MAIN"


def test_explorer_moves_by_keyboard(page, folder):
    page.goto((folder / "sample.html").as_uri())
    slider = page.get_by_role("slider", name="Basis")
    assert page.evaluate(SHOWN) == ["Frame 1 of four."]
    slider.focus()
    for place, key in ((2, "ArrowRight"), (4, "End"), (3, "ArrowLeft")):
        slider.press(key)
        assert page.evaluate(SHOWN) == [f"Frame {place} of four."]
        assert slider.get_attribute("aria-valuetext") == f"case {place}"
        assert page.locator(".explorer output").inner_text() == f"case {place}"


def test_without_script_and_in_print_the_explorer_shows_all_frames(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto((folder / "sample.html").as_uri())
    assert plain.locator(".frame:visible").count() == 4
    context.close()
    context = browser.new_context()
    printed = context.new_page()
    printed.goto((folder / "sample.html").as_uri())
    printed.emulate_media(media="print")
    assert printed.locator(".frame:visible").count() == 4
    assert printed.get_by_role("slider").count() == 0
    context.close()


def test_print_is_light_opens_sources_and_leaves_folded_numbers_out(page, folder):
    page.goto((folder / "sample.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert page.get_by_text("Numbers behind this chart").is_hidden()
    assert page.locator("details li").is_visible()
    assert page.get_by_text("Name", exact=True).is_visible()
    page.locator("details:has(table)").evaluate("fold => fold.open = true")
    assert page.get_by_text("Numbers behind this chart").is_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_paper_has_page_numbers_and_clips_nothing(page, folder, paper):
    page.goto((folder / "sample.html").as_uri())
    pdf = page.pdf(format=paper)
    count = pages_of(pdf)
    assert count > 1
    assert "counter(page)" in page.evaluate(FOOT)
    width = {"A4": 794, "Letter": 816}[paper] - 2 * 64  # without the margins of 17 mm
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate(OVERFLOW) <= 0


# ---- the committed lessons


@pytest.fixture(
    scope="module", params=sorted(refresh.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem
)
def lesson(request, tmp_path_factory):
    """The student's and the teacher's handout of a lesson."""
    made, fault = exporters.write(request.param, tmp_path_factory.mktemp("lesson"))
    assert not fault
    return made[:2]


def test_lesson_is_accessible_works_offline_on_a_phone_and_its_explorer_moves(page, lesson, axe):
    """The audit is of the teacher's handout, which holds all that the student's does."""
    for edition in lesson:
        page.set_viewport_size({"width": 1000, "height": 900})
        page.goto(edition.as_uri())
        assert page.evaluate(CUT) == [], "no table is cut on a desktop"
        assert overflow(page) <= 0
        before = page.evaluate(SHOWN)
        page.get_by_role("slider").press("ArrowRight")
        assert len(before) == 1
        assert page.evaluate(SHOWN) != before
        assert elsewhere(page) == []
        assert page.errors == []
    page.evaluate(THIN)
    assert faults(page, axe, "dark") == []
