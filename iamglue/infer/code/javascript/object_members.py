"""Members of objects, functions, classes, modules and of texts that the program does not say."""

from __future__ import annotations

from iamglue.infer.code.javascript.checked_environments import CHECKED_MEMBERS, is_variable_name
from iamglue.infer.code.javascript.evaluation import ANY_KEY, ELEMENTS, MEMBERS, REST, member
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    PackageMember,
    ScriptClass,
    ScriptCollection,
    ScriptEnvironment,
    ScriptFunction,
    ScriptModule,
    ScriptObject,
    ScriptResponse,
    UncalledMethod,
    Value,
    join,
    literal_text,
    placeholder,
    single_placeholder,
    text_of,
)
from iamglue.infer.code.javascript.syntax import MethodInfo
from iamglue.infer.code.values import Text, ValueOrigin

_MAX_PATH = 120  # characters of a path in the event


def _collection_member(machine: ScriptMachine, instance: ScriptCollection, name: str) -> Value:
    """A member of an object, list or map: its own, one with an unknown name, a spread one, or an inherited one."""
    names = machine.field_names(instance)
    if name == ELEMENTS or (name.isdigit() and name not in names and instance.kind == "array"):
        value = machine.read((instance, ELEMENTS))
        return join(value, _spread_member(machine, instance, ELEMENTS))
    if name == ANY_KEY:
        value = EMPTY
        for key in names:
            value = join(
                value, machine.read((instance, key)) if key != REST else _spread_member(machine, instance, ANY_KEY)
            )
        return value
    if name in names:
        return machine.read((instance, name))
    value = join(_without_texts(machine.read((instance, ANY_KEY))), _spread_member(machine, instance, name))
    return join(value, _inherited_member(machine, instance, name)) if instance.owner is not None else value


def _without_texts(values: Value) -> Value:
    """A member that may be one of those whose names are not known: its texts are not likely the right ones."""
    others = frozenset(option for option in values if not isinstance(option, tuple))
    return others | UNKNOWN if values != others else others


def _spread_member(machine: ScriptMachine, instance: ScriptCollection, name: str) -> Value:
    """A member that may come from what was spread into an object."""
    spread = machine.read((instance, REST))
    return member(machine, spread - {instance}, name) if spread else EMPTY


def _inherited_member(machine: ScriptMachine, instance: ScriptCollection, name: str) -> Value:
    """A member of the object's class or of the function that made it; getters are called."""
    if isinstance(instance.owner, ScriptFunction):
        return member(machine, machine.read((instance.owner, "prototype")), name)
    value = EMPTY
    for owner, method in class_methods(machine, instance.owner, name):
        if not method.is_static and method.kind != "set":
            function = machine.function(method.function, owner.parent, owner)
            given = (
                _getter_value(machine, function, instance)
                if method.kind == "get"
                else _method_with_wrappers(machine, function)
            )
            value = join(value, given)
    return value or member(machine, machine.read((instance, "parent object")), name)


def _method_with_wrappers(machine: ScriptMachine, function: ScriptFunction) -> Value:
    """A method, and what its decorators put around it."""
    return join(frozenset({function}), machine.read((function, "wrappers")))


def _getter_value(machine: ScriptMachine, function: ScriptFunction, this: ScriptObject) -> Value:
    """What a getter returns for an object or class."""
    activation = machine.activation(function.info, function.parent, function)
    machine.write((activation, "this"), frozenset({this}))
    return machine.read((activation, "return"))


def class_methods(machine: ScriptMachine, owner: ScriptClass | None, name: str) -> list[tuple[ScriptClass, MethodInfo]]:
    """The methods that a name may stand for in a class or those that it extends."""
    line: list[ScriptClass] = [owner] if owner is not None else []
    matches: list[tuple[ScriptClass, MethodInfo]] = []
    for current in line:
        own = [(current, method) for method in current.info.methods if name in (method.name, ANY_KEY)]
        matches += own
        if not own or name == ANY_KEY:
            parents = machine.read((current, "parent"))
            line += [option for option in parents if isinstance(option, ScriptClass) and option not in line]
    return matches


def _class_member(machine: ScriptMachine, owner: ScriptClass, name: str) -> Value:
    """A static member, or one of the class that is extended; `prototype` has the methods."""
    if name == "prototype":
        return frozenset({machine.intern((owner, "prototype object"), lambda: ScriptCollection("object", owner))})
    value = machine.read((owner, "static", name))
    for declaring, method in class_methods(machine, owner, name):
        if method.is_static:
            function = machine.function(method.function, declaring.parent, declaring)
            given = (
                _getter_value(machine, function, owner)
                if method.kind == "get"
                else _method_with_wrappers(machine, function)
            )
            value = join(value, given)
    parents = machine.read((owner, "parent")) - {owner}
    return value or member(machine, frozenset(option for option in parents if isinstance(option, ScriptClass)), name)


def _function_member(machine: ScriptMachine, function: ScriptFunction, name: str) -> Value:
    """A member that the program sets on a function; `prototype` is an object that it may fill."""
    if name == "prototype":
        made = machine.intern((function, "prototype object"), lambda: ScriptCollection("object"))
        machine.write((function, "prototype"), frozenset({made}))
        return frozenset({made})
    return machine.read((function, "static", name))


