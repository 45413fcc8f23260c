/**
 * The part of DynamoDB’s expression language that inventory, orders and check-in use, on items in memory. Each text is
 * compiled once. What is not known here is an error, never ignored.
 */

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>>;
type Document = Readonly<Record<string, unknown>>;
type Condition = (item: Document | undefined, names: Names, values: Values) => boolean;
type Update = (item: Document, names: Names, values: Values) => Document;
type Path = readonly string[];
type Operand = (item: Document | undefined, names: Names, values: Values) => unknown;

const tokensOf = (text: string): string[] => {
  const tokens = text.match(/[#:]?[A-Za-z_]\w*|<=|>=|<>|[=<>(),.+-]/g) ?? [];
  if (tokens.join('') !== text.replaceAll(/\s+/g, '')) throw new Error(`Not understood: ${text}`);
  return tokens;
};

const compiled = <T>(compile: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>();
  return (text) => {
    const old = known.get(text);
    if (old !== undefined) return old;
    const fresh = compile(text);
    known.set(text, fresh);
    return fresh;
  };
};

const nameOf = (token: string, names: Names): string => {
  if (!token.startsWith('#')) return token;
  const name = names[token];
  if (name === undefined) throw new Error(`No name ${token}`);
  return name;
};

const givenValue = (token: string, values: Values): unknown => {
  if (!(token in values)) throw new Error(`No value ${token}`);
  return values[token];
};

const at = (item: Document | undefined, path: Path, names: Names): unknown => {
  let here: unknown = item;
  for (const token of path) {
    if (here === undefined) return undefined;
    here = (here as Document)[nameOf(token, names)];
  }
  return here;
};

class Tokens {
  readonly #tokens: readonly string[];
  #next = 0;
  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }
  get isDone(): boolean {
    return this.#next === this.#tokens.length;
  }
  peek(): string | undefined {
    return this.#tokens[this.#next];
  }
  take(expected?: string): string {
    const token = this.#tokens[this.#next];
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`${expected ?? 'More'} expected, not ${token}`);
    this.#next += 1;
    return token;
  }
  takeIf(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#next += 1;
    return true;
  }
  path(): Path {
    const path = [this.take()];
    while (this.takeIf('.')) path.push(this.take());
    return path;
  }
}

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => (a as number) < (b as number),
  '<=': (a, b) => (a as number) <= (b as number),
  '>': (a, b) => (a as number) > (b as number),
  '>=': (a, b) => (a as number) >= (b as number),
};

const operand = (tokens: Tokens): Operand => {
  if (tokens.peek()?.startsWith(':')) {
    const token = tokens.take();
    return (_item, _names, values) => givenValue(token, values);
  }
  const path = tokens.path();
  return (item, names) => at(item, path, names);
};

const anyOf = (tokens: Tokens): Condition => {
  const terms = [allOf(tokens)];
  while (tokens.takeIf('OR')) terms.push(allOf(tokens));
  const [only] = terms;
  return terms.length === 1 && only ? only : (...given) => terms.some((term) => term(...given));
};

const allOf = (tokens: Tokens): Condition => {
  const terms = [one(tokens)];
  while (tokens.takeIf('AND')) terms.push(one(tokens));
  const [only] = terms;
  return terms.length === 1 && only ? only : (...given) => terms.every((term) => term(...given));
};

