import { durationInHours } from '../../iso-duration.ts';
import type { NodeLog } from '../node-log.ts';
import type { ManagerContact } from './manager-contact.ts';

const checkEveryMs = 1_000;

/**
 * How long this node serves JWK Sets without a manager: a key that is revoked meanwhile stays published for no longer.
 */
export class ServeLimit {
  readonly limitMs: number | undefined;
  readonly #contact: ManagerContact;

  /** @param limitMs undefined: it always serves */
  constructor(contact: ManagerContact, limitMs: number | undefined) {
    this.#contact = contact;
    this.limitMs = limitMs;
  }

  get isOver(): boolean {
    return this.limitMs !== undefined && this.#contact.ageMs >= this.limitMs;
  }

  /**
   * Logs when it stops serving and when it serves again.
   * @returns what ends the watch
   */
  watch(log: NodeLog, onChange: () => void): () => void {
    const { limitMs } = this;
    if (limitMs === undefined) return () => undefined;
    const serveLimit = durationInHours(limitMs);
    // A node that starts is silent about what its first heartbeat mends.
    let wasOver = this.isOver;
    const check = () => {
      const { isOver } = this;
      if (isOver === wasOver) return;
      wasOver = isOver;
      if (isOver)
        log.warn({ serveLimit }, 'no contact with a manager within the serve limit: JWK Sets are not served');
      else log.info({ serveLimit }, 'contact with a manager is back: JWK Sets are served again');
      onChange();
    };
    const checks = setInterval(check, Math.min(checkEveryMs, limitMs / 4));
    checks.unref();
    return () => clearInterval(checks);
  }
}
