"""A project folder that comes from a stranger: it executes nothing but its notebooks, and writes nothing outside."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import openpyxl
import pytest
from nbformat import v4

from evalkit.errors import InputError
from evalkit.publishing import preflight
from evalkit.publishing.run import batch, kernels, safe_path
from evalkit.publishing.run.run_keys import run_keys

TRAP = "import os; open(os.environ['EXECUTED'], 'a').write(__file__ + chr(10))\n"
#: Names that a run imports in one of its processes, or that Python, IPython and Jupyter read by themselves.
NAMES = (
    "evalkit", "selectors", "json", "signal", "socket", "random", "struct", "pickle", "tempfile", "logging", "ctypes",
    "multiprocessing", "concurrent", "resource", "runpy", "pkgutil", "zipfile", "sitecustomize", "usercustomize",
    "ipykernel_launcher", "ipykernel", "IPython", "ipython_config", "jupyter_config", "jupyter_client", "traitlets",
    "papermill", "nbconvert", "nbclient", "pandas", "numpy", "scipy", "matplotlib", "seaborn", "statsmodels", "pyarrow",
    "d", "a", "small", "__main__", "__init__", "conftest", "setup", "startup",
)  # fmt: skip
FOLDERS = ("", "params", "params/assessments", "data", "data/d", "data/raw", "notebooks", "reports", "reports/a/work")
CELLS = (
    'assessment = "a"\nregion = "a"\nlang = "en"',
    "import evalkit as ek\nek.words.use(lang)\nevaluation = ek.load(assessment, region)",
    "ek.prose.title(evaluation)",
    "import sys, os\nassert '' not in sys.path and os.getcwd() not in sys.path, sys.path",
    "ek.record.record(evaluation, [], [])",
)

MAPPING = """
files: [form.xlsx]
tables: [{layout: periods_wide, unit: {column: 县}, indicator: {sheet: (.+)}}]
indicators: {rate: {aliases: [Sheet]}}
"""


def notebook(*cells):
    made = v4.new_notebook(cells=[v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(cells)])
    made.cells[0].metadata["tags"] = ["parameters"]
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.writes(made)


@pytest.fixture
def trapped(project):
    """A project with a small notebook of its own, in which everything else is a trap."""
    for folder in FOLDERS:
        for name in NAMES:
            project.write(f"{folder}/{name}.py".lstrip("/"), TRAP)
    project.write("profile_default/startup/00.py", TRAP)
    project.write("profile_default/ipython_config.py", TRAP)
    project.write("matplotlibrc", "backend: module://startup\n")
    project.write("notebooks/small.ipynb", notebook(*CELLS))
    project.assessment("notebooks: [small]\nlanguages: [en]\ndownloads: []\n")
    return project


def start(root, executed, *arguments, **more):
    """A command in the folder, as the installed one starts: without the working folder in its path."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("EVALKIT_")}
    command = [sys.executable, "-P", "-c", "from evalkit.cli import main; main()", *arguments]
    environment = {**outer, "EXECUTED": str(executed), **more}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes as Linux has them")
@pytest.mark.parametrize("preload", ["0", pytest.param("1", marks=pytest.mark.slow)])
def test_a_run_in_a_folder_full_of_traps_sees_none_fire(trapped, tmp_path_factory, preload):
    executed = tmp_path_factory.mktemp("elsewhere") / "executed"
    made = start(trapped.root, executed, "run", "a", "--jobs", "2", EVALKIT_PRELOAD=preload)
    assert made.returncode == 0, made.stderr
    assert (trapped.root / "reports/a/site/a/small.en.html").is_file()
    assert not executed.exists(), executed.read_text()


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes as Linux has them")
def test_every_other_command_in_that_folder_sees_none_fire(trapped, tmp_path_factory):
    """Also those that read workbooks, each in a process of its own."""
    book = openpyxl.Workbook()
    for row in (["县", "2019", "2020"], ["a", 60.5, 61.5], ["b", 50.5, 51.5]):
        book.active.append(row)
    book.save(trapped.root / "data/raw/form.xlsx")
    trapped.write("params/mappings/d.yml", MAPPING)
    trapped.write("startup.pth", TRAP)
    trapped.write(".jupyter/jupyter_config.py", TRAP)
    executed = tmp_path_factory.mktemp("elsewhere") / "executed"
    ends = {}
    for words in (
        "check a", "status a", "ingest d", "ingest --draft data/raw/form.xlsx", "ingest --status a", "template a",
        "power a", "freeze a", "new second --from data/raw/form.xlsx",
    ):  # fmt: skip
        ends[words] = start(trapped.root, executed, *words.split())
        assert not executed.exists(), (words, executed.read_text())
    assert {words: end.stderr for words, end in ends.items() if end.returncode} == {}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes as Linux has them")
