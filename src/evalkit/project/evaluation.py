"""A project folder, and one evaluation in it: an assessment with all its parameters."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from evalkit.errors import Collector, InputError, Mistake, as_text, nearest
from evalkit.files import run_cache, text_file
from evalkit.files.hashes import sha256
from evalkit.files.run_cache import Made
from evalkit.files.yaml_file import build, read
from evalkit.project import dataset, design_columns, indicators_file, narrative_file, region_file
from evalkit.project import frozen as freeze
from evalkit.project.frozen import Frozen
from evalkit.project.narrative_file import Narrative
from evalkit.project.params import Assessment, Design, Indicator, Model, Text
from evalkit.project.region_file import Region, Target


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One assessment, read and checked; if `region` is set, seen from that region.

    Attributes:
        root: the project folder.
        indicators: every indicator of the project, by id.
        units: units.csv of the dataset as in the file (not yet cut at the as-of date).
        members: members.csv: which unit belongs to which, in which role, from when to when.
        narratives: what the evaluator adds to a region's report, by region.
        regions: the units that get a report, in order.
        earlier: the assessment that `previous` names, as a whole; None if it names none.
        frozen: the stamps of `evalkit freeze`; None if it never ran.
        region: the unit of this report; empty for the assessment as a whole.
        common: the indicators by the names of indicators.yml, if pages call some by other names.
        what_if: the design parameters that differ from the registered ones, as text; empty if none does.
    """

    root: Path
    assessment: Assessment
    indicators: Mapping[str, Indicator]
    units: pd.DataFrame
    members: pd.DataFrame
    published: pd.DataFrame
    sources: pd.DataFrame
    targets_by_table: Mapping[str, list[Target]]
    region_files: Mapping[str, Region]
    narratives: Mapping[str, Narrative]
    regions: tuple[str, ...]
    earlier: "Evaluation | None" = None
    frozen: Frozen | None = None
    region: str = ""
    common: Mapping[str, Indicator] = field(default_factory=dict)
    what_if: str = ""

    def __repr__(self) -> str:
        mark = f", what if {self.what_if}: not the registered design" if self.what_if else ""
        return f"Evaluation({self.assessment.name}, {self.region or 'all regions'}{mark})"

    @property
    def details(self) -> Region:
        """The region's file; empty if the region has none."""
        return self.region_files.get(self.region) or Region.model_construct(region=self.region)

    @property
    def narrative(self) -> Narrative:
        """What the evaluator adds to this region's report."""
        return self.narratives.get(self.region) or Narrative()

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """The value in the run cache under this name, else the result of `make`; a what-if is never cached."""
        return make() if self.what_if else run_cache.once(name, self.root, self.assessment.name, make)

    def own_words(self, lang: str) -> str:
        """The evaluator's free text on this region (Markdown); empty if there is none."""
        path = self.root / narrative_file.FOLDER / self.assessment.name / f"{self.region}.{lang}.md"
        return text_file.read(path, self.show(path)) if path.is_file() else ""

    @cached_property
    def previous(self) -> "Evaluation | None":
        """The previous assessment of the same region; None if none is named or it did not cover the region."""
        earlier = self.earlier
        return of_region(earlier, self.region) if earlier and self.region in earlier.regions else None

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The region's targets: its file's, then targets.csv (`*`, then its own) for indicators the file omits."""
        own = self.details.targets
        overridden = {target.indicator for target in own}
        table = [*self.targets_by_table.get("*", []), *self.targets_by_table.get(self.region, [])]
        return (*own, *(target for target in table if target.indicator not in overridden))

    @cached_property
    def key(self) -> str:
        """SHA-256 of all parameters that this region's report depends on."""
        return self.key_with(_shared(self))

    def key_with(self, shared: str) -> str:
        """`key`, given the parameters that all regions share as text."""
        parts = [self.details, self.narrative]
        parts += [target for target in self.targets if target not in self.details.targets]
        words = [self.own_words(lang) for lang in self.assessment.languages]
        words += [self.previous.key] if self.previous else []
        words += [self.frozen.only(self.region).model_dump_json()] if self.frozen else []
        return sha256(self.region, shared, *(part.model_dump_json() for part in parts), *words)

    @property
    def reports(self) -> Path:
        """The output folder of this assessment."""
        return self.root / "reports" / self.assessment.name

    @property
    def panel_file(self) -> Path | None:
        """The dataset's panel file, Parquet before CSV; None if there is none."""
        folder = self.root / "data" / self.assessment.dataset
        return next((path for name in ("panel.parquet", "panel.csv") if (path := folder / name).is_file()), None)

    @property
    def was_requested(self) -> bool:
        """Whether the regions were asked for data or materials."""
        if self.assessment.requested is not None:
            return self.assessment.requested
        return self.assessment.collection is not None or self.panel_file is not None

    @property
    def is_desk_review(self) -> bool:
        """Whether everything comes from public sources: no region was asked for data, and there is no panel."""
        return not self.was_requested and self.panel_file is None

    @property
    def own_sources(self) -> tuple[str, ...]:
        """The sources that the region's file and published figures cite, those quoted at second hand left out."""
        own = self.published.loc[self.published["unit"] == self.region, "source"]
        cited = dict.fromkeys([*self.details.texts_under("source"), *own])
        return tuple(
            code for code in cited if code in self.sources.index and self.sources.at[code, "standing"] != "secondary"
        )

    def show(self, path: Path) -> str:
        """A path as messages print it: relative to the project."""
        return path.relative_to(self.root).as_posix()

    def name(self, unit: str, lang: str) -> str:
        """A unit's name in a language, else in the other language, else its code."""
        row = self.units.loc[unit]
        first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
        return str(row[first] or row[second] or unit)


