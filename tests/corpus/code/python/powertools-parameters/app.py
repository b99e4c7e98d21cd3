from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters import get_secret, SSMProvider
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, idempotent
import os

ssm = SSMProvider()
table = parameters.DynamoDBProvider(table_name="settings")
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY"])


@idempotent(persistence_store=persistence)
def handler(event, context):
    parameters.get_parameter("/app/a", decrypt=True)
    parameters.get_parameters(path="/app")
    parameters.get_parameters_by_name({"/x": {}, "/y": {"max_age": 5}})
    get_secret("db")
    ssm.get("/app/b")
    table.get("k")
    parameters.get_app_config(name="flags", environment="prod", application="shop")
