"""Sections of a region's report."""
