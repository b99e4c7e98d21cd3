"""The spec of a function from what its code needs: which entries it has, and the names of its parameters."""

from __future__ import annotations

import pytest

import iamglue
from iamglue.infer.spec_parameters import spec_parameter

HEAD = 'import os\nimport boto3\ns3 = boto3.client("s3")\n\ndef handler(event, context):\n'


@pytest.fixture
def entries(tmp_path):
    """Gives the entries for the body of a handler: list, bucket, prefix and verbs."""

    def read(*lines):
        (tmp_path / "app.py").write_text(HEAD + "".join(f"    {line}\n" for line in lines))
        (function,) = iamglue.infer_code(str(tmp_path / "app.py")).spec.functions
        return [(str(entry.access), entry.resource.text, entry.prefix, entry.do) for entry in function.entries]

    return read


def test_an_entry_for_a_whole_bucket_holds_that_for_a_prefix(entries):
    assert entries('s3.get_object(Bucket="images", Key=event["k"])', 's3.get_object(Bucket="images", Key="in/a")') == [
        ("reads", "images", None, ())
    ]


def test_an_entry_for_a_whole_bucket_with_more_actions_holds_that_for_a_prefix(entries):
    get, listed = 's3.get_object(Bucket="images", Key=event["k"])', 's3.list_objects_v2(Bucket="images")'
    assert entries(get, listed, 's3.get_object(Bucket="images", Key="in/a")') == [
        ("reads", "images", None, ("get", "list"))
    ]


def test_an_entry_for_a_prefix_stays_where_that_for_the_whole_bucket_grants_something_else(entries):
    written = entries('s3.put_object(Bucket="images", Key=event["k"])', 's3.get_object(Bucket="images", Key="in/a")')
    assert [(place, prefix) for place, _, prefix, _ in written] == [("reads", "in/"), ("writes", None)]


# https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("context.function_name", ["app"]),
        ('os.environ["AWS_LAMBDA_FUNCTION_NAME"]', ["app"]),
        ("context.invoked_function_arn", ["app", "app:*"]),
    ],
)
def test_a_function_that_invokes_itself_calls_its_own_name(entries, name, own):
    written = entries(f'boto3.client("lambda").invoke(FunctionName={name})')
    assert [resource for _, resource, _, _ in written] == own


def test_a_function_of_javascript_that_invokes_itself_calls_its_own_name(tmp_path):
    pytest.importorskip("tree_sitter")
    (tmp_path / "app.js").write_text(
        'const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda");\n'
        "exports.handler = async (event, context) =>\n"
        "  new LambdaClient({}).send(new InvokeCommand({ FunctionName: context.invokedFunctionArn }));\n"
    )
    (function,) = iamglue.infer_code(str(tmp_path / "app.js")).spec.functions
    assert [entry.resource.text for entry in function.entries] == ["app", "app:*"]


def test_a_comment_of_the_entry_for_the_whole_bucket_names_the_calls_of_both(tmp_path):
    calls = 's3.get_object(Bucket="images", Key=event["k"])', 's3.get_object(Bucket="images", Key="in/a")'
    (tmp_path / "app.py").write_text(HEAD + "".join(f"    {call}\n" for call in calls))
    (function,) = iamglue.infer_code(str(tmp_path / "app.py")).functions
    (comments,) = function.comments.values()
    assert comments[0].endswith("app.py:6, " + comments[0].partition(":6")[0] + ":7")


@pytest.mark.parametrize(
    ("call", "is_asked"),
    [
        ("s3.list_buckets()", False),
        ('s3.get_object(Bucket=event["b"], Key="k")', True),
        ('boto3.client("cloudwatch").put_metric_data(Namespace=event["n"], MetricData=[])', True),
    ],
)
def test_a_comment_asks_for_a_name_only_where_an_entry_may_have_one(tmp_path, call, is_asked):
    (tmp_path / "app.py").write_text(HEAD + f"    {call}\n")
    assert ("name it" in iamglue.infer_code(str(tmp_path / "app.py")).spec_text) == is_asked


def test_a_parameter_for_an_element_of_a_list_is_not_called_the_value_of_its_variable(tmp_path):
    loop = 'for name in os.environ["BUCKETS"].split(","):\n        s3.get_object(Bucket=name, Key="k")'
    (tmp_path / "app.py").write_text(HEAD + f"    {loop}\n")
    assert "${BUCKETS} is an element of the list in BUCKETS" in iamglue.infer_code(str(tmp_path / "app.py")).spec_text


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("TABLE_NAME", "TableName"),
        ("table_name", "TableName"),
        ("TableName", "TableName"),
        ("Table.Arn", "TableArn"),
        ("AWS::Region", "AWSRegion"),
        ("TABLE", "TABLE"),
        ("2nd_TABLE", "Value2ndTable"),
    ],
)
def test_a_parameter_of_a_spec_is_named_in_one_way_wherever_its_value_comes_from(name, parameter):
    assert spec_parameter(name) == parameter


def test_a_key_whose_arn_is_in_an_environment_variable_has_an_entry_of_its_own(entries):
    put = 's3.put_object(Bucket="images", Key="k", SSEKMSKeyId=os.environ["{}"])'
    assert ("calls", None, None, ("generate-data-key",)) in entries(put.format("KEY_ARN"))
    assert entries(put.format("KEY_ID")) == [("writes", "images", None, ())]
