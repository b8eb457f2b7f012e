import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers } from './answers.ts'
import { freePort } from './free-port.ts'

/** The path of nginx: Debian's, unless NGINX_PATH is set. */
const nginxPath: string = process.env['NGINX_PATH'] ?? '/usr/sbin/nginx'

/** True if the tests that need nginx can run; in CI they must. */
export const hasNginx: boolean = existsSync(nginxPath) || process.env['CI'] === 'true'

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  readonly port: number
}

const TIME_LIMIT_MS = 10_000

/** The options of {@link startNginx}. */
export interface NginxOptions {
  /** Files that it serves itself, under `/page/`. */
  readonly folder?: string
  /** The header `content-security-policy` of these files. */
  readonly policy?: string
}

/**
 * Starts nginx as a proxy for a port, on a port and in a folder of its own. With several ports, each request goes to
 * the next one, and the response names it in `x-upstream`. All other settings are the defaults of nginx: it buffers
 * responses and uses HTTP/1.0 towards the application.
 */
export async function startNginx(upstream: number | readonly number[], options: NginxOptions = {}): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-nginx-'))
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, configOf(folder, { port, upstreams: [upstream].flat() }, options))
  const child = spawn(nginxPath, ['-p', folder, '-c', config, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = once(child, 'close')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-10_000)))

  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await closed
    rmSync(folder, { recursive: true, force: true })
  }

  const giveUpAt = performance.now() + TIME_LIMIT_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      await stop()
      throw new Error(`nginx does not start: ${said}`)
    }
    await sleep(10)
  }
  return { port, [Symbol.asyncDispose]: stop }
}

function configOf(
  folder: string,
  { port, upstreams }: { readonly port: number; readonly upstreams: readonly number[] },
  { folder: pages, policy = "default-src 'self'" }: NginxOptions,
): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  // Without the count of failures, a server that was started again gets requests at once.
  const servers = upstreams.map((upstream) => `server 127.0.0.1:${upstream} max_fails=0;`)
  const page = `location /page/ { alias ${pages}/; add_header content-security-policy "${policy}"; }`
  return `
    daemon off;
    master_process off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 256; }
    http {
      access_log off;
      types { text/html html; text/javascript js; }
      ${temporary.join(' ')}
      upstream application { ${servers.join(' ')} }
      server {
        listen 127.0.0.1:${port};
        ${pages === undefined ? '' : page}
        location / {
          proxy_pass http://application;
          proxy_set_header host $http_host;
          ${upstreams.length > 1 ? 'add_header x-upstream $upstream_addr always;' : ''}
        }
      }
    }`
}
