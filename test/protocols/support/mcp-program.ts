// A program that serves MCP over stdio. Its argument is the base URL of the model.
import { serveMcpOverStdio } from '../../../src/mcp.ts'
import { createSubject } from './mcp-subject.ts'

const { chat, tools } = await createSubject(process.argv[2] ?? '')
await serveMcpOverStdio({ ...tools, chat })
console.error('served')
