/** base64 of all bytes. @throws DOMException where the browser cannot read the file */
export function fileAsBase64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.readAsDataURL(file);
  });
}

/** A DER file begins with a SEQUENCE; the API takes PEM, which is the base64 of it between two lines. */
export async function fileAsPem(file: Blob, label: string): Promise<string> {
  const [first] = new Uint8Array(await file.slice(0, 1).arrayBuffer());
  if (first !== 0x30) return file.text();
  const lines = (await fileAsBase64(file)).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
