"""`iamglue lsp` driven by a client of the Language Server Protocol, as an editor drives it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest
import pytest_lsp
from click.testing import CliRunner
from lsprotocol import types
from pytest_lsp import ClientServerConfig
from support.editor import Editor, EditorClient, make_client

from iamglue.cli.main import main
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.language_server.suggestions import MAX_SUGGESTIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")
COMMAND = [sys.executable, "-m", "iamglue", "lsp", "--stdio"]

SPEC = """iamglue: 1
function: exif
region: eu-west-1
account: "123456789012"
triggers:
  - s3: images-bucket
reads:
  - s3: images-bucket
writes:
  - dynamodb: exifDataTable
"""
TEMPLATE = """Transform: AWS::Serverless-2016-10-31
Resources:
  Exif:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - Statement:
            - Effect: Allow
              Action: s3:GetObjekt
              Resource: "*"
"""
TERRAFORM = """data "aws_iam_policy_document" "exif" {
  statement {
    actions   = ["s3:GetObjekt"]
    resources = ["*"]
  }
}
"""
SERVERLESS = """service: exif
provider:
  name: aws
  iam:
    role:
      statements:
        - Effect: Allow
          Action: s3:GetObjekt
          Resource: "*"
functions:
  exif:
    handler: exif.handler
