"""YAML: read a file into a typed model, with the line of every mistake; quote text safely for writing."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

try:
    from yaml import CSafeLoader as SafeLoader  # ten times faster, where PyYAML was built with libyaml
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

from evalkit.errors import InputError, Mistake, nearest, shortened
from evalkit.files import text_file

DEEPEST = 50  # levels
MOST_ENTRIES, MOST_GROWTH = 10_000, 10  # with aliases filled in: so many, and so many times what is written
NAMED = 60  # characters of what was written that a message repeats
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "null", "map", "seq")}
AnyModel = TypeVar("AnyModel", bound=BaseModel)
ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class _TextLoader(SafeLoader):
    """Reads every scalar as text, so that 010101, on and 12:30:00 keep their spelling; the models convert types."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 (the name is PyYAML's)


_TextLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|Null|NULL|)$"), ["n", "N", ""])


def text_of(path: Path, shown: str) -> str:
    """The text of a YAML file; an InputError names it `shown` if it is not UTF-8."""
    return text_file.read(path, shown)


#: By words of the parser: what helps.
CURES = {
    "cannot start any token": "Indent with spaces, not with tabs, and put texts with signs in quotes.",
    "the tag": "Write the value without a tag (!…).",
    "another document": "Take the line --- out.",
    "duplicate key": "Keep one of the two lines.",
}


def parse(text: str, shown: str) -> tuple[Any, yaml.Node | None]:
    """The content of YAML text as plain objects, and its node tree (for line numbers)."""
    try:
        has_aliases = _refuse_depth(text)
        loader = _TextLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None, None
        if has_aliases:
            _refuse_growth(node)
        for below in _nodes(node):
            _refuse_node(below)
        return loader.construct_document(node), node
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{shown}, line {mark.line + 1}" if mark else shown
        what = getattr(error, "problem", None) or str(error)
        cure = next((cure for word, cure in CURES.items() if word in what), "Check indentation, colons and quotes.")
        raise InputError([Mistake(where, f"not readable as YAML: {what}", cure)]) from None


