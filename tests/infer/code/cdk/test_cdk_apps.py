"""Which app of the CDK counts, and apps that cannot be read or followed to their end."""

from __future__ import annotations

import json

import pytest

import iamglue

CODE = """
import os
import boto3

def handler(event, context):
    boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key="a")
"""
STACK = """
from aws_cdk import App, Stack, aws_lambda as lambda_, aws_s3 as s3

class Images(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(self, "Bucket", bucket_name="from-source")
        lambda_.Function(
            self, "Reader", handler="app.handler", runtime=lambda_.Runtime.PYTHON_3_12,
            code=lambda_.Code.from_asset("src"), environment={"BUCKET": bucket.bucket_name},
        )

Images(App(), "Images")
"""


@pytest.fixture
def bucket_of(tmp_path):
    """Gives the bucket of the call in src/app.py with these files, and the notes."""

    def read(**files):
        for name, text in {"src/app.py": CODE, "cdk.json": '{"app": "python3 stack.py"}', **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        result = iamglue.infer_code(str(tmp_path / "src"))
        return [access.resource for access in result.code.access], result.notes

    return read


def test_the_source_of_an_app_gives_the_name_of_a_bucket(bucket_of):
    assert bucket_of(**{"stack.py": STACK})[0] == ["from-source"]


def test_a_synthesized_template_counts_before_the_source(bucket_of):
    function = {
        "Handler": "app.handler",
        "Runtime": "python3.12",
        "Environment": {"Variables": {"BUCKET": "from-template"}},
    }
    template = {"Resources": {"Reader": {"Type": "AWS::Lambda::Function", "Properties": function}}}
    files = {"stack.py": STACK, "cdk.out/Images.template.json": json.dumps(template)}
    assert bucket_of(**files)[0] == ["from-template"]


@pytest.mark.parametrize(
    ("configuration", "stack", "problem"),
    [
        ('{"app": "mvn -e -q compile exec:java"}', "", "not in a Python, JavaScript or TypeScript file"),
        ("{", STACK, "cdk.json is not JSON"),
    ],
)
def test_an_app_that_cannot_be_read_is_said(bucket_of, configuration, stack, problem):
    resources, notes = bucket_of(**{"cdk.json": configuration, "stack.py": stack})
    assert resources == ["${BUCKET}"]
    assert any(problem in note for note in notes)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("def again(n):\n    return again(n)\nagain(1)\n", id="a function that calls itself"),
        pytest.param("import stack\nfrom stack import Missing\n", id="a module that imports itself"),
        pytest.param("x = 'a'\n" + "x = x + x\n" * 100, id="a text that grows"),
        pytest.param("x = ['a']\n" + "x = [*x, *x]\n" * 100, id="a list that grows"),
        pytest.param("x = " + "(" * 90 + "1" + ")" * 90 + "\n", id="nesting"),
        pytest.param("def f(n):\n    f(n + 1)\n    f(n + 2)\nf(0)\n", id="a function that calls itself twice"),
    ],
)
def test_what_comes_before_a_stack_does_not_keep_it_from_being_read(bucket_of, lines):
    assert bucket_of(**{"stack.py": lines + STACK})[0] == ["from-source"]


def test_an_app_that_is_too_large_is_said(bucket_of):
    loops = "".join(f"{'    ' * depth}for i{depth} in [1, 2, 3, 4, 5, 6, 7, 8]:\n" for depth in range(7))
    lines = f"{loops}{'    ' * 7}x = 1\n"
    _, notes = bucket_of(**{"stack.py": STACK + lines})
    assert any("too large to be followed" in note for note in notes)


def test_a_file_that_does_not_parse_is_said(bucket_of):
    files = {"stack.py": f"import broken\n{STACK}", "broken.py": "def (:\n"}
    resources, notes = bucket_of(**files)
    assert resources == ["from-source"]
    assert any("broken.py:1: the file does not parse" in note for note in notes)


