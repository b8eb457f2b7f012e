import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that start browsers, compilers, package managers or databases. */
const SLOW =
  /\/test\/(?:hosts|package|front-ends|browser|copilotkit|protocols\/browser|examples|integrations\/(?:postgres|history)|runs\/outages)\b/u

/** Runs the slow files first, so that no core is idle at the end while another one runs a slow file. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { slow = [], fast = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      SLOW.test(moduleId) ? 'slow' : 'fast',
    )
    return [...slow, ...fast]
  }
}
