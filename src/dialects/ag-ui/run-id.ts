import { deriveRunId } from '../derive-run-id.ts'

/**
 * Returns the id of the run that a client names. The thread takes no part in it, because a client that joins a run names
 * the run alone.
 */
export async function toRunId(clientRunId: string): Promise<string> {
  return deriveRunId('ag-ui', clientRunId)
}
