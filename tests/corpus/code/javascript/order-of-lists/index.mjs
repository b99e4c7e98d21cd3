import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';

const s3 = new S3Client({});
const read = (bucket) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));

export const handler = async () => {
  const shifted = ['a', 'b'];
  shifted.shift();
  await read(shifted[0]);
  const reversed = ['c', 'd'].reverse();
  await read(reversed[0]);
  const longer = ['e'];
  longer.unshift('f');
  await read(longer[0]);
  await read(['g'].toSpliced(0, 0, 'h')[0]);
};
