import { join } from 'node:path'
import type { RowSpec } from './cases.ts'
import type { LaneName, LaneSpec } from './lanes.ts'
import { isOwnServer, type ServerName } from './servers/names.ts'

/** The options of {@link laneSpecs}. */
export interface LaneOptions {
  /** The folder of the servers that run an older version, if it is compared. */
  readonly oldServers?: string | undefined
  /** The beginning of the paths of CPU profiles, if there are some. */
  readonly profile?: string | undefined
}

/** Describes the servers to start for a case: all of them, or only those that are compared with an older version. */
export function laneSpecs(
  { servers, rows }: { readonly servers: readonly ServerName[]; readonly rows: readonly RowSpec[] },
  { oldServers, profile }: LaneOptions = {},
): readonly LaneSpec[] {
  const toSpec = (name: LaneName, folder: string, server: ServerName): LaneSpec => ({
    name,
    file: join(folder, `${server}.ts`),
    profile: profile === undefined ? undefined : `${profile}-${name}.cpuprofile`,
  })
  const tree = join(import.meta.dirname, 'servers')
  if (oldServers === undefined) return servers.map((server) => toSpec(server, tree, server))
  const compared = new Set(rows.flatMap(({ base, subject }) => [base, subject]))
  return Array.from(compared, (server) => [
    toSpec(server, tree, server),
    ...(isOwnServer(server) ? [toSpec(oldName(server), oldServers, server)] : []),
  ]).flat()
}

/** The name of a server when it runs the older version: its own if it does not use the library. */
export function oldName(server: ServerName): LaneName {
  return isOwnServer(server) ? `old-${server}` : server
}
