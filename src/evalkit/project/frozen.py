"""What was fixed before results were known (params/frozen/<assessment>.yml), written by `evalkit freeze`."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, model_validator

from evalkit.files.yaml_file import read
from evalkit.project.params import Model, PeriodText

FROZEN = "params/frozen"
HEAD = "# Written by `evalkit freeze`. Hashes are SHA-256 of the parameters as read, independent of the YAML layout.\n"


class Figure(Model):
    """The latest figure of an indicator as known on the date of the stamps."""

    period: PeriodText
    value: float


class FrozenRegion(Model):
    """Stamps of one region; `values` are the baseline by indicator, and `baseline` is their hash."""

    plan: str
    targets: str
    baseline: str
    values: Mapping[str, float] = {}
    figures: Mapping[str, Figure] = {}

    @model_validator(mode="after")
    def _as_stamped(self) -> Self:
        if self.baseline != fingerprint(dict(self.values)):
            raise ValueError("the baseline values differ from those stamped; write stamps with `evalkit freeze`")
        return self


class Frozen(Model):
    """Stamps of one assessment: primary indicators and design, and plan, targets and baseline of every region.

    `disclosure` is the rule under which small numbers were hidden then: under another one no frozen value is shown.
    """

    date: dt.date
    primary: tuple[str, ...]
    design: str
    disclosure: str = ""
    regions: Mapping[str, FrozenRegion] = {}

    def fingerprint(self, region: str) -> str:
        """SHA-256 of everything fixed for a region; the latest figures are not part of it."""
        own = self.regions[region]
        return fingerprint([list(self.primary), self.design, own.plan, own.targets, own.baseline])

    def only(self, region: str) -> "Frozen":
        """The stamps of the assessment and of one region."""
        own = {name: stamps for name, stamps in self.regions.items() if name == region}
        return self.model_copy(update={"regions": own})


def fingerprint(content: object) -> str:
    """SHA-256 of parameters, independent of the order of keys and the layout of the file.

    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    text = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(content: object) -> object:
    """Models without their default values: a key that a later version adds does not change the hash."""
    if isinstance(content, BaseModel):
        return content.model_dump(mode="json", exclude_defaults=True)
    return [_plain(part) for part in content] if isinstance(content, (list, tuple)) else content


def file_of(assessment: str) -> str:
    """The file with the stamps of an assessment, relative to its project."""
    return f"{FROZEN}/{assessment}.yml"


def of(root: Path, assessment: str) -> Frozen | None:
    """The stamps of an assessment; None if it was never frozen.

    Raises:
        InputError: if the file was edited by hand.
    """
    file = file_of(assessment)
    return read(root / file, Frozen, file) if (root / file).is_file() else None


def as_yaml(frozen: Frozen) -> str:
    """The text of the file."""
    return HEAD + yaml.safe_dump(frozen.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=1000)
