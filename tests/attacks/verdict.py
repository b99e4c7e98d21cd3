"""A judge of IAM policies for the tests: is one concrete request allowed, not allowed, or can nobody say?

It imports nothing from iamglue, nor does it follow `judge.py` beside it: it is read straight from AWS's pages, and
where these are silent it says None, which is evidence of nothing. It knows policies and requests, not AWS's services:
which requests there can be is for `possible.py` to say. Pages under https://docs.aws.amazon.com/IAM/latest/UserGuide/ :
evaluation      reference_policies_evaluation-logic_policy-eval-denyallow.html
actions         reference_policies_elements_action.html
resources       reference_policies_elements_resource.html
conditions      reference_policies_condition-logic-multiple-context-keys-or-values.html
several values  reference_policies_condition-single-vs-multi-valued-context-keys.html
variables       reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from attacks.callers import Caller, names_caller
from attacks.operators import NEGATED, OPERATORS, Piece, Truth, like, matches, segments

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"([^, ]+), '([^']*)'")
_LITERALS = ("*", "?", "$")
_WITH_VARIABLES = ("String", "Arn")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One action on one resource ("*" for none). `context` holds the values of each key that the request carries.

    Which keys can hold several values is AWS's to say, not the request's: `multivalued` names them, in lower case.
    `silence` supposes for Arn operators on texts that are no whole ARNs, and for one value of a multivalued key without
    a set operator, that all of them match or none does. A proof must hold either way: AWS does not say which it is.
    """

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    caller: Caller | None = None
    multivalued: frozenset[str] = frozenset()
    silence: Truth = None

    def values(self, key: str) -> tuple[str, ...] | None:
        """What the request carries under a key; names of keys are compared without case."""
        return next((values for name, values in self.context.items() if name.lower() == key.lower()), None)

    def takes_several(self, key: str) -> bool:
        """Whether the key is multivalued."""
        return len(self.values(key) or ()) > 1 or key.lower() in self.multivalued


def allows(policies: Iterable[Document], request: Request) -> Truth:
    """Whether policies of one kind together allow the request: some statement allows it, and none denies it."""
    applying: dict[str, list[Truth]] = {"Allow": [], "Deny": []}
    for policy in policies:
        for statement in listed(policy["Statement"]):
            effect = statement["Effect"]
            applying[effect].append(applies(statement, request, variables=policy.get("Version") == "2012-10-17"))
    return every([_negation(some(applying["Deny"])), some(applying["Allow"])])


def applies(statement: Document, request: Request, *, variables: bool) -> Truth:
    """Whether a statement is about the request, whatever its effect."""
    tests = [
        _element(statement, "Action", lambda pattern: like([(pattern.lower(), False)], request.action.lower())),
        _element(
            statement,
            "Resource",
            lambda pattern: _resource(pattern, request, variables=variables, negated="NotResource" in statement),
        ),
        names_caller(statement, request.caller),
    ]
    for operator, keys in statement.get("Condition", {}).items():
        tests += [
            condition(operator, key, listed(wanted), request, variables=variables) for key, wanted in keys.items()
        ]
    return every(tests)


def listed(value: Any) -> list[Any]:
    """A list, and a single value as a list of one. JSON's own Booleans and numbers are their texts."""
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) if isinstance(one, int) else one for one in values]


def some(truths: Iterable[Truth]) -> Truth:
    """Or."""
    known = set(truths)
    return True if True in known else None if None in known else False


def every(truths: Iterable[Truth]) -> Truth:
    """And."""
    known = set(truths)
    return False if False in known else None if None in known else True


def _negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _element(statement: Document, name: str, test: Callable[[str], Truth]) -> Truth:
    if name in statement:
        return some(map(test, listed(statement[name])))
    if f"Not{name}" in statement:
        return _negation(some(map(test, listed(statement[f"Not{name}"]))))
    return True  # a trust policy names no resource


