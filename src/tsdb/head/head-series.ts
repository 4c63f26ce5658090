import type { LabelSet } from '../../series/index.ts'
import type { Sources } from '../read/source.ts'
import type { Group } from './group.ts'
import type { OwnSamples } from './own-samples.ts'

/** What the head knows of one series. */
export class HeadSeries {
  readonly ref: number
  readonly labels: LabelSet
  /** The group whose scrapes hold it now, and its place there. */
  group: Group | undefined
  slot = 0
  /** Groups that hold samples of it. */
  homes: Group[] = []
  /** Samples that came one by one, or late. */
  own: OwnSamples | undefined
  firstTime: number = Infinity
  /** Newest sample outside the group's open page. */
  settledTime: number = -Infinity
  lastExemplarTime: number = -Infinity
  /** Without a sample it was once spared already. */
  spared = false

  constructor(ref: number, labels: LabelSet) {
    this.ref = ref
    this.labels = labels
  }

  get lastTime(): number {
    return this.group === undefined ? this.settledTime : Math.max(this.settledTime, this.group.lastOf(this.slot))
  }

  /** Of what its own labels cost in the index, roughly. */
  get bytes(): number {
    return 400 + this.labels.key.length + this.labels.size * 100
  }

  collect(sources: Sources, from: number, to: number): void {
    for (const group of this.homes) group.collect(this, sources, from, to)
    this.own?.collect(sources, from, to)
  }
}
