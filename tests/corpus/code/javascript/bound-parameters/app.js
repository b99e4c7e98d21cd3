const AWS = require("aws-sdk");

const orders = new AWS.DynamoDB.DocumentClient({ params: { TableName: "orders" } });

exports.handler = async (event) => {
  await orders.get({ Key: { id: event.id } }).promise();
  await orders.batchGet({ RequestItems: { carts: { Keys: [] } } }).promise();
};
