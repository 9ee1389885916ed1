// Kids that name two different keys in one JWK Set: of a project, where both were stored before that was rejected, or of
// all projects of an environment, which then leaves one out. Keys without a kid share none, and OCT keys are in no set.

import { publishedText } from './published-kid.ts';

export interface JwkName {
  readonly projectName: string;
  readonly name: string;
}

/** A JWK whose kid another JWK of the same set may have for a different key. */
export interface KidClaim extends JwkName {
  readonly kid: string;
  /** Whose set of all projects it is in; null: the set is that of its project. */
  readonly environmentName: string | null;
  readonly publicMembers: string;
}

export interface SharedKidStore {
  /**
   * Claims of JWKs that are published at this time, those of one kid and set together; among them, who has been in the set
   * under the kid for longest comes first. Keys that differ only in what is not published may be among them.
   */
  kidClaims(now: Date, limit: number): Promise<readonly KidClaim[]>;
}

export interface SharedKidStores {
  readonly sharedKids: SharedKidStore;
}

export interface SharedKid {
  readonly kid: string;
  /** Whose set of all projects it is about; null: the set is that of the project. */
  readonly environmentName: string | null;
  /** At least one, by who has been in the set under the kid for longest. */
  readonly published: readonly JwkName[];
  /** Of an environment: those that its set leaves out, in the same order. */
  readonly leftOut: readonly JwkName[];
}

/** Further claims are not read: each needs an administrator's attention. */
const claimsAtMost = 2000;

/** By project, then by environment, and by kid in each. */
export async function listSharedKids(
  { sharedKids }: SharedKidStores,
  now: Date,
): Promise<readonly SharedKid[]> {
  const sets = new Map<string, KidClaim[]>();
  for (const claim of await sharedKids.kidClaims(now, claimsAtMost)) {
    const { kid, environmentName, projectName } = claim;
    const set = JSON.stringify([kid, environmentName, environmentName === null && projectName]);
    const known = sets.get(set);
    if (known) known.push(claim);
    else sets.set(set, [claim]);
  }
  return [...sets.values()].map(sharedBy).filter((shared) => shared !== undefined);
}

function sharedBy(claims: readonly KidClaim[]): SharedKid | undefined {
  const [first] = claims;
  if (first === undefined) return undefined;
  const text = textOf(first);
  if (claims.every((claim) => textOf(claim) === text)) return undefined;
  const { kid, environmentName } = first;
  if (environmentName === null) return { kid, environmentName, published: claims.map(named), leftOut: [] };
  const isPublished = (claim: KidClaim) => claim.projectName === first.projectName || textOf(claim) === text;
  const leftOut = claims.filter((claim) => !isPublished(claim)).map(named);
  if (leftOut.length === 0) return undefined;
  return { kid, environmentName, published: claims.filter(isPublished).map(named), leftOut };
}

/** A row altered outside keyplane may be no JWK: it counts as a different key. */
function textOf(claim: KidClaim): string | undefined {
  try {
    return publishedText(claim);
  } catch {
    return claim.publicMembers;
  }
}

function named({ projectName, name }: KidClaim): JwkName {
  return { projectName, name };
}
