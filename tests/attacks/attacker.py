"""Requests drawn from what two policies say: their own words, and the words next to these.

Nothing here comes from the shapes that AWS's reference gives to ARNs; only the names of actions do, to fill wildcards.
It imports nothing from iamglue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_network
from random import Random
from typing import Any

from attacks.callers import Caller, own_keys
from attacks.operators import like
from attacks.possible import ALWAYS, actions_of, is_multivalued, key_type, services, takes
from attacks.verdict import Document, Request, listed

_WILD = re.compile(r"[*?]")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_STAR = ("", "", "a", "/", ":", "x/y", "home/k", "111122223333", "a:b", "some-longer-text")
_ONE = ("a", "0", "/", ":", "Z")
# What a request holds for a key that no policy value helps with.
_ANY_VALUE: Mapping[str, tuple[str, ...]] = {
    "Bool": ("true", "false"),
    "Numeric": ("0", "1", "10"),
    "Date": ("2024-01-01T00:00:00Z", "2026-06-30T12:00:00Z"),
    "IPAddress": ("10.0.0.1", "203.0.113.7", "2001:db8::1"),
    "ARN": ("arn:aws:s3:::b", "arn:aws:sns:eu-west-1:111122223333:t", "arn:aws:iam::111122223333:role/r"),
    "String": ("", "a", "b", "other"),
}
_OUTSIDERS = (
    Caller("Anonymous", "*"),
    Caller("AWS", "arn:aws:iam::999999999999:user/outsider"),
    Caller("AWS", "arn:aws:sts::999999999999:assumed-role/outsider/session"),
    Caller("Service", "sns.amazonaws.com"),
    Caller("Federated", "accounts.google.com"),
    Caller("CanonicalUser", "f" * 64),
)


class Attacker:
    """Draws requests that have to do with some policies; the same `random` draws the same ones."""

    def __init__(self, policies: Iterable[Document], random: Random) -> None:
        self._random = random
        sides = [listed(policy["Statement"]) for policy in policies]
        self._statements = [one for side in sides for one in side]
        # Where policies differ is where answers about them are wrong.
        self._changed = [one for side in sides for one in side if any(one not in other for other in sides)]
        words = [
            {text for one in side for name in ("Action", "Resource") for text in _elements(one, name)} for side in sides
        ]
        self._shared = set.intersection(*words) if words else set()
        self._actions = sorted({text for one in self._statements for text in _elements(one, "Action")})
        self.resources = sorted({text for one in self._statements for text in _elements(one, "Resource")})
        self._values: dict[str, set[tuple[str, str]]] = {}
        for statement in self._statements:
            for operator, key, value in _conditions(statement):
                self._values.setdefault(key, set()).add((operator, value))
        variables = {key for text in (*self.resources, *self._texts()) for key in _keys_in(text)}
        for key in variables:
            self._values.setdefault(key, set())
        self._callers = _callers(self._statements)

    def requests(self, count: int) -> Iterator[Request]:
        """So many requests, each around some statement."""
        for _ in range(count):
            near = self._changed if self._changed and self._random.random() < 0.7 else self._statements
            yield self._request(self._random.choice(near))

    def _request(self, statement: Document) -> Request:
        choose = self._random.choice
        near = self._random.random
        actions = _elements(statement, "Action") if near() < 0.75 else self._actions
        resources = _elements(statement, "Resource") if near() < 0.75 else self.resources
        caller = self._caller(statement)
        context = self._context(statement, own_keys(caller))
        for _ in range(4):  # most pairs of an action and an ARN are of no use
            action = self._action(self._chosen(actions or self._actions))
            resource = self._resource(self._chosen(resources), context) if resources else "*"
            if takes(action, resource):
                break
        return Request(
            action,
            resource,
            context,
            caller,
            frozenset(key.lower() for key in context if is_multivalued(key)),
            choose((None, None, True, False)),
        )

    def _caller(self, statement: Document) -> Caller | None:
        """Somebody, the rather one whom the statement names; nobody where no policy has a Principal."""
        if not self._callers:
            return None
        named = [*_named_callers(statement)] if self._random.random() < 0.6 else []
        return self._random.choice(named or self._callers)

    def _chosen(self, texts: list[str]) -> str:
        """One of the texts, the rather one that stands on one side only."""
        changed = [text for text in texts if text not in self._shared] if self._random.random() < 0.5 else []
        return self._random.choice(changed or texts)

    def _action(self, pattern: str) -> str:
        """A real action of the pattern or beside it, in any case; now and then one that AWS does not have."""
        random = self._random
        if random.random() < 0.08:
            made_up = self._filled(pattern if ":" in pattern else "s3:*", ("", "a", "NewThing"), ("a",))
            return f"{made_up}New" if made_up.endswith(":") else made_up
        matching = _actions_like(pattern.lower())
        named = [each for each in self._actions if each in matching]
        if named and random.random() < 0.5:
            return random.choice(named)
        if not matching:
            return self._filled(pattern, ("Get",), ("a",))
        action = random.choice(matching)
        return action.upper() if random.random() < 0.05 else action

    def _resource(self, pattern: str, context: Mapping[str, tuple[str, ...]]) -> str:
        random = self._random
        if pattern == "*" and random.random() < 0.5:
            pattern = random.choice(self.resources)
        if pattern == "*":
            return "*"
        text = _VARIABLE.sub(lambda found: self._variable(found[1], context), pattern)
        parts = text.split(":", 5)
        if len(parts) == 6 and random.random() < 0.9:
            fills = (("aws",), parts[2:3], ("", "eu-west-1", "us-east-1"), ("", "111122223333", "999999999999", "aws"))
            head = [self._filled(part, fill, fill) for part, fill in zip(parts[1:5], fills, strict=True)]
            text = ":".join(["arn", *head, self._neighbour(self._filled(parts[5], _STAR, _ONE))])
        return self._filled(text, _STAR, _ONE)

    def _variable(self, name: str, context: Mapping[str, tuple[str, ...]]) -> str:
        key, _, default = name.partition(", ")
        values = next((values for each, values in context.items() if each.lower() == key.lower()), None)
        if name in ("*", "?", "$"):
            return name
        return self._random.choice([*(values or ()), default.strip("'"), "someone"])

    def _neighbour(self, text: str) -> str:
        if self._random.random() < 0.75 or not text:
            return text
        return self._random.choice([f"{text}a", text[:-1], f"{text}/", f"{text}/x", text.swapcase()])

    def _filled(self, pattern: str, star: Iterable[str], one: Iterable[str]) -> str:
        stars, ones = list(star), list(one)
        return _WILD.sub(lambda found: self._random.choice(stars if found[0] == "*" else ones), pattern)

    def _texts(self) -> Iterator[str]:
        for values in self._values.values():
            yield from (value for _, value in values)

    def _context(self, statement: Document, known: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
        """For each key that a policy mentions: no value, one, or several where the key can have them.

        What the caller makes `known` is so, mostly.
        """
        random = self._random
        own: dict[str, set[tuple[str, str]]] = {}
        for operator, key, value in _conditions(statement):
            own.setdefault(key, set()).add((operator, value))
        context: dict[str, tuple[str, ...]] = {}
        for key in sorted(self._values):
            if key in known and random.random() < 0.9:
                context |= {} if known[key] is None else {key: (str(known[key]),)}
                continue
            if random.random() < (0.1 if key in own else 0.3) and key not in map(str.lower, ALWAYS):
                continue
            near = own[key] if key in own and random.random() < 0.8 else self._values[key]
            several = random.choice((1, 1, 2, 3)) if is_multivalued(key) else 1
            context[key] = tuple(dict.fromkeys(self._value(key, near) for _ in range(several)))
        return context

    def _value(self, key: str, policy_values: Iterable[tuple[str, str]]) -> str:
        random = self._random
        kind = key_type(key).removeprefix("ArrayOf")
        choices = sorted(policy_values)
        if not choices or random.random() < 0.12:
            return random.choice(_ANY_VALUE.get(kind, _ANY_VALUE["String"]))
        operator, text = random.choice(choices)
        if kind in ("Bool", "Numeric", "Date", "IPAddress"):
            near = [*_near(text), *_ANY_VALUE[kind]]
            return random.choice(near[: max(1, len(_near(text)))])
        text = _VARIABLE.sub(lambda found: random.choice([*_ANY_VALUE["String"], found[1]]), text)
        if "Like" in operator or "Arn" in operator:
            text = self._filled(text, _STAR, _ONE)
        if random.random() < 0.75:
            return text
        return random.choice(["", text.swapcase(), f"{text}x", text[:-1], f"x{text}", text[1:]])


def _near(text: str) -> list[str]:
    """The value itself, and those next to it: the number, date or address one below and one above."""
    for neighbours in (_near_number, _near_date, _near_address):
        try:
            return neighbours(text)
        except (ValueError, OverflowError):
            continue
    return [text]


def _near_number(text: str) -> list[str]:
    return [str(int(float(text)) + step) for step in (0, -1, 1)]


def _near_date(text: str) -> list[str]:
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    return [f"{(moment + timedelta(seconds=step)).isoformat(timespec='seconds')}Z" for step in (0, -1, 1)]


def _near_address(text: str) -> list[str]:
    network = ip_network(text, strict=False)
    first, last = network.network_address, network.broadcast_address
    beyond: list[Callable[[], Any]] = [lambda: first - 1, lambda: last + 1, lambda: first, lambda: last]
    found = []
    for address in beyond:
        try:
            found.append(str(address()))
        except ValueError:
            continue
    return found


@lru_cache(maxsize=10_000)
def _actions_like(pattern: str) -> tuple[str, ...]:
    """Real actions that match, and if there are few some that do not."""
    prefix, _, name = pattern.partition(":")
    wild = prefix if _WILD.search(prefix) else ""
    chosen = [each for each in _some_services() if like([(wild, False)], each)] if wild else [prefix]
    everything = [action for service in chosen for action in actions_of(service)]
    return tuple(each for each in everything if like([(name or "*", False)], each.partition(":")[2].lower()))


@lru_cache(maxsize=1)
def _some_services() -> tuple[str, ...]:
    """Services to fill a wildcard with: some well-known ones, and a few others."""
    known = ["s3", "sqs", "sns", "ssm", "iam", "ec2", "kms", "dynamodb", "lambda", "logs"]
    return (*known, *Random(1).sample(services(), 5))


def _elements(statement: Document, name: str) -> list[str]:
    return [text for key in (name, f"Not{name}") if key in statement for text in listed(statement[key])]


def _conditions(statement: Document) -> Iterator[tuple[str, str, str]]:
    """Each value as (operator, key in lower case, value)."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            for value in listed(values) or [""]:
                yield operator, key.lower(), value


