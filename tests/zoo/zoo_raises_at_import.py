"""Its message tries to look like several lines, in colour."""


def fail():
    raise RuntimeError("first\nsecond \x1b[31mred\x1b[0m \u202eright to left")


fail()
