import { platform, setPriority } from 'node:os';

const lowPriority = 10;

/**
 * Lowers the priority of the calling thread, so that the event loop has the processor first. Only Linux keeps a priority
 * for each thread (setpriority(2), "C library/kernel differences"); elsewhere this would slow the whole process down.
 */
export function lowerThreadPriority(): void {
  if (platform() === 'linux') setPriority(0, lowPriority);
}
