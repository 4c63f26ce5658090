import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { needPeer, root } from '../support/peer.ts'

const MAIN = path.join(root, 'dist/cli/main.js')

const ROUTES = `route:
  receiver: def
  routes:
  - match: {owner: team-A}
    receiver: A
    routes:
    - {match: {env: testing}, receiver: testing, group_by: ['...']}
    - {match: {env: production}, receiver: production, group_wait: 1m, continue: true}
    - {matchers: ['env="production"', 'job=~"x|y z"'], receiver: jobx}
  - {match_re: {owner: 'team-(B|C)'}, receiver: BC, continue: true}
  - {matchers: ['severity!="none"', 'owner!~"team-A|"'], receiver: loud}
receivers: [{name: def}, {name: A}, {name: testing}, {name: production}, {name: jobx}, {name: BC}, {name: loud}]
`

const LABELS = [
  [],
  ['owner=team-A'],
  ['owner=team-A', 'env=testing'],
  ['owner=team-A', 'env=production'],
  ['owner=team-A', 'env=production', 'job=x'],
  ['owner=team-A', 'env=production', 'job=y z'],
  ['owner=team-A', 'env="production"', 'job="x"'],
  ['owner=team-B'],
  ['owner=team-B', 'severity=none'],
  ['owner=team-BC', 'severity=page'],
  ['owner=nobody', 'severity='],
  ['severity=page'],
  ['a==b', 'owner=team-C='],
]

function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd })
    let out = ''
    child.stdout.on('data', (data) => (out += String(data)))
    child.on('error', reject)
    child.on('close', () => resolve(out))
  })
}

it('boxman alert route finds the receivers that amtool finds', async ({ skip }) => {
  const amtool = needPeer('amtool', skip)
  const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-alert-route-'))
  writeFileSync(path.join(cwd, 'a.yml'), ROUTES)
  for (const labels of LABELS) {
    const [theirs, ours] = await Promise.all([
      run(amtool, ['config', 'routes', 'test', '--config.file=a.yml', ...labels], cwd),
      run(process.execPath, [MAIN, 'alert', 'route', 'a.yml', '--json', ...labels], cwd),
    ])
    const answer = JSON.parse(ours) as { readonly receivers: readonly string[] }
    expect([labels, answer.receivers.join(',')]).toEqual([labels, theirs.trim()])
  }
})
