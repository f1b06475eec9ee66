"""What `evalkit new` writes: commented params files, a table of units and a mapping; from a workbook if given."""

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from string import Template

from evalkit import periods
from evalkit.errors import InputError, Mistake
from evalkit.files.yaml_file import comment, quoted
from evalkit.ingest.mapping import FOLDER
from evalkit.project import dataset, indicators_file, suite
from evalkit.project.evaluation import locate
from evalkit.project.params import RAW, Indicator
from evalkit.scaffold import draft_mapping, guess_names, preview, read_samples, schemas
from evalkit.scaffold.choose_layout import OPEN
from evalkit.scaffold.guess_names import FirstIndicator, FirstUnit

NO_UNIT = FirstUnit("my-region", OPEN, OPEN, adoption=OPEN)
NO_INDICATOR = FirstIndicator("my_indicator", OPEN, "", False)
#: So many indicators of a workbook are proposed as primary ones; the others are exploratory.
PRIMARY = 2


@dataclass(frozen=True, slots=True)
class Start:
    """What `evalkit new` would write.

    Attributes:
        files: the text of each new file, by its path in the project.
        copies: workbooks as received, by the path of their copy in the project.
        kept: files that serve this assessment as well, are there already, and stay as they are.
        unknown: names in the workbook of indicators that the kept params/indicators.yml does not know.
        preview: what the drafted mapping makes of the workbook, for people.
    """

    files: Mapping[str, str]
    copies: Mapping[str, Path]
    kept: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    preview: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    """The content of the new files before any question is answered."""

    name: str
    units: Sequence[FirstUnit]
    indicators: Sequence[str]
    new: Sequence[FirstIndicator]
    mapping: str = ""
    as_of: str = ""
    workbook: str = ""
    preview: tuple[str, ...] = ()

    @property
    def regions(self) -> list[FirstUnit]:
        """The regions that get a report: all with a start date in the workbook, else the first region."""
        return [unit for unit in self.units if unit.adoption not in ("", OPEN)] or list(self.units[:1])

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the pages: English if the workbook has no Chinese name, else both."""
        names = [text for unit in self.units for text in (unit.name, unit.other)]
        names += [indicator.name for indicator in self.new]
        is_english = self.workbook and all(guess_names.in_language(name)[0] == "en" for name in names)
        return ("en",) if is_english else ("zh", "en")

    def fill(self, file: str) -> str:
        """One of the commented files, filled in."""
        text = resources.files("evalkit.scaffold").joinpath("skeleton", file).read_text(encoding="utf-8")
        return Template(text).substitute(
            name=self.name,
            as_of=self.as_of,
            region=self.regions[0].id,
            regions=", ".join(unit.id for unit in self.regions),
            indicator=self.indicators[0],
            alias=quoted(self.new[0].name if self.new else self.indicators[0]),
            primary=", ".join(self.indicators[:PRIMARY]),
            exploratory=", ".join(self.indicators[PRIMARY:]),
            languages=", ".join(self.languages),
        )


def folder(project: Path | None) -> Path:
    """Where to write: the folder given, else the project around the working directory, else the directory itself."""
    if project is not None:
        return project.resolve()
    try:
        return locate()
    except InputError:
        return Path.cwd()


def plan(root: Path, name: str, workbook: Path | None = None) -> Start:
    """The files of a new assessment; nothing is written yet.

    Args:
        root: the project folder; it may be empty, or not there yet.
        name: of the assessment, its dataset and its mapping.
        workbook: a sample, from which units, indicators and periods are read.

    Raises:
        InputError: the name cannot be one, the workbook cannot be read, or files to be written are there already.
    """
    if not guess_names.ID.fullmatch(name):
        raise InputError([Mistake("evalkit new", f"{name!r} cannot be a name", "Use letters, digits and hyphens.")])
    indicators = indicators_file.read(root) if (root / indicators_file.FILE).is_file() else {}
    content = _of_workbook(root, name, workbook, indicators) if workbook else _to_fill_in(name, indicators)
    copies = {f"{RAW}/{name}/{workbook.name}": workbook} if workbook else {}
    own, shared = dict(_own(content)), dict(_shared(content))
    _refuse_existing(root, [*own, *copies])
    kept = tuple(path for path in shared if (root / path).exists())
    files = own | {path: text for path, text in shared.items() if path not in kept}
    new = content.new if workbook and indicators_file.FILE in kept else ()
    unknown = tuple(comment(indicator.name) for indicator in new)
    return Start(files, copies, kept, unknown, content.preview)


def write(root: Path, start: Start) -> None:
    """Write the files of a plan; one that has appeared since is not overwritten.

    Raises:
        InputError: a file cannot be written.
    """
    path = ""
    try:
        for path, text in start.files.items():
            _make_room(root / path)
            encoding = "utf-8-sig" if path.endswith(".csv") else "utf-8"  # spreadsheets need the mark
            with (root / path).open("x", encoding=encoding, newline="") as file:
                file.write(text)
        for path, source in start.copies.items():
            _make_room(root / path)
            with source.open("rb") as read, (root / path).open("xb") as copy:
                shutil.copyfileobj(read, copy)
    except OSError as error:
        raise InputError(
            [Mistake(path, f"cannot be written ({error.strerror})", "Check the project folder.")]
        ) from None


def _make_room(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)


def _refuse_existing(root: Path, paths: Iterable[str]) -> None:
    cure = "Nothing was written. Choose another name, or move the file away."
    mistakes = [Mistake(path, "is there already", cure) for path in paths if (root / path).exists()]
    if mistakes:
        raise InputError(mistakes)


def _to_fill_in(name: str, indicators: Mapping[str, Indicator]) -> _Content:
    """Without a workbook: one region and one indicator, both open."""
    new = [] if indicators else [NO_INDICATOR]
    content = _Content(name, [NO_UNIT], list(indicators)[:1] or [NO_INDICATOR.id], new)
    return replace(content, mapping=content.fill("mapping.yml"))


def _of_workbook(root: Path, name: str, workbook: Path, indicators: Mapping[str, Indicator]) -> _Content:
    samples = read_samples.read([workbook], root)
    if not any(form.spec["layout"] != "adoption" for form in samples.forms):
        what = "holds no table with periods, or with headings such as 地区, 指标, 年份, region, indicator, year"
        raise InputError([Mistake(workbook.name, what, f"Start without it: evalkit new {name}")])
    units = _with_question(guess_names.units(samples.names), samples.names.has_dates)
    there, new = guess_names.indicators(samples.names, indicators)
    # An existing indicators.yml is never changed, so that what it lacks is asked about in the mapping.
    usable = indicators or guess_names.drafted(new)
    ids = [*there, *(indicator.id for indicator in new if indicator.id in usable)]
    last = max(map(periods.last_day, samples.names.periods), default=None)
    mapping = draft_mapping.text(samples, units, usable, f"{name}/", _source(name))
    made = preview.of(samples, mapping, units, usable)
    return _Content(
        name,
        units or [NO_UNIT],
        ids or list(indicators)[:1] or [NO_INDICATOR.id],
        new or ([] if indicators else [NO_INDICATOR]),
        mapping + "".join(f"{line}\n" for line in made.doubts),
        last.isoformat() if last else "",
        workbook.name,
        made.lines,
    )


def _source(name: str) -> str:
    """The line of a mapping that only a new project needs."""
    return f"source: {name}-workbook  # a row of data/{name}/sources.csv\n"


def _with_question(units: list[FirstUnit], has_dates: bool) -> list[FirstUnit]:
    """When the reform began is asked of the first region, where no sheet tells it of any."""
    return [replace(unit, adoption=OPEN) if not (place or has_dates) else unit for place, unit in enumerate(units)]


def _own(content: _Content) -> Iterator[tuple[str, str]]:
    """The files of this assessment alone."""
    name = content.name
    yield f"params/assessments/{name}.yml", _with_schema("assessment", content.fill("assessment.yml"))
    yield f"{FOLDER}/{name}.yml", _with_schema("mapping", content.mapping)
    yield f"data/{name}/units.csv", _units(content.units)
    yield f"data/{name}/sources.csv", _sources(content)


def _shared(content: _Content) -> Iterator[tuple[str, str]]:
    """Files that several assessments of a project use; those that are there already stay."""
    yield (
        indicators_file.FILE,
        _with_schema(
            "indicators",
            content.fill("indicators.yml") + "".join(_entry(indicator, content) for indicator in content.new),
        ),
    )
    yield f"params/regions/{content.regions[0].id}.yml", _with_schema("region", content.fill("region.yml"))
    yield from ((f"{schemas.FOLDER}/{file}", text) for file, text in schemas.texts().items())
    for name, path in suite.notebooks().items():
        if name not in suite.ABOUT_DEMONSTRATION:
            values = {"assessment": content.name, "region": content.regions[0].id, "lang": content.languages[0]}
            yield f"notebooks/{path.name}", suite.with_parameters(path, **values)


def _with_schema(kind: str, text: str) -> str:
    """The text below the line that tells an editor its schema, relative to the file."""
    up = "../" if kind == "indicators" else "../../"
    return f"# yaml-language-server: $schema={up}{schemas.FOLDER}/{kind}.json\n{text}"


def _entry(indicator: FirstIndicator, content: _Content) -> str:
    lang, other = guess_names.in_language(indicator.name)
    more = f"  # ? add {other}: … · 补充另一种语言的名称" if other in content.languages else ""
    mark = "" if indicator.sure else "  # ? what a value of it is counted in · 计量单位"
    return (
        f"\n{indicator.id}:\n"
        f"  name: {{{lang}: {quoted(indicator.name)}}}{more}\n"
        f"  unit: {indicator.measure}{mark}\n"
        + (f"  unit_name: {{{lang}: {quoted(indicator.unit_name)}}}\n" if indicator.unit_name else "")
        + "  better: none  # ? which direction is an improvement · 哪个方向为好\n"
        "  # definition: {zh: 分子、分母、统计范围, en: Numerator, denominator, coverage}\n"
    )


def _units(units: Sequence[FirstUnit]) -> str:
    """units.csv, with what the workbook tells of each region."""
    return _csv(dataset.UNITS, [_unit(unit) for unit in units])


def _unit(unit: FirstUnit) -> dict[str, str]:
    lang, other = guess_names.in_language(unit.name)
    facts = {"adoption": unit.adoption, "population": unit.population, "province": unit.province}
    return {"unit": unit.id, f"name_{lang}": unit.name, f"name_{other}": unit.other, **facts}


def _sources(content: _Content) -> str:
    """sources.csv: the plan that sets the targets, and the workbook."""
    rows = [{"source": "plan", f"title_{content.languages[0]}": OPEN, "standing": "official"}]
    if content.workbook:
        title = content.workbook if content.workbook[0].isalnum() else ""
        rows.append({"source": f"{content.name}-workbook", "title_zh": title, "title_en": title, "standing": "data"})
    return _csv(dataset.SOURCES, rows)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()
