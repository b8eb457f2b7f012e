import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
