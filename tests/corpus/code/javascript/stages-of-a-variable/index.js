const AWS = require('aws-sdk');
const ddb = new AWS.DynamoDB();

exports.handler = async (event) => {
  let params = { TableName: 'first', Key: { id: { S: '1' } } };
  await ddb.getItem(params).promise();
  params = { TableName: 'second', Item: { id: { S: '1' } } };
  await ddb.putItem(params).promise();
  var table;
  if (event.test) {
    table = 'test-table';
  } else {
    table = process.env.TABLE;
  }
  await ddb.deleteItem({ TableName: table, Key: {} }).promise();
  let next;
  do {
    const page = await ddb.scan({ TableName: 'pages', ExclusiveStartKey: next }).promise();
    next = page.LastEvaluatedKey;
  } while (next);
  let name = 'q';
  switch (event.kind) {
    case 'a':
      name = 'qa';
      break;
    case 'b':
      name = 'qb';
      break;
    default:
      return;
  }
  await ddb.query({ TableName: name, KeyConditionExpression: '' }).promise();
};
