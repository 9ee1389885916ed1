import { randomUUID } from 'node:crypto';

/** UUIDv7 (RFC 9562 §5.7): ids that grow with time keep the index of a growing table dense. */
export function newId(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // Variant and random bits are those of a UUIDv4, of which Node.js makes many at a time.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
