"""Sections over all regions: the index, the programme, the tour."""
