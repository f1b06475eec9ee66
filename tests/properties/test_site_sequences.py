"""After any sequence of edits, runs and kills, site/ is what the assessment says, or the command says what differs."""

import json
import random
import shutil
from concurrent.futures import Executor, Future
from contextlib import nullcontext

import pytest

from evalkit.errors import InputError
from evalkit.files import source_code
from evalkit.files.atomic import write_text
from evalkit.publishing import preflight
from evalkit.publishing.downloads import file_names, region_files
from evalkit.publishing.downloads.region_files import Delivery
from evalkit.publishing.run import batch, manifests, shared_parameters, site_contents, task
from evalkit.publishing.run.page_task import Outcome
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.run.workers import Workers
from evalkit.publishing.site import index_page, publication

REGIONS, STEPS = ("a", "b", "c"), 12
INDEXES = {"index.html", "downloads/results.csv"}
CHOICES = {
    "regions": [["a"], ["b"], ["a", "b"], ["a", "b", "c"]],
    "languages": [["zh"], ["en"], ["zh", "en"], ["en", "zh"]],
    "notebooks": [["region_report"], ["region_report", "before_after"], ["before_after"]],
    "downloads": [[], ["xlsx"], ["xlsx", "docx"]],
    "audience": ["public", "internal"],
    "disclosure": [None, {"threshold": 5}, {"threshold": 10}],
    "state": ["draft", "review"],
    "design": [{}, {"anticipation": 1}],
    "programme": [True, False],
}


class Killed(BaseException):
    """What `kill -9` is to the process: nothing is tidied up after it."""


class SameProcess(Executor):
    def submit(self, make, *given):
        future = Future()
        future.set_result(make(*given))
        return future


class Sequence:
    """A project that is edited, run and killed; its pages say from which parameters they were made."""

    def __init__(self, project, monkeypatch, chance):
        self.project, self.chance = project, chance
        self.moves_left = None
        project.table("units", "unit\na\nb\nc")
        self.about = {name: values[-1] for name, values in CHOICES.items()}
        self.about |= {"dataset": "d", "indicators": {"primary": ["rate"]}}
        move = shutil.move

        def moved(source, target):
            if self.moves_left == 0:
                raise Killed
            self.moves_left = None if self.moves_left is None else self.moves_left - 1
            return move(source, target)

        monkeypatch.setattr(batch.shutil, "move", moved)
        monkeypatch.setattr(batch, "workers", lambda jobs, timeout: nullcontext(Workers(SameProcess, 2)))
        monkeypatch.setattr(task, "run", self.page)
        monkeypatch.setattr(source_code, "source_hash", lambda: "code")  # half of the time of a run without kernels
        monkeypatch.setattr(region_files, "make", self.downloads)
        self.save()

    def page(self, one):
        if one.region == self.fails:
            return Outcome(one, "KeyError: x")
        write_text(one.work / one.page, self.text(one.region))
        region_files.leave([], one.work / file_names.parts(one.page))
        return Outcome(one, summary={"goals": [], "effects": [], "simulated": False})

    def downloads(self, given):
        for name in [*filter(None, [given.workbook]), *given.documents.values()]:
            write_text(given.folder / name, self.text(given.region))
        return Delivery(given)

    def text(self, region, evaluation=None):
        evaluation = evaluation or self.project.load()
        return f"{region} {json.dumps(dict(shared_parameters.of(evaluation, region)))}"

    def save(self):
        known = {name: value for name, value in self.about.items() if value is not None}
        self.project.write("params/assessments/a.yml", json.dumps(known))

    def edit(self):
        name = self.chance.choice(list(CHOICES))
        self.about[name] = self.chance.choice(CHOICES[name])
        self.save()

    def run(self, regions=(), languages=(), kill=False, fails=""):
        """One run; what it says, as the command does."""
        self.fails = fails
        self.moves_left = self.chance.randrange(8) if kill else None
        evaluation = self.project.load()
        chosen = site_contents.with_whole(evaluation, preflight.to_make(evaluation, regions))
        try:
            keys = run_keys(evaluation, chosen)
            order = batch.Order(evaluation, keys, languages or evaluation.assessment.languages)
            [made] = batch.publish([order], jobs=1)
            index_page.write(evaluation)
        except Killed:
            return "killed"
        except InputError as error:
            return f"refused: {error}"
        return f"failed: {', '.join(made.failed)}" if made.failed else "made"

    def found(self):
        site = self.project.root / "reports/a/site"
        return {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}

    def expected(self):
        evaluation = self.project.load()
        site = manifests.site_folder(evaluation)
        pages = {path.relative_to(site).as_posix(): region for region, _, path in site_contents.all_files(evaluation)}
        return pages, INDEXES | {f"index.{lang}.html" for lang in evaluation.assessment.languages}

    def wrong(self):
        """Files of site/ that are not as the assessment says: too many, missing, made from other parameters."""
        found, (pages, indexes), evaluation = self.found(), self.expected(), self.project.load()
        wrong = (found.keys() - pages.keys() - indexes) | ((pages.keys() | indexes) - found.keys())
        return wrong | {
            name
            for name, region in pages.items()
            if name in found and found[name].read_text(encoding="utf-8") != self.text(region, evaluation)
        }

    def told(self):
        """What `status` finds wrong."""
        evaluation = self.project.load()
        keys = run_keys(evaluation, [*evaluation.regions, *preflight.whole(evaluation)])
        return [one for one in publication.states(evaluation, keys) if not one.endswith(": up to date")]

    def mixture(self):
        """Whether pages differ in their shared parameters; only pages on all regions rest on which these are."""
        pages, _ = self.expected()
        texts = {path.read_text(encoding="utf-8") for name, path in self.found().items() if name in pages}
        sets = [json.loads(text.partition(" ")[2]) for text in texts]
        return len({json.dumps({name: of for name, of in one.items() if name != "regions"}) for one in sets}) > 1


def step(sequence, chance):
    kind = chance.choice(["edit", "edit", "all", "one", "language", "fails", "kill"])
    about = sequence.about
    if kind == "edit":
        sequence.edit()
        return "edited"
    if kind == "one":
        return sequence.run([chance.choice(about["regions"])])
    if kind == "language":
        return sequence.run(languages=[chance.choice(about["languages"])])
    return sequence.run(kill=kind == "kill", fails=chance.choice(about["regions"]) if kind == "fails" else "")


@pytest.mark.parametrize("seed", range(4))
def test_the_site_is_what_the_assessment_says_or_the_command_says_what_it_is_not(project, monkeypatch, seed):
    chance = random.Random(seed)
    sequence = Sequence(project, monkeypatch, chance)
    assert sequence.run() == "made"
    assert sequence.wrong() == set()
    for _ in range(STEPS):
        before = {name: path.read_bytes() for name, path in sequence.found().items()}
        told = step(sequence, chance)
        if told.startswith("refused"):
            assert {name: path.read_bytes() for name, path in sequence.found().items()} == before
        if told == "made" or told.startswith("failed"):
            assert not sequence.mixture()
            pages, indexes = sequence.expected()
            assert sequence.found().keys() <= pages.keys() | indexes
        assert bool(sequence.wrong()) == bool(sequence.told()), (told, sequence.wrong(), sequence.told())
    assert sequence.run() == "made"
    assert (sequence.wrong(), sequence.told()) == (set(), [])