def locate(project: Path | None = None) -> Path:
    """The project folder: given, else EVALKIT_PROJECT, else the nearest parent that contains params/.

    Raises:
        InputError: if no such folder exists.
    """
    given = project or (Path(os.environ["EVALKIT_PROJECT"]) if "EVALKIT_PROJECT" in os.environ else None)
    start = Path.cwd()
    candidates = [given] if given else [start, *start.parents]
    for folder in candidates:
        if (folder / "params").is_dir():
            return folder.resolve()
    raise InputError(
        [Mistake(str(given or start), "holds no folder params/", "Go to a project folder or use --project DIR.")]
    )


def assessments(root: Path) -> list[str]:
    """Names of all assessments of a project."""
    return sorted(path.stem for path in (root / "params/assessments").glob("*.yml"))


def load(
    assessment: str,
    region: str | None = None,
    project: Path | str | None = None,
    design: Mapping[str, object] | None = None,
) -> Evaluation:
    """Read an assessment with its indicators, dataset tables and region files.

    Args:
        assessment: name of a file in params/assessments/.
        region: a unit of the assessment; None for the assessment as a whole.
        project: the project folder, if it is not a parent of the working directory.
        design: other values for keys of `design`: a what-if, marked as not the registered design.

    Raises:
        InputError: with all mistakes, each with file, line and cure.

    Examples:
        >>> evaluation = ek.load("demo-final-2022", "demo-city-b", design={"transition": 2})
    """
    root = locate(Path(project) if project else None)
    evaluation = run_cache.once(run_cache.PARAMETERS, root, assessment, lambda: _load(root, assessment))
    evaluation = evaluation if region is None else of_region(evaluation, region)
    return with_design(evaluation, design) if design else evaluation


def with_design(evaluation: Evaluation, changes: Mapping[str, object]) -> Evaluation:
    """The same evaluation with other design parameters: a what-if, marked as not the registered design."""
    registered = evaluation.assessment.design
    content = registered.model_dump() | dict(changes)
    if isinstance(changes.get("comparison"), Mapping):
        content["comparison"] = registered.comparison.model_dump() | dict(content["comparison"])
    if (design := build(content, Design, "design")) == registered:
        return evaluation
    words = [evaluation.what_if, *(f"{name}={value!r}" for name, value in changes.items())]
    assessment = evaluation.assessment.model_copy(update={"design": design})
    changed = replace(evaluation, assessment=assessment, what_if=", ".join(filter(None, words)))
    if mistakes := design_columns.wrong(assessment, evaluation.units, evaluation.regions, "what if"):
        raise InputError(mistakes)
    return changed


