const { Stack, aws_s3: s3 } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const { S3EventSource } = require('aws-cdk-lib/aws-lambda-event-sources');
const { Queue } = require('aws-cdk-lib/aws-sqs');
const path = require('path');

class UploadStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const uploads = new s3.Bucket(this, 'Uploads');
    const handler = new lambda.Function(this, 'Upload-Handler', {
      runtime: lambda.Runtime.NODEJS_20_X,
      handler: 'upload.handler',
      code: lambda.Code.fromAsset(path.resolve(__dirname, '../handlers')),
      environment: { BUCKET: uploads.bucketName },
    });
    handler.addEventSource(new S3EventSource(uploads, { events: [s3.EventType.OBJECT_CREATED] }));
    handler.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
    handler.addEnvironment('FIFO', new Queue(this, 'Work', { fifo: true }).queueUrl);
  }
}

module.exports = { UploadStack };
