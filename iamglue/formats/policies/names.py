"""Unique identifiers for the parts of a document, derived from the names of the functions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable

from iamglue.formats.words.safe_text import SafeText

_WORD = re.compile(r"[A-Za-z0-9]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)  # reserved file names on Windows
_LONGEST = 100  # CloudFormation's limit is 255; the rest is for the suffixes

# Suffixes of a function's logical id. None is the end of another, so different ids stay different with a suffix.
_SUFFIX = re.compile(
    r"Role|Policy\d+|Permission\d+|Rule\d+|Schedule\d+|ScheduleRole\d+|Function|CodeKey|Handler|Runtime"
)


def logical_ids(functions: Iterable[str], taken: Collection[str] = ()) -> list[SafeText]:
    """One CloudFormation logical ID (letters and digits) per function; none plus a suffix equals a name of `taken`."""
    return _unique_names((_camel(function) for function in functions), taken)


def unused_name(wanted: str, taken: Collection[str]) -> SafeText:
    """`wanted`, with a number appended if the name is taken."""
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return SafeText(name)


def terraform_identifiers(functions: Iterable[str]) -> list[SafeText]:
    """One Terraform identifier (lower-case words joined by _) per function."""
    return _unique_names((_snake(function) for function in functions), ())


def _unique_names(wanted: Iterable[str], taken: Collection[str]) -> list[SafeText]:
    """The names, with a number appended to those that are already used."""
    names: list[SafeText] = []
    for base in wanted:
        name, number = base, 1
        while name in names or any(_is_part(reserved, name) for reserved in taken):
            number += 1
            name = f"{base}{number}"
        names.append(SafeText(name))
    return names


def _is_part(taken: str, name: str) -> bool:
    """True if `taken` is `name` with a suffix of a part."""
    return taken.startswith(name) and _SUFFIX.fullmatch(taken, len(name)) is not None


def _camel(function: str) -> str:
    """Logical id in CamelCase; begins with a letter."""
    joined = "".join(word[0].upper() + word[1:] for word in _WORD.findall(function))[:_LONGEST]
    return joined if joined[:1].isalpha() else f"Function{joined}"


def _snake(function: str) -> str:
    """Identifier in snake_case; begins with a letter."""
    joined = "_".join(word.lower() for word in _WORD.findall(function))[:_LONGEST]
    return joined if joined[:1].isalpha() else f"function_{joined}".rstrip("_")


def file_name(text: str) -> str:
    """Name of a file or directory for an AWS name: only letters, digits, - and _, so that no path is possible.

    If characters were replaced or cut, a digest of the original name is appended to keep the name unique.
    """
    name = _UNSAFE.sub("-", text).strip("-")[:_LONGEST]
    if name == text and not _DEVICE.fullmatch(name):
        return name
    return f"{name or 'name'}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
