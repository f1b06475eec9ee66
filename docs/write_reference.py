"""Write docs/reference/ and the calibration table of docs/methods.md from the code: `make docs`.

Names, types, defaults and options are the code's own; docs/reference/words.yml explains those that the
code does not explain. A test fails if an explanation is missing or the committed text differs from the output.
"""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Union

import pandas as pd
import typer.main
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from evalkit.analysis import results
from evalkit.cli import app
from evalkit.ingest import mapping
from evalkit.project import descriptions, frozen, narrative_file, params, region_file
from evalkit.reporting.language import vocabulary
from evalkit.simulation import calibration, programmes, untouched

DOCS = Path(__file__).parent
MADE = "<!-- Written by `make docs` from the code; do not edit. -->\n"
BEGIN, END = "<!-- calibration: written by `make docs` -->", "<!-- end of calibration -->"
FACTS = {
    "units": "comparison regions",
    "pre": "periods before",
    "post": "after",
    "frequency": "frequency",
    "drift": "drift (SD per period)",
    "noisier": "noise of the region (others 1)",
    "missing": "missing",
    "effect": "effect (times detectable)",
}
JUDGED = {
    "units": "comparison regions",
    "pre": "periods before",
    "post": "after",
    "noisier": "noise of the region (others 1)",
    "tails": "shocks",
    "clusters": "regions per cluster",
    "missing": "missing",
    "effect": "effect (times detectable)",
}
PROGRAMME = {
    "treated": "treated",
    "never": "never treated",
    "clusters": "regions per cluster",
    "periods": "periods",
    "frequency": "frequency",
    "noisier": "noise of the treated",
    "tails": "t shocks",
    "missing": "missing",
}
FILES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("params/indicators.yml", "One entry per indicator; its key is the indicator's id.", params.Indicator),
    ("params/assessments/ASSESSMENT.yml", "`name` is the file's name and is not written.", params.Assessment),
    ("params/regions/REGION.yml", "Optional, one per region.", region_file.Region),
    ("params/mappings/DATASET.yml", "How workbooks become a panel; `dataset` is the file's name.", mapping.Mapping),
    ("params/narrative/ASSESSMENT/REGION.yml", "Optional: what the evaluator adds.", narrative_file.Narrative),
    ("params/frozen/ASSESSMENT.yml", "Written by `evalkit freeze`; not edited by hand.", frozen.Frozen),
)


def words() -> dict[str, Any]:
    """What the code does not say, by kind and code."""
    read: dict[str, Any] = yaml.safe_load((DOCS / "reference/words.yml").read_text(encoding="utf-8"))
    return read


def written() -> dict[str, str]:
    """Every page that this script writes, by path below docs/."""
    methods = (DOCS / "methods.md").read_text(encoding="utf-8")
    before, _, rest = methods.partition(BEGIN)
    return {
        "reference/params.md": params_page(words()["keys"]),
        "reference/commands.md": commands_page(),
        "reference/results.md": results_page(words()),
        "methods.md": f"{before}{BEGIN}\n\n{calibration_table()}\n{END}{rest.partition(END)[2]}",
    }


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A markdown table; a bar inside a cell must not end it."""
    lines = [list(headings), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def params_page(meanings: Mapping[str, str]) -> str:
    """Every key of every parameter file."""
    parts = [
        MADE,
        "# Parameters\n",
        "Every key of every file in `params/`. A key without a default has to be written; an unknown key is an error "
        "that names the nearest known one. `evalkit check ASSESSMENT` finds every mistake at once.\n",
    ]
    done: set[type[BaseModel]] = set()
    for file, about, model in FILES:
        parts.append(f"## {file}\n\n{about}\n")
        for part in [one for one in models(model) if one not in done]:
            done.add(part)
            parts.append(_model(part, model, meanings))
    return "\n".join(parts)


def models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and all models inside it, each once, in order of first use."""
    found: dict[type[BaseModel], None] = {model: None}
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            found |= dict.fromkeys(models(part))
    return list(found)


def _parts(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for inner in typing.get_args(annotation) for part in _parts(inner)]


