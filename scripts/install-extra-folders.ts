// Installs what the folders of tests with a lock file of their own need: `npm run test:install`.
import { spawnSync } from 'node:child_process'
import { extraFolders } from '../test/setup/extra-folders.ts'

for (const { path } of extraFolders) {
  console.log(`npm ci in ${path}`)
  const { status } = spawnSync('npm', ['ci', '--prefix', path], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exitCode = 1
}
