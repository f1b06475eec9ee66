"""What the keys of params files mean: the docstrings of the models' fields, into their JSON Schemas.

One place says it for the reader of the code, for editors and for the reference.
"""

from typing import Any

from pydantic import BaseModel

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
    schema["description"] = summary(model)
    for name, text in keys(model).items():
        schema["properties"][name]["description"] = text


def keys(model: type[BaseModel]) -> dict[str, str]:
    """What each key of a model means, as files write it; a key that nothing explains is left out."""
    written = {field.alias or name: field.description or "" for name, field in model.model_fields.items()}
    meanings = {name: " ".join(text.split()) or EVERYWHERE.get(name, "") for name, text in written.items()}
    return {name: text for name, text in meanings.items() if text}


def summary(model: type[BaseModel]) -> str:
    """What a model is: its docstring, on one line."""
    return " ".join((model.__doc__ or "").split())
