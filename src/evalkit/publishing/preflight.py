"""Checks of data, notebooks and template before a kernel starts."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from evalkit.analysis.programme.samples import LEAST_TREATED
from evalkit.errors import Collector, InputError, Mistake, nearest, one_line
from evalkit.panel.observations import read, units_as_of
from evalkit.project import published_answers, suite
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import not_a_file_name

# Used instead of a region's name, for pages about the whole assessment.
PROGRAMME, QUALITY, METHODS = "_programme", "_quality", "_methods"
PAGES = {"region_report": "report", "programme_report": "programme"}  # of a notebook whose page is called otherwise
OWN_FOLDERS = ("downloads",)  # of a site
TEMPLATE = "params/reference.docx"  # optional style template of Word documents
WHOLE = {PROGRAMME: ("programme_report",), QUALITY: ("data_quality",), METHODS: ("method_check",)}


def check(evaluation: Evaluation) -> None:
    """Check data and notebooks; parameters were checked when they were loaded.

    Raises:
        InputError: with all mistakes.
    """
    mistakes = Collector()
    mistakes.mistakes += _bad_names(evaluation)
    for read_from in (evaluation, evaluation.earlier):
        with mistakes():
            if read_from is not None:
                read(read_from)
    with mistakes():
        published_answers.read(evaluation)
    for name in (*evaluation.assessment.notebooks, *(name for page in whole(evaluation) for name in WHOLE[page])):
        with mistakes():
            notebook_path(evaluation.root, name)
    mistakes.mistakes += _documents(evaluation)
    mistakes.check()


def _bad_names(evaluation: Evaluation) -> list[Mistake]:
    """Regions and notebooks that cannot be a folder and a page of the site, or not two of them."""
    units = f"data/{evaluation.assessment.dataset}/units.csv"
    mistakes = [
        Mistake(units, f"the unit {region!r} cannot be the folder of a report: {reason}", "Give it another id.")
        for region in evaluation.regions
        if (reason := not_a_file_name(region) or ("the site has its own" if region.lower() in OWN_FOLDERS else ""))
    ]
    mistakes += [
        Mistake(units, f"the units {names} are one folder on Windows and macOS", "Give one of them another id.")
        for names in _twins(evaluation)
    ]
    pages = Counter(PAGES.get(name, name).casefold() for name in evaluation.assessment.notebooks)
    where = f"params/assessments/{evaluation.assessment.name}.yml, notebooks"
    return mistakes + [
        Mistake(where, f"two notebooks would be the page {name!r}", "Leave one of them out, or rename it.")
        for name, count in pages.items()
        if count > 1
    ]


def _twins(evaluation: Evaluation) -> list[str]:
    """Regions whose names differ in nothing that every disk can tell apart."""
    alike: dict[str, list[str]] = {}
    for region in evaluation.regions:
        alike.setdefault(unicodedata.normalize("NFC", region).casefold(), []).append(region)
    return [" and ".join(map(repr, names)) for names in alike.values() if len(names) > 1]


def refuse_links(evaluation: Evaluation) -> None:
    """Stop where a folder of the reports is a link: what is written there would go somewhere else.

    Raises:
        InputError: with every such folder.
    """
    reports = evaluation.reports
    links = [folder for folder in (reports.parent, reports, reports / "site", reports / "work") if folder.is_symlink()]
    if links:
        cure = "Remove the link; to keep reports on another disk, put the whole project there."
        raise InputError(Mistake(evaluation.show(link), "is a link", cure) for link in links)


def without_word(where: str) -> list[Mistake]:
    """That Word documents cannot be made, where their extra is not installed."""
    cure = (
        "Install it from the folder of evalkit: pip install '.[word]'; or make no Word documents (`downloads: [xlsx]`)."
    )
    lacks = any(find_spec(name) is None for name in ("pypandoc", "docx", "resvg_py"))
    return [Mistake(where, "Word documents need the extra `word`", cure)] if lacks else []


def _documents(evaluation: Evaluation) -> list[Mistake]:
    """What rules out the Word documents that an assessment asks for."""
    assessment = evaluation.assessment
    if "docx" not in assessment.downloads or "region_report" not in assessment.notebooks:
        return []
    return without_word(f"params/assessments/{assessment.name}.yml, downloads") or _template(evaluation.root)


def _template(root: Path) -> list[Mistake]:
    """Mistakes in the project's own template of Word documents."""
    if not (root / TEMPLATE).is_file():
        return []
    import docx  # slow to load and rarely needed
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        made = docx.Document(str(root / TEMPLATE))
    except Exception as error:  # python-docx passes on any exception of the ZIP or XML parser
        what = f"is not readable as a Word document ({one_line(error)})"
        return [Mistake(TEMPLATE, what, "Save it from Word as .docx, or leave the file out.")]
    links = [link for part in made.part.package.iter_parts() for link in part.rels.values() if link.is_external]
    outside = sorted({link.target_ref for link in links if link.reltype != RELATIONSHIP_TYPE.HYPERLINK})
    return [Mistake(TEMPLATE, f"would load {link}", "Put the picture into the file.") for link in outside]


