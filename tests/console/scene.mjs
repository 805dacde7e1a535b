// Starts what the check looks at: a demo, the service with its data, nginx in front, and another site.

import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { join } from 'node:path';

/** The header in which nginx names the person. */
export const USER = { 'x-forwarded-user': 'ann' };

/** A number of a refund that would be a script if a page took it for markup. */
export const MARKUP = '<script>alert(1)</script><b>退款</b>';

const started = [];

/** Runs a program until stopAll. Returns the process, whose lines go to `onLine`. */
function run(program, args, options, onLine = () => {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  started.push(child);
  let rest = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      lines.forEach(onLine);
    });
  }
  return child;
}

/** Ends what was started, the newest first. */
export async function stopAll() {
  for (const child of started.splice(0).reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  }
}

async function freePort() {
  const socket = createSocket();
  await new Promise((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

async function until(what, isTrue) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain until ${what}`);
}

/** Starts the demo, and returns the address of its console as the demo prints it. */
export async function startDemo(program, directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const lines = [];
  const env = { ...process.env, REFUND_INBOX__EMBEDDED__DIRECTORY: directory };
  const child = run(program, ['demo'], { env }, (line) => lines.push(line));
  await until('the demo serves', () => {
    if (child.exitCode !== null) throw new Error(`the demo ended:\n${lines.join('\n')}`);
    return lines.some((line) => line.includes('Serving until'));
  });
  return lines.join('\n').match(/http:\/\/\S+?(?=\/?\s+\(the console\))/)?.[0];
}

/** Starts the service with the demo's data, and with a login proxy and actions. */
export async function startService(program, directory) {
  const file = join(directory, 'demo', 'refund-inbox.toml');
  const lines = ['', '[operator]', 'user_header = "x-forwarded-user"', 'user_role = "operator"',
    'trusted_proxies = ["127.0.0.1"]', 'actions = true', ''];
  appendFileSync(file, lines.join('\n'));
  const address = (name) => readFileSync(file, 'utf8').match(new RegExp(`^${name} = "(.*)"`, 'm'))[1];
  const [listen, operator] = [`http://${address('listen')}`, `http://${address('operator_listen')}`];
  const said = [];
  const child = run(program, ['--config', file, 'serve'], {}, (line) => said.push(line));
  await until('the service is ready', async () => {
    if (child.exitCode !== null) throw new Error(`the service ended:\n${said.join('\n')}`);
    return (await fetch(`${operator}/readyz`).catch(() => null))?.ok;
  });
  const simulate = (provider, scenario, account, ...more) => {
    const args = ['--config', file, 'simulate', provider, scenario, '--account', account, '--send', listen];
    const done = spawnSync(program, [...args, ...more], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`simulate: ${done.stderr}`);
    return done.stdout;
  };
  return { operator, simulate };
}

/** Starts nginx with the console below a path. Returns the URL, or null where there is no nginx. */
export async function startNginx(operator, directory) {
  const path = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find(existsSync);
  if (!path) return null;
  const port = await freePort();
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, `
daemon off;
pid ${directory}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/nginx-body;
  proxy_temp_path ${directory}/nginx-proxy;
  fastcgi_temp_path ${directory}/nginx-fastcgi;
  uwsgi_temp_path ${directory}/nginx-uwsgi;
  scgi_temp_path ${directory}/nginx-scgi;
  server {
    listen 127.0.0.1:${port};
    location /ops/refunds/ {
      proxy_pass ${operator}/;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-User ann;
      proxy_buffering off;
    }
  }
}
`);
  run(path, ['-c', file, '-p', directory], {}, (line) => console.log(`nginx: ${line}`));
  const url = `http://127.0.0.1:${port}/ops/refunds`;
  await until('nginx answers', async () => (await fetch(`${url}/`).catch(() => null))?.ok);
  return url;
}

/** Starts another site, whose page posts a form to `target`. Returns its URL. */
export async function startOtherSite(target) {
  const port = await freePort();
  const page = `<!doctype html><title>another site</title>
<form method="post" action="${target}"><textarea name="note">evil</textarea><button>Go</button></form>`;
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(page);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  server.unref();
  return `http://localhost:${port}/`;
}
