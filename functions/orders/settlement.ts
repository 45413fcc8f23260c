import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { openEndedOrderHolds } from '../ticketing/contracts.ts';
import { backgroundPorts } from './background.ts';
import { ordersBackgroundEnvironment } from './environment.ts';
import { orderCancelled, orderConfirmed, orderPaymentLate, refundRequested } from './lifecycle.ts';
import { settleOrder } from './settle-order.ts';
import { settleRefund } from './settle-refund.ts';

const environment = readEnvironment(ordersBackgroundEnvironment);
const ports = {
  ...backgroundPorts(environment),
  endedHolds: openEndedOrderHolds(environment.TICKETING_TABLE, environment.PLANS_BUCKET),
};

/** Brings money, holds and machine of an order to where the order is. */
export const handler = consumer({
  name: 'orders-settlement',
  accepts: [orderConfirmed, orderCancelled, orderPaymentLate, refundRequested],
  handle: async (event, context) => {
    const stampOf = (what: string) => stamp(what, context);
    if (event.type === 'REFUND-REQUESTED') await settleRefund(ports, event.data, stampOf);
    else await settleOrder(ports, event.data.orderId, stampOf);
  },
});
