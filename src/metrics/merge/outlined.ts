import type { Outline } from './outline.ts'

/** What has series, and is a metric of this outline. */
export class Outlined implements Outline {
  readonly kind: Outline['kind']
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly labelNames: readonly string[]
  readonly bounds: readonly number[]
  readonly quantiles: readonly number[]
  readonly states: readonly string[]
  readonly width: number
  readonly aggregate: Outline['aggregate']
  readonly maxSeries: number

  constructor(outline: Outline) {
    this.kind = outline.kind
    this.name = outline.name
    this.help = outline.help
    this.unit = outline.unit
    this.labelNames = outline.labelNames
    this.bounds = outline.bounds
    this.quantiles = outline.quantiles
    this.states = outline.states
    this.width = outline.width
    this.aggregate = outline.aggregate
    this.maxSeries = outline.maxSeries
  }
}
