import { CopilotChat, CopilotKitProvider, HttpAgent } from '@copilotkit/react-core/v2'
import { Sources } from './sources.tsx'
import { useRegenerate } from './use-regenerate.ts'

const agents = { default: new HttpAgent({ url: '/api/ag-ui' }) }

/** A chat of CopilotKit whose agent is the chat handler, beside the sources of the latest answer. */
export function Chat() {
  return (
    <CopilotKitProvider agents__unsafe_dev_only={agents}>
      <Conversation />
      <Sources />
    </CopilotKitProvider>
  )
}

function Conversation() {
  const onRegenerate = useRegenerate()
  return <CopilotChat messageView={{ assistantMessage: { onRegenerate } }} />
}
