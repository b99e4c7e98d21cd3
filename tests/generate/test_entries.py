"""Entries of a spec become exact actions on exact ARNs."""

from support.generated import bundle_of, grants, problems_of, statements_of
from support.rows import every_row

from iamglue.generate.deployment_target import DeploymentTarget

R = "eu-west-1:111122223333"


@every_row(
    "body, expected",
    [
        ("reads:\n- s3: bkt", {("s3:GetObject", "arn:aws:s3:::bkt/*")}),
        ("reads:\n- s3: bkt/in/*", {("s3:GetObject", "arn:aws:s3:::bkt/in/*")}),
        ("reads:\n- s3: arn:aws:s3:::bkt", {("s3:GetObject", "arn:aws:s3:::bkt/*")}),
        ("reads:\n- s3: arn:aws:s3:::bkt/k", {("s3:GetObject", "arn:aws:s3:::bkt/k")}),
        ("reads:\n- s3: bkt\n  prefix: in/", {("s3:GetObject", "arn:aws:s3:::bkt/in/*")}),
        ("reads:\n- s3: {BucketName: bkt, ObjectName: k}", {("s3:GetObject", "arn:aws:s3:::bkt/k")}),
        ("reads:\n- s3: bkt\n  do: list", {("s3:ListBucket", "arn:aws:s3:::bkt")}),
        ("reads:\n- s3: bkt\n  do: list_objects_v2", {("s3:ListBucket", "arn:aws:s3:::bkt")}),
        ("reads:\n- s3: bkt\n  do: HeadObject", {("s3:GetObject", "arn:aws:s3:::bkt/*")}),
        (
            "reads:\n- s3: bkt\n  do: [get, list]",
            {("s3:GetObject", "arn:aws:s3:::bkt/*"), ("s3:ListBucket", "arn:aws:s3:::bkt")},
        ),
        (
            "reads:\n- s3: bkt\n  missing_ok: true",
            {("s3:GetObject", "arn:aws:s3:::bkt/*"), ("s3:ListBucket", "arn:aws:s3:::bkt")},
        ),
        ('reads:\n- s3: "*"', {("s3:GetObject", "arn:aws:s3:::*/*")}),
        ('reads:\n- s3: "*"\n  do: get_object_legal_hold', {("s3:GetObjectLegalHold", "arn:aws:s3:::*/*")}),
        ('reads:\n- dynamodb: "*"\n  do: get_item', {("dynamodb:GetItem", f"arn:aws:dynamodb:{R}:table/*")}),
        # Requests that name no dataset, lexicon or terminology are checked on "*".
        ('reads:\n- cloudwatch: "*"\n  do: get_metric_data', {("cloudwatch:GetMetricData", "*")}),
        ('reads:\n- polly: "*"\n  do: synthesize_speech', {("polly:SynthesizeSpeech", "*")}),
        ('reads:\n- translate: "*"\n  do: translate_text', {("translate:TranslateText", "*")}),
        (
            'reads:\n- translate/terminology: "*"\n  do: translate_text',
            {("translate:TranslateText", f"arn:aws:translate:{R}:terminology/*")},
        ),
        (
            "reads:\n- polly: mine\n  do: synthesize_speech",
            {("polly:SynthesizeSpeech", f"arn:aws:polly:{R}:lexicon/mine")},
        ),
        ("writes:\n- dynamodb: tbl", {("dynamodb:PutItem", f"arn:aws:dynamodb:{R}:table/tbl")}),
        (
            "reads:\n- dynamodb: tbl\n  do: [query]\n  index: idx",
            {("dynamodb:Query", f"arn:aws:dynamodb:{R}:table/tbl/index/idx")},
        ),
        (
            "reads:\n- dynamodb: tbl\n  do: [get, query]\n  index: idx",
            {
                ("dynamodb:GetItem", f"arn:aws:dynamodb:{R}:table/tbl"),
                ("dynamodb:Query", f"arn:aws:dynamodb:{R}:table/tbl/index/idx"),
            },
        ),
        (
            "reads:\n- dynamodb/index: tbl/index/idx\n  do: query",
            {("dynamodb:Query", f"arn:aws:dynamodb:{R}:table/tbl/index/idx")},
        ),
        (
            "reads:\n- dynamodb: arn:aws:dynamodb:eu-west-1:111122223333:table/tbl/index/idx\n  do: query",
            {("dynamodb:Query", f"arn:aws:dynamodb:{R}:table/tbl/index/idx")},
        ),
        ("writes:\n- sqs: q", {("sqs:SendMessage", f"arn:aws:sqs:{R}:q")}),
        ("writes:\n- sqs: q\n  do: send_message_batch", {("sqs:SendMessage", f"arn:aws:sqs:{R}:q")}),
        (
            "writes:\n- sqs: q\n  region: [eu-west-1, us-east-1]",
            {("sqs:SendMessage", f"arn:aws:sqs:{R}:q"), ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q")},
        ),
        ('writes:\n- sns: t\n  account: "999988887777"', {("sns:Publish", "arn:aws:sns:eu-west-1:999988887777:t")}),
        (
            "reads:\n- secretsmanager: db",
            {("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{R}:secret:db-??????")},
        ),
        ("reads:\n- ssm: /app/key", {("ssm:GetParameter", f"arn:aws:ssm:{R}:parameter/app/key")}),
        ("reads:\n- ssm: app", {("ssm:GetParameter", f"arn:aws:ssm:{R}:parameter/app")}),
        (
            "calls:\n- sagemaker: job\n  do: CreateTrainingJob",
            {("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:{R}:training-job/job")},
        ),
        ("reads:\n- es: dom", {("es:ESHttpGet", f"arn:aws:es:{R}:domain/dom/*")}),
        (
            "writes:\n- logs: /app",
            {
                ("logs:CreateLogStream", f"arn:aws:logs:{R}:log-group:/app:*"),
                ("logs:PutLogEvents", f"arn:aws:logs:{R}:log-group:/app:*"),
            },
        ),
        (
            "reads:\n- logs: arn:aws:logs:eu-west-1:111122223333:log-group:/app",
            {("logs:FilterLogEvents", f"arn:aws:logs:{R}:log-group:/app:*")},
        ),
        ("calls:\n- lambda: g", {("lambda:InvokeFunction", f"arn:aws:lambda:{R}:function:g")}),
        ("calls:\n- states: m", {("states:StartExecution", f"arn:aws:states:{R}:stateMachine:m")}),
        (
            'calls:\n- states: "*"\n  do: callback',
            {(f"states:SendTask{x}", "*") for x in ("Success", "Failure", "Heartbeat")},
        ),
        (
            "calls:\n- bedrock: anthropic.claude-v2",
            {("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-v2")},
        ),
        (
            "calls:\n- rds-db: {DbiResourceId: db-X, DbUserName: app}",
            {("rds-db:connect", f"arn:aws:rds-db:{R}:dbuser:db-X/app")},
        ),
        (
            "calls:\n- kms: 1234abcd-12ab-34cd-56ef-1234567890ab\n  do: sign",
            {("kms:Sign", f"arn:aws:kms:{R}:key/1234abcd-12ab-34cd-56ef-1234567890ab")},
        ),
        (
            "reads:\n- cognito-idp: eu-west-1_abc\n  do: admin_get_user",
            {("cognito-idp:AdminGetUser", f"arn:aws:cognito-idp:{R}:userpool/eu-west-1_abc")},
        ),
        ('calls:\n- textract: "*"\n  do: analyze_document', {("textract:AnalyzeDocument", "*")}),
        (
            "reads:\n- glue/table: {DatabaseName: a, TableName: b}\n  do: get_table",
            {
                ("glue:GetTable", f"arn:aws:glue:{R}:table/a/b"),
                ("glue:GetTable", f"arn:aws:glue:{R}:database/a"),
                ("glue:GetTable", f"arn:aws:glue:{R}:catalog"),
            },
        ),
        (
            "reads:\n- glue/database: a\n  do: get_database",
            {("glue:GetDatabase", f"arn:aws:glue:{R}:database/a"), ("glue:GetDatabase", f"arn:aws:glue:{R}:catalog")},
        ),
        ('reads:\n- s3: {Arn: "arn:aws:s3:::bkt"}', {("s3:GetObject", "arn:aws:s3:::bkt/*")}),
        (
            "calls:\n- execute-api: {ApiId: a, Stage: prod, Method: GET, ApiSpecificResourcePath: pets}\n  do: Invoke",
            {("execute-api:Invoke", f"arn:aws:execute-api:{R}:a/prod/GET/pets")},
        ),
        (
            'reads:\n- account/account: "*"\n  do: GetRegionOptStatus',
            {("account:GetRegionOptStatus", "arn:aws:account::111122223333:account")},
        ),
    ],
)
def test_an_entry_grants_exactly_these_actions_on_these_arns(body, expected):
    assert grants(body) == expected


def test_a_whole_arn_parameter_stands_for_the_key_itself():
    choice = DeploymentTarget("eu-west-1", "111122223333", use_pseudo_parameters=True, allow_parameters=True)
    assert grants('calls:\n- kms: {Arn: "${KeyArn}"}\n  do: sign', choice=choice) == {("kms:Sign", "${KeyArn}")}


def test_listing_part_of_a_bucket_is_limited_by_prefix():
    (statement,) = statements_of("reads:\n- s3: bkt\n  do: list\n  prefix: in/")
    assert statement["Resource"] == ["arn:aws:s3:::bkt"]
    assert statement["Condition"] == {"StringLike": {"s3:prefix": "in/*"}}


def test_the_listing_that_missing_ok_adds_is_of_the_whole_bucket_because_a_get_carries_no_prefix():
    found = statements_of("reads:\n- s3: bkt\n  prefix: in/\n  missing_ok: true")
    (listing,) = [each for each in found if each["Action"] == ["s3:ListBucket"]]
    assert listing["Resource"] == ["arn:aws:s3:::bkt"]
    assert "Condition" not in listing


@every_row("key", ["in/2026-01-02T03:04:05:06", "a:b:c:d:e:f", "a:b:c:d:e"])
def test_the_kms_key_of_an_object_whose_name_has_colons_is_in_the_functions_region_and_account(key):
    body = f"reads:\n- s3: bkt/{key}\n  key: alias/a"
    assert grants(body) == {
        ("s3:GetObject", f"arn:aws:s3:::bkt/{key}"),
        ("kms:Decrypt", f"arn:aws:kms:{R}:key/*"),
    }


def test_keys_with_the_same_arn_and_other_aliases_are_called_by_their_own_names():
    found = statements_of("reads:\n- sqs: jobs\n  key: alias/a\n- ssm: p\n  key: alias/b")
    assert {each["Sid"] for each in found} >= {"KmsDecryptJobsKey", "KmsDecryptPKey"}


def test_a_metric_namespace_is_a_condition_on_star():
    (statement,) = statements_of("writes:\n- cloudwatch: App")
    assert (statement["Action"], statement["Resource"]) == (["cloudwatch:PutMetricData"], ["*"])
    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": "App"}}


def test_leading_keys_limit_a_query_and_must_be_present():
    (statement,) = statements_of('reads:\n- dynamodb: tbl\n  do: query\n  leading_keys: ["${aws:PrincipalTag/tenant}"]')
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:PrincipalTag/tenant}"},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


