import { keyplane } from '../api/keyplane.ts';
import { downloadFile } from '../display/download.ts';
import type { JwkRef } from './jwk-queries.ts';

export interface JwkDownload {
  readonly format: 'jwk' | 'pem';
  readonly publicOnly?: 'true';
}

/** Hands the file to the browser. @throws KeyplaneApiError */
export async function downloadJwk(jwk: JwkRef, file: JwkDownload): Promise<void> {
  const { name, mediaType, bytes } = await keyplane.exportJwkFile({ ...jwk, ...file });
  downloadFile(name, mediaType, new Uint8Array(bytes));
}
