"""Lists, tuples, sets and dictionaries as objects, by the place that makes them; what they contain is in memory."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.infer.code.python.abstract_objects import (
    ABSENT,
    NONE,
    NOTHING,
    AbstractObject,
    ArgumentValues,
    FixedPoint,
    Site,
    Unit,
    Values,
)
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, TextObject, literals_of
from iamglue.infer.code.python.texts import literal_of
from iamglue.infer.code.values import UNKNOWN_TEXT, Text

ANY: Text = UNKNOWN_TEXT
_MAX_KEYS = 200
_READS = frozenset({"get", "pop", "popitem", "setdefault", "values", "items", "keys", "copy", "popleft"})
_SET_OPERATIONS = frozenset({"union", "intersection", "difference", "symmetric_difference"})
# Methods that add elements, and the others that return None.
_ADDS_ONE, _ADDS_MANY = frozenset({"append", "add", "appendleft"}), frozenset({"extend", "extendleft", "update"})
# Methods after which elements of a list have other indices.
_REORDERS = frozenset(
    {"insert", "appendleft", "extendleft", "pop", "popleft", "remove", "sort", "reverse", "rotate", "move_to_end"}
)
_WITHOUT_RESULT = frozenset({"insert", "sort", "reverse", "remove", "discard", "clear", "rotate", "move_to_end"}) | {
    f"{name}_update" for name in _SET_OPERATIONS
}


@interned_dataclass
class Container(AbstractObject):
    """A list, tuple, set or dict: `site` and `context` are the place that makes it."""

    kind: str
    site: int
    context: tuple[int, ...]

    @property
    def is_container(self) -> bool:
        """True."""
        return True

    def keys(self, machine: FixedPoint, unit: Unit | None) -> list[Text]:
        """The keys or indices that are set; ANY for elements whose key is not known."""
        values = machine.read((self, "keys"), unit)
        known = machine.sorted_keys.get(self)
        if known is None or known[0] is not values:
            known = machine.sorted_keys[self] = values, sorted((obj.as_text or () for obj in values), key=key_order)
        return known[1]

    def get(self, machine: FixedPoint, key: Text, unit: Unit | None) -> Values:
        """What is stored by a key."""
        return self.stored(machine, key, unit) - ABSENT

    def stored(self, machine: FixedPoint, key: Text, unit: Unit | None) -> Values:
        """What is stored by a key, with ABSENT if the key may not be there."""
        return machine.read((self, "item", key), unit)

    def put(self, at: Site, key: Text, values: Values) -> None:
        """Store values by a key."""
        if len(at.machine.read((self, "keys"))) > _MAX_KEYS:
            key = ANY
        at.write((self, "keys"), frozenset({TextObject(key)}))
        at.write((self, "item", key), values)

    def put_here(self, at: Site, key: Text, values: Values) -> None:
        """Store values by a key, with ABSENT if the container may lack them: in a branch in which it was not made."""
        unit, block = at.machine.blocks.get(self, (at.unit, at.block))
        is_sure = at.block == (block[: len(at.block)] if unit == at.unit else ())
        known = self.stored(at.machine, key, None)
        is_there = bool(known) and known.isdisjoint(ABSENT)
        self.put(at, key, values if is_sure or is_there else values | ABSENT)

    def elements(self, at: Site) -> Values:
        """The keys of a dict; the elements of the others."""
        if self.kind == "dict":
            return frozenset(TextObject(key) for key in self.keys(at.machine, at.unit))
        return self.all_items(at)

    def all_items(self, at: Site) -> Values:
        """Everything that is stored."""
        values: Values = NOTHING
        for key in self.keys(at.machine, at.unit):
            values |= self.get(at.machine, key, at.unit)
        return values

    def ordered_elements(self, at: Site) -> list[Values] | None:
        """The elements one by one; None if they are not all known."""
        keys = self.keys(at.machine, at.unit)
        if self.kind == "dict":
            return None if ANY in keys else [frozenset({TextObject(key)}) for key in keys]
        if keys != [(str(number),) for number in range(len(keys))]:
            return None
        return [self.get(at.machine, key, at.unit) for key in keys]

    def lose_order(self, at: Site) -> None:
        """Take the effect of a change after which an index of a list may give any element."""
        if self.kind != "dict":
            self.put(at, ANY, self.all_items(at))

    def item(self, key: Values, at: Site) -> Values:
        """What a key or index may give; an index from the end any element if the list may have grown."""
        stored = self.keys(at.machine, at.unit)
        values: Values = NOTHING
        for obj in key:
            text = obj.as_text
            literal = literal_of(text) if text is not None else None
            if self.kind != "dict" and literal is not None and literal.startswith("-"):
                if ANY in stored:
                    return self.all_items(at)
                index = len(stored) + int(literal) if literal[1:].isdigit() and len(literal) < 8 else 0
                text, literal = (str(index),), str(index)
            for stored_key in stored:
                if stored_key == text or literal_of(stored_key) is None or literal is None:
                    values |= self.get(at.machine, stored_key, at.unit)
        return values

    def set_item(self, key: Values, values: Values, at: Site) -> None:
        """Store by a key."""
        for obj in key:
            self.put_here(at, obj.as_text if obj.as_text is not None and self.kind == "dict" else ANY, values)

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """The bound method of that name."""
        return frozenset({ContainerMethod(self, name)})

    def escape(self, at: Site) -> None:
        """What it contains is given away as well."""
        for obj in self.all_items(at):
            if not isinstance(obj, Container):
                obj.escape(at)


@interned_dataclass
class ContainerMethod(AbstractObject):
    """A bound method of a list, set or dict."""

    owner: Container
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """The result of the method; what it changes is stored."""
        owner, first = self.owner, arguments.get(0, "")
        if self.name in _REORDERS and (self.name != "pop" or arguments.positional):
            owner.lose_order(at)
        if self.name in _ADDS_ONE:
            owner.put(at, ANY, first)
        elif self.name == "insert":
            owner.put(at, ANY, arguments.get(1, ""))
        elif self.name in _ADDS_MANY or self.name == "symmetric_difference_update":
            _copy_arguments(arguments, owner, at)
            for keyword, values in arguments.keywords.items():
                owner.put_here(at, (keyword,), values)
        elif self.name == "sort":
            call_key(arguments, owner.all_items(at), at)
        elif self.name in _READS:
            return self._call_reader(first, arguments, at)
        elif self.name in _SET_OPERATIONS:
            return self._combined(arguments, at)
        elif self.name not in _WITHOUT_RESULT:
            return UNKNOWN_STRINGS
        return NONE

    def _combined(self, arguments: ArgumentValues, at: Site) -> Values:
        """The set that an operation on sets makes: what is left out of it is not known, so it has all elements."""
        combined = Container(self.owner.kind, at.site, at.unit.context)
        copy_items(self.owner, combined, at)
        if self.name in ("union", "symmetric_difference"):
            _copy_arguments(arguments, combined, at)
        return frozenset({combined})

    def _call_reader(self, first: Values, arguments: ArgumentValues, at: Site) -> Values:
        """What a method of `_READS` returns; `pop` without a key, and `popitem`, may return any element."""
        owner = self.owner
        if self.name in ("get", "pop", "setdefault"):
            if not arguments.positional:
                return owner.all_items(at)
            if self.name == "setdefault":
                owner.set_item(first, arguments.get(1, "default"), at)
            return owner.item(first, at) | (arguments.get(1, "default") or (NONE if self.name == "get" else NOTHING))
        if self.name in ("values", "popitem", "popleft"):
            return (
                frozenset({new_list(at, [owner.all_items(at)], is_ordered=False)})
                if self.name == "values"
                else owner.all_items(at)
            )
        if self.name == "items":
            return frozenset({ItemsObject(owner)})
        if self.name == "keys":
            return frozenset({owner})
        copied = Container(owner.kind, at.site, at.unit.context)
        copy_items(owner, copied, at)
        return frozenset({copied})


@interned_dataclass
class ItemsObject(AbstractObject):
    """The `items()` of a dict."""

    owner: Container

    def ordered_elements(self, at: Site) -> list[Values] | None:
        """A pair for each key."""
        return [frozenset({PairObject(self.owner, key)}) for key in self.owner.keys(at.machine, at.unit)]

    def elements(self, at: Site) -> Values:
        """A pair of each key and its value."""
        return frozenset(PairObject(self.owner, key) for key in self.owner.keys(at.machine, at.unit))


@interned_dataclass
class PairObject(AbstractObject):
    """A key and its value."""

    owner: Container
    key: Text

    def item(self, key: Values, at: Site) -> Values:
        """The key or the value."""
        index = literals_of(key)
        mine: Values = frozenset({TextObject(self.key)})
        if index == ["0"]:
            return mine
        value = self.owner.get(at.machine, self.key, at.unit)
        return value if index == ["1"] else mine | value

    def ordered_elements(self, at: Site) -> list[Values]:
        """The key and the value."""
        return [frozenset({TextObject(self.key)}), self.owner.get(at.machine, self.key, at.unit)]


def key_order(key: Text) -> tuple[int, int, str]:
    """Numbers in their order, other keys by the alphabet, keys that are not known last."""
    literal = literal_of(key)
    return (1, 0, repr(key)) if literal is None else (0, len(literal), literal)


def new_list(
    at: Site, elements: Iterable[Values], *, kind: str = "list", is_ordered: bool = True, part: str = ""
) -> Container:
    """A list made at a place; `part` tells several made there apart."""
    container = Container(kind, at.machine.site((at.node, part)) if part else at.site, at.unit.context)
    for number, values in enumerate(elements):
        container.put(at, (str(number),) if is_ordered and number < 64 else ANY, values)
    return container


def copy_items(source: AbstractObject, target: Container, at: Site) -> None:
    """Store in a container what another object contains."""
    if isinstance(source, Container) and (source.kind == "dict") == (target.kind == "dict"):
        for key in source.keys(at.machine, at.unit):
            target.put_here(
                at,
                key if target.kind in ("dict", "tuple") or target.kind == source.kind else ANY,
                source.stored(at.machine, key, at.unit),
            )
    elif target.kind == "dict":
        elements = source.elements(at)
        for pair in elements:
            keys, values = pair.item(_FIRST, at), pair.item(_SECOND, at)
            target.set_item(keys, values, at)
        if not isinstance(source, Container | ItemsObject):
            target.put(at, ANY, frozenset({*UNKNOWN_STRINGS}))
    else:
        target.put(at, ANY, source.elements(at))


def _copy_arguments(arguments: ArgumentValues, target: Container, at: Site) -> None:
    """Add to a container what the positional arguments contain."""
    for values in (*arguments.positional, arguments.more_positional):
        for obj in values:
            if target.kind == "dict":
                copy_items(obj, target, at)
            else:
                target.put(at, ANY, obj.elements(at))


def call_key(arguments: ArgumentValues, elements: Values, at: Site) -> None:
    """Call the function that a caller gives as `key`, such as that of `sorted`, with elements."""
    for obj in arguments.keywords.get("key", NOTHING):
        obj.call(ArgumentValues((elements,)), at)


_FIRST: Values = frozenset({TextObject(("0",))})
_SECOND: Values = frozenset({TextObject(("1",))})