def _resource(pattern: str, request: Request, *, variables: bool, negated: bool = False) -> Truth:
    """A wildcard stays within its segment; the last segment may hold colons itself.

    The page says today that a `*` at the end of a segment can match beyond its colon, and said earlier that none does:
    where that makes a difference, the answer is None. So it is for patterns of fewer than six segments.
    """
    if pattern == "*":
        return True
    if request.resource == "*":  # what takes no resource needs "*"; AWS's S3 examples list buckets of `arn:aws:s3:::*`
        shaped = pattern.startswith("arn:") and request.action.lower() != "s3:listallmybuckets"
        return False if shaped else None
    pieces = filled(pattern, request) if variables else [(pattern, False)]
    if not isinstance(pieces, list):
        return None if negated else pieces
    parts, found = segments(pieces), request.resource.split(":", 5)
    if len(parts) < 6 or len(found) < 6 or any(literal for part in parts[:5] for _, literal in part):
        return None
    if all(like(part, text) for part, text in zip(parts, found, strict=True)):
        return True
    return None if like(pieces, request.resource) else False


def condition(operator: str, key: str, wanted: list[str], request: Request, *, variables: bool = True) -> Truth:
    """One operator on one key; `wanted` are the policy's values, of which one is enough, or none for a negated one."""
    quantifier, _, name = operator.rpartition(":")
    plain = name.removesuffix("IfExists")
    values = request.values(key)
    if plain == "Null":
        clear = operator == "Null" and wanted and all(word in ("true", "false") for word in wanted)
        # Against "context keys with empty values" the page on several values recommends `Null` with `false`.
        missing = values is None or (values == ("",) and request.takes_several(key))
        return (("true" if missing else "false") in wanted) if clear else None
    if not wanted or quantifier not in ("", "ForAllValues", "ForAnyValue") or plain not in OPERATORS:
        return None
    if values is None:
        return _of_nothing(quantifier, plain, if_exists=plain != name)
    truths = [_value(plain, wanted, value, request, variables=variables) for value in values]
    if not quantifier:
        silent = None if len(values) > 1 else truths[0] if request.silence else request.silence
        return silent if request.takes_several(key) else truths[0]
    together = every(truths) if quantifier == "ForAllValues" else some(truths)
    # A value that "resolves to an empty string" is no value for these two, says the page on several values.
    return None if values == ("",) and together != (quantifier == "ForAllValues") else together


def _of_nothing(quantifier: str, operator: str, *, if_exists: bool) -> Truth:
    """What a condition says of a key that the request does not carry."""
    if quantifier == "ForAnyValue":
        return None if if_exists else False
    return quantifier == "ForAllValues" or if_exists or operator in NEGATED


def _value(operator: str, wanted: list[str], value: str, request: Request, *, variables: bool) -> Truth:
    base = NEGATED.get(operator, operator)
    truths: list[Truth] = []
    for text in wanted:
        pieces: list[Piece] | Truth = [(text, False)]
        if variables and "${" in text:
            pieces = filled(text, request) if base.startswith(_WITH_VARIABLES) else None
        if isinstance(pieces, list):
            match = matches(base, pieces, value)
            truths.append(request.silence if match is None and base.startswith("Arn") else match)
        else:  # the page on variables and other sources differ on what negated operators make of a missing value
            truths.append(None if base != operator else pieces)
    return some(truths) if base == operator else _negation(some(truths))


def filled(text: str, request: Request) -> list[Piece] | Truth:
    """The text with the values of its variables, which match letter by letter.

    False when one has no value, which then equals nothing; None for what is no variable, or has several values.
    """
    pieces: list[Piece] = []
    end = 0
    for variable in _VARIABLE.finditer(text):
        name, default = variable[1], _DEFAULT.fullmatch(variable[1])
        key = default[1] if default else name
        values = (name,) if name in _LITERALS else request.values(key)
        if values is None and default:
            values = (default[2],)
        if re.search("[ ,']", key) or (values is not None and (values in ((), ("",)) or request.takes_several(key))):
            return None
        if values is None:
            return False
        pieces += [(text[end : variable.start()], False), (values[0], True)]
        end = variable.end()
    rest = text[end:]
    return (
        None
        if any("${" in piece for piece, literal in [*pieces, (rest, False)] if not literal)
        else [*pieces, (rest, False)]
    )
