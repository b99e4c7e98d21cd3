from aws_lambda_powertools.event_handler import APIGatewayRestResolver
import boto3

app = APIGatewayRestResolver()
table = boto3.resource("dynamodb").Table("todos")


@app.get("/todos/<todo_id>")
def get_todo(todo_id):
    return table.get_item(Key={"id": todo_id})["Item"]


@app.post("/todos")
def create():
    table.put_item(Item=app.current_event.json_body)


def lambda_handler(event, context):
    return app.resolve(event, context)
