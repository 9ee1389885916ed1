// The JWK Sets of a node: of its environment, of each project, of each view, and each JWK alone. Only what is public ever
// gets here. Each is serialised at the first request after a change that touches it (or after a key in it expired)
// and then kept as bytes. Keys stand in the order of project and name, the ACTIVE ones of key rings before all
// others, and each once: two JWKs that are published alike are one key. A key before its notBefore is published, so that verifiers know it in time.

import { type DeployedSetting, defaultCaching } from '../../protocol/content.ts';
import { isInView } from '../../protocol/view-selection.ts';
import type { StateFollower } from '../node-state.ts';
import { escapedKidOf, type StoredObject } from '../stored-object.ts';
import { ProjectViews } from './project-views.ts';
import {
  cacheControlOf,
  isValidAt,
  jwkMediaType,
  jwkSetMediaType,
  type PublishedResponse,
  publishedResponse,
  type ResponseValidity,
  validityOf,
} from './published-response.ts';
import { isInSets, selectableKey } from './set-membership.ts';
import { SetPieces } from './set-pieces.ts';

type PublicKey = StoredObject & { readonly publicJson: string };

export class JwkSets implements StateFollower {
  readonly #clock: () => number;
  /** In the order of project, name and id. */
  #keys: PublicKey[] = [];
  /** How many objects of any kind a project has here. */
  #projects = new Map<string, number>();
  readonly #views = new ProjectViews();
  readonly #kept = new Map<string, PublishedResponse>();
  /** Of the last set of each name that was served. */
  readonly #pieces = new SetPieces();
  #generation = 0;
  #hasEnvironmentSet = true;
  #cacheControl = cacheControlOf(defaultCaching);

  /** @param clock milliseconds since 1970 */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Changes with every change, also one of content that is not published. */
  get generation(): number {
    return this.#generation;
  }

  /** Of every response, as the environment has it. */
  get cacheControl(): string {
    return this.#cacheControl;
  }

  replaced(objects: Iterable<StoredObject>): void {
    this.#projects = new Map();
    this.#keys = [];
    this.#views.clear();
    this.#setAgain(undefined, 'environment-set');
    this.#setAgain(undefined, 'caching');
    for (const object of objects) {
      if (object.setting) {
        this.#setAgain(object.setting, object.kind);
        continue;
      }
      this.#count(object, 1);
      this.#views.add(object);
      if (isPublic(object)) this.#keys.push(object);
    }
    this.#keys.sort(inOrder);
    this.#generation += 1;
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    for (const object of removed) {
      if (object.setting) this.#setAgain(undefined, object.kind);
      else this.#count(object, -1);
      this.#views.remove(object);
      if (isPublic(object)) this.#keys.splice(this.#firstAtOrAfter(object), 1);
    }
    for (const object of added) {
      if (object.setting) this.#setAgain(object.setting, object.kind);
      else this.#count(object, 1);
      this.#views.add(object);
      if (isPublic(object)) this.#keys.splice(this.#firstAtOrAfter(object), 0, object);
    }
    const touched = new Set<string>();
    for (const { project, name, kind } of [...removed, ...added]) {
      if (kind === 'view') this.#forget(`view ${project}/${name}`);
      if (!this.#projects.has(project)) this.#forget(`set ${project}`);
      if (kind !== 'jwk' && kind !== 'project-set') continue;
      this.#kept.delete('all');
      this.#kept.delete(`jwk ${project}/${name}`);
      touched.add(project);
    }
    for (const project of touched) {
      this.#kept.delete(`set ${project}`);
      for (const view of this.#views.names(project)) this.#kept.delete(`view ${project}/${view}`);
    }
    this.#generation += 1;
  }

  /** Every project that has anything here. */
  projects(): Iterable<string> {
    return this.#projects.keys();
  }

  /** Undefined where the environment publishes none. */
  environment(): PublishedResponse | undefined {
    if (!this.#hasEnvironmentSet) return undefined;
    return this.#keep('all', (set) => {
      const keys = this.#keys.filter((key) => isInSets(key, this.#views.keyTypes(key.project)));
      // What a project leaves out of its own set is not in this one, and displaces nothing here.
      const kept = this.#oneKeyAKid(keys, ({ project }) => project);
      return this.#set(set, kept, keys);
    });
  }

  /** From when to when what is published stays as it is, if nothing changes. */
  validity(): ResponseValidity {
    return validityOf(this.#keys, this.#clock());
  }

  /** Undefined for a project that has nothing here: whether it exists at all, only the manager knows. */
  project(project: string): PublishedResponse | undefined {
    if (!this.#projects.has(project)) return undefined;
    return this.#keep(`set ${project}`, (set) => {
      const keyTypes = this.#views.keyTypes(project);
      return this.#set(
        set,
        this.#ofProject(project).filter((key) => isInSets(key, keyTypes)),
      );
    });
  }

  /** The names of all views of a project. */
  views(project: string): Iterable<string> {
    return this.#views.names(project);
  }