def _model(model: type[BaseModel], file: type[BaseModel], meanings: Mapping[str, str]) -> str:
    about = descriptions.summary(model)
    heading = "" if model is file else f"### {model.__name__}\n\n"
    rows = [
        (f"`{field.alias or name}`", spelled(field.annotation), _default(field), meaning(model, name, meanings))
        for name, field in model.model_fields.items()
        if not (model is file and name in ("id", "name") and model in (params.Indicator, params.Assessment))
        or (model is params.Indicator and name == "name")
    ]
    return f"{heading}{about}\n\n{table(('key', 'value', 'default', 'meaning'), rows)}"


def spelled(annotation: object) -> str:
    """A type as a user writes it."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is type(None):
        return ""
    if origin is Literal:
        return " · ".join(f"`{one}`" for one in inner)
    if origin is typing.Annotated:
        return spelled(inner[0])
    if origin in (Union, types.UnionType):
        return " or ".join(filter(None, (spelled(one) for one in inner)))
    if origin is tuple:
        fixed = Ellipsis not in inner
        return f"[{', '.join(spelled(one) for one in inner)}]" if fixed else f"list of {spelled(inner[0])}"
    if inner:  # a mapping
        return f"{spelled(inner[0])}: {spelled(inner[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return {"str": "text", "bool": "`true` · `false`", "int": "whole number", "float": "number"}.get(
        getattr(annotation, "__name__", ""), getattr(annotation, "__name__", str(annotation))
    )


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "needed"
    if field.default in (None, (), {}, "") or isinstance(field.default, BaseModel):
        return ""
    plain = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{str(plain).lower() if isinstance(plain, bool) else plain}`".replace("'", "")


def meaning(model: type[BaseModel], name: str, meanings: Mapping[str, str]) -> str:
    """What a key means: as the model says, else as words.yml says of the model or of one that it extends."""
    told = descriptions.keys(model).get(model.model_fields[name].alias or name)
    named = (f"{one.__name__}.{name}" for one in model.__mro__)
    found = (told or next((meanings[key] for key in named if key in meanings), "")).rstrip(".")
    if not found:
        raise KeyError(f"docs/reference/words.yml, keys: nothing is said about {model.__name__}.{name}")
    return found


def commands_page() -> str:
    """Every command with its arguments and options."""
    parts = [MADE, "# Commands\n", "Every command says this itself: `evalkit COMMAND --help`.\n"]
    group = typer.main.get_command(app)
    assert hasattr(group, "commands")
    for name, command in sorted(group.commands.items()):
        told = re.sub(r"\s*\n\s*\n\s*", "\n\n", (command.help or "").strip())
        arguments = [_argument(one) for one in command.params if one.param_type_name == "argument"]
        rows = [(f"`{_named(one)}`", one.help or "") for one in command.params if one.name != "help"]
        usage = " ".join(["evalkit", name, *arguments, "[OPTIONS]"])
        parts.append(f"## evalkit {name}\n\n```\n{usage}\n```\n\n{told}\n\n{table(('', 'meaning'), rows)}")
    return "\n".join(parts)


def _argument(one: Any) -> str:
    """An argument as the line of usage shows it."""
    name = f"{_named(one)}…" if one.nargs == -1 else _named(one)
    return name if one.required else f"[{name}]"


def _named(one: Any) -> str:
    """An option's flags, an argument's name."""
    if one.param_type_name == "option":
        return ", ".join(one.opts)
    return str(one.metavar or one.name).upper()


def results_page(known: Mapping[str, Any]) -> str:
    """Columns and codes of results.csv."""
    columns, methods, terms = known["columns"], known["methods"], known["terms"]
    checks = {name: " ".join(told) for name, told in vocabulary.CHECKS.items()}
    told = {**vocabulary.REASONS, **vocabulary.GOAL_REASONS}
    reasons = [(f"`{code}`", text) for code, text in told.items()]
    parts = [
        MADE,
        "# results.csv\n",
        "Every figure, target and estimate of an assessment, one row each: `reports/ASSESSMENT/results.csv` (UTF-8). "
        "The download `site/downloads/results.csv` is the same with a byte order mark for Excel and a last column "
        "`note`. Rows are in the order of " + ", ".join(f"`{one}`" for one in results.KEY) + ", which together are "
        "unique.\n",
        "## Columns\n",
        table(("column", "meaning"), ((f"`{one}`", columns[one]) for one in results.COLUMNS)),
        "## analysis\n",
        table(("code", "meaning"), ((f"`{one}`", known["analyses"][one]) for one in typing.get_args(results.Analysis))),
        "## method\n",
        "`controlled_…` before a before/after method: the same on the region less its comparison group.\n",
        table(("code", "meaning"), ((f"`{one}`", told) for one, told in sorted({**checks, **methods}.items()))),
        "## term\n",
        table(("code", "meaning"), ((f"`{one}`", told) for one, told in terms.items())),
        "## inference\n",
        table(("code", "meaning"), ((f"`{one}`", told) for one, told in known["inferences"].items())),
        "## status\n",
        table(("code", "meaning"), ((f"`{one}`", told) for one, told in known["statuses"].items())),
        "## data_status\n",
        table(
            ("code", "meaning"), ((f"`{one}`", known["data_statuses"][one]) for one in (*results.STATUS_ORDER, "mixed"))
        ),
        "## reason\n",
        "`code: fact=value, …`; its sentence on the page:\n",
        table(("code", "on the page"), reasons),
    ]
    return "\n".join(parts)


def calibration_table() -> str:
    """simulation/calibration.csv as `make calibrate` left it: percentages of simulated panels."""
    stored = calibration.stored()
    about = [(f"`{one.name}`", *(str(getattr(one, fact)) for fact in FACTS)) for one in calibration.SCENARIOS]
    parts = [
        _shares(stored, [one.name for one in calibration.SCENARIOS]),
        f"The panels ({_draws(stored, 'did_mean')}; of synthetic and before/after methods every fifth):\n",
        table(("name", *FACTS.values()), about),
    ]
    if (stored["quantity"] == programmes.METHOD).any():
        parts += [
            f"The programme, where nothing happened ({_draws(stored, programmes.METHOD)}):\n",
            _programmes(stored),
        ]
    else:
        parts.append("The programme's headline is not in the stored table yet; `make calibrate` adds it.\n")
    judged = [one.name for one in calibration.JUDGED if one.name in set(stored["scenario"])]
    if judged:
        parts += ["Of further kinds of panels only the judgement was measured:\n", _judged(stored)]
    kinds = [one for one in untouched.SERIES if one.name in set(stored["scenario"])]
    if kinds:
        parts += [
            "One region's own series, where nothing happened: share in which the reading claims a change, by the "
            f"correlation of neighbouring periods ({_draws(stored, untouched.READING)}):\n",
            _series(stored),
            _persistent(stored),
        ]
    designs = (*calibration.JUDGED, *programmes.PROGRAMMES, *untouched.SERIES)
    waiting = [f"`{one.name}`" for one in designs if one.name not in set(stored["scenario"])]
    if waiting:
        parts.append(f"Not measured yet (`python bench/calibrate.py --missing`): {', '.join(waiting)}.\n")
    return "\n".join(parts)


def _judged(stored: pd.DataFrame) -> str:
    """Further kinds of panels in rows: what they are, and the judgement's shares."""
    wide = (100 * stored[stored["quantity"] == "did_mean"].set_index(["scenario", "kind"])["share"]).unstack("kind")
    rows = [
        (
            f"`{one.name}`",
            *(str(getattr(one, fact)) for fact in JUDGED),
            *(_share(wide.at[one.name, kind]) for kind in ("rejects", "covers")),
        )
        for one in calibration.JUDGED
        if one.name in wide.index
    ]
    return table(("name", *JUDGED.values(), "p at most 0.05, %", "interval holds the truth, %"), rows)


