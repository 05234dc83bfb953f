"""Amounts, times, places and sentences as text in a reader's language and time zone; screens and messages share it.

A leaf: it knows quantities and the shape of a sentence, nothing of the product. Nothing here reads the clock.
"""

from makegood.wording.amounts import format_money, format_number, format_share
from makegood.wording.reader import Reader
from makegood.wording.sentences import fill_sentence, sentence_text, word_text
from makegood.wording.times import (
    DayForm,
    clock_change_on,
    format_clock,
    format_day,
    format_left,
    format_moment,
    last_minute_before,
    left_texts,
    local_day,
)
from makegood.wording.zones import city_name, offset_text

__all__ = [
    "DayForm",
    "Reader",
    "city_name",
    "clock_change_on",
    "fill_sentence",
    "format_clock",
    "format_day",
    "format_left",
    "format_moment",
    "format_money",
    "format_number",
    "format_share",
    "last_minute_before",
    "left_texts",
    "local_day",
    "offset_text",
    "sentence_text",
    "word_text",
]
