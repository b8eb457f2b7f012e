import { nativeNdjson, nativeSse, nativeText, type Dialect } from 'ragwire/server'

/** The encoder that the others are compared with. */
export const BASE = nativeSse

/** The encoders that are measured, without the base. */
export const CONTENDERS: readonly Dialect[] = [nativeNdjson, nativeText]
