// The kernel of the vector search as bytes in a TypeScript file, made of its source in text form.
// `node scripts/scan-rows.ts` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const FOLDER = new URL('../src/knowledge/search/', import.meta.url)
const SOURCE = new URL('scan-rows.wat', FOLDER)

/** The file that has the bytes. */
export const SCAN_ROWS_BYTES_FILE = new URL('scan-rows-bytes.ts', FOLDER)

/** Returns the content of the file for the current source. */
export async function scanRowsBytesFile(): Promise<string> {
  const { parseWat } = await wabt()
  const module = parseWat('scan-rows.wat', readFileSync(SOURCE, 'utf8'), { simd: true })
  module.validate()
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  return [
    '/** The WebAssembly module of scan-rows.wat, in base64. `node scripts/scan-rows.ts` writes this file. */',
    'export const SCAN_ROWS_BYTES =',
    `  '${base64}'`,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(SCAN_ROWS_BYTES_FILE, await scanRowsBytesFile())
