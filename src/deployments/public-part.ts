// What a node is given whose enrollment token has `privateKeys` false: it can publish all that is public, and neither
// sign nor decrypt.

import type { JsonObject } from '../jose/json.ts';
import { publicMembersOf } from '../jose/public-part.ts';
import type { DeployedContent } from '../protocol/content.ts';

/** @param digest of the whole object */
export function publicPart(content: DeployedContent, digest: Buffer): DeployedContent {
  const withheld = digest.toString('hex');
  switch (content.kind) {
    case 'jwk': {
      const jwk = publicMembersOf(content.jwk as JsonObject);
      const isPublic = Object.keys(content.jwk).every((member) => Object.hasOwn(jwk, member));
      return isPublic ? content : { ...content, jwk, withheld };
    }
    case 'certificate':
    case 'environment-set':
    case 'caching':
    case 'key-ring':
    case 'application':
    case 'token-profile':
    case 'view':
    case 'project-set':
      return content;
    case 'key':
      return content.keyType === 'PUBLIC_KEY' ? content : { ...content, content: '', withheld };
    case 'outlet':
      return content.password === null ? content : { ...content, password: null, withheld };
    case 'keystore': {
      const { keyPasswords: _, ...others } = content;
      return { ...others, file: '', password: '', keyPassword: null, withheld };
    }
    default:
      return content satisfies never;
  }
}