def _load(root: Path, assessment: str) -> Evaluation:
    names = assessments(root)
    if assessment not in names:
        raise InputError(
            [Mistake("params/assessments", f"there is no assessment {assessment!r}", nearest(assessment, names))]
        )
    mistakes = Collector()
    indicators: dict[str, Indicator] = {}
    with mistakes():
        indicators = indicators_file.read(root)
    file = f"params/assessments/{assessment}.yml"
    with mistakes():
        read_assessment = read(root / file, Assessment, file, name=assessment)
    mistakes.check()
    evaluation = _with_data(root, read_assessment, indicators, file, mistakes)
    with mistakes():
        evaluation = replace(evaluation, earlier=_earlier(root, read_assessment, file))
    with mistakes():
        evaluation = replace(evaluation, frozen=freeze.of(root, assessment))
    for name in evaluation.narratives if not mistakes.mistakes else ():
        mistakes.mistakes += _dangling(of_region(evaluation, name))
    mistakes.check()
    return evaluation


def of_region(evaluation: Evaluation, region: str) -> Evaluation:
    """The same evaluation seen from one of its regions; an unknown region is an InputError."""
    if region not in evaluation.regions:
        where = f"assessment {evaluation.assessment.name}"
        cure = nearest(region, evaluation.regions) if isinstance(region, str) else as_text(region, evaluation.regions)
        raise InputError([Mistake(where, f"has no region {region!r}", cure)])
    details = evaluation.region_files.get(region)
    return _renamed(replace(evaluation, region=region), details.names if details else {})


def _renamed(evaluation: Evaluation, names: Mapping[str, Text]) -> Evaluation:
    """The same evaluation with indicators called as a region, or the assessment, calls them."""
    common = evaluation.common or evaluation.indicators
    own = {code: common[code].model_copy(update={"name": name}) for code, name in names.items() if code in common}
    return replace(evaluation, indicators=indicators_file.Indicators({**common, **own}), common=common)


def keys(evaluation: Evaluation, regions: Iterable[str]) -> dict[str, str]:
    """`Evaluation.key` of several regions."""
    shared = _shared(evaluation)
    return {region: of_region(evaluation, region).key_with(shared) for region in regions}


def _shared(evaluation: Evaluation) -> str:
    """The parameters that all regions share, as text."""
    common = evaluation.common or evaluation.indicators
    parts = [evaluation.assessment, *(indicator for _, indicator in sorted(common.items()))]
    return "\n".join(part.model_dump_json() for part in parts)


def _earlier(root: Path, later: Assessment, file: str) -> Evaluation | None:
    """The assessment that `previous` names. Its date must be earlier, so that chains of assessments have no cycle."""
    name, names = later.previous, assessments(root)
    if name is None:
        return None
    if name not in names:
        raise InputError([Mistake(f"{file}, previous", f"there is no assessment {name!r}", nearest(name, names))])
    shown = f"params/assessments/{name}.yml"
    date = read(root / shown, Assessment, shown, name=name).as_of
    if date is None or (later.as_of is not None and date >= later.as_of):
        what = f"{name!r} has no earlier `as_of` than this assessment"
        raise InputError(
            [Mistake(f"{file}, previous", what, f"Name an earlier assessment, or correct `as_of` in {shown}.")]
        )
    earlier = load(name, project=root)
    # Figures of the previous assessment must not disclose what this one hides.
    rule = later.disclosure or earlier.assessment.disclosure
    return replace(earlier, assessment=earlier.assessment.model_copy(update={"disclosure": rule}))


