import { plainRowScanner, type RowScanner } from './scan-rows.ts'
import { SCAN_ROWS_BYTES } from './scan-rows-bytes.ts'

let fastest: RowScanner | undefined

/** Returns the fastest scanner that the runtime allows. It is made once, because all indexes can share it. */
export function fastestRowScanner(): RowScanner {
  fastest ??= createWasmRowScanner() ?? plainRowScanner
  return fastest
}

// The places in the memory of scan-rows.wat.
const BOUNDS_AT = 32_768
const ROWS_AT = 65_536
const PAGE_BYTES = 65_536
const BYTES_OF_CODE = 2

/** The kernel reads 16 bytes at a time, so it may read beyond the last row. It also reads an even number of rows. */
const READ_BEYOND_BYTES = 16

/** Rows in memories that are not of WebAssembly are copied in parts that fit into the second cache of a processor. */
const COPY_BYTES = 512 * 1024

/** A memory with an instance of the kernel. */
interface Kernel {
  readonly bytes: Uint8Array
  readonly codes: Int16Array
  readonly bounds: Float32Array
  readonly scan: (...numbers: readonly number[]) => void
}

/**
 * Creates a scanner that uses WebAssembly. A process can have about 16,000 of its memories, and far fewer if its address
 * space is limited. So only large parts of an index have one, of a fixed size. Other rows are copied into a shared one.
 *
 * @returns `undefined` if the runtime has no WebAssembly with SIMD, or forbids to compile bytes
 */
export function createWasmRowScanner(): RowScanner | undefined {
  const module = compile()
  const shared = module && createKernel(module, COPY_BYTES)
  if (!module || !shared) return undefined
  const kernels = new WeakMap<ArrayBufferLike, Kernel>()

  return {
    allocate(count, rowBytes) {
      const kernel = createKernel(module, (count + 1) * rowBytes)
      if (!kernel) return plainRowScanner.allocate(count, rowBytes)
      kernels.set(kernel.bytes.buffer, kernel)
      return kernel.bytes.subarray(ROWS_AT, ROWS_AT + count * rowBytes)
    },
    scan({ rows, count, rowBytes }, query, bounds) {
      const own = kernels.get(rows.buffer)
      const kernel = own ?? shared
      kernel.codes.set(query.codes)
      const most = Math.min(kernel.bounds.length, own ? Infinity : Math.floor(COPY_BYTES / rowBytes)) - 1
      for (let start = 0; start < count; start += most) {
        const part = Math.min(most, count - start)
        const from = rows.subarray(start * rowBytes, (start + part) * rowBytes)
        if (!own) copyRows(from, kernel.bytes, rowBytes)
        const { step, errorFactor, margin } = query
        const queryBytes = query.codes.length * BYTES_OF_CODE
        kernel.scan(own ? from.byteOffset : ROWS_AT, part, rowBytes, queryBytes, step, errorFactor, margin)
        bounds.set(kernel.bounds.subarray(0, part), start)
      }
    },
  }
}

function copyRows(from: Uint8Array, bytes: Uint8Array, rowBytes: number): void {
  bytes.set(from, ROWS_AT)
  // The kernel may read one row more: no row of an earlier search.
  bytes.fill(0, ROWS_AT + from.length, ROWS_AT + from.length + rowBytes)
}

function compile(): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(SCAN_ROWS_BYTES), (letter) => letter.charCodeAt(0)))
  } catch {
    // A ReferenceError without WebAssembly; a CompileError without SIMD, or where compiling is forbidden (Workers, CSP).
    return undefined
  }
}

/** Returns `undefined` if there is no memory to get. */
function createKernel(module: WebAssembly.Module, rowBytes: number): Kernel | undefined {
  try {
    const pages = Math.ceil((ROWS_AT + rowBytes + READ_BEYOND_BYTES) / PAGE_BYTES)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const { exports } = new WebAssembly.Instance(module, { rows: { memory } })
    return {
      bytes: new Uint8Array(memory.buffer),
      codes: new Int16Array(memory.buffer, 0, BOUNDS_AT / BYTES_OF_CODE),
      bounds: new Float32Array(memory.buffer, BOUNDS_AT, (ROWS_AT - BOUNDS_AT) / Float32Array.BYTES_PER_ELEMENT),
      // The type of the export is that of scan-rows.wat.
      scan: exports['scan'] as Kernel['scan'],
    }
  } catch {
    return undefined
  }
}
