// All checks except the tests: runs every step, prints its result, and fails if a step fails.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { extraFolders, missingFolders, missingFoldersMessage } from '../test/setup/extra-folders.ts'

interface Step {
  readonly name: string
  readonly command: string
  /** Prints its figures as its last line. */
  readonly measures?: boolean
}

const CODE = 'src test examples scripts *.config.ts'

const BUILD: Step = { name: 'build', command: 'tsup --silent' }

const FORMAT: Step = { name: 'format', command: `oxfmt --check ${CODE}` }

// These read dist/; lint does so for the types of the package. The slow ones come first, so that the short ones fill the
// gaps.
const STEPS_ON_BUILD: readonly Step[] = [
  { name: 'docs', command: 'typedoc --emit none --logLevel Warn' },
  { name: 'types', command: 'tsc' },
  ...extraFolders
    .filter(({ installed }) => installed)
    .map(({ path }) => ({ name: `types, ${path.slice('test/'.length)}`, command: `tsc -p ${path}` })),
  { name: 'lint', command: `oxlint --deny-warnings ${CODE}` },
  { name: 'snippets', command: 'node scripts/check-snippets.ts', measures: true },
  { name: 'package types', command: 'attw --pack --profile esm-only' },
  { name: 'dead code', command: 'knip' },
  { name: 'bundles', command: 'node scripts/check-bundles.ts', measures: true },
  { name: 'package', command: 'publint --strict' },
]

// `attw` packs the package. Without this, `prepack` would build it again while other steps read dist/.
const ENVIRONMENT = { ...process.env, npm_config_ignore_scripts: 'true' }

const startedAt = performance.now()
// `npm test` builds too, so a run directly after it can skip the build.
const build = process.argv.includes('--built') ? [] : [BUILD]
const results = [...(await runAll([...build, FORMAT])), ...(await runAll(STEPS_ON_BUILD))]
// In CI nothing may be skipped.
if (missingFoldersMessage) {
  results.push(process.env['CI'] !== 'true')
  console.log(`Skipping the types of ${missingFolders.join(', ')}. ${missingFoldersMessage}`)
}
const failed = results.filter((passed) => !passed).length
console.log(`${results.length - failed} steps passed, ${failed} failed in ${secondsSince(startedAt)}`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs the steps in order, as many at a time as there are cores. */
async function runAll(steps: readonly Step[]): Promise<readonly boolean[]> {
  const queue = [...steps]
  const results: boolean[] = []
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step; step = queue.shift()) results.push(await run(step))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results
}

/** Runs one step and prints its line. Prints its output only if it failed. */
async function run({ name, command, measures }: Step): Promise<boolean> {
  const startedAt = performance.now()
  const child = spawn(command, { env: ENVIRONMENT, shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const figures = measures ? (output.trimEnd().split('\n').at(-1) ?? '') : ''
  console.log(
    `${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(15)} ${secondsSince(startedAt).padStart(6)}  ${figures}`,
  )
  if (code !== 0) console.log(output)
  return code === 0
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
