import type { LambdaInterface } from '@aws-lambda-powertools/commons/types';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { S3Client, GetObjectTaggingCommand } from '@aws-sdk/client-s3';

const tracer = new Tracer();
const s3 = new S3Client({});
tracer.captureAWSv3Client(s3);

class Lambda implements LambdaInterface {
  private readonly bucket: string;

  public constructor(bucket: string) {
    this.bucket = bucket;
  }

  @tracer.captureLambdaHandler()
  public async handler(event: { detail: { object: { key: string } } }, _context: unknown) {
    return this.tags(event.detail.object.key);
  }

  @tracer.captureMethod()
  private async tags(key: string) {
    return s3.send(new GetObjectTaggingCommand({ Bucket: this.bucket, Key: key }));
  }
}

const lambda = new Lambda(process.env['BUCKET'] ?? '');
export const handler = lambda.handler.bind(lambda);
