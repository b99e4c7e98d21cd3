"""Policies in .tf files: what each form of writing them is read into, and where the values stand."""

from __future__ import annotations

import json

import pytest
from execution.lambda_service import EXAMPLES
from golden import GOLDEN
from support.rows import every_row
from support.written import UNKNOWN, data, unlisted

from iamglue.findings import NotEvaluatedKind
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.policy.patterns.variables import parameter_of
from iamglue.policy.source.nodes import NodeKind
from iamglue.readers.terraform.configuration import read_configuration
from iamglue.readers.terraform.hcl_parser import MAX_FILE_LENGTH

POLICY_ARN = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}]}


def read(text, path="main.tf", **values):
    file = read_configuration(path, text, ParameterValues(tuple(values.items())))
    assert file.syntax_error is None, file.syntax_error
    return file


def policies(text, **values):
    return [data(each.node) for each in read(text, **values).policies]


def statement(inside, **values):
    """The one statement of a data source."""
    found = policies(f'data "aws_iam_policy_document" "d" {{\n  statement {{\n{inside}\n  }}\n}}', **values)
    return found[0]["Statement"][0]


def managed(value, **values):
    """The policy of an aws_iam_policy whose attribute is `value`."""
    return policies(f'resource "aws_iam_policy" "p" {{\n  policy = {value}\n}}\n', **values)[0]


# Where values stand


def test_a_data_source_is_a_policy_whose_values_stand_where_they_are_written():
    text = """data "aws_iam_policy_document" "d" {
  policy_id = "P"
  statement {
    sid       = "Read"
    effect    = "Deny"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-1"]
    }
  }
}
"""
    node = read(text).policies[0].node
    assert data(node) == {
        "Version": "2012-10-17",
        "Id": "P",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Deny",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": ["*"],
                "Principal": {"AWS": ["111122223333"]},
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-1"]}},
            }
        ],
    }
    found = node.get("Statement").items[0]
    assert placed(text, found.key("Action")) == "actions"
    assert placed(text, found.get("Action").items[1]) == '"s3:PutObject"'
    assert placed(text, found.get("Principal").pairs[0][0]) == '"AWS"'
    assert placed(text, found.get("Condition").pairs[0][0]) == '"StringEquals"'
    assert placed(text, found.get("Condition").pairs[0][1].pairs[0][0]) == '"aws:PrincipalOrgID"'
    assert (found.key("Principal").line, found.get("Principal").pairs[0][1].line) == (9, 11)
    assert found.line == 3


