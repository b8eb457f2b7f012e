// The chat server and the dev server of Vite, in one process.
import './server.js'
import { createServer } from 'vite'

const server = await createServer()
await server.listen()
server.printUrls()