def _series(stored: pd.DataFrame) -> str:
    """Lengths in rows, correlations in columns."""
    found = 100 * stored[stored["quantity"] == untouched.READING].set_index("scenario")["share"]
    lengths = dict.fromkeys((one.frequency, one.pre, one.post) for one in untouched.SERIES if one.name in found)
    rows = [
        (
            f"{frequency}, {pre} + {post}",
            *(
                _share(found.get(untouched.Untouched(frequency, pre, post, rho).name, float("nan")))
                for rho in untouched.CORRELATIONS
            ),
        )
        for frequency, pre, post in lengths
    ]
    return table(("periods before + after", *map(str, untouched.CORRELATIONS)), rows)


def _persistent(stored: pd.DataFrame) -> str:
    """How the claims of readings grow with the persistence of the series."""
    within, beyond = (_share(100 * share) for share in untouched.worst(stored))
    return (
        f"Up to a correlation of {untouched.PROMISED} a reading claims a change in at most {within}% of these series; "
        f"in more persistent ones in up to {beyond}%, more often than it should. No judgement rests on it.\n"
    )


def _draws(stored: pd.DataFrame, quantity: str) -> str:
    """How many panels there were, and how far chance moves a share of 5 %."""
    panels = stored.loc[(stored["quantity"] == quantity) & (stored["kind"] == "rejects"), "panels"]
    margin = 196 * (results.ALPHA * (1 - results.ALPHA) / int(panels.min())) ** 0.5
    count = f"{panels.min()}" if panels.nunique() == 1 else f"{panels.min()} to {panels.max()}"
    return f"{count} of each kind; chance moves 5% by up to {margin:.1f} points"


