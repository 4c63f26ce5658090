import * as v from 'valibot'
import { LabelSet } from '../../../series/index.ts'
import { isLabelName } from '../config/label-name.ts'
import { readTargetGroup, type TargetGroup } from '../config/discovery-config.ts'
import { YamlFile } from '../config/yaml-value.ts'

const GROUPS = v.nullish(
  v.array(
    v.strictObject({
      targets: v.nullish(v.array(v.string()), []),
      labels: v.nullish(
        v.record(v.pipe(v.string(), v.check(isLabelName, 'is not a valid label name')), v.string()),
        {},
      ),
    }),
  ),
  [],
)

/** The target groups of a file or an answer. @throws Error naming what is wrong with it. */
export function readGroups(name: string, text: string, format: 'json' | 'yaml'): readonly TargetGroup[] {
  return format === 'json' ? fromJson(name, text) : fromYaml(name, text)
}

function fromJson(name: string, text: string): readonly TargetGroup[] {
  const content: unknown = JSON.parse(text)
  const result = v.safeParse(GROUPS, content)
  if (result.success) {
    return (result.output ?? []).map(({ targets, labels }) => ({
      targets: targets ?? [],
      labels: LabelSet.of(labels ?? {}),
    }))
  }
  const [issue] = result.issues
  throw new Error(`${name}: ${v.getDotPath(issue) ?? ''}: ${issue.message}`)
}

function fromYaml(name: string, text: string): readonly TargetGroup[] {
  const file = new YamlFile(name, text)
  const groups = file.problems.length > 0 ? [] : (file.root.list() ?? []).map(readTargetGroup)
  const [problem] = file.problems
  if (problem !== undefined) throw new Error(problem)
  return groups
}
