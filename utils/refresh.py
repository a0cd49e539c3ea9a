"""Run the committed notebooks again, clean them, and say which sentences and tables changed.

``python -m utils.refresh [lesson ...]`` is the only step after a figure in ``data/`` was edited.
It writes nothing when a cell fails, and two runs in a row give the same files byte by byte.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import html.parser
import json
import multiprocessing
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import nbformat

from utils import data

NOTEBOOKS = data.DATA.parent / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}

_AT_ONCE = 2
_CELL_SECONDS = 300
_LINES_SHOWN = 12
_VOLATILE = {"execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "vscode"}
_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


class RefreshError(RuntimeError):
    """A notebook that cannot be refreshed: unknown, unreadable, or with a cell that failed."""


@dataclass(frozen=True)
class Change:
    """One output that differs from the stored one.

    Attributes
    ----------
    cell
        The cell's place in the notebook, from 1, Markdown cells counted.
    kind
        "sentence", "table", "text" or "picture".
    old, new
        Its lines before and after; of a picture its alt text and a digest of the drawing.
    """

    cell: int
    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    def __str__(self) -> str:
        head = f"  cell {self.cell}, {self.kind}"
        if self.kind == "picture" and self.old[:1] == self.new[:1]:
            return f"{head}: drawn anew"
        lines = list(self._differences())
        shown = [f"    {line}" for line in lines[:_LINES_SHOWN]]
        more = len(lines) - len(shown)
        return "\n".join([f"{head}:", *shown, *([f"    ... {more} more lines"] if more else [])])

    def _differences(self) -> Iterator[str]:
        shown = slice(1) if self.kind == "picture" else slice(None)
        old, new = self.old[shown], self.new[shown]
        for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
            if tag != "equal":
                yield from (f"   {line}" for line in old[i:j])
                yield from (f"-> {line}" for line in new[k:m])


def find(lessons: Sequence[str], folder: Path | None = None) -> list[Path]:
    """Return the notebooks that ``lessons`` name, all of them if none is named.

    Parameters
    ----------
    lessons
        Names of notebooks such as ``1_trade_with_china``; a path to one will do.
    folder
        Folder with the notebooks; the course's own by default.

    Raises
    ------
    RefreshError
        If there is no such notebook; near names are given.
    """
    folder = NOTEBOOKS if folder is None else folder
    known = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    if not known:
        raise RefreshError(f"There is no notebook in {folder}.")
    wanted = [Path(name).name.removesuffix(".ipynb") for name in lessons] or list(known)
    if unknown := [name for name in wanted if name not in known]:
        sentences = [f"There is no lesson {name!r}. {data.near(name, known)}" for name in unknown]
        raise RefreshError("\n".join(sentences))
    return [known[name] for name in dict.fromkeys(wanted)]


def run(path: Path) -> str:
    """Run one notebook in a fresh kernel of this Python and return its cleaned text.

    Raises
    ------
    RefreshError
        If it is not a notebook, or a cell fails: which one, and with what message.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = _open(path)
    client = NotebookClient(
        notebook,
        kernel_manager_class=_kernel_class(),
        resources={"metadata": {"path": str(path.parent)}},
        timeout=_CELL_SECONDS,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise RefreshError(_failure(path, notebook, error)) from None
    return nbformat.writes(clean(notebook)) + "\n"


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of ``notebook`` what differs from run to run, and what needs a kernel."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.update(kernelspec=KERNEL, language_info=LANGUAGE)
    for cell in notebook.cells:
        for name in _VOLATILE & set(cell.metadata):
            del cell.metadata[name]
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            output.get("metadata", {}).pop(WIDGET_VIEW, None)
    return notebook


def changes(old: nbformat.NotebookNode, new: nbformat.NotebookNode) -> list[Change]:
    """Return the outputs of ``new`` that differ from those of the same cell in ``old``."""
    before = {cell.get("id"): list(_shown(cell)) for cell in old.cells}
    found = []
    for place, cell in enumerate(new.cells, 1):
        pairs = zip_longest(before.pop(cell.get("id"), []), _shown(cell), fillvalue=("", ()))
        for (old_kind, old_lines), (kind, lines) in pairs:
            if (old_kind, old_lines) != (kind, lines):
                found.append(Change(place, kind or old_kind, old_lines, lines))
    for outputs in before.values():
        found += [Change(len(new.cells), kind, lines, ()) for kind, lines in outputs]
    return found


def raise_rows(folder: Path | None = None) -> list[str]:
    """Write the row counts of tables that grew into the data package.

    Returns
    -------
    list of str
        A sentence for each table whose count differs. One that lost rows keeps its count, so
        that `utils.data.read` refuses it.
    """
    folder = data.DATA if folder is None else folder
    package, said = data.package(folder), []
    for resource in package["resources"]:
        path, stated = folder / resource["path"], resource.get("rows")
        rows = _rows(path) if path.exists() else None
        if rows is None or rows == stated:
            continue
        if stated is None or rows > stated:
            resource["rows"] = rows
            said.append(f"{path.name}: {rows} rows (before: {stated}), noted in {data.PACKAGE}.")
        else:
            said.append(
                f"{path.name}: only {rows} of {stated} rows. If that is meant, lower the count in "
                f"{data.PACKAGE}."
            )
    text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
    if any("noted" in sentence for sentence in said):
        (folder / data.PACKAGE).write_text(text, encoding="utf-8", newline="\n")
    return said


def refresh(paths: Sequence[Path]) -> dict[Path, list[Change]]:
    """Run the notebooks ``paths``, write them, and return what changed in each.

    Raises
    ------
    RefreshError
        If a cell of any notebook fails; then no notebook is written.
    """
    texts, failures = zip(*_run_all(paths), strict=True)
    if any(failures):
        raise RefreshError("\n\n".join([*filter(None, failures), "No notebook was written."]))
    found = {}
    for path, text in zip(paths, texts, strict=True):
        found[path] = changes(_open(path), nbformat.reads(text, 4))
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 if all is well, 1 if a notebook cannot be refreshed."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.refresh",
        description="Run the notebooks again, clean them, and say what changed.",
    )
    parser.add_argument("lesson", nargs="*", help="name of a notebook; all by default")
    described = data.DATA / data.PACKAGE
    before = described.read_bytes()
    try:
        paths = find(parser.parse_args(arguments).lesson)
        for sentence in raise_rows():
            print(sentence)
        for path, found in refresh(paths).items():
            print(_report(path, found))
    except BaseException as error:
        if described.read_bytes() != before:
            described.write_bytes(before)
        if isinstance(error, RefreshError):
            print(error, file=sys.stderr)
            return 1
        raise
    return 0


