import { S3Client, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

const s3 = new S3Client({});
const read = (bucket, key) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
const run = (callback) => callback();

export const handler = async () => {
  const readPhoto = read.bind(null, 'photos');
  await readPhoto('a.png');
  await readPhoto.bind(null, 'b.png')();
  await run.bind(null, () => s3.send(new PutObjectCommand({ Bucket: 'copies', Key: 'c.png' })))();
};
