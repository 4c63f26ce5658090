import { describe, expect, it } from 'vitest'
import { LabelSet, Matcher } from '../../series/index.ts'
import {
  allNodes,
  createState,
  defineAlerting,
  explainRoute,
  groupKey,
  groupLabels,
  isWithin,
  matchRoutes,
  printExplanation,
  readAlertingConfig,
  type RouteNode,
  routeTree,
  step,
} from '../index.ts'

function tree(text: string): RouteNode {
  const names = [...new Set(Array.from(text.matchAll(/receiver: (\w+)/g), ([, name = '']) => name))]
  const read = readAlertingConfig(`route: ${text}\nreceivers: [${names.map((name) => `{name: ${name}}`).join(', ')}]\n`)
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return routeTree(read.config.route)
}

// Alertmanager's TestRouteMatch.
const TREE = tree(`
  receiver: def
  routes:
  - match: {owner: team-A}
    receiver: A
    routes:
    - {match: {env: testing}, receiver: testing, group_by: ['...']}
    - {match: {env: production}, receiver: production, group_wait: 1m, continue: true}
    - {match: {env: production, job: x}, receiver: jobx, group_by: [job, dc]}
  - {match_re: {owner: 'team-(B|C)'}, receiver: BC, group_by: [foo, bar], group_wait: 2m, group_interval: 2m}
  - {match: {group_by: role}, group_by: [role], routes: [
      {match: {env: testing}, receiver: roletest, routes: [{match: {wait: long}, group_wait: 2m}]}]}
`)

describe('routes', () => {
  it.each([
    [{ owner: 'team-A' }, ['A']],
    [{ owner: 'team-A', env: 'unset' }, ['A']],
    [{ owner: 'team-C' }, ['BC']],
    [{ owner: 'team-BC' }, ['def']],
    [{ owner: 'team-A', env: 'testing' }, ['testing']],
    [{ owner: 'team-A', env: 'production' }, ['production']],
    [{ owner: 'team-A', env: 'production', job: 'x' }, ['production', 'jobx']],
    [{ group_by: 'role' }, ['def']],
    [{ env: 'testing', group_by: 'role' }, ['roletest']],
    [{ env: 'testing', group_by: 'role', wait: 'long' }, ['roletest']],
    [{ owner: 'nobody' }, ['def']],
  ])('%j goes to %j', (labels, receivers) => {
    const taken = matchRoutes(TREE, LabelSet.of(labels))
    expect(taken.map(({ route }) => route.receiver)).toEqual(receivers)
    expect(explainRoute(TREE, LabelSet.of(labels)).taken.map(({ node }) => node)).toEqual(taken)
  })

  it.each([
    [{ owner: 'nobody', job: 'x' }, '{}:{}'],
    [{ owner: 'team-B', foo: 'a"b\n', baz: '1' }, String.raw`{}/{owner=~"^(?:team-(B|C))$"}:{foo="a\"b\n"}`],
    [{ owner: 'team-A', env: 'testing' }, '{}/{owner="team-A"}/{env="testing"}:{env="testing", owner="team-A"}'],
    [{ env: 'testing', group_by: 'role', role: 'db' }, '{}/{group_by="role"}/{env="testing"}:{role="db"}'],
  ])('the group of %j is %s', (labels, key) => {
    const [node] = matchRoutes(TREE, LabelSet.of(labels))
    expect(node && groupKey(node, groupLabels(node.route, LabelSet.of(labels)))).toBe(key)
  })

  it('the root takes what no other does, whatever its matchers', () => {
    const root = routeTree({ ...TREE.route, matchers: [new Matcher('owner', '=', 'team-A')] })
    expect(matchRoutes(root, LabelSet.of({ owner: 'nobody' }))).toEqual([root])
    expect(explainRoute(root, LabelSet.of({ owner: 'nobody' })).taken.map(({ node }) => node)).toEqual([root])
  })

  it('the groups of alerts that come in are those that a dry run tells of', () => {
    const receivers = [...allNodes(TREE)].map(({ route: { receiver } }) => ({ name: receiver, integrations: [] }))
    const alerting = {
      ...defineAlerting({ route: { receiver: 'x' }, receivers: [{ name: 'x' }] }),
      receivers,
      route: TREE.route,
    }
    const labels = LabelSet.of({ owner: 'team-A', env: 'production', job: 'x', dc: 'eu' })
    const event = { kind: 'alerts', alerts: [{ labels, annotations: LabelSet.EMPTY }] } as const
    const { state } = step(createState(), event, 0, { alerting, isWithin })
    const told = explainRoute(TREE, labels).taken.map(({ groupKey: key }) => key)
    expect(Array.from(state.groups.values(), ({ key }) => key)).toEqual(told)
  })

  it('are explained, each with its reason', () => {
    const labels = LabelSet.of({ owner: 'team-A', env: 'production', job: 'x', dc: 'eu' })
    expect(printExplanation(explainRoute(TREE, labels))).toBe(
      [
        ' + {} receiver def: a route below it matches',
        ' +   {owner="team-A"} receiver A: a route below it matches',
        ' -     {env="testing"} receiver testing: env="testing", and env is "production"',
        '->     {env="production"} receiver production, continues: all its matchers match',
        '->     {env="production",job="x"} receiver jobx: all its matchers match',
        ' -   {owner=~"^(?:team-(B|C))$"} receiver BC: {owner="team-A"} before it matches and does not continue',
        ' -   {group_by="role"} receiver def: {owner="team-A"} before it matches and does not continue',
        'production: group {}/{owner="team-A"}/{env="production"}:{}; first after 1m, news every 5m, again every 4h',
        'jobx: group {}/{owner="team-A"}/{env="production",job="x"}:{dc="eu", job="x"}; first after 30s, news every 5m, again every 4h',
      ].join('\n'),
    )
    expect(printExplanation(explainRoute(TREE, LabelSet.of({ a: 'b' })))).toContain('and owner is not there')
  })
})
