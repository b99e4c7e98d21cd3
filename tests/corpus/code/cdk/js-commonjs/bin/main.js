const { App } = require('aws-cdk-lib');
const { UploadStack } = require('../lib/upload-stack');

const app = new App();
new UploadStack(app, 'Upload-Stack', {});
