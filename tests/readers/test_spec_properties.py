"""Any spec, in whatever layout it is written, reads to the same values; any text reads or is refused."""

from __future__ import annotations

from io import StringIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.scalarint import ScalarInt
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from iamglue.errors import IamglueError
from iamglue.model.spec import AccessEntry, SpecFunction
from iamglue.readers.spec.reader import parse_spec

names = st.from_regex(r"[a-z][a-z0-9]{2,12}", fullmatch=True)
prose = st.text(
    st.characters(categories=["L", "N", "P", "Z"], exclude_characters="\u2028\u2029"), min_size=1, max_size=30
)
entries = st.fixed_dictionaries({"s3": names}, optional={"prefix": names, "why": prose, "do": st.just(["get", "head"])})
tables = st.fixed_dictionaries({"dynamodb": names}, optional={"account": st.just("012345678901"), "why": prose})
bodies = st.fixed_dictionaries(
    {},
    optional={
        "description": prose,
        "region": st.sampled_from(["eu-west-1", "us-east-1"]),
        "account": st.from_regex(r"[0-9]{12}", fullmatch=True),
        "reads": st.lists(entries, max_size=3),
        "writes": st.lists(tables, max_size=3),
        "triggers": st.lists(st.fixed_dictionaries({"sqs": names}), max_size=2),
    },
)


@st.composite
def layouts(draw: st.DrawFn, value: Any) -> Any:
    """The value with the quotes and the order of keys drawn."""
    if isinstance(value, dict):
        return {key: draw(layouts(value[key])) for key in draw(st.permutations(list(value)))}
    if isinstance(value, list):
        return [draw(layouts(item)) for item in value]
    if isinstance(value, str):
        # The writer leaves `:x` and `?x` without quotes in flow collections, where they do not always read back.
        plain = [] if value.startswith((":", "?")) else [str]
        return draw(st.sampled_from([SingleQuotedScalarString, DoubleQuotedScalarString, *plain]))(value)
    return value


def written(value: Any, *, flow: bool, indent: int) -> str:
    writer = YAML()
    writer.default_flow_style = flow
    writer.width = 60
    writer.indent(mapping=indent, sequence=indent + 2, offset=indent)
    text = StringIO()
    writer.dump(value, text)
    return text.getvalue()


def said(function: SpecFunction) -> dict[str, Any]:
    """What a function says, in the words of the spec."""
    single = {"description": function.description, "region": function.region, "account": function.account}
    lists = {
        "reads": [entry_said(entry) for entry in function.entries if entry.access == "reads"],
        "writes": [entry_said(entry) for entry in function.entries if entry.access == "writes"],
        "triggers": [{trigger.name: trigger.resource.text} for trigger in function.triggers],
    }
    return {key: value for key, value in {**single, **lists}.items() if value}


def entry_said(entry: AccessEntry) -> dict[str, Any]:
    options = {"do": list(entry.do), "prefix": entry.prefix, "account": entry.account, "why": entry.why}
    return {entry.service: entry.resource.text, **{key: value for key, value in options.items() if value}}


@given(st.data(), bodies, names, st.booleans(), st.integers(2, 5))
def test_a_spec_reads_to_what_it_says_in_any_layout(
    data: Any, body: dict[str, Any], name: str, flow: bool, indent: int
):
    whole = data.draw(layouts({"iamglue": ScalarInt(1), "function": name, **body}))
    (function,) = parse_spec(written(whole, flow=flow, indent=indent), "f").functions
    assert function.name == name
    assert said(function) == {key: value for key, value in body.items() if value}


@given(bodies, st.dictionaries(names, bodies, min_size=1, max_size=3))
def test_functions_join_what_is_common_with_their_own(common: dict[str, Any], own: dict[str, dict[str, Any]]):
    spec = parse_spec(written({"iamglue": 1, "functions": own, **common}, flow=False, indent=2), "f")
    for function in spec.functions:
        alone = own[function.name]
        joined = {
            key: common[key] + alone[key] if isinstance(alone.get(key), list) and key in common else value
            for key, value in {**common, **alone}.items()
        }
        assert said(function) == {key: value for key, value in joined.items() if value}


LINES = (
    "iamglue: 1\n",
    "function: f\n",
    "functions:\n",
    "  a: ",
    "reads:\n",
    "  - s3: bkt\n",
    "    do: get\n",
    "---\n",
)
WORDS = ("when: ", "settings: ", "raw: ", "triggers: ", "key: ", "on_failure: ", "logs: ", "true", "012", "~")
MARKS = ("{", "}", "[", "]", ": ", "- ", "*a", "&a ", "!x ", "'", '"', "<<: ", "? ", "| ", "${", "${aws:x}")
SPACES = ("\t", "\n", "\u2028", "\ufeff")
fragments = st.lists(st.sampled_from((*LINES, *WORDS, *MARKS, *SPACES)), max_size=25).map("".join)


@given(fragments | st.text(max_size=40))
def test_no_text_raises_anything_but_our_error(text: str):
    try:
        spec = parse_spec(text, "f")
    except IamglueError as error:
        location = getattr(error, "problems", (error,))[0].location
        assert location is not None and location.path == "f"  # noqa: PT018
    else:
        assert spec.functions
