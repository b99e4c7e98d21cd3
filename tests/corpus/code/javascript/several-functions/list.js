import dynamodb from './dynamodb';
import { respond } from './respond';

export const list = (event, context, callback) => {
  dynamodb.scan({ TableName: process.env.DYNAMODB_TABLE }, (error, result) => {
    callback(null, respond(result.Items));
  });
};

export const internal = () => dynamodb.delete({ TableName: 'x', Key: {} }).promise();
