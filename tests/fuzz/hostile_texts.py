"""Hostile texts: valid ones in which one or several things are changed, by a given source of chance."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

ORDERS = (
    "::stop-commands::x",
    "\n::error::x",
    "\u3000::warning::x",
    "##[stop-commands]x",
    "##vso[task.setvariable variable=x]y",
    "section_start:1:x\r\x1b[0K",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\u202ereversed\u2066",
    "\u2028",
    "\x00",
    "\x7f",
    "\ufeff",
    "\ud800",
    "\udcff",
    "\U000e0041",
    "<script>alert(1)</script>",
    "https://evil.example/ @team",
    "${", "${a", "${aws:username}", "${*}", "{{resolve:ssm:x}}", "%s%n", "../../x", "`$(id)`",
    "x" * 70_000,
    "é策😀",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, -(10**400), 1e308, float("inf"), float("nan"), "", " ", "*", "?", [], {}, [[]],
    [None], [{}], {"": ""}, {"a": {"a": {}}}, ["a", 1, None], "arn:", "arn:aws:s3:::*", "arn:aws:iam::1:role/x",
    "a" * 300, "2012-10-17", "2999-99-99", "Allow", "0.0.0.0/0", "\\", '"', "'",
)  # fmt: skip
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_PAIR = re.compile(r'"(?:[^"\\\n]|\\.)*"\s*:\s*(?:"(?:[^"\\\n]|\\.)*"|[0-9a-z.]+)')
_LINE = re.compile(r"^.+$", re.MULTILINE)


def hostile(random: Random, text: str) -> bytes:
    """`text` with one to four changes, in some encoding."""
    for _ in range(random.choice((1, 1, 2, 4))):
        text = random.choice(_CHANGES)(random, text)
    return _encoded(random, text)


def order(random: Random) -> str:
    """A text that would act on a terminal, a log or a reader, or an odd one."""
    return random.choice(ORDERS)


def _tree(random: Random, text: str) -> str:
    """A value of the JSON document, or one of its keys, is another one; of one line, where each is a document."""
    lines = text.split("\n")
    at = random.randrange(len(lines))
    if len(lines) > 1 and lines[at].startswith("{") and lines[at].endswith("}"):
        lines[at] = _tree(random, lines[at])
        return "\n".join(lines)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _insert(random, text)
    places = list(_places(data))
    if not places:
        return text
    for _ in range(random.choice((1, 1, 3))):
        holder, key = random.choice(places)
        old = _of(holder, key)
        value: Any = random.choice(VALUES) if random.random() < 0.5 else order(random)
        if isinstance(old, str) and random.random() < 0.6:
            value = random.choice((f"{old}{order(random)}", f"{order(random)}{old}", f"{old} {order(random)} {old}"))
        if isinstance(holder, dict) and random.random() < 0.2:
            holder[f"{key}{order(random)}"] = holder.get(key)
        elif isinstance(holder, dict) and random.random() < 0.15:
            holder.pop(key, None)
        elif isinstance(holder, dict) or key < len(holder):
            holder[key] = value
    return json.dumps(data, ensure_ascii=random.random() < 0.5, indent=random.choice((None, 1)))


def _of(holder: Any, key: Any) -> Any:
    return holder.get(key) if isinstance(holder, dict) else holder[key] if key < len(holder) else None


def _places(data: Any) -> Any:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in list(items):
        yield data, key
        yield from _places(value)


def _truncate(random: Random, text: str) -> str:
    return text[: random.randrange(len(text) + 1)]


def _cut(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + text[at + random.randrange(1, 30) :]


def _insert(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + order(random) + text[at:]


def _in_string(random: Random, text: str) -> str:
    found = list(_STRING.finditer(text))
    if not found:
        return _insert(random, text)
    at = random.choice(found).end() - 1
    written = json.dumps(order(random))[1:-1] if random.random() < 0.7 else order(random)
    return text[:at] + written + text[at:]


def _other_type(random: Random, text: str) -> str:
    found = list(_STRING.finditer(text))
    if not found:
        return _insert(random, text)
    span = random.choice(found)
    return text[: span.start()] + json.dumps(random.choice(VALUES)) + text[span.end() :]


def _twice(random: Random, text: str) -> str:
    found = list(_PAIR.finditer(text)) or list(_LINE.finditer(text))
    if not found:
        return text
    span = random.choice(found)
    between = ", " if span.re is _PAIR else "\n"
    return text[: span.end()] + between + span[0] + text[span.end() :]


def _deep(random: Random, text: str) -> str:
    found = list(_STRING.finditer(text)) or list(_LINE.finditer(text))
    levels = random.choice((30, 120, 3_000, 20_000))
    opening, closing = random.choice((("[", "]"), ('{"a":', "}"), ("- ", ""), ("(", ")"), ("${", "}")))
    span = random.choice(found) if found else re.match("", text)
    return text[: span.start()] + opening * levels + "1" + closing * levels + text[span.end() :]


def _aliases(random: Random, text: str) -> str:
    laughs = "".join(f"a{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 9)}]\n" for step in range(1, 9))
    lines = random.choice(
        ("a: &a [*a]\n", f"a0: &a0 [x]\n{laughs}", "x: &x {<<: *x}\n", "<<: *none\n", "&a *a\n", "--- &a\n")
    )
    return lines + text if random.random() < 0.5 else f"{text}\n{lines}"


def _indent(random: Random, text: str) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at] = random.choice((" ", "\t", "   ", "- ", "? ", "! ", "!Sub ", "!!python/object:x ", "# ")) + lines[at]
    return "\n".join(lines)


def _empty(random: Random, _: str) -> str:
    return random.choice(("", "\n", " ", "{}", "[]", "null", "---\n---\n", "\ufeff", "0", '""', "{", "\x00"))


_CHANGES: tuple[Callable[[Random, str], str], ...] = (
    _tree, _tree, _tree, _tree, _tree, _truncate, _cut, _insert, _in_string, _in_string, _other_type, _twice, _deep,
    _aliases, _indent, _empty,
)  # fmt: skip


def _encoded(random: Random, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass" if random.random() < 0.3 else "replace")
    chance = random.random()
    if chance < 0.03:
        return text.encode("utf-16", "replace")
    if chance < 0.06:
        return text.encode("latin-1", "replace")
    if chance < 0.09:
        return b"\xef\xbb\xbf" + data
    if chance < 0.13:
        at = random.randrange(len(data) + 1)
        return data[:at] + random.choice((b"\xff", b"\x00", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")) + data[at:]
    return data.replace(b"\n", b"\r\n") if chance < 0.17 else data
