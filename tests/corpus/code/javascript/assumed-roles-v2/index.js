const AWS = require('aws-sdk');
const sts = new AWS.STS();

const getClient = async (accountId) => {
  const params = { RoleArn: `arn:aws:iam::${accountId}:role/audit`, RoleSessionName: 'audit' };
  const data = await sts.assumeRole(params).promise();
  return new AWS.IAM({
    accessKeyId: data.Credentials.AccessKeyId,
    secretAccessKey: data.Credentials.SecretAccessKey,
    sessionToken: data.Credentials.SessionToken,
  });
};

exports.handler = async (event) => {
  const iam = await getClient(event.account);
  const users = await iam.listUsers().promise();
  const temporary = new AWS.ChainableTemporaryCredentials({ params: { RoleArn: process.env.ROLE } });
  const kms = new AWS.KMS({ credentials: temporary });
  await kms.encrypt({ KeyId: 'alias/x', Plaintext: 'y' }).promise();
  return users;
};
