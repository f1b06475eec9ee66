"""Cells that fail, never end or take all memory; Ctrl-C and SIGTERM; a second run of one project."""

import os
import signal

import pytest


@pytest.mark.parametrize(
    ("cell", "given", "told"),
    [
        ("raise KeyError('no such column')", (), "KeyError: 'no such column'"),
        ("while True: pass", ("--timeout", "8"), "took longer than the notebook may take"),
        ("x = bytearray(8 * 2**30)", ("--memory", "2"), "MemoryError"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", (), "Kernel died"),
    ],
    ids=["raises", "never ends", "8 GiB", "kills its kernel"],
)
def test_a_cell_that_goes_wrong_fails_its_region_only(small, cell, given, told):
    project = small(f"if region == 'r1':\n    {cell}")
    run = project.run(*given)
    errors = run.told[1]
    assert run.process.returncode == 1
    assert "failed r1: " in errors
    assert told in errors
    assert "Traceback" not in errors
    assert project.has_all("r1")
    assert len(list((project.reports / "work/r1").glob("*.ipynb"))) == 1
    run.is_gone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_in_good_order_and_the_next_one_goes_on(small, wait, plain, number):
    project = small()
    run = project.start(PAUSE="1.5")
    wait(project.pages, "no page was made")
    os.kill(run.process.pid, number)
    assert run.end() == 128 + number, run.told
    assert "regions are left. To go on, run the same again" in run.told[1]
    assert "Traceback" not in run.told[1]
    run.is_gone()
    made = len(project.pages())
    assert 0 < made < 6
    again = project.run()
    assert f"{6 - made} made, {made} up to date, 0 failed" in again.told[0]
    assert project.published() == plain


def test_a_second_run_of_the_project_says_so_and_stops(small, wait, plain):
    project = small()
    first = project.start(PAUSE="3")
    wait(project.is_at_work, "nothing was begun")
    second = project.run()
    assert second.process.returncode == 2
    assert second.told[1].startswith("reports/: another `evalkit run` is at work in this project")
    assert first.end() == 0
    assert project.published() == plain
