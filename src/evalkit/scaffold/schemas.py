"""JSON Schemas of the params files, made from the models that read them, so that editors complete and check.

Draft 7 of JSON Schema, which every editor understands. Files are read as text (`yaml_file`), editors see numbers and
dates: what the models read as text may be written as either.
"""

import json
from typing import Any

from pydantic import BaseModel

from evalkit.ingest import mapping
from evalkit.project import narrative_file, params, region_file

FOLDER = "docs/schemas"
DRAFT = "http://json-schema.org/draft-07/schema#"
Node = dict[str, Any]


def texts() -> dict[str, str]:
    """The text of every schema, by its file's name."""
    made = {
        "assessment": _document(params.Assessment, "params/assessments/<assessment>.yml", named="name"),
        "indicators": _per_key(_document(params.Indicator, "params/indicators.yml", named="id")),
        "mapping": _document(mapping.Mapping, "params/mappings/<dataset>.yml", named="dataset"),
        "narrative": _document(narrative_file.Narrative, "params/narrative/<assessment>/<region>.yml"),
        "region": _document(region_file.Region, "params/regions/<region>.yml"),
    }
    return {f"{name}.json": json.dumps(made[name], ensure_ascii=False, indent=2) + "\n" for name in made}


def _document(model: type[BaseModel], title: str, named: str = "") -> Node:
    """The schema of one file; `named` is the field that the file's name or the entry's key says."""
    schema = _as_editors_see(model.model_json_schema())
    schema["properties"].pop(named, None)
    schema["required"] = [name for name in schema.get("required", []) if name != named]
    return {"$schema": DRAFT, **schema, "title": title}


def _per_key(document: Node) -> Node:
    """A schema of one entry, made one of a file of entries by their ids."""
    entry = {name: part for name, part in document.items() if name not in ("$schema", "$defs", "title")}
    around = {"type": "object", "additionalProperties": entry, "description": "One entry per indicator; its id first."}
    return {"$schema": DRAFT, "$defs": document["$defs"], "title": document["title"], **around}


def _as_editors_see(node: Any) -> Any:
    """A schema of pydantic's, in draft 7, with numbers and dates where text is read, and text where numbers are."""
    if isinstance(node, list):
        return [_as_editors_see(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {
        key: {name: _as_editors_see(property_schema) for name, property_schema in part.items()}
        if key in ("properties", "$defs")
        else part
        if key in ("default", "enum", "const")
        else _as_editors_see(part)
        for key, part in node.items()
        if not (key == "title" and isinstance(part, str))
    }
    return _reference(_tuple(_scalar(result)))


def _scalar(node: Node) -> Node:
    """`type: string` takes numbers and booleans as well; a number may be quoted."""
    if node.get("type") == "string" and "enum" not in node and "const" not in node:
        node["type"] = "string" if node.get("format") == "date" else ["string", "number", "boolean"]
    elif node.get("type") in ("number", "integer"):
        node = node | {"type": [node["type"], "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"}
    return node


def _tuple(node: Node) -> Node:
    """Draft 7 lists the places of a fixed list under `items`."""
    if "prefixItems" in node:
        node["items"] = node.pop("prefixItems")
    return node


def _reference(node: Node) -> Node:
    """Draft 7 ignores siblings of a `$ref`."""
    if "$ref" in node and len(node) > 1:
        node = {"allOf": [{"$ref": node.pop("$ref")}], **node}
    return node
