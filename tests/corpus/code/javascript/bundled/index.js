"use strict";
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var index_exports = {};
__export(index_exports, {
  handler: () => handler,
  unused: () => unused
});
module.exports = __toCommonJS(index_exports);
var import_client_sqs = require("@aws-sdk/client-sqs");
var sqs = new import_client_sqs.SQSClient({});
var unused = async () => sqs.send(new import_client_sqs.PurgeQueueCommand({ QueueUrl: "q" }));
var handler = async (event) => {
  await sqs.send(new import_client_sqs.SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: event.body }));
};
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  handler,
  unused
});
