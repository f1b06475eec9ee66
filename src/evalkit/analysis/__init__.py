"""Estimates and findings: frozen results, which neither draw nor speak."""
