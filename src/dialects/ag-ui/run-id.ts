import { deriveRunId } from '../derive-run-id.ts'

/**
 * Returns the id of the run that a client names. It does not depend on the thread, because a client that joins a run sends
 * only the id of the run.
 */
export async function toRunId(clientRunId: string): Promise<string> {
  return deriveRunId('ag-ui', clientRunId)
}
