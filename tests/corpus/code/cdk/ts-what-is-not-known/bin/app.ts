import * as cdk from 'aws-cdk-lib';
import { Choices } from '../lib/choices';
import { readConfiguration } from 'company-settings';

const app = new cdk.App();
new Choices(app, 'Choices', { ...readConfiguration(app), size: 'small' });