def _shares(stored: pd.DataFrame, scenarios: list[str]) -> str:
    """Quantities in rows, scenarios in columns."""
    named = {"rejects": "p at most 0.05", "covers": "interval holds the truth", "chip": "judged so"}
    chosen = stored[~stored["quantity"].str.startswith("condition:") & stored["scenario"].isin(scenarios)]
    wide = (100 * chosen.set_index(["quantity", "kind", "scenario"])["share"]).unstack("scenario")
    order = chosen[["quantity", "kind"]].drop_duplicates().itertuples(index=False)
    rows = [
        (f"`{quantity}`", named.get(kind, kind), *(_share(wide.at[(quantity, kind), one]) for one in scenarios))
        for quantity, kind in order
    ]
    return table(("quantity", "share, %", *(f"`{one}`" for one in scenarios)), rows)


def _programmes(stored: pd.DataFrame) -> str:
    """Kinds of programmes in rows: what they are, false alarms and coverage."""
    wide = (100 * stored.set_index(["scenario", "quantity", "kind"])["share"]).unstack(["quantity", "kind"])
    kinds = [(programmes.METHOD, kind) for kind in ("rejects", "covers", "power")]
    others = [(name, "rejects") for name in ("pre_path", "other_base", "other_estimator")]
    shares = [what for what in (*kinds, *others) if what in wide]
    panels = stored[stored["kind"] == "rejects"].set_index(["quantity", "scenario"])["panels"]
    rows = [
        (
            f"`{one.name}`",
            *(str(getattr(one, fact)) for fact in PROGRAMME),
            str(panels[programmes.METHOD, one.name]),
            *(_share(wide[what][one.name]) for what in shares),
        )
        for one in programmes.PROGRAMMES
        if one.name in wide.index
    ]
    named = {
        (programmes.METHOD, "rejects"): "p at most 0.05, %",
        (programmes.METHOD, "covers"): "interval holds 0, %",
        (programmes.METHOD, "power"): "detectable effect found, %",
        ("pre_path", "rejects"): "unusual path before, %",
        ("other_base", "rejects"): "differs from one base period, %",
        ("other_estimator", "rejects"): "differs from imputation, %",
    }
    return table(("name", *PROGRAMME.values(), "panels", *(named[what] for what in shares)), rows)


def _share(percent: float) -> str:
    return f"{percent:.1f}" if percent == percent else ""


def main() -> None:
    """Write every page."""
    for name, text in written().items():
        path = DOCS / name
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
