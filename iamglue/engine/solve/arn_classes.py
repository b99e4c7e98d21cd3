"""How Resource patterns cover the ARNs of an action's requests: all of them, none, or some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from iamglue.catalog.partitions import partitions
from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.engine.evaluate.substitution import has_variables
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE
from iamglue.engine.solve.automaton import GlobPattern, MatchCombination, TooManyCombinations, match_combinations
from iamglue.engine.solve.budget import Exhausted, budgeted_cache, spend
from iamglue.policy.arns import DEFAULT_MATCH_OPTIONS, ResourceMatchOptions, is_single_star, pattern_fields
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob, glob_from_pieces, parse_glob
from iamglue.policy.patterns.inclusion import glob_includes, globs_intersect
from iamglue.policy.patterns.variables import Token, TokenKind, has_named_parameters, tokenize

_ONE_OR_MORE = Glob((ANY_CHARACTER,), 0b10)
_PARTITION = 1
_SERVICE = 2
# Each pattern with a variable doubles the choices; with more of them the search is incomplete.
_MAX_FREE_PATTERNS = 8
# The steps to compare one pattern with another.
_RELATION_STEPS = 64
# The limit of steps for one ARN set.
_MAX_STEPS = 300_000


@dataclass(frozen=True, slots=True, eq=False)
class ArnPattern:
    """A Resource pattern as six globs. Without fields it matches every resource (`matches_everything`), or none."""

    text: str
    fields: tuple[Glob, ...] = ()
    matches_everything: bool = False
    # It contains a `${...}` whose value is unknown.
    has_unknown_value: bool = False
    coverages: dict[ArnSet, bool | None] = field(default_factory=dict)

    @property
    def glob_pattern(self) -> GlobPattern:
        """The pattern as one glob."""
        return GlobPattern(_join_fields(self.fields), splits_fields=True)


@dataclass(frozen=True, slots=True, eq=False)
class ArnSet:
    """The ARNs of one format in one partition. Without fields it is a request on no resource.

    ARNs that match a pattern of `excluded` (six globs each) are not in the set.
    """

    text: str
    fields: tuple[Glob, ...] = ()
    excluded: tuple[tuple[Glob, ...], ...] = ()

    @property
    def glob_pattern(self) -> GlobPattern:
        """The set as one glob; a variable is one or more characters."""
        return GlobPattern(_join_fields(self.fields), splits_fields=True)

    @property
    def excluded_patterns(self) -> list[GlobPattern]:
        """The excluded patterns, each as one glob."""
        return [GlobPattern(_join_fields(fields), splits_fields=True) for fields in self.excluded]

    @property
    def sample(self) -> tuple[MatchCombination, ...]:
        """One ARN of the set, for use if all are equivalent and none is excluded."""
        return (
            MatchCombination(0, ":".join("".join(letter or "x" for letter in field.letters) for field in self.fields)),
        )


@dataclass(frozen=True, slots=True)
class ResourceClass:
    """Resources that match the same patterns: bit i of `vector` is pattern i. `resource` is one of them."""

    vector: int
    resource: str


@lru_cache(maxsize=65536)
def arn_pattern(text: str, *, escapes: bool, match_options: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> ArnPattern:
    """Parse a Resource pattern. Without `escapes`, `${` is plain text, as in policies of version 2008-10-17."""
    if is_single_star(text):
        return ArnPattern(text, matches_everything=True)
    fields = pattern_fields(text, match_options)
    if fields is None:
        return ArnPattern(text)
    globs = tuple(parse_glob(field, escapes=escapes) for field in fields)
    return ArnPattern(text, globs, has_unknown_value=escapes and has_variables(text))


@lru_cache(maxsize=65536)
def arn_set_of_format(text: str, partition: str) -> ArnSet:
    """The ARN set of an ARN format in a partition."""
    if text == ANY_RESOURCE:
        return ArnSet(text)
    arn_format = parse_arn_format(text)
    parts = (arn_format.service, arn_format.region, arn_format.account)
    fields = [_ONE_OR_MORE if part.startswith("${") else parse_glob(part) for part in parts]
    return ArnSet(
        f"{text} {partition}", (parse_glob("arn"), parse_glob(partition), *fields, _resource_glob(arn_format.resource))
    )


def _resource_glob(resource: str) -> Glob:
    """The resource part of an ARN format as a glob."""
    return glob_from_pieces(map(_token_piece, tokenize(resource)))


def _token_piece(token: Token) -> tuple[str, bool]:
    """A literal as it is, `${*}` as the character, a variable as one or more characters."""
    if token.kind is TokenKind.ESCAPE:
        return token.name, True
    return (token.text if token.kind is TokenKind.LITERAL else "?*"), False


def pattern_coverage(pattern: ArnPattern, arn_set: ArnSet) -> bool | None:
    """True if the pattern matches all of the ARN set, False if none of it, None if some."""
    if arn_set not in pattern.coverages:
        pattern.coverages[arn_set] = _compute_coverage(pattern, arn_set)
    return pattern.coverages[arn_set]


def _compute_coverage(pattern: ArnPattern, arn_set: ArnSet) -> bool | None:
    """`pattern_coverage` without the cache."""
    if pattern.matches_everything:
        return True
    if not arn_set.fields:
        return None if pattern.has_unknown_value and _may_match_everything(pattern) else False
    if not pattern.fields:
        return False
    if not all(map(globs_intersect, pattern.fields, arn_set.fields)):
        return False
    if any(_excludes_all(excluded, pattern, arn_set) for excluded in arn_set.excluded):
        return False
    return True if all(map(glob_includes, pattern.fields, arn_set.fields)) else None


def _excludes_all(excluded: tuple[Glob, ...], pattern: ArnPattern, arn_set: ArnSet) -> bool:
    """Whether all ARNs of a set that a pattern matches are excluded, as far as single fields show it."""
    fields = zip(excluded, arn_set.fields, pattern.fields, strict=True)
    return all(
        glob_includes(excluding, set_field) or glob_includes(excluding, pattern_field)
        for excluding, set_field, pattern_field in fields
    )


def _may_match_everything(pattern: ArnPattern) -> bool:
    """Whether the pattern may be `*` for some value of its variables; `*` also matches requests on no resource."""
    return all(field.letters and all(len(letter) > 1 for letter in field.letters) for field in pattern.fields)


def pattern_coverage_within(pattern: ArnPattern, arn_set: ArnSet, inside: ArnPattern | None) -> bool | None:
    """The coverage of those ARNs of the set that another pattern (`inside`) matches."""
    coverage = pattern_coverage(pattern, arn_set)
    if coverage is not None or inside is None or inside.matches_everything:
        return coverage
    spend(_RELATION_STEPS)
    return _pattern_relation(pattern, inside)


@lru_cache(maxsize=65536)
def _pattern_relation(pattern: ArnPattern, other_pattern: ArnPattern) -> bool | None:
    """Whether a pattern matches all ARNs that another one matches (True), none of them (False), or some (None)."""
    if not _all_fields(globs_intersect, pattern, other_pattern):
        return False
    return True if _all_fields(glob_includes, pattern, other_pattern) else None


@dataclass(frozen=True, slots=True)
class ResourceClasses:
    """Classes of resources. If not `is_complete`, there may be more of them."""

    classes: tuple[ResourceClass, ...]
    is_complete: bool = True


@budgeted_cache(_MAX_STEPS)
def find_resource_classes(
    patterns: tuple[ArnPattern, ...], arn_set: ArnSet, inside: ArnPattern | None = None
) -> ResourceClasses:
    """The classes of the set's resources; with `inside`, of those that it matches."""
    coverages = [pattern_coverage_within(pattern, arn_set, inside) for pattern in patterns]
    always = sum(1 << index for index, coverage in enumerate(coverages) if coverage)
    undecided = [
        index for index, coverage in enumerate(coverages) if coverage is None and not patterns[index].has_unknown_value
    ]
    free = [index for index, coverage in enumerate(coverages) if coverage is None and patterns[index].has_unknown_value]
    if len(free) > _MAX_FREE_PATTERNS:
        return ResourceClasses((), is_complete=False)
    if not arn_set.fields:
        return ResourceClasses(tuple(ResourceClass(choice, ANY_RESOURCE) for choice in _expand_choices(always, free)))
    required = [arn_set.glob_pattern, *([inside.glob_pattern] if inside and inside.fields else [])]
    needs_search = undecided or len(required) > 1 or arn_set.excluded
    globs = [patterns[index].glob_pattern for index in undecided]
    combinations = (
        match_combinations(globs, *required, excluded=arn_set.excluded_patterns)
        if needs_search
        else iter(arn_set.sample)
    )
    undecided_bits = [1 << index for index in undecided]
    classes: list[ResourceClass] = []
    try:
        for combination in combinations:
            vector = always | sum(bit for index, bit in enumerate(undecided_bits) if combination.vector >> index & 1)
            choices = (choice for choice in _expand_choices(vector, free) if _is_possible(choice, free, patterns))
            classes += [ResourceClass(choice, combination.text) for choice in choices]
    except (TooManyCombinations, Exhausted):
        return ResourceClasses(tuple(classes), is_complete=False)
    return ResourceClasses(tuple(classes))


