import { Batch } from '../batch.ts'
import { ByteReader, CorruptError } from '../chunk/byte-reader.ts'
import type { Group } from '../head/group.ts'
import type { Head } from '../head/head.ts'
import { nextTurn, type Pace } from '../pace.ts'
import { Tally } from '../refusal.ts'
import { takeBatch } from '../take-batch.ts'
import type { OpenFile } from './files.ts'
import { type Damage, type Frame, readFrames } from './frame.ts'
import { type Form, readBatch, readLayout, readMetadata, readScrape, readSeries, RECORD } from './records.ts'

/** Microseconds: of a frame, of a byte of it, and of a byte of one that names series. */
const FRAME_COST = 20
const BYTE_COST = 0.03
const NAMING_COST = 0.1

/** Puts back into the head what segments of the log say. */
export class Replay {
  readonly #head: Head
  readonly #pace: Pace
  readonly #groups = new Map<number, Group>()

  constructor(head: Head, pace: Pace) {
    this.#head = head
    this.#pace = pace
  }

  /** Returns the newest time in the segment. Damage is told and passed over. */
  async segment(file: OpenFile, damaged: (damage: Damage) => void): Promise<number> {
    const segment = new SegmentReplay(this.#head, this.#groups)
    for (const frame of readFrames(file, damaged)) {
      try {
        segment.apply(frame)
      } catch (error) {
        if (!(error instanceof CorruptError)) throw error
        damaged({ from: frame.at, to: frame.at + frame.body.length })
      }
      const byteCost = frame.type === RECORD.series ? NAMING_COST : BYTE_COST
      if (!this.#pace.spent(FRAME_COST + frame.body.length * byteCost)) continue
      await nextTurn()
      await this.#head.seal(this.#pace)
    }
    return segment.maxTime
  }

  /** Nothing more comes to the groups of the log: those of this process have other numbers. What is open is sealed with time. */
  finish(): void {
    for (const group of this.#groups.values()) group.roll()
  }
}

interface KnownLayout {
  readonly refs: Uint32Array
  starts: Float64Array | undefined
}

class SegmentReplay {
  readonly #head: Head
  readonly #groups: Map<number, Group>
  /** The segment's references, and what they mean now. */
  readonly #refs = new Map<number, number>()
  readonly #layouts = new Map<number, KnownLayout>()
  maxTime = -Infinity

  constructor(head: Head, groups: Map<number, Group>) {
    this.#head = head
    this.#groups = groups
  }

  apply({ type, body }: Frame): void {
    const reader = new ByteReader(body)
    switch (type) {
      case RECORD.series:
        for (const [ref, labels] of readSeries(reader)) {
          const series = this.#head.series(labels)
          if (series !== undefined) this.#refs.set(ref, series.ref)
        }
        return
      case RECORD.metadata:
        for (const [name, metadata] of readMetadata(reader)) this.#head.setMetadata(name, metadata)
        return
      case RECORD.layout: {
        const { layout, refs } = readLayout(reader)
        this.#layouts.set(layout, { refs: refs.map((ref) => this.#refOf(ref)), starts: undefined })
        return
      }
      case RECORD.plainScrape:
      case RECORD.scrape:
        return this.#scrape(reader, type === RECORD.scrape ? 'packed' : 'plain')
      case RECORD.plainBatch:
      case RECORD.batch: {
        const batch = new Batch((full) => takeBatch(this.#head, full, new Tally()))
        readBatch(reader, type === RECORD.batch ? 'packed' : 'plain', batch, (ref) => this.#refOf(ref))
        for (const at of batch.times) this.maxTime = Math.max(this.maxTime, at)
        batch.commit()
        return
      }
      default:
        throw new CorruptError(`a record of the unknown type ${type}`)
    }
  }

  #scrape(reader: ByteReader, form: Form): void {
    const widthOf = (layout: number): number | undefined => this.#layouts.get(layout)?.refs.length
    const { layout, group, at, values, starts } = readScrape(reader, form, widthOf)
    const known = this.#layouts.get(layout)
    if (known === undefined) return
    if (starts instanceof Float64Array) known.starts = starts
    this.maxTime = Math.max(this.maxTime, at)
    let target = this.#groups.get(group)
    if (target === undefined) this.#groups.set(group, (target = this.#head.group()))
    target.append({ at, refs: known.refs, values, starts: starts === undefined ? undefined : known.starts })
  }

  /** 0, which no series has, when its definition is lost. */
  #refOf(ref: number): number {
    return this.#refs.get(ref) ?? 0
  }
}
