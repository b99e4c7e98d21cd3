const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const lib = require("@aws-sdk/lib-dynamodb");
const { paginateScan, TransactWriteCommand, BatchGetCommand } = lib;

const { USERS, ORDERS = "orders" } = process.env;
const ddb = lib.DynamoDBDocumentClient.from(new DynamoDBClient());

module.exports.handler = async function (event) {
  const body = JSON.parse(event.body);
  await ddb.send(new BatchGetCommand({ RequestItems: { [USERS]: { Keys: [{ id: body.id }] } } }));
  await ddb.send(
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: USERS, Item: body } },
        { Delete: { TableName: ORDERS, Key: { id: body.id } } },
      ],
    })
  );
  for await (const page of paginateScan({ client: ddb, pageSize: 50 }, { TableName: ORDERS })) {
    console.log(page.Items.length);
  }
  return ddb.send(new lib.GetCommand({ TableName: USERS, Key: { id: body.id } }));
};
