"""What other tools and people call the words of a spec: services, triggers, settings, options and keys.

From the table `data/aliases.tsv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from iamglue.catalog.operations import client_prefixes
from iamglue.catalog.services import find_service, service_prefixes
from iamglue.catalog.tables import table_rows
from iamglue.catalog.trigger_reference import trigger_reference
from iamglue.catalog.triggers import trigger_names
from iamglue.catalog.verbs import verb_resource_types
from iamglue.spelling import nearest_word

# Words of fewer letters resemble too many names: `sfn` is as similar to `sns` as to `states`.
_MIN_LETTERS_FOR_NEAREST = 4
_NEAREST_CUTOFF = 0.75
_NO_NAME = "-"
_SEPARATORS = re.compile("[-_ ]")


class NameUse(StrEnum):
    """Where a name is used: in an entry, in `triggers`, or in `settings`; as an option of these, or as a key."""

    SERVICE = "service"
    TRIGGER = "trigger"
    SETTING = "setting"
    OPTION = "option"
    TRIGGER_OPTION = "trigger-option"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class NameChoice:
    """A name that a word may stand for, and what the name means.

    `name` is "" if a spec has no name for the word; `meaning` then says what to do instead.
    """

    name: str
    meaning: str

    def __str__(self) -> str:
        return f"`{self.name}`: {self.meaning}" if self.name and self.meaning else self.meaning or f"`{self.name}`"


def canonical_name(word: str, use: NameUse) -> str | None:
    """The name for which `word` is another spelling or an exact synonym; None if there is none.

    A service's name may have a resource type: `glue/table`.
    """
    own = _own_spellings(use).get(word_key(word))
    rows = _rows_by_word().get((use, word_key(word)), ())
    if own is None and rows:
        return rows[0]["name"] if rows[0]["exact"] else None
    if own is not None or use is not NameUse.SERVICE:
        return own
    return _client_service(word) or _typed_spelling(word) or _resource_type_name(word)


def name_choices(word: str, use: NameUse) -> tuple[NameChoice, ...]:
    """The names that a word may stand for if it is not a synonym, the likeliest first; () for an unknown word."""
    rows = _rows_by_word().get((use, word_key(word)), ())
    if rows:
        return tuple(_choice(row) for row in rows)
    if use is NameUse.SERVICE:
        service, _ = _split_type_name(word)
        return (NameChoice(service, _service_meaning(service)),) if service else ()
    return _trigger_choices_of_service(word) if use is NameUse.TRIGGER else ()


def nearest_name(word: str, use: NameUse) -> str | None:
    """The name that is spelled most similarly, itself or in a synonym; None if none is similar or `word` is short."""
    if len(word) < _MIN_LETTERS_FOR_NEAREST:
        return None
    choices = {**(_client_spellings() if use is NameUse.SERVICE else {}), **_single_names(use), **_own_spellings(use)}
    nearest = nearest_word(word_key(word), choices, cutoff=_NEAREST_CUTOFF)
    return choices[nearest] if nearest else None


def word_key(word: str) -> str:
    """The word without what does not distinguish names: case and separators."""
    return _SEPARATORS.sub("", word.lower())


@cache
def _rows_by_word() -> dict[tuple[str, str], tuple[dict[str, str], ...]]:
    """The rows of a word by its use and key; a word that may stand for several names has several rows."""
    rows: dict[tuple[str, str], tuple[dict[str, str], ...]] = {}
    for row in table_rows("aliases"):
        if not row["word"].endswith("*"):
            key = (row["use"], word_key(row["word"]))
            rows[key] = (*rows.get(key, ()), row)
    return rows


@cache
def _own_spellings(use: NameUse) -> dict[str, str]:
    """The names themselves, by key."""
    names = {NameUse.TRIGGER: trigger_names(), NameUse.SERVICE: service_prefixes()}.get(use, ())
    return {word_key(name): name for name in names}


@cache
def _client_spellings() -> dict[str, str]:
    """The service of each boto3 client, by the client's key."""
    return {word_key(client): prefix for client, prefix in client_prefixes().items()}