def whole(evaluation: Evaluation) -> list[str]:
    """Pages made once per assessment: the programme; with a panel, data quality and the reliability of methods."""
    wanted = [PROGRAMME] if has_programme(evaluation) else []
    return [*wanted, QUALITY, METHODS] if evaluation.panel_file else wanted


def to_make(evaluation: Evaluation, regions: Sequence[str] = ()) -> list[str]:
    """What a run makes: the named regions or all, and pages about the whole assessment.

    A run of named regions makes only the reliability page of these, since every report links to it.
    """
    return [*(regions or evaluation.regions), *(page for page in whole(evaluation) if page == METHODS or not regions)]


def has_programme(evaluation: Evaluation) -> bool:
    """Whether the assessment has a programme page: as configured, else if enough units are treated and data exist."""
    wanted = evaluation.assessment.programme
    if wanted is not None:
        return wanted
    treated = int((units_as_of(evaluation)["adoption"] != "").sum())
    return evaluation.panel_file is not None and treated >= LEAST_TREATED


def notebooks_of(evaluation: Evaluation, region: str) -> tuple[str, ...]:
    """The notebooks of a region's pages, or of a page about the whole assessment."""
    return WHOLE.get(region, evaluation.assessment.notebooks)


def is_own(name: str) -> bool:
    """Whether a notebook is the project's own: the suite has none of its name."""
    return name not in suite.notebooks()


def changed_notebooks(evaluation: Evaluation) -> list[str]:
    """The project's copies of notebooks of the suite that have other cells: a run uses the project's."""
    copies = [evaluation.root / f"notebooks/{name}.ipynb" for name in suite.notebooks()]
    return [evaluation.show(path) for path in copies if path.is_file() and suite.differs(path)]


def notebook_path(root: Path, name: str) -> Path:
    """The path of a notebook: the project's own, else the built-in one.

    Raises:
        InputError: where neither has it, or the name leads out of the folder: nothing else is ever run.
    """
    folders = (root / "notebooks", *suite.FOLDERS)
    for folder in folders:
        path = folder / f"{name}.ipynb"
        if path.is_file():
            if path.resolve().parent != folder.resolve():
                what = f"{name!r} is not a file in this folder but leads elsewhere"
                raise InputError([Mistake("notebooks", what, "Copy the notebook into notebooks/, and name it alone.")])
            return path
    names = [path.stem for folder in folders for path in folder.glob("*.ipynb")]
    raise InputError([Mistake("notebooks", f"there is no notebook {name!r}", nearest(name, names))])


def known_regions(evaluation: Evaluation, regions: list[str]) -> list[str]:
    """The regions that a user names.

    Raises:
        InputError: for every one that the assessment does not have.
    """
    unknown = [name for name in regions if name not in evaluation.regions]
    if unknown:
        where = f"assessment {evaluation.assessment.name}"
        raise InputError(
            Mistake(where, f"has no region {name!r}", nearest(name, evaluation.regions)) for name in unknown
        )
    return regions


def known_languages(evaluation: Evaluation, lang: list[str]) -> list[str]:
    """The languages that a user names; all of the assessment where none is named.

    Raises:
        InputError: for every one that the assessment does not have.
    """
    languages = evaluation.assessment.languages
    unknown = [name for name in lang if name not in languages]
    if unknown:
        raise InputError(
            Mistake("--lang", f"{name!r} is not a language of this assessment", nearest(name, languages))
            for name in unknown
        )
    return lang or list(languages)
