"""Tests of utils.refresh, on small notebooks made here."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from utils import data, refresh

PICTURE = '<img alt="A picture of nothing" src="data:image/png;base64,{}">'


def notebook(*sources, **metadata):
    """A notebook of code cells that were never run, after a title."""
    cells = [new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(sources)]
    title = new_markdown_cell("# Sample", id="title")
    return new_notebook(metadata={"title": "Sample", **metadata}, cells=[title, *cells])


def shown(*bundles):
    """A notebook whose only code cell shows these outputs."""
    made = notebook("show()")
    made.cells[1].outputs = [new_output("display_data", bundle) for bundle in bundles]
    return made


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two notebooks and one table; returns its folder."""
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data" / "sums.csv").write_text("year,sum\n2001,5\n2002,6\n")
    resource = {"name": "sums", "path": "sums.csv", "rows": 1}
    package = json.dumps({"resources": [resource]}, indent=1) + "\n"
    (tmp_path / "data" / data.PACKAGE).write_text(package)
    source = "import csv\nrows = list(csv.DictReader(open('../data/sums.csv')))"
    finding = "from IPython.display import Markdown\nMarkdown(f'The sum is {rows[-1][\"sum\"]}.')"
    nbformat.write(notebook(source, finding), tmp_path / "notebooks" / "1_sums.ipynb")
    nbformat.write(notebook("print('still')"), tmp_path / "notebooks" / "2_still.ipynb")
    monkeypatch.setattr(data, "DATA", tmp_path / "data")
    monkeypatch.setattr(refresh, "NOTEBOOKS", tmp_path / "notebooks")
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_edited_table_moves_sentences_and_row_count_and_a_second_run_moves_nothing(course, capsys):
    assert refresh.main([]) == 0
    first = capsys.readouterr().out
    assert "sums.csv: 2 rows (before: 1), noted in datapackage.json." in first
    assert "-> The sum is 6." in first
    stored = contents(course)
    assert b'"rows": 2' in stored[data.PACKAGE]
    assert nbformat.reads(stored["1_sums.ipynb"], 4).cells[2].execution_count == 2
    assert refresh.main(["1_sums"]) == 0
    assert capsys.readouterr().out == "1_sums: nothing changed\n"
    assert contents(course) == stored

    table = course / "data" / "sums.csv"
    table.write_text(table.read_text().replace("2002,6", "2002,7"))
    assert refresh.main(["1_sums"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "1_sums: 1 output changed",
        "  cell 3, sentence:",
        "       The sum is 6.",
        "    -> The sum is 7.",
    ]


def test_failing_cell_is_named_and_nothing_is_written(course, capsys):
    broken = notebook("x = 1", "print(x)\n{}['coal']", "print('never')")
    nbformat.write(broken, course / "notebooks" / "3_broken.ipynb")
    before = contents(course)
    assert refresh.main(["1_sums", "3_broken"]) == 1
    error = capsys.readouterr().err
    assert "3_broken, cell 3 failed:" in error
    assert "    {}['coal']" in error
    assert "KeyError: 'coal'" in error
    assert "No notebook was written." in error
    assert contents(course) == before


def test_dying_kernel_is_named(course):
    nbformat.write(notebook("import os\nos._exit(1)"), course / "notebooks" / "3_dead.ipynb")
    with pytest.raises(refresh.RefreshError, match=r"3_dead failed: .*died"):
        refresh.run(course / "notebooks" / "3_dead.ipynb")


def test_file_that_is_no_notebook_is_named(course):
    path = course / "notebooks" / "3_text.ipynb"
    path.write_text("cells")
    with pytest.raises(refresh.RefreshError, match=r"3_text\.ipynb cannot be read"):
        refresh.run(path)


def test_lessons_are_found_by_name_or_path_and_near_names_are_given(course):
    first, second = refresh.find([])
    assert [first.stem, second.stem] == ["1_sums", "2_still"]
    assert refresh.find(["notebooks/2_still.ipynb", "2_still"]) == [second]
    with pytest.raises(refresh.RefreshError, match=r"no lesson .1_sum.\. Did you mean 1_sums\?"):
        refresh.find(["1_sum"])
    assert refresh.main(["9_moon"]) == 1


def test_cleaning_keeps_ids_tags_alt_texts_and_static_twins():
    made = shown({"text/plain": "Explorer", "text/html": "<figure>", refresh.WIDGET_VIEW: {}})
    made.metadata.update(widgets={"state": {}}, kernelspec={"name": "conda-env-x"})
    cell = made.cells[1]
    cell.metadata.update(tags=["explorer"], jupyter={"source_hidden": True})
    kept = dict(cell.metadata)
    cell.metadata.update(execution={"iopub.status.busy": "now"}, collapsed=False, trusted=True)
    cell.outputs[0].metadata = {"image/png": {"alt": "words"}, refresh.WIDGET_VIEW: {}}
    refresh.clean(made)
    assert cell.metadata == kept
    assert cell.id == "cell-0"
    assert cell.outputs[0].data == {"text/plain": "Explorer", "text/html": "<figure>"}
    assert cell.outputs[0].metadata == {"image/png": {"alt": "words"}}
    assert set(made.metadata) == {"title", "kernelspec", "language_info"}
    assert made.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            {"text/markdown": "It was 3."},
            {"text/markdown": "It was 4."},
            ["sentence:", "   It was 3.", "-> It was 4."],
        ),
        (
            {"text/html": "<style>td {}</style><table><tr><td>a</td><td>1</td></tr></table>"},
            {"text/html": "<table><tr><td>a</td><td>2</td></tr><tr><td>b</td></tr></table>"},
            ["table:", "   a | 1", "-> a | 2", "-> b"],
        ),
        ({"text/plain": "1"}, {"text/plain": "2"}, ["text:", "   1", "-> 2"]),
        ({"image/png": "AAAA"}, {"image/png": "BBBB"}, ["picture: drawn anew"]),
        (
            {"text/html": PICTURE.format("AAAA")},
            {"text/html": PICTURE.format("BBBB")},
            ["picture: drawn anew"],
        ),
        (
            {"text/html": PICTURE.format("AAAA")},
            {"text/html": PICTURE.format("BBBB").replace("nothing", "coal")},
            ["picture:", "   A picture of nothing", "-> A picture of coal"],
        ),
    ],
)
def test_changes_show_old_and_new(old, new, said):
    (change,) = refresh.changes(shown(old), shown(new))
    assert change.cell == 2
    head, *lines = str(change).splitlines()
    assert head == f"  cell 2, {said[0]}"
    assert lines == [f"    {line}" for line in said[1:]]
    assert refresh.changes(shown(old), shown(old)) == []


def test_added_and_lost_outputs_are_changes():
    one, two = {"text/plain": "1"}, {"text/plain": "2"}
    assert [c.new for c in refresh.changes(shown(one), shown(one, two))] == [("2",)]
    assert [c.old for c in refresh.changes(shown(one, two), shown(one))] == [("2",)]
    removed = refresh.changes(shown(one), notebook())
    assert [(c.old, c.new) for c in removed] == [(("1",), ())]


def test_long_changes_are_cut():
    old = shown({"text/plain": "\n".join(f"old {k}" for k in range(30))})
    (change,) = refresh.changes(old, shown({"text/plain": "new"}))
    assert str(change).endswith("... 19 more lines")


def test_table_that_lost_rows_keeps_its_count(course):
    (course / "data" / "sums.csv").write_text("year,sum\n")
    before = (course / "data" / data.PACKAGE).read_bytes()
    (sentence,) = refresh.raise_rows()
    assert sentence.startswith("sums.csv: only 0 of 1 rows.")
    assert (course / "data" / data.PACKAGE).read_bytes() == before
