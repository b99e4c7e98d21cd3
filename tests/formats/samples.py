"""Bundles for the tests of every format: one of each kind, and a strategy for many with hostile strings."""

from functools import cache

from hypothesis import strategies as st

from iamglue.model.permission_set import (
    CounterpartPolicy,
    DeploymentParameter,
    ExplainedStatement,
    InvokePermission,
    NamedPolicy,
    PermissionSet,
)
from iamglue.model.required_access import Reason
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import Policy, Principal, allow_statement
from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    PARTITION_PARAMETER,
    REGION_PARAMETER,
    deployment_parameter_names,
)

TRUST = Policy(
    (allow_statement(("sts:AssumeRole",), None, principals=(Principal("Service", "lambda.amazonaws.com"),)),)
)
KNOWN = {"AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws"}
PARAMETERS = {"Name": "images", "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:jobs"}
VALUES = KNOWN | PARAMETERS

# Pieces that mean something to one format or another, and to IAM.
PIECES = [
    "a",
    "Z",
    "9",
    " ",
    "  ",
    "-",
    "_",
    "/",
    ":",
    "*",
    "?",
    "$",
    "$$",
    "%",
    "%%",
    "{",
    "}",
    "{}",
    "#",
    "!",
    "@",
    "=",
    "&",
    '"',
    "'",
    "\\",
    "\\n",
    "`",
    "$(id)",
    "$((1))",
    "`id`",
    ";",
    "|",
    "<<EOF",
    "EOF",
    "POLICY",
    "*/",
    "/*",
    "//",
    "-->",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#{x}",
    "%{if}",
    "$[x]",
    "!Sub",
    "!Ref x",
    "- ",
    ": ",
    "~",
    "null",
    "true",
    "0x1",
    "${aws:username}",
    "${aws:PrincipalTag/a}",
    "${*}",
    "${?}",
    "${$}",
    "${env:HOME}",
    "${self:x}",
    "${bad name}",
    "${",
    "é",
    "☃",
    "😀",
    "\xa0",
    "##[stop-commands]x",
    "::error::",
]
UNSEEN = ["\xad", "\u200b", "\ufeff", "\ufe0f"]
CONTROLS = ["\n", "\r", "\t", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", *UNSEEN]
DEPLOYED = [REGION_PARAMETER, ACCOUNT_PARAMETER, PARTITION_PARAMETER]
HELD = ["${Name}", "${QueueArn}", *DEPLOYED]


def statement(*resources: str, sid: str | None = "Sid", **conditions: str):
    found = tuple(build_condition("StringLike", f"s3:{key}", value) for key, value in conditions.items())
    return allow_statement(("s3:GetObject",), resources, sid=sid, conditions=found)


def bundle(function: str = "exif-extractor", *statements, managed: bool = False, **given) -> PermissionSet:
    """A bundle of one policy, in eu-west-1 of account 123456789012 unless `given` says otherwise."""
    policy = Policy(statements or (statement("arn:aws:s3:::images/*"),))
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{function}"
    defaults = {
        "function_arn": arn,
        "role_name": f"{function}-role",
        "trust": TRUST,
        "policies": (NamedPolicy(f"{function}-policy", policy, managed),),
    }
    return PermissionSet(function, **(defaults | given))


S3_TRIGGER = InvokePermission("S3", "lambda:InvokeFunction", "s3.amazonaws.com", "arn:aws:s3:::images", "123456789012")
EVERY_PERMISSION = (
    S3_TRIGGER,
    InvokePermission("Alexa", "lambda:InvokeFunction", "alexa-appkit.amazon.com", event_source_token="amzn1.ask.skill"),
    InvokePermission("Url", "lambda:InvokeFunctionUrl", "*", function_url_auth_type="NONE"),
    InvokePermission("UrlInvoke", "lambda:InvokeFunction", "*", invoked_via_function_url=True),
    InvokePermission("Account", "lambda:InvokeFunction", "210987654321"),
)
PEER = CounterpartPolicy("the role\nof the schedule", Policy((statement("arn:aws:s3:::peer"),)))
FULL = bundle(
    "exif-extractor",
    statement("arn:aws:s3:::images/${aws:PrincipalTag/team}/*", prefix="a${*}b"),
    allow_statement(
        ("logs:PutLogEvents", "logs:CreateLogStream"), ("arn:aws:logs:eu-west-1:123456789012:log-group:/x:*",)
    ),
    invoke_permissions=EVERY_PERMISSION,
    counterparts=(PEER,),
    description='Reads "EXIF" ${Name} {{resolve:ssm:x}} `id` $(id)\n# next',
)
PARAMETRIC = bundle(
    "thumb_nail",
    function_arn=f"arn:{PARTITION_PARAMETER}:lambda:{REGION_PARAMETER}:{ACCOUNT_PARAMETER}:function:thumb_nail",
    policies=(
        NamedPolicy(
            "one",
            Policy((statement(f"arn:{PARTITION_PARAMETER}:s3:::${{Name}}-{REGION_PARAMETER}-{ACCOUNT_PARAMETER}/*"),)),
            True,
        ),
        NamedPolicy("two", Policy((statement("${QueueArn}", "arn:aws:s3:::${Name}/${aws:username}/${*}"),)), True),
    ),
    invoke_permissions=(
        InvokePermission(
            "S3",
            "lambda:InvokeFunction",
            "s3.amazonaws.com",
            f"arn:{PARTITION_PARAMETER}:s3:::${{Name}}",
            ACCOUNT_PARAMETER,
        ),
    ),
    counterparts=(PEER,),
    parameters=(DeploymentParameter("Name"), DeploymentParameter("QueueArn", is_arn=True)),
)


# Strategies are made once: Hypothesis would check each of them anew.


def texts(*more: list[str]):
    """Strings of hostile pieces; `more` adds pieces. No parameter stands in them but those that bundles declare."""
    return _texts((*PIECES, *(piece for pieces in more for piece in pieces)))


def prose(*more: list[str]):
    """Strings of hostile pieces that nothing is substituted in: `${a}` is no parameter there."""
    return _prose((*PIECES, *(piece for pieces in more for piece in pieces)))


@cache
def _texts(pieces: tuple[str, ...]):
    return _prose(pieces).filter(lambda text: PARAMETERS.keys() >= set(deployment_parameter_names(text)))


@cache
def _prose(pieces: tuple[str, ...]):
    return st.lists(st.sampled_from(pieces), max_size=8).map("".join)


@st.composite
def bundles(draw, *more: list[str], controls: bool = True, names: bool = True):
    """One to three bundles with hostile strings; `more` are further pieces, such as parameters.

    Without `names`, functions are called as AWS lets them be, and no word of a permission holds what is not seen.
    """
    parts = _parts(texts(*more, CONTROLS if controls else []), texts(*more, UNSEEN if names else []))
    return [
        bundle(
            function,
            parameters=tuple(DeploymentParameter(name, is_arn=name == "QueueArn") for name in PARAMETERS),
            explained_statements=(ExplainedStatement(statement("*"), (Reason(function),)),),
            **draw(parts),
        )
        for function in draw(_functions(names))
    ]


@cache
def _functions(hostile: bool):
    return st.lists(texts(UNSEEN) if hostile else _PLAIN_NAMES, min_size=1, max_size=3, unique=True)


_PLAIN_NAMES = st.text("abAB01-_", min_size=1, max_size=8)
_CONDITION_KEYS = texts().filter(lambda key: "${" not in key).map(lambda key: f"aws:RequestTag/{key}")


@cache
def _statements(text):
    conditions = st.dictionaries(_CONDITION_KEYS, st.lists(text, min_size=1, max_size=3), max_size=2).map(
        lambda found: tuple(build_condition("ForAllValues:StringLike", key, *values) for key, values in found.items())
    )
    return st.builds(
        lambda actions, resources, conditions, sid: allow_statement(
            tuple(actions), tuple(resources), conditions=conditions, sid=sid
        ),
        st.lists(st.sampled_from(["s3:GetObject", "s3:*", "iam:?et*"]), min_size=1, max_size=3),
        st.lists(text, min_size=1, max_size=3),
        conditions,
        st.none() | st.just("Sid1"),
    )


@cache
def _parts(text, shown):
    """What a bundle holds besides its function; all its policies are managed, or none."""
    policies = st.lists(st.lists(_statements(text), min_size=1, max_size=2).map(tuple).map(Policy), max_size=3)
    permission = st.builds(
        InvokePermission, st.just("Id-1"), st.just("lambda:InvokeFunction"), shown, st.none() | shown, st.none() | shown
    )
    peer = st.builds(
        lambda where, statement: CounterpartPolicy(where, Policy((statement,))), prose(CONTROLS), _statements(text)
    )
    return st.fixed_dictionaries(
        {
            "policies": st.builds(_named_policies, policies, st.booleans()),
            "invoke_permissions": st.lists(permission, max_size=2).map(tuple),
            "counterparts": st.lists(peer, max_size=2).map(tuple),
            "description": st.none() | prose(CONTROLS),
        }
    )


def _named_policies(policies, managed):
    return tuple(NamedPolicy(f"policy-{number}", policy, managed) for number, policy in enumerate(policies))