def _module_member(machine: ScriptMachine, module: ScriptModule, name: str) -> Value:
    """An export of a file; `default` is also `module.exports`, and `export *` brings those of other files."""
    path = module.path
    whole = machine.read((path, "export", "="))
    if name == ANY_KEY:
        value = EMPTY
        for exported in sorted(machine.exports.get(path, ())):
            value = join(value, machine.read((path, "export", exported)))
        return value
    value = machine.read((path, "export", name))
    if name == "default":
        value = join(value, whole)
    others = machine.read((path, "export", ANY_KEY)) if name != "default" else EMPTY
    return join(value, member(machine, (whole | others) - {module}, name))


def _environment_member(_machine: ScriptMachine, environment: ScriptEnvironment, name: str) -> Value:
    """An environment variable; a checked environment also has its results, and names of its library."""
    if environment.is_checked and name in CHECKED_MEMBERS:
        return frozenset({environment})
    if environment.is_checked and not is_variable_name(name):
        return UNKNOWN
    return UNKNOWN if name in (ANY_KEY, ELEMENTS) else placeholder(ValueOrigin.ENVIRONMENT, name)


def _text_member(_machine: ScriptMachine, text: Text, name: str) -> Value:
    """Of what the program does not say: the path in the event goes on, and so does a parameter's."""
    part = single_placeholder(text)
    if part is None:
        literal = literal_text(text)
        return text_of(str(len(literal))) if name == "length" and literal is not None else EMPTY
    if part.origin not in (ValueOrigin.EVENT, ValueOrigin.PARAMETER):
        return UNKNOWN
    is_element = name == ELEMENTS or name.isdigit()
    path = f"{part.name}[]" if is_element else f"{part.name}.{name}" if part.name else name
    return placeholder(part.origin, path) if len(path) <= _MAX_PATH else UNKNOWN


def _package_member(machine: ScriptMachine, external: PackageMember, name: str) -> Value:
    """The longer name of a package's member; `process.env` is the environment, `default` the package itself."""
    if external.package.startswith("own:"):
        return _own_module_member(machine, external, name)
    if external.names == ("process",) and name == "env":
        return frozenset({machine.intern("environment", ScriptEnvironment)})
    if name == "default":
        return frozenset({external})
    if len(external.names) > 6:
        return UNKNOWN
    names = (*external.names, name)
    package = external.package
    if package == "global" and names[0] in ("globalThis", "global", "window"):
        names = names[1:] if len(names) > 1 else names
    return frozenset({machine.intern(("external", package, names), lambda: PackageMember(package, names))})


def _own_module_member(machine: ScriptMachine, own: PackageMember, name: str) -> Value:
    """Members of the `module` and `exports` of a file."""
    path = own.package.partition(":")[2]
    module = machine.intern(("module", path), lambda: ScriptModule(path))
    if own.names == ("module",) and name == "exports":
        exports = machine.intern(("own", path, "exports"), lambda: PackageMember(own.package, ("exports",)))
        return frozenset({exports}) | machine.read((path, "export", "="))
    return member(machine, frozenset({module}), name) if own.names == ("exports",) else UNKNOWN


def _response_member(machine: ScriptMachine, response: ScriptResponse, name: str) -> Value:
    """A part of a response; not known below six levels."""
    if len(response.names) >= 6:
        return UNKNOWN
    names = (*response.names, name)
    key = ("response", response.key, names)
    return frozenset(
        {machine.intern(key, lambda: ScriptResponse(response.client, response.operation, response.key, names))}
    )


def method_of(machine: ScriptMachine, receiver: ScriptObject, name: str) -> Value:
    """A method that is not called yet."""
    return frozenset({machine.intern(("method", receiver, name), lambda: UncalledMethod(receiver, name))})


def rest_of(machine: ScriptMachine, site: object, value: Value, names: list[str]) -> Value:
    """`{a, b, ...rest} = value`: an object without the members that have names."""
    rest = machine.new_object(site, "object")
    for option in value:
        if isinstance(option, ScriptCollection):
            for name in machine.field_names(option):
                if name not in names:
                    machine.set_field(rest, name, machine.read((option, name)))
        elif literal_text(option) is None:
            machine.set_field(rest, REST, frozenset({option}))
    return frozenset({rest})


def has_member(machine: ScriptMachine, value: Value, name: str) -> bool:
    """Whether some object has a member of that name, whatever it is."""
    return any(isinstance(option, ScriptCollection) and name in machine.field_names(option) for option in value)


def member_names(machine: ScriptMachine, value: Value) -> Value:
    """The names of the members of objects, as texts."""
    result = EMPTY
    for option in value:
        if isinstance(option, ScriptCollection) and REST not in machine.field_names(option):
            for name in machine.field_names(option):
                unnamed = machine.read((option, "key texts")) or UNKNOWN
                result = join(result, unnamed if name in (ANY_KEY, ELEMENTS) else text_of(name))
        else:
            result = join(result, UNKNOWN)
    return result


MEMBERS.update(
    {
        ScriptCollection: _collection_member,
        ScriptClass: _class_member,
        ScriptFunction: _function_member,
        ScriptModule: _module_member,
        ScriptEnvironment: _environment_member,
        PackageMember: _package_member,
        ScriptResponse: _response_member,
        tuple: _text_member,
    }
)
