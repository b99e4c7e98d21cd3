"""Names, literals, texts, choices, functions and classes."""

from __future__ import annotations

from iamglue.infer.code.javascript.branches import note_block
from iamglue.infer.code.javascript.decorators import decorate
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    ELEMENTS,
    EVALUATORS,
    assign,
    elements,
    evaluate,
    keys_of,
    variable,
)
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.function_calls import call_function
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.member_changes import add_spread, note_keys
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    UNKNOWN,
    PackageMember,
    ScriptClass,
    ScriptCollection,
    Value,
    concatenate,
    environment_defaults,
    join,
    join_all,
    text_of,
)
from iamglue.infer.code.javascript.syntax import (
    Argument,
    ArrayLiteral,
    Assignment,
    Choice,
    ClassExpression,
    Concatenation,
    Expression,
    Fallback,
    FunctionExpression,
    Getter,
    Literal,
    Name,
    ObjectLiteral,
    Opaque,
    Sequence,
    This,
    VariablePattern,
    Yield,
)


def _literal(_machine: ScriptMachine, node: Literal, _frame: Frame) -> Value:
    return EMPTY if node.text is None else text_of(node.text)


def _concatenation(machine: ScriptMachine, node: Concatenation, frame: Frame) -> Value:
    return concatenate([evaluate(machine, part, frame) for part in node.parts])


def _name(machine: ScriptMachine, node: Name, frame: Frame) -> Value:
    """The value of a variable, of `module` and the like of the file, or a global of the language."""
    binding = node.scope.find(node.name)
    if binding is not None:
        return variable(machine, binding, frame)
    if node.name == "arguments":
        return UNKNOWN
    if node.name in ("module", "exports", "require"):
        return frozenset(
            {machine.intern(("own", frame.activation.info.path, node.name), lambda: _module_variable(node, frame))}
        )
    return frozenset(
        {machine.intern(("external", "global", (node.name,)), lambda: PackageMember("global", (node.name,)))}
    )


def _module_variable(node: Name, frame: Frame) -> PackageMember:
    """`module`, `exports` and `require` of a file."""
    return PackageMember(f"own:{frame.activation.info.path}", (node.name,))


def _this(machine: ScriptMachine, _node: Expression, frame: Frame) -> Value:
    """The object of the function around the arrow functions."""
    activation = frame.activation
    while activation.info.is_arrow and activation.parent is not None:
        activation = activation.parent
    return machine.read((activation, "this"))


def _object(machine: ScriptMachine, node: ObjectLiteral, frame: Frame) -> Value:
    """The object that is made here; a key that is not known stands for any member."""
    instance = machine.new_object(node, "object")
    note_block(machine, instance, frame)
    for key, written in node.entries:
        if isinstance(written, Getter):
            value = _getter_value(machine, written, instance, frame)
        else:
            value = evaluate(machine, written, frame)
        if key is None:
            add_spread(machine, instance, value)
            continue
        keys = text_of(key) if isinstance(key, str) else evaluate(machine, key, frame)
        note_keys(machine, frozenset({instance}), keys)
        for name in keys_of(keys) or [ANY_KEY]:
            machine.set_field(instance, name, value)
    return frozenset({instance})


def _getter_value(machine: ScriptMachine, getter: Getter, instance: ScriptCollection, frame: Frame) -> Value:
    function = machine.function(getter.info, frame.activation)
    return call_function(machine, function, PassedArguments(), getter, frozenset({instance}))


def _array(machine: ScriptMachine, node: ArrayLiteral, frame: Frame) -> Value:
    """The list that is made here; elements after a spread list have no known index."""
    instance = machine.new_object(node, "array")
    is_exact = True
    for number, element in enumerate(node.elements):
        value = evaluate(machine, element.value, frame)
        if element.is_spread:
            is_exact = False
            value = elements(machine, value)
        elif is_exact:
            machine.set_field(instance, str(number), value)
        machine.set_field(instance, ELEMENTS, value)
    return frozenset({instance})


def arguments_of(machine: ScriptMachine, written: tuple[Argument, ...], frame: Frame) -> PassedArguments:
    """The values of arguments; those after a spread list of unknown length may be at any position."""
    values: list[Value] = []
    rest = EMPTY
    is_open = False
    for argument in written:
        value = evaluate(machine, argument.value, frame)
        if argument.is_spread:
            is_open = True
            rest = join(rest, elements(machine, value))
        elif is_open:
            rest = join(rest, value)
        else:
            values.append(value)
    return PassedArguments(tuple(values), rest, is_open)


