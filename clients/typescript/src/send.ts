import { downloadedFile } from './downloaded-file.ts';
import { KeyplaneConnectionError, throwApiError } from './keyplane-api-error.ts';
import type { OperationFacts } from './operations.ts';

export type OperationInput = Readonly<Record<string, unknown>>;

export interface Sending {
  readonly url: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** One attempt. @throws KeyplaneApiError, KeyplaneConnectionError */
export async function send(facts: OperationFacts, input: OperationInput, sending: Sending): Promise<unknown> {
  const { method, answer } = facts;
  // Called on its own: the one of browsers refuses to be a method of anything but the window.
  const { fetch } = sending;
  const { contentType, body } = bodyOf(facts, input.body);
  const headers = {
    ...(sending.token !== undefined && { authorization: `Bearer ${sending.token}` }),
    ...(sending.idempotencyKey !== undefined && { 'idempotency-key': sending.idempotencyKey }),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
  let response: Response;
  try {
    response = await fetch(sending.url + pathOf(facts, input), {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(sending.signal && { signal: sending.signal }),
    });
  } catch (error) {
    sending.signal?.throwIfAborted();
    throw new KeyplaneConnectionError(`${sending.url} can not be reached`, { cause: error });
  }
  if (!response.ok) return throwApiError(response);
  return answer === 'file' ? downloadedFile(response) : readJson(response);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new KeyplaneConnectionError('the answer broke off, or is not JSON', { cause: error });
  }
}

function pathOf({ path, query }: OperationFacts, input: OperationInput): string {
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(String(input[name])),
  );
  const parameters = new URLSearchParams();
  for (const name of query) {
    const value = input[name];
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

function bodyOf({ body: kind }: OperationFacts, body: unknown) {
  switch (kind) {
    case 'none':
      return {};
    case 'json':
      return { contentType: 'application/json', body: JSON.stringify(body ?? {}) };
    case 'urlencoded':
      return {
        body: new URLSearchParams(
          members(body).map(([name, value]): [string, string] => [name, String(value)]),
        ),
      };
    case 'form':
      return { body: formOf(body) };
    default:
      return kind satisfies never;
  }
}

function formOf(body: unknown): FormData {
  const form = new FormData();
  for (const [name, value] of members(body)) {
    if (value instanceof Blob) form.append(name, value, name);
    else form.append(name, String(value));
  }
  return form;
}

function members(body: unknown): [string, unknown][] {
  return Object.entries(body ?? {}).filter(([, value]) => value !== undefined && value !== null);
}
