"""Functions that are given functions: executors, threads, `functools.partial`, `map`."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import (
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Values,
)
from iamglue.infer.code.python.classes import ClassObject
from iamglue.infer.code.python.containers import ANY, Container, new_list
from iamglue.infer.code.python.extern import apply, elements_of, extern_function, extern_method, extern_values
from iamglue.infer.code.python.functions import BoundCallable, FunctionObject
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import literals_of
from iamglue.infer.code.python.texts import literal_of


@extern_function("builtins.map")
def _map(arguments: ArgumentValues, at: Site) -> Values:
    """The results of calls with an element of each iterable."""
    elements = tuple(elements_of(values, at) for values in arguments.positional[1:])
    results = apply(arguments.get(0, "func"), ArgumentValues(elements), at)
    return frozenset({new_list(at, [results], is_ordered=False)})


@extern_method("map", "imap", "imap_unordered", "map_async")
def _executor_map(arguments: ArgumentValues, at: Site) -> Values:
    """The results as of `map`; what is given no function escapes to the library."""
    if not any(_is_callable(obj) for obj in arguments.get(0, "")):
        at.escape(arguments)
        return UNKNOWN
    return _map(arguments, at)


@extern_method("starmap", "starmap_async")
@extern_function("itertools.starmap")
def _starmap(arguments: ArgumentValues, at: Site) -> Values:
    """The results of calls with the elements of each tuple as arguments."""
    if not any(_is_callable(obj) for obj in arguments.get(0, "function")):
        at.escape(arguments)
        return UNKNOWN
    results: Values = NOTHING
    for group in elements_of(arguments.get(1, "iterable"), at):
        results |= apply(arguments.get(0, "function"), _unpacked(frozenset({group}), NOTHING, at), at)
    return frozenset({new_list(at, [results], is_ordered=False)})


@extern_method("apply_async")
def _apply_in_pool(arguments: ArgumentValues, at: Site) -> Values:
    """`pool.apply_async(function, args, kwds, callback)`: the callback is given what the function returns."""
    if not any(_is_callable(obj) for obj in arguments.get(0, "func")):
        at.escape(arguments)
        return UNKNOWN
    given = _unpacked(arguments.get(1, "args"), arguments.get(2, "kwds"), at)
    result = apply(arguments.get(0, "func"), given, at)
    apply(arguments.get(3, "callback") - NONE, ArgumentValues((result,)), at)
    return frozenset({FutureObject(at.site, at.unit.context)}) | _store_result(result, at)


@extern_method("submit", "run_in_executor", "to_thread", "run_sync", "call_soon", "call_later", "start_soon")
def _submit(arguments: ArgumentValues, at: Site) -> Values:
    """A future of the call of the first or second argument; its result is in memory."""
    for position in range(min(2, len(arguments.positional))):
        if any(_is_callable(obj) for obj in arguments.positional[position]):
            rest = arguments.after(position + 1)
            result = apply(arguments.positional[position], rest, at)
            return frozenset({FutureObject(at.site, at.unit.context)}) | _store_result(result, at)
    at.escape(arguments)
    return UNKNOWN


@extern_method("Thread", "Process", "Timer")
def _thread(arguments: ArgumentValues, at: Site) -> Values:
    """Call the target with `args` and `kwargs`; a `Timer` has its function after the seconds."""
    values = arguments.get(1 if "target" in arguments.keywords else 2, "args")
    given = _unpacked(values, arguments.keywords.get("kwargs", NOTHING), at)
    apply(arguments.get(1, "target") | arguments.get(1, "function"), given, at)
    return extern_values("threading.*")


@interned_dataclass
class FutureObject(AbstractObject):
    """A future: its result is in memory."""

    site: int
    context: tuple[int, ...]

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """`result` gives the result."""
        return frozenset({self})

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """The result; callbacks are called."""
        apply(
            frozenset(obj for values in arguments.positional for obj in values if _is_callable(obj)),
            ArgumentValues((frozenset({self}),)),
            at,
        )
        return at.read((self, "result"))


def _store_result(values: Values, at: Site) -> Values:
    at.write((FutureObject(at.site, at.unit.context), "result"), values)
    return NOTHING


@extern_function("asyncio.gather", "asyncio.wait")
def _gather(arguments: ArgumentValues, at: Site) -> Values:
    """A list of the results, in the order of the arguments."""
    elements = list(arguments.positional)
    container = new_list(at, elements)
    if arguments.more_positional:
        container.put(at, ANY, arguments.more_positional)
    return frozenset({container})


@extern_method("enter_context", "enter_async_context")
def _enter(arguments: ArgumentValues, at: Site) -> Values:
    """What the context manager gives to a `contextlib.ExitStack`."""
    return frozenset(value for obj in arguments.get(0, "cm") for value in obj.entered(at))


@extern_function("fastapi.Depends", "fastapi.Security")
def _depend(arguments: ArgumentValues, at: Site) -> Values:
    """What a dependency of FastAPI gives: a function's result, of a generator what it yields.

    https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-with-yield/
    """
    results = apply(arguments.get(0, "dependency"), ArgumentValues(), at)
    return frozenset(value for obj in results for value in obj.entered(at))


@extern_function("functools.partial", "functools.partialmethod")
def _partial(arguments: ArgumentValues, at: Site) -> Values:
    """The function with its first arguments and keywords, in memory."""
    cell = ("partial", at.site, at.unit.context)
    at.write(cell, arguments.get(0, ""))
    options = Container("dict", at.machine.site((at.node, "options")), at.unit.context)
    for name, values in arguments.keywords.items():
        options.put(at, (name,), values)
    first = new_list(at, arguments.positional[1:], kind="tuple", part="first")
    return frozenset({PartialObject(at.site, at.unit.context, first, options, arguments.more_keywords)})


@interned_dataclass
class PartialObject(AbstractObject):
    """A `functools.partial`."""

    site: int
    context: tuple[int, ...]
    first: Container
    options: Container
    is_open: bool

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """Call the function with all arguments."""
        first = self.first.ordered_elements(at) or []
        keywords = {
            name: self.options.get(at.machine, key, at.unit)
            for key in self.options.keys(at.machine, at.unit)
            if (name := literal_of(key)) is not None
        }
        full = ArgumentValues(
            (*first, *arguments.positional),
            {**keywords, **arguments.keywords},
            arguments.more_positional,
            arguments.more_keywords or self.is_open,
        )
        return apply(at.read(("partial", self.site, self.context)), full, at)

    def escape(self, at: Site) -> None:
        """Code that is not known may call it."""
        self.call(ArgumentValues(more_keywords=True), at)


def _unpacked(args: Values, kwargs: Values, at: Site) -> ArgumentValues:
    """The arguments of `function(*args, **kwargs)`."""
    positional: list[Values] = []
    more: Values = NOTHING
    for obj in args - NONE:
        elements = obj.ordered_elements(at) if isinstance(obj, Container) else None
        if elements is None:
            more |= obj.elements(at)
        for number, values in enumerate(elements or ()):
            positional += [NOTHING] * (number >= len(positional))
            positional[number] |= values
    keywords: dict[str, Values] = {}
    is_open = False
    for obj in kwargs - NONE:
        for key in obj.keys(at.machine, at.unit) if isinstance(obj, Container) else [ANY]:
            name = literal_of(key)
            is_open = is_open or name is None
            if name is not None and isinstance(obj, Container):
                keywords[name] = keywords.get(name, NOTHING) | obj.get(at.machine, key, at.unit)
    return ArgumentValues(tuple(values | more for values in positional), keywords, more, is_open)


def _is_callable(obj: AbstractObject) -> bool:
    """Whether an object is a function, class or bound method whose call the analysis follows."""
    return isinstance(obj, FunctionObject | BoundCallable | PartialObject | ClassObject) or type(obj).__name__.endswith(
        "Method"
    )


@extern_function("operator.methodcaller")
def _methodcaller(arguments: ArgumentValues, at: Site) -> Values:
    """The name of the method and its keywords, in memory."""
    cell = ("methodcaller", at.site, at.unit.context)
    at.write(cell, arguments.get(0, "name"))
    options = Container("dict", at.machine.site((at.node, "options")), at.unit.context)
    for name, values in arguments.keywords.items():
        options.put(at, (name,), values)
    return frozenset({MethodCaller(at.site, at.unit.context, options, arguments.more_keywords)})


@interned_dataclass
class MethodCaller(AbstractObject):
    """An `operator.methodcaller`."""

    site: int
    context: tuple[int, ...]
    options: Container
    is_open: bool

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """Call the method of the argument."""
        names = literals_of(at.read(("methodcaller", self.site, self.context)))
        keywords = {
            name: self.options.get(at.machine, key, at.unit)
            for key in self.options.keys(at.machine, at.unit)
            if (name := literal_of(key)) is not None
        }
        full = ArgumentValues((), keywords, more_keywords=self.is_open)
        methods = frozenset(
            method for obj in arguments.get(0, "") for name in names for method in obj.attribute(name, at)
        )
        return apply(methods, full, at)
