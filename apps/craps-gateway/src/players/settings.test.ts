import { describe, expect, it } from 'vitest'
import { isLoopback, readSettings } from './settings.ts'

const GATEWAY = 'http://127.0.0.1:8080'

describe('readSettings', () => {
  it('takes what is given, and has a default for the rest', () => {
    expect(readSettings({ PLAYERS_GATEWAY: GATEWAY, PLAYERS_SEED: '7' })).toEqual({
      gateway: new URL(GATEWAY),
      count: 60,
      rate: 0.5,
      seed: 7,
      process: 1,
      maxDurationMs: 86_400_000,
    })
    const given = { PLAYERS_COUNT: '3', PLAYERS_RATE: '2.5', PLAYERS_PROCESS: '2', PLAYERS_MAX_DURATION: '1m30s' }
    expect(readSettings({ PLAYERS_GATEWAY: GATEWAY, ...given })).toMatchObject({
      count: 3,
      rate: 2.5,
      process: 2,
      maxDurationMs: 90_000,
    })
  })

  it.each([
    [{}, 'PLAYERS_GATEWAY is missing'],
    [{ PLAYERS_GATEWAY: 'here' }, 'PLAYERS_GATEWAY: "here" is no URL'],
    [{ PLAYERS_GATEWAY: 'https://127.0.0.1' }, 'PLAYERS_GATEWAY: "https://127.0.0.1" is not http:'],
    [{ PLAYERS_GATEWAY: 'http://example.com:8080' }, 'example.com is not this machine'],
    [{ PLAYERS_GATEWAY: GATEWAY, PLAYERS_COUNT: '0' }, 'PLAYERS_COUNT: "0" must be a whole number of 1 to 5000'],
    [{ PLAYERS_GATEWAY: GATEWAY, PLAYERS_COUNT: '1.5' }, 'PLAYERS_COUNT: "1.5" must be a whole number of 1 to 5000'],
    [{ PLAYERS_GATEWAY: GATEWAY, PLAYERS_RATE: '-1' }, 'PLAYERS_RATE: "-1" must be a number of 0.001 to 100'],
    [{ PLAYERS_GATEWAY: GATEWAY, PLAYERS_MAX_DURATION: 'long' }, 'not a duration: "long"'],
    [{ PLAYERS_GATEWAY: GATEWAY, PLAYERS_MAX_DURATION: '1y' }, 'PLAYERS_MAX_DURATION: "1y" must be above 0'],
  ])('refuses %j', (env, message) => {
    expect(() => readSettings(env)).toThrow(RangeError)
    expect(() => readSettings(env)).toThrow(message)
  })
})

describe('isLoopback', () => {
  it.each([
    ['http://127.0.0.1:8080', true],
    ['http://127.8.9.1', true],
    ['http://2130706433', true], // 127.0.0.1 as one number
    ['http://localhost:1', true],
    ['http://[::1]:8080', true],
    ['http://0.0.0.0', false],
    ['http://192.168.1.1', false],
    ['http://127.0.0.1.example.com', false],
    ['http://localhost.example.com', false],
    ['http://127.0.0.1@example.com', false],
    ['http://[::ffff:10.0.0.1]', false],
  ])('%s: %j', (url, want) => {
    expect(isLoopback(new URL(url))).toBe(want)
  })
})