def _choice(machine: ScriptMachine, node: Choice, frame: Frame) -> Value:
    """Any of the options, and undefined where none may be taken."""
    for condition in node.conditions:
        evaluate(machine, condition, frame)
    value = join_all([evaluate(machine, option, frame) for option in node.options])
    is_optional = len(node.options) == 1 or any(_is_nothing(option) for option in node.options)
    return value | {NOTHING} if is_optional else value


def _is_nothing(node: Expression) -> bool:
    """`null` and `undefined` as they are written."""
    return isinstance(node, Literal) and node.text is None


def _fallback(machine: ScriptMachine, node: Fallback, frame: Frame) -> Value:
    first, *others = [evaluate(machine, option, frame) for option in node.options]
    return join_all([first - {NOTHING}, *(environment_defaults(first, other) for other in others)])


def _assignment(machine: ScriptMachine, node: Assignment, frame: Frame) -> Value:
    """The assigned value; `+=` appends texts, and `??=` and the like keep the old value as well."""
    target = node.target
    if node.value is None:
        if isinstance(target, VariablePattern):
            _note_declared_type(machine, target, frame)
        return EMPTY
    value = evaluate(machine, node.value, frame)
    if node.is_update:
        old = evaluate(machine, _target_expression(node), frame)
        value = concatenate([old, value]) if node.is_appending else join(old, value)
    assign(machine, target, value, frame)
    return value


def _target_expression(node: Assignment) -> Expression:
    """The target of an assignment as an expression."""
    target = node.target
    if isinstance(target, VariablePattern):
        return Name(target.at, target.scope, target.name)
    return getattr(target, "target", Literal(node.at, None))


def _note_declared_type(machine: ScriptMachine, target: VariablePattern, frame: Frame) -> None:
    """A variable that is declared with a type, and perhaps assigned later."""
    binding = target.scope.find(target.name)
    if binding is not None and binding not in frame.variables:
        frame.variables[binding] = machine.read((frame.activation, binding))
        if target.type_name:
            machine.declared[frame.activation, binding] = (target.type_name, target.scope, frame.activation)


def _sequence(machine: ScriptMachine, node: Sequence, frame: Frame) -> Value:
    """The value of the last part; parts after a `return` are not evaluated."""
    value = EMPTY
    for part in node.parts:
        if frame.is_ended:
            break
        value = evaluate(machine, part, frame)
    return value


def _opaque(machine: ScriptMachine, node: Opaque, frame: Frame) -> Value:
    """Not known; the parts are evaluated for what they do."""
    for part in node.parts:
        evaluate(machine, part, frame)
    return UNKNOWN


def _yield(machine: ScriptMachine, node: Yield, frame: Frame) -> Value:
    """The yielded value, which is also what the generator gives; of `yield*` the elements."""
    value = evaluate(machine, node.value, frame) if node.value is not None else EMPTY
    if node.is_delegate:
        value = elements(machine, value)
    machine.write((frame.activation, "yield"), value)
    return value  # libraries that run generators give them what they yield, when it is done


def _function(machine: ScriptMachine, node: FunctionExpression, frame: Frame) -> Value:
    return frozenset({machine.function(node.info, frame.activation)})


def _class(machine: ScriptMachine, node: ClassExpression, frame: Frame) -> Value:
    """The class in the variables around it; its decorators and static fields are evaluated at once."""
    info = node.info
    made = machine.intern(("class", info, frame.activation), lambda: ScriptClass(info, frame.activation))
    machine.classes.setdefault(made)
    if info.parent is not None:
        machine.write((made, "parent"), evaluate(machine, info.parent, frame))
    decorate(machine, made, frame)
    statics = machine.activation(info.statics, frame.activation, None)
    machine.write((statics, "this"), frozenset({made}))
    return frozenset({made})


EVALUATORS.update(
    {
        Literal: _literal,
        Concatenation: _concatenation,
        Name: _name,
        This: _this,
        ObjectLiteral: _object,
        ArrayLiteral: _array,
        Choice: _choice,
        Fallback: _fallback,
        Assignment: _assignment,
        Sequence: _sequence,
        Opaque: _opaque,
        Yield: _yield,
        FunctionExpression: _function,
        ClassExpression: _class,
    }
)
