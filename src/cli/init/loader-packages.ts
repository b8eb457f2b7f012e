import { readFolder } from '../../knowledge.ts'
import type { LoaderPackage } from '../command-line/own-package.ts'

/** The packages that the loaders need, by the end of a file's name. */
const PACKAGES: Readonly<Record<string, readonly LoaderPackage[]>> = {
  pdf: ['unpdf'],
  docx: ['linkedom', 'mammoth'],
  html: ['@mozilla/readability', 'linkedom'],
  htm: ['@mozilla/readability', 'linkedom'],
}

/** The most files that are looked at, so that a huge folder does not delay the app. */
const MOST_FILES = 10_000

/** Returns the packages that the documents of a folder need. */
export async function loaderPackagesOf(docs: string, signal: AbortSignal): Promise<readonly LoaderPackage[]> {
  const found = new Set<LoaderPackage>()
  let count = 0
  for await (const { documentId } of readFolder(docs, { signal })) {
    const ending = documentId.slice(documentId.lastIndexOf('.') + 1).toLowerCase()
    for (const name of Object.hasOwn(PACKAGES, ending) ? (PACKAGES[ending] ?? []) : []) found.add(name)
    count += 1
    if (count === MOST_FILES) break
  }
  return [...found]
}
