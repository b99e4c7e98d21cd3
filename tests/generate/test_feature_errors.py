"""What AWS cannot grant as a spec says it is an error that says how to say it."""

from __future__ import annotations

from support.generated import problems_of
from support.rows import every_row

S3_FILES = "arn:aws:s3files:eu-west-1:111122223333:file-system/fs-1"
ERRORS = {
    "one phone number": (
        "writes:\n- sns: '+4915112345678'\n",
        "is a phone number, and AWS cannot limit messages to one number",
        "sns: {phone: true}",
    ),
    "phone of another value": ("writes:\n- sns: {phone: sms}\n", "`phone` must be `true`", "sns: {phone: true}"),
    "phone in a Region": (
        "writes:\n- sns: {phone: true}\n  region: us-east-1\n",
        "`region` is not allowed with `phone`",
        "remove `region`",
    ),
    "phone for another action": (
        "writes:\n- sns: {phone: true}\n  do: Subscribe\n",
        "is not a variable of sns/topic",
        "",
    ),
    "alias of an access point": (
        "reads:\n- s3: reader-aqfqprnstn7aefdfbarligizwgyfouse1a-s3alias\n",
        "AWS does not allow aliases in policies",
        "`s3: BUCKET` with `access_point: NAME`",
    ),
    "alias as access point": (
        "reads:\n- s3: media\n  access_point: reader-aqfqprnstn7aefdfbarligizwgyfouse1a-s3alias\n",
        "AWS does not allow aliases in policies",
        "the access point's name or ARN",
    ),
    "access point of another service": (
        "reads:\n- s3: media\n  access_point: arn:aws:sqs:eu-west-1:111122223333:q\n",
        "is not the ARN of one S3 access point",
        "",
    ),
    "pattern of access points": (
        "reads:\n- s3: media\n  access_point: arn:aws:s3:eu-west-1:111122223333:accesspoint/r*\n",
        "is not the ARN of one S3 access point",
        "",
    ),
    "name of no access point": (
        "reads:\n- s3: media\n  access_point: Reader_1\n",
        "is not a valid name of an S3 access point",
        "a Multi-Region access point's alias ends in .mrap",
    ),
    "access point of an access point": (
        "reads:\n- s3: arn:aws:s3:eu-west-1:111122223333:accesspoint/reader\n  access_point: reader\n",
        "`access_point` needs the name of its bucket",
        "",
    ),
    "action that no access point supports": (
        "reads:\n- s3: media\n  access_point: reader\n  do: get_bucket_versioning\n",
        "is not supported through S3 access points",
        "",
    ),
    "key in the name of a bucket": (
        "reads:\n- s3: {BucketName: media/in, ObjectName: a.png}\n",
        "`media/in` is not a valid name of an S3 bucket",
        "write the object's key as `ObjectName`",
    ),
    "access point of a directory bucket": (
        "reads:\n- s3: cache--euw1-az1--x-s3\n  access_point: reader\n",
        "`access_point` is not supported for directory buckets",
        "`s3express/accesspoint: NAME`",
    ),
    "access point as the bucket of a file system": (
        "settings: {file_system: {id: fs, access_point: p, bucket: 'arn:aws:s3:eu-west-1:111122223333:accesspoint/p'}}",
        "`arn:aws:s3:eu-west-1:111122223333:accesspoint/p` is an access point",
        "write the name of the bucket",
    ),
    "name of no bucket for a file system": (
        "settings: {file_system: {id: fs-1, access_point: fsap-1, bucket: 'Media:1'}}",
        "`Media:1` is not a valid name of an S3 bucket",
        "`:` is not allowed",
    ),
    "part of a directory bucket": (
        "reads:\n- s3: cache--euw1-az1--x-s3/in/*\n",
        "cannot be limited to `in/*`: AWS allows sessions for the whole bucket",
        "write only the bucket's name",
    ),
    "prefix of a directory bucket": (
        "reads:\n- s3: cache--euw1-az1--x-s3\n  prefix: in/\n",
        "cannot be limited to `in/`",
        "write only the bucket's name",
    ),
    "tags in a directory bucket": (
        "reads:\n- s3: cache--euw1-az1--x-s3\n  do: get-tags\n",
        "`s3:GetObjectTagging` is not supported for the objects of a directory bucket",
        "get, head, list, put",
    ),
    "a directory bucket by the ARN of a bucket": (
        "reads:\n- s3: arn:aws:s3:::cache--euw1-az1--x-s3\n",
        "is not the ARN of a s3express/bucket",
        "",
    ),
    "key of no secret": (
        "calls:\n- rds-data: shop\n  key: alias/shop\n",
        "`key` of an rds-data entry is the KMS key of its secret",
        "write `secret` too",
    ),
    "database by its name": (
        "calls:\n- rds-db: {DbiResourceId: db-shop, DbUserName: app}\n",
        "`db-shop` is not the resource ID of a database",
        "DbiResourceId",
    ),
    "database by its name in an ARN": (
        "calls:\n- rds-db: arn:aws:rds-db:eu-west-1:111122223333:dbuser:shop/app\n",
        "`shop` is not the resource ID of a database",
        "DbClusterResourceId",
    ),
    "consumer that is missing": (
        "reads:\n- kinesis: clicks\n  do: subscribe_to_shard\n",
        "acts on a consumer of the stream, but `consumer` is missing",
        "consumer: NAME",
    ),
    "consumer of a parameter": (
        "reads:\n- kinesis: {StreamName: clicks}\n  do: subscribe_to_shard\n  consumer: c\n",
        "`consumer` needs the stream's name or ARN",
        "",
    ),
    "AWS's parameter in an account": (
        "reads:\n- ssm: arn:aws:ssm:eu-west-1:111122223333:parameter/aws/service/x\n",
        "belongs to AWS, so its ARN has no account",
        "arn:aws:ssm:eu-west-1::parameter/aws/service/x",
    ),
    "file system of S3 Files without its bucket": (
        f"settings:\n  file_system: {{id: '{S3_FILES}', access_point: fsap-1}}\n",
        "`bucket` is missing",
        "`direct_reads: false`",
    ),
    "key of a file system that is not read directly": (
        "settings:\n  file_system: {id: fs-1, access_point: fsap-1, key: alias/k}\n",
        "`key` of `file_system` is the KMS key of a bucket",
        "remove `key`",
    ),
    "pattern of keys of a durable function": (
        "settings:\n  durable: {key: 'alias/*'}\n",
        "is a pattern; `durable` must name one key",
        "",
    ),
}


@every_row("body, message, hint", ERRORS.values())
def test_what_aws_cannot_grant_is_an_error_that_says_how_to_say_it(body: str, message: str, hint: str) -> None:
    (error,) = problems_of(body)
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.location is not None
