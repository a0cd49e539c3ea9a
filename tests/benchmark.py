"""Print how fast the course is: ``python tests/benchmark.py [part ...]``; parts below. No test.

Times are medians, in a quiet moment of the machine; the budgets are those of the design.
"""

import argparse
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import lab
import nbformat
import pandas as pd
from conftest import FLAGS, NAMES

from utils import data, ranges, refresh

PATHS = sorted(refresh.NOTEBOOKS.glob("*.ipynb"))
PEAK = "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
STEPS, TIMES = 12, 3


def seconds(work, times=TIMES):
    """Median time of calling ``work``."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def notebooks():
    """Each notebook against an empty one with the same imports; peak memory of its kernel."""
    for path in PATHS:
        notebook = nbformat.read(path, 4)
        imports = next(cell for cell in notebook.cells if cell.cell_type == "code")
        imported = nbformat.v4.new_notebook(cells=[imports])
        with tempfile.TemporaryDirectory() as folder:
            empty, whole = (Path(folder) / f"{name}.ipynb" for name in ("empty", "whole"))
            nbformat.write(imported, empty)
            notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
            nbformat.write(notebook, whole)
            least = seconds(functools.partial(refresh.run, empty))
            runs = []
            taken = seconds(lambda whole=whole, runs=runs: runs.append(refresh.run(whole)))
        peak = int(nbformat.reads(runs[-1], 4).cells[-1].outputs[0].text) / 1024
        yield path.stem, "run", taken, "s", None
        yield path.stem, "run with the imports alone", least, "s", None
        yield path.stem, "run against imports alone", taken / least, "times", 2
        yield path.stem, "peak memory of the kernel", peak, "MB", 300


def nbval():
    """All notebooks run and compared, as the tests do it, and their code as plain scripts."""
    command = [sys.executable, "-m", "pytest", "-q", "notebooks"]
    compared = seconds(functools.partial(_run, command))
    with tempfile.TemporaryDirectory() as folder:
        scripts = [_script(path, Path(folder)) for path in PATHS]
        with ThreadPoolExecutor(2) as pool:
            plain = seconds(lambda: list(pool.map(_run, scripts)))
    yield "all notebooks", "nbval, two at a time", compared, "s", 15
    yield "all notebooks", "as plain scripts, two at a time", plain, "s", None
    yield "all notebooks", "nbval against plain scripts", compared / plain, "times", None


def _script(path, folder):
    """Write the code of a notebook as a script; the command that runs it."""
    cells = nbformat.read(path, 4).cells
    script = folder / f"{path.stem}.py"
    script.write_text("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    return [sys.executable, script]


def _run(command):
    subprocess.run(command, cwd=lab.ROOT, capture_output=True, check=True)


def sliders():
    """From a key on the explorer's first slider to the new picture, in JupyterLab."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise SystemExit(f"The sliders need a browser on the path: {', '.join(NAMES)}")
    with (
        tempfile.TemporaryDirectory() as home,
        lab.serve(Path(home)) as address,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=found, args=FLAGS)
        with lab.opened(address, browser) as page:
            for path in PATHS:
                yield from _slider(page, path)


def _slider(page, path):
    lesson = lab.Lesson(page, path)
    lesson.run_all()
    lesson.show(*lesson.tagged("explorer")).locator("img.widget-image").wait_for()
    taken = [lesson.step(key) for key in ["ArrowRight", "ArrowLeft"] * (STEPS // 2)]
    lesson.close()
    yield path.stem, f"slider to picture, {STEPS} steps", median(taken), "ms", 100


def tables():
    """Reading every table, and the largest one with a hundred times its rows."""
    everything = seconds(lambda: [_read_afresh(name, data.DATA) for name in data.tables()])
    yield "all tables", "data.read", everything, "s", None
    package = data.package()
    largest = max(package["resources"], key=lambda resource: resource["rows"])
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shutil.copytree(data.DATA, folder, dirs_exist_ok=True)
        head, *rows = (folder / largest["path"]).read_text(encoding="utf-8").splitlines()
        (folder / largest["path"]).write_text("\n".join([head, *rows * 100]) + "\n")
        largest["schema"].pop("primaryKey", None)
        (folder / data.PACKAGE).write_text(json.dumps(package))
        label = f"{len(rows) * 100:,} rows (100 times), data.read"
        yield (
            largest["name"],
            label,
            seconds(lambda: _read_afresh(largest["name"], folder)),
            "s",
            None,
        )


def _read_afresh(name, folder):
    """Read a table without what earlier reads may have kept."""
    for found in vars(data).values():
        getattr(found, "cache_clear", lambda: None)()
    return data.read(name, folder)


def simulation():
    """Twenty uncertain inputs, drawn, added up, and cut to an interval."""
    inputs = {f"input {k}": ranges.Range(k, 2 * k + 1, 5 * k + 9) for k in range(20)}
    for draws in (10**4, 10**5, 10**6):
        work = functools.partial(_simulate, inputs, draws)
        yield "20 inputs", f"simulation, {draws:,} draws", seconds(work), "s", None


def _simulate(inputs, draws):
    return ranges.interval(ranges.simulate(inputs, draws).sum(axis=1))


def handouts():
    """All handouts of all lessons."""
    with tempfile.TemporaryDirectory() as folder:
        work = functools.partial(_run, [sys.executable, "-m", "utils.handouts", "--out", folder])
        yield "all lessons", "handouts", seconds(work), "s", 10


PARTS = {part.__name__: part for part in (tables, simulation, notebooks, nbval, handouts, sliders)}


def main():
    """Measure the parts and print them as one table."""
    parser = argparse.ArgumentParser(description="Print how fast the course is.")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="one of: " + ", ".join(PARTS))
    chosen = parser.parse_args().part or list(PARTS)
    rows = []
    for part in chosen:
        for row in PARTS[part]():
            rows.append(row)
            print(f"{row[0]}, {row[1]}: {row[2]:.3g} {row[3]}", file=sys.stderr)
    columns = ["what", "measure", "value", "unit", "budget"]
    table = pd.DataFrame(rows, columns=columns)
    table["budget"] = table["budget"].map("{:.0f}".format, na_action="ignore").fillna("")
    print(table.to_string(index=False, float_format="{:.3g}".format))


if __name__ == "__main__":
    main()
