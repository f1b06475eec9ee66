"""One page: executed, checked that it is the one that was asked for; a failure is an outcome with one line."""

import shutil
from dataclasses import replace

import grimp
import nbformat
import pytest

from evalkit.files import atomic, source_code
from evalkit.publishing.run import task
from evalkit.publishing.run.page_task import Task

pytestmark = pytest.mark.usefixtures("forked_kernels")


@pytest.fixture
def one(project):
    """The task of making the page of `small` for region `a` in English."""
    return Task(project.root, "a", "a", "small", "en")


@pytest.fixture
def no_kernel(monkeypatch):
    def start(*given, **more):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("papermill.execute_notebook", start)


def test_a_page_stands_in_the_working_folder(one, notebook):
    notebook("ek.prose.title(evaluation)", "1 / 3")
    outcome = task.run(one)
    page = (one.work / "small.en.html").read_text(encoding="utf-8")
    assert outcome.error == ""
    assert 'data-region="a"' in page
    assert "0.333" in page  # the notebook is the project's own
    assert outcome.rows == []


@pytest.mark.parametrize(
    ("made", "published", "linked"),
    [((), False, False), (("en",), False, False), (("zh", "en"), False, True), ((), True, True)],
    ids=["alone", "in one language", "in both languages", "after the other one"],
)
def test_a_page_links_to_its_twin_only_where_there_will_be_one(one, notebook, made, published, linked):
    notebook("ek.prose.title(evaluation)", more="languages: [zh, en]\n")
    if published:
        atomic.write_text(one.published / "small.zh.html", "<p>there</p>")
    assert task.run(replace(one, languages=made)).error == ""
    assert ("small.zh.html" in (one.work / "small.en.html").read_text(encoding="utf-8")) is linked


def test_a_notebook_without_a_parameter_is_refused_before_a_kernel_starts(one, notebook, no_kernel):
    notebook("ek.prose.title(evaluation)", parameters='assessment = "a"\nlang = "en"\nregoin = "a"')
    assert task.run(one).error == "ResultError: small.ipynb has no parameter region"


def test_cells_to_explore_with_are_neither_run_nor_published(one, notebook, project):
    notebook("ek.prose.title(evaluation)", "1 / 0")
    path = project.root / "notebooks/small.ipynb"
    made = nbformat.read(path, as_version=4)
    made.cells[-1].metadata["tags"] = ["explore"]
    nbformat.write(made, path)
    assert task.run(one).error == ""
    kept = nbformat.read(one.work / "small.en.ipynb", as_version=4)
    assert [cell for cell in kept.cells if "1 / 0" in cell.source] == []


def test_a_page_of_another_region_is_refused(one, notebook, project):
    notebook('ek.prose.title(ek.load(assessment, "b"))')
    project.assessment(base="dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\nnotebooks: [small]\n")
    assert task.run(one).error == "ResultError: the page is not marked as a, a"
    assert not (one.work / "small.en.html").exists()


def test_a_page_without_a_mark_is_refused(one, notebook):
    notebook("1 + 1")
    assert task.run(one).error == "ResultError: the page is not marked as a, a"


def test_a_cell_that_raises_is_an_outcome_in_one_line_and_the_notebook_is_kept(one, notebook):
    notebook("ek.prose.title(evaluation)", 'raise KeyError("two\\nlines")', "later = 1")
    outcome = task.run(one)
    assert outcome.error.startswith("KeyError: ")
    assert "\n" not in outcome.error
    assert "Traceback" not in outcome.error
    assert not (one.work / "small.en.html").exists()
    kept = nbformat.read(one.work / "small.en.ipynb", as_version=4)
    shown = [output for cell in kept.cells for output in cell.get("outputs", [])]
    assert any("data-region" in str(output.get("data", "")) for output in shown)
    assert any(output.output_type == "error" and output.ename == "KeyError" for output in shown)


def test_the_text_of_an_error_is_one_line():
    assert task.one_line(ValueError("a\nb")) == "ValueError: a b"


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path):
    atomic.write_text(tmp_path / "deep/x.txt", "甲\n")
    atomic.write_text(tmp_path / "deep/x.txt", "乙\n")
    assert (tmp_path / "deep/x.txt").read_bytes() == "乙\n".encode()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.txt"]


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "evalkit"
    shutil.copytree(source_code.PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_page_is_stale_where_the_code_it_rests_on_changed_and_only_there(package):
    before = source_code.source_hash(package)
    for module in ("workbooks/reading.py", "ingest/mapping.py", "scaffold/samples.py", "collection/form.py", "cli.py"):
        with (package / module).open("a") as file:
            file.write("# a comment\n")
    assert source_code.source_hash(package) == before
    for module in ("analysis/effects/did.py", "workbooks/writing.py", "panel/observations.py", "errors.py"):
        with (package / module).open("a") as file:
            file.write("# a comment\n")
        changed, before = before, source_code.source_hash(package)
        assert changed != before, module


def test_no_page_rests_on_code_that_its_hash_leaves_out():
    graph = grimp.build_graph("evalkit")
    roots = [name for name in graph.modules if name.split(".")[1:2] in (["publishing"], ["reporting"], ["analysis"])]
    used = set().union(*(graph.find_upstream_modules(name) for name in roots))
    hashed = {f"evalkit.workbooks.{file.removesuffix('.py').replace('/', '.')}" for file in source_code.WORKBOOKS}
    left_out = {name for name in used if name.startswith("evalkit.workbooks.")} - hashed - {"evalkit.workbooks.labels"}
    left_out |= {name for name in used for room in source_code.DATA_STAIR if name.startswith(f"evalkit.{room}.")}
    assert not left_out
