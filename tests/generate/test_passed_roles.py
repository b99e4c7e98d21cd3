"""`pass_role`: exactly the named roles, for the service that receives them; and notes where an entry names none."""

import pytest
from support.generated import HEAD, bundle_of, problems_of, statements_of
from support.rows import every_row

from iamglue.catalog.passed_roles import passed_role
from iamglue.catalog.services import find_action
from iamglue.catalog.tables import table_rows
from iamglue.generate.prove import prove
from iamglue.readers.spec.reader import parse_spec

RUN_TASK = "calls:\n- ecs/task-definition: nightly:*\n  do: RunTask\n"
ROLE = "arn:aws:iam::111122223333:role"
ROWS = table_rows("passed_roles")


def passes(body, **kwargs):
    """The resources and services of each statement that grants iam:PassRole."""
    return [
        (statement["Resource"], statement["Condition"]["StringEquals"]["iam:PassedToService"])
        for statement in statements_of(body, **kwargs)
        if statement["Action"] == ["iam:PassRole"]
    ]


def outcomes(body):
    table = prove(parse_spec(HEAD + body, "spec.yaml").functions[0], bundle_of(body))
    return {line.holds for line in table.lines}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("task", [f"{ROLE}/task"]),
        ("team/task", [f"{ROLE}/team/task"]),
        ("[task, execution]", [f"{ROLE}/execution", f"{ROLE}/task"]),
        (f"{ROLE}/service-role/task", [f"{ROLE}/service-role/task"]),
    ],
)
def test_exactly_the_named_roles_are_passed_to_the_service_that_receives_them(names, expected):
    body = f"{RUN_TASK}  pass_role: {names}"
    assert passes(body) == [(expected, "ecs-tasks.amazonaws.com")]
    assert bundle_of(body).notes == ()
    assert outcomes(body) == {True}


@pytest.mark.parametrize(
    ("entry", "service"),
    [
        ("lambda/function: g\n  do: CreateFunction", "lambda.amazonaws.com"),
        ("states/statemachine: m\n  do: CreateStateMachine", "states.amazonaws.com"),
        ("glue/job: j\n  do: CreateJob", "glue.amazonaws.com"),
        ("sagemaker/training-job: t\n  do: CreateTrainingJob", "sagemaker.amazonaws.com"),
    ],
)
def test_the_service_follows_from_the_operation(entry, service):
    assert passes(f"writes:\n- {entry}\n  pass_role: worker") == [([f"{ROLE}/worker"], service)]


def test_services_of_china_have_a_name_of_their_own_too():
    head = 'iamglue: 1\nfunction: f\nregion: cn-north-1\naccount: "111122223333"\n'
    ((resources, services),) = passes(f"{RUN_TASK}  pass_role: task", head=head)
    assert resources == ["arn:aws-cn:iam::111122223333:role/task"]
    assert services == ["ecs-tasks.amazonaws.com", "ecs-tasks.amazonaws.com.cn"]


def test_passed_to_names_the_service_that_is_not_known():
    body = "writes:\n- gamelift: '*'\n  do: CreateBuild\n  pass_role: build\n"
    (error,) = problems_of(body)
    assert "does not know which service receives the role of `gamelift:CreateBuild`" in str(error)
    assert passes(f"{body}  passed_to: gamelift.amazonaws.com") == [([f"{ROLE}/build"], "gamelift.amazonaws.com")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (f"{RUN_TASK}  pass_role: 'nightly-*'", "`nightly-*` is a pattern"),
        (f"{RUN_TASK}  passed_to: ecs-tasks.amazonaws.com", "`passed_to` needs `pass_role`"),
        (f"{RUN_TASK}  pass_role: task\n  passed_to: lambda.amazonaws.com", "pass the role to ecs-tasks.amazonaws.com"),
        (f"{RUN_TASK}  pass_role: task\n  passed_to: ecs-tasks", "`ecs-tasks` is not a service principal"),
        (
            f"{RUN_TASK}  pass_role: arn:aws:iam::444455556666:role/task",
            "a role of account 444455556666 cannot be passed",
        ),
        ("reads:\n- s3: bucket/*\n  pass_role: task", "no role that calls of `s3:GetObject` pass"),
    ],
)
def test_a_role_that_cannot_be_passed_is_an_error(body, message):
    (error,) = problems_of(body)
    assert message in str(error)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (RUN_TASK, ("`ecs:RunTask` passes a role to ecs-tasks.amazonaws.com", "name the role in `pass_role`")),
        ("writes:\n- ecs/service: c/s\n  do: UpdateService", ("if it names one", "to ecs.amazonaws.com")),
        ("writes:\n- gamelift: '*'\n  do: CreateBuild", ("to a service", "and the service in `passed_to`")),
    ],
)
def test_an_entry_without_a_role_gets_a_note(body, words):
    (note,) = (note for note in bundle_of(body).notes if "pass_role" in note)
    assert all(word in note for word in words)


@pytest.mark.parametrize("operation", ["PassRole", "pass_role", "iam:PassRole"])
def test_an_entry_of_iam_that_passes_the_role_answers_the_note(operation):
    body = f"{RUN_TASK}- iam/role: task\n  do: {operation}"
    assert bundle_of(body).notes == ()


def test_a_role_that_every_call_passes_and_no_entry_names_is_undecided():
    assert None in outcomes(RUN_TASK)


def test_a_role_that_the_policy_does_not_pass_is_reported():
    function = parse_spec(f"{HEAD}{RUN_TASK}  pass_role: task", "spec.yaml").functions[0]
    table = prove(function, bundle_of(f"{RUN_TASK}  pass_role: other"))
    assert False in [line.holds for line in table.lines]


@every_row("row", ROWS)
def test_a_row_names_actions_of_the_reference_services_and_its_source(row):
    for name in row["actions"].split():
        assert find_action(f"{row['service']}:{name}").name == name
    assert row["passed_to"] == "-" or all(service.endswith(".amazonaws.com") for service in row["passed_to"].split())
    assert row["when"] in ("", "always")
    assert row["source"]


def test_no_action_has_two_rows():
    actions = [(row["service"], name) for row in ROWS for name in row["actions"].split()]
    assert len(actions) == len(set(actions))
    assert passed_role("s3:GetObject") is None
