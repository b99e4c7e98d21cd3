const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { S3 } = require('@aws-sdk/client-s3');

exports.defaults = () => ({ db: new DynamoDBClient({}), files: new S3({}) });

exports.makeRepository = (client, table) => ({
  add: (item) => client.putItem({ TableName: table, Item: item }),
  list: () => client.listObjectsV2({ Bucket: 'listing' }),
  wrong: () => client.putItem({ Table: table, Thing: 1 }),
});
