"""Sections on data quality."""
