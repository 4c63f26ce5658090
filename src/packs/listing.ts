import type { ThresholdStep, Unit } from './dashboard.ts'

/** A column of a listing. */
export interface ListingColumn {
  /** Of the values in rows. */
  readonly key: string
  readonly title: string
  /** Of numbers; without it values are text. */
  readonly unit?: Unit | undefined
  readonly decimals?: number | undefined
  readonly thresholds?: readonly ThresholdStep[] | undefined
}

/** By the keys of columns. Undefined: not known yet. */
export type ListingRow = Readonly<Record<string, string | number | undefined>>

/** What a pack knows of those whom no metric may name, such as players: kept in bounded memory, asked for now. */
export interface Listing {
  /** In addresses: letters, digits and `-`. */
  readonly id: string
  /** The first says which row is which. */
  readonly columns: readonly ListingColumn[]
  /** What may come first; the first of them is the usual one. */
  readonly orders: readonly { readonly id: string; readonly title: string }[]
  /** How many there are. */
  size(): number
  /** @param order the id of one of `orders` */
  rows(order: string, most: number): readonly ListingRow[]
}
