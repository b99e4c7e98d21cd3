"""Resource patterns held against the ARNs that an action's requests can have: always, never, or it depends."""

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
from iamglue.policy.patterns.variables import Token, TokenKind, tokenize

_SOMETHING = Glob((ANY_CHARACTER,), 0b10)
_PARTITION = 1
_SERVICE = 2
# Each pattern with a variable doubles the choices: more of them are not looked at.
_FREE = 8
# Steps to hold one pattern against another.
_RELATION = 64
# More steps than this are not taken for one shape.
_STEPS = 300_000


@dataclass(frozen=True, slots=True, eq=False)
class ArnPattern:
    """A Resource pattern as six globs; none: it matches every resource, or nothing at all."""

    text: str
    fields: tuple[Glob, ...] = ()
    matches_everything: bool = False
    # It holds a `${...}` whose value is not known here.
    has_unknown_value: bool = False
    coverages: dict[ArnSet, bool | None] = field(default_factory=dict)

    @property
    def glob_pattern(self) -> GlobPattern:
        """The pattern as one glob."""
        return GlobPattern(_joined(self.fields), splits_fields=True)


@dataclass(frozen=True, slots=True, eq=False)
class ArnSet:
    """The ARNs of one format in one partition; no fields: a request on no resource.

    `excluded`: those that these patterns of six fields match are not among them.
    """

    text: str
    fields: tuple[Glob, ...] = ()
    excluded: tuple[tuple[Glob, ...], ...] = ()

    @property
    def glob_pattern(self) -> GlobPattern:
        """The shape as one glob: a variable is one or more characters."""
        return GlobPattern(_joined(self.fields), splits_fields=True)

    @property
    def excluded_patterns(self) -> list[GlobPattern]:
        """What is excluded, each as one glob."""
        return [GlobPattern(_joined(fields), splits_fields=True) for fields in self.excluded]

    @property
    def sample(self) -> tuple[MatchCombination, ...]:
        """One of its ARNs, for when it makes no difference which and nothing is excluded."""
        return (
            MatchCombination(0, ":".join("".join(letter or "x" for letter in each.letters) for each in self.fields)),
        )


@dataclass(frozen=True, slots=True)
class ResourceClass:
    """Resources that the same patterns match: bit i of `vector` for pattern i, and one of the resources."""

    vector: int
    resource: str


@lru_cache(maxsize=65536)
def arn_pattern(text: str, *, escapes: bool, reading: ResourceMatchOptions = DEFAULT_MATCH_OPTIONS) -> ArnPattern:
    """A Resource pattern; without `escapes`, `${` means nothing, as in policies of version 2008-10-17."""
    if is_single_star(text):
        return ArnPattern(text, matches_everything=True)
    fields = pattern_fields(text, reading)
    if fields is None:
        return ArnPattern(text)
    globs = tuple(parse_glob(each, escapes=escapes) for each in fields)
    return ArnPattern(text, globs, has_unknown_value=escapes and has_variables(text))


@lru_cache(maxsize=65536)
def arn_set_of_format(text: str, partition: str) -> ArnSet:
    """The shape of an ARN format in a partition."""
    if text == ANY_RESOURCE:
        return ArnSet(text)
    form = parse_arn_format(text)
    parts = ("arn", partition, form.service, form.region, form.account)
    fields = [_SOMETHING if each.startswith("${") else parse_glob(each) for each in parts]
    return ArnSet(f"{text} {partition}", (*fields, _opened(form.resource)))


def _opened(resource: str) -> Glob:
    return glob_from_pieces(map(_piece, tokenize(resource)))


def _piece(token: Token) -> tuple[str, bool]:
    """A literal as it stands, `${*}` as the character, a variable as one or more characters."""
    if token.kind is TokenKind.ESCAPE:
        return token.name, True
    return (token.text if token.kind is TokenKind.LITERAL else "?*"), False


def pattern_coverage(pattern: ArnPattern, kind: ArnSet) -> bool | None:
    """True: matches all of the shape; False: none of it; None: some."""
    if kind not in pattern.coverages:
        pattern.coverages[kind] = _standing(pattern, kind)
    return pattern.coverages[kind]


def _standing(pattern: ArnPattern, kind: ArnSet) -> bool | None:
    if pattern.matches_everything:
        return True
    if not kind.fields:
        return None if pattern.has_unknown_value and _may_be_everything(pattern) else False
    if not pattern.fields:
        return False
    if not all(map(globs_intersect, pattern.fields, kind.fields)):
        return False
    if any(_takes_all(excluded, pattern, kind) for excluded in kind.excluded):
        return False
    return True if all(map(glob_includes, pattern.fields, kind.fields)) else None


def _takes_all(excluded: tuple[Glob, ...], pattern: ArnPattern, kind: ArnSet) -> bool:
    """Whether all that a pattern matches of a shape is excluded, as far as single fields show it."""
    fields = zip(excluded, kind.fields, pattern.fields, strict=True)
    return all(glob_includes(wide, whole) or glob_includes(wide, part) for wide, whole, part in fields)


def _may_be_everything(pattern: ArnPattern) -> bool:
    """Whether what is not known of a pattern may make it `*`, which takes in requests on no resource as well."""
    return all(field.letters and all(len(letter) > 1 for letter in field.letters) for field in pattern.fields)


