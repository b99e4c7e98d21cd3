import boto3

s3 = boto3.client("s3")


def handler(event, context):
    names = ["a", "b"] + ["c"]
    s3.get_object(Bucket=names[-1], Key="k")
    s3.put_object(Bucket=names[1:][0], Key="k")
    longer = ["p"]
    longer.extend(["q"])
    s3.head_object(Bucket=longer[-1], Key="k")
    left = ["e", "f"]
    left.pop(0)
    s3.delete_object(Bucket=left[0], Key="k")
    s3.head_bucket(Bucket=sorted(["h", "g"])[0])
    s3.get_bucket_acl(Bucket=list(reversed(["i", "j"]))[0])
    removed = ["k", "l"]
    del removed[0]
    s3.get_bucket_policy(Bucket=removed[0])
    s3.get_bucket_cors(Bucket="m/n/o".split("/")[1:][0])
