"""Tests of utils.explorers."""

import io
import re

import ipywidgets
import pytest
from matplotlib.image import imread

from utils import data
from utils.explorers import Choice, Slider, explorer

CONTROLS = {
    "basis": Choice("Basis", ["KOTRA", "customs"]),
    "year": Slider("Year", 2010, 2020, 1, 2015),
    "share": Slider("Share", 0.0, 1.0, 0.1, 0.5),
}
FRAMES = [{"year": year} for year in (2010, 2012, 2014, 2016)]


def draw(fig, basis, year, share):
    ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
    ax.plot([2010, year], [0, share])
    return (
        f"Line chart of an invented series on the basis {basis} until {year}. " + "It rises. " * 9
    )


def images(widget):
    return next(child for child in widget.children if isinstance(child, ipywidgets.Image))


def test_twin_has_a_figure_with_alt_text_and_caption_for_each_frame():
    html = explorer(draw, CONTROLS, FRAMES, "kotra_2014").twin()
    assert 'class="explorer"' in html
    assert html.count('class="frame"') == 4
    assert re.findall(r"<figcaption>(.*?)</figcaption>", html)[1] == "Year: 2012"
    alts = re.findall(r'alt="(.*?)"', html)
    assert len(set(alts)) == 4
    assert all(len(alt.split()) >= 25 for alt in alts)


def test_bundle_travels_as_one_output():
    bundle, _ = explorer(draw, CONTROLS, FRAMES, "kotra_2014")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith('<div class="explorer"')
    assert bundle["text/plain"] == "Explorer with the controls: Basis, Year, Share"


def test_moving_a_control_changes_picture_and_words():
    widget = explorer(draw, CONTROLS, FRAMES, "kotra_2014").widget()
    choice, year, share = widget.children[:3]
    picture, words = images(widget).value, widget.children[-1].value
    year.value = 2020
    assert images(widget).value != picture
    assert "until 2020" in widget.children[-1].value != words
    choice.value = "customs"
    assert "basis customs" in widget.children[-1].value
    assert isinstance(year, ipywidgets.IntSlider)
    assert isinstance(share, ipywidgets.FloatSlider)


def test_widget_and_twin_name_the_source_and_its_grade():
    view = explorer(draw, CONTROLS, FRAMES, "kotra_2014")
    line = f'<p class="source">{data.source_line("kotra_2014")}</p>'
    assert "Evidence grade" in line
    assert line in view.twin()
    assert line in [child.value for child in view.widget().children[-2:]]


def test_controls_have_labels():
    widget = explorer(draw, CONTROLS, FRAMES, "kotra_2014").widget()
    assert [w.description for w in widget.children[:3]] == ["Basis", "Year", "Share"]


def test_picture_repeats_after_other_settings():
    view = explorer(draw, CONTROLS, FRAMES, "kotra_2014", size=(4, 2))
    first = view.picture(year=2012)
    view.picture(year=2018)
    assert view.picture(year=2012) == first
    assert imread(io.BytesIO(first[0])).shape[:2] == (160, 320)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((draw, {}, FRAMES, "kotra_2014"), "at least one control"),
        ((draw, CONTROLS, FRAMES[:3], "kotra_2014"), "4 to 8 frames, not 3"),
        ((draw, CONTROLS, [*FRAMES, {"month": 1}], "kotra_2014"), "month"),
    ],
)
def test_faulty_explorer_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        explorer(*arguments)


def test_faulty_picture_is_refused():
    view = explorer(draw, CONTROLS, FRAMES, "kotra_2014")
    with pytest.raises(ValueError, match="Unknown settings"):
        view.picture(month=1)
    with pytest.raises(ValueError, match="fewer than 25 words"):
        explorer(lambda fig, **_: "short", CONTROLS, FRAMES, "kotra_2014").picture()
