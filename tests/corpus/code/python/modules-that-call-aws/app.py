import anthropic
import duckdb
from anthropic import AnthropicBedrock
from aws_msk_iam_sasl_signer import MSKAuthTokenProvider
from gql.transport.appsync_auth import AppSyncIAMAuthentication, AppSyncJWTAuthentication
from litellm import completion
from llama_index.llms.bedrock import Bedrock
from llama_index.llms.openai import OpenAI
from pyarrow import fs
from requests_auth_aws_sigv4 import AWSSigV4


def handler(event, context):
    anthropic.Anthropic().messages.create(model="claude", max_tokens=1, messages=[])
    AnthropicBedrock().messages.create(model="claude", max_tokens=1, messages=[])
    AppSyncIAMAuthentication(host="api")
    AppSyncJWTAuthentication(host="api", jwt="token")
    completion(model="bedrock/anthropic.claude-v2", messages=[])
    completion(model="gpt-4", messages=[])
    duckdb.sql("SELECT * FROM read_parquet('s3://lake/in.parquet')")
    duckdb.sql("SELECT * FROM local -- no s3://lake")
    fs.S3FileSystem(region="eu-west-1")
    fs.LocalFileSystem()
    AWSSigV4("execute-api")
    return Bedrock(model="m"), OpenAI(model="m"), MSKAuthTokenProvider.generate_auth_token("eu-west-1")
