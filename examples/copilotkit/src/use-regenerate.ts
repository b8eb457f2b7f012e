import { useAgent, useCopilotKit } from '@copilotkit/react-core/v2'
import { useCallback } from 'react'

/** Returns a function that asks the question of an answer again. The messages after the question are left out. */
export function useRegenerate(): (answer: { readonly id: string }) => void {
  const { copilotkit } = useCopilotKit()
  const { agent } = useAgent()
  return useCallback(
    ({ id }) => {
      const { messages } = agent
      const asked = messages.findLastIndex((message, index) => {
        return message.role === 'user' && index < messages.findIndex((answer) => answer.id === id)
      })
      agent.setMessages(messages.slice(0, asked + 1))
      void copilotkit.runAgent({ agent })
    },
    [agent, copilotkit],
  )
}
