"""What was laid down before results were known (params/frozen/<assessment>.yml), written by `evalkit freeze`."""

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
HEAD = "# Written by `evalkit freeze`. Hashes are SHA-256 of the parameters as read, whatever their layout in YAML.\n"


class Figure(Model):
    """The latest figure of an indicator as it was known then."""

    period: PeriodText
    value: float


class FrozenRegion(Model):
    """Stamps of one region; `values` are the baseline by indicator, which `baseline` is the hash of."""

    plan: str
    targets: str
    baseline: str
    values: Mapping[str, float] = {}
    figures: Mapping[str, Figure] = {}

    @model_validator(mode="after")
    def _as_stamped(self) -> Self:
        if self.baseline != fingerprint(dict(self.values)):
            raise ValueError("the baseline values are not those that were stamped; write stamps with `evalkit freeze`")
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
        """sha256 of everything that was laid down for a region; the latest figures are no part of it."""
        own = self.regions[region]
        return fingerprint([list(self.primary), self.design, own.plan, own.targets, own.baseline])

    def only(self, region: str) -> "Frozen":
        """What concerns one region."""
        own = {name: one for name, one in self.regions.items() if name == region}
        return self.model_copy(update={"regions": own})


def fingerprint(content: object) -> str:
    """sha256 of parameters: the same for the same content, whatever the order of its keys or the layout of its file."""
    text = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(content: object) -> object:
    """Models as they were filled in: a key that a later version adds changes no hash."""
    if isinstance(content, BaseModel):
        return content.model_dump(mode="json", exclude_defaults=True)
    return [_plain(one) for one in content] if isinstance(content, (list, tuple)) else content


def file_of(assessment: str) -> str:
    """Where the stamps of an assessment stand in its project."""
    return f"{FROZEN}/{assessment}.yml"


def of(root: Path, assessment: str) -> Frozen | None:
    """The stamps of an assessment; None where it was never frozen.

    Raises:
        InputError: where the file is not as `evalkit freeze` writes it.
    """
    file = file_of(assessment)
    return read(root / file, Frozen, file) if (root / file).is_file() else None


def as_yaml(frozen: Frozen) -> str:
    """The text of the file."""
    return HEAD + yaml.safe_dump(frozen.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=1000)
