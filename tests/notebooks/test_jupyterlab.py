"""In JupyterLab, as a user works: every notebook of the demonstration project is opened and run from top to bottom.

`EVALKIT_TEST_PYTHON=/path/to/python` tries the evalkit that is installed in another environment.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

PYTHON = os.environ.get("EVALKIT_TEST_PYTHON", sys.executable)
ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
LONGEST = 600  # seconds until a server answers or a notebook is through, on a busy machine
RUN_ALL = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await app.commands.execute("notebook:run-all-cells");
    await panel.context.save();
}"""

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "project"
    subprocess.run([PYTHON, "-m", "evalkit", "demo", str(folder)], check=True, cwd=folder.parent)
    return folder


@pytest.fixture(scope="module")
def server(project) -> Iterator[str]:
    """The address of JupyterLab on the project, with its token; its settings stay in a folder of the test's own."""
    home = project.parent
    settings = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    asked = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--ServerApp.port=0", "--LabApp.news_url="]
    command = [PYTHON, "-m", "jupyterlab", *asked, f"--ServerApp.root_dir={project}"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=project, env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            yield _address(process, home)
        finally:
            process.terminate()
            process.wait(60)


def _address(process: subprocess.Popen[bytes], home: Path) -> str:
    end = time.monotonic() + LONGEST
    while process.poll() is None and time.monotonic() < end:
        for path in (home / "runtime").glob("jpserver-*.json"):
            about = json.loads(path.read_text(encoding="utf-8"))
            return f"{about['url']}lab/workspaces/{{name}}/tree/notebooks/{{name}}.ipynb?token={about['token']}"
        time.sleep(0.2)
    pytest.fail((home / "server.log").read_text(encoding="utf-8")[-3000:])


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_opened_and_run_whole_has_no_error(browser, server, project, name):
    page = browser.new_context().new_page()
    page.set_default_timeout(LONGEST * 1000)
    page.goto(server.format(name=name))
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(RUN_ALL)
    page.context.close()
    cells = nbformat.read(project / f"notebooks/{name}.ipynb", as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    assert [cell.source for cell in code if not cell.execution_count] == []
    assert [output for cell in code for output in cell.outputs if output.output_type == "error"] == []
    assert any("text/html" in output.get("data", {}) for cell in code for output in cell.outputs)
