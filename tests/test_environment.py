"""`environment.yml` offers conda users what `pyproject.toml` asks for: the runtime, no development tools."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NOT_ON_CONDA_FORGE = {"diff-diff", "duckdb", "pypandoc-binary", "resvg-py"}
ONLY_FOR_CONDA = {"python", "pip"}  # the interpreter, and what installs the packages under `pip:`
PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def ranges(lines: list[str]) -> dict[str, SpecifierSet]:
    wanted = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one.specifier for one in wanted}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def listed() -> list[Any]:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


@pytest.fixture(scope="module")
def from_conda(listed) -> dict[str, SpecifierSet]:
    return ranges([line for line in listed if isinstance(line, str)])


@pytest.fixture(scope="module")
def from_pip(listed) -> list[str]:
    (section,) = (part["pip"] for part in listed if isinstance(part, dict))
    return section


def test_every_dependency_has_the_same_range(project, from_conda, from_pip):
    conda = {name: found for name, found in from_conda.items() if name not in ONLY_FOR_CONDA}
    pip = ranges([line for line in from_pip if not line.startswith("-e")])
    optional = project["optional-dependencies"]
    assert conda | pip == ranges([*project["dependencies"], *optional["lab"], *optional["word"]])
    assert not conda.keys() & pip.keys()


def test_python_has_the_same_range(project, from_conda):
    assert from_conda["python"] == SpecifierSet(project["requires-python"])


def test_pip_installs_only_what_conda_forge_lacks_and_evalkit(from_pip):
    assert "-e ." in from_pip
    assert set(ranges([line for line in from_pip if line != "-e ."])) == NOT_ON_CONDA_FORGE


def test_lock_pins_every_dependency_within_its_range(project):
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [(canonicalize_name(name), version) for name, version in PIN.findall(lock)]
    for name, asked in ranges(project["dependencies"] + project["optional-dependencies"]["dev"]).items():
        versions = [version for pinned, version in pins if pinned == name]
        assert versions, f"{name} is not in the lock: run `make lock`"
        assert all(asked.contains(version) for version in versions), f"{name}: run `make lock`"


def test_the_docs_say_of_every_dependency_why_it_is_there(project):
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    parts = text.split("\n## ")[1:]
    said = [dict(re.findall(r"^\| ([a-z][\w.-]*) \| (.+) \|$", part, re.MULTILINE)) for part in parts]
    extras = [line for name, lines in project["optional-dependencies"].items() for line in lines if name != "dev"]
    wanted = [project["dependencies"] + extras, project["optional-dependencies"]["dev"]]
    for found, asked in zip(said, wanted, strict=True):
        found.pop("package")
        assert {canonicalize_name(name) for name in found} == ranges(asked).keys()


#: What is used under another name than its own.
IMPORTED_AS = {
    "beautifulsoup4": "bs4",
    "markdown-it-py": "markdown_it",
    "odfpy": "odf",
    "pypandoc-binary": "pypandoc",
    "python-docx": "docx",
    "pyyaml": "yaml",
}
#: What is used without an import: as a command, by another package, or while the package is built.
NOT_IMPORTED = {
    "coverage": ("Makefile", "/coverage run"),
    "editables": ("pyproject.toml", "hatchling"),
    "hatchling": ("pyproject.toml", "build-backend"),
    "import-linter": ("Makefile", "lint-imports"),
    "jupyterlab": ("src/evalkit/commands/projects.py", '"-m", "jupyterlab"'),
    "mkdocs-material": ("docs/site/mkdocs.yml", "name: material"),
    "mkdocstrings": ("docs/site/mkdocs.yml", "- mkdocstrings:"),
    "mypy": ("Makefile", "/mypy"),
    "nbclient": ("src/evalkit/publishing/run/task.py", "timeout_func"),
    "nbstripout": ("Makefile", "/nbstripout"),
    "pandas-stubs": ("pyproject.toml", "tool.mypy"),
    "pre-commit": (".pre-commit-config.yaml", "hooks:"),
    "pytest-xdist": ("Makefile", "-n $(JOBS)"),
    "ruff": ("Makefile", "/ruff"),
    "types-openpyxl": ("pyproject.toml", "tool.mypy"),
    "types-pyyaml": ("pyproject.toml", "tool.mypy"),
    "types-seaborn": ("pyproject.toml", "tool.mypy"),
}


def imports(folders: tuple[str, ...]) -> set[str]:
    """The top-level packages that Python files below these folders import."""
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    asked = re.compile(r"^\s*(?:import|from) (\w+)|import_module\(\"(\w+)", re.MULTILINE)
    found = [name for path in files for names in asked.findall(path.read_text(encoding="utf-8")) for name in names]
    return set(found)


@pytest.mark.parametrize(("part", "folders"), [("dependencies", ("src",)), ("dev", ("src", "tests", "bench"))])
def test_every_dependency_is_in_use(project, part, folders):
    lines = project["dependencies"] if part == "dependencies" else project["optional-dependencies"]["dev"]
    used = imports(folders)
    for name in ranges(lines):
        if name in NOT_IMPORTED:
            file, sign = NOT_IMPORTED[name]
            assert sign in (ROOT / file).read_text(encoding="utf-8"), name
        else:
            assert IMPORTED_AS.get(name, name.replace("-", "_")) in used, name


def test_a_tag_of_this_commit_names_the_version(project):
    asked = ["git", "-c", "safe.directory=*", "tag", "--points-at", "HEAD"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert [tag for tag in done.stdout.split() if tag.startswith("v")] in ([], [f"v{project['version']}"])


def test_the_changelog_begins_with_the_version(project):
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(.+?)\]", changes, re.MULTILINE)[0] == project["version"]
