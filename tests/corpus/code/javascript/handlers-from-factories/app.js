const { metricScope } = require("aws-embedded-metrics");
const { DynamoDB } = require("@aws-sdk/client-dynamodb");

const client = new DynamoDB({});

exports.getNote = metricScope((metrics) => async (event) => {
  metrics.setNamespace("Notes");
  return client.getItem({ TableName: process.env.TABLE, Key: { id: { S: event.pathParameters.id } } });
});

exports.getPages = metricScope((metrics) => async (event) => {
  metrics.setNamespace("Pages");
  return client.query({ TableName: event.table });
});