  /** Undefined for a view that is not there. */
  view(project: string, name: string): PublishedResponse | undefined {
    const view = this.#views.find(project, name);
    if (view === undefined) return undefined;
    return this.#keep(`view ${project}/${name}`, (set) => {
      const all = this.#ofProject(project);
      // Keys of before a kid named one key: each set of a view has the same of them.
      const keys = this.#oneKeyAKid(all, ({ publicJson }) => publicJson);
      return this.#set(
        set,
        keys.filter((key) => isInView(view, selectableKey(key))),
        all,
      );
    });
  }

  /** Undefined for a JWK that is not there, has expired or has no public half. */
  jwk(project: string, name: string): PublishedResponse | undefined {
    for (let at = this.#firstAtOrAfter({ project, name, id: '' }); ; at += 1) {
      const key = this.#keys[at];
      if (key?.project !== project || key.name !== name) return undefined;
      if (!this.#isLive(key)) continue;
      const validUntilMs = key.expires ?? Number.POSITIVE_INFINITY;
      const validity = { validFromMs: Number.NEGATIVE_INFINITY, validUntilMs };
      return this.#keep(`jwk ${project}/${name}`, () =>
        publishedResponse([Buffer.from(key.publicJson)], {
          type: jwkMediaType,
          cacheControl: this.#cacheControl,
          validity,
        }),
      );
    }
  }

  countPublished(): number {
    const now = this.#clock();
    let count = 0;
    for (const { expires } of this.#keys) if (expires === null || now < expires) count += 1;
    return count;
  }

  #keep(name: string, make: (name: string) => PublishedResponse): PublishedResponse {
    const known = this.#kept.get(name);
    if (known && isValidAt(known, this.#clock())) return known;
    const made = make(name);
    this.#kept.set(name, made);
    return made;
  }

  /**
   * @param name by which its pieces are kept
   * @param all what can change it by expiring: also a key that one of `keys` displaces, and the one that displaces
   */
  #set(name: string, keys: readonly PublicKey[], all = keys): PublishedResponse {
    const live = new Set<string>();
    const add = (key: PublicKey) => this.#isLive(key) && live.add(key.publicJson);
    for (const key of keys) if (key.member?.state === 'ACTIVE') add(key);
    for (const key of keys) add(key);
    const validity = validityOf(all, this.#clock());
    return publishedResponse(this.#pieces.of(name, [...live]), {
      type: jwkSetMediaType,
      cacheControl: this.#cacheControl,
      validity,
    });
  }

  #ofProject(project: string): readonly PublicKey[] {
    const from = this.#firstAtOrAfter({ project, name: '', id: '' });
    let to = from;
    while (this.#keys[to]?.project === project) to += 1;
    return this.#keys.slice(from, to);
  }

  /**
   * Where two owners use one kid for different keys, only the one stays that has been here under it for longer: in the
   * environment's set neither a copied kid nor a project that gains the environment later breaks verification with the first.
   */
  #oneKeyAKid(keys: readonly PublicKey[], ownerOf: (key: PublicKey) => string): readonly PublicKey[] {
    const first = new Map<string, PublicKey>();
    let isContested = false;
    for (const key of keys) {
      if (!this.#isLive(key)) continue;
      const kid = escapedKidOf(key.publicJson);
      if (kid === undefined) continue;
      const known = first.get(kid);
      if (known && ownerOf(known) !== ownerOf(key)) isContested = true;
      if (!known || isHereLonger(key, known)) first.set(kid, key);
    }
    if (!isContested) return keys;
    return keys.filter((key) => {
      const kid = escapedKidOf(key.publicJson);
      const known = kid === undefined ? undefined : first.get(kid);
      if (known === undefined) return true;
      return ownerOf(known) === ownerOf(key) || known.publicJson === key.publicJson;
    });
  }

  #forget(name: string): void {
    this.#kept.delete(name);
    this.#pieces.forget(name);
  }

  #setAgain(setting: DeployedSetting | undefined, kind: StoredObject['kind']): void {
    if (kind === 'environment-set')
      this.#hasEnvironmentSet = setting?.kind === 'environment-set' ? setting.published : true;
    else this.#cacheControl = cacheControlOf(setting?.kind === 'caching' ? setting : defaultCaching);
    this.#kept.clear();
    this.#pieces.clear();
  }

  #isLive({ expires }: PublicKey): boolean {
    return expires === null || this.#clock() < expires;
  }

  #count({ project, kind }: StoredObject, step: number): void {
    // Of a project with nothing else the node would respond with an empty set, which a verifier may keep.
    if (kind === 'project-set') return;
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

type Position = Pick<StoredObject, 'project' | 'name' | 'id'>;

function inOrder(a: Position, b: Position): number {
  return compare(a.project, b.project) || compare(a.name, b.name) || compare(a.id, b.id);
}

/** By UTF-16 code unit: the same on every machine, independent of its locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isPublic(object: StoredObject): object is PublicKey {
  return object.publicJson !== undefined;
}

/** Of two that came here at once, or both before that was recorded, the one that has had the kid for longer anywhere. */
function isHereLonger(one: PublicKey, other: PublicKey): boolean {
  return (
    ((one.since ?? 0) - (other.since ?? 0) ||
      kidSinceOf(one) - kidSinceOf(other) ||
      compare(one.id, other.id)) < 0
  );
}

/** An id is a UUIDv7: its first 48 bits are the milliseconds at its creation. */
function kidSinceOf({ id, kidSince }: PublicKey): number {
  return kidSince ?? Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}
