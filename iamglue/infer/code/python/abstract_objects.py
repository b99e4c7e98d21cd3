"""Abstract values of a Python program, the memory that holds them, and the worklist that fills it.

An expression has a set of objects that it may be. Memory is cells (a global, an attribute of an instance, a parameter
of a function in one context), each with a set that only grows. A unit of work (the code of a function in one context)
is evaluated again whenever a cell that it read has grown, until nothing changes.

The file is long because objects, memory and places refer to each other.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from iamglue.infer.code.python.interning import Interned, interned_dataclass
from iamglue.infer.code.python.program import MANY_CHARACTERS, Program
from iamglue.infer.code.python.records import DoubtRecord, Records, RequestRecord
from iamglue.infer.code.python.texts import common_text
from iamglue.infer.code.values import Text

# As many texts as one cell holds; a cell with more has their common beginning and an unknown part.
MAX_TEXTS = 64
# As many reads of cells as the analysis of one program gets: about ten seconds.
MAX_WORK = 300_000
# As many lists, dictionaries and the like; what a cell with more contains is not known.
_MAX_CONTAINERS = 40
# A program with more units is large.
_MANY_UNITS = 1000
# As many units are evaluated within each other.
_MAX_DEPTH = 30


class AbstractObject(Interned):
    """What an expression may be. The base class is something of which nothing is known."""

    __slots__ = ()

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002 - the subclasses use them
        """What `obj.name` may be."""
        return UNKNOWN

    def attributes_like(self, beginning: str, at: Site) -> Values | None:  # noqa: ARG002
        """The attributes whose names begin so; None if they are not known."""
        return None

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """What `obj(...)` may return."""
        at.escape(arguments)
        return UNKNOWN

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """What `obj[key]` may be."""
        return UNKNOWN

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """What an iteration may give."""
        return UNKNOWN

    def entered(self, at: Site) -> Values:  # noqa: ARG002
        """What `with obj as x` may bind."""
        return frozenset({self})

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """Take the effect of `obj.name = values`."""

    def set_item(self, key: Values, values: Values, at: Site) -> None:
        """Take the effect of `obj[key] = values`."""

    def escape(self, at: Site) -> None:
        """Take the effect of giving the object to code that is not known."""

    @property
    def is_known(self) -> bool:
        """Whether it is known what the object is, so that calls of its methods are known as well."""
        return True

    @property
    def has_contexts(self) -> bool:
        """Whether its methods are evaluated for each object of this kind."""
        return False

    @property
    def problem(self) -> str:
        """Why a call of it that records nothing is one that is not resolved; "" if it is none."""
        return ""

    @property
    def makes_requests(self) -> bool:
        """Whether it is a client, resource or session."""
        return False

    @property
    def is_container(self) -> bool:
        """Whether it is a list, dictionary or the like."""
        return False

    @property
    def as_text(self) -> Text | None:
        """The text that it is; None if it is something else."""
        return None

    def with_text(self, text: Text) -> AbstractObject:  # noqa: ARG002
        """An object of the same kind with another text."""
        return self


Values = frozenset[AbstractObject]
NOTHING: Values = frozenset()


@interned_dataclass
class UnknownObject(AbstractObject):
    """Something of which nothing is known."""

    @property
    def is_known(self) -> bool:
        """False."""
        return False


@interned_dataclass
class NoneObject(AbstractObject):
    """The value None: it has nothing that a program uses."""

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """Nothing: the program would fail."""
        return NOTHING

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """Nothing: the program would fail."""
        return NOTHING

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """Nothing: the program would fail."""
        return NOTHING

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """Nothing: the program would fail."""
        return NOTHING

    def entered(self, at: Site) -> Values:  # noqa: ARG002
        """Nothing: the program would fail."""
        return NOTHING


@interned_dataclass
class AbsentObject(NoneObject):
    """That a member or an argument may not be there: among the values of containers and of keywords only."""


UNKNOWN: Values = frozenset({UnknownObject()})
NONE: Values = frozenset({NoneObject()})
ABSENT: Values = frozenset({AbsentObject()})
# The branches and loops of a unit in which a statement is, each as its line and column.
Block = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class ArgumentValues:
    """The arguments of a call.

    `more_positional`: what further positional arguments may be (`*args`); `more_keywords`: there may be further
    keywords that are not known (`**options`).
    """

    positional: tuple[Values, ...] = ()
    keywords: Mapping[str, Values] = field(default_factory=dict)
    more_positional: Values = NOTHING
    more_keywords: bool = False

    def get(self, position: int, name: str) -> Values:
        """The argument at a position or of a name; NOTHING if it is not given."""
        if name in self.keywords:
            return self.keywords[name] - ABSENT
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return self.more_positional

    def all_values(self) -> Iterable[Values]:
        """Every argument."""
        return (*self.positional, *self.keywords.values(), self.more_positional)

    def after(self, count: int) -> ArgumentValues:
        """The arguments without the first positional ones."""
        return ArgumentValues(self.positional[count:], self.keywords, self.more_positional, self.more_keywords)


NO_ARGUMENTS = ArgumentValues()


@interned_dataclass
class Unit(Interned):
    """Code in one context: `code` is a function's or module's, `outer` the unit that defines it, if it is nested."""

    code: Any
    outer: Unit | None
    context: tuple[int, ...]


@dataclass(slots=True)
class _Cell:
    values: Values = NOTHING
    readers: set[Unit] = field(default_factory=set)
    is_wide: bool = False
    has_any_container: bool = False


class TooMuchWorkError(Exception):
    """The program takes more work than one program gets."""


class FixedPoint:
    """Cells, units and the worklist."""

    def __init__(self, program: Program, evaluate: Callable[[FixedPoint, Unit], None]) -> None:
        self.program = program
        self._evaluate = evaluate
        self._depth = 0
        self._cells: dict[Hashable, _Cell] = {}
        self._queue: deque[Unit] = deque()
        self._queued: set[Unit] = set()
        self._sites: dict[Hashable, int] = {}
        self.records: dict[Unit, Records] = {}
        self.contexts: dict[Hashable, int] = {}
        self.work = 0
        self.too_deep: set[Unit] = set()
        self.functions: dict[AbstractObject, None] = {}
        self.codes: set[Any] = set()
        self.sorted_keys: dict[AbstractObject, tuple[Values, list[Text]]] = {}
        self.instances: dict[AbstractObject, dict[AbstractObject, None]] = {}
        # Where dictionaries are made.
        self.blocks: dict[AbstractObject, tuple[Unit, Block]] = {}

    def read(self, key: Hashable, unit: Unit | None = None) -> Values:
        """The values of a cell; the unit is evaluated again when they grow."""
        self.work += 1
        if self.work > MAX_WORK and unit is not None:
            raise TooMuchWorkError
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _Cell()
        if unit is not None:
            cell.readers.add(unit)
        return cell.values

    def write(self, key: Hashable, values: Values) -> None:
        """Add values to a cell."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _Cell()
        if values <= cell.values:
            return
        values = cell.values | values
        if len(values) > _MAX_CONTAINERS or cell.is_wide:
            values = self._limit(values, cell)
            if values == cell.values:
                return
        cell.values = values
        for reader in cell.readers:
            self.need(reader)

    def _limit(self, values: Values, cell: _Cell) -> Values:
        """The values of a cell with few texts and containers; a cell that was limited once is limited further."""
        values, is_wide = limit_texts(values, 1 if cell.is_wide else MAX_TEXTS)
        containers = [obj for obj in values if obj.is_container]
        if len(containers) > _MAX_CONTAINERS or (containers and cell.has_any_container):
            values = (values - frozenset(containers)) | UNKNOWN
            cell.has_any_container = True
        cell.is_wide = cell.is_wide or is_wide or cell.has_any_container
        return values

    def need(self, unit: Unit) -> None:
        """Evaluate a unit, again if it was."""
        if unit not in self._queued:
            self._queued.add(unit)
            self._queue.append(unit)

    def start(self, unit: Unit) -> None:
        """Evaluate a unit if it was not yet: at once, so that what calls it has its result."""
        if unit in self.records:
            return
        self.records[unit] = Records()
        self.codes.add(unit.code)
        if self._depth >= _MAX_DEPTH:
            self.need(unit)
            return
        self._depth += 1
        try:
            self._evaluate(self, unit)
        except RecursionError:
            self.need(unit)
        finally:
            self._depth -= 1

    def run(self) -> None:
        """Work until nothing changes."""
        while self._queue:
            unit = self._queue.popleft()
            self._queued.discard(unit)
            self.records[unit] = Records()
            try:
                self._evaluate(self, unit)
            except RecursionError:
                self.too_deep.add(unit)

    @property
    def is_large(self) -> bool:
        """Whether the program has so much code that instances and contexts are distinguished less."""
        return len(self.records) > _MANY_UNITS or self.program.size > MANY_CHARACTERS

    def site(self, key: Hashable) -> int:
        """A number for a place of the program."""
        return self._sites.setdefault(key, len(self._sites))


