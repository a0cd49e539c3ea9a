"""``python -m utils.handouts``: all pages of all lessons, in parallel."""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tqdm import tqdm

from utils import data, refresh
from utils.handouts import appendix, exporters

OUT = data.DATA.parent / "handouts"


def build(paths: Sequence[Path], folder: Path) -> tuple[list[Path], list[str]]:
    """Write all editions of the notebooks ``paths``, and the pages beside them.

    Those pages tell of every lesson whose handout lies in ``folder``, made now or before.

    Returns
    -------
    tuple
        The files written, and a message for each notebook that cannot become a handout.

    Raises
    ------
    OSError
        If ``folder`` cannot be written to.
    utils.data.DataError
        If the data package or the glossary is broken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, faults = [], []
    with tqdm(total=len(paths) + 1, desc="Handouts", unit="lesson", leave=False) as bar:
        for files, fault in _write_all(paths, folder):
            made += files
            faults += [fault] if fault else []
            bar.update()
        for name, text in _beside(folder):
            made.append(folder / name)
            made[-1].write_text(text, encoding="utf-8", newline="\n")
        bar.update()
    return made, faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 if all is well, 1 if a page could not be made."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.handouts",
        description="Make the handouts of the lessons, and the pages beside them.",
    )
    parser.add_argument("lesson", nargs="*", help="name of a notebook; all by default")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="where to write them")
    given = parser.parse_args(arguments)
    try:
        made, faults = build(refresh.find(given.lesson), given.out)
    except OSError as error:
        made, faults = [], [f"{given.out} cannot be written to: {error.strerror}"]
    except (refresh.RefreshError, data.DataError) as error:
        made, faults = [], [str(error)]
    if made:
        print(f"{len(made)} files in {given.out}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _write_all(paths: Sequence[Path], folder: Path) -> Iterator[tuple[list[Path], str]]:
    """Yield files and fault of each notebook, written in processes of their own."""
    write = functools.partial(exporters.write, folder=folder)
    if len(paths) == 1:
        yield write(paths[0])
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(paths), os.cpu_count() or 1), mp_context=context) as pool:
        yield from pool.map(write, paths)


def _beside(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of each page that is no lesson's own."""
    known = [path for path in refresh.find([]) if (folder / f"{path.stem}.html").exists()]
    lessons = [appendix.Lesson.of(path) for path in known]
    yield "index.html", appendix.index_page(lessons)
    yield "data.html", appendix.data_page(data.package(), lessons)
    yield "glossary.html", appendix.glossary_page(data.read("glossary"), lessons)
    yield "teachers.html", appendix.teachers_page(lessons)
