import { App } from 'aws-cdk-lib';
import { WorkStack } from '../lib';

new WorkStack(new App(), 'Work');
