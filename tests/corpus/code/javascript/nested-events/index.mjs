import { S3Client, GetObjectCommand, HeadObjectCommand, SelectObjectContentCommand } from '@aws-sdk/client-s3';
import { SFNClient, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
const s3 = new S3Client({});
const sfn = new SFNClient({});

export const handler = async ({ Records }) => {
  const objects = Records.flatMap((record) => JSON.parse(JSON.parse(record.body).Message).Records);
  for (const { s3: { bucket, object } } of objects) {
    await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: decodeURIComponent(object.key.replace(/\+/g, ' ')) }));
  }
  const [first] = objects;
  await s3.send(new HeadObjectCommand({ Bucket: first.s3.bucket.name, Key: 'x' }));
};

export const streamHandler = async (event) => {
  await Promise.all(
    event.Records.filter((record) => record.eventName === 'INSERT').map(async ({ dynamodb: { NewImage: image } }) => {
      await s3.send(new SelectObjectContentCommand({ Bucket: image.bucket.S, Key: image.key.S }));
    })
  );
};

export const taskHandler = async (event) => {
  const { token, ...rest } = event;
  await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(rest) }));
};
