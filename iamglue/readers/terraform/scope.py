"""The names that Terraform expressions refer to: variables, locals, resources and modules of a configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from iamglue.errors import IamglueError, Location
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import MAX_DEPTH, MAX_EXPANDED_LENGTH, MAX_VALUES, Node, NodeKind
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.string_templates import is_traversal
from iamglue.readers.terraform.values import GENERATED_SOURCE, read_only_node
from iamglue.readers.text_budget import TextBudget

# Values can be used many times and inside other values; the limits prevent exponential growth.
_MAX_VALUE_NODES = 20_000
_MAX_VALUE_LEVELS = 50
_MAX_ITERATIONS = 20_000
_MODULE = re.compile(r"module\.([A-Za-z_][\w-]*)((?:\[[^\]]*\])?)\.(?=[A-Za-z_])")
_NAMED_VALUE = re.compile(r"(var|local)\.([A-Za-z_][\w-]*)")
_OUTPUT = re.compile(r"[A-Za-z_][\w-]*")
ResourceResolver = Callable[["TerraformScope", str], "Node | None"]


class ScopeResource(Protocol):
    """A resource or data source that expressions refer to. `instance_keys`: `["a"]`, `[0]`; None if not known."""

    @property
    def is_optional(self) -> bool:
        """Whether there is one instance or none."""

    @property
    def instance_keys(self) -> tuple[str, ...] | None:
        """The keys of its instances as in addresses; one empty key without `count` and `for_each`."""

    def attribute(self, name: str, key: str) -> Node | None:
        """The value of an argument of the instance with a key; None if it is not set."""

    def has_argument(self, name: str) -> bool:
        """Whether an argument is set."""


@dataclass
class EvaluationState:
    """What all modules of a configuration share: settings of the user, limits, duplicate keys, unresolved names."""

    settings: ParameterValues
    problems: list[IamglueError] = field(default_factory=list)
    budget: TextBudget = field(default_factory=TextBudget)
    missing_names: set[str] = field(default_factory=set)
    resolve_resource: ResourceResolver | None = None
    root: TerraformScope | None = None
    value_count: int = 0
    iteration_count: int = 0
    module_count: int = 0
    module_length: int = 0  # in characters, of all modules that are called, each as often as it is called
    depth: int = 0

    def allows_iterations(self, count: int) -> bool:
        """Whether a loop may have so many more iterations: loops in loops would multiply; if so, count them."""
        if self.iteration_count + count > _MAX_ITERATIONS:
            self.budget.consume(MAX_EXPANDED_LENGTH + 1)  # reports that values stay unresolved
            return False
        self.iteration_count += count
        return True


class TerraformScope:
    """The names of one module; `prefix` is its address with a dot (`module.m.`), empty for the root module."""

    def __init__(
        self, settings: ParameterValues, prefix: str = "", state: EvaluationState | None = None, directory: str = ""
    ) -> None:
        self.prefix = prefix
        self.directory = directory
        self.has_other_provider = False  # its account or Region may differ from those of the root module
        self.state = state or EvaluationState(settings)
        self.state.root = self.state.root or self
        self.locals: dict[str, Callable[[], Node | None]] = {}
        self.variables: dict[str, Callable[[], Node | None]] = {}
        self.outputs: dict[str, Callable[[], Node | None]] = {}
        self.resources: dict[str, ScopeResource] = {}
        self.modules: dict[str, Callable[[str], TerraformScope | None]] = {}
        self._cache: dict[str, tuple[Node, int, int] | None] = {}

    @property
    def budget(self) -> TextBudget:
        """The limits for the text that expressions produce."""
        return self.state.budget

    @property
    def problems(self) -> list[IamglueError]:
        """Duplicate keys."""
        return self.state.problems

    @contextmanager
    def nested_level(self, source: SourceText, at: int) -> Iterator[None]:
        """Enter a nested value, also of a local; raises IamglueError if the nesting is too deep."""
        if self.state.depth >= MAX_DEPTH:
            message = f"values are nested more than {MAX_DEPTH} levels deep"
            raise IamglueError(message, location=Location(source.path, *source.line_and_column(at)))
        self.state.depth += 1
        try:
            yield
        finally:
            self.state.depth -= 1

    def resolve(self, address: str) -> Node | None:
        """The value of an address with the prefix of its module (`module.m.local.x`); None if it is not known."""
        scope, rest = self._scope_of(address)
        if scope is None:
            return None
        match = _NAMED_VALUE.fullmatch(rest)
        if match is not None:
            return scope.named_value(match[1], match[2])
        if rest in ("path.module", "path.root", "path.cwd"):
            directory = (
                scope.directory if rest == "path.module" or self.state.root is None else self.state.root.directory
            )
            return Node(NodeKind.SCALAR, SourceText("", directory), 0, len(directory), directory) if directory else None
        if scope.prefix and _OUTPUT.fullmatch(rest):
            return scope.named_value("output", rest)
        return None if self.state.resolve_resource is None else self.state.resolve_resource(scope, rest)

    def _scope_of(self, address: str) -> tuple[TerraformScope | None, str]:
        """The scope of the module of an address, and the rest of the address."""
        scope = self.state.root
        position = 0
        while scope is not None and (match := _MODULE.match(address, position)) is not None:
            if match[1] not in scope.modules:
                self.state.missing_names.add(address)
            scope = scope.modules[match[1]](match[2]) if match[1] in scope.modules else None
            position = match.end()
        return scope, address[position:]

    def resource_at(self, address: str) -> tuple[TerraformScope, ScopeResource] | None:
        """The scope and the resource of an address without index and attribute; None if it is not declared."""
        scope, rest = self._scope_of(address)
        resource = None if scope is None else scope.resources.get(rest)
        return None if scope is None or resource is None else (scope, resource)

    def named_value(self, kind: str, name: str) -> Node | None:
        """The value of a variable, local or output; None if it is not known. Fixes cannot edit it."""
        tables: Mapping[str, Mapping[str, Callable[[], Node | None]]] = {
            "var": self.variables,
            "local": self.locals,
            "output": self.outputs,
        }
        key = f"{kind}.{name}"
        if key not in self._cache:
            compute = tables[kind].get(name)
            if compute is None and kind == "var" and not self.prefix:
                compute = partial(setting_value, self.state.settings, name)
                is_missing = compute() is None
            else:
                is_missing = compute is None
            if is_missing:
                self.state.missing_names.add(f"{self.prefix}{key}")
            if compute is None or self.state.depth > _MAX_VALUE_LEVELS:
                return None
            self._cache[key] = None  # ends the recursion if values refer to each other
            node = compute()
            size = None if node is None else _node_size(node)
            if node is None or size is None:
                return None
            self._cache[key] = (read_only_node(node), *size)
        cached = self._cache[key]
        if cached is None:
            return None
        if cached[0].kind is NodeKind.UNKNOWN:  # its text names another value, or is an expression
            return cached[0] if is_traversal(cached[0].text) or cached[0].items else None
        self.state.value_count += cached[1]
        fits = self.budget.consume(cached[2] if self.state.value_count <= MAX_VALUES else MAX_EXPANDED_LENGTH + 1)
        return cached[0] if fits else None

    def used_locals(self) -> frozenset[str]:
        """The names of the locals whose values were used so far."""
        return frozenset(key.removeprefix("local.") for key in self._cache if key.startswith("local."))


def setting_value(settings: ParameterValues, name: str) -> Node | None:
    """The value that the user set for a variable of the root module; None if there is none."""
    text = settings.value(name, f"var.{name}")
    return None if text is None else Node(NodeKind.SCALAR, GENERATED_SOURCE, 0, 0, text)


def _node_size(node: Node) -> tuple[int, int] | None:
    """The number of values in a node and the total length of their texts; None if a limit is exceeded."""
    values, length, level = 0, 0, [node]
    for _ in range(_MAX_VALUE_LEVELS):
        values += len(level)
        length += sum(len(value.text) for value in level)
        if not level or values > _MAX_VALUE_NODES:
            break
        level = [
            child
            for parent in level
            for child in (*parent.items, *(member for pair in parent.pairs for member in pair))
        ]
    return None if level else (values, length)
