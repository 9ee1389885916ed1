// The minimum for a server with Fastify and better-sqlite3: both loaded, one route, one open database.
// Plain JavaScript, so that it does not pay for types.

import SqliteDatabase from 'better-sqlite3';
import Fastify from 'fastify';

const database = new SqliteDatabase(process.argv[2] ?? ':memory:');
database.pragma('journal_mode = WAL');
const server = Fastify();
server.get('/', async () => database.prepare('select 1 as one').get());
await server.listen({ host: '127.0.0.1', port: 0 });
process.stderr.write('ready\n');
