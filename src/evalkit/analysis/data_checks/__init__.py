"""Checks that compare units: irregular reporting, unusual dynamics, definition breaks, year-end peaks."""
