import type { FaultServer } from '../../../src/testing.ts'

/** The time at which a host ends the model's answer after the client has left. */
export type Ends =
  /** As soon as the client has left. */
  | 'at once'
  /** At the next write: the model's next token or, while it is silent, a keep-alive. */
  | 'at the next write'
  /** Only when the model has ended by itself. */
  | 'never'

/** The way in which a client leaves: pages close the connection, and a machine that loses it resets it. */
export type WayToLeave = 'aborts its fetch' | 'resets its connection'

/** The same for both ways to leave, or one for each. */
export type EndsByWay = Ends | Readonly<Record<WayToLeave, Ends>>

/** One way to mount the package in a host. */
export interface HostRoute {
  /** Its name in the table of the guide. */
  readonly name: string
  /** The id that its tests prove. */
  readonly id: string
  readonly path: string
  /** A client that leaves while the model talks. */
  readonly talking: EndsByWay
  /** A client that leaves while the model is silent. */
  readonly silent: EndsByWay
  /** A client that leaves while it waits for one JSON object. @defaultValue the route sends none */
  readonly json?: EndsByWay
}

/** A host, and the ways to mount the package in it. */
export interface Host {
  /** Its name and its version. */
  readonly name: string
  readonly routes: readonly HostRoute[]
  /** Starts it in a process of its own, with the model at that URL. */
  start(modelUrl: string): Promise<HostServer>
  /** Tests for this host only. */
  more?(app: () => RunningHost): void
}

/** A host that listens, and its model server. */
export interface RunningHost {
  readonly port: number
  readonly models: FaultServer
}

/** A running host. */
export interface HostServer extends AsyncDisposable {
  readonly port: number
  /** Its output so far. */
  readonly output: string
}
