import boto3

s3 = boto3.resource("s3")


def handler(event, context):
    for version in s3.Bucket("v").object_versions.filter(Prefix="p"):
        version.delete()
    s3.BucketVersioning("v").enable()
    upload = s3.Object("m", "k").initiate_multipart_upload()
    upload.Part(1).upload(Body=b"")
    upload.complete()
    s3.Object("c", "k").copy_from(CopySource="d/k")
    obj = s3.Object("o", "k")
    print(obj.bucket_name, obj.key, obj.Bucket().name)
