"""What is wrong in a spec is told with its place, what was expected and the nearest right word, all in one run."""

from __future__ import annotations

import pytest
from readers.bad_specs import BAD, HEAD, Bad
from support.rows import every_row

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.readers.spec.reader import parse_spec


def errors_of(text: str) -> list[IamglueError]:
    with pytest.raises(IamglueError) as caught:
        parse_spec(text, "spec.yaml")
    return list(caught.value.problems) if isinstance(caught.value, MultipleErrors) else [caught.value]


@every_row("bad", BAD.values())
def test_an_error_has_its_place_and_says_what_is_wrong_and_how_to_go_on(bad: Bad):
    error = errors_of(bad.text)[0]
    assert error.location is not None
    assert (error.location.path, error.location.line, error.location.column) == ("spec.yaml", *bad.place)
    assert bad.message in error.message
    assert bad.hint in (error.hint or "")


@every_row("bad", BAD.values())
def test_one_fault_gives_one_error(bad: Bad):
    errors = errors_of(bad.text)
    if "prefx" in bad.text and "buckt" in bad.text:  # two faults
        return
    assert len(errors) == 1, errors


def test_errors_of_form_and_of_meaning_come_in_one_run_in_the_order_of_the_file():
    text = (
        "iamglue: 1\nfunction: f*\nregion: eu-west-1\ntriggers:\n  - s33: b\n"
        "reads:\n  - {s3: bkt, do: gett}\n  - s4: b\n"
        "writes:\n  - {s3: bkt, do: [put, get]}\nsettings: {vpc: 1, dead_letter: {kms: k}}\n"
        "raw:\n  - {actions: s3:GetObjectt, resources: '*', why: x}\nfoo: 1\n"
    )
    places = [(e.location.line, e.location.column) for e in errors_of(text) if e.location]
    assert places == sorted(places)
    assert [line for line, _ in places] == [2, 5, 7, 8, 10, 11, 11, 13, 14]


def test_what_holds_for_all_functions_is_told_once():
    text = "iamglue: 1\nregion: eu-west-1\nreads:\n  - {s3: bkt, do: gett}\nfunctions: {a: {}, b: {}, c: {}}\n"
    assert [error.location.line for error in errors_of(text) if error.location] == [4]


def test_an_error_in_one_function_does_not_hide_those_of_another():
    text = "iamglue: 1\nfunctions:\n  a: {reads: [{s4: b}]}\n  b: {reads: [{s3: bkt, do: gett}]}\n  c: {red: []}\n"
    assert [error.location.line for error in errors_of(text) if error.location] == [3, 4, 5]


def test_a_spec_without_format_is_read_on_as_the_one_there_is():
    assert [error.location.line for error in errors_of("function: f\nreads:\n  - s4: b\n") if error.location] == [1, 3]


def test_duplicate_keys_do_not_hide_other_errors():
    errors = errors_of(f"{HEAD}reads: [{{s4: b}}]\nreads: []\n")
    assert [error.location.line for error in errors if error.location] == [4, 5]


def test_settings_that_a_function_takes_over_are_checked_where_they_stand():
    text = "iamglue: 1\nsettings: {dead_letter: {dynamodb: tbl}}\nfunctions: {a: {}, b: {settings: {vpc: true}}}\n"
    assert [error.location.line for error in errors_of(text) if error.location] == [2]


def test_what_else_is_wrong_with_an_entry_is_told_beside_its_wrong_option():
    text = "iamglue: 1\nfunction: f\nwrites:\n- dynamodb: tbl\n  do: ptu\n  indx: a\n"
    assert [error.message.split("`")[1] for error in errors_of(text)] == ["ptu", "indx"]
