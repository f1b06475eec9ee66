"""What the tests of reporting share: the language, and everything that is found about one tiny region."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from evalkit.analysis.effects import findings
from evalkit.analysis.goals import attainment
from evalkit.reporting.language import words

ABOUT = "unit: percent, better: higher"
TARGET = "region: a\ntargets:\n  - {indicator: rate, operator: '>=', value: 65, source: plan, phrase: 达到65%}\n"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Reports speak English in these tests, unless a test says otherwise."""
    words.use("en")
    yield
    words.use("zh")


@pytest.fixture
def report(project, make_values) -> Callable[..., SimpleNamespace]:
    """A project with a panel in, its evaluation, panel, goals and findings out."""

    def make(
        values: pd.DataFrame | None = None, status: str = "", about: str = ABOUT, more: str = "", name: str = "Rate"
    ) -> SimpleNamespace:
        values = make_values(effect=8) if values is None else values
        project.indicators(f"rate: {{name: {{en: {name!r}}}, {about}}}")
        units = "".join(f"{unit} | {'2019Q1' if unit == 'a' else ''} | Region {unit}\n" for unit in values.index)
        project.table("units", "unit | adoption | name_en\n" + units)
        project.values(values, status=status)
        project.region("a", TARGET)
        project.assessment(more)
        evaluation, panel = project.load("a"), project.read("a")
        goals, found = attainment.judge(panel, evaluation), findings.evaluate(panel, evaluation)
        return SimpleNamespace(evaluation=evaluation, panel=panel, goals=goals, findings=found, finding=found[0])

    return make


@pytest.fixture
def refused(report, make_values) -> SimpleNamespace:
    """A region whose effect is withheld: one complete quarter after the start, four are needed."""
    return report(make_values(post=1))


PARAMETERS = 'assessment = "a"\nregion = "a"\nlang = "en"'
LOADS = "import evalkit as ek\nek.words.use(lang)\nevaluation = ek.load(assessment, region)"


@pytest.fixture
def notebook(project) -> Callable[..., None]:
    """Writes a small notebook `small` into the project and makes the assessment run it."""

    def write(*cells: str, parameters: str = PARAMETERS, more: str = "languages: [en]\n") -> None:
        sources = (parameters, LOADS, *cells)
        made = v4.new_notebook(cells=[v4.new_code_cell(text, id=f"cell-{i}") for i, text in enumerate(sources)])
        made.cells[0].metadata["tags"] = ["parameters"]
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        project.write("notebooks/small.ipynb", nbformat.writes(made))
        project.assessment(f"notebooks: [small]\n{more}")

    return write
