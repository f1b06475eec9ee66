"""The index of an assessment and the page over all assessments."""
