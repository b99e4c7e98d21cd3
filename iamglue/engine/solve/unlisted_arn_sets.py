"""Sets of ARNs that fit no format of AWS's reference, and which patterns match such ARNs."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.partitions import partitions
from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.service_arn_formats import known_services, reference_formats, unlisted_formats
from iamglue.engine.solve.arn_classes import ArnPattern, ArnSet, arn_set_of_format
from iamglue.engine.solve.automaton import GlobPattern, match_combinations
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob, parse_glob
from iamglue.policy.patterns.inclusion import glob_includes, globs_intersect

_ARN, _ANY, _NON_EMPTY = parse_glob("arn"), parse_glob("*"), parse_glob("?*")
_PARTITION, _SERVICE, _RESOURCE = 1, 2, 5
_UNKNOWN_SERVICE = "another-service"
_Fields = tuple[Glob, ...]


@cache
def unlisted_arn_set(arn_format: str, service: str, partition: str, is_known: bool) -> ArnSet:
    """The unlisted ARNs whose resource part fits a format, with any value in the other fields.

    `is_known` is whether the partition is one of AWS's. A format that our corrections replace excludes none of its own
    ARNs.
    """
    format_set = arn_set_of_format(arn_format, partition)
    fields = (
        _ARN,
        parse_glob(partition),
        parse_glob(service),
        _ANY,
        _ANY,
        _possibly_empty(format_set.fields[_RESOURCE]),
    )
    excluded = []
    for other_format in reference_formats(service) if is_known else ():
        listed_fields = _listed_fields(other_format, service, partition)
        if listed_fields == format_set.fields:
            excluded.append(listed_fields)
        elif globs_intersect(listed_fields[_RESOURCE], fields[_RESOURCE]):
            excluded.append((*listed_fields[:_RESOURCE], _possibly_empty(listed_fields[_RESOURCE])))
    return ArnSet(f"{arn_format} {service} {partition} unlisted", fields, tuple(excluded))


@cache
def unmatched_arn_set(service: str, partition: str) -> ArnSet:
    """The ARNs of a service whose resource part fits no format of the reference."""
    excluded = dict.fromkeys(_possibly_empty(_resource_glob(arn_format)) for arn_format in reference_formats(service))
    fields = (_ARN, parse_glob(partition), parse_glob(service), _ANY, _ANY)
    return ArnSet(f"{service} {partition} rest", (*fields, _ANY), tuple((*fields, resource) for resource in excluded))


@cache
def documented_arn_sets(service: str, partition: str) -> tuple[tuple[ArnSet, frozenset[str]], ...]:
    """The ARNs that AWS's guides name but its reference does not list, with the formats that fit their resources."""
    arn_sets = []
    for arn_format in unlisted_formats(service):
        arn_set = arn_set_of_format(arn_format.text, partition)
        related = (
            reference_format
            for reference_format in reference_formats(service)
            if globs_intersect(_resource_glob(reference_format), arn_set.fields[_RESOURCE])
        )
        arn_sets.append((arn_set, frozenset(reference_format.text for reference_format in related)))
    return tuple(arn_sets)


@cache
def service_arn_set(service: str, partition: str) -> ArnSet:
    """All ARNs of a service."""
    return ArnSet(f"{service} {partition} all", (_ARN, parse_glob(partition), parse_glob(service), _ANY, _ANY, _ANY))


@lru_cache(maxsize=65536)
def pattern_arn_set(pattern: ArnPattern) -> ArnSet:
    """The ARNs that a pattern matches for some values of its variables."""
    return ArnSet(f"{pattern.text} itself", tuple(field.with_variables_as_stars for field in pattern.fields))


@lru_cache(maxsize=65536)
def is_listed(pattern: ArnPattern) -> bool:
    """Whether one format of the reference includes every ARN that a pattern matches."""
    name = _literal_field(pattern, _SERVICE)
    if not pattern.fields or name is None:
        return not pattern.fields and not pattern.matches_everything
    if any(_fields_intersect(pattern, _listed_fields(arn_format, name, "*")) for arn_format in unlisted_formats(name)):
        return False
    partition = _literal_field(pattern, _PARTITION)
    if partition not in partitions():
        return False
    formats = reference_formats(name)
    return any(
        all(map(glob_includes, _listed_fields(arn_format, name, partition), pattern.fields)) for arn_format in formats
    )


@lru_cache(maxsize=65536)
def is_untyped_pattern(pattern: ArnPattern) -> bool:
    """Whether a pattern fits no resource type of its service."""
    if not pattern.fields or not globs_intersect(pattern.fields[0], _ARN):
        return False
    if not any(globs_intersect(parse_glob(partition), pattern.fields[_PARTITION]) for partition in partitions()):
        return True
    return not any(
        _fields_intersect(pattern, _listed_fields(arn_format, name, "*"))
        for name in _possible_services(pattern)
        for arn_format in reference_formats(name)
    )


