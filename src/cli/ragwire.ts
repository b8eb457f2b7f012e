#!/usr/bin/env node
// The program of the package. An older Node must reach this check, so everything else is imported after it.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`ragwire needs Node 22.12 or newer, and this is ${process.versions.node}: install a newer one\n`)
  process.exit(2)
}

// Node 22 warns at the first use of node:sqlite. Other warnings are shown.
const { emitWarning } = process
process.emitWarning = (...args: readonly unknown[]) => {
  const [warning, type] = args
  if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite')) return
  Reflect.apply(emitWarning, process, args)
}

const { start } = await import('./start.ts')
await start(process)
