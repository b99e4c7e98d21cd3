"use strict";
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.handler = void 0;
const client_sns_1 = require("@aws-sdk/client-sns");
const tables_1 = __importDefault(require("./tables"));
const aws_sdk_1 = __importDefault(require("aws-sdk"));
const sns = new client_sns_1.SNSClient({});
const db = new aws_sdk_1.default.DynamoDB.DocumentClient();
const find = (id) => __awaiter(void 0, void 0, void 0, function* () {
    const result = yield db.get({ TableName: tables_1.default.main, Key: { id } }).promise();
    return { topic: process.env.TOPIC, item: result.Item };
});
const handler = (event) => __awaiter(void 0, void 0, void 0, function* () {
    const { topic } = yield (0, find)(event.id);
    yield sns.send(new client_sns_1.PublishCommand({ TopicArn: topic, Message: "x" }));
});
exports.handler = handler;
