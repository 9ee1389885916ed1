// Passwords: which are taken, and how they are kept (argon2id in PHC string form, never the password itself).

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { badRequest, KeyplaneError, tooManyRequests } from '../errors.ts';
import { FairQueue } from '../runtime/fair-queue.ts';

/** OWASP's password storage advice for argon2id: 19 MiB, 2 passes, 1 lane. */
const cost = Object.freeze({ memory: 19_456, passes: 2, parallelism: 1 });
const nonceBytes = 16;
const tagBytes = 32;
const shortestLength = 8;
const longestLength = 1024;

const phcPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

export interface PasswordHasher {
  /** @returns argon2id in PHC string form */
  hash(password: string): Promise<string>;
  /**
   * Takes the same time for a user that does not exist, passed as undefined.
   * `whenStarted` runs when this password leaves the queue; an error that it throws prevents the hashing.
   */
  matches(password: string, passwordHash: string | undefined, whenStarted?: () => void): Promise<boolean>;
}

export interface PasswordHasherOptions {
  /** How many are hashed at once; libuv's pool has 4 threads, which files and names need too. */
  readonly inFlight?: number;
  /** How many wait beyond that before one more is rejected; three quarters of them for one user or address. */
  readonly waiting?: number;
}

/** @throws KeyplaneError `bad_request` for a password that is too short, too long or not text */
export function checkNewPassword(password: string): string {
  const length = [...password].length;
  if (length < shortestLength || length > longestLength || !password.isWellFormed()) {
    throw badRequest(`Password must have ${shortestLength} to ${longestLength} characters!`, {
      reason: length === 0 ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: 'password',
    });
  }
  return password;
}

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { inFlight = 2, waiting = 256 } = options;
  const queue = new FairQueue({
    capacity: inFlight,
    waiting,
    waitingPerRequester: Math.ceil((waiting * 3) / 4),
    rejection: tooMany,
  });
  /** A hash that no password has: random bytes in place of a result. */
  const nobody = phc({ ...cost, nonce: randomBytes(nonceBytes), tag: randomBytes(tagBytes) });

  return {
    hash: (password) =>
      queue.run(async () => {
        const nonce = randomBytes(nonceBytes);
        return phc({ ...cost, nonce, tag: await derive(password, { ...cost, nonce, tagLength: tagBytes }) });
      }),
    matches: (password, passwordHash, whenStarted) =>
      queue.run(async () => {
        whenStarted?.();
        const { tag, ...parameters } = readPhc(passwordHash ?? nobody);
        return timingSafeEqual(await derive(password, { ...parameters, tagLength: tag.length }), tag);
      }),
  };
}

interface PhcString {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly nonce: Buffer;
  readonly tag: Buffer;
}

function phc({ memory, passes, parallelism, nonce, tag }: PhcString): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

function readPhc(text: string): PhcString {
  const [, memory, passes, parallelism, nonce, tag] = phcPattern.exec(text) ?? [];
  if (!nonce || !tag) throw new KeyplaneError('internal_error', 'A stored password hash can not be read');
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

interface DeriveParameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly nonce: Buffer;
  readonly tagLength: number;
}

/** Normal form C, because keyboards and systems spell the same accented letter differently. */
function derive(password: string, parameters: DeriveParameters): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'), 'utf8');
  return new Promise((resolve, reject) => {
    argon2('argon2id', { ...parameters, message }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function tooMany(): KeyplaneError {
  return tooManyRequests('passwords', 'Too many sign-ins at once, try again in a moment', 1);
}
