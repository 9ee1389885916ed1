const chunkBytes = 0x8000;

/** RFC 4648 §4, for files of megabytes: one call for all of them would overflow the stack. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(at, at + chunkBytes));
  }
  return btoa(text);
}
