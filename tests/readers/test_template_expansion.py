"""What a template computes from its own values: loops, look-ups, conditions, and lists of texts."""

from __future__ import annotations

import pytest
from support.linting import linted, mended_text, rules_of
from support.reading_policies import plain, read
from support.sam import account_of

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::LanguageExtensions\n"
MAPPINGS = """
Mappings:
  Regions:
    eu-west-1: {Bucket: images-eu, Topic: same, Actions: [s3:GetObject]}
    us-east-1: {Bucket: images-us, Topic: same, Actions: [s3:GetObject, s3:PutObject]}
"""


def policy(statement, head=MAPPINGS):
    return (
        f"{HEAD}{head}Resources:\n  Queue: {{Type: AWS::SQS::Queue}}\n  Policy:\n    Type: AWS::IAM::ManagedPolicy\n"
        f"    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement: {statement}\n"
    )


def statement_with(element, value, effect="Allow"):
    (document,) = read(policy(f"[{{Effect: {effect}, {element}: {value}}}]"), "t.yaml").policies
    return plain(document.node.get("Statement"))[0][element]


# Loops

ROLES = """
Resources:
  Fn::ForEach::Roles:
    - Name
    - [Reader, write-r]
    - '&{Name}Role':
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
          Policies:
            - PolicyName: !Sub '${Name}-policy'
              PolicyDocument:
                Version: '2012-10-17'
                Statement: [{Effect: Allow, Action: s3:GetObject, Resource: !Sub 'arn:aws:s3:::${Name}/*'}]
"""


def test_a_loop_over_a_literal_list_makes_the_resources():
    account = account_of(HEAD + ROLES)
    assert [role.name for role in account.roles] == ["ReaderRole", "writerRole"]
    assert ["arn:aws:s3:::write-r/*" in role.policies[0].text for role in account.roles] == [False, True]
    assert account.gaps == ()


def test_lint_reads_the_policies_of_each_iteration():
    names = [document.name for document in read(HEAD + ROLES, "t.yaml").policies]
    assert names == ["ReaderRole", "ReaderRole/Reader-policy", "writerRole", "writerRole/write-r-policy"]


def test_no_fix_writes_into_a_loop():
    text = HEAD + ROLES.replace("Version: '2012-10-17'\n", "Version: '2012-10-18'\n")
    assert mended_text(text, "t.yaml", unsafe=True).text == text


def test_loops_in_loops_and_in_properties_are_expanded():
    text = f"""{HEAD}
Resources:
  Fn::ForEach::Outer:
    - Team
    - [A, B]
    - Fn::ForEach::Inner:
        - Stage
        - [Dev]
        - 'Role${{Team}}${{Stage}}':
            Type: AWS::IAM::Role
            Properties:
              Fn::ForEach::Names:
                - Property
                - [RoleName, Path]
                - '${{Property}}': !Ref Team
"""
    assert [(role.name, role.path) for role in account_of(text).roles] == [("A", "A"), ("B", "B")]


def test_a_loop_over_a_parameter_is_not_evaluated_unless_it_is_set():
    text = HEAD + "Parameters: {Names: {Type: CommaDelimitedList}}\n" + ROLES.replace("[Reader, write-r]", "!Ref Names")
    account = account_of(text)
    assert (account.roles, len(account.gaps)) == ((), 1)
    assert [role.name for role in account_of(text, Names="One,Two").roles] == ["OneRole", "TwoRole"]


# Look-ups


def test_a_look_up_with_known_keys_is_its_value():
    assert statement_with("Resource", "!FindInMap [Regions, eu-west-1, Bucket]") == "images-eu"


def test_a_look_up_that_has_one_value_in_every_region_is_that_value():
    assert statement_with("Resource", "!Sub ['x-${T}', {T: !FindInMap [Regions, !Ref AWS::Region, Topic]}]") == "x-same"


@pytest.mark.parametrize("look_up", ["!FindInMap [Regions, !Ref AWS::Region, Bucket]", "!If [C, images-eu, images-us]"])
def test_each_value_that_a_resource_can_have_is_read(look_up):
    assert statement_with("Resource", look_up) == ["images-eu", "images-us"]


def test_lists_of_actions_from_a_map_are_read():
    actions = statement_with("Action", "!FindInMap [Regions, !Ref AWS::Region, Actions]")
    assert set(actions) == {"s3:GetObject", "s3:PutObject"}


def test_a_deny_that_depends_on_a_condition_denies_nothing_for_certain():
    value = statement_with("Resource", "!If [C, images-eu, images-us]", effect="Deny")
    assert value.startswith("${")


