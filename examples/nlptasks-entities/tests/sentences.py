"""Rows that the tests train on."""

import json

from nlptasks.plugin.protocols import Example

NAMES, PLACES = ("Ada Marlow", "Tim Oakes", "Rosa Brandt", "Ian Holt"), ("Lisbon", "Oslo", "New Haven", "Cork")
TEXTS = [
    (form.format(name, place), name, place)
    for form in ("{} moved to {} .", "Yesterday {} left {} early .", "In the end {} saw {} again .")
    for name in NAMES
    for place in PLACES
]


def gold(text, name, place):
    found = [(text.index(name), len(name), "PER"), (text.index(place), len(place), "LOC")]
    return json.dumps([[start, start + length, kind] for start, length, kind in found])


ROWS = [Example({"text": text}, gold(text, name, place)) for text, name, place in TEXTS]
