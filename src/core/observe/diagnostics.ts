import type { ChatError } from '../vocabulary/chat-error.ts'
import type { ChatEvent } from '../vocabulary/events.ts'
import type { ChatResult } from '../vocabulary/result.ts'

/** The messages of each diagnostics channel. `runId` identifies the run within the process. */
export interface DiagnosticsMessages {
  /** Each event, as its reader takes it. */
  'ragwire:event': { readonly runId: string; readonly event: ChatEvent }
  /** Each failure, with its cause. */
  'ragwire:error': { readonly runId: string; readonly error: ChatError }
  /** Each result. */
  'ragwire:finish': { readonly runId: string; readonly result: ChatResult }
}

interface Channel {
  /** False while publishing has no effect. */
  readonly hasSubscribers: boolean
  /** Passes a message to the subscribers. */
  publish(message: unknown): void
}

interface DiagnosticsModule {
  /** Returns the channel of a name. */
  channel(name: string): Channel
}

// Loaded through `process`, if there is one, because a browser cannot resolve an import of a Node module.
const host = globalThis as {
  readonly process?: { readonly getBuiltinModule?: (id: string) => DiagnosticsModule | undefined }
}
const diagnostics = host.process?.getBuiltinModule?.('node:diagnostics_channel')

function openChannel<Name extends keyof DiagnosticsMessages>(name: Name) {
  const channel = diagnostics?.channel(name)
  return {
    hasSubscribers: (): boolean => channel?.hasSubscribers === true,
    /** Publishes the message that `message` makes; without subscribers it is not called. */
    publish(message: () => DiagnosticsMessages[Name]): void {
      if (channel?.hasSubscribers) channel.publish(message())
    },
  }
}

/** Each event of each run, as its reader takes it. */
export const eventChannel = openChannel('ragwire:event')
/** Each failure, with its cause. */
export const errorChannel = openChannel('ragwire:error')
/** Each result. */
export const finishChannel = openChannel('ragwire:finish')