def _with_data(
    root: Path, assessment: Assessment, indicators: dict[str, Indicator], file: str, mistakes: Collector
) -> Evaluation:
    folder, shown = root / "data" / assessment.dataset, f"data/{assessment.dataset}"
    if not folder.is_dir():
        names = [path.name for path in (root / "data").glob("*/")]
        raise InputError(
            [Mistake(f"{file}, dataset", f"there is no folder {shown}", nearest(assessment.dataset, names, "Make it."))]
        )
    units = members = published = sources = pd.DataFrame()
    by_table: dict[str, list[Target]] = {}
    with mistakes():
        units = dataset.units(folder, shown)
    with mistakes():
        published = dataset.published(folder, shown)
    with mistakes():
        members = dataset.members(folder, shown, units.index)
    with mistakes():
        sources = dataset.sources(folder, shown)
    with mistakes():
        by_table = dataset.targets(folder, shown)
    mistakes.check()
    regions: tuple[str, ...] = ()
    with mistakes():
        regions = dataset.regions(assessment, units, file)
    files = region_file.read_all(root, regions, mistakes)
    narratives = narrative_file.read_all(root, assessment.name, regions, mistakes)
    evaluation = Evaluation(
        root, assessment, indicators, units, members, published, sources, by_table, files, narratives, regions
    )
    mistakes.mistakes.extend(_unknown_names(evaluation, file))
    mistakes.mistakes.extend(narrative_file.not_final(assessment, regions, narratives, file))
    return _renamed(evaluation, assessment.names)


def _dangling(evaluation: Evaluation) -> list[Mistake]:
    """References in a region's narrative to problems or targets that neither this nor an earlier assessment has."""
    problems: list[str] = []
    assessed: Evaluation | None = evaluation
    while assessed:
        problems += [problem.id for problem in assessed.narrative.problems]
        assessed = assessed.previous
    targets = [name for target in evaluation.targets for name in (target.id, target.indicator) if name]
    where = narrative_file.shown(evaluation.assessment.name, evaluation.region)
    return narrative_file.dangling(evaluation.narrative, problems, targets, where)


def _unknown_names(evaluation: Evaluation, file: str) -> list[Mistake]:
    """References to unknown indicators, units or sources, and what is wrong with the columns that the design names."""
    wanted = [(f"{file}, indicators", name) for name in evaluation.assessment.needed]
    wanted += [(f"{file}, citizens", name) for name in evaluation.assessment.citizens]
    wanted += [(f"{file}, names", name) for name in evaluation.assessment.names]
    own = {f"params/regions/{name}.yml": part for name, part in evaluation.region_files.items()}
    files: dict[str, Model] = {**own}
    assessment = evaluation.assessment.name
    files |= {narrative_file.shown(assessment, name): part for name, part in evaluation.narratives.items()}
    wanted += [
        (where, name)
        for where, part in files.items()
        for field in ("indicator", "step")
        for name in part.texts_under(field)
    ]
    wanted += [(where, name) for where, part in own.items() for name in part.names]
    rules = [(name, indicator.from_members) for name, indicator in evaluation.indicators.items()]
    parts = [(name, part) for name, rule in rules if rule for part in (rule.numerator, rule.denominator) if part]
    wanted += [(f"{indicators_file.FILE}, {name}, from_members", part) for name, part in parts]
    data = f"data/{evaluation.assessment.dataset}"
    wanted += [(f"{data}/published.csv", name) for name in evaluation.published["indicator"].unique()]
    targets = [target for of_table in evaluation.targets_by_table.values() for target in of_table]
    wanted += [(f"{data}/targets.csv", target.indicator) for target in targets]
    mistakes = [
        Mistake(where, f"the indicator `{name}` is not in {indicators_file.FILE}", nearest(name, evaluation.indicators))
        for where, name in dict.fromkeys(wanted)
        if name not in evaluation.indicators
    ]
    units = evaluation.units.index
    mistakes += [
        Mistake(f"{data}/targets.csv", f"the unit {name!r} is not in units.csv", nearest(name, units))
        for name in evaluation.targets_by_table
        if name != "*" and name not in units
    ]
    mistakes += [
        Mistake(where, f"the source {name!r} is not in {data}/sources.csv", nearest(name, evaluation.sources.index))
        for where, part in files.items()
        for name in dict.fromkeys(part.texts_under("source"))
        if name not in evaluation.sources.index and not evaluation.sources.empty
    ]
    mistakes += dataset.unknown_units(evaluation.published, units, f"{data}/published.csv")
    return mistakes + design_columns.wrong(evaluation.assessment, evaluation.units, evaluation.regions, file)
