// Where random octets and keys come from. This room draws none itself, so that a test can repeat the examples of the RFCs.

import type { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import type { AgreementCurve } from './families/agreement-curves.ts';

export interface Randomness {
  octets(count: number): Buffer;
  /** A private key that is used for one JWE. */
  ephemeralKey(curve: AgreementCurve): KeyObject | Promise<KeyObject>;
}
