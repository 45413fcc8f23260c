import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin, stop } from 'esbuild';

export const projectRoot = path.resolve(import.meta.dirname, '..');
const buildRoot = path.join(projectRoot, '.build');

export interface Bundle {
  readonly name: string;
  /** Folder of the function’s code: `index.mjs`, its chunks, and files that are read at run time. */
  readonly directory: string;
  /** SHA-256 over names and contents: the same sources give the same hash. */
  readonly hash: string;
  /** Bytes loaded at a cold start: `index.mjs` and all that it imports statically. */
  readonly eagerBytes: number;
  /** Bytes of chunks that are loaded on first use. */
  readonly lazyBytes: number;
  /** Sources whose code is loaded at a cold start, with the bytes they take. */
  readonly eagerSources: Readonly<Record<string, number>>;
}

/** Files that a module reads at run time from beside itself; they go wherever its code goes. */
const filesBeside: Readonly<Record<string, readonly string[]>> = {
  'functions/identity/authorization.ts': [
    'functions/identity/policies.cedar',
    'functions/identity/schema.cedarschema',
    'node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm',
  ],
  'functions/admission/ticket-pdf.ts': [
    'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
    'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
    'node_modules/dejavu-fonts-ttf/LICENSE',
  ],
};

/**
 * Packages that are shipped as they are, each with what it needs: they look for files of theirs, and start threads
 * from them. Of the engines of `sharp` the one in WebAssembly goes along, which runs on every processor.
 */
const packagesBeside: Readonly<Record<string, readonly string[]>> = {
  sharp: ['sharp', '@img/colour', '@img/sharp-wasm32', 'detect-libc', 'semver', 'tslib'],
};

/** Of a package nothing is shipped that only its compilers, or those of its users, read. */
const isShipped = (file: string): boolean => !/\.(d\.[cm]?ts|map|md|h|cc|gyp)$/.test(file);

/** Files of the packages that go beside a bundle, by their path in it. */
const packageFiles = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names
      .flatMap((name) => packagesBeside[name] ?? [])
      .flatMap((name) => {
        const folder = path.join('node_modules', name);
        return readdirSync(path.join(projectRoot, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && isShipped(entry.name))
          .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)));
      })
      .map((file) => [file, file]),
  );

const options = {
  absWorkingDir: projectRoot,
  bundle: true,
  // Dynamic imports become chunks of their own, loaded on first use.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  sourcemap: 'external',
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  // Libraries in CommonJS ask for modules of Node by `require`, which a module has not. The bundler does not
  // know the names in here: they must be longer than those that it makes.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  loader: { '.cedar': 'text' },
  alias: {
    '@aws-sdk/credential-provider-node': './lib/bundle/environment-credentials.ts',
    '@aws-sdk/endpoint-cache': './lib/bundle/endpoint-cache.ts',
  },
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** A change of this file changes the bundles. */
const bundlerSource = readFileSync(import.meta.filename, 'utf8');

/** What a bundle was made from and what it came to: read instead of building again when nothing changed. */
interface BuildRecord {
  readonly recipe: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: Omit<Bundle, 'directory'>;
}

/**
 * Bundles functions with esbuild, each into `.build/functions/<name>/`, its source maps into
 * `.build/source-maps/<name>/`.
 * Unchanged functions are not built again; files are replaced one by one and atomically, so that several
 * processes may do this at once.
 *
 * @param entries path of the entry (from the project’s root) by function name.
 * @throws Error naming function and entry when an entry is missing or does not compile.
 */
export const bundleFunctions = async <Name extends string>(
  entries: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, Bundle>>> => {
  const names = Object.keys(entries) as Name[];
  const bundles = await Promise.all(names.map((name) => bundleFunction(name, entries[name])));
  return Object.fromEntries(bundles.map((bundle) => [bundle.name, bundle])) as Record<Name, Bundle>;
};

/** Ends esbuild’s process, which would wait for more with all its memory; the next bundle starts it again. */
export const stopBundler = stop;

const bundleFunction = async (name: string, entry: string): Promise<Bundle> => {
  const directory = path.join(buildRoot, 'functions', name);
  const recordFile = path.join(buildRoot, 'records', `${name}.json`);
  const recipe = digest(JSON.stringify([options, filesBeside, packagesBeside, entry, bundlerSource]));
  const known = readRecord(recordFile);
  if (known?.recipe === recipe && isCurrent(known, directory)) return { ...known.bundle, directory };

  if (!existsSync(path.join(projectRoot, entry))) {
    throw new Error(`Function ${name}: its entry ${entry} does not exist`);
  }
  const lazyPackages = new Map<string, string>();
  const shipped = new Set<string>();
  const own = await buildInto(name, directory, { index: entry }, [apart(lazyPackages, shipped)]);
  const lazy = lazyPackages.size === 0 ? undefined : await buildPackages(name, lazyPackages);

  const files: Record<string, Uint8Array> = {};
  const maps: Record<string, Uint8Array> = {};
  for (const [file, content] of Object.entries({ ...own.files, ...lazy?.files })) {
    const target = file.endsWith('.map') ? maps : files;
    target[file] = content;
  }
  const sources = [...Object.keys(own.metafile.inputs), ...Object.keys(lazy?.metafile.inputs ?? {})];
  const beside: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      sources.flatMap((source) => (filesBeside[source] ?? []).map((file) => [path.basename(file), file])),
    ),
    ...packageFiles([...shipped]),
  };
  for (const [target, file] of Object.entries(beside))
    files[target] = readFileSync(path.join(projectRoot, file));

  replaceFiles(directory, files);
  replaceFiles(path.join(buildRoot, 'source-maps', name), maps);
  const bundle = { name, hash: hashOf(files), ...sizesOf(own.metafile, lazy?.metafile) };
  const inputs = [...new Set([...sources, ...Object.values(beside)])];
  writeAtomically(
    recordFile,
    Buffer.from(
      JSON.stringify({
        recipe,
        inputs: Object.fromEntries(inputs.map((file) => [file, fingerprint(path.join(projectRoot, file))])),
        files: Object.fromEntries(
          Object.keys(files).map((file) => [file, fingerprint(path.join(directory, file))]),
        ),
        bundle,
      } satisfies BuildRecord),
    ),
  );
  return { ...bundle, directory };
};

