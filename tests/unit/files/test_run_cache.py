"""What all reports of a run read is made once; a region reads what it can be compared with, and finds the same."""

import os
import pickle
import sys
import tempfile
import weakref
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from evalkit.analysis.data_checks import diagnostics
from evalkit.analysis.effects import findings
from evalkit.files import run_cache
from evalkit.panel import consistency
from evalkit.panel import observations as panels
from evalkit.project import evaluation as projects
from evalkit.publishing.run import batch, kernels

DESIGN = "design: {comparison: {same: [province]}}\n"


@pytest.fixture
def two_provinces(project, make_values):
    """Forty units, half of them in another province; a unit inside `a`, and one that shares it with none."""
    values = make_values(n=40, effect=3)
    values.loc["m1"] = values.loc["a"] - 1
    project.values(values)
    provinces = ["x"] + ["x" if i < 24 else "y" for i in range(40)] + ["z"]
    parents = [""] * 41 + ["a"]
    adoption = ["2019Q1"] + [""] * 41
    rows = zip(values.index, adoption, provinces, parents, strict=True)
    project.table("units", "\n".join(["unit | adoption | province | parent", *(" | ".join(row) for row in rows)]))
    project.assessment(DESIGN)
    return project


@pytest.fixture
def holding(monkeypatch):
    monkeypatch.setattr(run_cache, "_held", {})
    monkeypatch.setattr(run_cache, "_is_on", False)
    monkeypatch.setattr(run_cache, "_taken", "")
    return run_cache._held


def test_outside_a_run_nothing_is_held(project, holding):
    evaluation = project.load()
    assert [evaluation.once("x", lambda n=n: n) for n in (1, 2)] == [1, 2]
    assert holding == {}


def test_in_a_run_it_is_made_once_for_each_assessment(project, holding):
    evaluation = project.load()
    project.write("params/assessments/other.yml", "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\n")
    other = projects.load("other", project=project.root)
    with run_cache.for_a_while():
        assert [evaluation.once("x", lambda n=n: n) for n in (1, 2)] == [1, 1]
        assert evaluation.once("y", lambda: 3) == 3
        assert other.once("x", lambda: 4) == 4
    assert holding == {}


def test_a_region_reads_its_like_and_what_belongs_to_them(two_provinces):
    whole, own = two_provinces.read(), two_provinces.read("a")
    assert set(whole.rows["unit"]) - set(own.rows["unit"]) == {f"u{i:03}" for i in range(25, 41)}
    assert "m1" in set(own.rows["unit"])
    assert own.fingerprint == whole.fingerprint_of(own.digests) != whole.fingerprint
    assert (whole.whole, own.whole.fingerprint) == (None, whole.fingerprint)


def test_what_it_finds_is_what_all_rows_would_have_shown(two_provinces):
    evaluation = two_provinces.load("a")
    whole, own = panels.read(two_provinces.load()), panels.read(evaluation)
    first, second = (findings.find(panel, evaluation, "rate") for panel in (whole, own))
    assert first.design.excluded == second.design.excluded
    estimates = [one.effect["att"] for one in (first, second)]
    assert estimates[0].estimate == estimates[1].estimate
    assert estimates[0].p_value == estimates[1].p_value
    assert first.effect.placebos.equals(second.effect.placebos)
    assert first.conclusion == second.conclusion


def test_the_runner_lets_go_of_what_its_processes_find(two_provinces, holding):
    (two_provinces.root / "reports/a/work").mkdir(parents=True)
    with run_cache.for_a_while():
        rows = weakref.ref(panels.read(two_provinces.load()).rows)
        assert rows() is not None
        with batch._shared(two_provinces.load()):
            assert rows() is None


@pytest.fixture
def another_process(two_provinces, holding, monkeypatch):
    """This one, as if it were started while a run of all regions goes on."""
    two_provinces.write("reports/a/work/x", "")
    with run_cache.for_a_while(), batch._shared(two_provinces.load()):
        assert holding == {}  # this one has let go of it
        monkeypatch.setattr(run_cache, "_is_on", False)
        yield Path(os.environ[run_cache.FILE])
    assert run_cache.FILE not in os.environ
    assert [path.name for path in (two_provinces.root / "reports/a/work").iterdir()] == ["x"]


