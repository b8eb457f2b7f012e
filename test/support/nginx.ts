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

/**
 * Starts nginx as a proxy for a port, on a port and in a folder of its own. All other settings are the defaults of
 * nginx: it buffers responses and uses HTTP/1.0 towards the application.
 */
export async function startNginx(upstreamPort: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-nginx-'))
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, configOf(folder, { port, upstreamPort }))
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

function configOf(folder: string, ports: { readonly port: number; readonly upstreamPort: number }): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  return `
    daemon off;
    master_process off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 256; }
    http {
      access_log off;
      ${temporary.join(' ')}
      server {
        listen 127.0.0.1:${ports.port};
        location / { proxy_pass http://127.0.0.1:${ports.upstreamPort}; }
      }
    }`
}
