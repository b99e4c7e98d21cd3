const { CloudWatchClient, PutMetricDataCommand } = require('@aws-sdk/client-cloudwatch');
const { KinesisClient, PutRecordsCommand } = require('@aws-sdk/client-kinesis');

const cache = {};
function clientFor(Client, region) {
  const key = `${Client.name}:${region}`;
  cache[key] = cache[key] || new Client({ region });
  return cache[key];
}

const metrics = {
  namespace: process.env.NAMESPACE || 'app',
  async count(name) {
    await clientFor(CloudWatchClient, 'eu-west-1').send(new PutMetricDataCommand({ Namespace: this.namespace, MetricData: [{ MetricName: name }] }));
  },
};

function Stream(name) {
  this.name = name;
}
Stream.prototype.write = function (records) {
  return clientFor(KinesisClient, process.env.AWS_REGION).send(new PutRecordsCommand({ StreamName: this.name, Records: records }));
};

module.exports = {
  handler: async (event) => {
    await metrics.count('calls');
    await new Stream(process.env.STREAM).write(event.records);
  },
};
