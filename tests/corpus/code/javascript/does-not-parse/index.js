const { S3Client, GetObjectCommand, PutObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client({});

exports.handler = async (event) => {
  await s3.send(new GetObjectCommand({ Bucket: 'before', Key: 'k' }));
};

const broken = = 3;

exports.otherHandler = async (event) => {
  await s3.send(new PutObjectCommand({ Bucket: 'after', Key: 'k' }));
};
