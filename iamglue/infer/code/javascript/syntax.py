"""JavaScript and TypeScript as the interpreter takes it: few kinds of nodes, without types, parentheses and `await`.

Nodes are compared by identity: a node is also the site where an object is made or a function is called.
The file is long because the kinds of nodes, functions and scopes refer to each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Position = tuple[int, int]  # row and column in bytes, from 0, as tree-sitter counts


@dataclass(slots=True, eq=False)
class Expression:
    """Anything that is evaluated: statements too are expressions here, whose value is of no interest."""

    at: Position


@dataclass(slots=True, eq=False)
class Literal(Expression):
    """A string, number or boolean; None is `null`, `undefined` and what has no text."""

    text: str | None


@dataclass(slots=True, eq=False)
class Concatenation(Expression):
    """A template string, or a chain of `+`."""

    parts: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Name(Expression):
    """A variable, with the scope in which it is written."""

    scope: LexicalScope
    name: str


@dataclass(slots=True, eq=False)
class This(Expression):
    """`this`."""


@dataclass(slots=True, eq=False)
class Super(Expression):
    """`super`."""


@dataclass(slots=True, eq=False)
class Member(Expression):
    """`object.name`."""

    target: Expression
    name: str


@dataclass(slots=True, eq=False)
class Index(Expression):
    """`object[key]`."""

    target: Expression
    key: Expression


@dataclass(slots=True, eq=False)
class Argument:
    """An argument or an element of an array; `...value` if `is_spread`."""

    value: Expression
    is_spread: bool


@dataclass(slots=True, eq=False)
class CallExpression(Expression):
    """`callee(arguments)`; `text` is the callee as written."""

    callee: Expression
    arguments: tuple[Argument, ...]
    text: str


@dataclass(slots=True, eq=False)
class New(Expression):
    """`new callee(arguments)`."""

    callee: Expression
    arguments: tuple[Argument, ...]
    text: str


@dataclass(slots=True, eq=False)
class ObjectLiteral(Expression):
    """`{key: value}`: a key is a name, an expression, or None for `...value`."""

    entries: tuple[tuple[str | Expression | None, Expression], ...]


@dataclass(slots=True, eq=False)
class ArrayLiteral(Expression):
    """`[a, ...b]`."""

    elements: tuple[Argument, ...]


@dataclass(slots=True, eq=False)
class FunctionExpression(Expression):
    """A function, arrow function, or method of an object literal."""

    info: FunctionInfo


@dataclass(slots=True, eq=False)
class Getter(Expression):
    """`get name() {...}` of an object literal: the member is what the function returns."""

    info: FunctionInfo


@dataclass(slots=True, eq=False)
class ClassExpression(Expression):
    """A class; a declaration assigns it to its name."""

    info: ClassInfo


@dataclass(slots=True, eq=False)
class Choice(Expression):
    """One of several values: `a ? b : c`, `a ?? b`, `a && b`; `conditions` are evaluated as well."""

    conditions: tuple[Expression, ...]
    options: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Fallback(Expression):
    """`a || b`, `a ?? b` and longer: the first that has a value."""

    options: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Assignment(Expression):
    """`target = value`, and declarations; `is_update` for `+=` and the like, whose target keeps its old value too."""

    target: Pattern
    value: Expression | None
    is_update: bool = False
    is_appending: bool = False


@dataclass(slots=True, eq=False)
class Sequence(Expression):
    """Expressions whose last is the value: `(a, b)`; a block of statements."""

    parts: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Opaque(Expression):
    """An expression whose value is not followed; its parts are evaluated."""

    parts: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Yield(Expression):
    """`yield value`; `yield* value` if `is_delegate`."""

    value: Expression | None
    is_delegate: bool


@dataclass(slots=True, eq=False)
class ImportCall(Expression):
    """`import(source)`."""

    source: Expression


@dataclass(slots=True, eq=False)
class Import(Expression):
    """What a name is imported from: `name` is `*` for the whole module and `default` for its default export."""

    target: Pattern
    source: str
    name: str


@dataclass(slots=True, eq=False)
class Export(Expression):
    """`export` of a value by a name; `=` is `module.exports`."""

    name: str
    value: Expression


@dataclass(slots=True, eq=False)
class ReExport(Expression):
    """`export {name as exported} from source`; both are `*` for `export * from`."""

    source: str
    name: str
    exported: str


@dataclass(slots=True, eq=False)
class If(Expression):
    """Branches: each a condition and what is then done; the last may have no condition."""

    branches: tuple[tuple[Expression | None, Expression], ...]


@dataclass(slots=True, eq=False)
class Loop(Expression):
    """`while`, `do`, `for (;;)`: `parts` are evaluated again and again."""

    start: Expression | None
    parts: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class ForEach(Expression):
    """`for (target of values)`; the keys of `values` if `is_of_keys`."""

    target: Pattern
    values: Expression
    body: Expression
    is_of_keys: bool


@dataclass(slots=True, eq=False)
class Switch(Expression):
    """`switch`: the bodies of its cases."""

    value: Expression
    cases: tuple[tuple[Expression | None, Expression], ...]


@dataclass(slots=True, eq=False)
class Try(Expression):
    """`try`: the error's name, if any, is declared in `target`."""

    body: Expression
    target: Pattern | None
    handler: Expression | None
    finalizer: Expression | None


