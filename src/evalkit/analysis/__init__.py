"""Results as frozen values: effects, goals, the programme, data checks."""
