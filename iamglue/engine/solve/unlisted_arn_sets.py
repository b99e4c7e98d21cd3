"""Shapes of ARNs that fit no format of AWS's reference, and which patterns reach such ARNs."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.partitions import partitions
from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.service_arn_formats import known_services, reference_formats, unlisted_formats
from iamglue.engine.solve.arn_classes import ArnPattern, ArnSet, arn_set_of_format
from iamglue.engine.solve.automaton import GlobPattern, match_combinations
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob, parse_glob
from iamglue.policy.patterns.inclusion import glob_includes, globs_intersect, variables_as_stars

_ARN, _ALL, _SOME = parse_glob("arn"), parse_glob("*"), parse_glob("?*")
_PARTITION, _SERVICE, _RESOURCE = 1, 2, 5
_ANOTHER = "another-service"
_Fields = tuple[Glob, ...]


@cache
def unlisted_arn_set(form: str, service: str, partition: str, is_known: bool) -> ArnSet:
    """The ARNs whose resource part fits a format, whatever stands in the other fields, and that no format lists.

    `is_known`: it is one of AWS's partitions. A format that our corrections replace excludes nothing of its own.
    """
    own = arn_set_of_format(form, partition)
    fields = (_ARN, parse_glob(partition), parse_glob(service), _ALL, _ALL, _possibly_empty(own.fields[_RESOURCE]))
    excluded = []
    for other in reference_formats(service) if is_known else ():
        listed = _listed(other, service, partition)
        if listed == own.fields:
            excluded.append(listed)
        elif globs_intersect(listed[_RESOURCE], fields[_RESOURCE]):
            excluded.append((*listed[:_RESOURCE], _possibly_empty(listed[_RESOURCE])))
    return ArnSet(f"{form} {service} {partition} unlisted", fields, tuple(excluded))


@cache
def unmatched_arn_set(service: str, partition: str) -> ArnSet:
    """The ARNs of a service whose resource part fits no format of the reference."""
    excluded = dict.fromkeys(_possibly_empty(_resource_of(form)) for form in reference_formats(service))
    fields = (_ARN, parse_glob(partition), parse_glob(service), _ALL, _ALL)
    return ArnSet(f"{service} {partition} rest", (*fields, _ALL), tuple((*fields, resource) for resource in excluded))


@cache
def documented_arn_sets(service: str, partition: str) -> tuple[tuple[ArnSet, frozenset[str]], ...]:
    """The ARNs that AWS's guides name and its reference lacks, each shape with the formats that its resources fit."""
    found = []
    for form in unlisted_formats(service):
        own = arn_set_of_format(form.text, partition)
        related = (
            each for each in reference_formats(service) if globs_intersect(_resource_of(each), own.fields[_RESOURCE])
        )
        found.append((own, frozenset(each.text for each in related)))
    return tuple(found)


@cache
def service_arn_set(service: str, partition: str) -> ArnSet:
    """All ARNs of a service."""
    return ArnSet(f"{service} {partition} all", (_ARN, parse_glob(partition), parse_glob(service), _ALL, _ALL, _ALL))


@lru_cache(maxsize=65536)
def pattern_arn_set(pattern: ArnPattern) -> ArnSet:
    """The ARNs that a pattern matches, whatever its variables stand for."""
    return ArnSet(f"{pattern.text} itself", tuple(map(variables_as_stars, pattern.fields)))


@lru_cache(maxsize=65536)
def is_listed(pattern: ArnPattern) -> bool:
    """Whether one format of the reference takes in every ARN that a pattern matches."""
    name = _literal(pattern, _SERVICE)
    if not pattern.fields or name is None:
        return not pattern.fields and not pattern.matches_everything
    if any(_meets_all(pattern, _listed(form, name, "*")) for form in unlisted_formats(name)):
        return False
    partition = _literal(pattern, _PARTITION)
    if partition not in partitions():
        return False
    formats = reference_formats(name)
    return any(all(map(glob_includes, _listed(form, name, partition), pattern.fields)) for form in formats)