@lru_cache(maxsize=65536)
def overlaps(pattern: ArnPattern, arn_format: str, service: str) -> bool:
    """Whether a pattern matches ARNs of a service whose resource part fits a format, ignoring other fields."""
    if not pattern.fields or not globs_intersect(pattern.fields[_SERVICE], parse_glob(service)):
        return pattern.matches_everything
    return globs_intersect(
        pattern.fields[_RESOURCE], _possibly_empty(arn_set_of_format(arn_format, "*").fields[_RESOURCE])
    )


@lru_cache(maxsize=4096)
def literal_services(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """The services that patterns name in full."""
    return tuple(
        sorted({name for pattern in patterns if pattern.fields and (name := _literal_field(pattern, _SERVICE))})
    )


@lru_cache(maxsize=4096)
def other_services(patterns: tuple[ArnPattern, ...], unnamed: bool) -> tuple[str, ...]:
    """Sample names of services that no pattern names in full. `unnamed` is whether resources of any service count."""
    globs = tuple(
        dict.fromkeys(
            pattern.fields[_SERVICE]
            for pattern in patterns
            if pattern.fields and _literal_field(pattern, _SERVICE) is None
        )
    )
    if globs:
        return _find_unknown_names(globs, known_services())
    return (_UNKNOWN_SERVICE,) if unnamed else ()


@lru_cache(maxsize=4096)
def strange_partitions(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """Partitions that AWS does not have today but the patterns distinguish from the existing ones."""
    fields = tuple(dict.fromkeys(pattern.fields[_PARTITION] for pattern in patterns if pattern.fields))
    named = {name for field in fields if (name := _single_text(field)) is not None}
    globs = tuple(field for field in fields if _single_text(field) is None)
    unknown = _find_unknown_names(globs, partitions()) if globs else ()
    return tuple(dict.fromkeys((*sorted(named - set(partitions()) - {""}), *unknown)))


@lru_cache(maxsize=1024)
def _find_unknown_names(globs: tuple[Glob, ...], known_names: tuple[str, ...]) -> tuple[str, ...]:
    """A name that is not taken for each combination of globs that match it."""
    patterns = [GlobPattern(glob.with_variables_as_stars) for glob in globs]
    return tuple(
        glob.text
        for glob in match_combinations(
            patterns, GlobPattern(_NON_EMPTY), excluded=[GlobPattern(parse_glob(name)) for name in known_names]
        )
    )


def _possible_services(pattern: ArnPattern) -> tuple[str, ...]:
    """The services that a pattern may name."""
    name = _literal_field(pattern, _SERVICE)
    if name is not None:
        return (name,)
    return tuple(
        service for service in known_services() if globs_intersect(pattern.fields[_SERVICE], parse_glob(service))
    )


def _literal_field(pattern: ArnPattern, field: int) -> str | None:
    """The text of a field without wildcards; None if it has wildcards, or if there are no fields."""
    return _single_text(pattern.fields[field]) if pattern.fields else None


def _single_text(field: Glob) -> str | None:
    """The only text that a glob matches; None if it matches several."""
    is_fixed = not field.star_bits and all(len(letter) == 1 for letter in field.letters)
    return "".join(field.letters) if is_fixed else None


def intersects(pattern: ArnPattern, other: ArnPattern) -> bool:
    """Whether two patterns that have fields may match the same ARN."""
    return all(map(globs_intersect, pattern.fields, other.fields))


def _fields_intersect(pattern: ArnPattern, fields: _Fields) -> bool:
    """Whether each field of a pattern overlaps the given field."""
    return all(map(globs_intersect, pattern.fields, fields))


@cache
def _listed_fields(arn_format: ArnFormat, service: str, partition: str) -> _Fields:
    """The fields of a listed ARN format of a service in a partition."""
    fields = arn_set_of_format(arn_format.text, partition).fields
    return (*fields[:_SERVICE], parse_glob(service), *fields[_SERVICE + 1 :])


def _resource_glob(arn_format: ArnFormat) -> Glob:
    """The resource part of an ARN format."""
    return arn_set_of_format(arn_format.text, "*").fields[_RESOURCE]


@cache
def _possibly_empty(resource: Glob) -> Glob:
    """The resource part with variables that may be empty: `?*` as `*`."""
    letters: list[str] = []
    star_bits = 0
    for position, letter in enumerate((*resource.letters, None)):
        if letter == ANY_CHARACTER or resource.star_bits >> position & 1:
            star_bits |= 1 << len(letters)
        if letter is not None and letter != ANY_CHARACTER:
            letters.append(letter)
    return Glob(tuple(letters), star_bits)
