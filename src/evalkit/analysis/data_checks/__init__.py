"""Whether the data can be trusted: outliers, breaks, irregular reporting."""
