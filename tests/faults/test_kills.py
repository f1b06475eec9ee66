"""`kill -9` at random moments: after a rerun all is as if nothing had happened, and no process is left."""

import os
import random
import shutil
import time

import pytest

#: How often in each arm; `make faults` asks for 20.
KILLS = int(os.environ.get("EVALKIT_KILLS", "3"))
KINDS = {"1": ("runner", "worker", "warm parent", "kernel"), "0": ("runner", "worker", "kernel")}
TRIES = 20


def killed(project, chance, kind):
    """A run of which such a process was killed, at any moment of its life; and all that ran before the kill came."""
    for attempt in range(TRIES):
        if chance.random() < 0.5:  # else over what an earlier run has published
            shutil.rmtree(project.reports, ignore_errors=True)
        run = project.start("--force", PAUSE=str(chance.choice([0, 0.3, 1])))
        since, pages = time.time(), chance.randrange(6)
        while run.process.poll() is None and (project.pages_since(since) < pages or run.one_of(kind) is None):
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 1.5))
        if run.kill(kind):
            print(f"{kind}: killed in run {attempt + 1} after {project.pages_since(since)} pages")
            return run
        assert run.end() == 0, run.told
        run.is_gone()
    raise AssertionError(f"no {kind} could be killed in {TRIES} runs")


@pytest.mark.parametrize("number", range(KILLS))
def test_after_a_kill_and_a_rerun_all_is_as_if_nothing_had_happened(small, plain, preload, number):
    kind = KINDS[preload][number % len(KINDS[preload])]
    project = small()
    run = killed(project, random.Random(number), kind)
    status = run.end()
    run.is_gone()
    found = project.published()
    if kind == "runner":
        assert found == {name: plain[name] for name in found}
    else:
        assert status == 0, run.told
        assert found == plain
    again = project.run()
    assert again.process.returncode == 0, again.told
    assert project.published() == plain
    assert project.unfinished() == []
    assert project.has_all()


def test_kernels_are_forked_unless_that_is_switched_off(small, preload):
    project = small()
    run, seen = project.start(PAUSE="1"), ""
    while run.process.poll() is None:
        seen += " ".join(run.processes().values())
        time.sleep(0.05)
    assert run.end() == 0
    assert ("evalkit.publishing.run.warm_parent" in seen, "ipykernel_launcher" in seen) == (
        preload == "1",
        preload == "0",
    )
