import type { EnvironmentStores } from '../../environments/environment-store.ts';
import { lookupName } from '../../names.ts';
import type { Hello } from '../../protocol/messages.ts';
import type { JoinFacts } from './decide-join.ts';
import type { IdentityStores } from './identity-store.ts';
import type { InstallationIdentity, ReadIdentity } from './installation-identity.ts';

export type JoinStores = EnvironmentStores & IdentityStores;

export interface FoundJoin extends JoinFacts {
  readonly identity: InstallationIdentity;
}

/** Everything that the database knows of the sender of this hello. */
export async function lookUpJoin(
  stores: JoinStores,
  hello: Hello,
  { readIdentity, now }: { readIdentity: ReadIdentity; now: Date },
): Promise<FoundJoin> {
  const name = lookupName(hello.name);
  const identity = await readIdentity(stores);
  const environment = await stores.environments.find(lookupName(hello.environment));
  const tokenKey = hello.tokenKey === undefined ? undefined : Buffer.from(hello.tokenKey, 'base64url');
  const key =
    environment && (await stores.nodeKeys.find(environment.id, Buffer.from(hello.nodeKey, 'base64url')));
  // A key that is registered needs no token: that of another environment is still worth a word.
  const token = tokenKey && (await stores.enrollmentTokens.findByKey(tokenKey));
  const ofName = environment && key === undefined;
  return {
    identity,
    environment,
    environmentName: hello.environment,
    name,
    key,
    token,
    hasTokenKey: tokenKey !== undefined,
    keysOfName: ofName ? await stores.nodeKeys.listOfName(environment.id, name) : [],
    node: ofName ? await stores.nodes.find(environment.id, name) : undefined,
    now,
  };
}
