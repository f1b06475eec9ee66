"""Simulated panels with known truth, and the calibration of every method on them."""
