"""The JSON Schemas in docs/schemas are what the models say, explain every key, and accept what editors see."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import Field

from evalkit.project import descriptions
from evalkit.project.params import Model
from evalkit.scaffold import schemas

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / schemas.FOLDER
FILES = {
    "assessment": "params/assessments/*.yml",
    "indicators": "params/indicators.yml",
    "region": "params/regions/*.yml",
    "narrative": "params/narrative/*/*.yml",
    "mapping": "params/mappings/*.yml",
}


def as_an_editor_sees(content: Any) -> Any:
    """YAML with numbers and booleans; a date is a text, as in YAML 1.2."""
    if isinstance(content, dict):
        return {str(key): as_an_editor_sees(value) for key, value in content.items()}
    if isinstance(content, list):
        return [as_an_editor_sees(one) for one in content]
    return content.isoformat() if isinstance(content, dt.date) else content


def wrong(kind: str, text: str) -> list[str]:
    validator = Draft7Validator(json.loads(schemas.texts()[f"{kind}.json"]))
    return [error.message for error in validator.iter_errors(as_an_editor_sees(yaml.safe_load(text)))]


def test_the_committed_schemas_are_those_of_the_models():
    assert {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.glob("*")} == schemas.texts(), (
        "run `evalkit schema`"
    )


@pytest.mark.parametrize("kind", FILES)
def test_a_schema_is_draft_7(kind):
    schema = json.loads(schemas.texts()[f"{kind}.json"])
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == schemas.DRAFT
    assert "prefixItems" not in schemas.texts()[f"{kind}.json"]


@pytest.mark.parametrize("kind", FILES)
def test_every_file_of_this_project_keeps_its_schema(kind):
    found = {path.name: wrong(kind, path.read_text(encoding="utf-8")) for path in ROOT.glob(FILES[kind])}
    assert {name: told for name, told in found.items() if told} == {}


def models(one: type[Model]) -> list[type[Model]]:
    return [one, *(found for below in one.__subclasses__() for found in models(below))]


def test_every_key_is_explained():
    reachable = "".join(schemas.texts().values())
    silent = {
        f"{model.__name__}.{field.alias or name}"
        for model in models(Model)
        for name, field in model.model_fields.items()
        if f'"{model.__name__}": {{' in reachable and (field.alias or name) not in descriptions.keys(model)
    }
    assert silent == set()
    for text in schemas.texts().values():
        top = json.loads(text).get("properties", {})
        assert [name for name, about in top.items() if "description" not in about] == []


def test_a_meaning_that_holds_everywhere_is_used_somewhere():
    fields = [(field.alias or name, field) for model in models(Model) for name, field in model.model_fields.items()]
    assert set(descriptions.EVERYWHERE) <= {name for name, field in fields if not field.description}


def test_a_docstring_below_a_field_is_its_description_on_one_line():
    class Example(Model):
        """What it
        is."""

        first: int = Field(alias="from")
        """what
        it says."""
        note: str = ""

    assert descriptions.summary(Example) == "What it is."
    assert descriptions.keys(Example) == {"from": "what it says.", "note": descriptions.EVERYWHERE["note"]}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("assessment", "{dataset: 2020, regions: [110000, 010101], indicators: {primary: [a]}, as_of: 2022-12-31}"),
        ("assessment", "{dataset: d, regions: {adopted: true}, indicators: {primary: [a]}}"),
        ("assessment", "{dataset: d, regions: [a], indicators: {primary: [a]}, design: {transition: '2'}}"),
        ("indicators", "a: {name: {en: 5}, unit: percent, breaks: [{from: 2018, where: {province: 1}}]}"),
        ("region", "{region: 1, targets: [{indicator: a, operator: range, value: [3, 5], source: s, phrase: 35}]}"),
        ("mapping", "{files: [a], answers: [{file: f, sheet: 2020, cell: B2, value: 65.3, why: asked}]}"),
    ],
)
def test_numbers_and_dates_may_stand_where_text_is_read(kind, text):
    assert wrong(kind, text) == []


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("assessment", "{dataset: d, regions: [a], indicators: {primary: [a]}, langauges: [en]}", "langauges"),
        ("assessment", "{regions: [a], indicators: {primary: [a]}}", "'dataset' is a required property"),
        ("assessment", "{name: a, dataset: d, regions: [a], indicators: {primary: [a]}}", "name"),
        ("indicators", "a: {name: {en: A}, unit: percnet}", "percnet"),
        ("region", "{region: a, targets: [{indicator: a, operator: '>='}]}", "'source' is a required property"),
        ("mapping", "{files: [a], answers: [{file: f, sheet: s, cell: 2B, why: asked}]}", "2B"),
    ],
)
def test_an_editor_marks_what_loading_would_refuse(kind, text, told):
    assert any(told in message for message in wrong(kind, text))
