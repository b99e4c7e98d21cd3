"""The state of the interpreter: a store of values that only grow, and the functions to be evaluated again when it does.

A function is evaluated for each context in which it is called (the last two calls), in the order of its statements;
what other functions read or write is in the store, where the order of statements is not known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from iamglue.infer.code.javascript.modules import ScriptModules
from iamglue.infer.code.javascript.noted_calls import NotedRequest, PassedArguments, UncertainCall
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    Activation,
    ScriptClass,
    ScriptCollection,
    ScriptEnvironment,
    ScriptFunction,
    ScriptObject,
    Value,
    join,
)
from iamglue.infer.code.javascript.syntax import Expression, FunctionInfo, LexicalScope

AnyObject = TypeVar("AnyObject", bound=ScriptObject)

MAX_CONTEXT = 2
MAX_ACTIVATIONS = 24  # of one function; further calls share one
MAX_POSITIONS = 10  # of arguments; those after them are taken together
MAX_ELEMENTS = 8  # of a list that is evaluated one by one
MAX_NESTING = 5  # of functions that are evaluated where they are called
MAX_STEPS = 2_000_000


class ScriptMachine:
    """Values, activations, and what remains to be evaluated."""

    def __init__(
        self,
        run: Callable[[ScriptMachine, Activation], None],
        modules: ScriptModules,
        infos: Mapping[str, FunctionInfo],
        documents: Mapping[str, str],
    ) -> None:
        self._run = run
        self.modules = modules
        self.infos = infos
        self.documents = documents
        self.imported_clients: set[str] = set()
        self.store: dict[Hashable, Value] = {}
        self.interned: dict[Hashable, ScriptObject] = {}
        self.requests: dict[Hashable, NotedRequest] = {}
        self.checks: dict[Hashable, Callable[[], UncertainCall | None]] = {}
        self.escaped: dict[ScriptFunction | ScriptCollection | ScriptClass, None] = {}
        self.given: set[ScriptClass] = set()  # classes of which code outside the program has made objects
        self.functions: dict[ScriptFunction, None] = {}
        self.decorated: dict[ScriptFunction, dict[Expression, bool]] = {}  # and whether the program has it
        # The functions that decorators of the program put around methods, with those methods.
        self.wrapped: dict[ScriptFunction, dict[ScriptFunction, None]] = {}
        self.classes: dict[ScriptClass, None] = {}
        self.instances: dict[ScriptClass, dict[ScriptCollection, None]] = {}
        self.blocks: dict[ScriptCollection, tuple[Activation, tuple[object, ...]]] = {}  # where objects are made
        # Variables that are declared with a type and may be assigned later, or never where the program shows it.
        self.declared: dict[Hashable, tuple[str, LexicalScope, Activation]] = {}
        self.owners: dict[Activation, ScriptClass] = {}
        self.exports: dict[str, set[str]] = {}
        self.wanted: dict[ScriptClass, None] = {}  # classes of which a framework makes objects
        self.called: set[FunctionInfo] = set()
        # Functions that code outside the program calls, with their arguments, site, and `this`.
        self.entries: list[tuple[ScriptFunction, PassedArguments, object, Value]] = []
        self.returning: list[Activation] = []  # functions that code outside the program calls: it has what they return
        self.relevant: dict[FunctionInfo, bool] = {}
        self.steps = 0
        self.max_steps = MAX_STEPS
        self.element: ScriptObject | None = None  # the element of a list that a loop or callback is evaluated for
        self.reading: set[Hashable] = set()  # the members that are being read
        self.too_deep: dict[str, None] = {}  # files with functions that are too deep to be evaluated
        self.is_reaching = True
        self.current: Activation | None = None
        self._activations: dict[Hashable, Activation] = {}
        self._activation_counts: dict[FunctionInfo, int] = {}
        self._least_arguments: dict[Activation, int] = {}
        self._readers: dict[Hashable, dict[Activation, None]] = {}
        self._queue: deque[Activation] = deque()
        self._queued: set[Activation] = set()
        self._fresh: set[Activation] = set()  # those that were never evaluated
        self._nesting = 0

    def read(self, address: Hashable) -> Value:
        """The value at an address; the function that is evaluated will be evaluated again when it grows."""
        if self.current is not None:
            self._readers.setdefault(address, {})[self.current] = None
        return self.store.get(address, EMPTY)

    def write(self, address: Hashable, value: Value) -> None:
        """Add to the value at an address."""
        old = self.store.get(address, EMPTY)
        self.steps += len(value)  # large values are what takes time in bundles
        new = join(old, value)
        if new != old:
            self.store[address] = new
            for reader in self._readers.get(address, ()):
                self.enqueue(reader)

    def intern(self, key: Hashable, make: Callable[[], AnyObject]) -> AnyObject:
        """The object of a key, which is made if there is none."""
        option = self.interned.get(key)
        if option is None:
            option = self.interned[key] = make()
        return option  # type: ignore[return-value]  # a key is used for one kind only

    def enqueue(self, activation: Activation) -> None:
        """Have a function evaluated again, after those that wait already."""
        if activation not in self._queued:
            self._queued.add(activation)
            self._queue.append(activation)

    @property
    def is_exhausted(self) -> bool:
        """Whether the program takes more steps than are taken."""
        return self.steps > self.max_steps

    def one_by_one(self, items: Value, evaluate: Callable[[Value], Value]) -> Value:
        """Evaluate something for each of a few objects in a list, so that their members are not mixed up.

        Lists of many objects, and what is not an object, are evaluated as one value.
        """
        objects = [option for option in items if isinstance(option, ScriptCollection)]
        if not 1 < len(objects) <= MAX_ELEMENTS or self.element is not None:
            return evaluate(items)
        others = items.difference(objects)
        result = evaluate(others) if others else EMPTY
        for option in objects:
            self.element = option
            try:
                result = join(result, evaluate(frozenset({option})))
            finally:
                self.element = None
        return result

    def run(self) -> None:
        """Evaluate until nothing grows any more, or too many steps are taken."""
        while self._queue and not self.is_exhausted:
            activation = self._queue.popleft()
            if activation not in self._queued:
                continue  # it was evaluated where it was called
            self._queued.discard(activation)
            self._fresh.discard(activation)
            self.current = activation
            try:
                self._run(self, activation)
            except RecursionError:
                self.too_deep[activation.info.path] = None
                self.reading.clear()
            self.current = None

    def evaluate_now(self, activation: Activation) -> None:
        """Evaluate a function that was never evaluated where it is called, so that its caller need not wait for it."""
        if activation not in self._fresh or self._nesting >= MAX_NESTING:
            return
        self._fresh.discard(activation)
        self._queued.discard(activation)
        outer = (self.current, self.reading, self.element)
        self.current, self.reading, self.element = activation, set(), None
        self._nesting += 1
        try:
            self._run(self, activation)
        except RecursionError:
            self.enqueue(activation)
        finally:
            self._nesting -= 1
            self.current, self.reading, self.element = outer

    def pending_paths(self) -> set[str]:
        """The files whose functions were not evaluated to the end."""
        return {activation.info.path for activation in self._queued}

    def activation(self, info: FunctionInfo, parent: Activation | None, site: object) -> Activation:
        """The activation for a call at a site, which is evaluated if it is new."""
        outer = self.current.context if self.current is not None else ()
        where = site if self.element is None else (site, self.element)
        context = (where, *outer)[:MAX_CONTEXT] if site is not None else ()
        key = (info, context, parent)
        if key not in self._activations and self._activation_counts.get(info, 0) >= MAX_ACTIVATIONS:
            key = (info, ("others",), parent)
        activation = self._activations.get(key)
        if activation is None:
            activation = self._activations[key] = Activation(info, key[1], parent, self.is_reaching)
            self._activation_counts[info] = self._activation_counts.get(info, 0) + 1
            self.called.add(info)
            self._fresh.add(activation)
            self.enqueue(activation)
        return activation

    def pass_arguments(self, activation: Activation, arguments: PassedArguments) -> None:
        """Give a function its arguments."""
        for number, value in enumerate(arguments.values):
            self.write((activation, "argument", number), value)
        if arguments.rest:
            self.write((activation, "rest"), arguments.rest)
            for number in range(len(arguments.values), MAX_POSITIONS):
                self.write((activation, "argument", number), arguments.rest)
        count = len(arguments.values) if not arguments.is_open else 1_000_000
        if count < self._least_arguments.get(activation, 2_000_000):
            self._least_arguments[activation] = count
            self.enqueue(activation)

    def least_arguments(self, activation: Activation) -> int:
        """The smallest number of arguments that any call gives."""
        return self._least_arguments.get(activation, 0)

    def new_object(
        self, site: object, kind: str, owner: ScriptClass | ScriptFunction | None = None
    ) -> ScriptCollection:
        """The object that a site of the present function makes."""
        instance = self.intern(
            ("object", site, self.current, kind, self.element), lambda: ScriptCollection(kind, owner)
        )
        if isinstance(owner, ScriptClass):
            self.instances.setdefault(owner, {})[instance] = None
            self.write((owner, "instances"), frozenset({instance}))
        return instance

    def set_field(self, instance: ScriptCollection, name: str, value: Value) -> None:
        """Add to a member of an object."""
        if name not in instance.keys:
            instance.keys[name] = None
            for reader in self._readers.get((instance, "keys"), ()):
                self.enqueue(reader)
        self.write((instance, name), value)

    def field_names(self, instance: ScriptCollection) -> list[str]:
        """The names of an object's members."""
        self.read((instance, "keys"))
        return list(instance.keys)

    def wanted_instances(self, owner: ScriptClass) -> Value:
        """The objects of a class that a framework gives to others; one is made if the program makes none."""
        self.wanted.setdefault(owner)
        return self.read((owner, "instances"))

    def checked_environment(self) -> ScriptEnvironment:
        """The environment variables as a library gives them that checks them."""
        return self.intern("checked environment", lambda: ScriptEnvironment(is_checked=True))

    def function(self, info: FunctionInfo, parent: Activation, owner: ScriptClass | None = None) -> ScriptFunction:
        """The function that an expression makes."""
        function = self.intern(("function", info, parent), lambda: ScriptFunction(info, parent, owner))
        self.functions.setdefault(function)
        return function

    def add_request(self, key: Hashable, request: NotedRequest) -> NotedRequest:
        """Note a request; what is noted of the same place in the same context is joined."""
        known = self.requests.get(key)
        if known is None:
            request.context = self.current
            request.is_reached = self.current.is_reached if self.current is not None else self.is_reaching
            self.requests[key] = request
            return request
        known.parameters = join(known.parameters, request.parameters)
        return known

    def check(self, node: Expression, about: str, check: Callable[[Activation], UncertainCall | None]) -> None:
        """Note what is to be checked of a call when all values are known."""
        activation = self.current
        if activation is not None:
            self.checks[node, about, activation] = lambda: check(activation)

    def uncertain(self, node: Expression, text: str, reason: str, candidates: tuple[str, ...] = ()) -> None:
        """Note a call that is not resolved, whatever the values are."""
        self.check(
            node, reason, lambda activation: UncertainCall(activation.info.path, node.at, text, reason, candidates)
        )

    def forget_check(self, node: Expression, about: str) -> None:
        """Forget what was to be checked of a call, as its values are known by now."""
        self.checks.pop((node, about, self.current), None)

    def finish(self) -> list[UncertainCall]:
        """What is not resolved of the calls that were to be checked."""
        doubts = [check() for check in list(self.checks.values())]
        return [doubt for doubt in doubts if doubt is not None]

    def load_module(self, path: str) -> None:
        """Evaluate the code of a file, if that is not done yet."""
        info = self.infos.get(path)
        if info is None or info in self.called:
            return
        current, self.current = self.current, None
        self.activation(info, None, None)
        self.current = current
