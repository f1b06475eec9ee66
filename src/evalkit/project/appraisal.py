"""Appraisals of institutions in a region's file: dimensions, weights, scores."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from evalkit.project.params import Cited, Identifier, Model, PeriodText, Text


class Dimension(Model):
    """One dimension of an appraisal."""

    id: Identifier
    name: Text
    weight: float | None = Field(default=None, ge=0)
    """set by the evaluator; evalkit has no weights of its own."""


class Rated(Model):
    """Scores of one unit in one year, 0 to 100 by dimension; a dimension without a score is missing."""

    name: Text
    year: PeriodText
    """of the appraisal."""
    norms: Text | str | None = None
    """the standards by which the unit was appraised, in words that readers know."""
    scores: Mapping[str, float] = {}
    """score by id of the dimension."""
    evidence: Text | None = None
    appeal: Text | None = None
    """the unit's objection and its outcome."""

    @model_validator(mode="after")
    def _within(self) -> Self:
        wrong = [name for name, score in self.scores.items() if not 0 <= score <= 100]
        if wrong:
            raise ValueError(f"the score of {wrong[0]!r} must lie between 0 and 100")
        return self


class Scorecard(Cited):
    """An appraisal: dimensions, weights as the evaluator's input, and the units appraised.

    Units with different `norms` (TCM hospitals have their own) are never ranked together.
    """

    id: Identifier
    name: Text
    dimensions: tuple[Dimension, ...] = Field(min_length=1)
    """what is appraised; either all dimensions have a weight or none has."""
    weights_source: Text | None = None
    """who set the weights."""
    units: tuple[Text, ...] = ()
    """units to be appraised, while no score has been received."""
    rated: tuple[Rated, ...] = ()
    """the units appraised, by year."""
    open_list: bool = False
    """whether the source's list of dimensions ends in 等."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        dimensions = {dimension.id for dimension in self.dimensions}
        unknown = sorted({name for rated in self.rated for name in rated.scores} - dimensions)
        if unknown:
            raise ValueError(f"scores of an unknown dimension {unknown[0]!r}; known: {', '.join(sorted(dimensions))}")
        weighted = [dimension.weight is not None for dimension in self.dimensions]
        if any(weighted) and not all(weighted):
            raise ValueError("give every dimension a weight, or none")
        if all(weighted) and not any(dimension.weight for dimension in self.dimensions):
            raise ValueError("at least one weight must be above 0")
        rated = [(entry.name, entry.year) for entry in self.rated]
        if len(set(rated)) < len(rated):
            raise ValueError("a unit has two sets of scores in one year; keep the corrected one and fill in `appeal`")
        return self
