import type { CommandDef } from 'citty'
import { askServer, BoxmanError, type Reply } from '../../runtime/index.ts'
import { chart } from './chart.ts'
import { safe } from './safe.ts'
import { table } from './table.ts'

const ARGS = {
  expr: { type: 'positional', required: true, description: 'The PromQL expression.' },
  url: {
    type: 'string',
    default: 'http://127.0.0.1:9090',
    description: 'A server with the Prometheus HTTP API: a service under Boxman, Prometheus, VictoriaMetrics, Mimir.',
  },
  time: { type: 'string', description: 'When: seconds since the epoch or RFC 3339. Default: now.' },
  range: { type: 'string', description: 'Draws so much time up to then, such as 1h.' },
  step: { type: 'string', description: 'Between two points of the range, such as 15s. Default: what fits the width.' },
  table: { type: 'boolean', description: 'Prints the values of a range instead of drawing them.' },
  json: { type: 'boolean', description: 'Prints the answer as JSON.' },
  token: { type: 'string', description: 'Sent as a bearer token.' },
} as const

/** Columns where the output is no terminal. */
const WIDTH = 100
/** Of a range that is printed and not drawn. */
const ROWS = 20

export const query: CommandDef<typeof ARGS> = {
  meta: { name: 'query', description: 'Asks a service or server a PromQL question; prints a table, or draws a range.' },
  args: ARGS,
  async run({ args }) {
    const { expr, url, time, range, step, token } = args
    const width = process.stdout.columns ?? WIDTH
    try {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const reply = await askServer({
        expr,
        url,
        headers,
        time,
        range,
        step,
        points: args.table === true ? ROWS : width,
      })
      for (const note of [...reply.warnings, ...reply.infos]) process.stderr.write(`${safe(note)}\n`)
      process.stdout.write(
        args.json === true ? `${JSON.stringify(plain(reply))}\n` : shown(reply, width, args.table === true),
      )
    } catch (error) {
      if (!(error instanceof BoxmanError)) throw error
      process.stderr.write(`${safe(error.message)}\n`)
      process.exitCode = 1
    }
  },
}

function shown(reply: Reply, width: number, asTable: boolean): string {
  switch (reply.type) {
    case 'scalar':
    case 'string':
      return `${safe(reply.value)}\n`
    case 'vector':
      if (reply.samples.length === 0) return 'no data\n'
      return table(reply.samples.map(({ labels, value }) => [labels.toString(), value]))
    case 'matrix': {
      if (reply.series.length === 0) return 'no data\n'
      if (!asTable) return chart(reply.series, width)
      return table(
        reply.series.flatMap(({ labels, points }) =>
          points.map(({ at, value }): [string, string, string] => [
            labels.toString(),
            new Date(at).toISOString(),
            value,
          ]),
        ),
      )
    }
  }
}

function plain(reply: Reply): unknown {
  return JSON.parse(
    JSON.stringify(reply, (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'toObject' in value && typeof value.toObject === 'function'
        ? (value.toObject() as unknown)
        : value,
    ),
  )
}
