// A manager learns data keys that were made since it started: by looking now and then, so that it seals under the
// newest soon, and at once when a row turns up that was sealed under one it does not have. So whatever the store
// gives out can be opened, however short ago the data key was made.

import type { DataKeyStore } from './data-key-store.ts';
import type { Sealing } from './open-sealing.ts';

interface SealedNouns {
  readonly dataKeys: DataKeyStore;
  readonly jwks: object;
  readonly cryptoKeys: object;
  readonly keystores: object;
  readonly identityKeys: object;
}

interface Reads<Nouns> {
  read<T>(work: (nouns: Nouns) => Promise<T>): Promise<T>;
  write<T>(work: (nouns: Nouns) => Promise<T>): Promise<T>;
}

/** The same store; of the rows of its nouns that hold sealed values, every data key is known. */
export function withKnownDataKeys<Nouns extends SealedNouns, Store extends Reads<Nouns>>(
  store: Store & Reads<Nouns>,
  sealing: Sealing,
): Store {
  const guard = (nouns: Nouns): Nouns => ({
    ...nouns,
    jwks: guarded(nouns.jwks, nouns, sealing),
    cryptoKeys: guarded(nouns.cryptoKeys, nouns, sealing),
    keystores: guarded(nouns.keystores, nouns, sealing),
    identityKeys: guarded(nouns.identityKeys, nouns, sealing),
  });
  return {
    ...store,
    read: <T>(work: (nouns: Nouns) => Promise<T>) => store.read((nouns) => work(guard(nouns))),
    write: <T>(work: (nouns: Nouns) => Promise<T>) => store.write((nouns) => work(guard(nouns))),
  };
}

class Guard<Table extends object> {
  readonly table: Table;
  readonly nouns: SealedNouns;
  readonly sealing: Sealing;

  constructor(table: Table, nouns: SealedNouns, sealing: Sealing) {
    this.table = table;
    this.nouns = nouns;
    this.sealing = sealing;
  }
}

type Method = (...given: unknown[]) => Promise<unknown>;

/** A class of guards for each class of tables: every transaction makes some of them, so they must cost next to nothing. */
const guards = new WeakMap<object, typeof Guard<object>>();

function guarded<Table extends object>(table: Table, nouns: SealedNouns, sealing: Sealing): Table {
  const prototype: object = Object.getPrototypeOf(table);
  let Guarding = guards.get(prototype);
  if (Guarding === undefined) {
    Guarding = guardOf(table);
    guards.set(prototype, Guarding);
  }
  return new Guarding(table, nouns, sealing) as unknown as Table;
}

/** With every method that the table has, its own and those it inherits. */
function guardOf(table: object): typeof Guard<object> {
  const Guarding = class extends Guard<object> {};
  for (let of = Object.getPrototypeOf(table); of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const name of Object.getOwnPropertyNames(of)) {
      const method: unknown = Reflect.get(of, name);
      if (name === 'constructor' || typeof method !== 'function' || name in Guarding.prototype) continue;
      Object.defineProperty(Guarding.prototype, name, {
        async value(this: Guard<object>, ...given: unknown[]) {
          const answer = await (method as Method).apply(this.table, given);
          if (hasUnknown(answer, this.sealing)) await this.sealing.refresh(this.nouns);
          return answer;
        },
      });
    }
  }
  return Guarding;
}

/** All bytes in these nouns are sealed values, or too short to be one. */
function hasUnknown(answer: unknown, sealing: Sealing): boolean {
  if (Buffer.isBuffer(answer)) return !sealing.sealer.knows(answer);
  if (typeof answer !== 'object' || answer === null || answer instanceof Date) return false;
  return Object.values(answer).some((value) => hasUnknown(value, sealing));
}

/** How often a manager looks for a newer data key; it seals under the old one that long at the most. */
const lookEveryMs = 2000;

export interface DataKeyWatch {
  close(): Promise<void>;
}

/** @param onStale told once, when there is a data key that the master key of this process does not open */
export function watchDataKeys(
  store: { read<T>(work: (nouns: { readonly dataKeys: DataKeyStore }) => Promise<T>): Promise<T> },
  sealing: Sealing,
  onStale: () => void,
): DataKeyWatch {
  let isStale = false;
  let looking: Promise<void> | undefined;
  const look = async () => {
    try {
      const isFresh = await store.read((nouns) => sealing.refresh(nouns));
      if (!isFresh && !isStale) onStale();
      isStale = !isFresh;
    } catch {
      // The database does not answer now; whoever asks it for something else is told.
    }
    looking = undefined;
  };
  const timer = setInterval(() => {
    looking ??= look();
  }, lookEveryMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}
