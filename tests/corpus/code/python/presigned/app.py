import boto3

s3 = boto3.client("s3")


def handler(event, context):
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "files", "Key": event["key"]}, ExpiresIn=60)
    put = s3.generate_presigned_url(ClientMethod="put_object", Params={"Bucket": "inbox", "Key": "k"})
    form = s3.generate_presigned_post("forms", "k2")
    return url, put, form
