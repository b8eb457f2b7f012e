export { defineConfig, type RagwireConfig } from './cli/config/ragwire-config.ts'