def _expand_choices(vector: int, free: list[int]) -> list[int]:
    """`vector` with each combination of choices for the patterns that have variables."""
    choices = [vector]
    for index in free:
        choices = [choice | bit for choice in choices for bit in (0, 1 << index)]
    return choices


def _is_possible(vector: int, free: list[int], patterns: tuple[ArnPattern, ...]) -> bool:
    """False for combinations that no values of variables can produce.

    A pattern that includes another one matches whatever that one matches, for all values of variables; patterns that
    are disjoint never both match. This only removes impossible choices, so no possible one is lost.
    """
    spend(_RELATION_STEPS * len(free) * len(patterns))
    pairs = (
        (index, other_index)
        for index in free
        for other_index, pattern in enumerate(patterns)
        if other_index != index and pattern.fields
    )
    for index, other_index in pairs:
        matches, other_matches = bool(vector >> index & 1), bool(vector >> other_index & 1)
        if matches and not other_matches and _all_fields(glob_includes, patterns[other_index], patterns[index]):
            return False
        if other_matches and not matches and _all_fields(glob_includes, patterns[index], patterns[other_index]):
            return False
        if matches and other_matches and not _all_fields(globs_intersect, patterns[other_index], patterns[index]):
            return False
    return True


def _all_fields(relation: Callable[[Glob, Glob], bool], pattern: ArnPattern, other_pattern: ArnPattern) -> bool:
    """Whether the relation holds for each pair of fields."""
    return all(map(relation, pattern.fields, other_pattern.fields))


