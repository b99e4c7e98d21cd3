import boto3

s3 = boto3.resource("s3")
ec2 = boto3.resource("ec2")


def handler(event, context):
    bucket = s3.Bucket("logs")
    for summary in bucket.objects.filter(Prefix="2023/"):
        print(summary.key, summary.size)
        summary.get()
    bucket.objects.all().delete()
    names = [b.name for b in s3.buckets.all()]
    for instance in ec2.instances.filter(Filters=[{"Name": "tag:a", "Values": ["b"]}]):
        print(instance.state, instance.private_ip_address)
        instance.stop()
    return names
