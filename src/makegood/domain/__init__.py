"""One package per noun of the field; each keeps its rows, its writes, its reads and who may do what."""
