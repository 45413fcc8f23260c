/**
 * The part of DynamoDB’s expression language that inventory, orders, leads and check-in use, on items in memory. Each text is
 * compiled once. What is not known here is an error, never ignored.
 */

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>>;
type Document = Readonly<Record<string, unknown>>;
type Condition = (item: Document | undefined, names: Names, values: Values) => boolean;
type Update = (item: Document, names: Names, values: Values) => Document;
/** Makes its change to a copy of the item. */
type Clause = (item: Document, copy: Record<string, unknown>, names: Names, values: Values) => void;
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
  if (tokens.takeIf('size')) {
    tokens.take('(');
    const path = tokens.path();
    tokens.take(')');
    return (item, names) => (at(item, path, names) as readonly unknown[] | undefined)?.length;
  }
  if (tokens.takeIf('list_append')) {
    tokens.take('(');
    const first = operand(tokens);
    tokens.take(',');
    const second = operand(tokens);
    tokens.take(')');
    return (...given) => [
      ...(first(...given) as readonly unknown[]),
      ...(second(...given) as readonly unknown[]),
    ];
  }
  if (tokens.takeIf('if_not_exists')) {
    tokens.take('(');
    const path = tokens.path();
    tokens.take(',');
    const otherwise = operand(tokens);
    tokens.take(')');
    return (item, names, values) => at(item, path, names) ?? otherwise(item, names, values);
  }
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

/** Puts a value at a path of `copy`, which begins as a shallow copy of `item`; undefined removes what is there. */
const putAt = (
  item: Document,
  copy: Record<string, unknown>,
  path: Path,
  names: Names,
  value: unknown,
): void => {
  let [old, here]: [Document | undefined, Record<string, unknown>] = [item, copy];
  for (let index = 0; index < path.length - 1; index += 1) {
    const name = nameOf(path[index] ?? '', names);
    const inner = here[name] as Record<string, unknown> | undefined;
    if (inner === undefined) throw new Error(`The document path ${name} is not there`);
    const before = old?.[name] as Document | undefined;
    // Copied once: what was copied already is not the old one any more.
    const fresh = inner === before ? { ...inner } : inner;
    here[name] = fresh;
    [old, here] = [before, fresh];
  }
  const name = nameOf(path.at(-1) ?? '', names);
  if (value === undefined) delete here[name];
  else here[name] = value;
};

/** An operand, or one more or less another. */
const sum = (tokens: Tokens): Operand => {
  const first = operand(tokens);
  const sign = tokens.takeIf('+') ? 1 : tokens.takeIf('-') ? -1 : 0;
  if (sign === 0) return first;
  const second = operand(tokens);
  return (...given) => (first(...given) as number) + sign * (second(...given) as number);
};

const setClause = (tokens: Tokens): Clause => {
  const path = tokens.path();
  tokens.take('=');
  const value = sum(tokens);
  return (item, copy, names, values) => putAt(item, copy, path, names, value(item, names, values));
};

const removeClause = (tokens: Tokens): Clause => {
  const path = tokens.path();
  return (item, copy, names) => putAt(item, copy, path, names, undefined);
};

/** `ADD` or `DELETE` of the elements of a set. */
const setOfClause =
  (change: (old: ReadonlySet<unknown>, given: ReadonlySet<unknown>) => ReadonlySet<unknown>) =>
  (tokens: Tokens): Clause => {
    const path = tokens.path();
    const token = tokens.take();
    return (item, copy, names, values) => {
      const old = (at(item, path, names) ?? new Set()) as ReadonlySet<unknown>;
      const left = change(old, givenValue(token, values) as ReadonlySet<unknown>);
      // DynamoDB keeps no empty sets.
      putAt(item, copy, path, names, left.size === 0 ? undefined : left);
    };
  };

const clauses: Readonly<Record<string, (tokens: Tokens) => Clause>> = {
  SET: setClause,
  REMOVE: removeClause,
  ADD: setOfClause((old, given) => old.union(given)),
  DELETE: setOfClause((old, given) => old.difference(given)),
};

/** An update, given its text; gives the item as it is afterwards, never changes the old one. */
export const updateOf = compiled((text): Update => {
  const tokens = new Tokens(text);
  const made: Clause[] = [];
  while (!tokens.isDone) {
    const clause = clauses[tokens.take()];
    if (clause === undefined) throw new Error(`Not an update: ${text}`);
    do made.push(clause(tokens));
    while (tokens.takeIf(','));
  }
  return (item, names, values) => {
    const copy = { ...item };
    // Values are those of the item as it was: DynamoDB knows no order of clauses.
    for (const clause of made) clause(item, copy, names, values);
    return copy;
  };
});