def _refuse_depth(text: str) -> bool:
    """Refuse deep nesting: parameters have few levels, and thousands would overflow the parser's stack.

    Returns:
        Whether the text has aliases.
    """
    depth, has_aliases = 0, False
    for event in yaml.parse(text, Loader=SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _error(f"nested too deeply: more than {DEEPEST} levels", event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        else:
            has_aliases = has_aliases or isinstance(event, yaml.AliasEvent)
    return has_aliases


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node in a tree, once."""
    seen, ahead = set[int](), [root]
    while ahead:
        node = ahead.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            ahead += _below(node)


def _refuse_growth(root: yaml.Node) -> None:
    """Refuse recursive and exploding aliases."""
    sizes: dict[int, int] = {}  # entries below each node, with aliases filled in
    open_nodes: set[int] = set()
    ahead: list[tuple[yaml.Node, bool]] = [(root, False)]
    while ahead:
        node, is_done = ahead.pop()
        below = _below(node)
        if is_done:
            open_nodes.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes[id(child)] for child in below)
            if sizes[id(node)] > MOST_ENTRIES and sizes[id(node)] > MOST_GROWTH * len(sizes):
                raise _error("its aliases stand for far more than is written", node.start_mark)
        elif id(node) in open_nodes:
            raise _error("an alias leads back to what contains it", node.start_mark)
        elif id(node) not in sizes:
            open_nodes.add(id(node))
            ahead += [(node, True), *((child, False) for child in below)]


def _refuse_node(node: yaml.Node) -> None:
    """Refuse keys that are not text or duplicate, tags, and control characters."""
    if node.tag not in PLAIN_TAGS:
        raise _error(f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')[:NAMED]!r} is not known", node.start_mark)
    if isinstance(node, yaml.ScalarNode) and (match := text_file.SIGNS.search(node.value)):
        raise _error(f"a text holds {text_file.named(match[0])}", node.start_mark)
    seen: set[str] = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if not isinstance(key, yaml.ScalarNode):
            raise _error("a key must be a text, not a list or a mapping", key.start_mark)
        if key.value in seen:
            raise _error(f"duplicate key {key.value[:NAMED]!r}", key.start_mark)
        seen.add(key.value)


def _below(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _error(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def read(path: Path, model: type[AnyModel], shown: str, **given: object) -> AnyModel:
    """Read one file into one model.

    Args:
        shown: the file's name in messages, relative to the project.
        given: fields that follow from the file's name; the file must not repeat them.

    Raises:
        InputError: with every mistake in the file, each with its line.
    """
    return cast(AnyModel, _model(text_of(path, shown), model, shown, tuple(given.items())))


@lru_cache(maxsize=8192)
def _model(text: str, model: type[BaseModel], shown: str, named: tuple[tuple[str, object], ...]) -> BaseModel:
    """The model of a text, cached: several assessments of a project read the same files, and models are frozen."""
    content, node = parse(text, shown)
    given = dict(named)
    if not isinstance(content, dict):
        raise InputError([Mistake(shown, "must hold `key: value` lines", "See docs or `evalkit new` for an example.")])
    for key in given:
        if key in content:
            where = f"{shown}, line {_line(node, [key])}"
            raise InputError([Mistake(where, f"unknown key `{key}`", "Leave it out: it follows from the file's name.")])
    return build({**given, **content}, model, shown, node)


def build(content: Any, model: type[AnyModel], shown: str, node: yaml.Node | None = None, under: str = "") -> AnyModel:
    """Validate content against a model.

    Args:
        shown: the file's name in messages.
        node: the YAML node of the content, for line numbers.
        under: the key that holds the content, for messages.

    Raises:
        InputError: with every mistake, its place and its cure.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError([_mistake(entry, content, model, shown, node, under) for entry in error.errors()]) from None


def quoted(text: str) -> str:
    r"""The text as a YAML scalar in double quotes; unprintable characters are escaped.

    >>> print(quoted('say "no"'))
    "say \"no\""
    """
    return '"' + "".join(ESCAPED.get(sign) or (sign if sign.isprintable() else _code(sign)) for sign in text) + '"'


def comment(text: str) -> str:
    """The text as part of a comment: on one line, without unprintable characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _code(sign: str) -> str:
    return f"\\U{ord(sign):08x}"


def _mistake(
    entry: Any, content: Any, model: type[BaseModel], shown: str, node: yaml.Node | None, under: str
) -> Mistake:
    location = _keys(entry, content)
    line = _line(node, location)
    key = ".".join(str(part) for part in ([under] if under else []) + location)
    where = f"{shown}, line {line}" if line else shown
    if entry["type"] == "extra_forbidden":
        return Mistake(where, f"unknown key `{key}`", nearest(str(location[-1]), _field_names(model)))
    if entry["type"] == "missing":
        return Mistake(where, f"`{key}` is missing", f"Add `{location[-1]}: …`.")
    message = entry["msg"].removeprefix("Value error, ")
    if not key:  # entries contradict each other: printing the whole file as the value found would not help
        return Mistake(shown, message, "Make the entries of the file agree.")
    return Mistake(where, f"`{key}`: {message}", f"Found: {shortened(entry['input'])}.")


def _keys(entry: Any, content: Any) -> list[Any]:
    """The keys and positions that lead to a mistake, without the names of union branches that pydantic adds."""
    keys: list[Any] = []
    *_, last = entry["loc"] or (None,)
    for part in entry["loc"]:
        inside = isinstance(content, dict) and part in content
        if inside or (isinstance(content, (list, tuple)) and isinstance(part, int) and part < len(content)):
            content = content[part]
            keys.append(part)
    return [*keys, last] if entry["type"] == "missing" else keys


def _line(node: yaml.Node | None, location: list[Any]) -> int | None:
    line = node.start_mark.line + 1 if node else None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            entries = [(key, value) for key, value in node.value if key.value == str(part)]
            if not entries:
                return line
            line, node = entries[0][0].start_mark.line + 1, entries[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _field_names(model: type[BaseModel]) -> set[str]:
    """All keys of the model and the models inside it: candidates for a suggestion."""
    names: set[str] = set()
    for definition in [model.model_json_schema(), *model.model_json_schema().get("$defs", {}).values()]:
        names |= set(definition.get("properties", {}))
    return names - {"id", "name"}
