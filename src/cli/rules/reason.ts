/** Why a file could not be had, in a line. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if ('code' in cause && cause.code === 'ENOENT') return 'there is no such file'
  if ('code' in cause && cause.code === 'EISDIR') return 'is a folder: name its files'
  return cause.message
}