@lru_cache(maxsize=65536)
def is_untyped_pattern(pattern: ArnPattern) -> bool:
    """Whether a pattern fits no resource type of its service at all."""
    if not pattern.fields or not globs_intersect(pattern.fields[0], _ARN):
        return False
    if not any(globs_intersect(parse_glob(each), pattern.fields[_PARTITION]) for each in partitions()):
        return True
    return not any(
        _meets_all(pattern, _listed(form, name, "*")) for name in _names(pattern) for form in reference_formats(name)
    )


@lru_cache(maxsize=65536)
def overlaps(pattern: ArnPattern, form: str, service: str) -> bool:
    """Whether a pattern matches ARNs of a service whose resource part fits a format, other fields left aside."""
    if not pattern.fields or not globs_intersect(pattern.fields[_SERVICE], parse_glob(service)):
        return pattern.matches_everything
    return globs_intersect(pattern.fields[_RESOURCE], _possibly_empty(arn_set_of_format(form, "*").fields[_RESOURCE]))


@lru_cache(maxsize=4096)
def literal_services(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """The services that patterns name in full."""
    return tuple(sorted({name for each in patterns if each.fields and (name := _literal(each, _SERVICE))}))


@lru_cache(maxsize=4096)
def other_services(patterns: tuple[ArnPattern, ...], unnamed: bool) -> tuple[str, ...]:
    """Names that stand for the services that no pattern names in full; `unnamed`: resources of any service count."""
    wild = tuple(dict.fromkeys(p.fields[_SERVICE] for p in patterns if p.fields and _literal(p, _SERVICE) is None))
    if wild:
        return _strange_names(wild, known_services())
    return (_ANOTHER,) if unnamed else ()


@lru_cache(maxsize=4096)
def strange_partitions(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """Partitions that AWS does not have today and the patterns tell apart from those it has."""
    fields = tuple(dict.fromkeys(p.fields[_PARTITION] for p in patterns if p.fields))
    named = {name for each in fields if (name := _text_of(each)) is not None}
    wild = tuple(each for each in fields if _text_of(each) is None)
    found = _strange_names(wild, partitions()) if wild else ()
    return tuple(dict.fromkeys((*sorted(named - set(partitions()) - {""}), *found)))


@lru_cache(maxsize=1024)
def _strange_names(wild: tuple[Glob, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    """A name that is not taken for each combination of globs that match it."""
    tracks = [GlobPattern(variables_as_stars(each)) for each in wild]
    return tuple(
        each.text
        for each in match_combinations(tracks, GlobPattern(_SOME), excluded=[GlobPattern(parse_glob(n)) for n in taken])
    )


def _names(pattern: ArnPattern) -> tuple[str, ...]:
    name = _literal(pattern, _SERVICE)
    if name is not None:
        return (name,)
    return tuple(each for each in known_services() if globs_intersect(pattern.fields[_SERVICE], parse_glob(each)))


def _literal(pattern: ArnPattern, field: int) -> str | None:
    return _text_of(pattern.fields[field]) if pattern.fields else None


def _text_of(field: Glob) -> str | None:
    """The one text that a glob matches; None where there are more."""
    is_fixed = not field.star_bits and all(len(letter) == 1 for letter in field.letters)
    return "".join(field.letters) if is_fixed else None


def _meets_all(pattern: ArnPattern, fields: _Fields) -> bool:
    return all(map(globs_intersect, pattern.fields, fields))


@cache
def _listed(form: ArnFormat, service: str, partition: str) -> _Fields:
    fields = arn_set_of_format(form.text, partition).fields
    return (*fields[:_SERVICE], parse_glob(service), *fields[_SERVICE + 1 :])


def _resource_of(form: ArnFormat) -> Glob:
    return arn_set_of_format(form.text, "*").fields[_RESOURCE]


@cache
def _possibly_empty(resource: Glob) -> Glob:
    """A format's resource part with variables that may be empty: `?*` as `*`."""
    letters: list[str] = []
    loops = 0
    for at, letter in enumerate((*resource.letters, None)):
        if letter == ANY_CHARACTER or resource.star_bits >> at & 1:
            loops |= 1 << len(letters)
        if letter is not None and letter != ANY_CHARACTER:
            letters.append(letter)
    return Glob(tuple(letters), loops)
