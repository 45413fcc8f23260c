import { buildApp } from '../lib/app.ts';

// Run by the CDK CLI (cdk.json), which hands over context and output folder.
const app = await buildApp({ check: true });
app.synth();
