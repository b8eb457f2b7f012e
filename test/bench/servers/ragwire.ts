// This library, as an application mounts one answer.
import { streamChat } from 'ragwire'
import { sendToNode } from 'ragwire/node'
import { QUESTION } from '../workload.ts'
import { model, retriever } from './application.ts'
import { serve } from './serve.ts'

await serve((_request, response) => void sendToNode(streamChat({ question: QUESTION, retriever, model }), response))
