import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCloud } from '../local/cloud.ts';
import { tokenFor } from '../local/demo/api.ts';
import { demoOrganizer, seed } from '../local/demo/seed.ts';
import { installPythonTool } from './python-tool.ts';

/**
 * `npm run fuzz:schemathesis [-- --seconds 120] [--seed N]`: Schemathesis reads the platform’s own OpenAPI
 * document and tries what it says, on an embedded cloud with the demo’s data. Ends with 1 when it finds
 * anything.
 */
const requirement = 'schemathesis==4.32.5';

/**
 * Everything but: `positive_data_acceptance`, because a request can be as the schema says and still name a
 * thing that is not there or an end before its start; `negative_data_rejection`, because the path `/x/` is
 * the path `/x` here as in API Gateway, and numbers in a query are read as numbers however they are written.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'use_after_free',
  'ignored_auth',
];

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const folder = path.join(import.meta.dirname, '../.schemathesis');
const bin = installPythonTool(folder, requirement);
const cloud = await startCloud();
try {
  const demo = await seed(cloud);
  // Ids of things that are there, so that requests reach further than 404; 428 is how If-Match is asked for.
  const config = [
    '[parameters]',
    `"path.organizationId" = "${demo.organizationId}"`,
    `"path.venueId" = "${demo.venueIds[0]}"`,
    `"path.eventId" = "${demo.eventIds[0]}"`,
    `"path.sessionId" = "${demo.sessionId}"`,
    '[checks.missing_required_header]',
    'expected-statuses = ["4xx"]',
  ];
  writeFileSync(path.join(folder, 'schemathesis.toml'), `${config.join('\n')}\n`);
  const token = await tokenFor(cloud, demoOrganizer);
  console.log(`Schemathesis for ${values.seconds} s, --seed ${values.seed}`);
  const child = spawn(
    path.join(bin, 'schemathesis'),
    [
      ...['run', `${cloud.url}/openapi.json`],
      ...['--header', `Authorization: Bearer ${token}`],
      ...['--checks', checks.join(',')],
      ...['--max-time', values.seconds],
      ...['--seed', values.seed],
      ...['--max-response-time', '2'],
      '--continue-on-failure',
      '--no-color',
    ],
    { cwd: folder, stdio: 'inherit' },
  );
  process.exitCode = await new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
} finally {
  await cloud.stop();
}
