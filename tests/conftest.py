"""What several test files share: a browser, and tables that a test may change."""

import os
import shutil

import pytest

from utils import data

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser():
    """Return a headless Chromium of playwright's; the test is skipped where there is none.

    Where REQUIRE_BROWSER is set a missing browser is a failure. One a file: playwright's event
    loop runs as long as it lives, and nbconvert's command needs one of its own.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
        missing(f"No browser on the path: {', '.join(NAMES)}")
    from playwright.sync_api import sync_playwright

    try:
        playwright = sync_playwright().start()
    except Exception as error:
        pytest.fail(
            f"playwright's driver does not start ({error}). On Debian: libatomic1 is needed."
        )
    chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield chromium
    chromium.close()
    playwright.stop()


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Give a function that changes one text in a copy of a table, which is then read."""
    folder = tmp_path / "data"
    shutil.copytree(data.DATA, folder)
    monkeypatch.setattr(data, "DATA", folder)

    def change(table, old, new):
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change
