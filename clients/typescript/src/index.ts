export { type CallOptions, type ClientOptions, createClient, type KeyplaneClient } from './client.ts';
export type { DownloadedFile } from './downloaded-file.ts';
export { every } from './every.ts';
export { KeyplaneApiError, KeyplaneConnectionError, type KeyplaneErrorCode } from './keyplane-api-error.ts';
export type { Operations } from './operations.ts';
export type { RetryPolicy } from './retries.ts';
export type * from './schemas.ts';
