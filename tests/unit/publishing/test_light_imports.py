"""What the processes of a run do not import."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from evalkit.publishing.run import workers

ROOT = Path(__file__).parents[3]
NEEDS = {"iri", "iri-reference"}
IMPORTS = "import sys, evalkit.publishing, papermill, nbconvert.exporters\nprint(sys.modules.get('rfc3987_syntax'))"
ESTIMATION = {"diff_diff", "scipy.optimize", "scipy.stats", "statsmodels"}
DRAWING = {"matplotlib.figure", "seaborn"}
DOCUMENTS = {"docx", "openpyxl"}
NOTEBOOKS = {"jsonschema", "nbconvert", "nbformat", "papermill"}
#: What each process imports at its start, and what it does not need.
STARTS = {
    "--help": (("evalkit.cli",), {"babel", "pandas", "pydantic", *ESTIMATION, *DRAWING, *DOCUMENTS, *NOTEBOOKS}),
    "status": (
        ("evalkit.commands.reports", "evalkit.publishing.run.run_keys", "evalkit.publishing.site.publication"),
        {"evalkit.ingest", "jinja2", "jupyter_client", "scipy", *ESTIMATION, *DRAWING, *DOCUMENTS, *NOTEBOOKS},
    ),
    "run with nothing to do": (
        ("evalkit.commands.reports", "evalkit.publishing.run.batch", "evalkit.publishing.site.index_page"),
        {*ESTIMATION, *DRAWING, *DOCUMENTS, *NOTEBOOKS},
    ),
    "worker": (workers.PRELOADED, {"IPython", "nbconvert", "rfc3987_syntax.syntax_helpers", *ESTIMATION, *DRAWING}),
}


@pytest.mark.parametrize(("imported", "unneeded"), STARTS.values(), ids=STARTS)
def test_a_process_imports_only_what_it_needs(imported, unneeded):
    code = f"import sys, {', '.join(imported)}\nprint(*sorted({unneeded} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def formats(schema):
    """Every `format` that a schema asks for."""
    if isinstance(schema, dict):
        own = {schema["format"]} if isinstance(schema.get("format"), str) else set()
        return own.union(*map(formats, schema.values()))
    return set().union(*map(formats, schema)) if isinstance(schema, list) else set()


def test_a_process_of_a_run_builds_no_grammars_of_addresses():
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


def test_no_schema_asks_for_what_these_grammars_check():
    paths = [*Path(nbformat.__file__).parent.rglob("*.schema.json"), *(ROOT / "docs/schemas").glob("*.json")]
    assert len(paths) > 10
    asked = {path.name: formats(json.loads(path.read_text(encoding="utf-8"))) & NEEDS for path in paths}
    assert {name: found for name, found in asked.items() if found} == {}
