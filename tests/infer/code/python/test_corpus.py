"""Every program of the corpus is read as its expected.json says."""

from __future__ import annotations

import json
from pathlib import Path

from support.rows import every_row

from iamglue.infer.code.calls import CodeFile, Handler
from iamglue.infer.code.python.reader import read_python
from iamglue.infer.code.values import CodeValue, UnknownPart, ValueOrigin

CORPUS = Path(__file__).parents[3] / "corpus" / "code" / "python"
PROGRAMS = sorted(path.parent for path in CORPUS.glob("*/expected.json"))


def read(program: Path):
    expected = json.loads((program / "expected.json").read_text(encoding="utf-8"))
    files = [
        CodeFile(str(path.relative_to(program)), path.read_text(encoding="utf-8"))
        for path in sorted(program.rglob("*.py"))
    ]
    handlers = [Handler(*handler.split(":")) for handler in expected.get("handlers", ())]
    return expected, read_python(files, handlers)


def part(value: str | UnknownPart) -> str:
    if isinstance(value, str) or value.value or value.origin is ValueOrigin.LITERAL:
        return value if isinstance(value, str) else value.value
    prefix = {ValueOrigin.ENVIRONMENT: "", ValueOrigin.EVENT: "event:", ValueOrigin.PARAMETER: "parameter:"}
    return "${" + (f"{prefix[value.origin]}{value.name}" if value.origin in prefix else "?") + "}"


def texts(value: CodeValue | None, path: list[str]) -> set[str]:
    if value is None:
        return set()
    if not path:
        known = {"".join(map(part, text)) for text in value.texts}
        return known | (set() if value.is_complete else {"?"})
    step, *rest = path
    if step == "[]":
        return texts(value.items, rest)
    return texts(value.member(step), rest)


def steps(name: str) -> list[str]:
    return name.replace("[]", ".[]").split(".")


def is_call(call, row) -> bool:
    return (
        f"{call.client}.{call.operation}" == row["operation"]
        and call.place.line == row["line"]
        and call.is_reached == row.get("reached", True)
        and call.basis.value == row.get("basis", "type")
        and ("file" not in row or call.place.path == row["file"])
        and (texts(call.role, []) if call.role else None) == (set(row["role"]) if "role" in row else None)
    )


def parameter(calls, name: str) -> set[str]:
    first, *rest = steps(name)
    return set().union(*(texts(call.parameters.get(first), rest) for call in calls))


@every_row("program", PROGRAMS)
def test_the_program_makes_the_expected_calls(program):
    expected, reading = read(program)
    rows = expected.get("calls", [])
    unexpected = [
        f"{call.place.path}:{call.place.line}: {call.client}.{call.operation} {call.basis} {call.is_reached}"
        for call in reading.calls
        if not any(is_call(call, row) for row in rows)
    ]
    missing = [row for row in rows if not any(is_call(call, row) for call in reading.calls)]
    assert (unexpected, missing) == ([], [])


@every_row("program", PROGRAMS)
def test_the_parameters_of_the_calls_are_the_expected_texts(program):
    expected, reading = read(program)
    wrong = []
    for row in expected.get("calls", []):
        calls = [call for call in reading.calls if is_call(call, row)]
        for name, values in row.get("parameters", {}).items():
            if parameter(calls, name) != set(values):
                wrong.append((row["line"], row["operation"], name, sorted(parameter(calls, name)), values))
    assert wrong == []


@every_row("program", PROGRAMS)
def test_what_is_not_resolved_is_reported(program):
    expected, reading = read(program)
    rows = [(row.get("file", ""), row["line"], row["call"]) for row in expected.get("unresolved", [])]
    results = [
        (call.place.path if any(row[0] for row in rows) else "", call.place.line, call.call)
        for call in reading.unresolved
    ]
    assert len(rows) == len(results), results
    for row, result in zip(sorted(rows), sorted(results), strict=True):
        assert row[:2] == result[:2]
        assert result[2].startswith(row[2])
    assert sorted(failed.place.path for failed in reading.failed) == sorted(expected.get("failed", []))
