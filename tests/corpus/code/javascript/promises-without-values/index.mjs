import { S3Client, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

const s3 = new S3Client({});
const read = (bucket) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));
const write = (bucket) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k' }));

async function log() {
  console.log('done');
}

const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds));

export const handler = async (event) => {
  await log().then(() => read('a'));
  await Promise.resolve().then(() => read('b'));
  await wait(1).catch(() => read('c')).finally(() => read('d'));
  await ['e', 'f'].reduce((last, name) => last.then(() => read(name)), Promise.resolve());
  const names = ['g'];
  names.splice(0, 0, 'h');
  for (const name of names) await write(name);
  await write('i-'.concat('j', ...event.parts));
};