def pattern_coverage_within(pattern: ArnPattern, kind: ArnSet, inside: ArnPattern | None) -> bool | None:
    """The same for those of the shape's ARNs that another pattern matches."""
    found = pattern_coverage(pattern, kind)
    if found is not None or inside is None or inside.matches_everything:
        return found
    spend(_RELATION)
    return _relation(pattern, inside)


@lru_cache(maxsize=65536)
def _relation(pattern: ArnPattern, other: ArnPattern) -> bool | None:
    """Whether a pattern matches all that another one does, none of it (False), or some (None)."""
    if not _all(globs_intersect, pattern, other):
        return False
    return True if _all(glob_includes, pattern, other) else None


@dataclass(frozen=True, slots=True)
class ResourceClasses:
    """Classes of resources; not `complete`: there may be more than could be looked at."""

    classes: tuple[ResourceClass, ...]
    is_complete: bool = True


@budgeted_cache(_STEPS)
def find_resource_classes(
    patterns: tuple[ArnPattern, ...], kind: ArnSet, inside: ArnPattern | None = None
) -> ResourceClasses:
    """The classes of the shape's resources, of those that `inside` matches where it is given."""
    stands = [pattern_coverage_within(pattern, kind, inside) for pattern in patterns]
    always = sum(1 << at for at, stand in enumerate(stands) if stand)
    open_ones = [at for at, stand in enumerate(stands) if stand is None and not patterns[at].has_unknown_value]
    free = [at for at, stand in enumerate(stands) if stand is None and patterns[at].has_unknown_value]
    if len(free) > _FREE:
        return ResourceClasses((), is_complete=False)
    if not kind.fields:
        return ResourceClasses(tuple(ResourceClass(choice, ANY_RESOURCE) for choice in _choices(always, free)))
    required = [kind.glob_pattern, *([inside.glob_pattern] if inside and inside.fields else [])]
    searched = open_ones or len(required) > 1 or kind.excluded
    tracks = [patterns[at].glob_pattern for at in open_ones]
    texts = match_combinations(tracks, *required, excluded=kind.excluded_patterns) if searched else iter(kind.sample)
    bits = [1 << at for at in open_ones]
    found: list[ResourceClass] = []
    try:
        for each in texts:
            vector = always | sum(bit for at, bit in enumerate(bits) if each.vector >> at & 1)
            choices = (choice for choice in _choices(vector, free) if _is_possible(choice, free, patterns))
            found += [ResourceClass(choice, each.text) for choice in choices]
    except (TooManyCombinations, Exhausted):
        return ResourceClasses(tuple(found), is_complete=False)
    return ResourceClasses(tuple(found))


def _choices(vector: int, free: list[int]) -> list[int]:
    """`vector` with every choice for the patterns that hold a variable."""
    found = [vector]
    for at in free:
        found = [each | bit for each in found for bit in (0, 1 << at)]
    return found


def _is_possible(vector: int, free: list[int], patterns: tuple[ArnPattern, ...]) -> bool:
    """False for what no variables' values bring about.

    What one pattern covers it matches whatever the variables stand for, and so with patterns that never meet. The
    choices left are too many at most, never too few.
    """
    spend(_RELATION * len(free) * len(patterns))
    pairs = ((at, other) for at in free for other, pattern in enumerate(patterns) if other != at and pattern.fields)
    for at, other in pairs:
        one, two = bool(vector >> at & 1), bool(vector >> other & 1)
        if one and not two and _all(glob_includes, patterns[other], patterns[at]):
            return False
        if two and not one and _all(glob_includes, patterns[at], patterns[other]):
            return False
        if one and two and not _all(globs_intersect, patterns[other], patterns[at]):
            return False
    return True


def _all(relation: Callable[[Glob, Glob], bool], one: ArnPattern, other: ArnPattern) -> bool:
    return all(map(relation, one.fields, other.fields))


def services_named(patterns: tuple[ArnPattern, ...]) -> frozenset[str] | None:
    """The services whose ARNs the patterns can match besides matching everything; None: any service's."""
    found = set()
    for pattern in patterns:
        if pattern.fields:
            name = pattern.fields[_SERVICE]
            if _is_open(name):
                return None
            found.add("".join(name.letters))
    return frozenset(found)


def _is_open(field: Glob) -> bool:
    """Whether a field of a pattern matches more than one text, or one that is not known here."""
    return bool(field.star_bits) or any(letter == ANY_CHARACTER or len(letter) > 1 for letter in field.letters)


@lru_cache(maxsize=65536)
def partitions_named(patterns: tuple[ArnPattern, ...]) -> tuple[str, ...]:
    """The partitions to look at: those that some pattern names, and one that none does."""
    known = partitions()
    wild = [pattern.fields[_PARTITION] for pattern in patterns if pattern.fields]
    if any(_is_open(each) and each.letters for each in wild):
        return known
    named = {"".join(each.letters) for each in wild} | {known[0]}
    other = next((each for each in known if each not in named), None)
    return tuple(each for each in known if each in named or each == other)


def _joined(fields: tuple[Glob, ...]) -> Glob:
    letters: list[str] = []
    loops = 0
    for at, each in enumerate(fields):
        if at:
            letters.append(":")
        loops |= each.star_bits << len(letters)
        letters.extend(each.letters)
    return Glob(tuple(letters), loops)
