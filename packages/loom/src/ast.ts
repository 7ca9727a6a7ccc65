import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
  Literal,
} from 'acorn'

export type FunctionNode =
  | FunctionDeclaration
  | AnonymousFunctionDeclaration
  | FunctionExpression
  | ArrowFunctionExpression

/** The nodes directly below `node`, in the order of the source. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = []
  for (const value of Object.values(node) as unknown[]) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof (one as AnyNode | null)?.type === 'string') found.push(one as AnyNode)
    }
  }
  // `{ a }` and `{ a = 1 }` have an identifier twice, as key and in the value, which is all there is.
  return found.sort((a, b) => a.start - b.start).filter((one, i, all) => one.start !== all[i + 1]?.start)
}

export function isFunction(node: AnyNode | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  )
}

/** The name in `a.name`, `a.#name` or `{ name: … }`; `undefined` where it is computed. */
export function nameOf(key: AnyNode, computed: boolean): string | undefined {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  if (computed) return undefined
  return key.type === 'Identifier' ? key.name : String((key as Literal).value)
}

/** The names that a pattern binds. */
export function bound(pattern: AnyNode | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((one) => bound(one.type === 'Property' ? one.value : one.argument))
    case 'ArrayPattern':
      return pattern.elements.flatMap(bound)
    case 'AssignmentPattern':
      return bound(pattern.left)
    case 'RestElement':
      return bound(pattern.argument)
    default:
      return []
  }
}
