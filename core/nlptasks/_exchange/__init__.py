"""Results in other tools' formats: one module a format, each a pair of functions between records and a text."""
