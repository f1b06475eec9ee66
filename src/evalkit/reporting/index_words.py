"""The fixed words of the index pages, by code: short ones for thousands of rows, and counts; `vocabulary` has all."""

GOALS_IN_SHORT = {
    "not_met": "not met",
    "behind": "behind",
    "near": "near",
    "direction_not_met": "wrong way",
    "cannot_tell": "cannot tell",
    "direction_unclear": "unclear",
    "on_track": "on track",
    "met_early": "met early",
    "met": "met",
    "direction_met": "right way",
    "not_measured": "not published",
}
EFFECTS_IN_SHORT = {
    "opposite": "opposite",
    "supported": "supported",
    "uncertain": "uncertain",
    "cannot_judge": "no judgement",
    "no_direction": "no direction",
}
# Not met comes first. What a source says of a direction counts with what it says of a level.
GOAL_COUNTS = {
    "not_met": "{n} not met",
    "behind": "{n} behind schedule",
    "near": "{n} near the target",
    "cannot_tell": "{n} cannot be told",
    "on_track": "{n} on track",
    "met": "{n} met",
    "not_measured": "{n} not published and not judged",
}
EFFECT_COUNTS = {
    "opposite": "{n} opposite of what was expected",
    "supported": "{n} supported by the evidence",
    "uncertain": "{n} uncertain (evidence not sufficient to tell)",
    "cannot_judge": "{n} cannot be judged",
    "no_direction": "{n} without a better direction",
}
GROUPS = {
    "real": "Evaluations of real regions",
    "demonstration": "Demonstrations (fictional regions, simulated values)",
    "example": "Worked examples with a published answer",
}
