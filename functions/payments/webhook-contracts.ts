export { stripeWebhook } from './stripe-webhook.ts';
export { applyAtOnce, sendTo } from './take-news.ts';