def test_a_process_of_a_run_finds_panel_flags_and_findings(two_provinces, holding, another_process):
    evaluation = two_provinces.load("a")
    (two_provinces.root / "data/d/panel.csv").unlink()  # nothing is read again
    panels.read(evaluation)
    made = len(holding)
    every, wide = (panels.read(one, every=True) for one in (two_provinces.load(), evaluation))
    assert (len(every.rows), len(wide.rows)) == (42 * 20, 26 * 20)
    known = set(wide.digests)
    flags, found = diagnostics.diagnose(every, evaluation), consistency.findings(every, evaluation)
    assert diagnostics.diagnose(wide, evaluation) == tuple(flag for flag in flags if known & set(flag.units))
    assert consistency.findings(wide, evaluation) == tuple(one for one in found if one.unit in known)
    assert np.isfinite(panels.read(evaluation).rows["value"]).all()
    assert len(holding) == made


def test_a_process_that_reads_no_data_holds_none(two_provinces, holding, another_process):
    (two_provinces.root / "params/assessments/a.yml").write_text("no more\n", encoding="utf-8")
    assert [two_provinces.load(region).region for region in (None, "a")] == ["", "a"]
    assert [name for name, _, _ in holding] == [run_cache.PARAMETERS]


@pytest.mark.parametrize("content", [b"", b"\x80\x05no", None], ids=["empty", "damaged", "gone"])
def test_where_the_file_is_no_good_a_process_reads_for_itself(two_provinces, another_process, monkeypatch, content):
    if content is None:
        monkeypatch.setenv(run_cache.FILE, f"{another_process}0000")
    else:
        os.truncate(another_process, 0)
        another_process.write_bytes(content)
    assert len(panels.read(two_provinces.load("a")).rows) == 26 * 20


def test_a_worker_that_serves_another_run_forgets_the_one_before(project, holding, monkeypatch, tmp_path):
    evaluation, found = project.load(), []
    for n, name in enumerate(("first", "second", "")):
        if name:
            (tmp_path / name).touch(0o600)
            (tmp_path / name).write_bytes(pickle.dumps({("x", str(evaluation.root), "a"): n}))
        monkeypatch.setenv(run_cache.FILE, str(tmp_path / name) if name else "")
        found += [evaluation.once("x", lambda made=made: made) for made in (7, 8)]
    assert found == [0, 0, 1, 1, 7, 8]  # the last run could write no file


def test_a_file_that_others_could_have_written_is_not_read(project, holding, monkeypatch, tmp_path):
    evaluation, path = project.load(), tmp_path / "prepared"
    monkeypatch.setenv(run_cache.FILE, str(path))
    for mode, expected in ((0o600, 0), (0o620, 7), (0o604, 7)):
        path.write_bytes(pickle.dumps({("x", str(evaluation.root), "a"): 0}))
        path.chmod(mode)
        run_cache.take()
        assert evaluation.once("x", lambda: 7) == expected


def test_on_a_cluster_the_file_has_a_name_in_a_private_folder(two_provinces, holding):
    work = two_provinces.root / "reports/a/work"
    work.mkdir(parents=True)
    with run_cache.for_a_while(), batch._shared(two_provinces.load(), across_machines=True):
        path = Path(os.environ[run_cache.FILE])
        assert path.parent.parent == work
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(work.iterdir()) == []


def test_a_disk_that_takes_no_file_stops_no_run(two_provinces, holding, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", Mock(side_effect=OSError(28, "No space left on device")))
    with run_cache.for_a_while(), batch._shared(two_provinces.load()):
        assert holding


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forking kernels is for Linux only")
def test_a_warm_parent_that_holds_data_has_one_thread(another_process):
    with kernels.warm_parent() as address:
        assert kernels._is_ready(address)
        listed = [path for path in Path("/proc").glob("[0-9]*/cmdline") if address.encode() in path.read_bytes()]
        assert [len(list((path.parent / "task").iterdir())) for path in listed] == [1]
