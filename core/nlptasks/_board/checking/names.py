"""Names of systems that a reader takes for others: look-alike letters, blanks, and one name for several systems."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from nlptasks._board.loading import Header

#: Small letters of Cyrillic, Greek and Armenian, and digits, that most fonts draw as a Latin letter (Unicode TR 39).
_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏαβεηικμνορτυχγζոսօհց01ı|",
    "abekmhopctyxijsdqwhlabenikmvoptuxyznuohgolil",
)


def skeleton(name: str) -> str:
    """What two names have in common that look the same: without case, marks, blanks and invisible characters."""
    plain = unicodedata.normalize("NFKD", name)
    kept = (c for c in plain if unicodedata.category(c)[0] not in "MZC")
    return "".join(kept).casefold().translate(_ALIKE)


def alike(headers: Sequence[Header]) -> Iterator[tuple[Header, str]]:
    """Records whose system's name looks like another's, or has blanks around it or characters that nobody sees."""
    by_look: dict[str, dict[str, Header]] = defaultdict(dict)
    for header in headers:
        name = header.record.model.name
        by_look[skeleton(name)].setdefault(name, header)
        if name != name.strip() or any(unicodedata.category(c)[0] == "C" for c in name):
            yield header, f"the system's name {name!a} has blanks around it or characters that cannot be seen"
        elif not name:
            yield header, "the system has no name"
    for names in by_look.values():
        first, *others = sorted(names)
        for name in others:
            yield names[name], f"the system's name {name!a} looks like {first!a} of {names[first].path}"


def shared(headers: Sequence[Header]) -> Iterator[tuple[Header, str]]:
    """Records of one name on one data set that are of different systems, and no seeds of one."""
    by_place: dict[tuple[object, ...], Header] = {}
    for header in headers:
        record = header.record
        first = by_place.setdefault((*header.place, record.dataset.sha256, record.model.name), header)
        if _system(first) != _system(header):
            yield header, f"{first.path} is of another system and has the same name {record.model.name!a}"


def _system(header: Header) -> tuple[object, ...]:
    record = header.record
    decoding = {name: value for name, value in record.run.decoding.items() if name != "seed"}
    return (
        record.model.head,
        record.model.backbone,
        record.model.digest,
        record.model.dtype,
        repr(sorted(decoding.items())),
    )
