"""What a run leaves of each region for the next one: which files it made, from what, and whether they still fit."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from evalkit.files.atomic import write_text
from evalkit.files.hashes import sha256
from evalkit.project import last_run
from evalkit.project.evaluation import Evaluation
from evalkit.publishing.downloads import file_names
from evalkit.publishing.preflight import notebooks_of
from evalkit.publishing.run import shared_parameters
from evalkit.publishing.run.page_task import Task
from evalkit.publishing.run.run_keys import PARTS, Key

FILE = "manifest.json"
ROWS = "results.csv"
NEEDED = {"pages", "downloads", "shared", "frames", "hashes", "key", "failed", "results", "summary"}
SEAL = "seal"  # a hash of everything else: a changed or truncated manifest counts as missing
FRESH = "up to date"


def site_folder(evaluation: Evaluation) -> Path:
    """Where the published pages of an assessment are."""
    return evaluation.reports / "site"


def work_folder(evaluation: Evaluation, region: str) -> Path:
    """The region's working folder."""
    return last_run.folder(evaluation.root, evaluation.assessment.name, region)


def read(evaluation: Evaluation, region: str) -> dict[str, Any]:
    """What the last run left for a region; empty where there was none, or where the file was damaged."""
    path = work_folder(evaluation, region) / FILE
    try:
        status = path.stat()
    except OSError:
        return {}
    return dict(_read(path, status.st_ino, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=8192)
def _read(path: Path, *version: int) -> Mapping[str, Any]:
    try:
        left = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(left, dict) or not left.keys() >= NEEDED or left.pop(SEAL, "") != _seal(left):
        return {}
    return left


def current(evaluation: Evaluation, region: str) -> dict[str, Any]:
    """The same, unless the region's last run had other shared parameters."""
    left = read(evaluation, region)
    return left if left and not shared_parameters.changed(left["shared"], evaluation, region) else {}


def write(evaluation: Evaluation, region: str, left: Mapping[str, Any]) -> None:
    """Leave it for the next run."""
    text = json.dumps({**left, SEAL: _seal(left)}, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(work_folder(evaluation, region) / FILE, text + "\n")


def _seal(left: Mapping[str, Any]) -> str:
    return sha256(json.dumps(left, ensure_ascii=False, sort_keys=True))


def files(evaluation: Evaluation, region: str, languages: Iterable[str]) -> dict[str, Path]:
    """Every page and download of a region by its name, with its place in site/."""
    languages = tuple(languages)
    pages = [
        Task(evaluation.root, evaluation.assessment.name, region, notebook, lang)
        for notebook in notebooks_of(evaluation, region)
        for lang in languages
    ]
    folder = site_folder(evaluation) / file_names.FOLDER
    downloads = {name: folder / name for name in file_names.names(evaluation, region, languages)}
    return {**{task.page: task.published / task.page for task in pages}, **downloads}


def made(left: Mapping[str, Any]) -> dict[str, str]:
    """The key of what each page and download was made from."""
    return {**left["pages"], **left["downloads"]} if left else {}


def fits(evaluation: Evaluation, region: str, left: Mapping[str, Any], name: str) -> bool:
    """Whether a file was made by a run, and from the shared parameters of now."""
    return bool(left) and left["frames"].get(name) == shared_parameters.digest(evaluation, region)


def state(evaluation: Evaluation, region: str, key: Key, languages: Sequence[str]) -> str:
    """One of: up to date, stale (and why), failed (with the reason), missing."""
    left = read(evaluation, region)
    if not left:
        return "missing"
    if left["failed"]:
        return f"failed: {left['failed']}"
    path = work_folder(evaluation, region) / ROWS
    rows_are_whole = path.is_file() and sha256(path.read_bytes()) == left["results"]
    keys = made(left)
    wanted = files(evaluation, region, languages)
    if rows_are_whole and all(keys.get(name) == key.whole and path.is_file() for name, path in wanted.items()):
        return FRESH
    if changed := [part for part in PARTS if left["key"].get(part) != getattr(key, part)]:
        return f"stale: {', '.join(changed)} changed"
    if not rows_are_whole:
        return "stale: its rows of results.csv are missing or damaged"
    return "stale: a page or a download is missing"
