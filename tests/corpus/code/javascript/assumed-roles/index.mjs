import { STSClient, AssumeRoleCommand } from '@aws-sdk/client-sts';
import { S3Client, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { EC2 } from '@aws-sdk/client-ec2';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

const sts = new STSClient({});
const own = new S3Client({});

async function clientFor(roleArn) {
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'x' }));
  return new S3Client({
    credentials: {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    },
  });
}

export const handler = async () => {
  const s3 = await clientFor(process.env.TARGET_ROLE);
  const buckets = await s3.send(new ListBucketsCommand({}));
  await own.send(new PutObjectCommand({ Bucket: 'inventory', Key: 'all.json', Body: JSON.stringify(buckets) }));
  const ec2 = new EC2({ credentials: fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::111122223333:role/reader' } }) });
  return ec2.describeInstances({});
};
