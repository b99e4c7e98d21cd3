"""Checks the names in ARNs by the rules of their services: errors for names that cannot exist, notes for old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamglue.catalog.name_patterns import PatternedName, patterned_names
from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.policy.patterns.name_matching import can_match, first_wrong_letter, literal_text

# What Secrets Manager adds to the name of a secret in its ARN.
_ADDED_ENDINGS = ("-??????",)
# A parameter whose name says that it is an ARN, where an ARN has the name of its resource.
_ARN_PARAMETER = re.compile(r"arn:.*[:/](\$\{\w*(?:Arn|ARN|arn)\})(?:[:/-].*)?")
# The roles and keys of options, which have entries of their own where they are parameters.
_OPTIONS = {":role/": "iam", ":key/": "kms"}
_S3_OBJECT = re.compile(r"arn:[^:]*:s3:::(.+/)")


def check_resource_names(arns: Iterable[str], location: Location) -> None:
    """Raise IamglueError, or MultipleErrors, for names in the ARNs that no resource can have."""
    names = dict.fromkeys(name for arn in arns for name in patterned_names(arn))
    errors = [_name_error(name, location) for name in names if not _can_exist(name)]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise MultipleErrors(errors)


def resource_name_notes(arns: Iterable[str]) -> tuple[str, ...]:
    """Notes on names that only old resources can have, on S3 keys that name a folder, and on ARNs in place of names."""
    notes: dict[str, None] = {}
    for arn in arns:
        for name in patterned_names(arn):
            if _can_exist(name) and not _is_current(name):
                notes[f"`{name.text}`: {name.rule.old_note}"] = None
        parameter = _ARN_PARAMETER.fullmatch(arn)
        if parameter:
            notes[_arn_parameter_note(arn, parameter[1])] = None
        folder = _S3_OBJECT.fullmatch(arn)
        if folder:
            notes[f"`{folder[1]}` is only the object of that key: write `{folder[1]}*` for the objects under it"] = None
    return tuple(notes)


def _arn_parameter_note(arn: str, parameter: str) -> str:
    """The note that a parameter is a name, and how to write one that is a whole ARN."""
    service = next((service for kind, service in _OPTIONS.items() if f"{kind}{parameter}" in arn), "")
    mapping = f'{{Arn: "{parameter}"}}'
    whole = f"an entry `{service}: {mapping}` with `do`" if service else f"`{mapping}`"
    return f"`{parameter}` is taken as a name, `{arn}`: for a parameter that is a whole ARN, write {whole}"


def _can_exist(name: PatternedName) -> bool:
    return _is_current(name) or (bool(name.rule.old) and can_match(name.rule.old, name.text) and not _is_reserved(name))


def _is_current(name: PatternedName) -> bool:
    return can_match(name.rule.pattern, name.text) and not _is_reserved(name)


def _is_reserved(name: PatternedName) -> bool:
    text = literal_text(name.text)
    return bool(name.rule.never) and text is not None and re.fullmatch(name.rule.never, text) is not None


def _name_error(name: PatternedName, location: Location) -> IamglueError:
    """The error for a name that no resource can have, with a hint for a URL or a letter that is not allowed."""
    rule, text = name.rule, _written_name(name.text)
    letter = first_wrong_letter(rule.old or rule.pattern, text)
    hint = url_hint(text) or (f"{_letter_text(letter)} is not allowed" if letter else None)
    return IamglueError(
        f"`{text}` is not a valid name of {rule.noun}: expected {rule.expected}", hint=hint, location=location
    )


def url_hint(text: str) -> str | None:
    """The hint for a URL in place of a name; None if the text is not a URL."""
    return f"write the name instead of the URL: `{text.rstrip('/').rpartition('/')[2]}`" if "://" in text else None


def _written_name(text: str) -> str:
    """The name as the spec has it."""
    for ending in _ADDED_ENDINGS:
        text = text.removesuffix(ending)
    return text


def _letter_text(letter: str) -> str:
    return "a space" if letter == " " else f"`{letter}`"
