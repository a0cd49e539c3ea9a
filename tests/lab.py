"""JupyterLab in a browser, for the tests and the benchmark: a server, and a lesson opened in it."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACTIVE = ".jp-Notebook .jp-Cell.jp-mod-active"

_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
_PANEL = "window.jupyterapp.shell.currentWidget"
_OPEN = f"""async path => {{
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute("docmanager:open", {{path}});
    await {_PANEL}.context.ready;
    await {_PANEL}.sessionContext.ready;
    await {_PANEL}.sessionContext.session.kernel.info;
}}"""
_CELLS = f"""() => {_PANEL}.content.model.sharedModel.cells.map(cell => ({{
    source: cell.getSource(),
    tags: cell.getMetadata("tags") ?? [],
    outputs: (cell.cell_type === "code" ? cell.getOutputs() : []).map(
        ({{data, metadata, ...rest}}) => rest),
}}))"""
_SHOW = f"""async place => {{
    {_PANEL}.content.activeCellIndex = place;
    await {_PANEL}.content.scrollToItem(place, "start");
}}"""
_WRITE = f"""([place, source]) =>
    {_PANEL}.content.model.sharedModel.cells[place].setSource(source)"""
_COMMAND = "name => window.jupyterapp.commands.execute(name)"
_MADE = re.compile(r"\d/nbconvert/")
_CLOSE = f"""async () => {{
    {_PANEL}.dispose();
    await window.jupyterapp.serviceManager.sessions.shutdownAll();
}}"""
_STEP = """async ([css, key]) => {
    const picture = document.querySelector(css + " img.widget-image");
    const handle = document.querySelector(css + " .noUi-handle");
    const drawn = new Promise(done => picture.addEventListener("load", done, {once: true}));
    const start = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    await drawn;
    return performance.now() - start;
}"""


@contextlib.contextmanager
def serve(home):
    """Start JupyterLab on a copy of the course inside the folder ``home``; gives its address."""
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for folder in ("notebooks", "data", "utils"):
        shutil.copytree(ROOT / folder, home / "course" / folder, ignore=ignore)
    for name, values in _SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ip=127.0.0.1", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=", "--expose-app-in-browser"]
    command += [f"--ServerApp.root_dir={home / 'course'}"]
    environment = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "run",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "PYTHONPATH": home / "course",
    }
    environment = os.environ | {name: str(value) for name, value in environment.items()}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=home)
    try:
        yield _answering(f"http://127.0.0.1:{port}", server, home / "log")
    finally:
        server.terminate()
        server.wait(20)


def _answering(address, server, log):
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=2):
            return address
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextlib.contextmanager
def opened(address, browser):
    """Open JupyterLab in the browser; the page's ``asked`` holds the address of each request."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"{address}/lab?reset")
    page.wait_for_function("() => window.jupyterapp?.shell")
    yield page
    context.close()


class Lesson:
    """A notebook opened on the page, not run yet; its cells are counted from 0."""

    def __init__(self, page, path):
        self.page, self.name = page, path.stem
        page.evaluate(_OPEN, f"notebooks/{path.name}")

    @property
    def cells(self):
        """Source, tags and outputs of each cell at this moment; of outputs not what they show."""
        return self.page.evaluate(_CELLS)

    def tagged(self, tag):
        return [place for place, cell in enumerate(self.cells) if tag in cell["tags"]]

    def run_all(self):
        self.page.evaluate(_COMMAND, "notebook:run-all-cells")

    def show(self, place):
        """Make the cell the active one, scroll to it, and return it."""
        self.page.evaluate(_SHOW, place)
        cell = self.page.locator(ACTIVE)
        cell.wait_for()
        return cell

    def run(self, place, source):
        """Put another source into the cell, run it, and return what the check says."""
        cell = self.show(place)
        self.page.evaluate(_WRITE, [place, source])
        self.page.evaluate(_COMMAND, "notebook:run-cell")
        return cell.locator(".check").inner_text()

    @contextlib.contextmanager
    def exports(self):
        """Open File, Save and Export Notebook As; gives a function that finds an entry."""
        self.page.locator("#jp-MainMenu").get_by_text("File", exact=True).click()
        self.page.get_by_text("Save and Export Notebook As", exact=True).hover()
        yield lambda name: self.page.get_by_role("menuitem", name=name, exact=True)
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")

    def export(self, name):
        """Choose an entry of that menu, and return what the server sends."""
        made = self.page.context.expect_event("response", lambda found: _MADE.search(found.url))
        with made as response, self.exports() as entry:
            entry(name).click()
        assert response.value.status == 200, response.value.url
        # The browser keeps a download to itself, so the same address is asked once more.
        return self.page.request.get(response.value.url, headers={"Referer": self.page.url})

    def step(self, key):
        """Press a key on the first slider of the active cell; milliseconds to the new picture."""
        return self.page.evaluate(_STEP, [ACTIVE, key])

    def close(self):
        """Close the notebook and end its kernel."""
        self.page.evaluate(_CLOSE)
