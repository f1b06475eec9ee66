"""`evalkit lab`: copies the notebooks that are missing, opens one, imports nothing from the project folder."""

import sys

import pytest

from evalkit.commands import projects
from evalkit.errors import InputError
from evalkit.project import suite


@pytest.fixture
def opened(monkeypatch):
    """What would be started, instead of JupyterLab."""
    calls = []
    monkeypatch.setattr(projects.subprocess, "call", lambda command, **more: calls.append((command, more)) or 0)
    return calls


def test_a_project_of_ones_own_gets_the_notebooks_but_not_the_tour(project, opened):
    own = project.root / "notebooks/region_report.ipynb"
    project.write("notebooks/region_report.ipynb", "{}")
    assert projects.lab("", project.root) == 0
    ((command, more),) = opened
    assert command == [sys.executable, "-P", "-m", "jupyterlab", str(project.root / "notebooks")]
    assert more["env"]["PYTHONSAFEPATH"] == "1"
    assert {path.stem for path in own.parent.iterdir()} == suite.notebooks().keys() - set(suite.ABOUT_DEMONSTRATION)
    assert own.read_text(encoding="utf-8") == "{}"


def test_the_demonstration_opens_with_the_tour(project, opened):
    project.write("params/assessments/demo-final-2022.yml", "")
    projects.lab("", project.root)
    assert opened[0][0][-1] == str(project.root / "notebooks/start_here.ipynb")


def test_a_notebook_is_opened_by_name(project, opened):
    projects.lab("before_after", project.root)
    assert opened[0][0][-1] == str(project.root / "notebooks/before_after.ipynb")
    with pytest.raises(InputError, match='Did you mean "before_after"'):
        projects.lab("before_aftr", project.root)


def test_without_jupyterlab_the_extra_is_named(project, monkeypatch):
    monkeypatch.setattr(projects, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install '\.\[lab\]'"):
        projects.lab("", project.root)
