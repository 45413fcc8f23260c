/** Import rules between contexts and layers. test/architecture has a fixture that must fail for each. */
const contexts = [
  'identity',
  'catalog',
  'ticketing',
  'admission',
  'orders',
  'payments',
  'marketplace',
  'notifications',
];
const others = (context) => ['platform', ...contexts].filter((name) => name !== context).join('|');

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means that two files are one concept, or that a border is in the wrong place.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-context',
      comment: 'Only the description of the whole API (the catch-all function) reads the route table.',
      severity: 'error',
      from: { path: '^functions/platform/', pathNot: '^functions/platform/queries\\.ts$' },
      to: { path: '^functions/', pathNot: '^functions/platform/' },
    },
    ...contexts.map((context) => ({
      name: `only-contracts-of-${context}`,
      comment: `Other contexts see ${context} only through its contracts.ts (or one apart, x-contracts.ts, for what weighs).`,
      severity: 'error',
      from: { path: `^functions/(${others(context)})/` },
      to: { path: `^functions/${context}/`, pathNot: `^functions/${context}/[a-z-]*contracts\\.ts$` },
    })),
    {
      name: 'pure-decisions-do-no-io',
      comment: 'Rules are pure: no AWS, no clock of their own, no I/O.',
      severity: 'error',
      from: {
        path: [
          '^functions/ticketing/(block|block-plan|best-available|hold|hold-drift|hold-extension|sale-terms)\\.ts$',
          '^functions/orders/(money-due|order|order-drift|order-indexes|order-machine|outstanding|pricing|promo-code|refund)\\.ts$',
          '^functions/orders/rsvps/rsvp\\.ts$',
          '^functions/catalog/(seating-plan|layout|event|session|sale-terms|rsvp-terms|takes-place)\\.ts$',
          '^functions/payments/(payment-port|payable|news-message|decide-news|stripe-news|stripe-failure)\\.ts$',
          '^functions/marketplace/(contact|service-area|truck|truck-rules)\\.ts$',
          '^functions/marketplace/briefs/brief\\.ts$',
          '^functions/marketplace/calendar/(blackout|calendar|calendar-month|interval|occurrences|open-intervals|opening-hours|recurring-blackout|travel|within-time)\\.ts$',
          '^functions/marketplace/deposits/(deposit|deposit-due|deposit-refund)\\.ts$',
          '^functions/marketplace/event-food/(cancelled-events|join-event|outgrown)\\.ts$',
          '^functions/marketplace/feeds/(calendar-fault|components|described-zone|imported-times|moments|own-uid|recurrence|recurring-event|truck-calendar|zone)\\.ts$',
          '^functions/marketplace/leads/(acting-side|cancellation-policy|contact-mask|lead|lead-decisions|lead-fit|lead-indexes|lead-machine|lead-timer|quote|reading|time-taken)\\.ts$',
          '^functions/marketplace/messages/(message-view|thread)\\.ts$',
          '^functions/marketplace/photos/album\\.ts$',
          '^functions/marketplace/reconciliation/(booking-drift|lead-drift)\\.ts$',
          '^functions/marketplace/reviews/(rating|review)\\.ts$',
          '^functions/marketplace/truck-facts/truck-facts\\.ts$',
          '^functions/marketplace/truck-holds/lead-hold-extension\\.ts$',
          '^functions/marketplace/verification/(verification|verified)\\.ts$',
          '^functions/notifications/(session-notice|lead-notice|reminder-time|recipients|templates/.*)\\.ts$',
          '^functions/admission/(ticket|check-in|ticket-index|session-cursor|der-signature|views)\\.ts$',
        ],
      },
      to: {
        path: [
          'node_modules/@aws-sdk/',
          '^functions/platform/(table|queue|aws-client|serve|relay|consumer)\\.ts$',
          '^(node:)?(fs|net|http|https)$',
        ],
      },
    },
    {
      name: 'functions-do-not-know-how-they-are-deployed',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: ['^(lib|bin|local|test|bench|scripts)/', 'node_modules/aws-cdk-lib/'] },
    },
    {
      name: 'embedded-cloud-knows-no-context',
      comment: 'It runs whatever template the app gives; only its demo is about Fairground.',
      severity: 'error',
      from: { path: '^local/', pathNot: ['^local/demo/', '^local/start\\.ts$'] },
      to: { path: '^functions/' },
    },
    {
      name: 'no-development-libraries-in-functions',
      severity: 'error',
      from: { path: '^functions/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/aws-lambda' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.(cedar|wasm)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.build|cdk\\.out|\\.data)/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