def test_a_default_of_the_code_is_not_the_name_where_the_environment_is_not_known_in_full(bucket_of):
    stack = STACK.replace('{"BUCKET": bucket.bucket_name}', '{"OTHER": "x", **variables()}')
    code = CODE.replace('os.environ["BUCKET"]', 'os.environ.get("BUCKET", "default")')
    resources, notes = bucket_of(**{"stack.py": f"from settings import variables\n{stack}", "src/app.py": code})
    assert resources == ["${BUCKET}"]
    assert any("some of its environment is not known" in note for note in notes)


@pytest.mark.parametrize("line", ["company.set_up(reader)", "reader.node.default_child.add_override('a', 'b')"])
def test_code_that_is_not_read_may_set_variables_of_a_function_that_it_gets(bucket_of, line):
    stack = STACK.replace("        lambda_.Function(", "        reader = lambda_.Function(").replace(
        '{"BUCKET": bucket.bucket_name}', '{"OTHER": "x"}'
    )
    stack = stack.replace("\nImages(App()", f"        {line}\n\nImages(App()")
    code = CODE.replace('os.environ["BUCKET"]', 'os.environ.get("BUCKET", "default")')
    assert bucket_of(**{"stack.py": f"import company\n{stack}", "src/app.py": code})[0] == ["${BUCKET}"]


# Each sets the variable of a function that is made with another one, so that the code's default never counts.
@pytest.mark.parametrize(
    "statements",
    [
        ["self.reader = reader = {function}", 'reader.add_environment("BUCKET", "set")'],
        [
            "reader = {function}",
            'match kw["stage"]:',
            '    case "prod":',
            '        reader.add_environment("BUCKET", "set")',
        ],
        ["reader = {function}", "while True:", '    reader.add_environment("BUCKET", "set")', "    break"],
        ['readers = [{function} for name in ["a"]]', 'readers[0].add_environment("BUCKET", "set")'],
        ['readers = {{"a": {function}}}', '[one.add_environment("BUCKET", "set") for one in readers.values()]'],
        ['readers = {{name: {function} for name in ["a"]}}', 'readers["a"].add_environment("BUCKET", "set")'],
        ["readers = []", "readers.extend([{function}])", 'readers[0].add_environment("BUCKET", "set")'],
        ["reader, *others = [{function}]", 'reader.add_environment("BUCKET", "set")'],
        ["other, *readers = [1, {function}]", 'readers[0].add_environment("BUCKET", "set")'],
        ["reader = {function}", "try:", "    return", "finally:", '    reader.add_environment("BUCKET", "set")'],
        ["import other", "reader = {function}", 'other.each(lambda _: reader.add_environment("BUCKET", "set"))'],
        ['variables.setdefault("BUCKET", "set")', "{function}"],
        ['variables = variables | {{"BUCKET": "set"}}', "{function}"],
    ],
)
def test_a_variable_is_set_in_whatever_way_python_writes_it(statements, bucket_of):
    function = (
        'lambda_.Function(self, "Reader", handler="app.handler", code=lambda_.Code.from_asset("src"), '
        "environment=variables)"
    )
    body = ['variables = {"OTHER": "x"}', *(line.format(function=function) for line in statements)]
    stack = "".join(f"        {line}\n" for line in body)
    stack = STACK[: STACK.index("        bucket =")] + stack + STACK[STACK.index("\nImages(") :]
    code = CODE.replace('os.environ["BUCKET"]', 'os.environ.get("BUCKET", "default")')
    assert bucket_of(**{"src/app.py": code, "stack.py": stack})[0] == ["set"]


def test_a_function_in_a_mapping_that_other_code_is_given_may_have_any_variable(bucket_of):
    given = '        import other\n        other.configure({"readers": [reader]})\n'
    stack = STACK.replace("        lambda_.Function(", "        reader = lambda_.Function(").replace("BUCKET", "OTHER")
    code = CODE.replace('os.environ["BUCKET"]', 'os.environ.get("BUCKET", "default")')
    stack = stack[: stack.index("\nImages(")] + given + stack[stack.index("\nImages(") :]
    buckets, notes = bucket_of(**{"src/app.py": code, "stack.py": stack})
    assert buckets == ["${BUCKET}"]
    assert any("some of its environment is not known" in note for note in notes)
