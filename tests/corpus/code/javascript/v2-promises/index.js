'use strict';
const AWS = require('aws-sdk');
AWS.config.update({ region: 'us-east-1' });
const sns = new AWS.SNS({ apiVersion: '2010-03-31' });
const sfn = new AWS.StepFunctions();
const logs = new AWS.CloudWatchLogs();
const idp = new AWS.CognitoIdentityServiceProvider();
const s3 = new AWS.S3();

exports.handler = async (event) => {
  const topic = 'arn:aws:sns:' + process.env.AWS_REGION + ':111122223333:alerts';
  const jobs = event.Records.map(async (record) => {
    const message = JSON.parse(record.Sns.Message);
    await sns.publish({ TopicArn: topic, Message: message.text }).promise();
    return sfn.startExecution({ stateMachineArn: process.env.MACHINE, input: '{}' }).promise();
  });
  await Promise.all(jobs);
  await new Promise((resolve, reject) => {
    logs.describeLogGroups({ logGroupNamePrefix: '/app' }).eachPage((error, page) => {
      if (!page) return resolve();
      page.logGroups.forEach((group) => logs.deleteLogGroup({ logGroupName: group.logGroupName }, () => {}));
      return true;
    });
  });
  s3.getObject({ Bucket: 'in', Key: 'a' }).createReadStream().pipe(process.stdout);
  return idp.adminGetUser({ UserPoolId: process.env.POOL, Username: event.user }).promise();
};
