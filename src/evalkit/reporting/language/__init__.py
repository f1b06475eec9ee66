"""Languages and audiences: catalogues, vocabulary, number formats, the order of sections."""
