import middy from '@middy/core';
import ssm from '@middy/ssm';
import appConfig from '@middy/appconfig';
import rdsSigner from '@middy/rds-signer';
import secretsManager from '@middy/secrets-manager';
import { SSMClient, GetParameterCommand } from '@aws-sdk/client-ssm';

const client = new SSMClient({});
const base = async (event, context) => {
  return client.send(new GetParameterCommand({ Name: context.name ?? '/fallback' }));
};

export const handler = middy()
  .use(ssm({ fetchData: { db: '/app/db' } }))
  .use(secretsManager({ fetchData: { password: 'app/password' } }))
  .use(ssm({ fetchData: { all: '/app/all/', one: '/app/one' } }))
  .use(secretsManager({ fetchData: { rotated: 'app/rotated' }, fetchRotationDate: true }))
  .use(secretsManager({ fetchData: { fixed: 'app/fixed' }, fetchRotationDate: false }))
  .use(rdsSigner({ fetchData: { token: { hostname: 'db.example.com', username: 'app', port: 5432 } } }))
  .use(appConfig({ fetchData: { flags: { ApplicationIdentifier: 'abc1234', EnvironmentIdentifier: 'def5678', ConfigurationProfileIdentifier: 'ghi9012' } } }))
  .handler(base);
