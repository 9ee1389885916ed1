import { generateKeyPairSync } from 'node:crypto';
import type { Caller } from '../../access/caller.ts';
import type { Manager } from '../../compose/manager.ts';
import type { EnvironmentType } from '../../environments/environment-store.ts';
import { thumbprint } from '../../jose/thumbprint.ts';
import { createDemo, madeByQuickstart, quickstartProject, replaceDemoToken } from './prepare-demo.ts';

export const quickstartEnvironments: readonly { readonly name: string; readonly type: EnvironmentType }[] =
  Object.freeze([
    { name: 'production', type: 'PRODUCTION' },
    { name: 'staging', type: 'TEST' },
  ]);

/** The process itself acts, not a user with a token. */
const noToken = Object.freeze({ tokenId: '', tokenKind: 'SESSION', tokenExpiresAt: null });

/** Each start prints a new token; older ones stay valid until they expire. */
const tokenLifeMs = 30 * 24 * 3600 * 1000;

export interface QuickstartPreparation {
  /** Secret, by environment name; those of an earlier start are revoked. */
  readonly enrollmentTokens: ReadonlyMap<string, string>;
  /** Secret. */
  readonly apiToken: string;
  /** The name of a JWK that does not exist yet. */
  readonly exampleName: string;
  readonly exampleJwk: string;
  /** Secret; undefined where there is nothing to sign with. */
  readonly demoToken: string | undefined;
}

/** Creates the project and environments that do not exist yet, and new tokens. */
export async function prepareQuickstart({ services, adminUser }: Manager): Promise<QuickstartPreparation> {
  const caller = await administrator(services, adminUser);
  const projects = await services.access.projects.list(caller);
  const isNewProject = !projects.some(({ name }) => name === quickstartProject);
  if (isNewProject) {
    await services.access.projects.create(caller, { name: quickstartProject, description: madeByQuickstart });
  }
  const known = new Set((await services.environments.list()).map(({ environment }) => environment.name));
  const enrollmentTokens = new Map<string, string>();
  for (const { name, type } of quickstartEnvironments) {
    if (!known.has(name)) {
      await services.environments.create(caller, { name, type, environmentSet: true });
    }
    const { secretToken } = await services.enrollment.replaceQuickstartToken(caller, name);
    enrollmentTokens.set(name, secretToken);
  }
  // The environments are there by now: the first key is active in them from the start.
  const demoToken = await (isNewProject ? createDemo : replaceDemoToken)(services, caller, quickstartProject);
  const now = Date.now();
  const expiresAt = new Date(now + tokenLifeMs).toISOString();
  const { secretToken } = await services.access.tokens.create(caller, {
    name: `quickstart-${now}`,
    expiresAt,
  });
  return {
    enrollmentTokens,
    apiToken: secretToken,
    exampleName: await freeName(services),
    exampleJwk: publicExample(),
    demoToken,
  };
}

/**
 * Sets the node addresses of the environments on this machine, which the console shows in JWK Set URLs. The ports may
 * differ from the last start. An address that a user set is kept.
 */
export async function setNodeAddresses(
  { services, adminUser }: Manager,
  nodeUrls: readonly string[],
): Promise<void> {
  const caller = await administrator(services, adminUser);
  const environments = await services.environments.list();
  for (const [index, { name }] of quickstartEnvironments.entries()) {
    const found = environments.find(({ environment }) => environment.name === name);
    const accessUrl = nodeUrls[index];
    if (!found || accessUrl === undefined) continue;
    const { environment, projectNames } = found;
    // An administrator has to say what it should be.
    if (environment.altered) continue;
    const before = environment.accessUrl;
    if (before === accessUrl || (before !== null && URL.parse(before)?.hostname !== '127.0.0.1')) continue;
    await services.environments.update(caller, name, {
      accessUrl,
      ...(environment.description !== null && { description: environment.description }),
      ...(projectNames !== null && { projects: projectNames }),
    });
  }
}

/** The user of the settings, or another administrator if that one was deleted. */
async function administrator({ access }: Manager['services'], adminUser: string): Promise<Caller> {
  const admins = (await access.users.list()).filter((user) => user.admin);
  const user = admins.find(({ username }) => username === adminUser) ?? admins[0];
  if (!user) throw new Error('There is no administrator');
  return { userId: user.id, username: user.username, admin: true, narrowed: null, ...noToken };
}

async function freeName({ store }: Manager['services']): Promise<string> {
  return store.read(async (stores) => {
    const project = await stores.projects.find(quickstartProject);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? 'my-jwk' : `my-jwk-${number}`;
      if (!project || !(await stores.jwks.find(project.id, name))) return name;
    }
  });
}

/** A new key whose private half is discarded, so that it can be printed. */
function publicExample(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x, y, use: 'sig', alg: 'ES256' };
  return JSON.stringify({ ...jwk, kid: thumbprint(jwk as Parameters<typeof thumbprint>[0]) });
}
