"""What keeps a notebook from becoming a handout."""

from __future__ import annotations

from collections.abc import Iterator

from nbformat import NotebookNode

from utils.handouts import editions


class HandoutError(ValueError):
    """A notebook, or a part of it, that cannot become a handout."""


def refuse(notebook: NotebookNode, name: str) -> None:
    """Do nothing if the notebook can become a handout.

    Raises
    ------
    HandoutError
        If it cannot: all faults at once, each with the place of its cell and what to do.
    """
    if found := list(_faults(notebook)):
        lines = "\n".join(f"- {fault}" for fault in found)
        raise HandoutError(f"{name} cannot become a handout:\n{lines}")


def _faults(notebook: NotebookNode) -> Iterator[str]:
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = [level for text in texts for level, _ in editions.headings(text) if level == 1]
    if len(titles) != 1:
        yield f"it has {len(titles)} level-1 headings, not one"
    for place, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            yield from (f"cell {place} {fault}" for fault in _code_faults(cell))
        if any(not alt.strip() for alt in editions.alts(cell)):
            yield f"cell {place} shows a picture without alt text: show it with charts.show"


def _code_faults(cell: NotebookNode) -> Iterator[str]:
    if cell.source.strip() and cell.execution_count is None:
        yield "was not run: run all cells, and save"
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"failed with {output.ename}: mend it, and run all cells"
        elif editions.shown(output)[0] in ("", "text/plain") and any(
            "widget" in kind for kind in output.get("data", {})
        ):
            yield "shows a widget, which needs a kernel: show it with explorers.explorer"
