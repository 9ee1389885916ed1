import { platform, setPriority } from 'node:os';

/** Nice values. Of both the event loop comes first; the second gets what the others leave. */
export const threadPriorities = { low: 10, lowest: 19 };

/**
 * Lowers the priority of the calling thread, so that the event loop has the processor first. Only Linux keeps a priority
 * for each thread (setpriority(2), "C library/kernel differences"); elsewhere this would slow the whole process down.
 */
export function lowerThreadPriority(priority: number = threadPriorities.low): void {
  if (platform() === 'linux') setPriority(0, priority);
}
