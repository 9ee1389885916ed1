import type { ManagerContact } from './manager-contact.ts';

/** How long this node serves JWK Sets without a manager: a key that was revoked meanwhile stays published for no longer. */
export class ServeLimit {
  readonly #contact: ManagerContact;
  readonly limitMs: number | undefined;

  /** @param limitMs undefined: it always serves */
  constructor(contact: ManagerContact, limitMs: number | undefined) {
    this.#contact = contact;
    this.limitMs = limitMs;
  }

  get isOver(): boolean {
    return this.limitMs !== undefined && this.#contact.ageMs >= this.limitMs;
  }
}
