export interface LeaseStore {
  /**
   * Takes a lease that is free or has run out, by the database's clock. The fence is larger than that of every
   * holder before. Undefined while another holder has it.
   */
  acquire(name: string, holder: string, ttlMs: number): Promise<number | undefined>;
  /** Extends it from now. False if another holder has taken it since. */
  renew(name: string, fence: number, ttlMs: number): Promise<boolean>;
  /** Makes it free, if it is still held under this fence. */
  release(name: string, fence: number): Promise<void>;
  /**
   * Whether a write may still be made under this fence. In the very transaction of the write: no other writer comes
   * between.
   */
  stillHeld(name: string, fence: number): Promise<boolean>;
  /** Whether it is held now. */
  isHeld(name: string): Promise<boolean>;
}

export interface LeaseStores {
  readonly leases: LeaseStore;
}
