"""From an executed notebook to a published site."""

import sys

# `import nbformat` imports jsonschema, which imports rfc3987_syntax if it is installed (JupyterLab brings it): 38
# grammars, built in every process (1 to 2 s of CPU), only to check the formats `iri` and `iri-reference`. No schema of
# a notebook or of evalkit uses these (see test_light_imports.py), so jsonschema runs without the package here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None makes its import fail
