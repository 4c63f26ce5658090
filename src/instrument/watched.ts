/** What a measured object gives back. */
export interface Watched {
  /** Takes the instrument off. */
  readonly undo: () => void
  /** Reads what no event tells. To be called every few seconds; one that is still under way is left to end. */
  readonly poll: () => Promise<void>
}
