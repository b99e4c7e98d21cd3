"""The reader of JavaScript and TypeScript: entry points, files of a project, and code that is hostile or too large."""

from __future__ import annotations

import sys

import pytest

from iamglue.errors import IamglueError
from iamglue.infer.code.calls import CodeFile, Handler
from iamglue.infer.code.javascript import grammar
from iamglue.infer.code.javascript.aws_traces import has_aws_traces
from iamglue.infer.code.javascript.reader import MAX_FILE_BYTES, read_javascript

HEAD = 'const {S3Client, GetObjectCommand} = require("@aws-sdk/client-s3");\nconst s3 = new S3Client({});\n'
GET = 's3.send(new GetObjectCommand({Bucket: "last", Key: "k"}));'


def _read(*files, handlers=()):
    return read_javascript([CodeFile(path, text) for path, text in files], handlers)


def _handler(body):
    return f"{HEAD}exports.handler = async (event) => {{\n{body}\n{GET}\n}};\n"


def _buckets(reading):
    return {text[0] for call in reading.calls for text in call.parameters["Bucket"].texts if len(text) == 1}


def test_what_the_named_handler_does_not_reach_is_not_reached():
    text = f"{HEAD}exports.one = () => {GET}\nexports.two = () => {GET}\n"
    reading = _read(("a.js", text), handlers=[Handler("a.js", "two")])
    assert [(call.place.line, call.is_reached) for call in reading.calls] == [(3, False), (4, True)]


def test_a_named_handler_that_the_file_does_not_export_is_reported():
    reading = _read(("a.js", "exports.one = () => 1;"), handlers=[Handler("a.js", "two")])
    assert [failure.reason for failure in reading.failed] == ["the file has no `two` that Lambda could invoke"]


def test_an_alias_of_tsconfig_names_a_file_of_the_project():
    reading = _read(
        ("tsconfig.json", '{/* x */ "compilerOptions": {"baseUrl": ".", "paths": {"#lib/*": ["src/lib/*"],}}}'),
        ("src/lib/names.ts", "export const bucket = 'aliased';"),
        (
            "src/index.ts",
            (
                "import { bucket } from '#lib/names';\nimport { S3 } from '@aws-sdk/client-s3';\n"
                "export const handler = async () => new S3({}).getObject({ Bucket: bucket, Key: 'k' });\n"
            ),
        ),
    )
    assert _buckets(reading) == {"aliased"}


def test_values_of_an_imported_json_file_are_known():
    text = (
        "import config from './config.json';\nimport { S3 } from '@aws-sdk/client-s3';\n"
        "export const handler = async () => new S3({}).getObject({ Bucket: config.buckets[0], Key: 'k' });\n"
    )
    assert _buckets(_read(("index.mjs", text), ("config.json", '{"buckets": ["from-json"]}'))) == {"from-json"}


def test_a_package_of_the_project_is_found_by_its_name():
    reading = _read(
        ("common/package.json", '{"name": "@app/common", "main": "dist/index.js"}'),
        ("common/src/index.ts", "export { bucket } from './names';"),
        ("common/src/names.ts", "export const bucket = 'shared';"),
        (
            "orders/index.ts",
            (
                "import { bucket } from '@app/common';\nimport { S3 } from '@aws-sdk/client-s3';\n"
                "export const handler = async () => new S3({}).getObject({ Bucket: bucket, Key: 'k' });\n"
            ),
        ),
    )
    assert _buckets(reading) == {"shared"}


def test_modules_that_export_all_of_each_other_are_read():
    reading = _read(
        ("a.js", "export * from './b';\nexport { x } from './b';\nimport { y } from './b';\nexport const z = y;"),
        ("b.js", f"export * from './a';\nimport {{ z }} from './a';\nexport const y = z;\n{HEAD}{GET}"),
    )
    assert _buckets(reading) == {"last"}


@pytest.mark.parametrize(
    "body",
    [
        f"const a = {'[' * 5000}{']' * 5000};",
        f"const a = {'(' * 5000}1{')' * 5000};",
        "f(" * 3000 + "1" + ")" * 3000,
        "{" * 3000 + "}" * 3000,
        "if (a) {" * 2000 + "}" * 2000,
        f"const a = {'`${' * 1000}1{'}`' * 1000};",
    ],
    ids=["lists", "parentheses", "calls", "blocks", "branches", "templates"],
)
def test_code_that_is_nested_deeply_is_reported_and_the_rest_is_read(body):
    reading = _read(("a.js", _handler(body)))
    assert _buckets(reading) == {"last"}
    assert [(failure.place.line, "nested too deeply" in failure.reason) for failure in reading.failed] == [(4, True)]


@pytest.mark.parametrize(
    "body",
    [
        "(() => {" * 1000 + "})();" * 1000,
        "const a = " + "+".join(["'x'"] * 10_000) + ";",
        "s3" + ".on('x')" * 3000 + ";",
        "if (a) {} " + "else if (b) {} " * 3000,
        "s3.config" + ".then((x) => x)" * 500 + ";",
    ],
    ids=["functions", "sums", "calls", "branches", "promises"],
)
def test_long_chains_and_nested_functions_are_read_as_a_whole(body):
    reading = _read(("a.js", _handler(body)))
    assert (_buckets(reading), reading.failed) == ({"last"}, ())


