"""One teacher's history kept assessed: adding, deciding or removing an incident re-prices only what it moves.

`assess` stays the definition; the tests hold every result here equal to it. Start with `opening.open_history`.
For whoever keeps many histories in memory; the product's prices ask `assess` (docs/decisions/0006).
"""
