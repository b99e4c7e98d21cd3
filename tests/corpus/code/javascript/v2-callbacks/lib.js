const { DynamoDB } = require('@aws-sdk/client-dynamodb');
const client = new DynamoDB({});
module.exports.helper = (method, params) => client[method](params);
class Base { constructor(db) { this.db = db; } }
class Repo extends Base {
  constructor(db, table) { super(db); this.table = table; }
  async save(item) { return this.db.put({ TableName: this.table, Item: item }).promise(); }
  async drop(key) { return this.db.delete({ TableName: this.table, Key: key }).promise(); }
}
module.exports.Repo = Repo;