const one = (tokens: Tokens): Condition => {
  if (tokens.takeIf('NOT')) {
    const term = one(tokens);
    return (...given) => !term(...given);
  }
  if (tokens.takeIf('(')) {
    const inner = anyOf(tokens);
    tokens.take(')');
    return inner;
  }
  const first = tokens.peek();
  if (first === 'attribute_exists' || first === 'attribute_not_exists') {
    tokens.take();
    tokens.take('(');
    const path = tokens.path();
    tokens.take(')');
    const isWanted = first === 'attribute_exists';
    return (item, names) => (at(item, path, names) !== undefined) === isWanted;
  }
  if (first === 'contains') {
    tokens.take();
    tokens.take('(');
    const path = tokens.path();
    tokens.take(',');
    const value = tokens.take();
    tokens.take(')');
    return (item, names, values) => {
      const set = at(item, path, names) as ReadonlySet<unknown> | undefined;
      return set?.has(givenValue(value, values)) ?? false;
    };
  }
  const left = operand(tokens);
  if (tokens.takeIf('IN')) {
    tokens.take('(');
    const options = [operand(tokens)];
    while (tokens.takeIf(',')) options.push(operand(tokens));
    tokens.take(')');
    return (item, names, values) => {
      const value = left(item, names, values);
      return value !== undefined && options.some((option) => option(item, names, values) === value);
    };
  }
  const compare = comparisons[tokens.take()];
  if (compare === undefined) throw new Error('A comparison expected');
  const right = operand(tokens);
  return (item, names, values) => {
    const [a, b] = [left(item, names, values), right(item, names, values)];
    return a !== undefined && b !== undefined && compare(a, b);
  };
};

/** A condition, given its text; true when the item meets it. */
export const conditionOf = compiled((text): Condition => {
  const tokens = new Tokens(text);
  const condition = anyOf(tokens);
  if (!tokens.isDone) throw new Error(`${tokens.peek()} is too much in ${text}`);
  return condition;
});

/** The document with a value at a path; undefined removes what is there. */
const withAt = (item: Document, path: readonly string[], value: unknown): Document => {
  const [name = '', ...rest] = path;
  if (rest.length > 0) {
    const inner = item[name];
    if (inner === undefined) throw new Error(`The document path ${name} is not there`);
    return { ...item, [name]: withAt(inner as Document, rest, value) };
  }
  if (value !== undefined) return { ...item, [name]: value };
  const { [name]: _removed, ...others } = item;
  return others;
};

const resolved = (path: Path, names: Names): readonly string[] => path.map((token) => nameOf(token, names));

const setClause = (tokens: Tokens): Update => {
  const path = tokens.path();
  tokens.take('=');
  const first = operand(tokens);
  const second = tokens.takeIf('+') ? operand(tokens) : undefined;
  return (item, names, values) => {
    const base = first(item, names, values);
    const sum = second === undefined ? base : (base as number) + (second(item, names, values) as number);
    return withAt(item, resolved(path, names), sum);
  };
};

const removeClause = (tokens: Tokens): Update => {
  const path = tokens.path();
  return (item, names) => withAt(item, resolved(path, names), undefined);
};

const addClause = (tokens: Tokens): Update => {
  const path = tokens.path();
  const token = tokens.take();
  return (item, names, values) => {
    const old = at(item, path, names) as ReadonlySet<unknown> | undefined;
    const added = new Set([...(old ?? []), ...(givenValue(token, values) as ReadonlySet<unknown>)]);
    return withAt(item, resolved(path, names), added);
  };
};

const deleteClause = (tokens: Tokens): Update => {
  const path = tokens.path();
  const token = tokens.take();
  return (item, names, values) => {
    const old = at(item, path, names) as ReadonlySet<unknown> | undefined;
    const gone = givenValue(token, values) as ReadonlySet<unknown>;
    const left = new Set([...(old ?? [])].filter((element) => !gone.has(element)));
    // DynamoDB keeps no empty sets.
    return withAt(item, resolved(path, names), left.size === 0 ? undefined : left);
  };
};

const clauses: Readonly<Record<string, (tokens: Tokens) => Update>> = {
  SET: setClause,
  REMOVE: removeClause,
  ADD: addClause,
  DELETE: deleteClause,
};

/** An update, given its text; gives the item as it is afterwards, never changes the old one. */
export const updateOf = compiled((text): Update => {
  const tokens = new Tokens(text);
  const updates: Update[] = [];
  while (!tokens.isDone) {
    const clause = clauses[tokens.take()];
    if (clause === undefined) throw new Error(`Not an update: ${text}`);
    do updates.push(clause(tokens));
    while (tokens.takeIf(','));
  }
  return (item, names, values) => updates.reduce((now, update) => update(now, names, values), item);
});
