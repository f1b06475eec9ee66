"""The rules of the house: what lies where, who imports whom, and what never enters git."""

import ast
import io
import json
import os
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TOP_LEVEL = [
    ".ci/run",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh.md",
    "bench/run.py",
    "data",
    "docs/architecture.md",
    "docs/howto",
    "docs/methods.md",
    "docs/reference",
    "docs/tutorial.md",
    "docs/tutorial.zh.md",
    "environment.yml",
    "notebooks",
    "params/assessments",
    "params/indicators.yml",
    "pyproject.toml",
    "reports/README.md",
    "requirements.lock",
    "src/evalkit",
    "tests",
]
ANNEXES = ["before_after", "data_quality", "difference_in_differences"]
TO_LEARN = ["compare_estimators", "explore_your_data", "start_here"]
SUITE = [*ANNEXES, *TO_LEARN, "method_check", "programme_report", "region_report"]

MODULES = sorted((ROOT / "src" / "evalkit").rglob("*.py"))
LONGEST_MODULE = 400
WORDS = ("src/evalkit/reporting/language/vocabulary.py",)  # a table of words, not code
WIDEST_ROOM = 18  # modules
LONGEST_FUNCTION = 60
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "core", "manager"}

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 12

# Put together here, so that this file does not find itself.
REGISTRIES = re.compile(rb"(?:pypi|pythonhosted|anaconda)" + rb"\.org", re.IGNORECASE)
# An absolute path only: `reports/<assessment>/work/<region>` is a contract of ours.
MACHINE_PATH = re.compile(rb"(?:^|[\s\"'`(\[<=:,]|//)/(?:work|root)/[\w.]", re.MULTILINE)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources() -> list[Path]:
    """What git tracks, and what the next `git add` would make it track."""
    asked = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def lines_matching(pattern: re.Pattern[bytes]) -> list[str]:
    return [
        f"{relative(path)}: {found.group().decode(errors='replace').strip()}"
        for path in sources()
        for found in pattern.finditer(path.read_bytes())
    ]


def text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_everything_lies_where_the_documentation_says():
    assert [name for name in TOP_LEVEL if not (ROOT / name).exists()] == []
    assert [name for name in SUITE if ROOT / "notebooks" / f"{name}.ipynb" not in NOTEBOOKS] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no executable bit")
def test_ci_can_be_executed():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_imports_keep_the_contract():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    asked = [lint_imports, "--no-cache", "--no-logo"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_are_short():
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE and name not in WORDS} == {}


def test_no_room_is_crowded_and_no_module_has_a_twin():
    """A map by folders: at most 18 modules in each, and a name says which module is meant."""
    modules = [path for path in (ROOT / "src/evalkit").rglob("*.py") if path.name != "__init__.py"]
    rooms = Counter(path.parent for path in modules)
    assert {relative(room): size for room, size in rooms.items() if size > WIDEST_ROOM} == {}
    names = Counter(path.stem for path in modules)
    assert [name for name, times in names.items() if times > 1] == []


def test_functions_are_short():
    found = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                found[f"{relative(path)}, {node.name}"] = node.end_lineno - node.lineno + 1
    assert {name: length for name, length in found.items() if length > LONGEST_FUNCTION} == {}


def test_modules_are_named_for_what_they_do():
    named = {relative(path): {path.stem, path.parent.name} for path in MODULES}
    assert [path for path, names in named.items() if names & NAMES_THAT_SAY_NOTHING] == []


def test_no_source_names_a_package_registry():
    assert lines_matching(REGISTRIES) == []


def test_no_source_names_a_path_of_one_machine():
    assert lines_matching(MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ('open("/ro' + 'ot/data.csv")', True),
        ("file:///wo" + "rk/main/data.csv", True),
        ("reports/final-2022/wo" + "rk/lanxi", False),
        ("reports/<assessment>/wo" + "rk/<region>/", False),
    ],
)
def test_machine_paths_are_told_from_our_own(line, caught):
    assert bool(MACHINE_PATH.search(line.encode())) is caught


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> dict[str, Any]:
    return json.loads(request.param.read_text(encoding="utf-8"))


@pytest.fixture
def code_cells(notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_notebook_has_one_parameters_cell(code_cells):
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code_cells) == 1


def test_notebook_names_the_kernel_everybody_has(notebook):
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_notebook_is_stripped(code_cells):
    assert [text(cell) for cell in code_cells if cell["outputs"] or cell["execution_count"] is not None] == []


def test_notebook_defines_nothing(code_cells):
    assert [text(cell) for cell in code_cells if re.search(r"\bdef ", text(cell))] == []


def test_notebook_cells_are_short(code_cells):
    assert [text(cell) for cell in code_cells if len(text(cell).splitlines()) > LONGEST_CELL] == []


PRIVATE_PHRASES = re.compile(
    r"stands twice|goes away while|takes nobody along|meets? whole|nobody vouches|held against|of ours\b|hangs on one"
    r"|[Cc]annot be told|bent to a target|[Mm]ove unlike|[Mm]ake room or give|is what Excel leaves|that there is not\b"
    r"|as it gets done|say that they are\b|[Ww]hoever reads|number that is none|nobody raised|Hold the project for"
)


def test_comments_and_messages_use_the_terms_of_the_trade():
    """GLOSSARY.md has the engineering terms to use instead."""
    files = [*MODULES, *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    texts = {relative(path): path.read_text(encoding="utf-8") for path in files if path.name != "GLOSSARY.md"}
    assert [(name, m.group()) for name, text in texts.items() for m in PRIVATE_PHRASES.finditer(text)] == []


PRIVATE_WORDS = re.compile(
    r"\b(?:nobody|anybody|somebody|whoever|beside|anew|(?<!`)told|reckon(?:s|ed)?|mend(?:s|ed)?|at hand|as it is"
    r"|laid down|where there (?:is|are) none|goes along|hangs? on|stands?(?! out)|to be had|of late|are others)\b"
)


def prose(path: Path) -> Iterator[str]:
    """The comments of a module, and its strings that are statements: docstrings, also those of fields."""
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def test_comments_and_docstrings_are_plain_english():
    found = [
        (relative(path), match.group())
        for path in MODULES
        for text in prose(path)
        for match in PRIVATE_WORDS.finditer(text)
    ]
    assert found == []


# Names that say nothing of what they hold: a row is `row`, a finding `finding`, a list of lines `lines`.
VAGUE = {"one", "told", "found", "listed", "known", "about", "held", "turn", "each", "whole"}


def local_names(path: Path) -> Iterator[tuple[str, int]]:
    """The variables and parameters of a module, each with its line; fields of classes are contracts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = {part.target for node in classes for part in node.body if isinstance(part, ast.AnnAssign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno


def test_variables_are_named_for_what_they_hold():
    named = [(relative(path), line, name) for path in MODULES for name, line in local_names(path) if name in VAGUE]
    assert named == []
