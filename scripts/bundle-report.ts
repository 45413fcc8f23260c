import { bundleFunctions } from '../lib/bundle.ts';
import { entriesOf, functionTable } from '../lib/function-table.ts';
import { functionLoadMs, helloWorldLoadMs } from './load-time.ts';

/** npm run bundle:report: what each function loads at a cold start, and how long that takes here. */
const runs = 5;
const bundles = await bundleFunctions(entriesOf(functionTable));
const hello = helloWorldLoadMs(runs);
const rows = Object.values(bundles).map((bundle) => {
  const load = functionLoadMs(
    bundle,
    functionTable[bundle.name as keyof typeof functionTable].environment,
    runs,
  );
  return {
    function: bundle.name,
    'eager KB': Math.round(bundle.eagerBytes / 1_000),
    'lazy KB': Math.round(bundle.lazyBytes / 1_000),
    'load ms': Math.round(load),
    'over hello world': Math.round(load - hello),
  };
});
console.table(rows);
console.log(`hello world: ${hello.toFixed(1)} ms; Node ${process.version}, least of ${runs} fresh processes`);
