export { defineConfig, type RagwireConfig } from './cli/settings/config.ts'