def services_named(patterns: tuple[ArnPattern, ...]) -> frozenset[str] | None:
    """The services whose ARNs the patterns can match, apart from `*`; None if any service."""
    services = set()
    for pattern in patterns:
        if pattern.fields:
            name = pattern.fields[_SERVICE]
            if _has_several_texts(name):
                return None
            services.add("".join(name.letters))
    return frozenset(services)


def _has_several_texts(field: Glob) -> bool:
    """Whether a field of a pattern matches more than one text, or an unknown one."""
    return bool(field.star_bits) or any(letter == ANY_CHARACTER or len(letter) > 1 for letter in field.letters)


@lru_cache(maxsize=65536)
def partitions_named(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """The partitions to search: those that some pattern names, parameters too, and one that no pattern names."""
    known = partitions()
    partition_fields = [pattern.fields[_PARTITION] for pattern in patterns if pattern.fields]
    parameters = dict.fromkeys(value.letters[0] for value in partition_fields if _is_parameter(value))
    if any(_has_several_texts(value) and value.letters for value in partition_fields):
        return (*known, *parameters)
    named = {"".join(value.letters) for value in partition_fields} | {known[0]}
    unnamed = next((value for value in known if value not in named), None)
    return tuple(value for value in known if value in named or value == unnamed)


def _is_parameter(field: Glob) -> bool:
    """Whether a field of a pattern is one deployment parameter."""
    return len(field.letters) == 1 and not field.star_bits and has_named_parameters(field.letters[0])


def _join_fields(fields: tuple[Glob, ...]) -> Glob:
    """The fields as one glob, joined by colons."""
    letters: list[str] = []
    star_bits = 0
    for position, field_glob in enumerate(fields):
        if position:
            letters.append(":")
        star_bits |= field_glob.star_bits << len(letters)
        letters.extend(field_glob.letters)
    return Glob(tuple(letters), star_bits)
