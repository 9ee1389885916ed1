import type { DeployedTokenProfile } from '../../protocol/content.ts';

/** The ring that signs, and the ring or JWK that is encrypted to. */
export function keysOfProfile({ keyRingId, encryptTo }: DeployedTokenProfile): readonly string[] {
  const target = encryptTo?.keyRingId ?? encryptTo?.jwkId;
  return target ? [keyRingId, target] : [keyRingId];
}

/** Which token profiles use a key, by the id of its ring or JWK. */
export class ProfileUses {
  readonly #profiles = new Map<string, Set<string>>();

  add(profile: DeployedTokenProfile): void {
    for (const keyId of keysOfProfile(profile)) {
      this.#profiles.set(keyId, (this.#profiles.get(keyId) ?? new Set()).add(profile.id));
    }
  }

  remove(profile: DeployedTokenProfile): void {
    for (const keyId of keysOfProfile(profile)) {
      const using = this.#profiles.get(keyId);
      using?.delete(profile.id);
      if (using?.size === 0) this.#profiles.delete(keyId);
    }
  }

  clear(): void {
    this.#profiles.clear();
  }

  of(keyId: string): Iterable<string> {
    return this.#profiles.get(keyId) ?? [];
  }
}
