#!/usr/bin/env node
import 'source-map-support/register';
import * as cdk from 'aws-cdk-lib';
import { DataStack } from '../lib/data-stack';
import { ApiStack } from '../lib/api-stack';
const app = new cdk.App();
const data = new DataStack(app, 'DataStack', { env: { region: process.env.CDK_DEFAULT_REGION } });
new ApiStack(app, 'ApiStack', { table: data.table, bucket: data.bucket });
