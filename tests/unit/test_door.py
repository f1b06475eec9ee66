"""The door, `import evalkit as ek`: completion shows what an analysis needs, and only that."""

import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from IPython.core.interactiveshell import InteractiveShell

import evalkit as ek

ROOT = Path(__file__).parents[2]
ANALYSIS = {"before_after", "checks", "conclusion", "design", "did", "findings", "goals", "panel", "staggered"}
FUNCTIONS = {"export", "load", "report"}
OFFERED = {*ANALYSIS, *FUNCTIONS, "figures", "specifications", "synthetic", "tables"}


@pytest.fixture
def complete():
    """What IPython offers after a text, without names that begin with an underscore."""
    shell = InteractiveShell()
    shell.run_cell("import evalkit as ek")

    def texts(text: str) -> set[str]:
        shell.Completer.use_jedi = False  # the same names, and it imports nothing of its own
        found = {completion.text.lstrip(".") for completion in shell.Completer.completions(text, len(text))}
        return {name for name in found if not name.startswith("_")}

    return texts


@pytest.mark.filterwarnings("ignore::IPython.core.completer.ProvisionalCompleterWarning")
def test_completion_shows_what_is_offered_and_nothing_else(complete):
    assert complete("ek.") == OFFERED
    for name in OFFERED - FUNCTIONS:
        assert complete(f"ek.{name}.") == set(getattr(ek, name).__all__)


@pytest.mark.parametrize("name", sorted(OFFERED - FUNCTIONS))
def test_a_module_offers_names_that_it_has_and_documents(name):
    module = getattr(ek, name)
    assert isinstance(module, ModuleType)
    offered = {one: getattr(module, one) for one in module.__all__}
    assert [one for one, thing in offered.items() if callable(thing) and not thing.__doc__] == []


EXAMPLES = {
    "door": dedent("\n".join(line for line in ek.__doc__.splitlines() if line.startswith("    "))),
    "README": (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0],
}


@pytest.mark.parametrize("code", EXAMPLES.values(), ids=EXAMPLES)
def test_the_examples_run(code, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("EVALKIT_PROJECT", raising=False)
    made = {}
    exec(code, made)
    assert made["report"].evaluation.region == "demo-city-b"
    assert len(vars(made["report"])) > 3  # something was computed


def test_editors_see_the_same_list():
    stub = ast.parse(Path(ek.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    named = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert {*named, "__version__"} == set(dir(ek))
    assert Path(ek.__file__).with_name("py.typed").exists()


def test_names_of_earlier_versions_still_work():
    assert ek.words.use is not None
    assert ek.goals.table is not None
    assert ek.attainment.judge is ek.goals.judge
    assert [name for name in ek._EARLIER if getattr(ek, name) is None] == []


def test_a_name_that_there_is_not_suggests_the_nearest():
    with pytest.raises(AttributeError, match="no 'deisgn'") as error:
        ek.deisgn  # noqa: B018
    assert 'Did you mean "design"?' in str(error.value)
    assert not hasattr(ek, "Any")


def test_the_version_is_that_of_the_package():
    assert ek.__version__ == version("evalkit")
    asked = [sys.executable, "-m", "evalkit", "--version"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == f"evalkit {ek.__version__}\n"


def test_importing_loads_no_library():
    code = "import sys, evalkit; print({'pandas', 'matplotlib', 'pydantic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
