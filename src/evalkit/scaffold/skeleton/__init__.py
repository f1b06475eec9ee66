"""Commented files to start from, as `evalkit new` writes them; `$` stands before what is filled in."""
