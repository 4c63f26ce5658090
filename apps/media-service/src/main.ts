import { setTimeout as rest } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { createBoxman } from 'boxman'
import { media } from 'boxman/packs'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { stream } from 'hono/streaming'
import { closeness, type Vector, vectorOf } from './vector.ts'

const { PORT = '3000' } = process.env
const MAX_FILMS = 1000
const MAX_BYTES = 65_536
const BLOCK = 1024
const BETWEEN_BLOCKS_MS = 5
const kind = 'screenplay'

interface Film {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly vector: Vector
}

const boxman = await createBoxman({ service: 'media-service', version: '0.1.0' })
const { discovery, ingestion, playback, caches, connections } = boxman.use(media())
const app = new Hono()
boxman.instrument.hono(app)

const films = new Map<string, Film>()
const similar = new Map<string, readonly string[]>()
let uploads = 0

function measured<T>(work: () => T, record: (durationMs: number) => void): T {
  const startedAt = performance.now()
  const result = work()
  record(performance.now() - startedAt)
  return result
}

function nearest(vector: Vector, except?: string): readonly Film[] {
  return measured(
    () =>
      Array.from(films.values(), (film) => ({ film, by: closeness(vector, film.vector) }))
        .filter(({ film, by }) => by > 0 && film.id !== except)
        .sort((a, b) => b.by - a.by)
        .slice(0, 5)
        .map(({ film }) => film),
    (durationMs) => discovery.vectorQueried('search', durationMs),
  )
}

const shown = ({ id, title }: Pick<Film, 'id' | 'title'>) => ({ id, title })

const tooLong = bodyLimit({
  maxSize: MAX_BYTES,
  onError(c) {
    ingestion.uploaded({ kind, bytes: 0, outcome: 'failed' })
    return c.json({ error: `a screenplay has ${MAX_BYTES} bytes at most` }, 413)
  },
})

app.post('/films', tooLong, async (c) => {
  const startedAt = performance.now()
  const text = await c.req.text()
  const bytes = Buffer.byteLength(text)
  const [title = ''] = text.split('\n', 1)
  if (title.trim() === '') {
    ingestion.uploaded({ kind, bytes, outcome: 'failed' })
    return c.json({ error: 'the first line is to be the title' }, 422)
  }
  ingestion.uploaded({ kind, bytes })
  const vector = measured(
    () => vectorOf(text),
    (durationMs) => ingestion.metadataExtracted({ kind, durationMs }),
  )
  const film = { id: String(++uploads), title: title.trim(), text, vector }
  const [oldest] = films.keys()
  if (oldest !== undefined && films.size >= MAX_FILMS) films.delete(oldest)
  films.set(film.id, film)
  similar.clear()
  ingestion.processed({ kind, durationMs: performance.now() - startedAt })
  return c.json(shown(film), 201)
})

app.get('/search', (c) => {
  const found = nearest(vectorOf(c.req.query('q') ?? ''))
  discovery.searched({ kind: 'text', outcome: found.length > 0 ? 'found' : 'empty' })
  return c.json(found.map(shown))
})

app.get('/films/:id/similar', (c) => {
  const film = films.get(c.req.param('id'))
  if (film === undefined) return c.notFound()
  const known = similar.get(film.id)
  caches[known === undefined ? 'miss' : 'hit']('similar')
  const ids =
    known ??
    measured(
      () => nearest(film.vector, film.id).map(({ id }) => id),
      (ms) => discovery.recommended('similar', ms),
    )
  similar.set(film.id, ids)
  return c.json(ids.flatMap((id) => films.get(id) ?? []).map(shown))
})

app.get('/films/:id/stream', (c) => {
  const film = films.get(c.req.param('id'))
  if (film === undefined) return c.notFound()
  return stream(c, async (out) => {
    connections.opened()
    try {
      for (let from = 0; from < film.text.length && !out.aborted; from += BLOCK) {
        await out.write(film.text.slice(from, from + BLOCK))
        await rest(BETWEEN_BLOCKS_MS)
      }
    } finally {
      connections.closed()
    }
  })
})

/** What a player tells of itself: `POST /playback/started?ms=750`. */
function told(verb: string, names: readonly string[], record: (...numbers: number[]) => void): void {
  app.post(`/playback/${verb}`, (c) => {
    const numbers = names.map((name) => Number(c.req.query(name) ?? NaN))
    if (!numbers.every((number) => number >= 0)) return c.json({ error: `needed: ${names.join(', ')}` }, 400)
    record(...numbers)
    return c.body(null, 204)
  })
}
told('started', ['ms'], (ms = NaN) => playback.started(ms))
told('buffered', ['ms'], (ms = NaN) => playback.buffered(ms))
told('bitrate', ['from', 'to'], (from = NaN, to = NaN) => playback.bitrateChanged(from, to))

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) => {
  boxman.log.info({ url: `http://127.0.0.1:${port}`, adminUrl: boxman.admin.url }, 'The catalogue is open')
})

process.once('SIGTERM', () => {
  boxman.drain()
  server.close(() => void boxman.stop())
  if ('closeIdleConnections' in server) server.closeIdleConnections()
})
