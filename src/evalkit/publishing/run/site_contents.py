"""site/ holds what the assessment asks for, made from the parameters of now, and nothing else."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalkit.errors import InputError, Mistake
from evalkit.files.atomic import write_text
from evalkit.project import last_run
from evalkit.project.evaluation import Evaluation
from evalkit.publishing import preflight
from evalkit.publishing.downloads import file_names
from evalkit.publishing.preflight import WHOLE
from evalkit.publishing.run import manifests, shared_parameters

MADE_FOR = "_audience"  # a file of the working folder: who may read the site, and under which rule of disclosure
OWN_KINDS = (".html", ".csv", ".xlsx", ".docx")  # what runs write into site/
LOG = "log.txt"  # of a region's working folder, kept when the rest of it may no longer be there
NAMED = 8  # files or regions that a message lists


def remove_links(folder: Path) -> None:
    """Remove every link below a folder, so that nothing that a run writes there can end up elsewhere."""
    for path in _below(folder):
        if path.is_symlink():
            path.unlink()


def withdraw(evaluation: Evaluation) -> int:
    """Remove what was made for other readers, or under another rule of disclosure, before anything new is made.

    Returns:
        How many files left site/.
    """
    file, site = evaluation.reports / "work" / MADE_FOR, manifests.site_folder(evaluation)
    removed = 0
    if not is_for_its_readers(evaluation):
        removed = sum(path.is_file() for path in _below(site))
        if site.is_dir():
            shutil.rmtree(site)
        (evaluation.reports / manifests.ROWS).unlink(missing_ok=True)
        for path in _below(evaluation.reports / "work"):
            if path.name == last_run.FILE:
                last_run.empty(path, evaluation.assessment.hides)
            elif path.is_file() and path.name != LOG:
                path.unlink()
    write_text(file, f"{shared_parameters.readers(evaluation)}\n")
    return removed


def is_for_its_readers(evaluation: Evaluation) -> bool:
    """Whether what was made before was made for the same audience under the same rule of disclosure."""
    file = evaluation.reports / "work" / MADE_FOR
    before = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else "public"
    has_site = manifests.site_folder(evaluation).is_dir()
    return before == shared_parameters.readers(evaluation) or not (has_site or file.is_file())


def left_over(evaluation: Evaluation) -> list[str]:
    """Files in site/ that the assessment no longer asks for, or that no run vouches for."""
    return [name for name in _unexpected(evaluation) if name.endswith(OWN_KINDS)]


def foreign(evaluation: Evaluation) -> list[str]:
    """Files in site/ of a kind that no run makes: they are left alone."""
    return [name for name in _unexpected(evaluation) if not name.endswith(OWN_KINDS)]


def tidy(evaluation: Evaluation) -> list[str]:
    """Remove what is left over, and folders that are empty then; returns what was removed."""
    site, removed = manifests.site_folder(evaluation), left_over(evaluation)
    for name in removed:
        (site / name).unlink()
    for folder, _, _ in os.walk(site, topdown=False):
        if Path(folder) != site and next(Path(folder).iterdir(), None) is None:
            Path(folder).rmdir()
    return removed


def all_files(evaluation: Evaluation) -> Iterator[tuple[str, str, Path]]:
    """Region, name and place of every page and download that the assessment asks for."""
    for region in (*evaluation.regions, *preflight.whole(evaluation)):
        for name, path in manifests.files(evaluation, region, evaluation.assessment.languages).items():
            yield region, name, path


def indexes(evaluation: Evaluation) -> list[Path]:
    """The files that every run rewrites: the index in each language, results.csv."""
    site = manifests.site_folder(evaluation)
    names = ["index.html", *(f"index.{lang}.html" for lang in evaluation.assessment.languages)]
    return [*(site / name for name in names), site / file_names.FOLDER / manifests.ROWS]


def outdated(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Region and name of every file in site/ that was made from other shared parameters than those of now."""
    regions = (*evaluation.regions, *preflight.whole(evaluation))
    left = {region: manifests.read(evaluation, region) for region in regions}
    return [
        (region, name)
        for region, name, path in all_files(evaluation)
        if left[region] and path.is_file() and not manifests.fits(evaluation, region, left[region], name)
    ]


def with_whole(evaluation: Evaluation, chosen: Sequence[str]) -> list[str]:
    """What is to be made, and the pages on the whole assessment that would not agree with it."""
    more = [region for region, _ in outdated(evaluation) if region in WHOLE]
    return list(dict.fromkeys([*chosen, *more]))


def refuse_mixture(evaluation: Evaluation, chosen: Sequence[str], languages: Sequence[str]) -> None:
    """Stop where only some pages would be made, and others stay that were made from other parameters.

    Raises:
        InputError: with the parameters that have changed, and the regions whose pages would stay.
    """
    if not is_for_its_readers(evaluation):
        return  # they leave
    ends = tuple(f".{lang}{kind}" for lang in languages for kind in (".html", ".docx"))
    stay = [
        region
        for region, name in outdated(evaluation)
        if region not in chosen or not (name.endswith(ends) or name.endswith(".xlsx"))
    ]
    if not stay:
        return
    parts = sorted({part for region in stay for part in _changed(evaluation, region)}) or ["parameters"]
    what = f"`{'`, `'.join(parts)}` changed since the other reports were made, so they would not fit: {named(stay)}"
    where = f"params/assessments/{evaluation.assessment.name}.yml"
    cure = "Run it without naming regions or languages and without --retry-failed: that makes all of them again."
    raise InputError([Mistake(where, what, cure)])


def lines(evaluation: Evaluation, removed: Sequence[str], withdrawn: int) -> list[str]:
    """In words: what a run has taken out of site/, and what is there that no run makes."""
    sentences = []
    if withdrawn:
        sentences.append(
            f"{withdrawn} files were removed from site/ first: they were made for other readers or under another rule "
            "of disclosure. Regions that were not made now are missing until they are run."
        )
    if removed:
        why = "the assessment does not ask for it, or no run vouches for it"
        sentences.append(f"Removed from site/, as {why}: {named(removed)}")
    if others := foreign(evaluation):
        sentences.append(f"In site/, but not of this assessment, and left there: {named(others)}")
    return sentences


def named(names: Sequence[str]) -> str:
    """Names in a line, each once; of many the first and how many more."""
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _changed(evaluation: Evaluation, region: str) -> list[str]:
    return shared_parameters.changed(manifests.read(evaluation, region)["shared"], evaluation, region)


def _unexpected(evaluation: Evaluation) -> list[str]:
    site = manifests.site_folder(evaluation)
    regions = (*evaluation.regions, *preflight.whole(evaluation))
    vouched = {region: manifests.made(manifests.read(evaluation, region)) for region in regions}
    expected = {path for region, name, path in all_files(evaluation) if name in vouched[region]}
    expected |= set(indexes(evaluation))
    return sorted(
        path.relative_to(site).as_posix()
        for path in _below(site)
        if path not in expected and (path.is_symlink() or not path.is_dir())
    )


def _below(folder: Path) -> Iterator[Path]:
    """Everything below a folder, links as links."""
    for parent, folders, names in os.walk(folder):
        yield from (Path(parent) / name for name in (*folders, *names))
