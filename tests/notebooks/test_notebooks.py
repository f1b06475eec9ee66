"""Every notebook runs under plain papermill, as a user would run it, without an error and without a warning."""

import re
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
CASES = {
    "region_report": ("demo-midterm-2021", "demo-city-b", "en"),
    "before_after": ("prop99", "california", "zh"),
    "difference_in_differences": ("prop99", "california", "zh"),
    "start_here": ("demo-final-2022", "demo-city-b", "zh"),
    "explore_your_data": ("demo-final-2022", "demo-city-b", "zh"),
}
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
IN_A_NEW_PROCESS = "start_here"  # the first that a user opens; the others too in `make test-all`


@pytest.fixture(
    params=[
        *((name, "forked") for name in NAMES if name != IN_A_NEW_PROCESS),
        *(pytest.param((name, "new process"), marks=[pytest.mark.slow] * (name != IN_A_NEW_PROCESS)) for name in NAMES),
    ],
    ids=", ".join,
)
def executed(request, tmp_path, monkeypatch):
    """A notebook after it ran, with a kernel that was forked as in a run, or that is a new process.

    A notebook that is new here runs for California in English.
    """
    name, kernel = request.param
    assessment, region, lang = CASES.get(name, ("prop99", "california", "en"))
    if kernel == "forked":
        request.getfixturevalue("forked_kernels")
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("EVALKIT_PROJECT", raising=False)
    asked = {"assessment": assessment, "region": region, "lang": lang}
    known = papermill.inspect_notebook(f"notebooks/{name}.ipynb")
    papermill.execute_notebook(
        f"notebooks/{name}.ipynb",
        str(tmp_path / "out.ipynb"),
        parameters={name: value for name, value in asked.items() if name in known},
        progress_bar=False,
        log_output=False,
    )
    return nbformat.read(tmp_path / "out.ipynb", as_version=4)


def test_a_notebook_runs_and_shows_its_region_without_a_warning(executed):
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    shown = "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert [output for output in outputs if output.output_type in ("stream", "error")] == []
    assert "<h1>" in shown
    assert "<table" in shown


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_as_it_is_under_nbclient(name, monkeypatch):
    """With its own parameters, in its own folder, as an editor runs it."""
    monkeypatch.delenv("EVALKIT_PROJECT", raising=False)
    notebook = nbformat.read(ROOT / f"notebooks/{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert [output for cell in code for output in cell.outputs if output.output_type in ("stream", "error")] == []


ANALYSES = ("before_after", "difference_in_differences", "explore_your_data", "compare_estimators")
LIBRARIES = {"pandas": r"\bpd\.|\.groupby\(|\.query\(", "seaborn": r"\bsns\.", "statsmodels": r"\b(smf|sm)\.|\.model\."}


def test_analyses_use_pandas_seaborn_and_statsmodels_on_what_evalkit_returns():
    for name in ANALYSES:
        cells = nbformat.read(ROOT / f"notebooks/{name}.ipynb", as_version=4).cells
        code = "\n".join(cell.source for cell in cells if "explore" in cell.metadata.get("tags", []))
        used = {library: len(re.findall(pattern, code)) for library, pattern in LIBRARIES.items()}
        assert all(used.values()), (name, used)
        assert re.search(r"report\.(panel|primary|finding)", code), name


def test_cells_that_publish_a_section_are_short():
    """A page's notebook composes nothing by itself: sections come from `reporting/pages.py`."""
    for name in ("region_report", "programme_report", "data_quality", "method_check", *ANALYSES[:2]):
        cells = nbformat.read(ROOT / f"notebooks/{name}.ipynb", as_version=4).cells
        code = [cell for cell in cells if cell.cell_type == "code" and not cell.metadata.get("tags")]
        assert [cell.source for cell in code[1:] if len(cell.source.splitlines()) > 1] == []
