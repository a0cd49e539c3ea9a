"""The exporters that nbconvert and JupyterLab offer, and the writing of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from utils.handouts import editions, faults, pages, parts

_ROOM = f'<div class="room" aria-hidden="true">{"<hr>" * 4}</div>'
_FRAMED = ("finding", "solution", "teacher")


class _Edition(Exporter):
    """What the three exporters share."""

    @default("optimistic_validation")
    def _optimistic_validation_default(self) -> bool:
        return True  # once, not after each of nbconvert's eleven idle preprocessors


class HandoutExporter(_Edition):
    """The student's page: no solution, no teacher's note, room to write."""

    export_from_notebook = "Handout"
    output_mimetype = "text/html"
    _for_teachers = False

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources=None, **kw) -> tuple[str, dict]:
        """Return the page, and nbconvert's resources.

        Raises
        ------
        HandoutError
            If the notebook cannot become a handout: all faults at once.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        name = resources["metadata"].get("name", "notebook")
        faults.refuse(notebook, name)
        kept = editions.quiet(notebook if self._for_teachers else editions.student(notebook))
        writer = parts.Writer()
        try:
            body = "\n".join(self._body(kept, writer))
        except faults.HandoutError as error:
            raise faults.HandoutError(f"{name} cannot become a handout:\n- {error}") from None
        title = notebook.metadata.get("title", name)
        title += " (teacher's edition)" if self._for_teachers else ""
        listed = [heading for heading in writer.headings if heading.level == 2]
        return pages.page(title, body, listed, name=not self._for_teachers), resources

    def _body(self, notebook: NotebookNode, writer: parts.Writer) -> Iterator[str]:
        for is_box, cells in editions.boxes(notebook):
            written = [text for cell in cells for text in self._cell(cell, writer)]
            if not is_box:
                yield from written
                continue
            if not self._for_teachers and not any(map(editions.answered, cells)):
                written.append(_ROOM)
            yield "\n".join(['<div class="exercise">', *written, "</div>"])

    def _cell(self, cell: NotebookNode, writer: parts.Writer) -> Iterator[str]:
        written = "\n".join(_written(cell, writer))
        kind = next((tag for tag in _FRAMED if tag in editions.tags(cell)), "")
        if kind == "teacher":
            written = written.replace("<details>", '<details open="">')
        if kind == "solution":
            written = f'<p class="label">Solution</p>\n{written}'
        if written:
            yield f'<div class="{kind}">\n{written}\n</div>' if kind else written


class TeacherHandoutExporter(HandoutExporter):
    """The teacher's page: solutions, and the notes opened."""

    export_from_notebook = "Handout for teachers"
    _for_teachers = True

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".teacher.html"


class StudentNotebookExporter(_Edition):
    """The student's notebook: no solution, no teacher's note, exercises not run."""

    export_from_notebook = "Notebook for students"
    output_mimetype = "application/x-ipynb+json"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".student.ipynb"

    def from_notebook_node(self, nb: NotebookNode, resources=None, **kw) -> tuple[str, dict]:
        """Return the notebook's text, and nbconvert's resources."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return nbformat.writes(editions.unanswered(notebook)) + "\n", resources


EXPORTERS = (HandoutExporter, TeacherHandoutExporter, StudentNotebookExporter)


def write(path: Path, folder: Path) -> tuple[list[Path], str]:
    """Write all editions of the notebook ``path`` into ``folder``.

    Returns
    -------
    tuple
        The files written, in the order of `EXPORTERS`, and "". If the notebook cannot become a
        handout, no file and the reason.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        texts = {}
        for exporter in (kind() for kind in EXPORTERS):
            resources = {"metadata": {"name": path.stem}}
            texts[exporter.file_extension], _ = exporter.from_notebook_node(notebook, resources)
    except faults.HandoutError as error:
        return [], str(error)
    except (OSError, AttributeError, ValueError, nbformat.ValidationError) as error:
        return [], f"{path.stem} cannot be read as a notebook: {error}"
    made = [folder / f"{path.stem}{suffix}" for suffix in texts]
    for file, text in zip(made, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8", newline="\n")
    return made, ""


def _written(cell: NotebookNode, writer: parts.Writer) -> Iterator[str]:
    """Yield source and outputs of a cell; folded code only if it is a solution."""
    if cell.cell_type == "markdown":
        yield writer.markdown(cell.source)
    elif cell.cell_type == "code":
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        made = "\n".join(filter(None, map(writer.output, cell.outputs)))
        if cell.source.strip() and (not folded or "solution" in editions.tags(cell)):
            made = f'<div class="step">\n{parts.code(cell.source)}\n{made}\n</div>'
        if made:
            yield made
