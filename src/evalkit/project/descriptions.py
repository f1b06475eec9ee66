"""What the keys of params files mean: `key: text` lines in the docstrings of the models, into their JSON Schemas.

One place says it for the reader of the code, for editors and for the reference.
"""

import inspect
import re
from typing import Any

from pydantic import BaseModel

LINE = re.compile(r"(?P<names>[a-z_]+(?:, [a-z_]+)*): (?P<text>.+)")
#: What a key means wherever a model does not say otherwise.
EVERYWHERE = {
    "id": "by which other entries and later assessments name it",
    "name": "what pages call it",
    "text": "what pages say",
    "indicator": "an id of params/indicators.yml",
    "indicators": "ids of params/indicators.yml in which it should show",
    "operator": "how the figure is compared with `value`",
    "source": "who says so: a row of data/<dataset>/sources.csv",
    "phrase": "the source's own words",
    "note": "a remark that pages show with it",
    "date": "when; as exact as the source: a year, quarter, month or day",
    "due": "by when it is to be done",
    "deadline": "by when it is to be reached",
    "done": "when it was done; only where somebody reported it",
    "basis": "how sure one may be: self_reported, documented or checked",
    "evidence": "what shows it",
    "commitment": "the source's own word for how binding it is (确保, 力争, …)",
    "value": "a number, in the indicator's unit",
    "why": "the reason, as pages show it",
    "owner": "who is responsible",
    "zh": "in Chinese",
    "en": "in English",
}


def described(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the descriptions of a model and its keys into its schema; pydantic calls it (`json_schema_extra`)."""
    told = keys(model)
    schema["description"] = summary(model)
    for name, about in schema.get("properties", {}).items():
        if name in told:
            about["description"] = told[name]


def keys(model: type[BaseModel]) -> dict[str, str]:
    """What each key of a model means, as files write it; a key that nothing explains is left out."""
    told: dict[str, str] = {}
    for one in reversed([base for base in model.__mro__ if issubclass(base, BaseModel) and base is not BaseModel]):
        told |= lines(one)
    written = [field.alias or name for name, field in model.model_fields.items()]
    return {name: text for name in written if (text := told.get(name) or EVERYWHERE.get(name))}


def summary(model: type[BaseModel]) -> str:
    """What a model is: its docstring up to the first line about a key."""
    kept: list[str] = []
    for line in inspect.cleandoc(model.__doc__ or "").splitlines():
        if LINE.fullmatch(line):
            break
        kept.append(line)
    return " ".join(" ".join(kept).split())


def lines(model: type[BaseModel]) -> dict[str, str]:
    """What a model's own docstring says of keys."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(model.__dict__.get("__doc__") or "").splitlines():
        match = LINE.fullmatch(line)
        if match:
            names = match["names"].split(", ")
            found |= dict.fromkeys(names, match["text"])
        elif line.startswith(" ") and names:
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        else:
            names = []
    return found