"""


def policy(*actions: str, **elements: object) -> str:
    """A policy, one action a line."""
    statement = {"Effect": "Allow", "Action": [*actions], "Resource": "arn:aws:s3:::images/*", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2, ensure_ascii=False) + "\n"


def statement_with(**elements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [elements]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A workspace with a configuration, and a spec that is not open in the editor."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    config = (
        '[lint]\nexclude = ["generated/*"]\n[[suppress]]\nrule = "unknown-action"\npath = "old/*"\nreason = "old"\n'
    )
    (folder / ".iamglue.toml").write_text(config, encoding="utf-8")
    return folder


@pytest_lsp.fixture(config=ClientServerConfig(COMMAND, client_factory=make_client), scope="module")
async def client(lsp_client: EditorClient, folder: Path):
    lsp_client.editor = Editor(lsp_client, folder)
    await lsp_client.editor.start()
    yield
    await lsp_client.shutdown_session()


@pytest.fixture(scope="module")
def editor(client) -> Editor:
    return client.editor


def child_of(process: int) -> int:
    """The process that checks documents: the only child of the server."""
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    return int(child)


def codes(diagnostics: list[types.Diagnostic]) -> list[str]:
    return [str(item.code) for item in diagnostics]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("policy.json", policy("s3:GetObjekt")),
        ("template.yaml", TEMPLATE),
        ("main.tf", TERRAFORM),
        ("serverless.yml", SERVERLESS),
    ],
)
async def test_an_unknown_action_is_marked_in_each_kind_of_file(editor, name, text):
    (item,) = [item for item in await editor.check(name, text) if item.code == "unknown-action"]
    assert editor.marked_part(name, item.range).strip('"') == "s3:GetObjekt"


async def test_a_place_after_an_emoji_and_windows_line_ends_is_counted_as_the_protocol_says(editor):
    statement = '{"Sid": "😀é\u2028", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}'
    text = f'{{"Version": "2012-10-17",\r\n"Statement": [{statement}]}}'
    diagnostics = await editor.check("emoji.json", text)
    (item,) = [item for item in diagnostics if item.code == "unknown-action"]
    assert editor.marked_part("emoji.json", item.range) == '"s3:GetObjekt"'


@pytest.mark.parametrize("name", ["my project/é/policy.json", "a%20b#c?.json", "c:/Users/me/policy.json", "a+b@c.json"])
async def test_a_file_whose_uri_has_escapes_is_checked_completed_and_fixed(editor, name):
    assert codes(await editor.check(name, policy("s3:GetObjekt"))) == ["unknown-action"]
    assert len(await editor.actions(name, "quickfix")) == 1
    assert "s3:GetObject" in await editor.labels(name, statement_with(Action="s3:GetObj|"))
    assert "Read" in await editor.hover(name, statement_with(Action="s3:GetOb|ject"))


async def test_after_a_file_is_saved_the_other_open_documents_are_checked_again(editor):
    name = "included by/others.json"
    await editor.check(name, policy("s3:GetObjekt"))
    before = len([item for item in editor.client.published if item.uri == editor.uri(name)])
    saved = types.TextDocumentIdentifier(editor.uri("policy.json"))
    editor.client.text_document_did_save(types.DidSaveTextDocumentParams(saved))
    await editor.check("another.json", policy("s3:GetObject"))
    async with asyncio.timeout(60):
        while len([item for item in editor.client.published if item.uri == editor.uri(name)]) == before:
            editor.client.arrived.clear()
            await editor.client.arrived.wait()


@pytest.mark.parametrize("indent", [None, 2])
async def test_a_byte_order_mark_moves_no_place_and_stays_after_a_fix(editor, indent):
    text = "\ufeff" + json.dumps(json.loads(policy("s3:GetObject", "s3:GetObjekt")), indent=indent)
    diagnostics = await editor.check("mark.json", text)
    (item,) = [item for item in diagnostics if item.code == "unknown-action"]
    assert editor.marked_part("mark.json", item.range) == '"s3:GetObjekt"'
    (action,) = [item for item in await editor.actions("mark.json", "quickfix") if "GetObject" in item.title]
    assert editor.applied("mark.json", action.edit) == text.replace("Objekt", "Object")


async def test_errors_of_a_spec_are_marked_and_go_when_they_are_corrected(editor):
    name = "typing.yaml"
    (item,) = await editor.check(name, SPEC.replace("dynamodb", "dinamodb"))
    assert (editor.marked_part(name, item.range)[:8], item.severity) == ("dinamodb", types.DiagnosticSeverity.Error)
    assert await editor.check(name, SPEC) == []


async def test_the_configuration_of_the_folder_is_obeyed(editor):
    text = policy("s3:GetObjekt")
    assert await editor.check("generated/a.json", text) == []
    assert "unknown-action" not in codes(await editor.check("old/a.json", text))


async def test_a_changed_configuration_changes_the_findings_of_open_documents(editor, folder):
    (folder / "part").mkdir()
    assert codes(await editor.check("part/a.json", policy("s3:GetObjekt"))) == ["unknown-action"]
    (registration,) = editor.client.registrations
    assert "**/.iamglue.toml" in str(registration.register_options)
    configuration = folder / "part" / ".iamglue.toml"
    configuration.write_text('[lint]\nignore = ["unknown-action"]\n', encoding="utf-8")
    change = types.FileEvent(configuration.as_uri(), types.FileChangeType.Created)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    async with asyncio.timeout(60):
        while [item for item in editor.client.published if item.uri == editor.uri("part/a.json")][-1].diagnostics:
            editor.client.arrived.clear()
            await editor.client.arrived.wait()


async def test_a_quick_fix_changes_the_text_that_it_was_made_for(editor):
    await editor.check("fix.json", policy("s3:GetObject", "s3:GetObjekt").replace("\n", "\r\n"))
    actions = [item for item in await editor.actions("fix.json", "quickfix") if item.edit]
    (action,) = [item for item in actions if item.diagnostics and item.diagnostics[0].code == "unknown-action"]
    assert editor.applied("fix.json", action.edit) == policy("s3:GetObject", "s3:GetObject").replace("\n", "\r\n")
    assert not action.is_preferred  # nothing proves that the other action was meant


async def test_only_a_fix_that_is_proved_safe_is_preferred(editor):
    await editor.check("safe.json", policy("s3:GetObject", "s3:GetObject"))
    actions = await editor.actions("safe.json", "quickfix")
    assert [(item.is_preferred, "s3:GetObject" in editor.applied("safe.json", item.edit)) for item in actions] == [
        (True, True)
    ]


async def test_fix_all_does_what_lint_fix_does(editor, tmp_path):
    text = policy("s3:GetObject", "s3:GetObject", "s3:getobject", "s3:PutObject", "s3:PutObject")
    file = tmp_path / "policy.json"
    file.write_text(text, encoding="utf-8")
    CliRunner().invoke(main, ["lint", "--fix", str(file)])
    await editor.check("all.json", text)
    (action,) = await editor.actions("all.json", "source.fixAll")
    action = await editor.client.code_action_resolve_async(action)
    assert editor.applied("all.json", action.edit) == file.read_text(encoding="utf-8") != text


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (SPEC + "calls:\n  - lam|", "lambda"),
        (SPEC + "    do: upd|", "update"),
        (SPEC.replace("dynamodb: exifDataTable\n", "dynamodb: t\n    do: [put, upd|]\n"), "update"),
        (SPEC.replace("  - s3: images-bucket\nreads", "  - sq|\nreads"), "sqs"),
        (SPEC.replace("writes:\n", "    mis|\nwrites:\n"), "missing_ok"),
        (SPEC + "settings:\n  tra|", "tracing"),
        (SPEC + "    when:\n      StringEquals:\n        |\n", "dynamodb:LeadingKeys"),
        (SPEC + "    do: dynamodb:Upd|\n", "dynamodb:UpdateItem"),
    ],
)
async def test_names_of_a_spec_are_completed(editor, marked, expected):
    labels = await editor.labels("complete.yaml", marked)
    assert expected in labels
    assert len(labels) <= MAX_SUGGESTIONS


async def test_a_list_of_a_spec_offers_its_own_verbs_first(editor):
    labels = await editor.labels("complete.yaml", SPEC + "    do: |")
    assert labels.index("put") < labels.index("PutItem")
    assert "scan" not in labels


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (statement_with(Action=["dynamodb:BatchG|"]), "dynamodb:BatchGetItem"),
        (statement_with(Action="dynamo|"), "dynamodb:"),
        (statement_with(Action="s3:GetObject", Condition={"StringLi|": {}}), "StringLikeIfExists"),
        (statement_with(Action="s3:GetObject", Condition={"Bool": {"s3:Res|": ""}}), "s3:ResourceAccount"),
        (statement_with(Action="sqs:SendMessage", Resource="|"), "arn:${Partition}:sqs"),
        (statement_with(Principal={"Service": ["lamb|"]}), "lambda.amazonaws.com"),
        ('{"Statement": [{"Effect": "Allow", "Action": ["s3:PutObjectAc|', "s3:PutObjectAcl"),
        (statement_with(Action="|"), "s3:"),
        ('{"Version": "|", "Statement": []}', "2012-10-17"),
        ('{"V|", "Statement": []}', "Version"),
        (statement_with(Principal={"|": ""}), "Federated"),
    ],
)
async def test_parts_of_a_policy_are_completed_even_in_incomplete_text(editor, marked, expected):
    labels = await editor.labels("complete.json", marked)
    assert any(label.startswith(expected.replace("${Partition}", "aws")) for label in labels)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("    |\n", "not_actions"),
        ('    principals {\n      type = "|"\n    }\n', "Service"),
        ('    principals {\n      type = "Service"\n      identifiers = ["lamb|"]\n    }\n', "lambda.amazonaws.com"),
    ],
)
async def test_blocks_of_a_terraform_policy_document_are_completed(editor, marked, expected):
    document = 'data "aws_iam_policy_document" "d" {\n  statement {\n' + marked + "  }\n}\n"
    assert expected in await editor.labels("complete.tf", document)


async def test_a_statement_of_a_firewall_rule_is_no_statement_of_a_policy(editor):
    rule = 'resource "aws_wafv2_web_acl" "w" {\n  rule {\n    statement {\n      |\n    }\n  }\n}\n'
    assert await editor.labels("complete.tf", TERRAFORM + rule) == []


async def test_condition_keys_are_those_of_the_statement_around_the_cursor_alone(editor):
    other = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    marked = {"Effect": "Allow", "Action": "s3:GetObject", "Condition": {"StringEquals": {"|": ""}}}
    labels = await editor.labels("complete.json", json.dumps({"Statement": [other, marked, other]}))
    assert "s3:ExistingObjectTag/<key>" in labels
    assert "dynamodb:LeadingKeys" not in labels


async def test_a_completed_key_of_a_spec_can_be_used_as_it_is_inserted(editor):
    marked = SPEC + "calls:\n  - lambd|"
    answer = await editor.complete("insert.yaml", marked)
    (item,) = [item for item in answer.items if item.label == "lambda"]
    edit = types.TextDocumentEdit(
        types.OptionalVersionedTextDocumentIdentifier(editor.uri("insert.yaml"), editor.versions["insert.yaml"]),
        [item.text_edit],
    )
    text = editor.applied("insert.yaml", types.WorkspaceEdit(document_changes=[edit]))
    assert await editor.check("insert.yaml", text + "resize\n") == []


@pytest.mark.parametrize(
    ("elements", "label", "written"),
    [
        (
            {"Resource": "arn|"},
            "arn:aws:s3:::${BucketName}/${ObjectName}",
            "arn:aws:s3:::${1:BucketName}/${2:ObjectName}",
        ),
        ({"Condition": {"Bool": {"s3:Exi|": ""}}}, "s3:ExistingObjectTag/<key>", "s3:ExistingObjectTag/${1:key}"),
    ],
)
async def test_variable_parts_are_places_to_fill_in(editor, elements, label, written):
    answer = await editor.complete("snippet.json", statement_with(Action="s3:GetObject", **elements))
    (item,) = [item for item in answer.items if item.label == label]
    assert (item.text_edit.new_text, item.insert_text_format) == (written, types.InsertTextFormat.Snippet)


async def test_hover_shows_what_an_action_is(editor):
    shown = await editor.hover("hover.json", statement_with(Action="s3:GetOb|ject"))
    assert "**s3:GetObject** · Read" in shown
    assert "arn:${Partition}:s3:::${BucketName}/${ObjectName}" in shown
    assert "`s3:ExistingObjectTag/<key>`" in shown


async def test_hover_counts_what_a_wildcard_matches(editor):
    shown = await editor.hover("hover.json", statement_with(NotAction=["iam:*Ro|le*"]))
    count = pattern_bitset("iam:*Role*").bit_count()
    assert f"matches {count} actions" in shown
    assert "`iam:AddRoleToInstanceProfile`" in shown


@pytest.mark.parametrize("place", ["DynamodbPutItem", "dynamodb:PutItem"])
@pytest.mark.parametrize("format", ["json", "yaml", "sam"])
async def test_a_statement_leads_to_the_entry_of_the_spec_that_asked_for_it(editor, folder, place, format):
    generated = CliRunner().invoke(main, ["generate", str(folder / "spec.yaml"), "--format", format]).stdout
    name = f"generated-policy.{'json' if format == 'json' else 'yaml'}"
    (location,) = await editor.definitions(name, generated.replace(place, f"{place[:5]}|{place[5:]}", 1))
    assert location.uri == (folder / "spec.yaml").as_uri()
    assert location.range.start == types.Position(SPEC.split("\n").index("writes:") + 1, 4)


async def test_a_statement_with_another_sid_leads_to_the_entry_by_its_actions_and_resources(editor, folder):
    generated = CliRunner().invoke(main, ["generate", str(folder / "spec.yaml")]).stdout
    renamed = generated.replace("DynamodbPutItem", "Put").replace("dynamodb:PutItem", "dynamodb:PutI|tem")
    assert len(await editor.definitions("renamed.json", renamed)) == 1
    other = renamed.replace("table/exifDataTable", "table/other")
    assert await editor.definitions("renamed.json", other) == []


@pytest.mark.parametrize("format", ["json", "cloudformation", "terraform", "serverless"])
async def test_a_statement_that_specs_of_several_functions_have_leads_to_the_one_of_its_function(
    editor, folder, format
):
    other = SPEC.replace("exif", "thumbs").replace("images-bucket", "thumbs-bucket")
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    try:
        generated = CliRunner().invoke(main, ["generate", str(folder / "other.yaml"), "--format", format]).stdout
        marked = generated.replace("logs:CreateLogGroup", "logs:Create|LogGroup", 1)
        name = {"json": "both.json", "terraform": "both.tf"}.get(format, "both.yaml")
        locations = await editor.definitions(name, marked)
    finally:
        (folder / "other.yaml").unlink()
    assert [location.uri for location in locations] == [(folder / "other.yaml").as_uri()]


async def test_an_alias_leads_to_its_anchor(editor):
    text = SPEC.replace("- s3: images-bucket\nreads", "- s3: &bucket images-bucket\nreads") + "  - s3: *buck|et\n"
    (location,) = await editor.definitions("alias.yaml", text)
    assert editor.marked_part("alias.yaml", location.range) == "&bucket"


async def test_a_check_of_a_text_that_changed_is_never_published(editor):
    long = json.dumps([json.loads(policy(f"s3:Get{number}*", Sid=f"S{number}")) for number in range(4000)])
    editor.open("long.json", long)
    assert codes(await editor.check("long.json", policy("s3:GetObjekt"))) == ["unknown-action"]
    versions = [params.version for params in editor.client.published if params.uri == editor.uri("long.json")]
    assert versions == [2]


async def test_a_crash_of_a_check_is_reported_and_the_server_goes_on(editor):
    await editor.check("crash-before.json", policy("s3:GetObject"))  # so that the process runs
    worker = child_of(editor.client._server.pid)
    os.kill(worker, signal.SIGSTOP)
    editor.open("crash.json", policy("s3:GetObjekt"))
    for _ in range(3):  # so that the check has begun
        await editor.hover("crash-other.json", statement_with(Action="s3:GetOb|ject"))
    os.kill(worker, signal.SIGKILL)
    (item,) = await editor.diagnostics("crash.json")
    assert "could not be checked" in item.message
    assert "could not check" in editor.client.messages[-1].message
    assert codes(await editor.check("crash.json", policy("s3:GetObjekt"))) == ["unknown-action"]


async def test_a_process_that_ended_between_checks_is_started_again(editor):
    await editor.check("idle.json", policy("s3:GetObject"))
    os.kill(child_of(editor.client._server.pid), signal.SIGKILL)
    assert codes(await editor.check("idle.json", policy("s3:GetObjekt"))) == ["unknown-action"]


async def test_a_document_that_is_too_long_is_not_left_without_a_word(editor):
    (item,) = await editor.check("huge.json", policy("s3:GetObject") + " " * (5 * 1024 * 1024))
    assert "could not be checked" in item.message
