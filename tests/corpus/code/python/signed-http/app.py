import boto3
from opensearchpy import AWSV4SignerAuth, OpenSearch
from requests_aws4auth import AWS4Auth

credentials = boto3.Session().get_credentials()
auth = AWSV4SignerAuth(credentials, "eu-west-1", "aoss")
other = AWS4Auth(credentials.access_key, credentials.secret_key, "eu-west-1", "es", session_token=credentials.token)
search = OpenSearch(hosts=[], http_auth=auth)


def handler(event, context):
    return search.search(index="a", body={})
