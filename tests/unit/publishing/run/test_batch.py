"""Many pages: what is up to date is not made again, and a region that fails takes no other with it."""

import csv
import gc
import shutil
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from evalkit.files import atomic
from evalkit.project import last_run
from evalkit.publishing.downloads import region_files
from evalkit.publishing.downloads.region_files import Delivery
from evalkit.publishing.run import batch, task
from evalkit.publishing.run.page_task import Outcome
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.run.workers import Workers

BASE = "dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\nlanguages: [en]\n"


def rows(project, file="results.csv"):
    with (project.root / "reports/a" / file).open(encoding="utf-8-sig", newline="") as lines:
        return [SimpleNamespace(**row) for row in csv.DictReader(lines)]


def test_before_a_run_every_region_is_missing(project, states):
    project.assessment(base=BASE)
    assert states() == {"a": "missing", "b": "missing"}


def test_what_is_up_to_date_is_not_made_again(publish, states):
    first = publish()
    assert (first.made, first.fresh, first.failed) == (("a", "b"), (), {})
    assert states() == {"a": "up to date", "b": "up to date"}
    again = publish()
    assert (again.made, again.fresh) == ((), ("a", "b"))


def test_what_is_done_is_not_kept_in_memory(publish, monkeypatch):
    finish, merged = batch._finish, []

    def count(*given):
        merged.append(sum(isinstance(one, batch._Region) and one.merged is not None for one in gc.get_objects()))
        return finish(*given)

    monkeypatch.setattr(batch, "_finish", count)
    gc.collect()
    publish()
    assert merged == [1, 1]


def test_a_page_that_is_gone_is_made_again(project, publish, states):
    publish()
    shutil.rmtree(project.root / "reports/a/site/b")
    assert states() == {"a": "up to date", "b": "stale: a page or a download is missing"}
    assert publish().made == ("b",)


@pytest.mark.parametrize(
    ("file", "text", "made"),
    [
        ("params/regions/b.yml", "region: b\ntasks:\n  - {name: {en: List}, source: s, phrase: …}\n", ("b",)),
        ("data/d/published.csv", "unit,period,indicator,value,source,phrase\nb,2019,rate,1,s,…\n", ("a", "b")),
        ("data/d/units.csv", "unit,adoption\na,2019Q1\nb,\nc,2020Q1\n", ("a", "b")),
        ("params/indicators.yml", "rate: {name: {en: Share}, unit: percent}\n", ("a", "b")),
        ("notebooks/region_report.ipynb", "{}", ("a", "b")),
    ],
)
def test_a_change_makes_stale_what_rests_on_it(project, publish, file, text, made):
    publish()
    project.write(file, text)
    assert publish().made == made


def test_what_changed_is_named(project, publish, states):
    publish()
    project.write("notebooks/region_report.ipynb", "{}")
    project.region("b", "region: b\ntasks:\n  - {name: {en: List}, source: s, phrase: …}\n")
    assert states() == {"a": "stale: notebooks changed", "b": "stale: parameters, notebooks changed"}


def test_a_run_stops_after_so_many_failures_and_says_what_is_left(project, publish):
    published = publish(errors={"a": "KeyError: x"}, limits=batch.Limits(failures=1))
    assert (published.made, tuple(published.failed), published.left) == ((), ("a",), ("b",))
    assert publish().made == ("a", "b")


def test_every_region_keeps_a_log(project, publish):
    publish(errors={"a": "KeyError: x"})
    publish()
    lines = (project.root / "reports/a/work/a/log.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == [
        "region_report.en: 0.0 s",
        "region_report (en) failed: KeyError: x",
        "region_report.en: 0.0 s",
    ]


def test_what_a_killed_run_had_begun_to_write_is_removed(project, publish):
    publish()
    half = atomic.beside(project.root / "reports/a/site/b/report.en.html")
    half.write_text("<main>half", encoding="utf-8")
    project.write("reports/a/work/.notes.4711", "of the user")
    publish()
    assert not half.exists()
    assert (project.root / "reports/a/work/.notes.4711").exists()


