// The JWK Sets of a node: of its environment, of each project, and each JWK alone. Only what is public ever gets
// here. Each is serialised at the first request after a change that touches it (or after a key in it expired)
// and then kept as bytes. Keys stand in the order of project and name, and each once: two JWKs that
// are published alike are one key. A key before its notBefore is published, so that verifiers know it in time.

import type { HeldObject } from '../held-object.ts';
import type { StateFollower } from '../node-state.ts';
import { isValidAt, jwkSetType, jwkType, type Published, publish } from './published.ts';

type PublicKey = HeldObject & { readonly publicJson: string };

export class JwkSets implements StateFollower {
  readonly #clock: () => number;
  /** In the order of project, name and id. */
  #keys: PublicKey[] = [];
  /** How many objects of any kind a project has here. */
  #projects = new Map<string, number>();
  readonly #kept = new Map<string, Published>();
  #generation = 0;

  /** @param clock milliseconds since 1970 */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Changes with every change, also one of content that is not published. */
  get generation(): number {
    return this.#generation;
  }

  replaced(objects: Iterable<HeldObject>): void {
    this.#projects = new Map();
    this.#keys = [];
    for (const object of objects) {
      this.#count(object.project, 1);
      if (isPublic(object)) this.#keys.push(object);
    }
    this.#keys.sort(inOrder);
    this.#kept.clear();
    this.#generation += 1;
  }

  changed(removed: readonly HeldObject[], added: readonly HeldObject[]): void {
    for (const object of removed) {
      this.#count(object.project, -1);
      if (isPublic(object)) this.#keys.splice(this.#firstAtOrAfter(object), 1);
    }
    for (const object of added) {
      this.#count(object.project, 1);
      if (isPublic(object)) this.#keys.splice(this.#firstAtOrAfter(object), 0, object);
    }
    for (const { project, name, kind } of [...removed, ...added]) {
      if (kind !== 'jwk') continue;
      this.#kept.delete('all');
      this.#kept.delete(`set ${project}`);
      this.#kept.delete(`jwk ${project}/${name}`);
    }
    this.#generation += 1;
  }

  /** Every project that has anything here. */
  projects(): Iterable<string> {
    return this.#projects.keys();
  }

  environment(): Published {
    return this.#keep('all', () => this.#set(this.#keys));
  }

  /** Undefined for a project that has nothing here: whether it exists at all, only the manager knows. */
  project(project: string): Published | undefined {
    if (!this.#projects.has(project)) return undefined;
    return this.#keep(`set ${project}`, () => {
      const from = this.#firstAtOrAfter({ project, name: '', id: '' });
      let to = from;
      while (this.#keys[to]?.project === project) to += 1;
      return this.#set(this.#keys.slice(from, to));
    });
  }

  /** Undefined for a JWK that is not there, has expired or has no public half. */
  jwk(project: string, name: string): Published | undefined {
    for (let at = this.#firstAtOrAfter({ project, name, id: '' }); ; at += 1) {
      const key = this.#keys[at];
      if (key?.project !== project || key.name !== name) return undefined;
      if (!this.#isLive(key)) continue;
      const validUntilMs = key.expires ?? Number.POSITIVE_INFINITY;
      const validity = { validFromMs: Number.NEGATIVE_INFINITY, validUntilMs };
      return this.#keep(`jwk ${project}/${name}`, () =>
        publish(Buffer.from(key.publicJson), jwkType, validity),
      );
    }
  }

  countPublished(): number {
    const now = this.#clock();
    let count = 0;
    for (const { expires } of this.#keys) if (expires === null || now < expires) count += 1;
    return count;
  }

  #keep(name: string, make: () => Published): Published {
    const known = this.#kept.get(name);
    if (known && isValidAt(known, this.#clock())) return known;
    const made = make();
    this.#kept.set(name, made);
    return made;
  }

  #set(keys: readonly PublicKey[]): Published {
    const now = this.#clock();
    let validFromMs = Number.NEGATIVE_INFINITY;
    let validUntilMs = Number.POSITIVE_INFINITY;
    const live = new Set<string>();
    for (const { expires, publicJson } of keys) {
      if (expires !== null && expires <= now) {
        validFromMs = Math.max(validFromMs, expires);
        continue;
      }
      live.add(publicJson);
      if (expires !== null) validUntilMs = Math.min(validUntilMs, expires);
    }
    return publish(setBytes([...live]), jwkSetType, { validFromMs, validUntilMs });
  }

  #isLive({ expires }: PublicKey): boolean {
    return expires === null || this.#clock() < expires;
  }

  #count(project: string, step: number): void {
    const count = (this.#projects.get(project) ?? 0) + step;
    if (count > 0) this.#projects.set(project, count);
    else this.#projects.delete(project);
  }

  #firstAtOrAfter(wanted: Position): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const key = this.#keys[middle];
      if (key && inOrder(key, wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type Position = Pick<HeldObject, 'project' | 'name' | 'id'>;

function inOrder(a: Position, b: Position): number {
  return compare(a.project, b.project) || compare(a.name, b.name) || compare(a.id, b.id);
}

/** By UTF-16 code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isPublic(object: HeldObject): object is PublicKey {
  return object.publicJson !== undefined;
}

/**
 * Written where it stays, key by key: of ten thousand keys one text would be megabytes, and the memory of a text that is
 * thrown away stays with the process for long.
 */
function setBytes(keys: readonly string[]): Buffer {
  const [head, tail] = ['{"keys":[', ']}'];
  const commas = Math.max(keys.length - 1, 0);
  const size = keys.reduce((sum, key) => sum + Buffer.byteLength(key), head.length + commas + tail.length);
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.write(head);
  for (const [index, key] of keys.entries()) {
    if (index > 0) at += bytes.write(',', at);
    at += bytes.write(key, at);
  }
  bytes.write(tail, at);
  return bytes;
}
