import { agUi } from 'ragwire/ag-ui'
import { aiSdk } from 'ragwire/ai-sdk'
import { chatkit } from 'ragwire/chatkit'
import { openaiChat } from 'ragwire/openai-chat'
import { openaiResponses } from 'ragwire/openai-responses'
import { nativeNdjson, nativeSse, nativeText, type Dialect } from 'ragwire/server'

/** The encoder that the others are compared with. */
export const BASE = nativeSse

/** The encoders that are measured, without the base. */
export const CONTENDERS: readonly Dialect[] = [
  nativeNdjson,
  nativeText,
  aiSdk(),
  openaiResponses(),
  openaiChat(),
  agUi(),
  chatkit(),
]