@pytest.mark.parametrize(
    "body",
    [
        "let s = 'a'; for (;;) { s = s + s; s += 'x'; } ",
        "const grow = (s) => s.length > 9 ? s : grow(s + 'a'); const s = grow('b');",
        "let o = {}; for (const x of event.list) { o = {o, ...o, x}; } const s = o.o.o;",
        "let s = event; while (s) { s = s.next; }",
        "const s = {}; s.self = s; s.Bucket = s; s.__proto__ = s;",
        "const Y = (f) => ((x) => x(x))((x) => f((y) => x(x)(y))); const s = Y((r) => (n) => r(n))(1);",
    ],
    ids=["texts", "recursive-texts", "objects", "paths", "cycles", "functions"],
)
def test_values_that_grow_without_end_are_bounded(body):
    text = f"{body}\nawait s3.send(new GetObjectCommand({{Bucket: s, Key: 'k'}}));"
    reading = _read(("a.js", _handler(text)))
    assert len(reading.calls) == 2
    assert all(len(call.parameters["Bucket"].texts) <= 40 for call in reading.calls)


@pytest.mark.parametrize("text", ["", "\ufeff", "\x00\xff}}}{{{((( class extends function*** => `${`${`", "\ud800"])
def test_a_file_that_is_no_program_has_no_calls(text):
    assert _read(("a.ts", text)).calls == ()


def test_a_file_that_is_too_large_is_reported_and_not_read():
    reading = _read(("big.js", "x;" * MAX_FILE_BYTES), ("a.js", HEAD + GET))
    assert [failure.place.path for failure in reading.failed] == ["big.js"]
    assert reading.read == ("a.js",)


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tree_sitter_javascript", None)
    grammar._parser.cache_clear()
    with pytest.raises(IamglueError) as caught:
        _read(("a.js", "1"))
    grammar._parser.cache_clear()
    assert caught.value.hint == "pip install 'iamglue[javascript]'"


MIDDY = """import middy from '@middy/core';
import sts from '@middy/sts';
import ssm from '@middy/ssm';
export const handler = middy(async () => ({}))
  .use(sts({ fetchData: { reader: { RoleArn: 'arn:aws:iam::111122223333:role/reader' } } }))
  .use(ssm({ fetchData: { own: '/own' } }))
  .use(ssm({ fetchData: { theirs: '/theirs' }, awsClientAssumeRole: 'reader' }))
  .use(ssm({ fetchData: { west: '/west' }, awsClientOptions: { region: 'us-west-2' } }));
"""


def test_a_middleware_with_the_credentials_of_an_assumed_role_does_not_use_the_functions_own():
    calls = [call for call in _read(("index.mjs", MIDDY)).calls if call.client == "ssm"]
    assert [(call.place.line, call.role is not None) for call in calls] == [(6, False), (7, True), (8, False)]


def test_the_options_that_a_middleware_makes_its_client_with_give_the_region():
    calls = {call.place.line: call.region for call in _read(("index.mjs", MIDDY)).calls if call.client == "ssm"}
    assert calls[6] is None
    assert list(calls[8].texts) == [("us-west-2",)]


# Long enough that a program is followed to the end only if something of AWS is in it.
PADDING = "".join(f"function add{number}(value) {{ return value + {number}; }}\n" for number in range(2_600))


@pytest.mark.parametrize(
    "text",
    [
        "const {db} = require('./db'); exports.handler = (event) => db.getItem({TableName: 't', Key: {}});",
        "class A { run() { return this.queue.sendMessage({QueueUrl: 'u', MessageBody: 'x'}); } } module.exports = {A};",
    ],
)
def test_a_call_in_a_long_program_is_reported_though_nothing_else_is_of_aws(text):
    assert [call.place.line for call in _read(("a.js", f"{PADDING}{text}")).unresolved] == [2_601]


@pytest.mark.parametrize(
    "package", ["@aws-sdk/client-s3", "aws-sdk", "@middy/ssm", "dynamoose", "sqs-consumer", "aws4"]
)
def test_a_program_that_names_a_package_of_aws_has_traces_of_it(package):
    assert has_aws_traces([f"const x = require('{package}');"])


@pytest.mark.parametrize(
    "text", ["withdraws(laws); draw({Key: 1});", "client.query({text: 'select 1'});", "db.get({Key: 1, Value: 2});"]
)
def test_a_program_without_names_or_calls_of_aws_has_no_traces_of_it(text):
    assert not has_aws_traces([text])


def test_a_long_program_without_aws_is_not_called_too_large_and_its_handlers_are_known():
    handlers = [Handler("a.js", "handler"), Handler("a.js", "other")]
    reading = _read(("a.js", f"{PADDING}exports.handler = (event) => add1(event);"), handlers=handlers)
    assert [failure.reason for failure in reading.failed] == ["the file has no `other` that Lambda could invoke"]
    assert (reading.calls, reading.unresolved) == ((), ())
