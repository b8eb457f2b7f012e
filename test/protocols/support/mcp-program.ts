// A program that serves MCP over stdio. Its argument is the base URL of the model.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { memoryHistoryStore } from '../../../src/index.ts'
import { serveMcpOverStdio } from '../../../src/mcp.ts'
import { createSubject } from './mcp-subject.ts'

const memory = memoryHistoryStore()
const { chat, tools } = await createSubject(process.argv[2] ?? '', {
  ...memory,
  async finishTurn(...turn) {
    await nextTurn()
    const record = await memory.finishTurn(...turn)
    console.error('saved')
    return record
  },
})
await serveMcpOverStdio({ ...tools, chat, scope: 'ann' })
console.error('served')