interface BuildOutput {
  /** Contents by path in the output folder. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly metafile: Metafile;
}

/** Builds of packages alone, which many functions share, by what is in them. */
const packageBuilds = new Map<string, Promise<BuildOutput>>();

const buildPackages = (name: string, packages: ReadonlyMap<string, string>): Promise<BuildOutput> => {
  const entries = [...packages].sort();
  const key = JSON.stringify(entries);
  const known = packageBuilds.get(key) ?? buildInto(name, buildRoot, Object.fromEntries(entries), []);
  packageBuilds.set(key, known);
  return known;
};

const buildInto = async (
  name: string,
  outdir: string,
  entryPoints: Readonly<Record<string, string>>,
  plugins: readonly Plugin[],
): Promise<BuildOutput> => {
  try {
    const result = await build({
      ...options,
      entryPoints: { ...entryPoints },
      outdir,
      plugins: [...plugins],
    });
    const files = result.outputFiles.map((file) => [path.relative(outdir, file.path), file.contents]);
    return { files: Object.fromEntries(files), metafile: result.metafile };
  } catch (error) {
    const { message } = error as Error;
    const what = Object.values(entryPoints).join(', ');
    throw new Error(`Function ${name}: ${what} does not bundle: ${message}`, { cause: error });
  }
};

/**
 * Packages that our code imports dynamically are bundled apart, and `lazyPackages` (file → package) says
 * which. In one build, whatever such a package takes from modules that eager code takes something else
 * from would become eager too: 70 KB of the S3 client. Those that cannot be bundled are `shipped`.
 */
const apart = (lazyPackages: Map<string, string>, shipped: Set<string>): Plugin => ({
  name: 'lazy-packages-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path: imported, importer }) => {
      if (kind !== 'dynamic-import' || imported.startsWith('node:') || importer.includes('node_modules'))
        return;
      if (packagesBeside[imported] !== undefined) {
        shipped.add(imported);
        return { external: true };
      }
      const file = imported.replace(/^@/, '').replaceAll('/', '-');
      lazyPackages.set(file, imported);
      return { path: `./${file}.mjs`, external: true };
    });
  },
});

const digest = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const hashOf = (files: Readonly<Record<string, Uint8Array>>): string =>
  digest(
    Object.entries(files)
      .map(([file, content]) => `${file}\0${digest(content)}\n`)
      .sort()
      .join(''),
  );

/** Size and time of change, as make does it; empty for a missing file. */
const fingerprint = (file: string): string => {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.size}/${stat.mtimeMs}`;
};

const readRecord = (file: string): BuildRecord | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BuildRecord;
  } catch {
    // None yet, or not ours: build.
    return undefined;
  }
};

const isCurrent = (record: BuildRecord, directory: string): boolean =>
  Object.entries(record.inputs).every(([file, was]) => fingerprint(path.join(projectRoot, file)) === was) &&
  Object.entries(record.files).every(([file, was]) => fingerprint(path.join(directory, file)) === was);

const writeAtomically = (file: string, content: Uint8Array): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
};

/** Makes a folder hold exactly these files; those that are the same already are not touched. */
const replaceFiles = (directory: string, files: Readonly<Record<string, Uint8Array>>): void => {
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(directory, file);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    writeAtomically(target, content);
  }
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.relative(directory, path.join(entry.parentPath, entry.name));
    if (entry.isFile() && files[file] === undefined && !file.endsWith('.tmp'))
      rmSync(path.join(directory, file), { force: true });
  }
};

const sizesOf = (
  metafile: Metafile,
  lazyMetafile: Metafile | undefined,
): Pick<Bundle, 'eagerBytes' | 'lazyBytes' | 'eagerSources'> => {
  const outputs = new Map(Object.entries(metafile.outputs).filter(([file]) => !file.endsWith('.map')));
  const first = [...outputs.keys()].find((file) => path.basename(file) === 'index.mjs');
  const eager = new Set<string>();
  const pending = first === undefined ? [] : [first];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (eager.has(file)) continue;
    eager.add(file);
    for (const imported of outputs.get(file)?.imports ?? []) {
      if (imported.kind === 'import-statement' && !imported.external) pending.push(imported.path);
    }
  }
  let eagerBytes = 0;
  let lazyBytes = Object.entries(lazyMetafile?.outputs ?? {})
    .filter(([file]) => !file.endsWith('.map'))
    .reduce((sum, [, { bytes }]) => sum + bytes, 0);
  const eagerSources: Record<string, number> = {};
  for (const [file, output] of outputs) {
    if (!eager.has(file)) {
      lazyBytes += output.bytes;
      continue;
    }
    eagerBytes += output.bytes;
    for (const [source, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput > 0) eagerSources[source] = (eagerSources[source] ?? 0) + bytesInOutput;
    }
  }
  return { eagerBytes, lazyBytes, eagerSources };
};
