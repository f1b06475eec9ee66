"""What the reform did in one region: design, estimators, robustness checks, conclusion."""
