// A stand-in for a server that stores keys and does nothing else, such as Hydra: `node:http`, JSON, and one insert that
// waits for the disk. It gets a database and answers with its address; `used` returns its processor time so far, in
// milliseconds.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import pg from 'pg';

export type InsertOrder = { readonly path: string } | { readonly url: string };

type Insert = (row: Row) => unknown;

interface Row {
  readonly name: string;
  readonly key: string;
}

const table = (json: string) =>
  `create table stand_in_keys (id bigint primary key, name text not null unique, key ${json} not null, at text not null)`;

let lastId = 0;

async function open(order: InsertOrder): Promise<Insert> {
  if ('path' in order) {
    const database = new Database(order.path);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(table('text'));
    const statement = database.prepare('insert into stand_in_keys (id, name, key, at) values (?, ?, ?, ?)');
    return ({ name, key }) => statement.run(++lastId, name, key, new Date().toISOString());
  }
  const pool = new pg.Pool({ connectionString: order.url, max: 10 });
  await pool.query(table('text'));
  const text = 'insert into stand_in_keys (id, name, key, at) values ($1, $2, $3, $4)';
  return ({ name, key }) => pool.query(text, [++lastId, name, key, new Date().toISOString()]);
}

async function answer(insert: Insert, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { name, jwkStr } = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  await insert({ name, key: JSON.stringify(JSON.parse(jwkStr)) });
  const body = JSON.stringify({ success: true, name });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function start(order: InsertOrder): Promise<string> {
  const insert = await open(order);
  const server = createServer((request, response) => void answer(insert, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

process.on('message', (message: InsertOrder | 'used') => {
  if (message === 'used') {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e3);
  } else void start(message).then((url) => process.send?.(url));
});
process.once('disconnect', () => process.exit());
