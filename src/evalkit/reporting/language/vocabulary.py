"""The fixed words of a report, by code; English here, other languages in the catalogues."""

STAGES = {
    "baseline": "Baseline report",
    "midterm": "Mid-term assessment report",
    "final": "Final assessment report",
    "annual": "Annual assessment report",
}
DESK_REVIEW = "Review of public sources"  # replaces the stage if no region was asked for data
STATES = {"draft": "Draft", "review": "Draft for approval", "final": "Final version"}
STANDING = {
    "press": "press report, not independently verified",
    "draft": "quoted from a draft for comments; the adopted document may differ",
    "fictional": "fictional plan, for demonstration only",
    "secondary": "quoted at second hand; the original was not consulted",
}
SECTIONS = {
    "conclusions": "Conclusions in brief",
    "responsibilities": "Who owes what by when",
    "needed": "What is still needed",
    "citizens": "For residents",
    "yardsticks": "What must not get worse, reference values, rules",
    "remarks": "The evaluator's remarks, risks and lessons",
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
    "problems": "Problems and recommendations",
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
    "specifications": "What if other choices had been made?",
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
    "segmented_persistent": "Segmented regression, persistence of the noise assumed",
    "segmented_quasi": "Segmented regression for counts and shares",
    "local_level": "Segmented regression, local-level model",
    "mean_difference": "Difference of means",
    "segmented_hac": "Segmented regression, Newey-West errors",
    "did_mean": "Difference-in-differences of means",
    "synthetic_did": "Synthetic difference-in-differences",
    "synthetic_control": "Synthetic control",
    "gap": "Gap by event time",
    "callaway_santanna": "The estimator of Callaway and Sant'Anna",
    "imputation": "The imputation estimator",
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
    "no_panel": "Not estimated: the sources used hold no series of this indicator for this region and "
    "for regions to compare it with. An estimate would need its values for the region and at "
    "least 19 comparison regions, for at least 2 periods before the start and 4 complete "
    "periods after it.",
    "no_observations": "No value was observed and released by the cut-off date.",
    "no_adoption": "Not estimated: no start of the reform is known by the cut-off date.",
    "too_few_pre_periods": "Not estimated: usable periods before the start: {have}; needed: at least {need}.",
    "too_few_post_periods": "Not estimated: complete, released periods after the start ({adoption}) by the cut-off "
    "date: {have}; needed: at least {need}.",
    "no_post_period": "Not estimated: no complete, released period after the start ({adoption}) exists by the cut-off "
    "date; at least {need} are needed.",
    "no_comparison_units": "Not estimated: no region is left to compare with.",
    "too_few_comparison_units": "Not estimated: comparison regions: {have}; needed: at least {need}.",
    "constant_outcome": "Not estimated: the value never changes in any region.",
    "definition_break": "Not estimated: the definition changed inside the window ({periods}); values before and after "
    "are not comparable within one region.",
    "not_separable_from_mask": "Not estimated: the start ({adoption}) falls together with “{mask}”; a comparison of "
    "the region with itself cannot tell the two apart.",
    "unbounded_interval": "{n} comparison regions are too few for a 95% interval (19 are needed).",
    "excluded_by_evaluator": "left out by the evaluator: {why}",
    "overlaps_region": "contains the region, lies inside it or shares an institution with it",
    "treated_in_window": "started the reform itself within the window",
    "differs": "differs in {column}",
    "break_not_shared": "a change of definition at another time than in the region",
    "unknown": "“{column}” is not filled in",
    "same_cluster": "shares “{column}” with the region, at whose level the reform was assigned",
    "fluctuates_too_much": "The series fluctuates too much for a useful estimate: the interval spans a factor above 4.",
    "not_told_from_zero": "not applicable, as the effect is indistinguishable from zero",
    "bases_differ": "not applicable, as regions have different last periods before their starts",
    "zeros_on_log_scale": "Withheld: {n} of {of} figures are zero, and a zero has no logarithm; without these periods "
    "the effect would be understated. `scale: level` or `scale: per_capita` in indicators.yml uses every figure.",
    "zeros_on_log_scale_unit": "at least {share} of its figures are zero, which have no logarithm",
    "interval_with_intercept": "p and interval are those of the estimate with an intercept ({estimate})",
    "too_many_missing": "observes fewer than {share} of the periods",
    "lies_inside": "lies inside another region that enters ({unit})",
    "shares_an_institution": "shares an institution with another region that enters ({unit})",
    "no_pre_period_of_its_own": "started before the first period observed",
    "too_few_regions": "Withheld: regions with an estimate of their own: {have}; needed: at least {need}.",
    "not_observed_before_its_start": "has no figure before its start",
    "not_observed_after_its_start": "has no figure after its start",
    "few_treated_clusters": "{n} treated regions (or clusters of them) carry this estimate; with fewer than 8 the "
    "usual error is far too small, so no p and no interval are given",
    "one_treated_cluster": "rests on {n} treated region (or cluster of regions): no error can be computed",
    "too_few_assignments": "too few other ways of assigning the reform for an interval",
    "mixed_clusters": "units of one cluster started at different times, so the reform was not assigned by cluster",
    "break_not_shared_in_stratum": "a change of definition at another time than in its stratum",
    "no_comparison_in_stratum": "no region of its stratum ({stratum}) is left to compare with",
    "no_pre_period": "Not estimated: no treated region is observed before its start.",
    "fewer_than_two_treated": "Not estimated: treated regions that enter: {n}; a pooled effect needs at least 2. One "
    "region alone is judged in its own report.",
    "no_variance": "no variation from which an error could be computed",
    "no_such_comparison": "no comparison of this type exists",
    "identified_until": "identified up to {periods} only, as every region starts in the end",
    "not_among_nearest": "not among the {n} nearest",
}
CHECKS = {
    "smallest_p": ("Smallest p that this group can give", "Is the group large enough for a judgement at 0.05?"),
    "detectable": ("Smallest detectable effect", "Which effect would the judgement have found in 80% of cases?"),
    "plain": ("Effect by the plain placebo test", "What is found without regard to how noisy each region is?"),
    "studentised": (
        "Effect in units of each region's own noise",
        "Does it stand if the region is noisier than the others?",
    ),
    "population_scaled": (
        "Effect in units expected for each region's size",
        "Does it stand if small regions vary more?",
    ),
    "pre_gap": ("Largest gap before the start", "Did region and comparison group move alike before?"),
    "sensitivity": (
        "Gap before the start that would take the interval to zero (multiple)",
        "How far may region and comparison group have drifted apart without the reform?",
    ),
    "equivalence": ("Effects ruled out above", "Which effect would be seen for sure? (90% interval)"),
    "leave_one_out": ("Leaving out each comparison region", "Does the result depend on one region?"),
    "effective_donors": (
        "Effective number of comparison regions",
        "On how many regions does the weighted comparison rest?",
    ),
    "without_mask": ("With the masked periods put back", "Does the sign stay?"),
    "placebo_time": ("Placebo date", "Is nothing found where nothing happened?"),
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
    "“Evidence supports an effect” needs all of: the larger of the plain and the studentised p at most 0.05; no "
    "unusual gap before the start; the sign kept by synthetic difference-in-differences, by leaving out every "
    "comparison region in turn, and with masked periods put back; and a change in the wanted direction.",
    "“Opposite” is the same with the other direction. Fewer than 19 comparison regions: no judgement.",
)
LEADS = {
    "before_after": "Technical annex. The region compared with its own past only: a description of what changed, not "
    "evidence of why.",
    "difference_in_differences": "Technical annex. The region's change less that of comparison regions; p-values come "
    "from making the same estimate for every comparison region.",
}
DOMAINS = {
    "orderly_care": "Orderly care",
    "capability": "Capability of services",
    "resources": "Use of resources",
    "insurance_cost": "Insurance fund and costs",
    "public_health": "Public health",
    "outcomes": "Health outcomes",
    "governance": "Governance",
    "performance_appraisal": "Performance appraisal",
    "examples": "Examples",
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
    "hangs_on_one": "the sign depends on a single comparison region",
    "hangs_on_mask": "the sign depends on leaving out masked periods",
    "found_where_nothing_happened": "something is found at a placebo date as well",
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
COLUMNS = {"province": "province", "kind": "kind of region", "parent": "superior region"}
KINDS = {"county": "counties", "city": "cities", "zone": "zones", "state": "states", "consortium": "consortia"}
COMPARISONS = {
    "treated_vs_never": "Treated against never treated",
    "earlier_vs_later": "Earlier against later starters",
    "later_vs_earlier": "Later against earlier starters (misleading where effects grow)",
}
BEST_ESTIMATE = (
    "Three statements on the same effect: what this region's data say on their own, what all regions that started the "
    "reform say together, and both together. The more an estimate of one region fluctuates, the more weight the others "
    "get. The intervals of the last column hold the truth in 95% of regions on average, whatever the effects are like; "
    "they change no judgement of this report.",
)
PROGRAMME_CONDITIONS = {
    "p_value": "p at most 0.05",
    "pre_path": "no unusual path before the start",
    "other_base": "no difference beyond chance from the estimate with one base period",
    "other_estimator": "no difference beyond chance from the imputation estimator",
    "every_cohort": "same sign without any one cohort",
    "imputation": "same sign by the imputation estimator",
}
PROGRAMME_RULE = (
    "“Evidence supports an effect” of the programme needs all of: p at most 0.05; no unusual path before the start; "
    "the sign kept without any one cohort and by the imputation estimator; and a change in the wanted direction.",
    "Where the estimate differs beyond chance from the one with the last period before the start as base, or from the "
    "imputation estimator, no conclusion is drawn.",
    "With fewer than 20 treated (or comparison) regions, or clusters of them, p and interval come from assigning the "
    "starts anew 999 times (randomization inference); with more, from errors clustered at the level of assignment.",
)
PROGRAMME_APART = {
    "other_base": "The estimate with the last period before the start alone as base differs from it by {gap} "
    "(p\u00a0{p}), beyond chance: no conclusion is drawn.",
    "other_estimator": "The imputation estimator differs from the mean over region-periods by {gap} (p\u00a0{p}), "
    "beyond chance: no conclusion is drawn.",
}
PROGRAMME_SENSITIVITY = {
    "cluster": "{who}: the effect stays distinguishable from zero while the bias changes, from one period to the next, "
    "by at most {x} times its largest change before the start (relative magnitudes).",
    "randomization": "{who}: the effect stays distinguishable from zero unless treated and comparison regions drifted "
    "apart by more than {x} times the largest gap before the start.",
    "none": "{who}: measured from the last period before the start alone, as the check of parallel trends measures, "
    "the effect is indistinguishable from zero; no drift can be ruled out as its cause.",
}
FEW_CLUSTERS = {"wild_bootstrap": "Wild cluster bootstrap", "randomization": "Randomization inference"}
DISAGREEMENTS = {
    "only_check": "{name}: the check disagrees, so no conclusion is drawn. The interval of the headline ({headline}) "
    "holds zero; {method} gives {check} (95% interval {interval}).",
    "only_headline": "{name}: the check disagrees, so no conclusion is drawn. The headline is {headline}; {method} "
    "gives {check}, and its 95% interval ({interval}) holds zero.",
    "opposite": "{name}: the check disagrees, so no conclusion is drawn. The headline is {headline}; {method} gives "
    "{check} (95% interval {interval}), the opposite direction.",
    "judged": "{name}: the check is weaker than the headline. {method} gives {check}, and its 95% interval "
    "({interval}) holds zero: how large the effect is remains less certain than the headline says.",
}
PROGRAMME_LIMITS = (
    "The pooled effect assumes that without the reform treated regions would have changed like regions of the same "
    "stratum that were not treated yet. Points before the start can contradict this, but not prove it.",
    "A pooled effect says nothing about a single region; each region's own report does.",
    "The first period counts as treated even where the reform started in the middle of it.",
)
QUANTITIES = {
    "did_mean": "The judgement (larger of plain and studentised p)",
    "plain": "Plain placebo test",
    "studentised": "Studentised placebo test",
    "pre_gap": "Largest gap before the start",
    "placebo_time": "Placebo date",
    "supported_or_opposite": "“Supported” or “opposite”",
    "supported": "“Supported”",
    "band_pre": "Placebo band, periods before",
    "band_post": "Placebo band, periods after",
    "clustered (not used)": "Clustered standard errors (never used for one region)",
    "reading of segmented series": "Before and after, both models agreeing",
    "reading of controlled series": "Region less comparison group, both models agreeing",
}
METHOD_CHECK_CONCLUSIONS = {
    "reliable": "The judgement can be relied on: where nothing happened, it claimed an effect in {least} to {most}% of "
    "simulated panels, no more often than the 5% it allows (±{margin} by chance).",
    "unreliable": "The judgement claims too much: where nothing happened, it claimed an effect in {least} to {most}% "
    "of simulated panels, more often than the 5% it allows (±{margin} by chance).",
}
METHOD_CHECK_ALONE = (
    "Models of a region's own series, without comparison regions, find something where nothing happened too often in "
    "{n} of {of} combinations of model and panel (up to {most}%). That is why no judgement rests on them."
)
METHOD_CHECK_PERSISTENT = (
    "Up to a correlation of {rho} between neighbouring periods the reading claims a change in at most {most}% of these "
    "series; in more persistent ones in up to {worst}%, more often than it should. No judgement rests on it."
)
METHOD_CHECK_MARKS = (
    "± is how far chance alone moves a share of 5% in so many panels. ↑ and ↓ mark shares that lie further from what "
    "an exact test gives: ↑ above, ↓ below. Shares of fewer than 50 panels are not marked."
)
METHOD_CHECK_LEAD = (
    "An effect of the size called detectable had p at most 0.05 in {power}% of panels.",
    "Every p-value, interval and judgement of a region's report was run on simulated panels whose truth is known, "
    "through the same code. Shares are in per cent of {panels} panels of each kind (synthetic and before/after "
    "methods: of every fifth). Chance moves a share of 5% by up to {margin} points in so many panels.",
    "Where the region varies twice as much as the others, the plain test fails; the judgement therefore uses "
    "the larger of two p-values. Where regions vary alike it claims less often than it might.",
    "Standard errors clustered by region, the usual choice, fail for one region in most "
    "panels; they are shown only to say so.",
)
METHOD_CHECK_PROGRAMMES = (
    "In simulated programmes in which nothing happened, the pooled p was at most 0.05 in {least} to {most}% (at least "
    "{panels} of each kind; chance moves a share of 5% by up to {margin} points)."
)
METHOD_CHECK_UNMEASURED = "How often the pooled estimate of a programme is wrong is not in this table yet."
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
    "the assessment can leave such periods out.",
    "comparison_gains_too": "As a comparison region it takes a part of the effect away from its neighbours; "
    "the assessment can leave it out.",
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
    "no_figure": "not in the sources used",
    "never_comparable": "not comparable: every region counts something else",
    "other_definition": "not comparable: other regions' figures are of another definition",
    "other_kind": "not comparable: no other region of this kind",
    "other_period": "not comparable: no other region's figure is of this period",
    "only_region": "the sources used give it for this region only",
}
RISK_LEVELS = {"high": "high risk", "medium": "medium risk", "low": "low risk"}
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
    "unknown": "No evidence seen (not the same as not done)",
}
PROGRESS_COUNTS = {
    "overdue": "overdue by dated evidence {n}",
    "done": "done according to evidence {n}",
    "claimed": "reported as done, not documented {n}",
    "done_late": "done late {n}",
    "started": "started {n}",
    "not_done": "reported as not done yet {n}",
    "told": "described without a date {n}",
    "unknown": "no evidence seen {n} (not the same as not done)",
}
EVENTS = {
    "reached": "Reached",
    "planned": "Planned",
    "unknown": "No report seen (not the same as not reached)",
    "phase": "A phase of the plan, not an event",
    "this_report": "This report is made for this date",
    "previous_report": "The previous report was made for this date",
}
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
    "other_season": "different quarters: not comparable",
    "other_source": "one figure as published, the other from the panel",
}
REVISED_FOR = {"data": "the data changed", "parameters": "the parameters changed", "code": "the code changed"}
REVISED_FOR_UNKNOWN = {True: "the data changed", False: "same data: parameters or methods changed"}
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

