"""Units of rates: RATES converts one unit to a share (1 percent is 0.01), WHOLES is 100 % in each unit."""

from decimal import Decimal

RATES = {"share": Decimal(1), "percent": Decimal("0.01"), "per_1000": Decimal("0.001")}
RATES |= {"per_10000": Decimal("0.0001"), "per_100000": Decimal("0.00001")}
WHOLES = {unit: 1 / rate for unit, rate in RATES.items()}
