"""``nlptasks leaderboard``: boards of folders of records, and the repositories that people submit such folders to."""
