"""A mapping and the cells of many workbooks become panel rows; every cell is accounted for."""
