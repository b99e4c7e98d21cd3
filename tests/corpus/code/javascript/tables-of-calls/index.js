const { DynamoDB } = require('@aws-sdk/client-dynamodb');
const { SNS } = require('@aws-sdk/client-sns');
const pLimit = require('p-limit');

const dynamodb = new DynamoDB({});
const limit = pLimit(2);
const clients = { db: dynamodb, topic: new SNS({}) };

const jobs = [
  { method: 'putItem', table: 'written', extra: { Item: {} } },
  { method: 'deleteItem', table: 'removed', extra: { Key: {} } },
];

exports.handler = async () => {
  for (const { method, table, extra } of jobs) {
    await dynamodb[method]({ TableName: table, ...extra });
  }
  await Promise.all([['scan', 'scanned'], ['describeTable', 'described']].map(([method, table]) => dynamodb[method]({ TableName: table })));
  await limit(() => dynamodb.getItem({ TableName: 'limited', Key: {} }));
  await Promise.all(Object.keys(clients).map((name) => clients[name].listTables && clients[name].listTables({})));
};