def _single_names(use: NameUse) -> dict[str, str]:
    """The names of the words that have only one meaning, by key."""
    return {
        key: rows[0]["name"]
        for (row_use, key), rows in _rows_by_word().items()
        if row_use == use and len(rows) == 1 and rows[0]["name"] != _NO_NAME
    }


def _client_service(word: str) -> str | None:
    """The service of an SDK client: `stepfunctions`, `SFNClient`, `@aws-sdk/client-sqs`."""
    key = word_key(word.lower().removeprefix("@aws-sdk/client-"))
    for name in dict.fromkeys((key, key.removesuffix("client"))):
        rows = _rows_by_word().get((NameUse.SERVICE, name), ())
        synonym = rows[0]["name"] if rows and rows[0]["exact"] else None
        service = _client_spellings().get(name) or _own_spellings(NameUse.SERVICE).get(name) or synonym
        if service:
            return service
    return None


def _typed_spelling(word: str) -> str | None:
    """The canonical name of SERVICE/TYPE, whose service has another name."""
    service, slash, resource_type = word.partition("/")
    name = canonical_name(service, NameUse.SERVICE) if slash and not service.startswith("@") else None
    return f"{name}/{resource_type}" if name and "/" not in name else None


def _resource_type_name(word: str) -> str | None:
    """The name for a type of CloudFormation or Terraform whose end is a resource type of the service."""
    prefix, rest = _split_type_name(word)
    service = find_service(prefix) if prefix else None
    if service is None:
        return None
    candidates = {word_key(rest), word_key(word.lower().removeprefix("aws_"))}  # aws_vpc_endpoint is a `vpc-endpoint`
    for name, resource_type in service.resource_types.items():
        if word_key(name) in candidates:
            is_usual = name in verb_resource_types(prefix) or len(service.resource_types) == 1
            return prefix if is_usual else f"{prefix}/{resource_type.name}"
    return None if rest else prefix


def _split_type_name(word: str) -> tuple[str, str]:
    """The service of a type of CloudFormation or Terraform, and the rest of its name; empty if it has no service."""
    lower = word.lower()
    matches = [
        (start, name) for start, name in _type_prefixes() if lower.startswith(start) or lower == start.rstrip(":_")
    ]
    if not matches:
        return "", ""
    start, name = max(matches, key=lambda match: len(match[0]))
    return name, lower[len(start) :]


@cache
def _type_prefixes() -> tuple[tuple[str, str], ...]:
    """The beginnings of type names (`aws::sqs::`, `aws_sqs_`), and the service of each."""
    return tuple(
        (row["word"].lower().removesuffix("*"), row["name"])
        for row in table_rows("aliases")
        if row["word"].endswith("*")
    )


def _trigger_choices_of_service(word: str) -> tuple[NameChoice, ...]:
    """The triggers of the service that the word names; () if it names none, or one that invokes no function."""
    name = canonical_name(word, NameUse.SERVICE) or _split_type_name(word)[0]
    service = name.partition("/")[0]
    if service in trigger_names():
        return (NameChoice(service, _trigger_title(service)),)
    return tuple(_choice(row) for row in _rows_by_word().get((NameUse.TRIGGER, word_key(service)), ()))


def _choice(row: dict[str, str]) -> NameChoice:
    """The choice of a row. Without a meaning of its own, it has the title of the trigger or the name of the service."""
    name = "" if row["name"] == _NO_NAME else row["name"]
    meaning = row["meaning"]
    if not meaning:
        meaning = _trigger_title(name) if row["use"] == NameUse.TRIGGER else _service_meaning(name)
    return NameChoice(name, meaning)


def _trigger_title(name: str) -> str:
    reference = trigger_reference(name)
    return reference.title if reference else ""


def _service_meaning(name: str) -> str:
    service = find_service(name.partition("/")[0])
    return service.name if service else ""
