import { renderToString } from 'react-dom/server'
import { App } from './app.tsx'

/** Renders the page on a server. */
export function render(search: string): string {
  return renderToString(<App search={search} />)
}
