import * as cdk from 'aws-cdk-lib';
import Stack from '../lib/stack';

const app = new cdk.App();
new Stack(app, 'Sync', { env: { account: '111122223333', region: 'eu-west-1' } });
app.synth();
