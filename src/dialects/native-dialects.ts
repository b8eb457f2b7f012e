import { nativeJson } from './native-json.ts'
import { nativeNdjson } from './native-ndjson.ts'
import { nativeSse } from './native-sse.ts'
import { nativeText } from './native-text.ts'

/** The native dialects, listed only here. The order decides between dialects that `Accept` prefers equally. */
export const NATIVE_DIALECTS = [nativeSse, nativeNdjson, nativeJson, nativeText] as const

/** The name of a native dialect that streams: `sse`, `ndjson` or `text`. */
export type NativeFormat = Exclude<(typeof NATIVE_DIALECTS)[number], { readonly holdsStatus: true }>['name']
