// The operations of a node: their routes, and what has to be granted for each.

import type { GrantOperation } from '../../protocol/content.ts';
import { pathSegments } from '../serve/request-path.ts';

/** With a key ring or a JWK. */
export type KeyOperation = 'SIGN' | 'VERIFY' | 'ENCRYPT' | 'DECRYPT' | 'MAC' | 'MAC_VERIFY';
/** ISSUE is of token profiles. */
export type Operation = KeyOperation | 'ISSUE';

export type TargetKind = 'key-rings' | 'jwks';

export type OperationRoute =
  | {
      readonly kind: TargetKind;
      readonly project: string;
      readonly name: string;
      readonly operation: KeyOperation;
    }
  | {
      readonly kind: 'token-profiles';
      readonly project: string;
      readonly name: string;
      readonly operation: 'ISSUE';
    };

const keyOperations: Readonly<Record<string, KeyOperation | undefined>> = withoutPrototype({
  sign: 'SIGN',
  verify: 'VERIFY',
  encrypt: 'ENCRYPT',
  decrypt: 'DECRYPT',
  mac: 'MAC',
  'mac/verify': 'MAC_VERIFY',
});

/** Routes that were read, by their targets. Applications ask for few. */
const known = new Map<string, OperationRoute>();
const mostKnown = 512;
const longestKnown = 512;

/** @param target of a request line. @returns undefined for any other route */
export function operationRoute(target: string): OperationRoute | undefined {
  const route = known.get(target) ?? readRoute(target);
  if (route === undefined || target.length > longestKnown || known.has(target)) return route;
  if (known.size >= mostKnown) known.clear();
  known.set(target, route);
  return route;
}

function readRoute(target: string): OperationRoute | undefined {
  const segments = pathSegments(target);
  if (segments === undefined || segments.length < 5 || segments.length > 6) return undefined;
  const [first, project = '', kind, name = '', ...verbs] = segments;
  if (first !== 'projects') return undefined;
  const verb = verbs.join('/');
  if (kind === 'token-profiles') {
    return verb === 'tokens' ? { kind, project, name, operation: 'ISSUE' } : undefined;
  }
  if (kind !== 'key-rings' && kind !== 'jwks') return undefined;
  const operation = keyOperations[verb];
  return operation && { kind, project, name, operation };
}

/**
 * Which of these operations of a grant allows it, and so gives its rate; undefined where none does. On a ring a MAC needs SIGN_RAW too: nothing that the ring bounds is in what it
 * is of. What SIGN_RAW adds to a signature depends on the payload, and is decided where that is read.
 */
export function grantedBy(
  granted: ReadonlySet<GrantOperation>,
  { kind, operation }: Pick<OperationRoute, 'kind' | 'operation'>,
): GrantOperation | undefined {
  const ifGranted = (one: GrantOperation) => (granted.has(one) ? one : undefined);
  switch (operation) {
    case 'SIGN':
      return ifGranted('SIGN') ?? ifGranted('SIGN_RAW');
    case 'MAC':
      return kind !== 'key-rings' || granted.has('SIGN_RAW') ? ifGranted('MAC') : undefined;
    case 'MAC_VERIFY':
      return ifGranted('MAC');
    case 'VERIFY':
    case 'ENCRYPT':
    case 'DECRYPT':
    case 'ISSUE':
      return ifGranted(operation);
    default:
      return operation satisfies never;
  }
}

/** Nothing is found in it but its own members: `constructor` is no operation. */
function withoutPrototype<T extends object>(members: T): T {
  return Object.freeze(Object.assign(Object.create(null), members));
}
