"""`evalkit publish`: a site that is whole and agrees with its assessment, copied to where readers will find it."""

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from evalkit.errors import InputError, Mistake
from evalkit.files.atomic import write_text
from evalkit.files.hashes import sha256
from evalkit.project.evaluation import Evaluation
from evalkit.publishing import preflight
from evalkit.publishing.run import manifests, site_contents
from evalkit.publishing.run.run_keys import Key
from evalkit.publishing.site import related

INDEX = "_index.json"  # a file of the working folder: the hash of each index file, and what it was made from
Keys = Mapping[str, Key]


def states(evaluation: Evaluation, keys: Keys) -> list[str]:
    """The state of every region and of the pages on all of them, and whatever else is not as the assessment says."""
    languages = evaluation.assessment.languages
    lines = [f"{region}: {manifests.state(evaluation, region, key, languages)}" for region, key in keys.items()]
    return lines + [f"{mistake.where}: {mistake.what}" for mistake in _around(evaluation)]


def differences(evaluation: Evaluation, keys: Keys) -> list[Mistake]:
    """Everything in which site/ is not what the assessment says."""
    site, languages = manifests.site_folder(evaluation), evaluation.assessment.languages
    again = f"Run it: evalkit run {evaluation.assessment.name}"
    mistakes = []
    for region, key in keys.items():
        state, left = manifests.state(evaluation, region, key, languages), manifests.read(evaluation, region)
        if state != manifests.FRESH:
            mistakes.append(Mistake(region, state, again))
            continue
        mistakes += [
            Mistake(path.relative_to(site).as_posix(), "is not as the run has made it", f"{again} --force")
            for name, path in manifests.files(evaluation, region, languages).items()
            if _hash(path) != left["hashes"].get(name)
        ]
    return mistakes + _around(evaluation)


def note_indexes(evaluation: Evaluation, assessments: Iterable[Evaluation]) -> None:
    """After a run has written them: keep the hash of each index file, and what it was made from."""
    hashes = {path.name: _hash(path) for path in site_contents.indexes(evaluation) if path.is_file()}
    text = json.dumps({"from": _rests_on(evaluation, assessments), "hashes": hashes}, indent=1)
    write_text(evaluation.reports / "work" / INDEX, text + "\n")


def publish(evaluation: Evaluation, keys: Keys, target: Path) -> int:
    """Copy site/ to a folder, whole or not at all; returns the number of files.

    Raises:
        InputError: where the site is not what the assessment says, or the folder holds something else.
    """
    site, target = manifests.site_folder(evaluation), target.expanduser().absolute()
    mistakes = differences(evaluation, keys) + _unfit(evaluation, target)
    if mistakes:
        raise InputError(mistakes)
    names = [path.relative_to(site).as_posix() for _, _, path in site_contents.all_files(evaluation)]
    names += [path.relative_to(site).as_posix() for path in site_contents.indexes(evaluation)]
    mark = secrets.token_hex(8)
    new, old = target.with_name(f".{target.name}.{mark}.new"), target.with_name(f".{target.name}.{mark}.old")
    before = _list_of(target).read_text(encoding="utf-8") if target.exists() and _list_of(target).is_file() else ""
    try:
        for name in names:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(site / name, new / name)
        listing = "".join(f"{_hash(new / name)}  {target.name}/{name}\n" for name in sorted(names))
        write_text(_list_of(target), listing + before)  # if killed before the end, it accounts for either
        if target.exists():
            target.rename(old)
        new.rename(target)
        write_text(_list_of(target), listing)
    finally:
        for folder in target.parent.iterdir():  # of a killed call too
            if re.fullmatch(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.(new|old)", folder.name):
                shutil.rmtree(folder, ignore_errors=True)
    return len(names)


def _around(evaluation: Evaluation) -> list[Mistake]:
    """Mistakes other than in regions: extra files, another audience, an index made from other inputs."""
    again = f"Run it: evalkit run {evaluation.assessment.name}"
    mistakes = []
    if not site_contents.is_for_its_readers(evaluation):
        what = "was made for other readers or under another rule of disclosure; the next run removes all of it"
        mistakes.append(Mistake("site/", what, again))
    message = "the assessment does not ask for it, or no run vouches for it; the next run removes it"
    mistakes += [Mistake(f"site/{name}", message, again) for name in site_contents.left_over(evaluation)]
    message = "is not of this assessment; runs leave it alone"
    mistakes += [Mistake(f"site/{name}", message, "Move it elsewhere.") for name in site_contents.foreign(evaluation)]
    if any(map(Path.is_file, site_contents.indexes(evaluation))) and not _indexes_fit(evaluation):
        mistakes.append(Mistake("site/index.html", "the index or results.csv does not fit the reports", again))
    return mistakes


def _indexes_fit(evaluation: Evaluation) -> bool:
    try:
        noted = json.loads((evaluation.reports / "work" / INDEX).read_bytes())
        hashes = noted["hashes"]
        made_from = noted["from"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False
    paths = site_contents.indexes(evaluation)
    now = _rests_on(evaluation, related.published(evaluation.root, evaluation.assessment.dataset))
    return bool(made_from == now) and all(_hash(path) == hashes.get(path.name) for path in paths)


def _rests_on(evaluation: Evaluation, assessments: Iterable[Evaluation]) -> str:
    """A hash of what an index is made from: the parameters, what was left of each region, what it may lead to."""
    left = [manifests.current(evaluation, region) for region in (*evaluation.regions, *preflight.WHOLE)]
    others = [other.assessment.name for other in related.others(evaluation, assessments)]
    return sha256(evaluation.key, *(sha256(json.dumps(summary, sort_keys=True)) for summary in left), *others)


def _unfit(evaluation: Evaluation, target: Path) -> list[Mistake]:
    """Why a site cannot be copied to a folder: it is a link or part of the project, or holds what others put there."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        return [Mistake(str(target), "is no folder", "Name a folder that is new, or published to before.")]
    place = target.resolve()
    if evaluation.reports.resolve() in (place, *place.parents) or place in evaluation.root.parents:
        return [Mistake(str(target), "is part of the reports, or holds the project", "Name a folder elsewhere.")]
    if place == evaluation.root:
        return [Mistake(str(target), "is the project", "Name a folder elsewhere.")]
    if not target.exists() or not any(target.iterdir()):
        return []
    files = _files_of(_list_of(target))
    others = [
        path.relative_to(target.parent).as_posix()
        for path in sorted(target.rglob("*"))
        if not path.is_dir() and path.relative_to(target.parent).as_posix() not in files
    ]
    if not others:
        return []
    what = f"holds files that `evalkit publish` did not put there: {site_contents.named(others)}"
    return [Mistake(str(target), what, "Name a new folder, or move them elsewhere.")]


def _list_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def _files_of(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return {line.partition("  ")[2] for line in lines}


def _hash(path: Path) -> str:
    """SHA-256 of a file; empty if it does not exist."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
