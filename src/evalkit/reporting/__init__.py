"""Words, tables and figures of the pages."""
