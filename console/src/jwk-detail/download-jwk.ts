import { keyplane } from '../api/keyplane.ts';
import type { JwkRef } from './jwk-queries.ts';

export interface JwkFile {
  readonly format: 'jwk' | 'pem';
  readonly publicOnly?: 'true';
}

/** Hands a file to the browser; no address of it outlives the call. @throws KeyplaneApiError */
export async function downloadJwk(jwk: JwkRef, file: JwkFile): Promise<void> {
  const { name, mediaType, bytes } = await keyplane.exportJwkFile({ ...jwk, ...file });
  const address = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