def placed(text, node):
    """What stands in the file where a node does, by its line and column."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    start = starts[node.line - 1] + node.column - 1
    end = node.end_location
    return text[start : starts[end.line - 1] + end.column - 1]


def test_an_object_stands_where_it_is_written():
    text = 'resource "aws_iam_policy" "p" {\n  policy = jsonencode({\n    "Sid" : "é",\n    Action = ["a"]\n  })\n}'
    node = read(text).policies[0].node
    assert [placed(text, each) for each in (*node.pairs[0], *node.pairs[1])] == ['"Sid"', '"é"', "Action", '["a"]']


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("opening", ["<<EOF", "<<-EOF"])
def test_json_in_a_heredoc_stands_where_it_is_written(opening, line_end):
    lines = [
        'resource "aws_iam_policy" "p" {',
        f"  policy = {opening}",
        "  {",
        '    "Sid": "${aws_s3_bucket.b.arn}x",  "Action": ["a", "b"],',
        '    "Resource": ${jsonencode(var.list)}, "Condition": "$${aws:userid}%%{"',
        "  }",
        "EOF",
        "}",
        "",
    ]
    text = line_end.join(lines)
    node = read(text).policies[0].node
    assert data(node) == {
        "Sid": "arn:${AWS::Partition}:s3:::${aws_s3_bucket.b.bucket}x",
        "Action": ["a", "b"],
        "Resource": UNKNOWN,
        "Condition": "${aws:userid}%{",
    }
    assert [node.get(name).unresolved for name in ("Sid", "Condition")] == [True, False]
    assert placed(text, node.get("Action").items[1]) == '"b"'
    assert placed(text, node.key("Condition")) == '"Condition"'
    assert placed(text, node.get("Sid")) == '"${aws_s3_bucket.b.arn}x"'


def test_blanks_that_are_stripped_in_a_heredoc_are_not_in_the_policy():
    assert managed('<<EOF\n{"A": "b ${~ "c" ~} d", "B": ["x"]}\nEOF') == {"A": "bcd", "B": ["x"]}


def test_an_expression_over_several_lines_does_not_move_what_follows():
    body = '{"Sid": "${lookup(\n  var.m, "}")}",\n"Action": "a"}'
    text = f'resource "aws_iam_policy" "p" {{\n  policy = <<EOF\n{body}\nEOF\n}}\n'
    node = read(text).policies[0].node
    assert data(node) == {"Sid": parameter_of('lookup( var.m, "}")'), "Action": "a"}
    assert placed(text, node.get("Action")) == '"a"'


def test_json_in_a_quoted_string_stands_where_the_string_does():
    written = json.dumps(json.dumps(POLICY | {"Id": "${var.x}"}))
    file = read(f'resource "aws_iam_policy" "p" {{\n  policy = {written}\n}}\n')
    node = file.policies[0].node
    assert data(node) == POLICY | {"Id": "${var.x}"}
    assert (node.get("Statement").line, node.get("Statement").column) == (2, 12)
    assert node.get("Id").unresolved
    assert not node.get("Version").unresolved


# Strings, names and functions


@every_row(
    "written, text",
    [
        (r'"a\"b\\c\n\u00e9\U0001F511"', 'a"b\\c\né🔑'),
        ('"$${aws:username}"', "${aws:username}"),
        ('"&{aws:username}"', "${aws:username}"),
        ('"%%{if}$5%"', "%{if}$5%"),
        ('"arn:aws:s3:::${var.bucket}/*"', "arn:aws:s3:::${var.bucket}/*"),
        ('"${aws_s3_bucket.b.arn}"', "arn:${AWS::Partition}:s3:::${aws_s3_bucket.b.bucket}"),
        ("aws_s3_bucket.b[0].arn", "arn:${AWS::Partition}:s3:::${aws_s3_bucket.b.bucket}"),
        ("aws_unknown_type.b.arn", "${aws_unknown_type.b.arn}"),
        ('"${lookup(var.m, "a}b")}/"', parameter_of('lookup(var.m, "a}b")') + "/"),
        ('"arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"', "arn:aws:iam::${AWS::AccountId}:root"),
        ('format("arn:aws:s3:::%s/*", var.b)', "arn:aws:s3:::${var.b}/*"),
        ('var.c ? "a" : "b"', UNKNOWN),
        ("aws_s3_bucket.b[*].arn", UNKNOWN),
        ('"${var.n + 1}"', UNKNOWN),
        ('"${1 + 1}"', "2"),
        ('lower("A")', "a"),
        ("lower(var.a)", UNKNOWN),
        # https://developer.hashicorp.com/terraform/language/functions/title: other letters stay as they are
        ('title("fooBAR it\'s a_b é-x")', "FooBAR It'S A_b É-X"),
        # RE2 has other classes than Python, and replaces empty matches and `$` in another way
        ('replace("a_b", "/[^[:alnum:]]/", "-")', UNKNOWN),
        ('replace("baaac", "/a*/", "-")', UNKNOWN),
        ('replace("ab", "/a/", "$0")', UNKNOWN),
        ('replace("a_b-c", "/[_-]/", ".")', "a.b.c"),
        # a Region has hyphens
        ('split("-", data.aws_region.current.name)[0]', UNKNOWN),
        ('element(split("-", "x-${data.aws_region.current.name}"), 1)', UNKNOWN),
        ('split("/", "x/${data.aws_region.current.name}")[1]', "${AWS::Region}"),
        ('split(":", "arn:aws:sns:${data.aws_region.current.name}:1:t")[5]', "t"),
    ],
)
def test_a_text_of_a_list(written, text):
    assert statement(f"    resources = [{written}]")["Resource"] == [text]


@every_row(
    "written, items",
    [
        ("var.list", UNKNOWN),
        ("[]", []),
        ('concat(["a"], var.list, ["b"])', ["a", UNKNOWN, "b"]),
        ('flatten([["a"], ["b"], var.c])', ["a", "b", UNKNOWN]),
        ('toset(["a"])', ["a"]),
        ('(["a"])', ["a"]),
        ('var.c ? ["a"] : ["b"]', ["a", "b", UNKNOWN]),
        ("[for b in var.buckets : b]", UNKNOWN),
        ("local.list", ["x", "y"]),
        ('concat(local.list, ["z"])', ["x", "y", "z"]),
        ("[local.name, local.none]", ["n", "${local.none}"]),
        ("local.circle", UNKNOWN),
        ('["${local.name}-${var.given}"]', ["n-g"]),
    ],
)
def test_a_list(written, items):
    text = f"""locals {{
  list   = ["x", local.y]
  y      = "y"
  name   = "n"
  circle = local.other
  other  = local.circle
}}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions = {written}
  }}
}}
"""
    assert policies(text, given="g")[0]["Statement"][0]["Action"] == items


def test_values_that_are_given_stand_for_variables():
    found = read('resource "aws_iam_policy" "p" {\n  policy = jsonencode({ A = var.x, B = "${var.x}" })\n}', x="v")
    assert data(found.policies[0].node) == {"A": "v", "B": "v"}
    heredoc = '<<EOF\n{"A": "${var.x}", "B": "${var.y}"}\nEOF'
    assert managed(heredoc, x='q"') == {"A": 'q"', "B": "${var.y}"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (
            "{ A = aws_sqs_queue.q.arn }",
            {"A": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${aws_sqs_queue.q.name}"},
        ),
        ("{ A = var.x }", {"A": UNKNOWN}),
        ('{ "${var.url}:sub" = "a" }', {"${var.url}:sub": "a"}),
        ("{ (var.key) = 1 }", {"${var.key}": "1"}),
        ("{ A = true, B = null }", {"A": "true"}),
        ("{ A = { for k in var.x : k => k } }", {"A": UNKNOWN}),
    ],
)
def test_a_map(written, value):
    assert managed(f"jsonencode({written})") == value


def test_a_part_of_every_deployment_is_a_hole():
    node = read('resource "aws_iam_policy" "p" {\n  policy = jsonencode({ A = "${var.b}/*" })\n}').policies[0].node
    assert node.get("A").unresolved


def test_a_name_for_what_every_deployment_knows_is_that():
    text = """locals {
  account = data.aws_caller_identity.current.account_id
  prefix  = "arn:aws:iam::${local.account}"
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ A = "${local.prefix}:root" })
}
"""
    node = read(text).policies[0].node.get("A")
    assert (node.text, node.unresolved) == ("arn:aws:iam::${AWS::AccountId}:root", True)


# The data source


def test_conditions_with_the_same_test_are_one_operator():
    block = '    condition {{\n      test = "{}"\n      variable = "{}"\n      values = {}\n    }}\n'
    blocks = [("StringEquals", "a:b", '["1"]'), ("StringEquals", "a:c", '["2"]'), ("StringLike", "a:b", "[var.x]")]
    found = statement("".join(block.format(*each) for each in [*blocks, ("StringEquals", "a:b", '["3"]')]))
    assert found["Condition"] == {
        "StringEquals": {"a:b": ["1", "3"], "a:c": ["2"]},
        "StringLike": {"a:b": ["${var.x}"]},
    }


@pytest.mark.parametrize(
    ("blocks", "principal"),
    [
        ([("AWS", '["1"]'), ("Service", '["a.amazonaws.com"]')], {"AWS": ["1"], "Service": ["a.amazonaws.com"]}),
        ([("AWS", '["1"]'), ("AWS", "[var.x]")], {"AWS": ["1", "${var.x}"]}),
        ([("*", '["*"]')], "*"),
        ([("AWS", '["*"]')], {"AWS": ["*"]}),
        ([("${var.t}", '["*"]')], UNKNOWN),
    ],
)
def test_principals_are_gathered_by_type(blocks, principal):
    written = "".join(f'    principals {{\n      type = "{a}"\n      identifiers = {b}\n    }}\n' for a, b in blocks)
    assert statement(written)["Principal"] == principal
    assert statement(written.replace("principals", "not_principals"))["NotPrincipal"] == principal


def test_dynamic_blocks_are_not_known():
    dynamic = '    dynamic "{}" {{\n      for_each = var.x\n      content {{}}\n    }}\n'
    assert statement(dynamic.format("condition"))["Condition"] == UNKNOWN
    assert statement(dynamic.format("principals"))["Principal"] == UNKNOWN
    one = '    principals {\n      type = "AWS"\n      identifiers = ["1"]\n    }\n'
    assert statement(one + dynamic.format("principals"))["Principal"] == {"AWS": ["1", UNKNOWN]}
    text = 'data "aws_iam_policy_document" "d" {\n' + dynamic.format("statement") + "}"
    assert policies(text)[0]["Statement"] == [UNKNOWN]


def test_documents_that_go_into_another_are_merged_there():
    text = """data "aws_iam_policy_document" "base" {
  statement {
    actions = ["a"]
  }
}
data "aws_iam_policy_document" "whole" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
}
resource "aws_organizations_policy" "p" {
  content = data.aws_iam_policy_document.whole.json
}
"""
    found = read(text).policies
    assert [data(each.node)["Statement"] for each in found] == [[{"Effect": "Allow", "Action": ["a"]}]] * 2
    assert [each.node.get("Statement").items[0].location.line for each in found] == [2, 7]
    assert {each.type for each in found} == {PolicyType.SCP}


# What a policy is for


def use(resource, attribute="policy", more=""):
    """The policy of a resource that refers to a data source, without its node."""
    text = f"""data "aws_iam_policy_document" "d" {{
  statement {{
    actions = ["a"]
  }}
}}
resource "aws_iam_role" "r" {{
  name = "real-name"
}}
resource "{resource}" "x" {{
  {attribute} = data.aws_iam_policy_document.d.json
  {more}
}}
"""
    (found,) = read(text).policies
    assert found.name == "data.aws_iam_policy_document.d"
    return found


@pytest.mark.parametrize(
    ("resource", "attribute", "type_", "resource_type"),
    [
        ("aws_iam_role", "assume_role_policy", PolicyType.TRUST, "AWS::IAM::Role"),
        ("aws_s3_bucket_policy", "policy", PolicyType.RESOURCE, "AWS::S3::Bucket"),
        ("aws_kms_key", "policy", PolicyType.RESOURCE, "AWS::KMS::Key"),
        ("aws_opensearch_domain", "access_policies", PolicyType.RESOURCE, "AWS::OpenSearchService::Domain"),
        ("aws_organizations_policy", "content", PolicyType.SCP, None),
        ("aws_ssoadmin_permission_set_inline_policy", "inline_policy", PolicyType.IDENTITY, None),
    ],
)
def test_a_resource_says_what_its_policy_is_for(resource, attribute, type_, resource_type):
    found = use(resource, attribute)
    assert (found.type, found.resource_type, found.managed, found.owner) == (type_, resource_type, False, None)


@pytest.mark.parametrize(
    ("kind", "type_"), [("RESOURCE_CONTROL_POLICY", PolicyType.RCP), ("SERVICE_CONTROL_POLICY", PolicyType.SCP)]
)
def test_an_organization_has_policies_of_several_kinds(kind, type_):
    assert use("aws_organizations_policy", "content", f'type = "{kind}"').type is type_


def test_tag_policies_are_in_a_language_of_their_own():
    text = 'resource "aws_organizations_policy" "p" {\n  type = "TAG_POLICY"\n  content = jsonencode({ tags = {} })\n}'
    assert read(text).policies == ()


@pytest.mark.parametrize("role", ["aws_iam_role.r.name", "aws_iam_role.r.id", '"real-name"', "aws_iam_role.r[0].name"])
def test_an_inline_policy_has_an_owner(role):
    found = use("aws_iam_role_policy", more=f"role = {role}")
    assert (found.type, found.owner, found.owner_kind) == (PolicyType.IDENTITY, "aws_iam_role.r", "role")


@pytest.mark.parametrize("kind", ["user", "group"])
def test_users_and_groups_have_inline_policies(kind):
    found = use(f"aws_iam_{kind}_policy", more=f'{kind} = "n"')
    assert (found.owner, found.owner_kind) == ("n", kind)


def test_a_managed_policy_is_one():
    assert use("aws_iam_policy").managed


def test_blocks_of_a_role_are_its_inline_policies():
    text = """resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({ Statement = [] })
  inline_policy {
    name   = "a"
    policy = jsonencode({ Version = "2012-10-17" })
  }
  managed_policy_arns = ["arn:aws:iam::aws:policy/A", aws_iam_policy.p.arn]
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/B"
}
resource "aws_iam_policy_attachment" "b" {
  roles      = [aws_iam_role.r.name]
  users      = ["u"]
  policy_arn = aws_iam_policy.p.arn
}
"""
    file = read(text)
    assert [(each.type.value, each.owner) for each in file.policies] == [
        ("trust", None),
        ("identity", "aws_iam_role.r"),
    ]
    assert [(each.node.text, each.owner) for each in file.attachments] == [
        ("arn:aws:iam::aws:policy/A", "aws_iam_role.r"),
        (f"{POLICY_ARN}/${{aws_iam_policy.p.name}}", "aws_iam_role.r"),
        ("arn:aws:iam::aws:policy/B", "aws_iam_role.r"),
        (f"{POLICY_ARN}/${{aws_iam_policy.p.name}}", "aws_iam_role.r"),
        (f"{POLICY_ARN}/${{aws_iam_policy.p.name}}", "u"),
    ]


@pytest.mark.parametrize(
    ("inside", "type_"),
    [
        ('actions = ["s3:GetObject"]', PolicyType.IDENTITY),
        ('actions = ["sts:AssumeRole"]\nprincipals {\ntype = "AWS"\nidentifiers = ["*"]\n}', PolicyType.TRUST),
        ('actions = ["s3:GetObject"]\nprincipals {\ntype = "AWS"\nidentifiers = ["*"]\n}', PolicyType.RESOURCE),
    ],
)
def test_a_document_that_nothing_uses_is_taken_for_what_it_looks_like(inside, type_):
    text = f'data "aws_iam_policy_document" "d" {{\n  statement {{\n{inside}\n  }}\n}}'
    assert [each.type for each in read(text).policies] == [type_]


def test_an_empty_sid_does_not_come_into_the_policy():
    assert statement('    sid = ""\n    actions = ["a"]') == {"Effect": "Allow", "Action": ["a"]}


def test_policies_in_arguments_of_modules_and_in_locals_are_looked_at():
    text = """locals {
  used   = jsonencode({ Statement = [{ Sid = "used" }] })
  unused = jsonencode({ Statement = [{ Sid = "unused" }] })
  other  = { a = 1, a = 2 }
}
resource "aws_iam_policy" "p" {
  policy = local.used
}
module "m" {
  source = "./m"
  policy = <<-EOF
    {"Statement": [{"Principal": "*"}]}
  EOF
  text   = "{ no policy"
}
"""
    file = read(text)
    assert [(each.name, each.type.value) for each in file.policies] == [
        ("aws_iam_policy.p", "identity"),
        ("local.unused", "identity"),
        ("module.m.policy", "resource"),
    ]
    assert file.duplicate_keys == ()


LAYER = "arn:aws:lambda:us-east-1:111122223333:layer:tools"


@pytest.mark.parametrize(
    ("layer", "version", "arn"),
    [
        (f'"{LAYER}"', "3", f"{LAYER}:3"),
        ('"tools"', '"3"', "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:layer:tools:3"),
        ("aws_lambda_layer_version.l.layer_arn", "3", "${aws_lambda_layer_version.l.layer_arn}:3"),
        (f'"{LAYER}"', "aws_lambda_layer_version.l.version", f"{LAYER}:${{LayerVersion}}"),
    ],
    ids=["ARN", "name", "reference", "unknown version"],
)
def test_a_permission_of_a_layer_version_is_a_statement(layer, version, arn):
    text = f"""resource "aws_lambda_layer_version_permission" "p" {{
  layer_name      = {layer}
  version_number  = {version}
  principal       = "*"
  organization_id = "o-1234567890"
  action          = "lambda:GetLayerVersion"
  statement_id    = "everyone"
}}
"""
    (found,) = read(text).policies
    (statement,) = data(found.node)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Sid": "everyone",
        "Principal": "*",
        "Action": "lambda:GetLayerVersion",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}},
    }
    assert (found.type, found.resource_type) == (PolicyType.RESOURCE, "AWS::Lambda::LayerVersion")


def test_a_lambda_permission_is_a_statement():
    text = """resource "aws_lambda_permission" "p" {
  statement_id   = "S3"
  action         = "lambda:InvokeFunction"
  function_name  = "f"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.b.arn
  source_account = 123456789012
}
"""
    (found,) = read(text).policies
    assert data(found.node) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "S3",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:s3:::${aws_s3_bucket.b.bucket}"},
                    "StringEquals": {"aws:SourceAccount": "123456789012"},
                },
            }
        ],
    }
    assert (found.type, found.resource_type) == (PolicyType.RESOURCE, "AWS::Lambda::Function")
    statement = found.node.get("Statement").items[0]
    assert placed(text, statement.key("Principal")) == "principal"
    assert placed(text, statement.get("Action")) == '"lambda:InvokeFunction"'
    assert placed(text, statement) == text.rstrip()


# What cannot be read


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('file("policy.json")', "cannot read `policy.json`"),
        ('templatefile("p.tpl", {\n    a = 1\n  })', "cannot read `p.tpl`"),
        ("var.policy", "`var.policy` is not known before deployment"),
        ("module.m.policy", "`module.m.policy` is not known before deployment"),
        ('"${var.policy}"', "`var.policy` is not known before deployment"),
        ("<<EOF\n${var.policy}\nEOF", "`var.policy` is not known before deployment"),
    ],
)
def test_a_policy_that_is_not_known_is_not_evaluated(value, reason):
    file = read(f'resource "aws_iam_policy" "p" {{\n  policy = {value}\n}}\n')
    assert file.policies == ()
    (gap,) = file.not_evaluated
    assert (gap.kind, gap.subject.name) == (NotEvaluatedKind.UNDECIDABLE, "aws_iam_policy.p")
    assert gap.reason == reason
    assert gap.what == "the value at main.tf:2:12"


def test_a_document_of_another_file_is_named():
    file = read('resource "aws_iam_policy" "p" {\n  policy = data.aws_iam_policy_document.other.json\n}\n')
    assert file.not_evaluated[0].reason == "`data.aws_iam_policy_document.other.json` is in another file"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a = {", 1, 6),
        ('a = ["x" "y"]', 1, 10),
        ("b = 1\na = }", 2, 5),
        ('resource "x" "y" {\n  p = <<EOF\n{}\n}\n', 2, 7),
        ('a = "x\n', 1, 7),
    ],
)
def test_malformed_hcl_has_a_place(text, line, column):
    error = read_configuration("main.tf", text, ParameterValues()).syntax_error
    assert (error.location.line, error.location.column) == (line, column)
    assert error.message.startswith("malformed HCL")


@pytest.mark.parametrize("value", ['<<EOF\n{"Action": }\nEOF', r'"{\"Action\": }"'])
def test_malformed_json_in_a_policy_has_a_place_and_other_policies_are_read(value):
    good = 'resource "aws_iam_policy" "q" {\n  policy = jsonencode({ Statement = [] })\n}\n'
    file = read_configuration(
        "main.tf", f'{good}resource "aws_iam_policy" "p" {{\n  policy = {value}\n}}\n', ParameterValues()
    )
    assert file.syntax_error.location.line in (5, 6)
    assert len(file.policies) == 1


def test_keys_that_stand_twice_are_told():
    file = read('resource "aws_iam_policy" "p" {\n  policy = jsonencode({ A = 1, A = 2, "${x}" = 1, "${x}" = 2 })\n}')
    assert [str(each.location) for each in file.duplicate_keys] == ["main.tf:2:32"]
    file = read('resource "aws_iam_policy" "p" {\n  policy = <<EOF\n{"A": 1, "A": 2}\nEOF\n}')
    assert [str(each.location) for each in file.duplicate_keys] == ["main.tf:3:10"]


def test_deep_and_large_texts_are_refused():
    deep = 'resource "aws_iam_policy" "p" {\n  policy = ' + "[" * 5000 + "]" * 5000 + "\n}"
    assert "levels deep" in read_configuration("main.tf", deep, ParameterValues()).syntax_error.message
    long = read_configuration("main.tf", "#" * (MAX_FILE_LENGTH + 1), ParameterValues())
    assert "the limit is" in long.syntax_error.message


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("item", "length"), [("[local.l{}]", 1500), ("[[[[[[[[[[local.l{}]]]]]]]]]]", 300), ('"${{local.l{}}}"', 1500)]
)
def test_long_chains_of_locals_are_not_followed_to_their_end(item, length, order):
    names = [f"  l{n} = {item.format(n - 1)}" for n in range(1, length)][::order]
    text = "locals {\n  l0 = []\n" + "\n".join(names) + "\n}\n"
    uses = [
        f'resource "aws_iam_policy" "p{n}" {{\n  policy = local.l{n}\n}}\n' for n in range(length - 1, 0, -length // 10)
    ][::order]
    file = read(text + "".join(uses))
    assert all(sum(1 for _ in each.node.walk()) < 1000 for each in file.policies)


def test_locals_that_grow_with_each_use_are_not_followed_for_ever():
    names = "\n".join(f"  l{n} = [local.l{n - 1}, local.l{n - 1}]" for n in range(1, 60))
    text = f'locals {{\n  l0 = ["a"]\n{names}\n}}\nresource "aws_iam_policy" "p" {{\n  policy = local.l59\n}}\n'
    read(text)


# JSON syntax, and our own output


def test_a_configuration_in_json():
    text = json.dumps(
        {
            "locals": {"list": ["x"]},
            "data": {
                "aws_iam_policy_document": {
                    "d": {
                        "statement": [
                            {
                                "actions": "${local.list}",
                                "resources": ["${aws_s3_bucket.b.arn}/*", "${aws_s3_bucket.b.arn}", "&{aws:userid}"],
                                "condition": {"test": "Bool", "variable": "aws:x", "values": ["$${a}"]},
                            }
                        ]
                    }
                }
            },
            "resource": {
                "aws_s3_bucket_policy": {"p": [{"policy": "${data.aws_iam_policy_document.d.json}"}]},
                "aws_iam_policy": {"q": {"policy": json.dumps({"Id": "${var.x}"})}},
            },
        },
        indent=1,
    )
    first, second = read(text, "main.tf.json").policies
    assert data(first.node)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["x"],
            "Resource": [
                "arn:${AWS::Partition}:s3:::${aws_s3_bucket.b.bucket}/*",
                "arn:${AWS::Partition}:s3:::${aws_s3_bucket.b.bucket}",
                "${aws:userid}",
            ],
            "Condition": {"Bool": {"aws:x": ["${a}"]}},
        }
    ]
    assert first.resource_type == "AWS::S3::Bucket"
    assert data(second.node) == {"Id": "${var.x}"}
    assert placed(text, first.node.get("Statement").items[0].get("Resource").items[1]) == '"${aws_s3_bucket.b.arn}"'


@pytest.mark.parametrize("example", [name for name, outputs in GOLDEN.items() if "main.tf" in outputs])
def test_what_generate_writes_is_read_back(example):
    expected = EXAMPLES / example / "expected"
    file = read((expected / "main.tf").read_text(encoding="utf-8"), str(expected / "main.tf"))
    identity = [each for each in file.policies if each.type is PolicyType.IDENTITY]
    assert [each.owner for each in identity] == [f"aws_iam_role.{identity[0].owner.split('.')[1]}"]
    written = json.loads((expected / "policy.json").read_text(encoding="utf-8"))
    assert unlisted(data(identity[0].node)) == unlisted(written)
    assert identity[0].value is not None
    assert not any(each.kind is NodeKind.UNKNOWN or each.unresolved for each in identity[0].node.walk())
