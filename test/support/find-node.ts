import { runProgram } from './run-program.ts'

/** The newest release of each supported line; the last one runs the tests. */
export const NODE_VERSIONS: readonly string[] = ['22.23.3', '24.21.0', process.versions.node]

/** Returns the path of a Node of that version; another version than this one is fetched from the registry. */
export async function findNode(version: string): Promise<string | undefined> {
  if (version === process.versions.node) return process.execPath
  try {
    const name = `node-${process.platform}-${process.arch}@${version}`
    const path = await runProgram('npx', [
      '--yes',
      '--prefer-offline',
      '--package',
      name,
      '--call',
      'node -p process.execPath',
    ])
    return path.trim()
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    console.log(`Skipping Node ${version}: the registry cannot be reached, or has none for this platform`)
    return undefined
  }
}
