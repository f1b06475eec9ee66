"""From an executed notebook to a published site."""

import sys

# `import nbformat` imports jsonschema, and that imports rfc3987_syntax where JupyterLab has brought it along: 38
# grammars, built anew in every process (1 to 2 s of CPU). They check the formats `iri` and `iri-reference` only. As no
# schema of a notebook or of evalkit asks for these (see test_light_imports.py), jsonschema does without them here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: an import of it finds no module
