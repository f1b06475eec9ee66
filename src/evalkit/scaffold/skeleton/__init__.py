"""Templates of the commented files that `evalkit new` writes; `$` marks the placeholders."""
