export * from './work-stack';
export { Report } from './report';