# Words of the first screen and of who owes what; technical terms in plain words.
# By anchor: how sentences write the term, and what it means.
MEANINGS = {
    "baseline": (
        "baseline",
        "The state before the reform: the mean of the comparable figures of the last year before it started. Where no "
        "start or no earlier figure is known, there is none.",
    ),
    "comparison": (
        "comparison regions",
        "Regions that had not started the reform in the period observed. What changed in them as well is not put down "
        "to this region's reform.",
    ),
    "did": (
        "difference-in-differences",
        "The region's change from before the start to after it, less the mean change of the comparison regions over "
        "the same time.",
    ),
    "interval": (
        "95% interval",
        "The range in which the true effect roughly lies: made this way 100 times, it holds the true effect in about "
        "95, if all regions vary alike. Where it holds zero, the figures agree with no effect at all.",
    ),
    "p": (
        "p",
        "How often chance alone would show a change at least as large if the reform had no "
        "effect at all. 0.05 is one in twenty. It is counted by making the same estimate for "
        "every comparison region.",
    ),
    "detectable": (
        "smallest detectable effect",
        "The effect that would have been found in 80 of 100 cases with these data. A smaller one can be there "
        "without being seen.",
    ),
    "certainty": (
        "certainty of the evidence",
        "High, moderate, low or very low after GRADE. Evidence without random assignment starts at low; every "
        "doubt that the checks leave takes it a step down.",
    ),
    "masked": (
        "masked periods",
        "Periods of an exceptional event (such as COVID-19) that are left out of the estimate. The checks say what "
        "comes out with them put back.",
    ),
}
# Whether the reform did it, over all primary indicators: as half a sentence, and on the card.
ANSWERS = {
    "supported": "the evidence supports an effect",
    "partly": "effect supported for {n} of {of} indicators",
    "opposite": "opposite effect on {n} of {of} indicators",
    "uncertain": "whether the reform did it is not clear",
    "no_direction": "no direction counts as better, so no effect is judged",
    "no_data": "whether the reform worked cannot be answered",
    "cannot_judge": "no verdict on the reform is possible yet",
}
ANSWERS_IN_SHORT = {
    "supported": "yes, the evidence supports it",
    "partly": "supported for {n} of {of} indicators",
    "opposite": "opposite effect on {n} of {of} indicators",
    "uncertain": "not clear",
    "no_direction": "not judged",
    "no_data": "cannot be answered",
    "cannot_judge": "cannot be judged yet",
}
# A verdict at the end of a sentence.
VERDICTS = {
    "supported": "the evidence supports an effect",
    "opposite": "the opposite of what was wanted",
    "uncertain": "not sufficient to tell",
    "chance": "within what chance explains, so not sufficient to tell",
    "cannot_judge": "not judged",
    "no_direction": "no direction counts as better, so not judged",
}
MATERIALS = {
    "tasks": "material on {n} of {total} tasks",
    "items": "material on {n} of {total} items of checklists and responsibility lists",
    "events": "reports on {n} of {total} milestones",
}
SERIES_NEEDED = {  # by whether the years are known
    True: "{name}: quarterly, {first} to {last}, of this region and of at least 19 comparison regions (kept in: "
    "{holder})",
    False: "{name}: quarterly, of this region and of at least 19 comparison regions (kept in: {holder})",
}
OWED = {"task": "task of the plan", "recommendation": "recommendation", "problem": "open problem"}
OWED_STANDINGS = {
    "unknown": "no evidence seen",
    "open": "open",
    "overdue": "past its due date; no material received",
    "recommended": "recommended in this report",
}

