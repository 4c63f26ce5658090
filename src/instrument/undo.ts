/** One undo of many: the last done is undone first; a second call does nothing. */
export function undoAll(undos: readonly (() => void)[]): () => void {
  let left = [...undos]
  return () => {
    const now = left.toReversed()
    left = []
    for (const undo of now) undo()
  }
}
