const AWSXRay = require('aws-xray-sdk-core');
const AWS = AWSXRay.captureAWS(require('aws-sdk'));
const { promisify } = require('util');

const s3 = new AWS.S3({ params: { Bucket: process.env.PHOTOS } });
const getObject = promisify(s3.getObject.bind(s3));
const firehose = AWSXRay.captureAWSClient(new AWS.Firehose());
const lambda = new AWS.Lambda();
const invoke = (name, payload) => new Promise((resolve, reject) =>
  lambda.invoke({ FunctionName: name, Payload: payload }, (error, data) => (error ? reject(error) : resolve(data))));

exports.handler = (event, context) => {
  return getObject({ Key: event.key })
    .then((data) => firehose.putRecord({ DeliveryStreamName: 'photos', Record: { Data: data.Body } }).promise())
    .then(() => invoke([process.env.STAGE, 'resize'].join('-'), '{}'))
    .catch(context.fail);
};
