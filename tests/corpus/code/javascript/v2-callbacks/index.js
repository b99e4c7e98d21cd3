const AWS = require('aws-sdk');
const { helper, Repo } = require('./lib');
const s3 = new AWS.S3();
const docClient = new AWS.DynamoDB.DocumentClient({ region: process.env.AWS_REGION });
exports.handler = (event, context, callback) => {
  var params = { TableName: process.env.TABLE_NAME, Key: { id: event.pathParameters.id } };
  docClient.get(params, function (err, data) {
    if (err) return callback(err);
    s3.putObject({ Bucket: 'bkt', Key: data.Item.id }).promise().then(() => {
      helper('getItem', { TableName: 'T2' });
    });
  });
  const url = s3.getSignedUrl('getObject', { Bucket: process.env.B, Key: 'k' });
  new Repo(docClient, 'repo-table').save({ a: 1 });
  s3.waitFor('bucketExists', { Bucket: 'w' }).promise();
  s3.upload({ Bucket: 'u', Key: 'x', Body: '' }).promise();
};
exports.unused = function () { s3.deleteObject({ Bucket: 'zz', Key: 'q' }); };
