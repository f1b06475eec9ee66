"""The fixed words of a report, by code; English here, other languages in the catalogues."""

STAGES = {
    "baseline": "Baseline report",
    "midterm": "Mid-term assessment report",
    "final": "Final assessment report",
    "annual": "Annual assessment report",
}
STATES = {"draft": "Draft for comments", "review": "Draft for approval", "final": "Final version"}
STANDING = {
    "press": "press report, not independently verified",
    "draft": "quoted from a draft for comments; the adopted document may differ",
    "fictional": "fictional plan, for demonstration only",
}
SECTIONS = {
    "conclusions": "Conclusions in brief",
    "goals": "Were the goals met?",
    "implementation": "What was done",
    "effects": "Did the reform do it?",
    "indicators": "The indicators over time",
    "checks": "How firm is this?",
    "published": "Figures as published",
    "limits": "Limits, and what must not be concluded",
    "definitions": "Definitions",
    "provenance": "Where this comes from",
    "pool": "Who is compared",
    "before_after": "Before and after",
    "placebos": "The same estimate for every comparison region",
    "methods": "Estimates side by side",
}
METHODS = {
    "mean_difference": "Difference of means",
    "segmented_hac": "Segmented regression, Newey-West errors",
    "did_mean": "Difference-in-differences of means",
    "synthetic_did": "Synthetic difference-in-differences",
    "synthetic_control": "Synthetic control",
    "gap": "Gap by event time",
}
TERMS = {
    "att": "effect",
    "level_change": "change of level",
    "slope_change": "change of slope per period",
    "effect_h4": "difference from the continued baseline after 4 periods",
    "effect_h8": "difference from the continued baseline after 8 periods",
}
PERIOD_USES = {
    "pre": "baseline",
    "post": "after the start",
    "incomplete": "left out: start not complete",
    "transition": "left out: transition",
    "anticipation": "left out: anticipation",
    "missing": "no value",
}
REASONS = {
    "no_panel": "Withheld: no time series of this indicator has been published for this region "
    "and for regions to compare "
    "it with. An estimate would need its values for at least 19 comparison regions, over several periods before the "
    "start and at least 4 complete periods after it.",
    "no_observations": "No value was observed and released by the cut-off date.",
    "no_adoption": "Withheld: no start of the reform is known by the cut-off date.",
    "too_few_pre_periods": "Withheld: usable periods before the start: {have}; needed: at least {need}.",
    "too_few_post_periods": "Withheld: complete, released periods after the start ({adoption}) by the cut-off date: "
    "{have}; needed: at least {need}.",
    "no_post_period": "Withheld: no complete, released period after the start ({adoption}) exists by "
    "the cut-off date; "
    "at least {need} are needed.",
    "no_comparison_units": "Withheld: no region is left to compare with.",
    "too_few_comparison_units": "Withheld: comparison regions: {have}; needed: at least {need}.",
    "constant_outcome": "Withheld: the value never changes in any region.",
    "definition_break": "Withheld: the definition changed inside the window ({periods}); values before and after are "
    "not comparable within one region.",
    "not_separable_from_mask": "Withheld: the start ({adoption}) falls together with “{mask}”; a comparison of the "
    "region with itself cannot tell the two apart.",
    "unbounded_interval": "{n} comparison regions are too few for a 95% interval (19 are needed).",
    "excluded_by_evaluator": "left out by the evaluator: {why}",
    "overlaps_region": "contains the region or lies inside it",
    "treated_in_window": "started the reform itself within the window",
    "differs": "differs in “{column}”",
    "break_not_shared": "a change of definition at another time than in the region",
    "too_many_missing": "observes fewer than {share} of the periods",
    "not_among_nearest": "not among the {n} nearest",
}
CHECKS = {
    "smallest_p": ("Smallest p that this group can give", "Is the group large enough for a judgement at 0.05?"),
    "detectable": ("Smallest detectable effect", "Which effect would have been seen in 80% of cases?"),
    "studentised": (
        "Effect in units of each region's own noise",
        "Does it stand if the region is noisier than the others?",
    ),
    "pre_gap": ("Largest gap before the start", "Did region and comparison group move alike before?"),
    "leave_one_out": ("Leaving out each comparison region", "Does the sign hang on one of them?"),
    "effective_donors": ("Effective number of donors", "On how many regions does the weighted comparison rest?"),
    "without_mask": ("With the masked periods put back", "Does the sign stay?"),
    "placebo_time": ("An invented earlier start", "Is nothing found where nothing happened?"),
    "adoption_alternative": ("Another possible start", "Does the sign stay with the other date?"),
}
DIRECTIONS = {
    "increase": "increase",
    "decrease": "decrease",
    "no_increase": "no increase",
    "no_decrease": "no decrease",
}
NOTEBOOKS = {"region_report": "Report", "before_after": "Before and after", "difference_in_differences": "Comparison"}
DEMO = "Demonstration data (fictional regions)."
RULE = (
    "“Evidence supports an effect” needs all of: the larger of the plain and the "
    "studentised p at most 0.05; no unusual "
    "gap before the start; the sign kept by synthetic difference-in-differences, by "
    "leaving out every comparison region "
    "in turn, and with masked periods put back; and a change in the wanted direction.",
    "“Opposite” is the same with the other direction. Fewer than 19 comparison regions: no judgement.",
)
LEADS = {
    "before_after": "Technical annex. The region compared with its own past only: a description of what changed, not "
    "evidence of why.",
    "difference_in_differences": "Technical annex. The region's change less that of comparison regions; p-values "
    "come "
    "from making the same estimate for every comparison region.",
}
MASKS = {"covid": "COVID-19"}
