import { readFileSync } from 'node:fs';

/** The clocks of the machine, in milliseconds. */
export interface NodeClocks {
  /** Since 1970; an operator or NTP can set it. */
  readonly wall: () => number;
  /** Only ever runs forward. Two processes of one boot have the same. */
  readonly monotonic: () => number;
  /** Which boot `monotonic` counts in; undefined where the machine does not say. */
  readonly boot: string | undefined;
}

export function machineClocks(wall: () => number = Date.now): NodeClocks {
  // performance.now() counts from the start of the process and is much cheaper than hrtime.
  const startedAt = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return { wall, monotonic: () => startedAt + performance.now(), boot: bootId() };
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
