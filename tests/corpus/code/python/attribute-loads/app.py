import boto3

ec2 = boto3.resource("ec2")


def handler(event, context):
    eni = ec2.NetworkInterface(event["detail"]["eni"])
    print(eni.id)
    address = eni.private_ip_address
    size = boto3.resource("s3").Object("b", "k").content_length
    ec2.Instance("i-1").reload()
    return address, size
