"""Reads a rule file: returns its rules, or raises every error in it with its location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.files.text_files import read_text as read_file_text
from iamglue.model.own_rules import POLICY_TYPES_OF_KINDS, OwnRule, OwnRuleKind, RuleException
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.own_rules.keys import EXCEPTION_KEYS, KINDS, RULE_KEYS, SUBJECT_KEYS, VERSION, RuleKey
from iamglue.readers.own_rules.values import error_at, mismatch, read_choice
from iamglue.spelling import did_you_mean

_TOP_KEYS = ("version", "rules")
_EXAMPLE = "begin the file with `version: 1` and `rules:`"
_FIELDS = {"id": "slug", "policy-types": "policy_types"}


def read_own_rules(path: str) -> tuple[OwnRule, ...]:
    """The rules of a file. Raises IamglueError if it cannot be read, and MultipleErrors with every error in it."""
    return parse_own_rules(read_file_text(path), path)


def parse_own_rules(text: str, path: str) -> tuple[OwnRule, ...]:
    """The rules of a text; `path` is the file name in errors. Raises MultipleErrors with every error in it."""
    reading = read_single_document(text, path)
    root = reading.documents[0]
    reader = _RuleFileReader([*reading.problems, *_tag_problems(root)])
    rules = reader.file(root)
    if reader.problems:
        raise MultipleErrors(reader.problems)
    return rules


def _tag_problems(root: Node) -> Iterator[IamglueError]:
    """An error for every YAML tag (`!Sub`, `!!python/...`): none is ever evaluated."""
    for node in root.walk():
        if node.tag is not None:
            yield error_at(node, f"the tag `{node.tag}` is not allowed: a rule file has no YAML tags")


class _RuleFileReader:
    """Reads the parts of a file; an error does not end the reading of the others."""

    def __init__(self, problems: list[IamglueError]) -> None:
        self.problems = problems

    def file(self, root: Node) -> tuple[OwnRule, ...]:
        """The rules of the document."""
        if root.kind is not NodeKind.MAP:
            self.problems.append(error_at(root, "a rule file must be a mapping", _EXAMPLE))
            return ()
        self._check_keys(root, _TOP_KEYS, "a rule file")
        version, rules = root.get("version"), root.get("rules")
        if version is None:
            self.problems.append(error_at(root, f"`version: {VERSION}` is missing", _EXAMPLE))
        elif version.text != VERSION or not version.plain:
            expected = f"expected the number {VERSION}"
            self.problems.append(error_at(version, f"`{version.text}` is not a version of rule files: {expected}"))
        if rules is None:
            self.problems.append(error_at(root, "`rules` is missing", _EXAMPLE))
            return ()
        if rules.kind is not NodeKind.LIST:
            self.problems.append(mismatch(rules, "a list of rules"))
            return ()
        known = [rule for rule in map(self._rule, rules.items) if rule is not None]
        self._check_unique(rules)
        return tuple(known)

    def _check_unique(self, rules: Node) -> None:
        """Record each ID that a rule before it has too."""
        lines: dict[str, int] = {}
        for rule in rules.items:
            slug = rule.get("id")
            if slug is not None and slug.text in lines:
                message = f"the ID `{slug.text}` is that of the rule on line {lines[slug.text]} too"
                self.problems.append(error_at(slug, message))
            elif slug is not None:
                lines[slug.text] = slug.line

    def _rule(self, node: Node) -> OwnRule | None:
        """A rule of the file. Raises IamglueError for a wrong or missing key."""
        if node.kind is not NodeKind.MAP:
            self.problems.append(mismatch(node, "a rule: `id`, `kind`, `message` and what the kind needs"))
            return None
        count = len(self.problems)
        kind = self._read_kind(node)
        exceptions = self._exceptions(node.get("exceptions"))
        if kind is None:
            return None
        keys = {**RULE_KEYS, **KINDS[kind].keys}
        self._check_keys(node, (*keys, "kind", "exceptions"), f"a rule of kind {kind}")
        values = self._values(node, keys, "a rule")
        if KINDS[kind].one_of and not any(node.get(name) for name in KINDS[kind].one_of):
            names = " or ".join(f"`{name}`" for name in KINDS[kind].one_of)
            self.problems.append(error_at(node, f"a rule of kind {kind} needs {names}"))
        types = POLICY_TYPES_OF_KINDS[kind]
        if not (values.get("policy-types") is None or types & frozenset(values["policy-types"])):
            expected = ", ".join(sorted(types))
            where = node.get("policy-types") or node
            self.problems.append(error_at(where, f"a rule of kind {kind} is about policies of the types {expected}"))
        if len(self.problems) > count:
            return None
        return _build_rule(kind, values, exceptions, node)

    def _read_kind(self, node: Node) -> OwnRuleKind | None:
        """The kind of a rule; None if it is missing or unknown, which is recorded."""
        kind = node.get("kind")
        if kind is None:
            hint = f"it is one of {', '.join(OwnRuleKind)}"
            self.problems.append(error_at(node, "`kind` is missing", hint))
            return None
        try:
            return OwnRuleKind(read_choice(kind, OwnRuleKind, "kind of rule"))
        except IamglueError as error:
            self.problems.append(error)
            return None

    def _exceptions(self, node: Node | None) -> tuple[RuleException, ...]:
        """The valid exceptions of a rule; those that are not valid are recorded."""
        if node is None:
            return ()
        if node.kind is not NodeKind.LIST:
            self.problems.append(mismatch(node, "a list of exceptions"))
            return ()
        return tuple(filter(None, map(self._exception, node.items)))

    def _exception(self, node: Node) -> RuleException | None:
        """An exception; None if it is not valid, which is recorded."""
        if node.kind is not NodeKind.MAP:
            self.problems.append(mismatch(node, "an exception: `role`, `function`, `account` or `path`, and `reason`"))
            return None
        count = len(self.problems)
        self._check_keys(node, tuple(EXCEPTION_KEYS), "an exception")
        values = self._values(node, EXCEPTION_KEYS, "an exception")
        if not any(node.get(name) for name in SUBJECT_KEYS):
            names = " or ".join(f"`{name}`" for name in SUBJECT_KEYS)
            self.problems.append(error_at(node, f"an exception needs {names}"))
        return RuleException(**values) if len(self.problems) == count else None

    def _values(self, node: Node, keys: Mapping[str, RuleKey], what: str) -> dict[str, Any]:
        """The values of the keys that the mapping has."""
        values = {}
        for name, key in keys.items():
            value = node.get(name)
            if value is None:
                if key.required:
                    self.problems.append(error_at(node, f"{what} needs `{name}`"))
                continue
            try:
                values[name] = key.type.read(value)
            except MultipleErrors as errors:
                self.problems += errors.problems
            except IamglueError as error:
                self.problems.append(error)
        return values

    def _check_keys(self, node: Node, known: tuple[str, ...], what: str) -> None:
        """Record each key that a mapping cannot have; `what` names the mapping in messages."""
        for key, _ in node.pairs:
            if key.text not in known:
                hint = did_you_mean(key.text, known) or f"valid keys are {', '.join(known)}"
                self.problems.append(error_at(key, f"`{key.text}` is not a valid key of {what}", hint))


def _build_rule(
    kind: OwnRuleKind, values: Mapping[str, Any], exceptions: tuple[RuleException, ...], node: Node
) -> OwnRule:
    """The rule with the values of its keys, under the names of the model's fields."""
    fields = {_FIELDS.get(name, name): value for name, value in values.items()}
    if "policy_types" in fields:
        fields["policy_types"] = frozenset(fields["policy_types"])
    return OwnRule(kind=kind, exceptions=exceptions, path=node.path, line=node.line, **fields)
