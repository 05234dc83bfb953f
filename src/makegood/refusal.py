"""The product says no: one subclass per reason, defined beside the function that raises it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """Something that was asked for is not done, and nothing was changed.

    `code` is stable and machine-readable. `sentence` is a translatable template for the person: what happened, why, and
    what they can do; `values` fill it. Faces turn a Refusal into a page or an answer in one place.
    """

    code: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, **values: object) -> None:
        self.values: Mapping[str, object] = values
        super().__init__(str(self.sentence).format(**values))
