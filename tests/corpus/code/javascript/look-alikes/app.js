const express = require('express');
const axios = require('axios');
const Minio = require('minio');
const Redis = require('ioredis');
const fs = require('fs').promises;
const { MongoClient } = require('mongodb');
const { S3Client } = require('@aws-sdk/client-s3');

const app = express();
const redis = new Redis(process.env.REDIS);
const minio = new Minio.Client({ endPoint: 'localhost' });
const mongo = new MongoClient('mongodb://localhost');
const unused = new S3Client({});

app.get('/things', async (request, response) => {
  const { data } = await axios.get('https://example.org', { params: { Bucket: 'x' } });
  await minio.getObject('bucket', 'key');
  await minio.listBuckets();
  await redis.get('a');
  await redis.publish('channel', 'message');
  await fs.copyFile('a', 'b');
  const found = await mongo.db('x').collection('y').scan({ TableName2: 'no' });
  response.send(new Error('no'));
  const map = new Map([['query', 1]]);
  map.get('query');
  map.delete('query');
  return found;
});

exports.handler = require('serverless-http')(app);
