import boto3

s3 = boto3.client("s3")
ec2 = boto3.client("ec2")


def handler(event, context):
    paginator = s3.get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket="photos", Prefix="2024/", PaginationConfig={"PageSize": 10}):
        for entry in page.get("Contents", []):
            s3.delete_object(Bucket="photos", Key=entry["Key"])
    if ec2.can_paginate("describe_instances"):
        ec2.get_waiter("instance_running").wait(InstanceIds=["i-1"], WaiterConfig={"Delay": 5})
