"""Units of rates, as the share of a whole that one of them is."""

from decimal import Decimal

RATES = {"share": Decimal(1), "percent": Decimal("0.01"), "per_1000": Decimal("0.001")}
RATES |= {"per_10000": Decimal("0.0001"), "per_100000": Decimal("0.00001")}
WHOLES = {unit: 1 / rate for unit, rate in RATES.items()}  # the rate of a whole in itself
