/** Runs a function and returns the CPU time of this process meanwhile, in milliseconds. Other processes do not change it. */
export async function cpuMs(run: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}
