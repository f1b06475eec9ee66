"""Files on disk: atomic writes, content hashes, YAML with line numbers, the run-scoped cache."""
