"""Functions of the program as objects: calls of them, bound methods and generators."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import (
    ABSENT,
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    FixedPoint,
    Site,
    Unit,
    Values,
)
from iamglue.infer.code.python.containers import ANY, Container
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.program import Code
from iamglue.infer.code.python.strings import TextObject
from iamglue.infer.code.values import UnknownPart, ValueOrigin

# Contexts of one function; what is called from more places has one more for all other places together. A program that
# is large has fewer, for functions that may come to a call of AWS, small ones, and others.
_MAX_CONTEXTS = 32
_MAX_CONTEXTS_OF_LARGE = (8, 4, 0)
_HUGE = 6000
_SMALL_BODY = 4
_DEPTH = 3


@interned_dataclass
class FunctionObject(AbstractObject):
    """A function: `outer` is the unit that defines it, if it is nested, `owner` its class.

    `kind` is "function", "static", "class", "property", or "dispatch" for one of several by the type of an argument.
    """

    code: Code
    outer: Unit | None = None
    owner: AbstractObject | None = None
    kind: str = "function"

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """What the function returns when it is called from here."""
        return self.call_in((*at.unit.context[1 - _DEPTH :], at.site), arguments, at)

    def call_in(self, context: tuple[int, ...], arguments: ArgumentValues, at: Site) -> Values:
        """What the function returns in a context; its arguments are stored as its parameters."""
        unit = self.unit(context, at.machine)
        self._bind(unit, arguments, at)
        at.machine.start(unit)
        results = frozenset({GeneratorObject(unit)}) if self.code.is_generator else at.read((unit, "return"))
        for obj in at.read((self, "registered")) if self.kind == "dispatch" else ():
            results |= obj.call_in(context, arguments, at) if isinstance(obj, FunctionObject) else NOTHING
        return results

    def unit(self, context: tuple[int, ...], machine: FixedPoint) -> Unit:
        """The unit for a context, or for all contexts together if there are too many."""
        unit = Unit(self.code, self.outer, context)
        if unit not in machine.records:
            count = machine.contexts.get(self.code, 0)
            if count >= max_contexts(self.code, machine):
                return Unit(self.code, self.outer, ())
            machine.contexts[self.code] = count + 1
        return unit

    def attribute(self, name: str, at: Site) -> Values:
        """An attribute that the program sets on the function; `setter` of a property."""
        if self.kind == "property" and name in ("setter", "deleter", "getter"):
            return frozenset({SetterObject(self)})
        if self.kind == "dispatch" and name == "register":
            return frozenset({RegisterObject(self)})
        return at.read((self, "attribute", name))

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """Store an attribute of the function, the same for all its contexts."""
        at.write((self, "attribute", name), values)

    def escape(self, at: Site) -> None:
        """Code that is not known may call the function with arguments that are not known, and a function it returns."""
        for obj in call_with_unknown(self, at):
            if isinstance(obj, FunctionObject) and obj.code not in at.machine.codes:
                obj.escape(at)

    def _bind(self, unit: Unit, arguments: ArgumentValues, at: Site) -> None:
        """Give the parameters of a function their values."""
        parameters = self.code.parameters
        if parameters is None:
            return
        positional = [*parameters.posonlyargs, *parameters.args]
        used = {argument.arg for argument in (*positional, *parameters.kwonlyargs)}
        for position, argument in enumerate(positional):
            self._bind_parameter(unit, argument.arg, arguments.get(position, argument.arg), arguments, at)
        for argument in parameters.kwonlyargs:
            self._bind_parameter(unit, argument.arg, arguments.get(-1, argument.arg), arguments, at)
        if parameters.vararg:
            rest = Container("tuple", at.machine.site((unit, "*")), ())
            for number, values in enumerate(arguments.positional[len(positional) :]):
                rest.put(at, (str(number),), values)
            if arguments.more_positional:
                rest.put(at, ANY, arguments.more_positional)
            at.write((unit, "parameter", parameters.vararg.arg), frozenset({rest}))
        if parameters.kwarg:
            options = Container("dict", at.machine.site((unit, "**")), ())
            for name, values in arguments.keywords.items():
                if name not in used:
                    options.put(at, (name,), values)
            if arguments.more_keywords:
                options.put(at, ANY, UNKNOWN)
            at.write((unit, "parameter", parameters.kwarg.arg), frozenset({options}))

    def _bind_parameter(self, unit: Unit, name: str, values: Values, arguments: ArgumentValues, at: Site) -> None:
        """Store an argument as a parameter: its default if it is not given, which may be unknown for `**options`."""
        if not values or arguments.keywords.get(name, NOTHING) & ABSENT:
            values |= at.read((self.code, self.outer, "default", name))
            if arguments.more_keywords:
                values |= UNKNOWN
        at.write((unit, "parameter", name), values)


@interned_dataclass
class SetterObject(AbstractObject):
    """The decorator that gives a property its setter."""

    function: FunctionObject

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """The property, which has the setter from now on."""
        at.write((self.function, "setter"), arguments.get(0, ""))
        return frozenset({self.function})


@interned_dataclass
class RegisterObject(AbstractObject):
    """`register` of a `functools.singledispatch`, which may be given the type first."""

    function: FunctionObject

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """The registered function, or the decorator for a type."""
        functions = frozenset(
            obj for values in arguments.positional for obj in values if isinstance(obj, FunctionObject)
        )
        at.write((self.function, "registered"), functions)
        return functions or frozenset({self})


@interned_dataclass
class GeneratorObject(AbstractObject):
    """What a generator function returns: an iteration, or a context manager, gives what it yields."""

    unit: Unit

    def elements(self, at: Site) -> Values:
        """What it yields."""
        return at.read((self.unit, "yield"))

    def entered(self, at: Site) -> Values:
        """What it yields: the function is a context manager."""
        return at.read((self.unit, "yield"))

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """`send` and `__next__` give what it yields."""
        return frozenset({BoundCallable(_ELEMENTS, self)}) if name in ("send", "__next__", "__anext__") else NOTHING

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """A context manager may decorate a function, which stays what it is."""
        return arguments.get(0, "")


@interned_dataclass
class _ElementsFunction(AbstractObject):
    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        return frozenset(value for obj in arguments.get(0, "") for value in obj.elements(at))


_ELEMENTS = _ElementsFunction()


@interned_dataclass
class BoundCallable(AbstractObject):
    """A callable with its first arguments: a bound method, or a `partial`."""

    function: AbstractObject
    receiver: AbstractObject

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """Call the function; a method's context is its instance."""
        full = ArgumentValues(
            (frozenset({self.receiver}), *arguments.positional),
            arguments.keywords,
            arguments.more_positional,
            arguments.more_keywords,
        )
        if isinstance(self.function, FunctionObject) and self.receiver.has_contexts:
            return self.function.call_in((at.machine.site(self.receiver), at.site), full, at)
        return self.function.call(full, at)

    def attribute(self, name: str, at: Site) -> Values:
        """An attribute of the function; `__self__` is the instance."""
        return frozenset({self.receiver}) if name == "__self__" else self.function.attribute(name, at)

    def escape(self, at: Site) -> None:
        """Code that is not known may call it."""
        if isinstance(self.function, FunctionObject):
            call_with_unknown(self.function, at, self.receiver)


