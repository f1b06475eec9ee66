"""The sequences of test_site_sequences.py with the command itself, real pages, and `kill -9` at any moment."""

import json
import os
import random
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

pytestmark = pytest.mark.slow
STEPS = 4
SEEDS = int(os.environ.get("EVALKIT_SEQUENCES", "2"))
CHOICES = {
    "regions": [["a"], ["b"], ["a", "b"]],
    "languages": [["en"], ["zh", "en"], ["en", "zh"]],
    "notebooks": [["small"], ["small", "other"]],
    "audience": ["public", "internal"],
    "disclosure": [None, {"threshold": 5}, {"threshold": 10}],
    "state": ["draft", "review"],
    "design": [{}, {"anticipation": 1}],
}
CELLS = (
    'assessment = "a"\nregion = "a"\nlang = "en"',
    "import evalkit as ek\nek.words.use(lang)\nevaluation = ek.load(assessment, region)",
    "ek.prose.title(evaluation)",
    "panel = ek.panel.read(evaluation)\ngoals = ek.attainment.judge(panel, evaluation)",
    "print(evaluation.assessment.hides, evaluation.assessment.state, evaluation.assessment.design)",
    "ek.record.record(evaluation, goals, [], panel=panel)",
)


class Site:
    """A project that is edited, run and killed with the command."""

    def __init__(self, project, about):
        self.project, self.about = project, about
        made = v4.new_notebook(cells=[v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(CELLS)])
        made.cells[0].metadata["tags"] = ["parameters"]
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        for name in ("small", "other"):
            project.write(f"notebooks/{name}.ipynb", nbformat.writes(made))
        project.table("units", "unit\na\nb")
        project.write("data/d/published.csv", "unit,period,indicator,value,source,phrase\na,2020,rate,60,s,p\n")
        self.save()

    def save(self):
        base = {"dataset": "d", "indicators": {"primary": ["rate"]}, "downloads": [], "programme": False}
        chosen = {name: value for name, value in self.about.items() if value is not None}
        self.project.write("params/assessments/a.yml", json.dumps(base | chosen))

    def command(self, *given, seconds=None):
        """Exit status and output; it is killed after so many seconds, if any."""
        arguments = [sys.executable, "-m", "evalkit", *given, "--project", str(self.project.root)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()
        return process.returncode, "".join(said)

    def files(self):
        site = self.project.root / "reports/a/site"
        return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}

    def expected(self):
        languages = self.about["languages"]
        names = {f"{region}/{notebook}.{lang}.html" for region in self.about["regions"]
                 for notebook in self.about["notebooks"] for lang in languages}  # fmt: skip
        return names | {"index.html", "downloads/results.csv"} | {f"index.{lang}.html" for lang in languages}

    def told(self):
        """What `status` finds wrong."""
        status, said = self.command("status", "a")
        assert status == 0, said
        return [line for line in said.splitlines() if not line.endswith(": up to date")]


def step(site, chance):
    """Edit the assessment, run it or a part of it, or kill a run: what was done, and what came of it."""
    kind = chance.choice(["all", "one", "language", "kill", "none"])
    for name in chance.sample(list(CHOICES), chance.choice([0, 1, 2])):
        site.about[name] = chance.choice(CHOICES[name])
    site.save()
    if kind == "none":
        return kind, (None, "")
    given = {
        "one": [chance.choice(site.about["regions"])],
        "language": ["--lang", chance.choice(site.about["languages"])],
    }
    return kind, site.command(
        "run", "a", "--jobs", "2", *given.get(kind, []), seconds=chance.uniform(1, 12) if kind == "kill" else None
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_site_is_as_made_anew_or_status_says_what_it_is_not(project_at, tmp_path, seed):
    chance = random.Random(seed)
    site = Site(project_at(tmp_path / "site"), {name: values[-1] for name, values in CHOICES.items()})
    assert site.command("run", "a")[0] == 0
    assert (site.files().keys(), site.told()) == (site.expected(), [])
    for _ in range(STEPS):
        before = site.files()
        kind, (status, said) = step(site, chance)
        assert "Traceback" not in said
        if status == 2:
            assert "changed since the other reports were made" in said
            assert site.files() == before
        elif kind in ("all", "one", "language"):
            assert status == 0, said
            assert site.files().keys() <= site.expected()
        told = site.told()
        assert told or site.files().keys() == site.expected(), kind
        if kind == "all":
            assert told == []
    assert site.command("run", "a")[0] == 0
    assert site.told() == []
    anew = Site(project_at(tmp_path / "anew"), site.about)
    assert anew.command("run", "a")[0] == 0
    assert site.files() == anew.files()
