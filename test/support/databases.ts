import { spawnSync } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { needPeer } from './peer.ts'
import { freePort, ServerProcess } from './server-process.ts'

/** Debian keeps these out of the path. */
const ELSEWHERE = ['/usr/sbin', '/usr/lib/postgresql/15/bin', '/usr/lib/postgresql/17/bin']

export interface Database {
  readonly port: number
  stop(): Promise<void>
}

type Skip = (reason: string) => never

/** A real Redis that keeps nothing. */
export async function startRedis(skip: Skip, flags: readonly string[] = []): Promise<Database> {
  const binary = needPeer('redis-server', skip)
  const port = await freePort()
  return start(binary, ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', ...flags], port, /Ready to accept/)
}

export async function startMemcached(skip: Skip, flags: readonly string[] = []): Promise<Database> {
  const binary = needPeer('memcached', skip)
  const port = await freePort()
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  return start(
    binary,
    ['-l', '127.0.0.1', '-p', `${port}`, '-U', '0', '-vv', ...user, ...flags],
    port,
    /server listening/,
  )
}

/** A real PostgreSQL; user `postgres`, no password, database `postgres`. It refuses root, and so runs as nobody there. */
export async function startPostgres(skip: Skip): Promise<Database> {
  const [initdb, postgres] = [needPeer('initdb', skip, ELSEWHERE), needPeer('postgres', skip, ELSEWHERE)]
  const asRoot = process.getuid?.() === 0
  const who = asRoot ? { uid: 65_534, gid: 65_534 } : {}
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-postgres-'))
  if (asRoot) await chown(folder, who.uid ?? 0, who.gid ?? 0)
  const data = path.join(folder, 'data')
  run(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '--locale=C'], { cwd: folder, ...who })
  const port = await freePort()
  const options = [
    '-D',
    data,
    '-p',
    `${port}`,
    '-h',
    '127.0.0.1',
    '-k',
    folder,
    '-F',
    '-c',
    'shared_preload_libraries=pg_stat_statements',
  ]
  return start(postgres, options, port, /ready to accept connections/, { cwd: folder, ...who }, folder)
}

/** A real MariaDB; user `root`, no password, database `test`. */
export async function startMariadb(skip: Skip): Promise<Database> {
  const [install, server] = [needPeer('mariadb-install-db', skip, ELSEWHERE), needPeer('mariadbd', skip, ELSEWHERE)]
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-mariadb-'))
  const own = ['--no-defaults', `--datadir=${folder}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])]
  run(install, [...own, '--auth-root-authentication-method=normal'], { cwd: folder })
  const port = await freePort()
  const options = [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${folder}/socket`,
    '--innodb-flush-method=fsync',
  ]
  return start(server, [...own, ...options], port, /ready for connections/, { cwd: folder }, folder)
}

interface Who {
  readonly cwd?: string
  readonly uid?: number
  readonly gid?: number
}

function run(command: string, args: readonly string[], who: Who): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...who })
  if (status !== 0) throw new Error(`${command} failed: ${stdout}${stderr}`)
}

async function start(
  binary: string,
  args: readonly string[],
  port: number,
  ready: RegExp,
  who: Who = { cwd: tmpdir() },
  folder?: string,
): Promise<Database> {
  const server = new ServerProcess(binary, args, who)
  await server.printed(ready, 30_000)
  return {
    port,
    stop: async () => {
      await server.stop()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
