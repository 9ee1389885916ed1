/** A whole request of an operation in project `Bench`, with its head and body. */
export function operationRequest(path: string, token: string, body: unknown): string {
  const text = JSON.stringify(body);
  const head = [
    `POST /projects/Bench/${path} HTTP/1.1`,
    'Host: bench',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}
