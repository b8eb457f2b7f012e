import { answerParent } from '../child.ts'
import { contenders, type BenchSearch } from './contenders.ts'
import { createSampleVectors } from './sample-vectors.ts'

/** The questions to the process of a contender. */
export type ContenderQuestion =
  /** Adds vectors; the CPU time in milliseconds. */
  | { readonly type: 'add'; readonly count: number }
  /** Answers queries; the CPU time of one, in milliseconds. */
  | ({ readonly type: 'search'; readonly queries: number; readonly seed: number } & BenchSearch)
  /** The id of a hit of the last search; -1 if there is none. */
  | { readonly type: 'hit'; readonly query: number; readonly rank: number }
  /** Opens the index once more; the CPU time in milliseconds, -1 if the contender cannot. */
  | { readonly type: 'reopen' }
  /** The growth of the memory of the process since its start, in MiB. */
  | { readonly type: 'memory' }
  /** Removes what the contender has written. */
  | { readonly type: 'close' }

const [name = ''] = process.argv.slice(2)
const contender = await contenders[name]?.()
if (!contender) throw new RangeError(`Cannot measure ${name}: there are ${Object.keys(contenders).join(', ')}`)

// Its own memory is no part of the index.
const nextVector = createSampleVectors(1)
let size = 0
let hits: (readonly number[])[] = []
const memoryAtStart = memoryMebibytes()

answerParent(async (question: ContenderQuestion) => {
  switch (question.type) {
    case 'add': {
      const vectors = Array.from({ length: question.count }, nextVector)
      const used = await cpuMs(() => contender.add(size, vectors))
      size += question.count
      return used
    }
    case 'search': {
      const queries = Array.from({ length: question.queries }, createSampleVectors(question.seed))
      hits = []
      const used = await cpuMs(async () => {
        for (const query of queries) hits.push(await contender.search(query, question))
      })
      return used / queries.length
    }
    case 'hit':
      return hits[question.query]?.[question.rank] ?? -1
    case 'reopen':
      return contender.reopen ? cpuMs(() => contender.reopen?.()) : -1
    case 'memory':
      return memoryMebibytes() - memoryAtStart
    case 'close':
      await contender.close?.()
      return 0
  }
})

async function cpuMs(work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function memoryMebibytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1024 / 1024
}