def all_files(project):
    folder = project.root / "reports/a"
    paths = [path for path in (folder / "results.csv", *(folder / "site").rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


DAMAGE = {
    "half of it": lambda content: content[: len(content) // 2],
    "nothing": lambda content: b"",
    "other bytes": lambda content: b"\xff\x00" * 500,
    "another kind of content": lambda content: b"[1]",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("file", ["b/manifest.json", "b/results.csv", "_audience"])
def test_what_a_run_left_and_was_damaged_since_is_made_again(project, publish, states, file, damage):
    publish()
    before, path = all_files(project), project.root / "reports/a/work" / file
    path.write_bytes(damage(path.read_bytes()))
    assert states()["a"] == "up to date"
    assert "b" in publish().made or file == "_audience"
    assert states() == {"a": "up to date", "b": "up to date"}
    assert all_files(project) == before


def test_damaged_rows_of_a_region_that_is_not_asked_for_are_told(project, publish, states):
    publish()
    project.write("reports/a/work/b/results.csv", "half")
    publish(regions=["a"])
    assert states() == {"a": "up to date", "b": "stale: its rows of results.csv are missing or damaged"}


def test_a_failed_region_is_isolated_and_keeps_its_old_page(project, publish, states):
    publish()
    page = project.root / "reports/a/site/b/report.en.html"
    before = page.stat().st_mtime_ns
    published = publish(errors={"b": "KeyError: <b>broken</b>"}, force=True)
    assert published.made == ("a",)
    assert published.failed == {"b": "region_report (en): KeyError: <b>broken</b>"}
    assert page.stat().st_mtime_ns == before
    assert states() == {"a": "up to date", "b": "failed: region_report (en): KeyError: <b>broken</b>"}


def test_the_index_lists_a_failed_region_with_its_reason(project, publish):
    publish(errors={"b": "KeyError: <b>broken</b>"})
    index = (project.root / "reports/a/site/index.en.html").read_text(encoding="utf-8")
    assert "2 regions: 1 published, 1 failed." in index
    assert "<li><strong>b</strong>: region_report (en): KeyError: &lt;b&gt;broken&lt;/b&gt;</li>" in index


@pytest.mark.parametrize("file", ["results.csv", "site/downloads/results.csv"])
def test_results_have_a_failed_row_with_the_reason(project, publish, file):
    publish(errors={"b": "KeyError: 'x'"})
    (row,) = rows(project, file)
    assert (row.region, row.indicator, row.status, row.estimate) == ("b", "rate", "failed", "")
    assert row.reason == "region_report (en): KeyError: 'x'"


def test_a_region_that_failed_is_made_again_and_then_published(publish, states):
    publish(errors={"b": "KeyError: 'x'"})
    mended = publish()
    assert (mended.made, mended.fresh, mended.failed) == (("b",), ("a",), {})
    assert states() == {"a": "up to date", "b": "up to date"}


def test_force_makes_what_is_up_to_date(publish):
    publish()
    assert publish(regions=["a"], force=True).made == ("a",)


def test_only_regions_that_were_asked_for_are_made(publish, states):
    assert publish(regions=["a"]).made == ("a",)
    assert states() == {"a": "up to date", "b": "missing"}


def test_a_page_of_every_notebook_and_language_is_asked_for(project, publish, monkeypatch):
    publish()
    project.assessment(base=BASE.replace("[en]", "[en, zh]") + "notebooks: [region_report, before_after]\n")
    asked = []
    monkeypatch.setattr(task, "run", lambda one: asked.append(one) or Outcome(one, "not made"))
    evaluation = project.load()
    batch.publish([batch.Order(evaluation, run_keys(evaluation, ["a", "b"]), ["en", "zh"])], jobs=1)
    assert {one.page for one in asked if one.region == "a"} == {
        "report.en.html", "report.zh.html", "before_after.en.html", "before_after.zh.html",
    }  # fmt: skip


def test_a_worker_that_is_killed_is_a_failed_page_and_no_traceback(project, monkeypatch):
    class Killed(Executor):
        def submit(self, *asked):
            future = Future()
            future.set_exception(BrokenProcessPool("terminated abruptly"))
            return future

    monkeypatch.setattr(batch, "workers", lambda jobs, timeout: nullcontext(Workers(Killed, 2)))
    project.assessment(base=BASE)
    evaluation = project.load()
    [published] = batch.publish([batch.Order(evaluation, run_keys(evaluation, ["a", "b"]), ["en"])], jobs=2)
    assert published.made == ()
    assert set(published.failed) == {"a", "b"}
    assert "the process that made the page was killed" in published.failed["a"]


@pytest.fixture
def taken_away(project):
    """Names of the files that can be taken away."""
    return lambda: {path.name for path in (project.root / "reports/a/site/downloads").iterdir()} - {"results.csv"}


def test_what_can_be_taken_away_stands_beside_the_pages(publish, states, taken_away):
    publish(more="")
    assert taken_away() == {"a.xlsx", "a.en.docx", "b.xlsx", "b.en.docx"}
    assert states() == {"a": "up to date", "b": "up to date"}


def test_a_file_that_is_gone_is_made_again(project, publish, states):
    publish(more="downloads: [xlsx]\n")
    (project.root / "reports/a/site/downloads/a.xlsx").unlink()
    assert states() == {"a": "stale: a page or a download is missing", "b": "up to date"}
    assert publish(more="downloads: [xlsx]\n").made == ("a",)


def test_files_that_are_no_longer_wanted_leave_the_site(publish, taken_away):
    publish(more="downloads: [xlsx, docx]\n", regions=["a"])
    publish(more="downloads: [docx]\n", regions=["a"])
    assert taken_away() == {"a.en.docx"}


def test_an_assessment_may_want_no_files(publish, taken_away):
    publish(more="downloads: []\n")
    assert taken_away() == set()


@pytest.mark.parametrize("file", ["b.xlsx", "b.en.docx"])
def test_a_region_without_its_files_keeps_its_old_pages(project, publish, monkeypatch, file):
    publish(more="")
    site_of_b = [project.root / "reports/a/site/b/report.en.html", project.root / "reports/a/site/downloads" / file]
    before = [path.stat().st_mtime_ns for path in site_of_b]
    made = region_files.make
    monkeypatch.setattr(
        region_files, "make", lambda given: Delivery(given, "OSError: full") if given.region == "b" else made(given)
    )
    assert publish(more="", force=True).failed == {"b": "downloads: OSError: full"}
    assert [path.stat().st_mtime_ns for path in site_of_b] == before


@pytest.mark.parametrize(("before", "after"), [("internal", "public"), ("public", "internal")])
def test_a_site_is_made_for_one_audience(project, publish, before, after):
    publish(more=f"audience: {before}\ndownloads: []\n")
    page = project.root / "reports/a/site/b/report.en.html"
    assert page.is_file()
    publish(more=f"audience: {after}\ndownloads: []\n", regions=["a"])
    assert not page.exists()
    assert (project.root / "reports/a/site/a/report.en.html").is_file()


FIGURE = {"indicator": "rate", "analysis": "attainment", "method": "panel", "term": "value", "period": "2020Q4"}
OLD, NEW = [{**FIGURE, "value": 64.5}], [{**FIGURE, "value": 65.5}]


def log(project, region="a"):
    return last_run.read(project.root, "a", region)


def test_the_figures_of_a_report_are_kept_and_the_same_again_are_no_change(project, publish):
    publish(figures=OLD)
    first = log(project)
    assert [one.value for one in first.figures] == [64.5]
    publish(figures=OLD, force=True)
    assert log(project) == first
    assert first.changes == ()


def test_a_changed_figure_is_logged_with_the_data_that_changed_it(project, publish):
    publish(figures=OLD)
    data = log(project).data
    project.write("data/d/published.csv", "unit,period,indicator,value,source,phrase\nb,2019,rate,1,s,…\n")
    publish(figures=NEW)
    (change,) = log(project).changes
    assert (change.rows[0].old.value, change.rows[0].new.value) == (64.5, 65.5)
    assert (change.before, change.after) == (data, log(project).data)
    assert change.before != change.after


@pytest.mark.parametrize("state", ["draft", "review"])
def test_only_a_final_report_is_published(project, publish, state):
    publish(figures=OLD, more=f"downloads: []\nstate: {state}\n")
    assert log(project) is None
    publish(figures=OLD)
    publish(figures=NEW, more=f"downloads: []\nstate: {state}\n")
    assert [one.value for one in log(project).figures] == [64.5]
    assert log(project).changes == ()


def test_a_run_that_fails_leaves_the_log_alone(project, publish):
    publish(figures=OLD)
    first = log(project)
    publish(figures=NEW, errors={"a": "KeyError: 'x'"}, force=True)
    assert log(project) == first
    publish(figures=NEW, force=True)
    assert len(log(project).changes) == 1


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_log_is_not_written_over_and_the_region_keeps_its_page(project, publish, damage):
    publish(figures=OLD)
    page, path = (project.root / "reports/a" / name for name in ("site/a/report.en.html", "work/a/revisions.json"))
    before = page.stat().st_mtime_ns
    path.write_bytes(damage(path.read_bytes()))
    damaged = path.read_bytes()
    published = publish(figures=NEW, force=True)
    assert published.made == ("b",)
    assert "Restore the file, or delete it to start over." in published.failed["a"]
    assert (page.stat().st_mtime_ns, path.read_bytes()) == (before, damaged)
    path.unlink()
    assert publish(figures=NEW).made == ("a",)


def test_a_notebook_that_is_no_report_has_no_log(project, publish):
    publish()
    assert log(project) is None


def test_a_change_of_the_previous_assessment_makes_stale(project):
    project.write("params/assessments/before.yml", f"{BASE}as_of: 2019-12-31\n")
    project.assessment("previous: before\n", base=BASE)
    keys = run_keys(project.load(), ["a", "b"])
    project.write("params/narrative/before/b.yml", "problems: [{id: p, name: {en: P}}]")
    changed = run_keys(project.load(), ["a", "b"])
    assert (changed["a"] == keys["a"], changed["b"] == keys["b"]) == (True, False)
