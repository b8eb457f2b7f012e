import '@copilotkit/react-core/v2/styles.css'
import './chat.css'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'

const main = document.querySelector('main')
if (main) createRoot(main).render(<Chat />)
