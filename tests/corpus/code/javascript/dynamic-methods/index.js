const AWS = require('aws-sdk');
const { S3Client, ...commands } = require('@aws-sdk/client-s3');

const dynamo = new AWS.DynamoDB.DocumentClient();
const client = new S3Client({});
const METHODS = { GET: 'get', POST: 'put', DELETE: 'delete' };
const service = (name) => new AWS[name]();

const call = (action, params) => dynamo[action](params).promise();

exports.handler = async (event) => {
  await call('scan', { TableName: 'list' });
  await call('query', { TableName: 'search', KeyConditionExpression: 'a = :a' });
  const method = METHODS[event.httpMethod];
  await dynamo[method]({ TableName: process.env.T, Key: { id: 1 } }).promise();
  await client.send(new commands.HeadBucketCommand({ Bucket: 'b' }));
  await dynamo[event.operation]({ TableName: 't' }).promise();
  await service('SSM').getParametersByPath({ Path: '/a' }).promise();
  await client.send(event.command);
};
