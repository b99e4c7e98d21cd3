from __future__ import annotations

from random import Random

import pytest

from iamglue.catalog import services
from iamglue.catalog.action_resources import may_act_on
from iamglue.catalog.arn_kinds import plain_parts
from iamglue.catalog.resource_formats import corrected_formats, parse_arn_format
from iamglue.catalog.service_arn_formats import known_services, matching_formats, resource_pattern, service_arn_formats

HEAD = "arn:aws:{}:eu-west-1:123456789012"
SOME = ("s3", "dynamodb", "logs", "iam", "ec2", "glue", "apigateway", "events", "es", "ssm", "sns", "catalog")


def test_names_are_made_alike():
    head = HEAD.format("dynamodb")
    assert plain_parts(f"{head}:table/orders/index/by-1") == (head, "dynamodb", "table/!/index/!")
    assert _alike("arn:aws:s3:::images/thumbs/b.png") == "!/!/!"
    assert _alike(f"{HEAD.format('secretsmanager')}:secret:mail-??????") == "secret:!??????"


def test_words_of_the_services_formats_stay():
    assert _alike(f"{HEAD.format('dynamodb')}:table/stream/orders") == "table/stream/!"
    assert _alike(f"{HEAD.format('dynamodb')}:ta*/orders") == "ta*/!"


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "images",
        "arn:aws:s3:::${aws:username}",
        "arn:aws:s3:::YOUR-BUCKET",
        "arn:aws:s3:::<bucket>",
        "arn:aws:s*:::images",
        "arn:aws:nosuch:::images",
        "arn:aws:ssm:eu-west-1::document/mine",
        "arn:aws:organizations::123456789012:account/o-abc/123",
        "arn:aws:s3:::a!",
        "arn:aws:s3:::",
        "arn:aws:s3",
    ],
)
def test_what_is_more_than_names_is_not_plain(text):
    assert plain_parts(text) is None


@pytest.mark.parametrize("service", SOME)
def test_of_arns_alike_the_same_formats_fit_and_the_same_actions_act_on_them(service):
    random = Random(service)
    patterns = [resource_pattern(each) for each in service_arn_formats(service)]
    owner = services.find_service(service) or services.find_service("servicecatalog")
    actions = [f"{owner.prefix}:{each.name}" for each in owner.actions.values()]
    actions = [*random.sample(actions, min(20, len(actions))), f"{owner.prefix}:*", "backup:DeleteRecoveryPoint"]
    alike = 0
    for _ in range(150):
        text = f"{HEAD.format(service)}:{_filled(random, random.choice(patterns))}"
        parts = plain_parts(text)
        if parts is None:
            continue
        alike += 1
        other = f"{parts[0]}:{parts[2]}"
        assert matching_formats(text) == matching_formats(other), (text, other)
        assert [may_act_on(each, text) for each in actions] == [may_act_on(each, other) for each in actions], text
    assert alike > 100


def test_the_formats_that_an_arn_may_be_of_are_those_of_its_service():
    """But for Backup's, which any service's ARN may be of: no word is in them."""
    for prefix in services.service_prefixes():
        for kind in services.find_service(prefix).resource_types.values():
            for each in map(parse_arn_format, kind.arn_formats):
                if "${" in each.service:
                    assert resource_pattern(each) == "?*:?*"
                else:
                    assert each in (*service_arn_formats(each.service), *corrected_formats(each.service))


def test_names_of_nearly_all_services_are_told_from_words():
    texts = [f"arn:aws:{name}:eu-west-1:123456789012:a" for name in known_services() if service_arn_formats(name)]
    assert len([text for text in texts if plain_parts(text) is None]) < 10


def _filled(random, pattern):
    """A pattern with something for each variable, and now and then another thing for a piece of it."""
    names = ("orders", "a", "a-1", "*", "n*", "?", "x/y", "x:y", "table", "tab", "index", "log-group", "e", "-", "role")
    pieces = pattern.split("?*")
    found = "".join(piece + random.choice(names) for piece in pieces[:-1]) + pieces[-1]
    if random.random() < 0.3:
        at = random.randrange(len(found))
        found = found[:at] + random.choice((*names, "/", ":", "")) + found[at + random.randrange(3) :]
    return found or "x"


def _alike(text):
    return plain_parts(text)[2]
