/**
 * Returns a random UUID (RFC 9562, version 4). `crypto.randomUUID` is missing on a page that comes over plain HTTP from
 * another machine.
 */
export function newId(): string {
  const digit = () => (Number(crypto.getRandomValues(new Uint8Array(1))) & 15).toString(16)
  return 'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'.replace(/x/gu, digit)
}
