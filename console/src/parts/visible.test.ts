import { effect, signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import { wantedBy } from './visible.ts'

describe('what is asked for', () => {
  it('is given up neither by being pushed out of sight before its first answer, nor kept up to date out of sight after it', () => {
    const [isVisible, isFirst] = [signal(false), signal(true)]
    const isWanted = wantedBy(isVisible, () => isFirst.value)
    const seen: boolean[] = []
    const end = effect(() => void seen.push(isWanted.value))
    expect(seen, 'never seen').toEqual([false])
    isVisible.value = true
    isVisible.value = false
    expect(seen, 'pushed out of sight').toEqual([false, true])
    isFirst.value = false
    isVisible.value = true
    isVisible.value = false
    expect(seen, 'answered').toEqual([false, true, false, true, false])
    end()
  })
})
