// The cost of a token and of an open stream on a server, compared with a bare relay and a byte pipe, on the loopback.
//   node test/bench/bench.ts [--only ROW] [--rounds N] [--strict] [--write] [--profile DIR]
//     ROW: fast, short, cited, handler, paced, paced-200, latency, heap
//     --write: writes the figures to docs/performance.md, which describes the method
//     --profile: writes a CPU profile of each server into the folder, from its start to its end
//   node test/bench/bench.ts --compare OLD.tgz [--only ROW] [--rounds N] [--strict] [--profile DIR]: pairs an older packed
//     version with the tree, in the same rounds
//   node test/bench/bench.ts retrieval [--only vectors|stores] [--rounds N] [--million]: searches instead, see retrieval/
//   node test/bench/bench.ts files: the indexing of 10,000 Markdown files instead
//   node test/bench/bench.ts dialects [--rounds N]: the encoders of the dialects instead, compared with native SSE
// It reads the built package, and fails when the fast case costs more than 1.2 times the bare relay; with --strict, when
// any goal is missed.
import { runDialects } from './dialects/dialects.ts'
import { runFiles } from './files/files.ts'
import { parseBenchOptions } from './options.ts'
import { runRetrieval } from './retrieval/retrieval.ts'
import { runServers } from './run-servers.ts'

const options = parseBenchOptions(process.argv.slice(2))
const { rounds, million, only } = options
switch (options.bench) {
  case 'servers':
    fail(await runServers(options))
    break
  case 'retrieval':
    console.log(await runRetrieval({ rounds, million, only }))
    break
  case 'files':
    console.log(await runFiles())
    break
  case 'dialects': {
    const { text, tooSlow } = await runDialects({ rounds })
    console.log(text)
    fail(tooSlow.length > 0 ? [`Above the limit: ${tooSlow.join(', ')}`] : [])
    break
  }
  default:
    options.bench satisfies never
}

function fail(failures: readonly string[]): void {
  for (const failure of failures) console.error(failure)
  if (failures.length > 0) process.exitCode = 1
}
