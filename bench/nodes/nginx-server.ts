// nginx as the yardstick of what a node serves: one process without workers, so that its processor time is one
// number, with what a good configuration for small static files has. Not there on every machine.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.ts';

export interface NginxServer {
  readonly url: string;
  usedMicros(): Promise<number>;
  end(): Promise<void>;
}

/** Where processor time can be read to the nanosecond and nginx is installed. */
export function nginxIsThere(): boolean {
  return process.platform === 'linux' && spawnSync('nginx', ['-v']).error === undefined;
}

/** Serves the files below a directory. */
export async function startNginx(root: string): Promise<NginxServer> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, root, port));
  const child = spawn(
    'nginx',
    ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
    {
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  try {
    await listening(child, port);
  } catch (error) {
    child.kill();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async usedMicros() {
      // proc(5): the first number is the time spent on the CPU, in nanoseconds.
      const [used = ''] = (await readFile(`/proc/${child.pid}/schedstat`, 'utf8')).split(' ');
      return Number(used) / 1e3;
    },
    async end() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, root: string, port: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=100 inactive=1h;
  open_file_cache_valid 1s;
  types { application/jwk-set+json json; }
  ${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
    add_header Cache-Control "public, max-age=300, stale-while-revalidate=86400";
    add_header Access-Control-Allow-Origin *;
  }
}
`;
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) break;
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await setTimeout(50);
  }
  throw new Error('nginx does not listen');
}
