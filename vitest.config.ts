import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { hasChromium } from './test/setup/chromium.ts'
import { missingFolders } from './test/setup/extra-folders.ts'
import { SlowFirst } from './test/setup/slow-first.ts'
import { SummaryReporter } from './test/setup/summary-reporter.ts'

// Need a browser.
const BROWSER_TESTS = [
  'test/browser/**',
  'test/front-ends/{event-source,init-hono,react,svelte,vanilla,vue}.test.ts',
  'test/front-ends/untrusted-answers.test.ts',
  'test/front-ends/react/**',
  'test/hosts/{init-next,next-page}.test.ts',
  'test/{copilotkit,protocols}/browser/**',
]

export default defineConfig({
  // Examples whose packages belong to a folder of tests.
  resolve: {
    alias: ['@opensearch-project/opensearch', '@qdrant/js-client-rest'].map((name) => ({
      find: name,
      replacement: join(import.meta.dirname, 'test/clusters/node_modules', name),
    })),
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      ...(hasChromium ? [] : BROWSER_TESTS),
      ...missingFolders.map((path) => `${path}/**`),
    ],
    globalSetup: './test/setup/global-setup.ts',
    setupFiles: './test/setup/open-handles.ts',
    reporters: ['default', new SummaryReporter()],
    pool: 'forks',
    // The default leaves one core idle, which is half of a machine with two.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowFirst },
    // The leak tests measure the heap after a collection that they ask for.
    execArgv: ['--expose-gc'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
