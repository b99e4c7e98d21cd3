import { S3Client, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

const s3 = new S3Client({});

class Repository {
  async save(bucket) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k' }));
  }
}

const repository = async () => new Repository();
const read = (bucket) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));

export const handler = async (event) => {
  await (await repository()).save('a');
  await (async () => { await read('b'); })();
  await ['c', 'd', 'e'].reduce((last, name) => last.then(() => read(name)), Promise.resolve());
};
