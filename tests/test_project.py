"""Tests of the project as a whole: its data package, its set-up files, its house rules."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from frictionless import Package
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from utils import data

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib-base": "matplotlib", "playwright-python": "playwright"}
COMMANDS = ["pip install uv && uv run jupyter lab notebooks", "pip install uv && uv run pytest"]
BINARY = {".png", ".woff2", ".ico"}


def files():
    """The files of the project: what git keeps, or all but what a checkout never holds."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        run = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
        found = [ROOT / name for name in run.stdout.splitlines()]
    else:
        skipped = {".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints"}
        found = [path for path in ROOT.rglob("*") if not skipped & set(path.parts)]
    return [path for path in found if path.is_file() and path.suffix not in BINARY]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


# ---- data


def test_data_package_is_valid_for_an_independent_reader():
    report = Package(str(ROOT / "data" / data.PACKAGE)).validate()
    faults = report.flatten(["name", "rowNumber", "fieldName", "note"])
    assert report.valid, "\n".join(map(str, faults[:20]))


def test_every_table_is_described_and_every_description_has_its_table():
    described = {resource["path"] for resource in data.package()["resources"]}
    assert described == {path.name for path in (ROOT / "data").glob("*.csv")}
    assert {path.suffix for path in (ROOT / "data").iterdir()} == {".csv", ".json"}


@pytest.mark.parametrize("table", data.tables())
def test_table_is_read_without_fault(table):
    assert len(data.read(table))


@pytest.mark.parametrize("resource", data.package()["resources"], ids=lambda found: found["name"])
def test_table_is_described_to_the_end(resource):
    assert {"title", "description", "licenses", "rows"} <= set(resource)
    assert resource["schema"]["primaryKey"]
    for field in resource["schema"]["fields"]:
        assert field["description"], field["name"]
        if field["type"] in ("number", "integer"):
            limits = {"minimum", "maximum"} - set(field.get("constraints", {}))
            assert field.get("unit"), f"{field['name']} has no unit"
            assert not limits, f"{field['name']} has no {' and no '.join(sorted(limits))}"


def test_sources_are_those_that_the_tables_use():
    listed = set(data.read("sources")["source"])
    used = set()
    for resource in data.package()["resources"]:
        names = [
            f["name"] for f in resource["schema"]["fields"] if f.get("references") == "sources"
        ]
        for name in names:
            used.update(";".join(data.read(resource["name"])[name].dropna()).split(";"))
    used -= {""}
    assert not used - listed, f"not in sources.csv: {sorted(used - listed)}"
    assert not listed - used, f"used by no table: {sorted(listed - used)}"


# ---- set-up


def requirements(lines):
    found = [Requirement(line) for line in lines]
    return {requirement.name: requirement.specifier for requirement in found}


def test_environment_has_the_packages_and_bounds_of_pyproject():
    environment = yaml.safe_load(text("environment.yml"))
    assert environment["channels"] == ["conda-forge"]
    *conda, last = environment["dependencies"]
    pip = last["pip"]
    assert pip[-1] == "-e ."
    assert "pip" in conda
    found = requirements(pip[:-1])
    for spec in conda:
        name, _, bounds = spec.partition(" ")
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*( (>=|<)[\d.]+(,<[\d.]+)?)?", spec), spec
        found[CONDA_NAMES.get(name, name)] = SpecifierSet(bounds)
    wanted = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]
    python = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert found == {**requirements(wanted), "python": python, "pip": SpecifierSet("")}


def test_every_dependency_has_both_bounds_and_versions_have_a_date():
    wanted = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]
    for name, bounds in requirements(wanted).items():
        assert {bound.operator for bound in bounds} == {">=", "<"}, name
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", PYPROJECT["tool"]["uv"]["exclude-newer"])
    assert "uv.lock" in text(".gitignore").split()


def test_every_import_is_declared():
    names = {"pyyaml": "yaml", "pillow": "PIL", "ipython": "IPython", "pytest-xdist": "xdist"}
    wanted = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]
    known = {names.get(name, name.replace("-", "_")) for name in requirements(wanted)}
    # What JupyterLab, its kernel, nbconvert and pytest bring along by their own declarations.
    known |= {"IPython", "ipykernel", "jupyter_client", "nbclient", "nbformat", "traitlets"}
    known |= {"mistune", "jinja2", "pygments", "packaging", "bs4", "psutil"}
    known |= {"utils", *sys.stdlib_module_names}
    known |= {path.stem for folder in ("tests", "utils") for path in (ROOT / folder).glob("*.py")}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in (module.partition(".")[0] for module in modules):
                assert name in known, f"{path.name} imports {name}"


