import { describe, expect, it } from 'vitest'
import { readServeOptions } from './read-options.ts'

describe('the flags of boxman serve about alerting', () => {
  it.each([
    [['--external-url', 'https://ops.example/boxman/'], { externalUrl: 'https://ops.example/boxman' }],
    [['--web.external-url', 'http://ops.example:8080'], { externalUrl: 'http://ops.example:8080' }],
    [
      ['--alertmanager-url', 'http://a:9093/', '--alertmanager-url', 'https://b/am'],
      { alertmanagerUrls: ['http://a:9093', 'https://b/am'] },
    ],
    [['--heartbeat-url', 'https://h.example/x?y=1'], { heartbeat: { url: 'https://h.example/x?y=1', method: 'POST' } }],
    [
      ['--heartbeat-url', 'https://h.example', '--heartbeat-interval', '30s', '--heartbeat-method', 'get'],
      { heartbeat: { url: 'https://h.example', method: 'GET', intervalMs: 30_000 } },
    ],
    [[], { externalUrl: undefined, alertmanagerUrls: [], heartbeat: undefined }],
  ])('%j', (args, options) => {
    expect(readServeOptions(args)).toMatchObject(options)
  })

  it.each([
    [['--external-url', 'ops.example'], /^--external-url ops\.example: write an address that people can open/],
    [['--external-url', 'https://a/?b'], /--external-url/],
    [['--alertmanager-url', 'a:9093'], /^--alertmanager-url a:9093: write the address of an Alertmanager/],
    [['--heartbeat-interval', '1m'], /need --heartbeat-url/],
    [['--heartbeat-url', 'https://h', '--heartbeat-interval', '1'], /^--heartbeat-interval 1: write a duration/],
    [['--heartbeat-url', 'https://h', '--heartbeat-method', 'DELETE'], /^--heartbeat-method DELETE: write one of GET/],
    [['--heartbeat-url', 'h'], /^--heartbeat-url: write an address/],
  ])('%j is refused', (args, message) => {
    expect(() => readServeOptions(args)).toThrow(message)
  })
})
