"""Programs that are broken, nested, endless or very large: reported, and read in bounded time."""

from __future__ import annotations

import pytest

from iamglue.infer.code.calls import CodeFile, CodeReading
from iamglue.infer.code.python import abstract_objects
from iamglue.infer.code.python.program import MAX_CHARACTERS
from iamglue.infer.code.python.reader import read_python
from iamglue.infer.code.python.texts import literal_of

GOOD = 'import boto3\n\n\ndef handler(event, context):\n    boto3.client("s3").get_object(Bucket="b", Key="k")\n'


def read(text: str) -> CodeReading:
    return read_python([CodeFile("app.py", text)])


def operations(reading: CodeReading) -> list[str]:
    return [f"{call.client}.{call.operation}" for call in reading.calls]


@pytest.mark.parametrize(
    "text",
    [
        'print "hello"\n',
        "def f(:\n",
        "a = '\0'\n",
        "(" * 3000,
        "x = " + "-" * 20000 + "1\n",
        "x" * (MAX_CHARACTERS + 1),
        "if a:\n\tb\n        c\n",
    ],
    ids=["python-2", "syntax", "null", "parentheses", "signs", "size", "tabs"],
)
def test_a_file_that_cannot_be_parsed_is_reported_and_the_others_are_read(text):
    reading = read_python([CodeFile("bad.py", text), CodeFile("good.py", GOOD)])
    assert [failed.place.path for failed in reading.failed] == ["bad.py"]
    assert all(failed.reason for failed in reading.failed)
    assert operations(reading) == ["s3.GetObject"]


@pytest.mark.parametrize(
    "expression",
    [
        "+".join(["a"] * 4000),
        "[" * 80 + "]" * 80,
        "a" + ".b" * 900,
        "a" + "[0]" * 900,
        "f(" * 90 + ")" * 90,
        " or ".join(["a"] * 4000),
    ],
    ids=["sum", "lists", "attributes", "indices", "calls", "or"],
)
def test_deep_nesting_does_not_hide_the_calls_of_the_file(expression):
    assert operations(read(f"{GOOD}\nx = {expression}\n")) == ["s3.GetObject"]


@pytest.mark.parametrize(
    "body",
    [
        "    while event:\n        name += 'x'\n",
        "    for _ in event:\n        name = name + name\n",
        "    while event:\n        name = f'{name}-{event}'\n",
        "    for a in event:\n        for b in a:\n            for c in b:\n                name = c + name\n",
    ],
    ids=["appended", "doubled", "formatted", "nested"],
)
def test_a_text_that_grows_in_a_loop_is_not_claimed_to_be_known(body):
    start = "import boto3\n\n\ndef handler(event, context):\n    name = 'a'\n"
    text = f"{start}{body}    boto3.client('s3').head_bucket(Bucket=name)\n"
    (call,) = read(text).calls
    bucket = call.parameters["Bucket"]
    assert not bucket.is_complete or any(not isinstance(part, str) for text in bucket.texts for part in text)


def test_a_global_text_that_a_function_appends_to_has_an_end():
    text = (
        "import boto3\n\nname = 'a'\n\n\ndef handler(event, context):\n    global name\n    name += 'b'\n"
        "    boto3.client('s3').head_bucket(Bucket=name)\n    handler(event, context)\n"
    )
    assert operations(read(text)) == ["s3.HeadBucket"]


def test_functions_that_call_each_other_without_end_are_read():
    text = (
        "import boto3\n\n\ndef a(n):\n    return b(n + 'x')\n\n\ndef b(n):\n"
        "    boto3.client('s3').head_bucket(Bucket=n)\n    return a(n + 'y')\n\n\n"
        "def handler(event, context):\n    a('z')\n"
    )
    assert set(operations(read(text))) == {"s3.HeadBucket"}


def test_names_with_quotes_and_newlines_are_values_as_any_other():
    text = "import boto3\n\n\ndef handler(event, context):\n    boto3.client('s3').head_bucket(Bucket='a\"\\n\\'b')\n"
    (call,) = read(text).calls
    assert call.parameters["Bucket"].texts == {("a\"\n'b",)}


def test_files_that_import_each_other_and_themselves_are_read():
    files = [
        CodeFile("a.py", "import a\nfrom b import *\nfrom . import a as c\n" + GOOD),
        CodeFile("b.py", "from a import *\nfrom c import *\n"),
        CodeFile("c.py", "from b import *\n"),
    ]
    assert operations(read_python(files)) == ["s3.GetObject"]


def test_a_program_that_takes_too_much_work_says_so_and_matches_its_calls_by_name(monkeypatch):
    monkeypatch.setattr(abstract_objects, "MAX_WORK", 2)
    reading = read(GOOD)
    assert [failed.place.path for failed in reading.failed] == ["app.py"]
    assert operations(reading) == ["s3.GetObject"]


def test_the_reading_of_a_program_is_the_same_each_time():
    assert repr(read(GOOD)) == repr(read(GOOD))


def test_no_code_of_the_program_is_run(tmp_path):
    target = tmp_path / "written"
    read(f"open({str(target)!r}, 'w').close()\nimport os\nos.system('touch {target}')\n{GOOD}")
    assert not target.exists()


def test_the_file_that_does_not_parse_has_its_place():
    (failed,) = read("a = 1\ndef f(:\n").failed
    assert (failed.place.line, failed.place.column) == (2, 7)


def test_a_text_that_a_loop_makes_longer_is_one_name_that_is_not_known():
    text = 'import boto3\ndef handler(event, context):\n    name = "a"\n    while event["more"]:\n        name += "b"\n'
    reading = read(text + '        boto3.client("s3").get_object(Bucket=name, Key="k")\n')
    (call,) = reading.calls
    (bucket,) = call.parameters["Bucket"].texts
    assert literal_of(bucket) is None


def test_a_service_that_a_loop_begins_with_is_called_even_if_the_others_are_not_followed():
    text = 'import boto3\ndef handler(event, context):\n    name = "s3"\n    while event["more"]:\n'
    reading = read(
        text + '        boto3.client(name).list_buckets()\n        name = "sqs" if name == "s3" else name + "x"\n'
    )
    assert "s3.ListBuckets" in operations(reading)
