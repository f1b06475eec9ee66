"""Words of the page on the quality of the data, by code; `vocabulary` carries them all."""

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
    "error": "error in the workbook's cell",
    "stated": "no value, with a note",
    "no_row": "no value received",
}
# What `evalkit ingest` writes into its log, by how the rule begins.
INGEST_RULES = {
    "full-width signs": "full-width signs",
    "thousands separators": "thousands separators",
    "footnote mark": "footnote mark behind the number",
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