# The fixed words about goals, by code: operators, commitments, reasons, rules;
OPERATORS = {
    ">=": "at least {value}",
    "<=": "at most {value}",
    ">": "above {value}",
    "<": "below {value}",
    "~": "about {value}",
    "<~": "just under {value}",
    ">~": "just over {value}",
    "rank": "rank {value} or better",
}
COMMITMENTS = {
    **dict.fromkeys(("确保", "达到", "保持", "提高到", "实现", "做到"), "a firm commitment"),
    **dict.fromkeys(("力争", "争取", "积极争创", "努力"), "an aim"),
}
GOAL_REASONS = {
    "figure_too_old": "The latest figure is of {period}; none of the target year {year} or later is at hand.",
    "only_words": "The source ({period}) gives a wording, not a number.",
    "figure_too_rough": "The figure is given only roughly, and lies too near the target to decide.",
    "too_few_figures": "Comparable figures since the baseline year, masked periods left out: {have}; a line needs at "
    "least {need}.",
    "two_figures": "A change between two figures carries no uncertainty of its own; it is shown, not judged.",
    "no_baseline": "There is no comparable earlier figure to start from.",
    "not_measured_before": "Not measured before “{platform}” started ({starts}).",
    "platform_start_unknown": "Since when “{platform}” has measured this is not stated.",
    "definition_changed": "The definition changed ({periods}); earlier figures are not comparable and are left out.",
    "growth_from_zero": "A growth in per cent needs figures above zero ({period}).",
    "no_benchmark_named": "No series to compare with is known.",
    "no_benchmark_figure": "No figure of {unit} for the same period is at hand.",
    "no_direction_given": "Which direction is better is not stated.",
    "no_matching_word": "The source's wording does not say whether this was reached.",
    "not_drawn_on": "Ranks and grades are not drawn on into the future.",
}
GOAL_RULES = (
    "A target is judged by the latest figure known on the cut-off date, a published one before one from the panel; "
    "after its deadline only by a figure of the deadline's year or later. What is better than asked meets a target "
    "too, except for a range and an exact value.",
    "Before the deadline a target that is not met yet is judged by a straight line through the comparable figures "
    "since the last year before the reform (one source, one definition; seasons allowed for, masked periods left "
    "out): “on track” if the figure to be expected at the deadline meets the target, else “behind schedule”. It takes "
    "at least {least_years} annual, {least_quarters} quarterly or {least_months} monthly figures.",
    "“Needed” is the pace at which that line would, from its last figure on, come to the target by the deadline. "
    "Intervals allow for figures that resemble the one before (correlation {after_years} from year to year, "
    "{after_quarters} from quarter to quarter, {after_months} from month to month; assumed, as so few figures cannot "
    "show it). The line knows no limits: a share may be drawn on beyond 100%.",
    "Directions: as wanted if the whole 95% interval of the trend lies on the wanted side, not as wanted if it lies "
    "on the other side, else unclear; “no increase” and “no decrease” are as wanted also where the interval ends at "
    "zero. Two figures are shown with their change, but never judged.",
    "“About” reaches {about} of the value to either side, “just under” as far below it, “just over” as far above it. "
    "“Near the target” is what misses it by no more than the tolerance fixed for the indicator beforehand; where none "
    "is fixed, nothing is near.",
    "A growth per year counts from the last comparable figure before the reform (where no start is known, from the "
    "earliest). A rank is met at that rank or better, a grade at that grade or higher, a benchmark where the figure "
    "of the same period is no worse.",
    "Where a source can be read in several ways, the chosen reading is judged and counted; the others are shown with "
    "the status that they would have.",
)

