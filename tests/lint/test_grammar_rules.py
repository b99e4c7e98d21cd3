"""The rules about structure beyond their own cases: one fault is one finding, and no fault hides another."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from support.rows import every_row

from iamglue.lint.rule_table import RULES
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.edits import apply_edits

GRAMMAR = (
    "conflicting-elements",
    "control-policy-size",
    "duplicate-sid",
    "empty-list",
    "empty-sid",
    "invalid-effect",
    "invalid-version",
    "malformed-variable",
    "misplaced-variable",
    "missing-element",
    "missing-version",
    "not-a-document",
    "placeholder",
    "unused-policy-id",
    "policy-size",
    "rcp-syntax",
    "duplicate-sid-in-resource-policy",
    "scp-action-wildcard",
    "scp-syntax",
    "invalid-sid-characters",
    "unknown-element",
    "unsupported-character",
    "unsupported-principal",
    "wrong-type",
)
BLOG = Path(__file__).parents[2] / "examples" / "blog-post" / "policy.json"
SETTINGS = ParameterValues((("Region", "eu-west-1"), ("Account", "123456789012")))
READ = '"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"'


def policy(text: str, type_: PolicyType = PolicyType.IDENTITY, **more) -> ParsedPolicy:
    path = "policy.json" if text.lstrip()[:1] in ("{", "[", '"') else "policy.yaml"
    return ParsedPolicy(read_nodes(text, path).documents[0], type_, **more)


def hits(text: str, type_: PolicyType = PolicyType.IDENTITY, **more):
    written = policy(text, type_, **more)
    rules = [slug for slug in GRAMMAR if type_ in RULES[slug].RULE.types and not RULES[slug].RULE.pedantic]
    return [(slug, hit) for slug in rules for hit in RULES[slug].check(written)]


def found(text: str, type_: PolicyType = PolicyType.IDENTITY, **more) -> list[str]:
    return sorted(slug for slug, _ in hits(text, type_, **more))


def mended(text: str, type_: PolicyType = PolicyType.IDENTITY, **more) -> str:
    """The text after as many rounds of fixes as change something; of fixes that overlap the first is made."""
    for _ in range(10):
        edits = []
        for _, hit in hits(text, type_, **more):
            new = hit.fix.edits if hit.fix else ()
            if not any(_overlap(one, other) for one in new for other in edits):
                edits += new
        if not edits:
            return text
        text = apply_edits(text, edits)
    raise AssertionError("the fixes never end")


def _overlap(one, other) -> bool:
    return (one.start, one.end) == (other.start, other.end) or (one.start < other.end and other.start < one.end)


def test_six_faults_are_six_findings():
    text = (
        '{"Version": "2012-10-18", "Statement": ['
        '{"Sid": "a b", "Effect": "allow", "Actions": "s3:GetObject", "Resource": 7}, '
        f'{{"Sid": "", {READ}}}]}}'
    )
    assert found(text) == [
        "empty-sid",
        "invalid-effect",
        "invalid-sid-characters",
        "invalid-version",
        "unknown-element",
        "wrong-type",
    ]


def test_five_faults_of_a_yaml_document_are_five_findings():
    text = (
        "Version: 2012-10-18\n"
        "Statement:\n"
        "- Sid: a b\n"
        "  Effect: allow\n"
        "  Actions: s3:GetObject\n"
        "  Resource: arn:aws:s3:::<bucket>/*\n"
    )
    assert found(text) == [
        "invalid-effect",
        "invalid-sid-characters",
        "invalid-version",
        "placeholder",
        "unknown-element",
    ]
    right = 'Version: "2012-10-17"\nStatement:\n- Sid: aB\n  Effect: Allow\n  Action: s3:GetObject\n'
    settings = ParameterValues((("bucket", "images"),))
    assert mended(text, parameter_values=settings) == right + '  Resource: "arn:aws:s3:::images/*"\n'


@pytest.mark.parametrize(
    "wrong",
    [
        READ.replace('"Action"', '"Actions"'),
        READ.replace('"Action"', '"action"'),
        READ.replace('"Action"', '"NotActions"'),
        READ.replace('"Resource"', '"Resources"'),
        READ.replace('"Effect"', '"effect"'),
        READ + ', "Conditions": {"Bool": {"aws:SecureTransport": "true"}}',
        READ + ', "Statement": "Read"',
        READ + ', "StatementId": "Read"',
    ],
)
def test_a_misspelt_element_is_not_missing_as_well(wrong):
    assert found(f'{{"Version": "2012-10-17", "Statement": [{{{wrong}}}]}}') == ["unknown-element"]


@pytest.mark.parametrize("name", ["statement", "Statements", "STATEMENT", "Statment"])
def test_a_misspelt_statement_is_one_fault_and_mended(name):
    text = f'{{"Version": "2012-10-17", "{name}": [{{{READ}}}]}}'
    assert found(text) == [
        "unknown-element",
    ]
    assert mended(text) == f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}'


def test_a_misspelt_principal_is_not_missing_as_well():
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principle": "*", "Action": "sts:AssumeRole"}}'
    assert found(text, PolicyType.TRUST) == ["unknown-element"]


@pytest.mark.parametrize("value", ["7", "null", "true", '{"AWS": 123456789012}', '{"Service": [null]}'])
def test_a_principal_of_the_wrong_type_is_one_fault(value):
    text = f'{{"Version": "2012-10-17", "Statement": [{{"Principal": {value}, {READ}}}]}}'
    assert found(text, PolicyType.RESOURCE) == ["wrong-type"]
    assert found(text, PolicyType.TRUST) == ["wrong-type"]
    assert found(text) == [
        "unsupported-principal",
    ]


def test_an_element_is_not_renamed_to_one_that_is_there():
    text = f'{{"Version": "2012-10-17", "Statement": [{{{READ}, "Actions": "s3:PutObject"}}]}}'
    ((_, hit),) = hits(text)
    assert hit.fix is None


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (f"[{{{READ}}}]", f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}'),
        (f"{{{READ}}}", f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}'),
        (f'{{"Version": "2012-10-17", {READ}}}', f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}'),
        (f'{{{READ}, "Version": "2012-10-17"}}', f'{{"Statement": [{{{READ}}}], "Version": "2012-10-17"}}'),
        (
            f'[{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}]',
            f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}',
        ),
    ],
)
def test_a_text_that_is_no_document_has_one_fault_and_becomes_one(text, right):
    assert found(text) == [
        "not-a-document",
    ]
    assert mended(text) == right


def test_a_document_round_a_list_leaves_the_fixes_inside_alone():
    text = f'[\r\n    {{"Statement": "Read", {READ.replace("Allow", "allow")}}}\r\n]\r\n'
    assert found(text) == [
        "invalid-effect",
        "not-a-document",
        "unknown-element",
    ]
    edits = [edit for _, hit in hits(text) for edit in hit.fix.edits]
    right = f'{{"Version": "2012-10-17", "Statement": [\r\n    {{"Sid": "Read", {READ}}}\r\n]}}\r\n'
    assert apply_edits(text, edits) == right


def test_a_list_in_yaml_is_put_under_keys():
    text = "# mine\n---\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n"
    assert found(text) == [
        "not-a-document",
    ]
    assert mended(text) == text.replace("- Effect", 'Version: "2012-10-17"\nStatement:\n- Effect')


def test_a_list_beside_its_own_key_in_yaml_is_left_alone():
    outer = read_nodes("Document:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n", "a.yaml").documents[0]
    written = ParsedPolicy(outer.get("Document"), PolicyType.IDENTITY)
    (hit,) = RULES["not-a-document"].check(written)
    assert hit.fix is None


def test_several_documents_in_a_list_are_one_fault():
    one = f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}'
    assert found(f"[{one}, {one}]") == ["not-a-document"]


def test_a_stray_element_beside_statement_is_named():
    text = f'{{"Version": "2012-10-17", "Effect": "Allow", "Statement": [{{{READ}}}]}}'
    assert found(text) == [
        "unknown-element",
    ]


def test_an_added_version_is_safe_only_where_no_variable_wakes_up():
    ((_, hit),) = hits(f'{{"Statement": [{{{READ}}}]}}')
    assert hit.fix.safe
    text = f'{{"Statement": [{{{READ.replace("*", "arn:aws:s3:::images/${aws:username}")}}}]}}'
    fixes = {slug: hit.fix for slug, hit in hits(text)}
    assert list(fixes) == ["misplaced-variable", "missing-version"]
    assert not fixes["missing-version"].safe


def test_a_third_equal_sid_gets_a_number_of_its_own():
    texts = ", ".join(f'{{"Sid": "{sid}", {READ}}}' for sid in ("A", "A", "A2", "A"))
    right = ", ".join(f'{{"Sid": "{sid}", {READ}}}' for sid in ("A", "A3", "A2", "A4"))
    document = '{"Version": "2012-10-17", "Statement": [%s]}'
    assert mended(document % texts) == document % right


def test_a_template_s_own_parameters_are_no_placeholders():
    node = read_nodes(f'{{"Version": "2012-10-17", "Statement": [{{{READ}}}]}}', "p.json").documents[0]
    resource = node.get("Statement").items[0].get("Resource")
    resource.text, resource.unresolved = "arn:aws:dynamodb:${AWS::Region}:${Account}:table/${Table.Name}", True
    written = ParsedPolicy(node, PolicyType.IDENTITY, parameter_values=SETTINGS)
    assert [
        slug for slug in GRAMMAR for _ in RULES[slug].check(written) if written.type in RULES[slug].RULE.types
    ] == []


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::images/${aws:username}/*",
        "arn:aws:s3:::images/${aws:PrincipalTag/team, 'none'}/*",
        "arn:aws:s3:::images/${*}/${?}/${$}",
        "arn:aws:s3:::images/region/account-id/*",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::123456789012:user/${cognito-identity.amazonaws.com:sub}",
        "arn:aws:s3:::yourself/*",
    ],
)
def test_what_is_no_placeholder(resource):
    text = f'{{"Version": "2012-10-17", "Statement": [{{{READ.replace("*", resource)}}}]}}'
    assert found(text) == []
    assert found(text, parameter_values=SETTINGS) == []


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:sqs:region:account-id:jobs",
        "arn:aws:sqs:AWS_REGION:xxxxxxxxxxxx:jobs",
        "arn:aws:sqs:${var.region}:${data.aws_caller_identity.current.account_id}:jobs",
        "arn:aws:sqs:${self:provider.region}:123456789012:jobs",
        "arn:aws:s3:::{{ bucket }}/*",
        "arn:aws:s3:::[bucket]/*",
        "arn:aws:s3:::your-bucket-name/*",
        "arn:aws:s3:::${!Bucket}/*",
    ],
)
def test_what_is_a_placeholder_is_one_finding(resource):
    assert found(f'{{"Version": "2012-10-17", "Statement": [{{{READ.replace("*", resource)}}}]}}') == ["placeholder"]


def test_a_pattern_never_fills_a_placeholder():
    text = f'{{"Version": "2012-10-17", "Statement": [{{{READ.replace("*", "arn:aws:s3:::${Bucket}/a")}}}]}}'
    ((_, hit),) = hits(text, parameter_values=ParameterValues((("Bucket", "*"),)))
    assert hit.fix is None


def test_white_space_counts_for_control_policies_only():
    text = f'{{"Version": "2012-10-17", {" " * 10_240}"Statement": [{{{READ.replace("Allow", "Deny")}}}]}}'
    assert found(text) == []
    assert found(text, PolicyType.SCP) == ["control-policy-size"]


def test_a_managed_policy_may_be_shorter_than_access_analyzer_says():
    actions = ", ".join(f'"s3:Get{number:0100}"' for number in range(60))
    text = f'{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}]}}'
    assert found(text, name="Role.Policies[0]") == []
    ((slug, hit),) = hits(text, managed=True)
    assert (slug, hit.code) == ("policy-size", "")


def test_the_blog_post_s_policy_becomes_a_document_with_all_filled_in():
    text = BLOG.read_text(encoding="utf-8")
    assert set(found(text, parameter_values=SETTINGS)) == {"not-a-document", "unknown-element", "placeholder"}
    right = mended(text, parameter_values=SETTINGS)
    assert found(right, parameter_values=SETTINGS) == []
    node = read_nodes(right, "p.json").documents[0]
    assert [key.text for key, _ in node.pairs] == ["Version", "Statement"]
    assert [each.get("Sid").text for each in node.get("Statement").items] == [
        "ReadImages",
        "WriteExifData",
        "WriteLogs",
    ]
    assert right.count("\n") == text.count("\n")


FIXABLE = [(slug, case) for slug in GRAMMAR for case in RULES[slug].BAD if case.fixed is not None]


@every_row("slug, case", FIXABLE)
def test_each_fix_alone_mends_its_fault_and_brings_no_other_of_its_kind(slug, case):
    bare = case.text.startswith("{") and '"Statement"' not in case.text and '"Effect"' in case.text
    text = f'{{"Version": "2012-10-17", "Statement": [{case.text}]}}' if bare else case.text
    more = {"parameter_values": ParameterValues(case.parameter_values, case.trust), "resource_type": case.resource_type}
    before = list(RULES[slug].check(policy(text, case.type, **more)))
    with_fix = [hit for hit in before if hit.fix is not None]
    assert with_fix
    for hit in with_fix:
        after = policy(apply_edits(text, hit.fix.edits), case.type, **more)
        is_whole = slug != "placeholder" or hit.help is None  # else a value for some of it is not given
        assert len(list(RULES[slug].check(after))) == len(before) - is_whole


VALUES = (
    "{}",
    "[]",
    "null",
    "7",
    "true",
    '""',
    '"*"',
    '"${"',
    '["*", 1]',
    '{"AWS": null}',
    "[[{}]]",
    '{"a": {"b": {}}}',
)
NAMES = (
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "Principal",
    "Condition",
    "X",
)


@cache
def nonsense() -> tuple[ParsedPolicy, ...]:
    """Random texts as policies of every type, with and without something to fill in."""
    chosen = random.Random(4)

    def value(depth: int) -> str:
        if depth and chosen.random() < 0.6:
            pairs = (f'"{name}": {value(depth - 1)}' for name in chosen.sample(NAMES, chosen.randint(0, 6)))
            inner = f"{{{', '.join(pairs)}}}"
            return f"[{inner}]" if chosen.random() < 0.4 else inner
        return chosen.choice(VALUES)

    settings = (ParameterValues(), ParameterValues((("Region", "eu-west-1"),)))
    texts = [value(3) for _ in range(150)]
    return tuple(
        policy(text, type_, parameter_values=each) for text in texts for type_ in PolicyType for each in settings
    )


@every_row("slug", RULES)
def test_no_rule_raises_on_nonsense(slug):
    for each in nonsense():
        if each.type in RULES[slug].RULE.types:
            list(RULES[slug].check(each))
