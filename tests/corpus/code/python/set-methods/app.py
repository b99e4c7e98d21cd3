import boto3

s3 = boto3.client("s3")
BUCKETS = {"a", "b"}


def handler(event, context):
    wanted = {event["bucket"]}
    if BUCKETS.difference(wanted):
        s3.get_object(Bucket="difference", Key="k")
    if BUCKETS.issuperset(wanted):
        s3.get_object(Bucket="superset", Key="k")
    for name in BUCKETS.union({"c"}):
        s3.put_object(Bucket=name, Key="k")
    for name in BUCKETS.intersection(wanted):
        s3.delete_object(Bucket=name, Key="k")
    more = {"d"}
    more.update({"e"}, {"f"})
    for name in more:
        s3.head_object(Bucket=name, Key="k")