def test_licences_and_citation():
    assert text("LICENSE").startswith("MIT License")
    content = text("LICENSE-CONTENT")
    assert "Attribution 4.0 International" in content
    assert "notebooks/" in content
    assert "data/" in content
    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    assert citation["version"] == PYPROJECT["project"]["version"]
    assert {"title", "message", "authors", "abstract"} <= set(citation)
    assert PYPROJECT["project"]["license"] == "MIT"


def test_readme_has_two_commands_and_ci_runs_the_tests_by_the_second():
    readme = text("README.md")
    shown = re.findall(r"(?m)^(?:\$ )?(pip install uv .*?)\s*$", readme)
    assert shown == COMMANDS
    steps = [line.strip() for line in text(".ci/run").splitlines() if line.strip()]
    assert steps[-1] == COMMANDS[1]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_readme_names_every_lesson_and_only_files_that_exist():
    readme = text("README.md")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert path.stem in readme, f"README does not name {path.stem}"
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme):
        assert (ROOT / link).exists(), f"README links to {link}"


# ---- house rules


def python_files():
    return [path for path in files() if path.suffix == ".py"]


def test_nothing_written_here_is_ignored_by_git():
    if not ((ROOT / ".git").exists() and shutil.which("git")):
        pytest.skip("not a git checkout")
    folders = ("utils", "tests", "data", "notebooks")
    found = [p for f in folders for p in (ROOT / f).rglob("*.*") if p.is_file()]
    made = ("__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache")
    names = [str(p.relative_to(ROOT)) for p in found if not set(made) & set(p.parts)]
    run = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=ROOT,
        input="\n".join(names),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "", "git ignores these files"


def test_top_level_holds_nothing_else():
    folders = {path.relative_to(ROOT).parts[0] for path in files() if path.parent != ROOT}
    assert folders <= {"notebooks", "data", "utils", "tests", ".ci"}


def test_files_name_no_place_of_one_machine_and_no_registry():
    hosts = "pypi|pythonhosted|npmjs|deb[.]debian|anaconda|conda[.]io|crates|maven|jsdelivr|unpkg"
    odd = re.compile(
        rf"(?<![\w.:/<\"'])/(?:home|work|tmp|root|mnt|Users)/\w|\b[A-Z]:\\\\\w|://[\w.]*(?:{hosts})\b"
    )
    for path in files():
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            content = re.sub(r"base64,[A-Za-z0-9+/=]+|\"image/png\": \"[^\"]*\"", "", content)
        if path.name not in ("test_notebooks.py", "notebook_rules.py", "test_project.py"):
            assert not odd.search(content), f"{path.name}: {odd.search(content)[0]}"


def test_lessons_use_the_helpers_and_never_the_other_way_round():
    for path in (ROOT / "utils").glob("*.py"):
        assert "utils.lessons" not in path.read_text(encoding="utf-8"), path.name


def test_importing_a_lesson_loads_no_more_than_pandas_and_matplotlib():
    heavy = {"IPython", "ipywidgets", "nbconvert", "nbformat", "frictionless", "scipy", "tqdm"}
    names = sorted(path.stem for path in (ROOT / "utils" / "lessons").glob("[a-z]*.py"))
    program = f"import sys\nfrom utils.lessons import {', '.join(names)}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not heavy & set(run.stdout.split())


def bodies():
    """Each function of more than a line: where it stands, and its code without names' places."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[ast.get_docstring(node) is not None :]
                code = "\n".join(map(ast.unparse, body))
                if len(code) > 80:
                    yield code, f"{path.relative_to(ROOT)}: {node.name}"


def test_no_helper_is_written_twice():
    places = {}
    for code, place in bodies():
        places.setdefault(code, []).append(place)
    assert not [found for found in places.values() if len(found) > 1]


def test_no_two_helpers_share_a_name():
    faces = {"answers", "explorer", "income", "verdicts", "main"}
    names = Counter(
        node.name
        for path in (ROOT / "utils").rglob("*.py")
        if "lessons" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    )
    assert [name for name, count in names.items() if count > 1 and name not in faces] == []
