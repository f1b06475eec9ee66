"""New projects: `evalkit new`, drafted mappings, open questions, JSON schemas."""