@dataclass(slots=True)
class Site:
    """Where an evaluation is: the unit, and the node of the program."""

    machine: FixedPoint
    unit: Unit
    node: ast.AST
    path: str
    block: Block = ()

    @property
    def site(self) -> int:
        """The number of the node."""
        return self.machine.site(self.node)

    def read(self, key: Hashable) -> Values:
        """The values of a cell."""
        return self.machine.read(key, self.unit)

    def write(self, key: Hashable, values: Values) -> None:
        """Add values to a cell."""
        self.machine.write(key, values)

    def request(self, request: RequestRecord) -> None:
        """Record a call of the SDK."""
        self.machine.records[self.unit].requests.append(request)

    def doubt(self, reason: str, candidates: tuple[str, ...] = ()) -> None:
        """Record a call that is not resolved."""
        self.machine.records[self.unit].doubts.append(DoubtRecord(self.node, self.path, reason, candidates))

    def escape(self, arguments: ArgumentValues, *, has_clients: bool = True) -> None:
        """Take the effect of giving arguments to code that is not known: it may call what is among them."""
        for values in arguments.all_values():
            for obj in values:
                if has_clients or not obj.makes_requests:
                    obj.escape(self)


def bounded(values: Values) -> Values:
    """Values with as many texts as a cell may hold."""
    return values if len(values) <= MAX_TEXTS else limit_texts(values, MAX_TEXTS)[0]


def limit_texts(values: Values, limit: int) -> tuple[Values, bool]:
    """Values with at most so many texts, and whether there were more: their common beginning stands for all."""
    texts = {obj: text for obj in values if (text := obj.as_text) is not None}
    if len(texts) <= limit:
        return values, False
    return (values - texts.keys()) | {next(iter(texts)).with_text(common_text(texts.values()))}, True
