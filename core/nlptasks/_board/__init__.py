"""The leaderboard: what a folder of records says together. The same folder gives the same bytes, wherever it lies.

:mod:`loading` reads the records and says which of them are comparable, :mod:`systems` lines up those of one data set,
:mod:`panels` ranks and tests them, :mod:`standings` joins the data sets of a task, and :mod:`board` is the whole.
:mod:`html` and :mod:`plain` write it; :mod:`checks` looks for what makes records worthless, :mod:`changes` for what
differs between two boards.
"""
