/** What an export answers with. */
export interface DownloadedFile {
  /** As the server names it. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export async function downloadedFile(response: Response): Promise<DownloadedFile> {
  return {
    name: fileName(response.headers.get('content-disposition') ?? ''),
    mediaType: response.headers.get('content-type') ?? 'application/octet-stream',
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

/** RFC 6266: the name in any script wins over the one in ASCII. */
function fileName(disposition: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="([^"]*)"/i.exec(disposition)?.[1] ?? 'download';
}
