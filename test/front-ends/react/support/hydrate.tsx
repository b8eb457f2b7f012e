import { createRoot, hydrateRoot } from 'react-dom/client'
import { App } from './app.tsx'

const root = document.querySelector('#root')
if (!root) throw new Error('The page has no #root')
const app = <App search={location.search} />
if (root.firstChild) hydrateRoot(root, app)
else createRoot(root).render(app)
