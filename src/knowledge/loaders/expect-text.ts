import { DocumentError } from '../documents/document-error.ts'

/** Returns the text, or throws a `DocumentError` `empty` if it has no letter, digit or symbol. */
export function expectText(text: string, documentId: string): string {
  if (/[^\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(text)) return text
  throw new DocumentError(`Cannot index ${documentId}: it has no text`, { code: 'empty' })
}