@dataclass(slots=True, eq=False)
class Return(Expression):
    """`return value`."""

    value: Expression | None


@dataclass(slots=True, eq=False)
class Leave(Expression):
    """`throw value`, and `break` and `continue` (`is_jump`)."""

    value: Expression | None
    is_jump: bool


@dataclass(slots=True, eq=False)
class Pattern:
    """What a value is assigned to."""

    at: Position


@dataclass(slots=True, eq=False)
class VariablePattern(Pattern):
    """A variable; `type_name` is its declared type as written, if that is a name."""

    scope: LexicalScope
    name: str
    type_name: str = ""


@dataclass(slots=True, eq=False)
class TargetPattern(Pattern):
    """`object.name` or `object[key]`."""

    target: Expression


@dataclass(slots=True, eq=False)
class DefaultPattern(Pattern):
    """`pattern = default`."""

    pattern: Pattern
    default: Expression


@dataclass(slots=True, eq=False)
class ObjectPattern(Pattern):
    """`{key: pattern, ...rest}`."""

    entries: tuple[tuple[str | Expression, Pattern], ...]
    rest: Pattern | None


@dataclass(slots=True, eq=False)
class ArrayPattern(Pattern):
    """`[a, , b, ...rest]`."""

    elements: tuple[Pattern | None, ...]
    rest: Pattern | None


@dataclass(slots=True, eq=False)
class Binding:
    """A variable, which belongs to a function (the module's code is a function too).

    `is_shared`: other functions assign to it, so that the order of statements does not say what it is.
    """

    owner: FunctionInfo
    name: str
    is_shared: bool = False


@dataclass(slots=True, eq=False)
class LexicalScope:
    """The variables of a block, and the block around it."""

    owner: FunctionInfo
    parent: LexicalScope | None
    bindings: dict[str, Binding] = field(default_factory=dict)

    def declare(self, name: str) -> Binding:
        """The variable of this block of that name, which is made if there is none."""
        return self.bindings.setdefault(name, Binding(self.owner, name))

    def find(self, name: str) -> Binding | None:
        """The variable that a name stands for here; None if none is declared."""
        scope: LexicalScope | None = self
        while scope is not None:
            if name in scope.bindings:
                return scope.bindings[name]
            scope = scope.parent
        return None


@dataclass(slots=True, eq=False)
class FunctionInfo:
    """A function of a program; parameters and body are read when it is first evaluated."""

    at: Position
    path: str
    name: str
    is_arrow: bool = False
    is_generator: bool = False
    parameters: tuple[Pattern, ...] = ()
    rest: Pattern | None = None
    properties: tuple[str, ...] = ()
    body: Expression | None = None
    lower: Callable[[], None] | None = None
    text: Callable[[], str] | None = None  # as written
    outer: LexicalScope | None = None


@dataclass(slots=True, eq=False)
class MethodInfo:
    """A method of a class; `kind` is `method`, `get` or `set`."""

    name: str
    function: FunctionInfo
    is_static: bool
    kind: str
    decorators: tuple[Expression, ...] = ()


@dataclass(slots=True, eq=False)
class ClassInfo:
    """A class: `fields` and `statics` are functions that assign what is declared of the object and of the class."""

    at: Position
    name: str
    parent: Expression | None
    methods: tuple[MethodInfo, ...]
    fields: FunctionInfo
    statics: FunctionInfo
    field_types: dict[str, str]
    decorators: tuple[Expression, ...] = ()
