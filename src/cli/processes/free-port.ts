import { createServer } from 'node:net';

/** Whether a process of this user could listen there now. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  if (port > 65_535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
