"""Words of the first screen and of who owes what; technical terms in plain words. `vocabulary` carries them all."""

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
        "A range made so that it misses the true effect in at most 5 of 100 cases, if all regions vary alike. Where it "
        "holds zero, the figures agree with no effect at all.",
    ),
    "p": (
        "p",
        "The share of all regions, this one among them, that show a change at least as large, although the reform "
        "started only here. The smaller it is, the less likely is chance alone.",
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
MATERIALS = {
    "tasks": "material on {n} of {total} tasks",
    "items": "material on {n} of {total} items of checklists and responsibility lists",
    "events": "reports on {n} of {total} milestones",
}
OWED = {"task": "task of the plan", "recommendation": "recommendation", "problem": "open problem"}
OWED_STANDINGS = {
    "unknown": "nothing received",
    "open": "open",
    "overdue": "past its due date; no material received",
    "recommended": "recommended in this report",
}