def test_attributes_come_with_select():
    (statement,) = statements_of("reads:\n- dynamodb: tbl\n  attributes: [b, a]")
    assert statement["Condition"]["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["a", "b"]}


@every_row(
    "body, message, hint",
    [
        ("reads:\n- dyanmodb: t", "unknown service `dyanmodb`", "dynamodb"),
        ("reads:\n- dynamodb: tbl\n  do: gett", "not a valid verb, SDK operation or IAM action", "get"),
        ("writes:\n- dynamodb: tbl\n  do: PutItm", "not a valid verb, SDK operation or IAM action", "PutItem"),
        ("reads:\n- dynamodb: tbl\n  do: put", "verb of `writes`", "writes"),
        ("reads:\n- dynamodb: tbl\n  do: delete_item", "does not belong in `reads`", "writes"),
        ("reads:\n- dynamodb: tbl\n  do: kms:Decrypt", "action of `kms`", "separate entry"),
        ("calls:\n- rds: db\n  do: generate_db_auth_token", "needs rds-db:connect", "separate entry"),
        ("reads:\n- dynamodb/index: tbl/index/idx\n  do: get_item", "does not act on", None),
        ("reads:\n- dynamodb/tabel: tbl\n  do: get_item", "no resource type", "table"),
        ("reads:\n- dynamodb: arn:aws:dynamodb:eu-west-1:111122223333:t", "not the ARN of", None),
        (
            "writes:\n- dynamodb: arn:aws:dynamodb:eu-west-1:111122223333:table/tbl/index/idx",
            "ARN of dynamodb/index",
            None,
        ),
        ("writes:\n- dynamodb: arn:aws:dynamodb:eu-west-1::table/tbl", "the account is missing", None),
        ("writes:\n- dynamodb: arn:aws:dynamodb::111122223333:table/tbl", "the Region is missing", None),
        ("writes:\n- dynamodb: arn:aws:dynamodb:eu-west-1:1111:table/tbl", "12 digits", None),
        ("writes:\n- dynamodb: arn:aws:dynamodb:eu-west-1:111122223333:table/<name>", "placeholder", "parameter"),
        ("reads:\n- s3: arn:aws:s3:eu-west-1:111122223333:b", "Region", None),
        ("reads:\n- s3: arn:aws-cn:s3:::bkt", "partition", None),
        ("writes:\n- sqs: arn:aws:sns:eu-west-1:111122223333:q", "not the ARN of", None),
        (
            'writes:\n- sqs: arn:aws:sqs:eu-west-1:111122223333:q\n  account: "999988887777"',
            "are not allowed with an ARN",
            None,
        ),
        ("calls:\n- textract: doc\n  do: analyze_document", "cannot be limited", '"*"'),
        ("calls:\n- states: m\n  do: callback", "cannot be limited", '"*"'),
        ("calls:\n- kms: 1234abcd-12ab-34cd-56ef-1234567890ab", "needs `do`", "sign"),
        ("reads:\n- dynamodb: tbl\n  do: scan\n  leading_keys: [a]", "never carry", None),
        ("reads:\n- dynamodb: tbl\n  index: idx", "index", "query"),
        ("reads:\n- dynamodb: tbl\n  when: {StringEquals: {s3:prefix: a}}", "never carry", None),
        ("reads:\n- glue/table: a\n  do: get_table", "does not identify a glue/table", "DatabaseName"),
        (
            "calls:\n- batch: q\n  do: SubmitJob",
            "acts on several resource types",
            "AWS checks it on `batch/job-queue` and",
        ),
        ("calls:\n- mediaconvert: q\n  do: CreateJob", "acts on several resource types", "write one of"),
        (
            "writes:\n- autoscaling: w\n  do: SetDesiredCapacity",
            "an autoscaling/autoScalingGroup",
            "a group friendly name",
        ),
        ("calls:\n- states: m\n  do: SendTaskSuccess", "lists none for it", "`raw` can name it"),
        ("reads:\n- glue/table: {DatabaseName: a}\n  do: get_table", "also needs `TableName`", None),
        ("reads:\n- glue/table: {DatabaseName: a, Tablename: b}\n  do: get_table", "not a variable", "TableName"),
        ('calls:\n- sts: "*"\n  do: get_caller_identity', "needs no permission", None),
        ("reads:\n- logs: arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:b", "log-stream", None),
    ],
)
def test_an_entry_without_meaning_is_refused_with_the_nearest_right_word(body, message, hint):
    (error,) = problems_of(body)
    assert message in error.message
    assert error.location is not None
    word = f"{error.message}``".split("`")[1]
    assert error.location.line == (7 if word and f"do: {word}" in body else 6)
    if hint:
        assert hint in (error.advice or "")


def test_grants_that_another_covers_are_left_out():
    assert grants("reads:\n- s3: bkt\n- s3: bkt/in/*") == {("s3:GetObject", "arn:aws:s3:::bkt/*")}


def test_a_need_under_a_condition_is_left_out_where_it_is_granted_without():
    (statement,) = statements_of("reads:\n- dynamodb: tbl\n- dynamodb: tbl\n  leading_keys: [a]")
    assert "Condition" not in statement


def test_actions_of_different_resources_are_not_crossed():
    found = grants("reads:\n- dynamodb: one\n- dynamodb: two\n  do: [get, query]")
    assert ("dynamodb:Query", f"arn:aws:dynamodb:{R}:table/one") not in found
    assert len(found) == 3


def test_raw_names_what_is_below_a_parameter_that_is_a_whole_arn():
    choice = DeploymentTarget("eu-west-1", "123456789012", allow_parameters=True)
    body = 'raw:\n- {actions: "dynamodb:Query", resources: "${TableArn}/index/*", why: its indexes}'
    assert grants(body, choice=choice) == {("dynamodb:Query", "${TableArn}/index/*")}


# https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
@every_row(
    "body, resource",
    [
        ("writes:\n- route53: /hostedzone/Z1ABC", "arn:aws:route53:::hostedzone/Z1ABC"),
        ("writes:\n- route53: hostedzone/Z1ABC", "arn:aws:route53:::hostedzone/Z1ABC"),
        ("reads:\n- route53: /change/C1ABC\n  do: GetChange", "arn:aws:route53:::change/C1ABC"),
        ("writes:\n- kms/alias: alias/app\n  do: DeleteAlias", f"arn:aws:kms:{R}:alias/app"),
        ("writes:\n- kms/alias: app\n  do: DeleteAlias", f"arn:aws:kms:{R}:alias/app"),
    ],
)
def test_a_name_may_be_written_with_its_type_as_calls_write_it(body, resource):
    assert {arn for _, arn in grants(body)} == {resource}


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
@every_row(
    "rule, resource",
    [
        ("events: {EventBusName: default, RuleName: nightly}", "rule/nightly"),
        ("events/rule-on-default-event-bus: nightly", "rule/nightly"),
        ("events: {EventBusName: own, RuleName: nightly}", "rule/own/nightly"),
    ],
)
def test_a_rule_on_the_default_bus_has_no_bus_in_its_arn(rule, resource):
    assert grants(f"writes:\n- {rule}\n  do: DeleteRule") == {("events:DeleteRule", f"arn:aws:events:{R}:{resource}")}


def test_a_trigger_may_name_the_default_bus():
    bundle = bundle_of("triggers:\n- events: {bus: default, rule: nightly}")
    assert [permission.source_arn for permission in bundle.invoke_permissions] == [f"arn:aws:events:{R}:rule/nightly"]
