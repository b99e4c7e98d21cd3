import os

import boto3

s3 = boto3.client("s3")
STAGE = os.environ["STAGE"]


def handler(event, context):
    s3.put_object(Bucket=f"logs-{STAGE}", Key="a", Body=b"")
    s3.get_object(Bucket="data-%s-%d" % (STAGE, 7), Key="b")
    s3.delete_object(Bucket="{}-{name}".format("old", name=STAGE), Key="c")
    s3.head_object(Bucket="-".join(["a", STAGE, "z"]), Key="d")
    s3.list_objects_v2(Bucket="pre-" + STAGE, Prefix="x/" + str(5))
    s3.get_object_tagging(Bucket="a_b".replace("_", "-"), Key="arn:aws:s3:::bucket/key.txt".rsplit("/")[-1])
