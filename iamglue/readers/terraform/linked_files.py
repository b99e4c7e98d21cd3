"""The files of a directory that a file has names in common with, so that the others need not be parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from iamglue.readers.terraform.module_files import TextFile

_BLOCK = re.compile(r'^\s*"?(resource|data|variable|module)"?\s+"?([\w-]+)"?(?:\s+"?([\w-]+)"?)?\s*\{', re.MULTILINE)
_ASSIGNMENT = re.compile(r'^\s*"?([A-Za-z_][\w-]*)"?\s*=(?![=>])|\blocals\s*\{\s*([A-Za-z_][\w-]*)\s*=', re.MULTILINE)
_REFERENCE = re.compile(r"(?<![\w.-])(?:data\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*")


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a text may declare and those that it may refer to; some of them may be other texts."""
    declared = set()
    for kind, first, second in _BLOCK.findall(text):
        if kind in ("variable", "module"):
            declared.add(f"{'var' if kind == 'variable' else 'module'}.{first}")
        else:
            declared.add(f"{'data.' if kind == 'data' else ''}{first}.{second}")
    if "locals" in text:
        declared.update(f"local.{first or second}" for first, second in _ASSIGNMENT.findall(text))
    return frozenset(declared), frozenset(_REFERENCE.findall(text))


def linked_files(file: TextFile, siblings: Sequence[TextFile]) -> tuple[TextFile, ...]:
    """The file and those of its directory that it is linked with, also through other files, in the order of the paths.

    A file is linked with those that declare a name which it refers to or declares. JSON files are linked with all.
    """
    if file not in siblings:
        siblings = (file, *(sibling for sibling in siblings if sibling.path != file.path))
    return _groups(tuple(siblings))[file.path]


@lru_cache(maxsize=2)
def _groups(files: tuple[TextFile, ...]) -> dict[str, tuple[TextFile, ...]]:
    """The linked files of each file, by its path."""
    declaring: dict[str, list[int]] = defaultdict(list)
    for number, file in enumerate(files):
        for name in _names(file.text)[0]:
            declaring[name].append(number)
    links: dict[int, set[int]] = defaultdict(set)
    json_files = [number for number, file in enumerate(files) if file.path.endswith(".json")]
    for number, file in enumerate(files):
        declared, referenced = _names(file.text)
        targets = {target for name in declared | referenced for target in declaring.get(name, ())}
        for target in {*targets, *json_files}:
            links[number].add(target)
            links[target].add(number)
    groups: dict[str, tuple[TextFile, ...]] = {}
    for number, file in enumerate(files):
        if file.path not in groups:
            group = sorted((files[other] for other in _reachable(links, number)), key=lambda other: other.path)
            groups |= {other.path: tuple(group) for other in group}
    return groups


def _reachable(links: dict[int, set[int]], start: int) -> set[int]:
    """The files that a file is linked with directly or through others, and the file itself."""
    reached: set[int] = {start}
    pending = {start}
    while pending:
        pending = {target for number in pending for target in links[number]} - reached
        reached |= pending
    return reached