# What the axis of a figure counts in: large units, and time since the start of a reform.
LARGE = {1e3: "thousand", 1e4: "10,000", 1e6: "million", 1e8: "100 million"}
FROM_START = {
    "year": "years from the start",
    "half": "half-years from the start",
    "quarter": "quarters from the start",
    "month": "months from the start",
    "day": "days from the start",
}
# The fixed words of the index pages, by code: short ones for thousands of rows, and counts;
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
    "not_measured": "not in sources",
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
    "cannot_tell": "{n} cannot be determined",
    "on_track": "{n} on track",
    "met": "{n} met",
    "not_measured": "{n} not in the sources used and not judged",
}
EFFECT_COUNTS = {
    "opposite": "{n} opposite of what was expected",
    "supported": "{n} supported by the evidence",
    "uncertain": "{n} uncertain (evidence not sufficient to tell)",
    "cannot_judge": "{n} cannot be judged",
    "no_direction": "{n} without a better direction",
}
STATE_COUNTS = {"published": "{n} published", "failed": "{n} failed", "missing": "{n} not made yet"}
GROUPS = {
    "real": "Evaluations of real regions",
    "demonstration": "Demonstrations (fictional regions, simulated values)",
    "example": "Worked examples with a published answer",
}
TILES = {
    "all": "all judged targets met",
    "most": "at least half met",
    "few": "fewer than half met",
    "open": "none can be judged",
    "none": "no target stated",
}
QUARTERS = ("lowest quarter of {n}", "second quarter of {n}", "third quarter of {n}", "highest quarter of {n}")
POOLED = {
    "higher": "{name}: across the {n} regions that reformed, the change was {effect} higher than in those compared.",
    "lower": "{name}: across the {n} regions that reformed, the change was {effect} lower than in those compared.",
}

