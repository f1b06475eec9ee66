"""`environment.yml` offers conda users what `pyproject.toml` asks for: the runtime, no development tools."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NOT_ON_CONDA_FORGE = {"diff-diff", "pypandoc-binary", "resvg-py", "zhplot"}
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
    assert conda | pip == ranges(project["dependencies"])
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
