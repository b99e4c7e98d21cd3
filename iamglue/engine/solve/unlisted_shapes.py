"""Shapes of ARNs that fit no format of AWS's reference, and which patterns reach such ARNs."""

from __future__ import annotations

from functools import cache, lru_cache

from iamglue.catalog.arn_formats import known, reference_formats, sourced_formats
from iamglue.catalog.partitions import partitions
from iamglue.catalog.shapes import ArnFormat
from iamglue.engine.solve.arn_classes import ArnPattern, Shape, shape
from iamglue.engine.solve.automaton import Track, combinations
from iamglue.policy.patterns.globs import ANY, Glob, glob
from iamglue.policy.patterns.inclusion import includes, meets, opened

_ARN, _ALL, _SOME = glob("arn"), glob("*"), glob("?*")
_PARTITION, _SERVICE, _RESOURCE = 1, 2, 5
_ANOTHER = "another-service"
_Fields = tuple[Glob, ...]


@cache
def related_shape(form: str, service: str, partition: str, is_known: bool) -> Shape:
    """The ARNs whose resource part fits a format, whatever stands in the other fields, and that no format lists.

    `is_known`: it is one of AWS's partitions. A format that our corrections replace excludes nothing of its own.
    """
    own = shape(form, partition)
    fields = (_ARN, glob(partition), glob(service), _ALL, _ALL, _possibly_empty(own.fields[_RESOURCE]))
    excluded = []
    for other in reference_formats(service) if is_known else ():
        listed = _listed(other, service, partition)
        if listed == own.fields:
            excluded.append(listed)
        elif meets(listed[_RESOURCE], fields[_RESOURCE]):
            excluded.append((*listed[:_RESOURCE], _possibly_empty(listed[_RESOURCE])))
    return Shape(f"{form} {service} {partition} unlisted", fields, tuple(excluded))


@cache
def rest_shape(service: str, partition: str) -> Shape:
    """The ARNs of a service whose resource part fits no format of the reference."""
    excluded = dict.fromkeys(_possibly_empty(_resource_of(form)) for form in reference_formats(service))
    fields = (_ARN, glob(partition), glob(service), _ALL, _ALL)
    return Shape(f"{service} {partition} rest", (*fields, _ALL), tuple((*fields, resource) for resource in excluded))


@cache
def sourced_shapes(service: str, partition: str) -> tuple[tuple[Shape, frozenset[str]], ...]:
    """The ARNs that AWS's guides name and its reference lacks, each shape with the formats that its resources fit."""
    found = []
    for form in sourced_formats(service):
        own = shape(form.text, partition)
        related = (each for each in reference_formats(service) if meets(_resource_of(each), own.fields[_RESOURCE]))
        found.append((own, frozenset(each.text for each in related)))
    return tuple(found)


@cache
def free_shape(service: str, partition: str) -> Shape:
    """All ARNs of a service."""
    return Shape(f"{service} {partition} all", (_ARN, glob(partition), glob(service), _ALL, _ALL, _ALL))


@lru_cache(maxsize=65536)
def stray_shape(pattern: ArnPattern) -> Shape:
    """The ARNs that a pattern matches, whatever its variables stand for."""
    return Shape(f"{pattern.text} itself", tuple(map(opened, pattern.fields)))


@lru_cache(maxsize=65536)
def is_listed(pattern: ArnPattern) -> bool:
    """Whether one format of the reference takes in every ARN that a pattern matches."""
    name = _literal(pattern, _SERVICE)
    if not pattern.fields or name is None:
        return not pattern.fields and not pattern.everything
    if any(_meets_all(pattern, _listed(form, name, "*")) for form in sourced_formats(name)):
        return False
    partition = _literal(pattern, _PARTITION)
    if partition not in partitions():
        return False
    formats = reference_formats(name)
    return any(all(map(includes, _listed(form, name, partition), pattern.fields)) for form in formats)


@lru_cache(maxsize=65536)
def is_stray(pattern: ArnPattern) -> bool:
    """Whether a pattern fits no resource type of its service at all."""
    if not pattern.fields or not meets(pattern.fields[0], _ARN):
        return False
    if not any(meets(glob(each), pattern.fields[_PARTITION]) for each in partitions()):
        return True
    return not any(
        _meets_all(pattern, _listed(form, name, "*")) for name in _names(pattern) for form in reference_formats(name)
    )


@lru_cache(maxsize=65536)
def overlaps(pattern: ArnPattern, form: str, service: str) -> bool:
    """Whether a pattern matches ARNs of a service whose resource part fits a format, other fields left aside."""
    if not pattern.fields or not meets(pattern.fields[_SERVICE], glob(service)):
        return pattern.everything
    return meets(pattern.fields[_RESOURCE], _possibly_empty(shape(form, "*").fields[_RESOURCE]))


@lru_cache(maxsize=4096)
def services_of(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """The services that patterns name in full."""
    return tuple(sorted({name for each in patterns if each.fields and (name := _literal(each, _SERVICE))}))


@lru_cache(maxsize=4096)
def other_services(patterns: tuple[ArnPattern, ...], unnamed: bool) -> tuple[str, ...]:
    """Names that stand for the services that no pattern names in full; `unnamed`: resources of any service count."""
    wild = tuple(dict.fromkeys(p.fields[_SERVICE] for p in patterns if p.fields and _literal(p, _SERVICE) is None))
    if wild:
        return _strange_names(wild, known())
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
    tracks = [Track(opened(each)) for each in wild]
    return tuple(each.text for each in combinations(tracks, Track(_SOME), excluded=[Track(glob(n)) for n in taken]))


def _names(pattern: ArnPattern) -> tuple[str, ...]:
    name = _literal(pattern, _SERVICE)
    if name is not None:
        return (name,)
    return tuple(each for each in known() if meets(pattern.fields[_SERVICE], glob(each)))


def _literal(pattern: ArnPattern, field: int) -> str | None:
    return _text_of(pattern.fields[field]) if pattern.fields else None


def _text_of(field: Glob) -> str | None:
    """The one text that a glob matches; None where there are more."""
    is_fixed = not field.loops and all(len(letter) == 1 for letter in field.letters)
    return "".join(field.letters) if is_fixed else None


def _meets_all(pattern: ArnPattern, fields: _Fields) -> bool:
    return all(map(meets, pattern.fields, fields))


@cache
def _listed(form: ArnFormat, service: str, partition: str) -> _Fields:
    fields = shape(form.text, partition).fields
    return (*fields[:_SERVICE], glob(service), *fields[_SERVICE + 1 :])


def _resource_of(form: ArnFormat) -> Glob:
    return shape(form.text, "*").fields[_RESOURCE]


@cache
def _possibly_empty(resource: Glob) -> Glob:
    """A format's resource part with variables that may be empty: `?*` as `*`."""
    letters: list[str] = []
    loops = 0
    for at, letter in enumerate((*resource.letters, None)):
        if letter == ANY or resource.loops >> at & 1:
            loops |= 1 << len(letters)
        if letter is not None and letter != ANY:
            letters.append(letter)
    return Glob(tuple(letters), loops)
