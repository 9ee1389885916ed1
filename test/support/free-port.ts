import { freePorts } from '../system/support/ports.ts';

/** Of this machine's loopback address, at this moment, and none that an outgoing connection is given meanwhile. */
export function freePort(): Promise<number> {
  return freePorts(1);
}
