import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";

const s3 = new S3Client({});
const Bucket = "archive";

const read = (Key: string, VersionId?: string) => s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));

const remove = (Key: string, options: { version?: string } = {}) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: options.version }));

export const handler = async (event: { version?: string }) => {
  await read("first");
  await remove("first");
  await s3.send(new HeadObjectCommand({ Bucket, Key: "second", VersionId: event.version }));
};
