"""The divisions and units of the made-up district."""

HERE, THERE, DISTRICT, TOWN = "990101010", "990101011", "990101000", "990101100"
UNITS = {HERE: ("101001", "101002"), THERE: ("201001", "201002")}
