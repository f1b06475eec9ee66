"""Whether goals were met: targets, figures observed, obligations, problems, scorecards."""
