"""Checks of data, notebooks and template before a kernel starts."""

from collections.abc import Sequence
from pathlib import Path

from evalkit.analysis.programme.cohorts import LEAST_TREATED
from evalkit.errors import Collector, InputError, Mistake, nearest, one_line
from evalkit.panel.observations import read, units_as_of
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import is_file_name

# Used instead of a region's name, for pages about the whole assessment.
PROGRAMME, QUALITY, METHODS = "_programme", "_quality", "_methods"
#: The built-in notebooks: in an installed package, and in a working copy.
OWN = (Path(__file__).parents[1] / "notebooks", Path(__file__).parents[3] / "notebooks")
TEMPLATE = "params/reference.docx"  # optional style template of Word documents
WHOLE = {PROGRAMME: ("programme_report",), QUALITY: ("data_quality",), METHODS: ("method_check",)}


def check(evaluation: Evaluation) -> None:
    """Check data and notebooks; parameters were checked when they were loaded.

    Raises:
        InputError: with all mistakes.
    """
    mistakes = Collector()
    mistakes.mistakes += [
        Mistake(
            f"data/{evaluation.assessment.dataset}/units.csv",
            f"the unit {region!r} is not a valid folder name",
            "Use letters, digits and hyphens.",
        )
        for region in evaluation.regions
        if not is_file_name(region)
    ]
    for one in (evaluation, evaluation.earlier):
        with mistakes():
            if one is not None:
                read(one)
    for name in (*evaluation.assessment.notebooks, *(name for one in whole(evaluation) for name in WHOLE[one])):
        with mistakes():
            notebook_path(evaluation.root, name)
    mistakes.mistakes += _template(evaluation.root)
    mistakes.check()


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
    return [*(regions or evaluation.regions), *(one for one in whole(evaluation) if one == METHODS or not regions)]


def has_programme(evaluation: Evaluation) -> bool:
    """Whether the assessment has a programme page: as configured, else if enough units are treated and data exist."""
    wanted = evaluation.assessment.programme
    if wanted is not None:
        return wanted
    treated = int((units_as_of(evaluation)["adoption"] != "").sum())
    return evaluation.panel_file is not None and treated >= LEAST_TREATED


def notebook_path(root: Path, name: str) -> Path:
    """The path of a notebook: the project's own, else the built-in one.

    Raises:
        InputError: if neither exists.
    """
    folders = (root / "notebooks", *OWN)
    for folder in folders:
        if (folder / f"{name}.ipynb").is_file():
            return folder / f"{name}.ipynb"
    known = [path.stem for folder in folders for path in folder.glob("*.ipynb")]
    raise InputError([Mistake("notebooks", f"there is no notebook {name!r}", nearest(name, known))])
