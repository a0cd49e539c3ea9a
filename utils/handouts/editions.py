"""Which cells an edition keeps, what a cell shows, and what stands in the box of an exercise."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from nbformat import NotebookNode

_HIDDEN = {"solution", "teacher"}
_WAITING = "check-waiting"
_ANSWERED = re.compile("check-(right|wrong)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]")
_FENCE = re.compile(r" {0,3}(```|~~~)")

#: Media types that paper can show, the best first.
KINDS = (
    *("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg"),
    *("text/latex", "text/plain"),
)


def tags(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def student(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without solutions and teacher's notes."""
    found = copy.deepcopy(notebook)
    found.cells = [cell for cell in found.cells if not tags(cell) & _HIDDEN]
    return found


def unanswered(notebook: NotebookNode) -> NotebookNode:
    """Return a copy for students to work in: no solutions, and no output of an exercise."""
    found = student(notebook)
    for cell in found.cells:
        if cell.cell_type == "code" and "exercise" in tags(cell):
            cell.update(outputs=[], execution_count=None)
    return found


def quiet(notebook: NotebookNode) -> NotebookNode:
    """Return a copy in which no exercise says that it waits for an answer."""
    found = copy.deepcopy(notebook)
    for cell in found.cells:
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if _WAITING not in _html(output)]
    return found


def answered(cell: NotebookNode) -> bool:
    """Return whether a cell holds feedback on an answer."""
    return any(_ANSWERED.search(_html(output)) for output in cell.get("outputs", []))


def _html(output: NotebookNode) -> str:
    return output.get("data", {}).get("text/html", "")


def shown(output: NotebookNode) -> tuple[str, str]:
    """Return media type and content of the best view that an output holds.

    Printed text has the type "text/plain"; an output that paper cannot show has the type "".
    """
    if output.output_type == "stream":
        return "text/plain", output.text
    found = output.get("data", {})
    return next(((kind, found[kind]) for kind in KINDS if kind in found), ("", ""))


def alts(cell: NotebookNode) -> list[str]:
    """Return the alt texts of all pictures that a cell shows, "" for one that has none."""
    if cell.cell_type == "markdown":
        return _alts_of_markdown(cell.source)
    found = []
    for output in cell.get("outputs", []):
        kind, content = shown(output)
        if kind.startswith("image/"):
            found.append(output.get("metadata", {}).get(kind, {}).get("alt") or "")
        elif kind == "text/html":
            found += _alts_of_html(content)
        elif kind == "text/markdown":
            found += _alts_of_markdown(content)
    return found


def _alts_of_markdown(text: str) -> list[str]:
    return re.findall(r"!\[([^\]]*)\]\(", text) + _alts_of_html(text)


def _alts_of_html(text: str) -> list[str]:
    if "<img" not in text:
        return []
    return [image.get("alt", "") for image in BeautifulSoup(text, "html.parser")("img")]


def boxes(notebook: NotebookNode) -> Iterator[tuple[bool, list[NotebookNode]]]:
    """Yield the cells in groups: whether they are the box of one exercise, and the cells.

    A box begins at the exercise's own heading, of level 3 or more, even inside a cell; where the
    last heading is that of a section, it begins at the exercise. Its solutions belong to it.
    """
    before: list[NotebookNode] = []
    cells = list(notebook.cells)
    while cells:
        cell = cells.pop(0)
        if "exercise" not in tags(cell):
            before.append(cell)
            continue
        before, task = _split(before)
        box = [*task, cell]
        while cells and "solution" in tags(cells[0]):
            box.append(cells.pop(0))
        yield False, before
        yield True, box
        before = []
    yield False, before


def _split(cells: list[NotebookNode]) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """Split cells at their last heading if that is of level 3 or more, else after the last one."""
    for place in reversed(range(len(cells))):
        cell = cells[place]
        if cell.cell_type != "markdown" or not (found := list(headings(cell.source))):
            continue
        level, line = found[-1]
        if level < 3:
            break
        lines = cell.source.splitlines(keepends=True)
        above, own = copy.copy(cell), copy.copy(cell)
        above.source, own.source = "".join(lines[:line]), "".join(lines[line:])
        return [*cells[:place], above], [own, *cells[place + 1 :]]
    return cells, []


def headings(text: str) -> Iterator[tuple[int, int]]:
    """Yield level and line, from 0, of each heading of a Markdown text."""
    in_code = False
    for number, line in enumerate(text.splitlines()):
        in_code ^= bool(_FENCE.match(line))
        if not in_code and (found := _HEADING.match(line)):
            yield len(found[1]), number