def _keys_in(text: str) -> Iterator[str]:
    for variable in _VARIABLE.finditer(text):
        if variable[1] not in ("*", "?", "$"):
            yield variable[1].partition(",")[0].strip().lower()


def _callers(statements: Iterable[Document]) -> list[Caller]:
    """Whom the policies name, in each form that a caller can have, and somebody of each kind whom they do not."""
    elements = [one for one in statements if "Principal" in one or "NotPrincipal" in one]
    found = {caller for one in elements for caller in _named_callers(one)}
    order = sorted(found, key=lambda caller: (caller.kind, caller.name))
    return [*order, *_OUTSIDERS] if elements else []


def _named_callers(statement: Document) -> list[Caller]:
    element = statement.get("Principal", statement.get("NotPrincipal", {}))
    entries = {"AWS": "*"} if element == "*" else element
    return [caller for kind, values in entries.items() for value in listed(values) for caller in _forms(kind, value)]


def _forms(kind: str, value: str) -> Iterator[Caller]:
    if value == "*":
        return
    account = re.fullmatch(r"(?:arn:aws:iam::)?([0-9]{12})(?::root)?", value)
    role = re.fullmatch(r"arn:aws:iam::([0-9]{12}):role/(?:.*/)?([^/]+)", value)
    if kind == "AWS" and account:
        yield Caller("AWS", f"arn:aws:iam::{account[1]}:root")
        yield Caller("AWS", f"arn:aws:iam::{account[1]}:user/someone")
        yield Caller("AWS", f"arn:aws:sts::{account[1]}:assumed-role/some-role/session")
    elif kind == "AWS" and role:
        yield Caller("AWS", f"arn:aws:sts::{role[1]}:assumed-role/{role[2]}/session")
    else:
        yield Caller(kind, value)
