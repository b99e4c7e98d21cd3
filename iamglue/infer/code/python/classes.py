"""Classes of the program and their instances as objects.

The file is long because classes and instances refer to each other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iamglue.infer.code.python.abstract_objects import (
    NO_ARGUMENTS,
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Unit,
    Values,
)
from iamglue.infer.code.python.functions import BoundCallable, FunctionObject, call_with_unknown
from iamglue.infer.code.python.inherited import InheritedObject, SubclassesObject
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import TextObject

_MAX_BASES = 20
# https://docs.python.org/3/reference/datamodel.html#special-method-names
_CALLED = frozenset({"__init__", "__new__", "__getitem__", "__iter__", "__getattribute__", "__init_subclass__"})
_OPERATORS = frozenset((*dir(int), *dir(list))) - _CALLED
_THREADS = ("Thread", "Process")


@interned_dataclass
class ClassObject(AbstractObject):
    """A class: its attributes and bases are in memory."""

    node: ast.ClassDef
    module_path: str
    outer: Unit | None = None

    def lookup(self, name: str, at: Site, *, from_bases: bool = False, depth: int = 0) -> tuple[Values, bool]:
        """What the class or a base has by a name, and whether one of the bases is not known."""
        values = NOTHING if from_bases else at.read((self, "attribute", name))
        if values or depth > _MAX_BASES:
            return values, False
        is_open = False
        for base in at.read((self, "bases")):
            if isinstance(base, ClassObject) and base != self:
                more, more_open = base.lookup(name, at, depth=depth + 1)
                values, is_open = values | more, is_open or more_open
            else:
                is_open = True
        return values, is_open

    def has_base(self, name: str, at: Site, depth: int = 0) -> bool:
        """Whether a base that is not of the program has a name that ends so."""
        for base in at.read((self, "bases")):
            if isinstance(base, ClassObject):
                if base != self and depth < _MAX_BASES and base.has_base(name, at, depth + 1):
                    return True
            elif getattr(base, "name", "").rpartition(".")[2] == name:
                return True
        return False

    def attribute(self, name: str, at: Site) -> Values:
        """A class attribute; methods of the class itself are bound to it."""
        if name == "__name__":
            return frozenset({TextObject((self.node.name,))})
        if name == "__subclasses__":
            return frozenset({SubclassesObject(self)})
        values, is_open = self.lookup(name, at)
        if not values and is_open:
            return UNKNOWN
        return frozenset(value for obj in values for value in _bind_class(obj, self))

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """Store a class attribute."""
        at.write((self, "attribute", name), values)

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """A new instance."""
        made: Values = NOTHING
        for function in self.lookup("__new__", at)[0]:
            if isinstance(function, FunctionObject):
                full = ArgumentValues((frozenset({self}), *arguments.positional), arguments.keywords)
                made |= function.call(full, at)
        if not made and at.machine.is_large:
            made = frozenset({InstanceObject(self, at.machine.site((self, "large")), ())})
        for obj in made or frozenset({InstanceObject(self, at.site, at.unit.context[-2:])}):
            if isinstance(obj, InstanceObject):
                obj.create(arguments, at)
                self._use_operators(obj, at)
        return made or frozenset({InstanceObject(self, at.site, at.unit.context[-2:])})

    def _use_operators(self, instance: AbstractObject, at: Site) -> None:
        """Call the methods of an instance that no call names, such as `__contains__`, if they may call AWS."""
        is_thread = any(ast.unparse(base).endswith(_THREADS) for base in self.node.bases)
        for statement in self.node.body:
            name = getattr(statement, "name", "")
            if name in _OPERATORS or (is_thread and name == "run"):
                for function in self.lookup(name, at)[0]:
                    if isinstance(function, FunctionObject) and at.machine.program.may_call_sdk(function.code):
                        call_with_unknown(function, at, instance)

    def inherited(self, instance: AbstractObject, at: Site) -> Values:
        """What an instance has of a base that the program does not have: the base's methods call those of the class."""
        is_template = not self.has_base("BaseModel", at) and any(
            not isinstance(base, ClassObject) and not base.is_known for base in self.outermost_bases(at)
        )
        return frozenset({InheritedObject(instance)}) if is_template else UNKNOWN

    def outermost_bases(self, at: Site, depth: int = 0) -> Iterator[AbstractObject]:
        """The bases that are not classes of the program."""
        for base in at.read((self, "bases")):
            if isinstance(base, ClassObject) and base != self and depth < _MAX_BASES:
                yield from base.outermost_bases(at, depth + 1)
            else:
                yield base

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """A generic class with a type, or a member of an enumeration."""
        return frozenset({self})

    def elements(self, at: Site) -> Values:
        """The members of an enumeration."""
        return frozenset(
            obj
            for statement in self.node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
            for obj in at.read((self, "attribute", target.id))
        )

    def escape(self, at: Site) -> None:
        """Code that is not known may make instances and call their methods."""
        instance = InstanceObject(self, at.machine.site((self, "escape")), ())
        instance.create(ArgumentValues((), {}, UNKNOWN, more_keywords=True), at)
        instance.escape(at)

    def method_names(self, at: Site, depth: int = 0) -> set[str]:
        """The names of the methods of the class and of its bases in the program."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        names = {statement.name for statement in self.node.body if isinstance(statement, functions)}
        for base in at.read((self, "bases")):
            if isinstance(base, ClassObject) and base != self and depth < _MAX_BASES:
                names |= base.method_names(at, depth + 1)
        return names

    @property
    def fields(self) -> list[str]:
        """The annotated names of the class, in order: the fields of a data class that its constructor takes."""
        return [
            statement.target.id
            for statement in self.node.body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
            if _is_parameter(statement)
        ]

    def all_fields(self, at: Site, depth: int = 0) -> list[str]:
        """The fields of the class, after those of its bases in the program."""
        names: list[str] = []
        for base in at.read((self, "bases")):
            if isinstance(base, ClassObject) and base != self and depth < _MAX_BASES:
                names += (name for name in base.all_fields(at, depth + 1) if name not in names)
        return [*names, *(name for name in self.fields if name not in names)]


@interned_dataclass
class InstanceObject(AbstractObject):
    """An instance of a class of the program, by the place that makes it."""

    cls: ClassObject
    site: int
    context: tuple[int, ...]

    @property
    def has_contexts(self) -> bool:
        """Methods are evaluated for each instance."""
        return True

    def create(self, arguments: ArgumentValues, at: Site) -> None:
        """Take the effect of the constructor."""
        at.machine.instances.setdefault(self.cls, {})[self] = None
        functions, _ = self.cls.lookup("__init__", at)
        for function in functions:
            BoundCallable(function, self).call(arguments, at)
        if functions:
            return
        for position, name in enumerate(self.cls.all_fields(at)):
            values = arguments.get(position, name)
            if values:
                at.write((self, "attribute", name), values)
        for name, values in arguments.keywords.items():
            at.write((self, "attribute", name), values)
        for function in self.cls.lookup("__post_init__", at)[0]:
            BoundCallable(function, self).call(NO_ARGUMENTS, at)

    def attribute(self, name: str, at: Site) -> Values:
        """An attribute of the instance or of its class; methods are bound, properties called."""
        if name == "__class__":
            return frozenset({self.cls})
        values = at.read((self, "attribute", name))
        of_class, is_open = self.cls.lookup(name, at)
        for obj in of_class:
            values |= self._bind(obj, at)
        if not values and name == "value" and self.cls.has_base("Enum", at):
            return frozenset({self})
        if values:
            return values
        return self._dynamic_attribute(name, at) or (self.cls.inherited(self, at) if is_open else NOTHING)

    def _dynamic_attribute(self, name: str, at: Site) -> Values:
        """What `__getattr__` of the class gives for a name; NOTHING without such a method."""
        values: Values = NOTHING
        for function in self.cls.lookup("__getattr__", at)[0]:
            values |= BoundCallable(function, self).call(ArgumentValues((frozenset({TextObject((name,))}),)), at)
        return values

    def _bind(self, obj: AbstractObject, at: Site) -> Values:
        """A class attribute as the instance has it: methods bound, properties called."""
        if isinstance(obj, FunctionObject):
            if obj.kind == "static":
                return frozenset({obj})
            bound = BoundCallable(obj, self.cls if obj.kind == "class" else self)
            return bound.call(NO_ARGUMENTS, at) if obj.kind == "property" else frozenset({bound})
        return frozenset({obj})

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """Store an attribute, or call the setter of a property."""
        for obj in self.cls.lookup(name, at)[0]:
            if isinstance(obj, FunctionObject) and obj.kind == "property":
                for setter in at.read((obj, "setter")):
                    BoundCallable(setter, self).call(ArgumentValues((values,)), at)
                return
        at.write((self, "attribute", name), values)

    def attributes_like(self, beginning: str, at: Site) -> Values:
        """Methods of the class and its bases."""
        values: Values = NOTHING
        for name in self.cls.method_names(at):
            if name.startswith(beginning) and not name.startswith("__"):
                values |= self.attribute(name, at)
        return values

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """What `__call__` of the class gives; NOTHING without it."""
        return self._call_special("__call__", arguments, at)

    def item(self, key: Values, at: Site) -> Values:
        """Call `__getitem__`; a named tuple has its fields by number as well."""
        values = self._call_special("__getitem__", ArgumentValues((key,)), at)
        if not values:
            for name in self.cls.fields:
                values |= at.read((self, "attribute", name))
        return values

    def elements(self, at: Site) -> Values:
        """What `__iter__` gives; `__next__` if the instance is its own iterator."""
        iterators = self._call_special("__iter__", NO_ARGUMENTS, at) | self._call_special("__aiter__", NO_ARGUMENTS, at)
        values: Values = NOTHING
        for iterator in iterators:
            values |= self._call_special("__next__", NO_ARGUMENTS, at) if iterator == self else iterator.elements(at)
        return values

    def entered(self, at: Site) -> Values:
        """Call `__enter__`, and `__exit__` after it."""
        self._call_special("__exit__", ArgumentValues((NONE, NONE, NONE)), at)
        self._call_special("__aexit__", ArgumentValues((NONE, NONE, NONE)), at)
        return self._call_special("__enter__", NO_ARGUMENTS, at) | self._call_special("__aenter__", NO_ARGUMENTS, at)

    def escape(self, at: Site) -> None:
        """Code that is not known may call its methods."""
        for name in sorted(self.cls.method_names(at)):
            if not name.startswith("_"):
                for obj in self.cls.lookup(name, at)[0]:
                    if isinstance(obj, FunctionObject):
                        call_with_unknown(obj, at, self)

    def _call_special(self, name: str, arguments: ArgumentValues, at: Site) -> Values:
        """What a special method gives; NOTHING if the class has none of the name."""
        values: Values = NOTHING
        for function in self.cls.lookup(name, at)[0]:
            values |= BoundCallable(function, self).call(arguments, at)
        return values


@interned_dataclass
class NewObject(AbstractObject):
    """`object.__new__`: one instance stands for all that it makes of a class."""

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """An instance of the class that is the first argument."""
        return frozenset(
            InstanceObject(cls, at.machine.site((cls, "new")), ())
            for cls in arguments.get(0, "cls")
            if isinstance(cls, ClassObject)
        )


@interned_dataclass
class SuperObject(AbstractObject):
    """`super()` in a method of a class."""

    cls: ClassObject
    receivers: Values

    def attribute(self, name: str, at: Site) -> Values:
        """A method of a base, bound to the instance."""
        values, is_open = self.cls.lookup(name, at, from_bases=True)
        if not values and name == "__new__":
            return frozenset({NewObject()})
        results: Values = NOTHING
        for obj in values:
            for receiver in self.receivers:
                if isinstance(receiver, InstanceObject):
                    results |= receiver._bind(obj, at)  # noqa: SLF001 - the same rule
                else:
                    results |= frozenset({BoundCallable(obj, receiver)})
        if results or not is_open or name.startswith("__"):
            return results
        return frozenset(obj for receiver in self.receivers for obj in self.cls.inherited(receiver, at)) or UNKNOWN


def _is_parameter(field: ast.AnnAssign) -> bool:
    """Whether the constructor of a data class takes a field: not a `ClassVar`, nor one with `init=False`."""
    keywords = field.value.keywords if isinstance(field.value, ast.Call) else []
    has_init = not any(
        keyword.arg == "init" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in keywords
    )
    return has_init and "ClassVar" not in ast.unparse(field.annotation)


def _bind_class(obj: AbstractObject, cls: ClassObject) -> Iterator[AbstractObject]:
    """A class attribute as the class has it: class methods are bound to it."""
    if isinstance(obj, FunctionObject) and obj.kind == "class":
        yield BoundCallable(obj, cls)
    else:
        yield obj
