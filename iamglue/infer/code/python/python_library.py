"""Functions of Python's library through which values flow: the environment, JSON, `functools`, executors, built-ins."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import (
    NO_ARGUMENTS,
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Values,
)
from iamglue.infer.code.python.classes import InstanceObject
from iamglue.infer.code.python.containers import ANY, Container, call_key, copy_items, new_list
from iamglue.infer.code.python.environment import environment_values
from iamglue.infer.code.python.extern import apply, elements_of, extern_function
from iamglue.infer.code.python.strings import (
    UNKNOWN_STRINGS,
    TextObject,
    concatenate,
    literals_of,
    text_values,
    texts_of,
    values_of,
)
from iamglue.infer.code.python.texts import literal_of, step_into, symbol_of
from iamglue.infer.code.values import UnknownPart, ValueOrigin


@extern_function("json.loads", "simplejson.loads", "orjson.loads", "ujson.loads", "json.load", "yaml.safe_load")
def _loads(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    """The decoded JSON: of a variable or part of the event the path goes on, of other texts it is not known."""
    values: Values = NOTHING
    for text in texts_of(arguments.get(0, "s")):
        symbol = symbol_of(text)
        values |= values_of([step_into(symbol, "#json")]) if symbol else UNKNOWN_DATA
    return values


UNKNOWN_DATA: Values = frozenset({TextObject((UnknownPart(ValueOrigin.UNKNOWN, "data"),))})


@extern_function(
    "builtins.str",
    "builtins.repr",
    "builtins.bytes",
    "builtins.int",
    "builtins.float",
    "urllib.parse.unquote_plus",
    "urllib.parse.unquote",
    "urllib.unquote_plus",
    "os.path.expandvars",
    "base64.b64decode",
    "builtins.aiter",
    "asyncio.run",
    "asyncio.ensure_future",
    "asyncio.create_task",
    "asyncio.wait_for",
    "asyncio.shield",
    "asyncio.as_completed",
    "copy.copy",
    "copy.deepcopy",
    "typing.cast.value",
    "contextlib.closing",
    "contextlib.aclosing",
    "builtins.memoryview",
    "io.BytesIO",
    "io.StringIO",
)
def _same_values(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    return arguments.get(0, "") or (next(iter(arguments.keywords.values()), NOTHING))


@extern_function("typing.cast")
def _cast(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    return arguments.get(1, "val")


@extern_function("builtins.list", "builtins.tuple", "collections.deque")
def _list(arguments: ArgumentValues, at: Site) -> Values:
    """A list with the elements at the same indices."""
    container = Container("list", at.site, at.unit.context)
    for obj in arguments.get(0, "iterable"):
        copy_items(obj, container, at)
    return frozenset({container})


@extern_function("builtins.sorted", "builtins.reversed", "builtins.set", "builtins.frozenset")
def _reordered(arguments: ArgumentValues, at: Site) -> Values:
    """A list of the elements in an order that is not known."""
    elements = elements_of(arguments.get(0, "iterable"), at)
    call_key(arguments, elements, at)
    return _unordered(elements, at)


@extern_function(
    "builtins.dict",
    "collections.OrderedDict",
    "collections.ChainMap",
    "pydantic_settings.SettingsConfigDict",
)
def _dict(arguments: ArgumentValues, at: Site) -> Values:
    """A dictionary with the members of the arguments and the keywords."""
    container = Container("dict", at.site, at.unit.context)
    at.machine.blocks.setdefault(container, (at.unit, at.block))
    for values in arguments.positional:
        for obj in values:
            copy_items(obj, container, at)
    for name, values in arguments.keywords.items():
        container.put(at, (name,), values)
    if arguments.more_keywords:
        container.put(at, ANY, UNKNOWN)
    return frozenset({container})


@extern_function("collections.defaultdict")
def _defaultdict(arguments: ArgumentValues, at: Site) -> Values:
    """A dictionary that has what the factory makes for any key."""
    container = Container("dict", at.site, at.unit.context)
    container.put(at, ANY, apply(arguments.get(0, "default_factory") - NONE, ArgumentValues(), at))
    return frozenset({container})


@extern_function("builtins.enumerate")
def _enumerate(arguments: ArgumentValues, at: Site) -> Values:
    """A list of pairs of a number and an element."""
    element = elements_of(arguments.get(0, ""), at)
    pair = new_list(at, [UNKNOWN_STRINGS, element], kind="tuple", part="pair")
    return frozenset({new_list(at, [frozenset({pair})], is_ordered=False)})


@extern_function("itertools.repeat")
def _repeat(arguments: ArgumentValues, at: Site) -> Values:
    return frozenset({new_list(at, [arguments.get(0, "object")], is_ordered=False)})


@extern_function("builtins.zip", "itertools.product", "itertools.zip_longest")
def _zip(arguments: ArgumentValues, at: Site) -> Values:
    """A list of tuples with an element of each argument."""
    elements = [elements_of(values, at) for values in arguments.positional]
    group = new_list(at, elements, kind="tuple", part="group")
    return frozenset({new_list(at, [frozenset({group})], is_ordered=False)})


def _unordered(elements: Values, at: Site) -> Values:
    """A list of elements in an order that is not known."""
    return frozenset({new_list(at, [elements], is_ordered=False)})


@extern_function("itertools.chain")
def _chain(arguments: ArgumentValues, at: Site) -> Values:
    return _unordered(elements_of(frozenset().union(*arguments.all_values()), at), at)


@extern_function("itertools.chain.from_iterable")
def _chain_lists(arguments: ArgumentValues, at: Site) -> Values:
    return _unordered(elements_of(elements_of(arguments.get(0, "iterable"), at), at), at)


@extern_function("itertools.islice", "itertools.cycle")
def _same_elements(arguments: ArgumentValues, at: Site) -> Values:
    return _unordered(elements_of(arguments.get(0, "iterable"), at), at)


@extern_function("builtins.filter", "itertools.filterfalse", "itertools.takewhile", "itertools.dropwhile")
def _filter(arguments: ArgumentValues, at: Site) -> Values:
    """The elements, with which the function is called; it is None for those that are true."""
    elements = elements_of(arguments.get(1, "iterable"), at)
    apply(arguments.get(0, "function") - NONE, ArgumentValues((elements,)), at)
    return _unordered(elements, at)


@extern_function("functools.reduce")
def _reduce(arguments: ArgumentValues, at: Site) -> Values:
    """The first value, or a result of the function, which is given earlier results as well."""
    elements = elements_of(arguments.get(1, "iterable"), at)
    totals = arguments.get(2, "initial") or elements
    for _ in range(2):
        totals |= apply(arguments.get(0, "function"), ArgumentValues((totals, elements)), at)
    return totals


@extern_function("builtins.iter")
def _iter(arguments: ArgumentValues, at: Site) -> Values:
    """An iteration of values, or what calls of a function return until the second argument comes."""
    if len(arguments.positional) < 2:
        return arguments.get(0, "")
    return _unordered(apply(arguments.positional[0], NO_ARGUMENTS, at), at)


@extern_function(
    "builtins.next",
    "builtins.min",
    "builtins.max",
    "random.choice",
    "builtins.anext",
    "builtins.any",
    "builtins.all",
    "builtins.sum",
    "builtins.len",
)
def _any_element(arguments: ArgumentValues, at: Site) -> Values:
    """Any element, or the default; the function that is given as `key` is called."""
    elements = elements_of(arguments.get(0, ""), at)
    call_key(arguments, elements, at)
    return elements | arguments.get(1, "default")


@extern_function("builtins.getattr")
def _getattr(arguments: ArgumentValues, at: Site) -> Values:
    """The attribute of any of the names, or the default; a name that is known in part may be several."""
    values: Values = arguments.get(2, "default")
    names = literals_of(arguments.get(1, "name"))
    for obj in arguments.get(0, "object"):
        for name in names:
            values |= obj.attribute(name, at)
        if len(names) < len(arguments.get(1, "name")):
            values |= any_attribute(obj, arguments.get(1, "name"), at)
    return values


def any_attribute(obj: AbstractObject, names: Values, at: Site) -> Values:
    """An attribute whose name is not known as a whole: those that begin so, if the object is of the program."""
    values: Values = NOTHING
    for text in texts_of(names):
        if literal_of(text) is None:
            beginning = text[0] if isinstance(text[0], str) else ""
            values |= obj.attributes_like(beginning, at) or UNKNOWN
    if obj.makes_requests:
        at.doubt("the name of the method is not known")
        return NOTHING
    return values


@extern_function("builtins.setattr")
def _setattr(arguments: ArgumentValues, at: Site) -> Values:
    """Set the attribute of each known name."""
    for obj in arguments.get(0, "object"):
        for name in literals_of(arguments.get(1, "name")):
            obj.set_attribute(name, arguments.get(2, "value"), at)
    return NONE


@extern_function("builtins.type")
def _type(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    """The class of an instance; other objects stand for their type."""
    if len(arguments.positional) != 1:
        return UNKNOWN
    return frozenset(obj.cls if isinstance(obj, InstanceObject) else obj for obj in arguments.positional[0])


@extern_function("dataclasses.replace", "copy.replace")
def _replaced(arguments: ArgumentValues, at: Site) -> Values:
    """The object, whose attributes may be the new ones too: a copy is not followed apart."""
    for obj in arguments.get(0, "obj"):
        for name, values in arguments.keywords.items():
            obj.set_attribute(name, values, at)
    return arguments.get(0, "obj")


@extern_function("builtins.vars", "dataclasses.asdict")
def _fields_dictionary(arguments: ArgumentValues, at: Site) -> Values:
    """A dictionary of the fields of instances; not known for other objects."""
    container = Container("dict", at.site, at.unit.context)
    for obj in arguments.get(0, ""):
        if isinstance(obj, InstanceObject):
            for name in obj.cls.fields:
                container.put(at, (name,), obj.attribute(name, at))
    return frozenset({container}) if arguments.get(0, "") else UNKNOWN


@extern_function("dataclasses.field", "attr.ib", "attr.field", "attrs.field", "pydantic.Field")
def _field_default(arguments: ArgumentValues, at: Site) -> Values:
    """The default of a field: given, made by a factory, or an environment variable of pydantic."""
    values = arguments.get(0, "default") if "default" in arguments.keywords or arguments.positional else NOTHING
    factory = arguments.keywords.get("default_factory") or arguments.keywords.get("factory") or NOTHING
    environment = arguments.keywords.get("env", NOTHING) | arguments.keywords.get("validation_alias", NOTHING)
    return values | apply(factory, ArgumentValues(), at) | (environment_values(environment) if environment else NOTHING)


@extern_function("os.path.join", "posixpath.join", "pathlib.PurePosixPath", "pathlib.Path")
def _joined_path(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    """The parts with slashes between them; `..` and absolute parts are not resolved."""
    parts: list[Values] = []
    for values in arguments.positional:
        parts.extend(([text_values("/")] if parts else []) + [values])
    return concatenate(*parts) if parts else UNKNOWN_STRINGS


@extern_function("re.sub", "builtins.format")
def _unknown_text(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
    return UNKNOWN_STRINGS
