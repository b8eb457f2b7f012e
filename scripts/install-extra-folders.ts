// Installs the packages of the test folders that have their own lock file: `npm run test:install`.
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { extraFolders } from '../test/setup/extra-folders.ts'

// The one with the most packages first, so that the small ones fill the gaps.
const sizeOf = (path: string): number => statSync(`${path}/package-lock.json`).size
const queue = extraFolders.map(({ path }) => path).toSorted((a, b) => sizeOf(b) - sizeOf(a))

/** Installs folders until none is left. Prints the output of each in one piece. */
async function work(): Promise<void> {
  for (let path = queue.shift(); path; path = queue.shift()) {
    const child = spawn('npm', ['ci', '--prefix', path], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    console.log(`npm ci in ${path}\n${output}`)
    if (code !== 0) process.exitCode = 1
  }
}

// One waits for the network while another one writes files.
await Promise.all(Array.from({ length: availableParallelism() }, work))
