"""The fixed words of a report, by code; English here, other languages in the catalogues."""

from evalkit.reporting.first_words import MATERIALS as MATERIALS
from evalkit.reporting.first_words import MEANINGS as MEANINGS
from evalkit.reporting.first_words import OWED as OWED
from evalkit.reporting.first_words import OWED_STANDINGS as OWED_STANDINGS
from evalkit.reporting.goal_words import AGAINST as AGAINST
from evalkit.reporting.goal_words import COMMITMENTS as COMMITMENTS
from evalkit.reporting.goal_words import GOAL_REASONS as GOAL_REASONS
from evalkit.reporting.goal_words import GOAL_RULES as GOAL_RULES
from evalkit.reporting.goal_words import OPERATORS as OPERATORS
from evalkit.reporting.index_words import EFFECT_COUNTS as EFFECT_COUNTS
from evalkit.reporting.index_words import EFFECTS_IN_SHORT as EFFECTS_IN_SHORT
from evalkit.reporting.index_words import GOAL_COUNTS as GOAL_COUNTS
from evalkit.reporting.index_words import GOALS_IN_SHORT as GOALS_IN_SHORT
from evalkit.reporting.index_words import GROUPS as GROUPS
from evalkit.reporting.quality_words import GAP_REASONS as GAP_REASONS
from evalkit.reporting.quality_words import INGEST_RULES as INGEST_RULES
from evalkit.reporting.quality_words import QUALITY_CONSEQUENCES as QUALITY_CONSEQUENCES
from evalkit.reporting.quality_words import QUALITY_FACTS as QUALITY_FACTS
from evalkit.reporting.quality_words import QUALITY_KINDS as QUALITY_KINDS

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
    "secondary": "quoted at second hand; the original was not consulted",
}
SECTIONS = {
    "conclusions": "Conclusions in brief",
    "changes": "What has changed since the last report",
    "reform": "What is evaluated",
    "goals": "Were the goals met?",
    "implementation": "What was done",
    "effects": "Did the reform do it?",
    "indicators": "The indicators over time",
    "checks": "How firm is this?",
    "quality": "Can the data be taken as reported?",
    "published": "Figures as published",
    "appraisal": "Appraisal and incentives",
    "problems": "Problems, risks and recommendations",
    "evidence": "Evidence, comments and sign-off",
    "limits": "Limits, and what must not be concluded",
    "plan": "The evaluation plan",
    "members": "Members",
    "definitions": "Definitions",
    "provenance": "Where this comes from",
    "pool": "Who is compared",
    "before_after": "Before and after",
    "placebos": "The same estimate for every comparison region",
    "methods": "Estimates side by side",
    "cohorts": "Who started when",
    "programme": "Did the programme do it?",
    "path": "Effect by time since the start",
    "regression": "Why not plain regression",
    "few_clusters": "Are there enough regions?",
    "regions": "Region by region",
    "alarms": "False alarms: nothing happened, yet something is found",
    "coverage": "Intervals: how often the truth lies inside",
    "chip": "The judgement",
    "power": "Power: something happened, and is found",
    "values": "Which values are there?",
    "unfit": "Which figures do not fit?",
    "unusual": "What is unusual among the regions?",
    "received": "What was changed when the workbooks were read?",
    "questions": "What is still to be asked?",
    "controlled": "The same on the region less its comparison group",
}
METHODS = {
    "segmented_ar1": "Segmented regression, autoregressive errors",
    "segmented_quasi": "Segmented regression for counts and shares",
    "local_level": "Segmented regression on a wandering level",
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
    "overlaps_region": "contains the region, lies inside it or shares an institution with it",
    "treated_in_window": "started the reform itself within the window",
    "differs": "differs in “{column}”",
    "break_not_shared": "a change of definition at another time than in the region",
    "too_many_missing": "observes fewer than {share} of the periods",
    "lies_inside": "lies inside another region that enters ({unit})",
    "shares_an_institution": "shares an institution with another region that enters ({unit})",
    "no_pre_period_of_its_own": "started before the first period observed",
    "break_not_shared_in_stratum": "a change of definition at another time than in its stratum",
    "no_comparison_in_stratum": "no region of its stratum ({stratum}) is left to compare with",
    "no_pre_period": "Withheld: no treated region is observed before its start.",
    "fewer_than_two_treated": "Withheld: treated regions that enter: {n}; a pooled effect needs at least 2. One region "
    "alone is judged in its own report.",
    "no_variance": "no variation from which an error could be computed",
    "no_such_comparison": "no comparison of this type exists",
    "identified_until": "identified up to {periods} only, as every region starts in the end",
    "not_among_nearest": "not among the {n} nearest",
}
CHECKS = {
    "smallest_p": ("Smallest p that this group can give", "Is the group large enough for a judgement at 0.05?"),
    "detectable": ("Smallest detectable effect", "Which effect would have been seen in 80% of cases?"),
    "studentised": (
        "Effect in units of each region's own noise",
        "Does it stand if the region is noisier than the others?",
    ),
    "population_scaled": (
        "Effect in units expected for each region's size",
        "Does it stand if small regions vary more?",
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
PROGRAMME = "Programme: all regions together"
METHOD_CHECK = "How reliable the methods are"
DATA_QUALITY = "Quality of the data"
NOTEBOOKS = {
    "region_report": "Report",
    "before_after": "Before and after",
    "difference_in_differences": "Comparison",
    "programme_report": PROGRAMME,
    "method_check": METHOD_CHECK,
    "data_quality": DATA_QUALITY,
}
COMMON_DESIGNS = {
    "before_after": "Before and after, ordinary t-test",
    "twfe_clustered": "Two-way fixed effects, clustered errors",
    "did_ordinary": "Difference-in-differences, ordinary t-test",
    "did_placebo": "Difference-in-differences, exact placebo inference (this report's)",
    "synthetic_did": "Synthetic difference-in-differences, placebo inference",
}
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
CONDITIONS = {
    "p_value": "larger of the two p-values at most 0.05",
    "pre_gap": "no unusual gap before the start",
    "synthetic_did": "same sign by synthetic difference-in-differences",
    "leave_one_out": "same sign without any one comparison region",
    "without_mask": "same sign with masked periods put back",
}
CERTAINTIES = {"high": "high", "moderate": "moderate", "low": "low", "very_low": "very low"}
DOWNGRADES = {
    "imprecise": "the interval is wide",
    "unlike_before": "region and comparison group moved apart already before the start",
    "sign_changes": "the weighted comparison points the other way",
    "hangs_on_one": "the sign hangs on one comparison region",
    "hangs_on_mask": "the sign hangs on leaving out masked periods",
    "found_where_nothing_happened": "something is found at an invented earlier start as well",
}
ASPECTS = {
    "level": "Mean of the baseline",
    "trend": "Trend per period of the baseline",
    "size": "Mean denominator",
    "population": "Population",
}
POOLS = {
    "same_kind": "never treated, regions of the same kind",
    "all_untreated": "never treated, regions of every kind, as fewer than 19 of the same kind can be compared",
}
KINDS = {"county": "counties", "city": "cities", "zone": "zones", "state": "states", "consortium": "consortia"}
COMPARISONS = {
    "treated_vs_never": "Treated against never treated",
    "earlier_vs_later": "Earlier against later starters",
    "later_vs_earlier": "Later against earlier starters (misleading where effects grow)",
}
FEW_CLUSTERS = {"wild_bootstrap": "Wild cluster bootstrap", "randomization": "Randomization inference"}
PROGRAMME_LIMITS = (
    "The pooled effect assumes that without the reform treated regions would have changed like regions of the same "
    "stratum that were not treated yet. Points before the start can contradict this, but not prove it.",
    "A pooled effect says nothing about a single region; each region's own report does.",
    "The first period counts as treated even where the reform started in the middle of it.",
)
QUANTITIES = {
    "larger_p": "The p of the judgement (larger of plain and studentised)",
    "pre_gap": "Largest gap before the start",
    "placebo_time": "An invented earlier start",
    "supported_or_opposite": "“Supported” or “opposite”",
    "supported": "“Supported”",
    "band_pre": "Placebo band, periods before",
    "band_post": "Placebo band, periods after",
    "clustered (not used)": "Clustered standard errors (never used for one region)",
    "reading of segmented series": "Before and after, both models agreeing",
    "reading of controlled series": "Region less comparison group, both models agreeing",
}
METHOD_CHECK_LEAD = (
    "Every p-value, interval and judgement of the reports was run on simulated panels whose "
    "truth is known, through the "
    "same code. Shares are in per cent of {panels} panels of each kind (before/after models: of every fifth).",
    "Where all regions vary alike, the exact test finds something by mistake in at most {nominal}% of panels, as it "
    "should. Where the region varies twice as much as the others, the plain test fails; the "
    "judgement therefore uses the "
    "larger of two p-values.",
    "Standard errors clustered by region, the usual choice, fail for one region in most "
    "panels; they are shown only to say so.",
)
FLAGS = {
    "anticipation": "Moves before its start",
    "spillover": "Not treated, but moves like the treated",
    "merger": "Counts another area than before",
    "bunching": "Values lie just at a target",
    "trend": "Another trend than its comparison group",
    "definition_break": "Step shared by a whole stratum",
    "missing": "Reports less than before",
    "repeated_year": "Repeats the year before",
    "gap_period": "Reports nothing in a period",
    "year_end": "Stands better at the end of every year",
}
CONSEQUENCES = {
    "baseline_holds_effect": "The baseline may already hold a part of the effect, which is then understated; "
    "“anticipation” in the assessment leaves such periods out.",
    "comparison_gains_too": "As a comparison region it takes a part of the effect away from its neighbours; "
    "“exclude” in the assessment leaves it out.",
    "not_the_same_unit": "Values before and after are not those of the same area and must not be compared.",
    "target_met_on_paper": "Whether the target was met rests on figures that should be checked at their source.",
    "trend_taken_for_effect": "The trend from before the start goes on after it and is taken for an effect.",
    "comparison_drifts": "As a comparison region it moves the comparison for a reason of its own.",
    "step_taken_for_effect": "Unless it is declared as a change of definition, the step can be taken for an effect.",
    "declared": "Declared in the parameters: no estimate crosses it unless region and comparison group share it.",
    "missing_selects": "If the worse periods are the missing ones, the mean of the others looks too good.",
    "year_not_observed": "The year was probably not observed anew; it hides what changed in it.",
    "period_absent": "The period is left out for this region; what happened in it is not known.",
    "stands_at_year_end": "A deadline may show, not the reform: the figure of the last period should not stand for the "
    "year; check it against the periods around it.",
}
COMPARABLE = {
    "no_figure": "no figure published",
    "never_comparable": "not comparable: every region counts something else",
    "other_definition": "not comparable: other regions publish a rate of another definition",
    "other_kind": "not comparable: no other region of this kind",
    "other_period": "not comparable: no other region's figure is of this period",
    "only_region": "no other region publishes it",
}
RISK_LEVELS = {"high": "high risk", "medium": "medium risk", "low": "low risk"}
SIGNATORIES = ("Head of the evaluation", "Reviewer", "Expert")
STANDINGS = {
    "overdue": "Past its due date; no material on its closing received",
    "open": "Not closed yet",
    "closed": "Closed on {date}",
}
SILENT = "Raised by the previous assessment; nothing was received about it this time."
PROGRESS = {
    "done": "Done",
    "done_late": "Done late",
    "overdue": "Overdue",
    "not_done": "Not done yet",
    "started": "Started",
    "told": "Described without a date",
    "unknown": "No evidence received (not the same as not done)",
}
PROGRESS_COUNTS = {
    "overdue": "overdue by dated evidence {n}",
    "done": "done according to evidence {n}",
    "done_late": "done late {n}",
    "started": "started {n}",
    "not_done": "reported as not done yet {n}",
    "told": "described without a date {n}",
    "unknown": "no evidence received {n} (not the same as not done)",
}
EVENTS = {"reached": "Reached", "planned": "Planned", "unknown": "No report received (not the same as not reached)"}
LANES = {
    "basis": "Policy basis",
    "reform": "Measures of the reform",
    "milestone": "Milestones",
    "payment": "Payment reform",
    "concurrent": "Concurrent reform",
}
RISKS = {
    "behind": "{name}: behind schedule; latest {value}, target {target} by {deadline}",
    "missed": "{name}: target not met by its deadline; latest {value}, target {target}, {deadline}",
    "wrong_way": "{name}: direction not as wanted; latest {value}, {change}",
    "guard": "{name} must not get worse, but has: latest {value}, {change}",
    "task": "Task overdue by dated evidence: {name} (due {due}, report of {date})",
    "problem": "Problem not closed by its due date ({due}): {name}",
}
QUESTIONS = {
    "process": "Process: was it done?",
    "impact": "Impact: did it make a difference?",
    "value": "Value: was it worth it?",
}
LOGIC = {
    "inputs": "Inputs",
    "activities": "Activities",
    "outputs": "Outputs",
    "outcomes": "Intended outcomes",
    "assumptions": "Assumptions",
    "outside": "Outside factors",
}
FROZEN = {
    "plan": "evaluation plan",
    "targets": "targets",
    "baseline": "baseline",
    "primary": "primary indicators",
    "design": "design of the comparison",
}
SINCE = {
    "same_figure": "no newer figure",
    "not_measured_before": "no difference: not measured before the platform started",
    "other_frequency": "no difference: one figure is of a year, the other of a part of one",
    "definition_break": "no difference: the definition changed in between",
    "revised": "a revised figure of the same period, not a change",
    "other_season": "other time of year: holds the season as well",
    "other_source": "one figure as published, the other from the panel",
}
REVISED_FOR = {True: "the data changed", False: "same data: parameters or methods changed"}
MEMBER_ROLES = {"lead": "lead institution", "member": "member"}
KIND_NAMES = {
    "county": "county",
    "city": "city",
    "zone": "zone",
    "state": "state",
    "consortium": "consortium",
    "hospital": "hospital",
    "community_health_centre": "community health centre",
    "township_hospital": "township health centre",
}
BASES = {"self_reported": "self-reported", "documented": "documented", "checked": "checked on site"}
