export * from './constants';
export { read as getItem } from './read';