def test_the_default_of_a_look_up_is_one_of_its_values():
    look_up = "!FindInMap [Regions, !Ref Stage, Bucket, {DefaultValue: images}]"
    assert statement_with("Resource", look_up) == ["images-eu", "images-us", "images"]


def test_a_missing_key_is_the_default():
    assert statement_with("Resource", "!FindInMap [Regions, x, Bucket, {DefaultValue: images}]") == "images"


@pytest.mark.parametrize(
    "look_up", ["!FindInMap [Nothing, a, b]", "!FindInMap [!Ref X, a, b]", "!FindInMap [Regions, a, b]"]
)
def test_a_look_up_in_an_unknown_map_stays_unknown(look_up):
    assert statement_with("Resource", look_up).startswith("${")


def test_wide_access_from_a_map_is_a_finding():
    text = policy(
        "[{Effect: Allow, Action: !FindInMap [M, !Ref Stage, Actions], Resource: '*'}]",
        MAPPINGS + "  M: {a: {Actions: ['*']}, b: {Actions: [s3:ListAllMyBuckets]}}\n",
    )
    assert "administrator-access" in rules_of(linted(text, "t.yaml"))


# Lists of texts

QUEUE = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Queue.QueueName}"
TEXTS = [
    ("!Select [1, !Split ['/', 'a/b/c']]", "b"),
    ("!Select [5, !Split [':', !GetAtt Queue.Arn]]", "${Queue.QueueName}"),
    ("!Join ['-', !Split ['/', 'a/b/c']]", "a-b-c"),
    ("!Sub ['${N}', {N: !Length [a, b]}]", "2"),
    ("{'Fn::Length': !Split [',', 'a,b,c']}", "3"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_known_lists_of_texts_are_computed(value, text):
    assert statement_with("Resource", value) == text


def test_a_text_whose_unknown_part_may_hold_the_delimiter_is_not_split():
    assert "Split" in statement_with("Resource", "!Select [0, !Split [',', !Sub '${Names},x']]")


def test_a_document_written_as_json_text_is_read():
    text = (
        policy("[]")
        .replace("PolicyDocument:\n", "PolicyDocument:\n        Fn::ToJsonString:\n")
        .replace(
            "        Version: '2012-10-17'\n        Statement: []",
            "          Version: '2012-10-17'\n          Statement: [{Effect: Allow, Action: s3:*, Resource: '*'}]",
        )
    )
    (document,) = read(text, "t.yaml").policies
    assert plain(document.node)["Statement"] == [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]


def test_a_loop_too_long_to_expand_is_reported():
    values = ", ".join(f"N{number}" for number in range(400))
    loop = "Fn::ForEach::L{0}: [I{0}, [" + values + "], {1}]"
    text = (
        HEAD + "Resources:\n  " + loop.format(0, "{" + loop.format(1, "{'R${I0}${I1}': {Type: AWS::IAM::Role}}") + "}")
    )
    file = read(text + "\n", "t.yaml")
    assert file.not_evaluated


# Included files


INCLUDED = """
PolicyDocument:
  Version: '2012-10-17'
  Statement: [{Effect: Allow, Action: s3:*, Resource: '*'}]
"""
INCLUDING = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: x
      Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: %s}}
"""


def test_a_file_that_is_included_from_beside_the_template_is_read(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/policy.yaml").write_text(INCLUDED)
    (document,) = read(INCLUDING % "./parts/policy.yaml", str(tmp_path / "t.yaml")).policies
    assert plain(document.node)["Statement"] == [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
    assert document.path == str(tmp_path / "parts/policy.yaml")


def test_no_fix_writes_into_an_included_file_or_by_its_places(tmp_path):
    (tmp_path / "policy.yaml").write_text(INCLUDED.replace("2012-10-17", "2012-10-18"))
    text = INCLUDING % "policy.yaml"
    assert mended_text(text, str(tmp_path / "t.yaml"), unsafe=True).text == text


@pytest.mark.parametrize("location", ["s3://bucket/policy.yaml", "missing.yaml", "!Ref Location", "/etc/passwd"])
def test_what_is_included_from_elsewhere_is_not_evaluated(location, tmp_path):
    file = read(INCLUDING % location, str(tmp_path / "t.yaml"))
    assert (file.policies, [gap.what for gap in file.not_evaluated]) == (
        (),
        [f"the properties at {tmp_path}/t.yaml:6:7"],
    )


def test_a_file_that_includes_itself_ends(tmp_path):
    (tmp_path / "t.yaml").write_text(INCLUDING % "t.yaml")
    assert read(INCLUDING % "t.yaml", str(tmp_path / "t.yaml")).policies == ()
