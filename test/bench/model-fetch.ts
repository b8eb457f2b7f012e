import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Returns the name of the function by which the servers of a built package call their model. */
export async function modelFetchName(packageFolder: string): Promise<'nodeFetch' | 'fetch'> {
  const node: object = await import(pathToFileURL(join(packageFolder, 'dist', 'node.js')).href)
  return 'nodeFetch' in node ? 'nodeFetch' : 'fetch'
}
