"""Names of a document's own parts, made of the functions' names: whatever these are, no two parts share a name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable

from iamglue.formats.words.safe_text import SafeText

_WORD = re.compile(r"[A-Za-z0-9]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)  # no file of Windows may be called so
_LONGEST = 100  # CloudFormation takes 255; room is left for the suffixes of the parts

# What is added to a function's logical id. None ends another, so ids that differ still differ with a suffix.
_SUFFIX = re.compile(r"Role|Policy\d+|Permission\d+|Function|CodeKey|Handler|Runtime")


def logical_ids(functions: Iterable[str], taken: Collection[str] = ()) -> list[SafeText]:
    """One CloudFormation logical id (letters and digits) for each function; with a suffix none is a name of `taken`."""
    return _unique((_camel(function) for function in functions), taken)


def unused_name(wanted: str, taken: Collection[str]) -> SafeText:
    """`wanted`, or with a number after it when that name is taken."""
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return SafeText(name)


def terraform_identifiers(functions: Iterable[str]) -> list[SafeText]:
    """One Terraform identifier (lower-case words joined by _) for each function."""
    return _unique((_snake(function) for function in functions), ())


def _unique(wanted: Iterable[str], taken: Collection[str]) -> list[SafeText]:
    found: list[SafeText] = []
    for base in wanted:
        name, number = base, 1
        while name in found or any(_is_part(each, name) for each in taken):
            number += 1
            name = f"{base}{number}"
        found.append(SafeText(name))
    return found


def _is_part(taken: str, name: str) -> bool:
    return taken.startswith(name) and _SUFFIX.fullmatch(taken, len(name)) is not None


def _camel(function: str) -> str:
    joined = "".join(word[0].upper() + word[1:] for word in _WORD.findall(function))[:_LONGEST]
    return joined if joined[:1].isalpha() else f"Function{joined}"


def _snake(function: str) -> str:
    joined = "_".join(word.lower() for word in _WORD.findall(function))[:_LONGEST]
    return joined if joined[:1].isalpha() else f"function_{joined}".rstrip("_")


def file_name(text: str) -> str:
    """A name for a file or folder made of a name of AWS's: letters, digits, - and _ alone, so it leads nowhere else.

    Where anything had to be left out it ends in a digest of the whole, so names that differ still differ.
    """
    name = _UNSAFE.sub("-", text).strip("-")[:_LONGEST]
    if name == text and not _DEVICE.fullmatch(name):
        return name
    return f"{name or 'name'}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
