// `npm run dev`: the API, and the page from its source. A change of the page is shown at once, and a change of the server
// restarts it.
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createServer as createVite } from 'vite'
import { createApp } from './app.ts'
import { openChat } from './chat.ts'

const { handler } = await openChat()
const api = getRequestListener(createApp(handler).fetch)

const server = createServer()
// The native loader writes no temporary file, which would restart the server again and again.
const vite = await createVite({ configLoader: 'native', server: { middlewareMode: { server }, hmr: { server } } })
server.on('request', (request, response) => {
  if (request.url?.startsWith('/api/')) void api(request, response)
  else vite.middlewares(request, response)
})

const port = Number(process.env.PORT || 3000)
server.listen(port, () => console.log(`http://localhost:${port}`))