def _run_all(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Return text and failure of each notebook, run two at a time in processes of their own."""
    if len(paths) == 1:
        return [_attempt(paths[0])]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_AT_ONCE, mp_context=context) as pool:
        return list(pool.map(_attempt, paths))


def _attempt(path: Path) -> tuple[str, str]:
    try:
        return run(path), ""
    except RefreshError as error:
        return "", str(error)


def _kernel_class() -> type:
    """Return a kernel manager that starts this very Python, whatever else is installed."""
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        kernel_spec = KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    return ThisPython


def _open(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, UnicodeDecodeError, nbformat.reader.NotJSONError) as error:
        raise RefreshError(f"{path.name} cannot be read as a notebook: {error}") from None


def _failure(path: Path, notebook: nbformat.NotebookNode, error: Exception) -> str:
    for place, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                source = "\n".join(f"    {line}" for line in cell.source.splitlines())
                message = _COLOUR_CODE.sub("", f"{output.ename}: {output.evalue}")
                return f"{path.stem}, cell {place} failed:\n{source}\n{message}"
    return f"{path.stem} failed: {_COLOUR_CODE.sub('', str(error))}"


def _shown(cell: nbformat.NotebookNode) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield kind and lines of each output, as a reader sees it."""
    for output in cell.get("outputs", []):
        found = output.get("data", {})
        if output.output_type == "stream":
            yield "text", tuple(output.text.splitlines())
        elif "text/markdown" in found:
            yield "sentence", tuple(found["text/markdown"].splitlines())
        elif "text/html" in found:
            page = _Page(found["text/html"])
            yield "table", tuple(page.lines)
            yield from (("picture", picture) for picture in page.pictures)
        elif "image/png" in found:
            alt = output.metadata.get("image/png", {}).get("alt", "")
            yield "picture", (alt, _digest(found["image/png"]))
        else:
            yield "text", tuple(found.get("text/plain", "").splitlines())


class _Page(html.parser.HTMLParser):
    """An HTML output as lines, one a table row or paragraph, and its pictures."""

    _BREAKS = frozenset(("tr", "p", "div", "li", "summary", "figure", "figcaption", "br", "table"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._styled = False
        self.feed(text)
        self._end()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self._styled = tag == "style"
        if tag in self._BREAKS:
            self._end()
        if tag in ("td", "th") and self._words:
            self._words.append("|")
        if tag == "img":
            named = dict(attrs)
            self.pictures.append((named.get("alt") or "", _digest(named.get("src") or "")))

    def handle_endtag(self, tag: str) -> None:
        self._styled = False
        if tag in self._BREAKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._styled:
            self._words += data.split()

    def _end(self) -> None:
        if self._words:
            self.lines.append(" ".join(self._words))
        self._words = []


def _digest(text: str) -> str:
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:12]


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for row in csv.reader(file) if any(row)) - 1


def _report(path: Path, found: Iterable[Change]) -> str:
    found = list(found)
    if not found:
        return f"{path.stem}: nothing changed"
    many = f"{len(found)} output{'s' if len(found) > 1 else ''}"
    if not any(change.old for change in found) and len(found) > _LINES_SHOWN:
        return f"{path.stem}: {many} new"
    return "\n".join([f"{path.stem}: {many} changed", *map(str, found)])


if __name__ == "__main__":
    sys.exit(main())