def call_with_unknown(function: FunctionObject, at: Site, receiver: AbstractObject | None = None) -> Values:
    """What a function returns to code that is not known: each parameter is a part that no caller fills."""
    parameters = function.code.parameters
    if parameters is None:
        return NOTHING
    positional = [argument.arg for argument in (*parameters.posonlyargs, *parameters.args)]
    names = [*positional, *(argument.arg for argument in parameters.kwonlyargs)]
    # A caller that is not known may leave out what has a default.
    unknown = {
        name: parameter_values(name) | (at.read((function.code, function.outer, "default", name)) - NONE)
        for name in names
    }
    if positional and (receiver is not None or positional[0] in ("self", "cls")):
        unknown[positional[0]] = frozenset({receiver}) if receiver is not None else UNKNOWN
    context = (-1,) if receiver is None else (-1, at.machine.site(receiver))
    more = bool(parameters.kwarg)
    return function.call_in(
        context, ArgumentValues((), unknown, UNKNOWN if parameters.vararg else NOTHING, more_keywords=more), at
    )


def max_contexts(code: Code, machine: FixedPoint) -> int:
    """In how many contexts a function is evaluated."""
    if not machine.is_large:
        return _MAX_CONTEXTS
    relevant, small, others = _MAX_CONTEXTS_OF_LARGE
    if len(machine.records) > _HUGE:
        return others
    if machine.program.may_call_sdk(code):
        return relevant
    return small if len(code.body) <= _SMALL_BODY else others


def parameter_values(name: str) -> Values:
    """A parameter that no caller of the program fills."""
    return frozenset({TextObject((UnknownPart(ValueOrigin.PARAMETER, name),))})
