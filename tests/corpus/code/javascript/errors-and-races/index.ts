import { S3Client, GetObjectCommand, NoSuchKey, S3ServiceException, CreateBucketCommand } from '@aws-sdk/client-s3';
import { LambdaClient, InvokeCommand, InvocationType } from '@aws-sdk/client-lambda';

const s3 = new S3Client({}), lambda = new LambdaClient({});

export const handler = async (event: { bucket?: string }): Promise<string | undefined> => {
  try {
    const result = await Promise.race([
      s3.send(new GetObjectCommand({ Bucket: event.bucket ?? 'default-bucket', Key: 'state.json' })),
      new Promise<never>((_, reject) => setTimeout(reject, 1000)),
    ]);
    return result.ETag;
  } catch (error) {
    if (error instanceof NoSuchKey || (error as S3ServiceException).name === 'NoSuchBucket') {
      await s3.send(new CreateBucketCommand({ Bucket: 'default-bucket' }));
    } else throw error;
  } finally {
    setTimeout(async () => {
      await lambda.send(new InvokeCommand({ FunctionName: 'cleanup', InvocationType: InvocationType.Event }));
    }, 10);
  }
};
