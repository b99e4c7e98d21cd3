"""Specs with one error each: where it is, words of its message and hint, and whether a schema can see it."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = "iamglue: 1\nfunction: f\nregion: eu-west-1\n"


@dataclass(frozen=True, slots=True)
class Bad:
    """A wrong spec. `place` is line and column; `schema` is False for what no JSON Schema of ours can tell."""

    text: str
    place: tuple[int, int]
    message: str
    hint: str = ""
    schema: bool = True


def entry(item: str, column: int, message: str, hint: str = "", *, schema: bool = True) -> Bad:
    return Bad(f"{HEAD}reads:\n  - {item}\n", (5, column), message, hint, schema)


def trigger(item: str, column: int, message: str, hint: str = "", *, schema: bool = True) -> Bad:
    return Bad(f"{HEAD}triggers:\n  - {item}\n", (5, column), message, hint, schema)


def line(text: str, column: int, message: str, hint: str = "", *, schema: bool = True) -> Bad:
    return Bad(f"{HEAD}{text}\n", (4, column), message, hint, schema)


WHOLE = {
    "a parameter of a name that is too long": Bad(
        f"{HEAD}reads:\n  - s3: ${{{'a' * 256}}}\n", (5, 9), "256 characters", schema=False
    ),
    "a function that is a parameter of such a name": Bad(
        f"iamglue: 1\nfunction: ${{{'a' * 1100}}}\n", (2, 11), "1,100 characters"
    ),
    "a list": Bad("- s3: bkt\n", (1, 1), "mapping"),
    "a word": Bad("images\n", (1, 1), "mapping"),
    "no format": Bad("function: f\n", (1, 1), "`iamglue: 1` is missing"),
    "another format": Bad("iamglue: 2\nfunction: f\n", (1, 10), "`2`", "newer"),
    "the format in quotes": Bad('iamglue: "1"\nfunction: f\n', (1, 10), "without quotes"),
    "the format as a list": Bad("iamglue: [1]\nfunction: f\n", (1, 10), "not a format"),
    "no function": Bad("iamglue: 1\n", (1, 1), "name is missing", "function: NAME"),
    "function and functions": Bad("iamglue: 1\nfunction: f\nfunctions: {a: {}}\n", (3, 1), "not both"),
    "no functions": Bad("iamglue: 1\nfunctions: {}\n", (2, 12), "at least one"),
    "a body of nothing": Bad("iamglue: 1\nfunctions:\n  a:\n", (3, 4), "found nothing"),
    "a body that is a list": Bad("iamglue: 1\nfunctions:\n  a: [b]\n", (3, 6), "found a list"),
    "a function in a body": Bad("iamglue: 1\nfunctions:\n  a: {function: b}\n", (3, 7), "unknown key `function`"),
    "a format in a body": Bad("iamglue: 1\nfunctions:\n  a: {iamglue: 1}\n", (3, 7), "unknown key `iamglue`"),
    "a wrong name among functions": Bad("iamglue: 1\nfunctions:\n  a b: {}\n", (3, 3), "not a valid function name"),
    "an unknown key": line("raeds: []", 1, "unknown key `raeds`", "`reads`"),
    "a duplicate key": Bad("iamglue: 1\nfunction: f\nfunction: g\n", (3, 1), "twice", schema=False),
    "a merge key": line("<<: {reads: []}", 1, "merge keys", schema=False),
    "a tag": line("description: !Sub x", 14, "`!Sub`", "quote it", schema=False),
    "a list that is a mapping": line("reads: {s3: bkt}", 8, "expected a list, found a mapping", "`- `"),
    "a list of nothing": line("reads:", 6, "expected a list, found nothing"),
    "a list that is text": line("triggers: b", 11, "expected a list, found a string"),
}
SCALARS = {
    "a wildcard in the function": Bad("iamglue: 1\nfunction: f*\n", (2, 11), "not a valid function name"),
    "a function's ARN": Bad(
        "iamglue: 1\nfunction: arn:aws:lambda:eu-west-1:111122223333:function:f\n", (2, 11), "`arn:", "not its ARN"
    ),
    "a long function name": Bad(f"iamglue: 1\nfunction: {'x' * 65}\n", (2, 11), "64", schema=False),
    "no function name": Bad("iamglue: 1\nfunction: ''\n", (2, 11), "not a valid function name"),
    "a policy variable in the function": Bad(
        'iamglue: 1\nfunction: "f-${aws:username}"\n', (2, 11), "not a valid function name"
    ),
    "a function that is a list": Bad("iamglue: 1\nfunction: [f]\n", (2, 11), "expected a string, found a list"),
    "an account of 11 digits": line("account: '12345678901'", 10, "12 digits"),
    "a wildcard in the account": line('account: "*"', 10, "12 digits"),
    "a wildcard in the region": Bad("iamglue: 1\nfunction: f\nregion: eu-*\n", (3, 9), "name of a Region"),
    "no such region": Bad("iamglue: 1\nfunction: f\nregion: eu-west\n", (3, 9), "name of a Region"),
    "no such partition": line("partition: awz", 12, "unknown partition", "`aws`"),
    "a region of another partition": line("partition: aws-cn", 12, "in partition `aws`", schema=False),
    "an empty description": line("description: ''", 14, "found nothing"),
    "a control character": line('description: "\\e[2J"', 14, "U+001B", schema=False),
}
ENTRIES = {
    "an entry that is text": entry("s3", 5, "expected a mapping, found a string"),
    "an entry without a service": entry("{do: get}", 5, "must name a service"),
    "the Account service bare": entry("{account: '111122223333'}", 5, "must name a service", "account/TYPE"),
    "an unknown service": entry("sqss: b", 5, "unknown service `sqss`", "`sqs`"),
    "an unknown service of two letters": entry("s4: b", 5, "unknown service `s4`", "`iamglue services`"),
    "an unknown resource type": entry(
        "{glue/tabel: t, do: GetTable}", 6, "no resource type `tabel`", "`table`", schema=False
    ),
    "two services": entry("{s3: bkt, sqs: q}", 15, "`sqs` is a second", "separate entry", schema=False),
    "an unknown option": entry("{s3: bkt, prefx: a}", 15, "unknown option `prefx`", "`prefix`"),
    "an unknown option alone": entry("{buckt: b, prefx: a}", 6, "unknown service `buckt`"),
    "index of s3": entry("{s3: bkt, index: idx}", 15, "option of `dynamodb`"),
    "leading keys of sqs": entry("{sqs: q, leading_keys: [a]}", 14, "option of `dynamodb`"),
    "attributes of s3": entry("{s3: bkt, attributes: [a]}", 15, "option of `dynamodb`"),
    "prefix of dynamodb": entry("{dynamodb: tbl, prefix: a}", 21, "option of `s3`"),
    "missing_ok of sqs": entry("{sqs: q, missing_ok: true}", 14, "option of `s3`"),
    "consumer of sqs": entry("{sqs: q, consumer: c}", 14, "option of `kinesis`"),
    "consumer without its action": entry(
        "{kinesis: s, consumer: c}", 6, "an enhanced fan-out consumer", "do: subscribe_to_shard", schema=False
    ),
    "access_point of sqs": entry("{sqs: q, access_point: a}", 14, "option of `s3`"),
    "secret of s3": entry("{s3: bkt, secret: a}", 15, "option of `rds-data`"),
    "a resource of nothing": entry("{s3: }", 8, "a name, an ARN, or a mapping"),
    "unquoted braces": entry("{s3: {Bucket}}", 17, "`Bucket` has no value", 'quote it: "{Bucket}"'),
    "a mapping in quotes": entry(
        "{sqs: '{QueueName: q}'}", 11, "a mapping in quotes", "remove the quotes", schema=False
    ),
    "an empty resource": entry("{s3: ''}", 10, "found nothing"),
    "a resource that is a list": entry("{s3: [b]}", 10, "a name, an ARN, or a mapping"),
    "an empty mapping": entry("{glue/table: {}}", 18, "at least one"),
    "a variable that is a list": entry("{sqs: {QueueName: [a]}}", 23, "expected a string, found a list"),
    "a line break in a name": entry('{s3: "a\\nb"}', 10, "U+000A", schema=False),
    "do as a mapping": entry("{s3: bkt, do: {get: head}}", 19, "a string or a list, found a mapping"),
    "do of nothing": entry("{s3: bkt, do: }", 17, "found nothing"),
    "an empty do": entry("{s3: bkt, do: []}", 19, "at least one"),
    "why as a list": entry("{s3: bkt, why: [a]}", 20, "expected a string, found a list"),
    "missing_ok in quotes": entry("{s3: bkt, missing_ok: 'true'}", 27, "in quotes", "without quotes"),
    "missing_ok as yes": entry("{s3: bkt, missing_ok: yes}", 27, "`yes`"),
    "a wildcard in an entry's account": entry("{sqs: q, account: '*'}", 23, "12 digits"),
    "a wildcard in an entry's region": entry("{sqs: q, region: '*'}", 22, "name of a Region"),
    "an entry's region in another partition": entry("{sqs: q, region: cn-north-1}", 22, "`aws-cn`", schema=False),
    "an unknown operator": entry("{s3: bkt, when: {StringEqual: {aws:username: a}}}", 22, "operator", "`StringEquals`"),
    "an unknown condition key": entry(
        "{s3: bkt, when: {StringEquals: {aws:usrname: a}}}", 37, "unknown condition key", "`aws:username`", schema=False
    ),
    "a condition without a key": entry("{s3: bkt, when: {StringEquals: a}}", 36, "expected a mapping"),
    "a condition on nothing": entry("{s3: bkt, when: {StringEquals: {aws:username: }}}", 49, "found nothing"),
}
REFERENCES = {
    "an open brace": entry("{s3: '${Name'}", 10, "`${Name`", "${Name}", schema=False),
    "a parameter with a dash": entry("{s3: '${my-name}'}", 10, "`${my-name}`", schema=False),
    "a parameter of nothing": entry("{s3: 'a${}'}", 10, "`${}`", schema=False),
    "the Region itself": entry(
        "{s3: 'bkt-${AWS::Region}'}", 10, "`${AWS::Region}`", "leave the Region out", schema=False
    ),
    "an unknown policy variable": entry(
        "{s3: '${aws:usrname}'}", 10, "no condition key", "`aws:username`", schema=False
    ),
    "a variable of several values": entry("{s3: '${aws:TagKeys}'}", 10, "several values", schema=False),
}
TRIGGERS = {
    "an unknown trigger": trigger("snss: b", 5, "unknown trigger `snss`", "`sns`"),
    "an unknown trigger of three letters": trigger("s33: b", 5, "unknown trigger `s33`", "the valid triggers are"),
    "a trigger of nothing": trigger("{key: k}", 5, "must name what invokes"),
    "two triggers": trigger("{s3: bkt, sns: t}", 15, "second trigger", schema=False),
    "an unknown option of a trigger": trigger("{s3: bkt, keys: a}", 15, "unknown option `keys`", "`key`"),
    "an entry's option": trigger("{s3: bkt, do: get}", 15, "unknown option `do`"),
    "a wildcard in a trigger": trigger("s3: 'bkt*'", 9, "wildcards", schema=False),
    "a wildcard in a trigger's mapping": trigger("{events: {bus: a, rule: 'b?'}}", 29, "wildcards", schema=False),
    "a wildcard in a trigger's account": trigger("{s3: bkt, account: '*'}", 24, "12 digits"),
    "a list of regions": trigger("{sqs: q, region: [eu-west-1]}", 22, "expected a string, found a list"),
    "a wildcard in a destination": trigger(
        "{kinesis: s, on_failure: {sqs: 'q*'}}", 36, "wildcards are not allowed in a destination", schema=False
    ),
    "an option that a destination lacks": trigger("{kinesis: s, on_failure: {sqs: q, do: send}}", 39, "destination"),
}
SETTINGS = {
    "an unknown setting": line("settings: {vcp: true}", 12, "unknown key `vcp`", "`vpc`"),
    "settings of nothing": line("settings:", 9, "found nothing"),
    "a flag that is text": line("settings: {vpc: maybe}", 17, "`maybe`"),
    "logs in quotes": line("settings: {logs: 'false'}", 18, "in quotes"),
    "an unknown detail of logs": line("settings: {logs: {creat: true}}", 19, "unknown key `creat`", "`create`"),
    "a file system without access point": line("settings: {file_system: {id: a}}", 25, "`access_point` is missing"),
    "an unknown service of a destination": line("settings: {dead_letter: {sqss: q}}", 26, "`sqss`", "`sqs`"),
    "raw without why": line("raw: [{actions: s3:GetObject, resources: '*'}]", 7, "`why` is missing"),
    "raw without actions": line("raw: [{actions: [], resources: '*', why: a}]", 17, "at least one"),
    "an unknown key of raw": line("raw: [{action: a, actions: b, resources: '*', why: a}]", 8, "`action`", "`actions`"),
}  # fmt: skip
# What people write who guess the format.
GUESSED = {
    "the service as a value": entry(
        "{service: s3, bucket: photos, actions: [GetObject]}", 5, "its service as a key", "`s3: photos` and `do: Get"
    ),
    "a type of CloudFormation as a value": entry(
        "{type: 'AWS::DynamoDB::Table', name: Users}", 5, "its service as a key", "`dynamodb: Users`"
    ),
    "an unknown service as a value": entry("{service: s4, bucket: photos}", 15, "unknown service `s4`"),
    "an ARN as a value": entry(
        "{arn: 'arn:aws:s3:::photos/*'}", 5, "its service as a key", "`s3: arn:aws:s3:::photos/*`"
    ),
    "a statement": entry(
        "{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::photos/*'}",
        5,
        "its service as a key",
        "`s3: arn:aws:s3:::photos/*` and `do: s3:GetObject`",
    ),
    "no space after the colon": entry("s3:photos", 5, "found a string", "`s3: photos`, with a space"),
    "an action": entry("s3:GetObject", 5, "found a string", "`s3: RESOURCE` and `do: GetObject`"),
    "an ARN": entry("arn:aws:s3:::photos/*", 5, "found a string", "`s3: arn:aws:s3:::photos/*`"),
    "a service": entry("s3", 5, "found a string", "`s3: RESOURCE`"),
    "another word": entry("photos", 5, "found a string", "for example `s3: BUCKET`"),
    "actions beside a service": entry("{s3: photos, actions: [GetObject]}", 18, "unknown option `actions`", "`do`"),
    "a trigger as a value": trigger("{type: sqs, queue: jobs}", 5, "must be a key", "`sqs: jobs`"),
    "a trigger without a space": trigger("sqs:jobs", 5, "found a string", "`sqs: jobs`, with a space"),
    "a setting of the deployment": trigger("{sqs: jobs, batch_size: 10}", 17, "`batch_size`", "describes access only"),
    "a setting of the function": line("runtime: python3.13", 1, "unknown key `runtime`", "describes access only"),
    "a setting above `settings`": line("vpc: true", 1, "unknown key `vpc`", "below `settings`"),
    "another tool's setting above `settings`": line("xray: true", 1, "unknown key `xray`", "`tracing`"),
    "permissions": line("permissions: []", 1, "unknown key `permissions`", "`reads`, `writes` and `calls`"),
    "actions in one string": entry(
        "{s3: photos, do: 'GetObject, HeadObject'}", 22, "one string", "[GetObject, HeadObject]", schema=False
    ),
    "a list of functions": Bad("iamglue: 1\nfunctions:\n- name: f\n", (3, 1), "found a list", "name as a key"),
    "the name in a function's body": Bad(
        "iamglue: 1\nfunctions: {f: {name: g}}\n", (2, 17), "unknown key `name`", "the valid keys here are"
    ),
    "a function with keys of its own": Bad("iamglue: 1\nfunction: {name: f}\n", (2, 11), "found a mapping", "NAME`"),
}
BAD = {**GUESSED, **WHOLE, **SCALARS, **ENTRIES, **REFERENCES, **TRIGGERS, **SETTINGS}
