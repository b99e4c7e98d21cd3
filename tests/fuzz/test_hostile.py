"""A few hundred hostile inputs of the generator, and the generator itself; `make fuzz-hostile` runs 25,000."""

from __future__ import annotations

import json

import pytest
from fuzz.hostile import READERS, Case, cases, faults, invoke, outcome, prepare, run

COUNT, SEED = 420, 20_261_128


@pytest.fixture
def own(tmp_path) -> dict[str, str]:
    return prepare(tmp_path)


def test_hostile_inputs_are_told_of_and_never_act(tmp_path):
    counts, wrong = run(COUNT, SEED, tmp_path)
    assert wrong == []
    assert {reader for reader, _ in counts} == set(READERS)
    assert sum(number for (_, code), number in counts.items() if code in (0, 1, 3)) > COUNT / 4


def test_the_same_seed_gives_the_same_inputs(own):
    assert list(cases(60, 3, own)) == list(cases(60, 3, own))
    assert list(cases(30, 3, own, first=30)) == list(cases(60, 3, own))[30:]
    assert list(cases(60, 3, own)) != list(cases(60, 4, own))


@pytest.mark.parametrize("reader", sorted(set(READERS) - {"arguments"}))
def test_every_text_that_hostile_ones_are_made_of_is_read_by_a_command(tmp_path, own, reader):
    texts = READERS[reader].texts or (own[reader],)
    path = READERS[reader].names[0] or "p.json"
    for text in texts:
        (tmp_path / path).write_text(text, encoding="utf-8")
        codes = [
            invoke(tuple(path if word == "@" else word for word in command), tmp_path)[0]
            for command in READERS[reader].commands
        ]
        assert {0, 1, 3} & set(codes)
        assert set(codes) <= {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("code", "out", "err"),
    [
        (4, "", ""),
        (5, "", ""),
        (0, "a\n ::error::x\n", ""),
        (0, "", "x ##[error]y"),
        (0, "\x1b[31m", ""),
        (0, "", "\u202e"),
        (0, "x" * 9_000_000, ""),
    ],
)
def test_an_outcome_that_breaks_a_property_is_a_fault(code, out, err):
    assert faults(("lint", "p.json"), code, out, err) != []


def test_commands_of_our_own_are_no_fault_and_others_beside_them_are():
    arguments = ("lint", "p.json", "--format", "github")
    assert faults(arguments, 1, "::error file=p.json::x\n", "") == []
    assert faults(arguments, 1, "::error file=p.json::x\n ::stop-commands::y\n", "") != []


def test_what_is_raised_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("iamglue.cli.lint.read_config", lambda _: json.loads("{"))
    monkeypatch.setattr("iamglue.cli.error_boundary.run_command", lambda command: command())
    monkeypatch.setattr("iamglue.cli.main.run_command", lambda command: command())
    code, wrong = outcome(Case("policy JSON", "p.json", b"{}", ("lint", "p.json")), tmp_path)
    assert (code, len(wrong)) == (4, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "tool = 'iamglue'\n"),
        (".iamglue.toml", "a = " + "[" * 20_000),
        (".iamglue.toml", "a = " + "9" * 5_000),
        ("b.json", "[" * 20_000),
        ("r.json", '{"findings": [{"rule": 1, "location": {"path": []}, "subject": {"name": 2}, "message": {}}]}'),
        ("r.json", "[" * 20_000),
        ("s.json", ""),
    ],
)
def test_what_hostile_inputs_have_found_stays_told_of(tmp_path, own, name, text):
    text = text or own["saved account"].replace("arn:aws:iam::123456789012:role/exif-role", "arn:aws:iam:")
    (tmp_path / name).write_text(text, encoding="utf-8")
    given = {"b.json": ("--baseline", name), "r.json": ("--only-new", name)}.get(name, ())
    audit = ("audit", "--input", name if name == "s.json" else "export.json", *given)
    code, out, err = invoke(audit, tmp_path)
    assert code == (1 if name == "pyproject.toml" else 2)
    assert faults(audit, code, out, err) == []