def test_each_defence_of_the_warm_parent_is_there_by_itself(monkeypatch, tmp_path):
    """Each of them alone keeps it from importing from the working folder, so a run shows none that is missing."""
    seen = {}

    def popen(command, **named):
        seen.update(named, command=command, mode=Path(named["cwd"]).stat().st_mode & 0o777)
        raise OSError

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(kernels.PRELOAD, raising=False)
    monkeypatch.setattr(subprocess, "Popen", popen)
    with suppress(OSError), kernels.warm_parent():
        pass
    assert seen["command"][1] == "-P"
    assert seen["env"]["PYTHONSAFEPATH"] == "1"
    assert (Path(seen["cwd"]) != tmp_path, seen["mode"]) == (True, 0o700)


def test_an_empty_entry_of_pythonpath_leads_nowhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for given, kept in (("", ""), ("/x:", "/x"), (":/x::/y", "/x:/y"), ("src", str(tmp_path / "src"))):
        monkeypatch.setenv("PYTHONPATH", given.replace(":", os.pathsep))
        assert safe_path.environment() == {"PYTHONSAFEPATH": "1", "PYTHONPATH": kept.replace(":", os.pathsep)}
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), "/lib"])
    safe_path.leave_working_folder()
    assert sys.path == ["/lib"]


@pytest.mark.parametrize(
    "name",
    ["../data/raw/county/evil", "/tmp/evil", "data/evil", "..", ".hidden", "a\\b", "evil.ipynb/../x", "C:evil", "con"],
)
def test_a_notebook_is_a_name_and_never_a_path(project, name):
    project.write("data/raw/county/evil.ipynb", notebook(*CELLS))
    project.assessment(f"notebooks: ['{name}']\n")
    told = project.mistakes()
    assert "params/assessments/a.yml, line 4: `notebooks.0`: " in told
    assert "cannot be a file name" in told


@pytest.mark.parametrize("target", ["data/raw/county/evil.ipynb", "evil.ipynb"])
def test_a_notebook_that_leads_elsewhere_is_refused(project, target):
    project.write(target, notebook(*CELLS))
    (project.root / "notebooks").mkdir()
    (project.root / "notebooks/evil.ipynb").symlink_to(project.root / target)
    project.assessment("notebooks: [evil]\n")
    with pytest.raises(InputError, match="'evil' is not a file in this folder but leads elsewhere"):
        preflight.check(project.load())


def run(project):
    evaluation = project.load()
    [made] = batch.publish([batch.Order(evaluation, run_keys(evaluation, ["a"]), ["en"])], jobs=1)
    return made


@pytest.mark.parametrize("folder", ["reports", "reports/a", "reports/a/site", "reports/a/work"])
def test_a_folder_of_the_reports_that_is_a_link_is_refused(project, tmp_path_factory, folder):
    outside = tmp_path_factory.mktemp("outside")
    (project.root / folder).parent.mkdir(parents=True, exist_ok=True)
    (project.root / folder).symlink_to(outside)
    with pytest.raises(InputError, match=f"{folder}: is a link"):
        run(project)
    assert list(outside.iterdir()) == []


def test_links_below_the_reports_are_removed_before_anything_is_written(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    project.write("notebooks/small.ipynb", notebook(*CELLS))
    project.assessment("notebooks: [small]\nlanguages: [en]\ndownloads: []\n")
    (outside / "precious").write_text("as it was", encoding="utf-8")
    for name in ("site/a", "site/downloads", "work/a"):
        link = project.root / "reports/a" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(outside)
    for name in ("work/_data.json", "work/_index.json", "results.csv", "site/index.html", "site/.index.en.html.4711"):
        (project.root / "reports/a" / name).symlink_to(outside / "precious")
    project.write("reports/.index.html.4711", "of the user")
    assert run(project).failed == {}
    assert [(path.name, path.read_text(encoding="utf-8")) for path in outside.iterdir()] == [("precious", "as it was")]
    assert (project.root / "reports/a/site/a/small.en.html").is_file()
    assert not (project.root / "reports/a/results.csv").is_symlink()
    assert (project.root / "reports/.index.html.4711").exists()
