export { openTestProvider } from './test-provider.ts';
