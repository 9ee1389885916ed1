import { type RequestOptions, request } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface TlsAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  /** Of the server's certificate. */
  readonly fingerprint: string;
}

/** One request on a connection of its own. */
export function ask(url: string, options: RequestOptions & { body?: string }): Promise<TlsAnswer> {
  const { body: sent, ...others } = options;
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent: false, ...others }, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          fingerprint: fingerprint256,
        }),
      );
    });
    asking.on('error', reject).end(sent);
  });
}