# Words of the page on the quality of the data, by code;
QUALITY_KINDS = {
    "above_whole": "Numerator larger than denominator",
    "negative": "Negative count",
    "ratio": "Value is not that of numerator and denominator",
    "total": "Total is not the sum of its parts",
    "outlier": "Far from the values around it",
    "revised": "Replaced by a later report",
    "provisional": "Provisional value",
    "never": "Never observed",
    "gap": "No value",
    "hidden": "Hidden as a small number",
}
QUALITY_FACTS = {
    "above_whole": "{numerator} of {denominator}",
    "negative": "{value}",
    "ratio": "{value} reported, {computed} computed",
    "total": "{value} reported, {parts} from the institutions",
    "outlier": "{value}; the values around it suggest {expected}",
    "revised": "{before} replaced by {after}",
}
QUALITY_CONSEQUENCES = {
    "impossible": "Impossible as reported, and used as reported until it is mended: every mean it enters is wrong.",
    "one_of_three_is_wrong": "The estimates use the value; which of the three figures is wrong has to be asked.",
    "total_as_reported": "The estimates use the total as reported; it covers others than the members known here, or "
    "one of the counts is wrong.",
    "moves_the_mean": "A single such value moves the mean of its side and widens the interval; check it at its source. "
    "No value is changed.",
    "later_one_used": "The later value is used; reports made before rest on the earlier one.",
    "may_be_revised": "It may still change, and with it what rests on the latest figure.",
    "no_estimate": "No estimate for this region, and it serves as comparison for no other.",
    "rests_on_the_others": "Means before and after rest on the other periods; nothing is filled in.",
    "small_ones_gone": "As good as missing for every estimate. Only small numbers are hidden, so the mean of the "
    "others is somewhat too high.",
}
GAP_REASONS = {
    "hidden": "hidden as a small number",
    "missing": "marked as missing",
    "not_applicable": "marked as not applicable",
    "withheld": "withheld at its source",
    "error": "error in the workbook's cell",
    "stated": "no value, with a note",
    "no_row": "no value received",
}
# What `evalkit ingest` writes into its log, by how the rule begins.
INGEST_RULES = {
    "full-width signs": "full-width signs",
    "thousands separators": "thousands separators",
    "footnote mark": "footnote mark behind the number",
    "flag": "flag behind the number",
    "marker in brackets": "remark behind the number (such as: expected)",
    "unit of measure": "unit of measure in the cell",
    "rounded to": "number known only to its last digits",
    "fifteen significant digits": "digits that Excel added",
    "blank": "empty cell",
    "mark of a missing value": "mark of a missing value",
    "zero is declared to be missing": "zero that stands for a missing value",
    "error": "error in the cell",
    "heading of a column": "heading of a column",
    "name of a unit": "name of a region",
    "name of an indicator": "name of an indicator",
    "label of a period": "label of a period",
    "accepted": "unusual value, accepted by the evaluator",
}
