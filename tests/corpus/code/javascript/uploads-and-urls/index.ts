import { S3Client, GetObjectCommand, PutObjectCommand, waitUntilObjectExists } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';

const s3 = new S3Client({});
const Bucket = process.env.BUCKET || 'fallback';

async function url(Key: string) {
  const command = new GetObjectCommand({ Bucket, Key });
  return getSignedUrl(s3, command, { expiresIn: 60 });
}

export const handler = async (event: { name: string; body: Uint8Array }) => {
  const upload = new Upload({ client: s3, params: { Bucket, Key: event.name, Body: event.body, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: process.env.KEY } });
  await upload.done();
  await waitUntilObjectExists({ client: s3, maxWaitTime: 30 }, { Bucket, Key: event.name });
  const post = await createPresignedPost(s3, { Bucket: 'forms', Key: 'incoming' });
  return { get: await url('report.pdf'), put: await getSignedUrl(s3, new PutObjectCommand({ Bucket: 'direct', Key: 'x' })), post };
};
