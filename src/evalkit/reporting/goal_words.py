"""The fixed words about goals, by code: operators, commitments, reasons, rules; `vocabulary` carries them all."""

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
AGAINST = {
    "above": "{indicator}: {value} ({period}), {gap} above the target ({target}).",
    "below": "{indicator}: {value} ({period}), {gap} below the target ({target}).",
    "level": "{indicator}: {value} ({period}), level with the target ({target}).",
}
COMMITMENTS = {
    **dict.fromkeys(("确保", "达到", "保持", "提高到", "实现"), "a firm commitment"),
    **dict.fromkeys(("力争", "争取", "积极争创", "努力"), "an aim"),
}
GOAL_REASONS = {
    "figure_too_old": "The latest figure is of {period}; none of the target year {year} or later was received.",
    "only_words": "What was published ({period}) is a wording, not a number.",
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
    "no_benchmark_figure": "No figure of {unit} for the same period was received.",
    "no_direction_given": "Which direction is better is not stated.",
    "no_matching_word": "The published wording does not say whether this was reached.",
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
