// Installs the packages of the test folders that have their own lock file: `npm run test:install`.
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
