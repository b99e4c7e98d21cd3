import { S3Client, ListObjectsV2Command, DeleteObjectsCommand, CopyObjectCommand } from '@aws-sdk/client-s3';

const s3 = new S3Client({});

async function* listKeys(bucket, prefix) {
  let token;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    token = page.NextContinuationToken;
    yield { bucket, keys: page.Contents.map(({ Key }) => ({ Key })) };
  } while (token);
}

const retry = (times) => (fn) => async (...args) => {
  for (let i = 0; i < times; i++) {
    try {
      return await fn(...args);
    } catch (error) {
      console.warn(error);
    }
  }
};

const remove = retry(3)(async (bucket, keys) => s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys } })));
const copy = retry(2)(({ from, to }) => s3.send(new CopyObjectCommand({ Bucket: to, CopySource: `${from}/x`, Key: 'x' })));

export const handler = async () => {
  for await (const { bucket, keys } of listKeys(process.env.SOURCE, 'in/')) {
    await copy({ from: bucket, to: 'target' });
    await remove(bucket, keys);
  }
};
