import type { ChatError } from '../vocabulary/chat-error.ts'
import type { ChatEvent } from '../vocabulary/events.ts'
import type { ChatResult } from '../vocabulary/result.ts'

/** What each diagnostics channel publishes; the run's id tells the runs of a process apart. */
export interface DiagnosticsMessages {
  'ragwire:event': { readonly runId: string; readonly event: ChatEvent }
  'ragwire:error': { readonly runId: string; readonly error: ChatError }
  'ragwire:finish': { readonly runId: string; readonly result: ChatResult }
}

interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

interface DiagnosticsModule {
  channel(name: string): Channel
}

// Reached through the process, where there is one, so that this module needs no import a browser cannot resolve.
const host = globalThis as {
  readonly process?: { readonly getBuiltinModule?: (id: string) => DiagnosticsModule | undefined }
}
const diagnostics = host.process?.getBuiltinModule?.('node:diagnostics_channel')

function openChannel<Name extends keyof DiagnosticsMessages>(name: Name) {
  const channel = diagnostics?.channel(name)
  return {
    isHeard: (): boolean => channel?.hasSubscribers === true,
    /** Publishes what `message` makes, which is not called while nobody listens. */
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
