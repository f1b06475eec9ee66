"""What the tests of publishing share: runs without kernels."""

from concurrent.futures import Executor, Future
from contextlib import nullcontext
from functools import cache

import pytest

from evalkit.files import atomic, source_code
from evalkit.panel import observations
from evalkit.publishing.downloads import file_names, region_files
from evalkit.publishing.run import batch, manifests, task
from evalkit.publishing.run.page_task import Outcome
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.run.workers import Workers
from evalkit.publishing.site import index_page
from evalkit.reporting.language.words import Html

LIMITS = batch.Limits()
NOTHING = {"goals": [], "effects": [], "simulated": False}
BASE = "dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\nlanguages: [en]\n"


class SameProcess(Executor):
    """Does what it is asked for at once."""

    def submit(self, make, *given):
        future = Future()
        future.set_result(make(*given))
        return future


# What a final report must hold.
SIGNED = """
problems: [{id: p, name: {en: Beds}}]
recommendations: [{name: {en: Beds}, owner: Bureau, due: 2023}]
signatures: [{name: Reviewer}]
"""


_read_code = source_code.source_hash
_own_code = cache(_read_code)


@pytest.fixture(autouse=True)
def _same_code(monkeypatch):
    """This code does not change during the tests: reading it for every key is much of a run without kernels."""
    monkeypatch.setattr(source_code, "source_hash", lambda *folder: _read_code(*folder) if folder else _own_code())


@pytest.fixture
def publish(project, monkeypatch):
    """Publishes regions `a` and `b` without kernels: a page is its region's name, or fails as told."""

    def run(
        regions=("a", "b"),
        errors=None,
        force=False,
        figures=None,
        more="downloads: []\nstate: final\n",
        languages=("en",),
        limits=LIMITS,
    ):
        for region in ("a", "b"):
            project.write(f"params/narrative/a/{region}.yml", SIGNED)

        def make(one):
            if error := (errors or {}).get(one.region):
                return Outcome(one, error)
            atomic.write_text(one.work / one.page, f"<main>page of {one.region}</main>")
            region_files.leave([Html(f"<p>page of {one.region}</p>")], one.work / file_names.parts(one.page))
            return Outcome(one, summary=NOTHING, figures=figures, data=observations.read(evaluation).fingerprint)

        monkeypatch.setattr(task, "run", make)
        monkeypatch.setattr(batch, "workers", lambda jobs, timeout: nullcontext(Workers(SameProcess, 2)))
        project.assessment(more, base=BASE)
        evaluation = project.load()
        keys = run_keys(evaluation, regions)
        [published] = batch.publish([batch.Order(evaluation, keys, languages)], jobs=1, force=force, limits=limits)
        index_page.write(evaluation)
        return published

    return run


@pytest.fixture
def states(project):
    def found():
        evaluation = project.load()
        keys = run_keys(evaluation, evaluation.regions)
        return {
            region: manifests.state(evaluation, region, key, evaluation.assessment.languages)
            for region, key in keys.items()
        }

    return found
