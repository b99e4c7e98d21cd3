const AWS = require("aws-sdk");

const orders = new AWS.DynamoDB.DocumentClient({ params: { TableName: "orders" } });

exports.handler = async (event) => {
  await orders.get({ Key: { id: event.id } }).promise();
  await orders.batchGet({ RequestItems: { carts: { Keys: [] } } }).promise();
  await orders.put({ TableName: "archive", Item: {} }).promise();
  await orders.delete(event.all ? { Key: {} } : { TableName: "archive", Key: {} }).promise();
};
