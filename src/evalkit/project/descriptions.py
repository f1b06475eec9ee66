"""Meanings of the keys of params files: from the docstrings of the models' fields into their JSON Schemas.

Readers of the code, editors and the reference pages all get the same text.
"""

from typing import Any

from pydantic import BaseModel

#: Default meanings, for fields without a docstring.
EVERYWHERE = {
    "id": "the id by which other entries and later assessments refer to it",
    "name": "the name on pages",
    "text": "the text on pages",
    "indicator": "an id in params/indicators.yml",
    "indicators": "ids in params/indicators.yml that should show its effect",
    "operator": "how the figure is compared with `value`",
    "source": "the source: a row of data/<dataset>/sources.csv",
    "phrase": "the source's own words",
    "note": "a remark that pages show with it",
    "date": "the date, as exact as the source: a year, quarter, month or day",
    "due": "the due date",
    "deadline": "the date by which it is to be reached",
    "done": "when it was done; only if that was reported",
    "basis": "how it was established: self_reported, documented or checked",
    "evidence": "the evidence for it",
    "commitment": "the source's own word for how binding it is (确保, 力争, …)",
    "value": "a number, in the indicator's unit",
    "why": "the reason, shown on pages",
    "owner": "who is responsible",
    "zh": "in Chinese",
    "en": "in English",
}


def described(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Add the descriptions of a model and its keys to its JSON Schema; pydantic calls this (`json_schema_extra`)."""
    schema["description"] = summary(model)
    for name, text in keys(model).items():
        schema["properties"][name]["description"] = text


def keys(model: type[BaseModel]) -> dict[str, str]:
    """The meaning of each key of a model, under its name in files; keys without a description are left out."""
    written = {field.alias or name: field.description or "" for name, field in model.model_fields.items()}
    meanings = {name: " ".join(text.split()) or EVERYWHERE.get(name, "") for name, text in written.items()}
    return {name: text for name, text in meanings.items() if text}


def summary(model: type[BaseModel]) -> str:
    """The docstring of a model, on one line."""
    return " ".join((model.__doc__ or "").split())
