import type {
  AnyNode,
  ArrayPattern,
  AssignmentExpression,
  CallExpression,
  Class,
  MemberExpression,
  Program,
} from 'acorn'
import { bound, children, type FunctionNode, isFunction, nameOf } from './ast.js'

/** Methods that read or write many elements of a typed array at once. */
export const BULK = new Set([
  'set',
  'slice',
  'fill',
  'copyWithin',
  'at',
  'includes',
  'indexOf',
  'join',
  'sort',
  'reverse',
])
/** Methods of arrays that call what they are given. */
export const ITERATING = new Set(['map', 'forEach', 'filter', 'find', 'findIndex', 'some', 'every', 'flatMap'])
/** Functions that the virtual thread brings and that may be a point where threads switch. */
const GLOBAL_STEPS = new Set(['pause'])

type Binding = FunctionNode | 'class' | 'data' | 'import' | 'foreign' | 'other'

/** What a name means where it is used. */
export class Scope {
  readonly names = new Map<string, Binding>()
  readonly parent: Scope | undefined

  constructor(parent?: Scope) {
    this.parent = parent
  }

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.find(name)
  }

  declare(name: string, binding: Binding): void {
    // The same name in two blocks of a function: nothing is known of it.
    this.names.set(name, this.names.has(name) ? 'other' : binding)
  }
}

/** What one function does itself, nested functions left out. */
export class Facts {
  readonly node: AnyNode
  readonly scope: Scope
  /** It may touch shared memory, or calls what nothing is known of. */
  direct = false
  readonly calls = new Set<string>()
  readonly callees = new Set<AnyNode>()
  readonly reads = new Set<string>()
  readonly creates = new Set<string>()
  readonly callbacks: FunctionNode[] = []

  constructor(node: AnyNode, scope: Scope) {
    this.node = node
    this.scope = scope
  }
}

interface ClassFacts {
  readonly construction: Facts[]
  readonly parent: string | undefined
}

/** Whether `source` names a module that is transformed as well. */
export type IsTransformed = (source: string) => boolean

/**
 * Which functions of some modules may come to a shared memory access: those that make one, and those that may call one that
 * does. Calls are resolved by name, over all modules, so that none is missed.
 */
export class Analysis {
  readonly #facts = new Map<AnyNode, Facts>()
  /** Names of properties that hold what nothing is known of, so maybe functions; and the controller's, which calls listeners. */
  readonly #unknown = new Set(['abort'])
  readonly #named = new Map<string, AnyNode[]>()
  readonly #getters = new Map<string, AnyNode[]>()
  readonly #classes = new Map<string, ClassFacts[]>()
  readonly #touching = new Set<AnyNode>()
  /** Variables of a function that functions in it assign: state that nobody else can see. */
  readonly hidden = new Set<string>()

  add(program: Program, isTransformed: IsTransformed): void {
    const scope = new Scope()
    this.#declare(program, scope, isTransformed)
    const facts = new Facts(program, scope)
    this.#facts.set(program, facts)
    for (const child of children(program)) this.#visit(child, facts)
  }

  /** To be called once all modules are added. */
  resolve(): void {
    for (let grown = true; grown; ) {
      grown = false
      for (const [node, facts] of this.#facts) {
        if (this.#touching.has(node) || !this.#reaches(facts)) continue
        this.#touching.add(node)
        grown = true
      }
    }
  }

  factsOf(node: AnyNode): Facts {
    return this.#facts.get(node) as Facts
  }

  touches(node: AnyNode): boolean {
    return this.#touching.has(node)
  }

  /** Whether what is called by this name may touch. */
  touchesByName(name: string): boolean {
    return this.#unknown.has(name) || this.#anyTouches(this.#named.get(name))
  }

  touchesByGetter(name: string): boolean {
    return this.#anyTouches(this.#getters.get(name))
  }

  touchesByNew(name: string): boolean {
    return (this.#classes.get(name) ?? []).some(
      ({ construction, parent }) =>
        construction.some(({ node }) => this.#touching.has(node)) ||
        (parent !== undefined && this.touchesByNew(parent)),
    )
  }

  /** Whether a call of `callee`, an identifier or a member, may be of a function that touches. */
  mayTouch(callee: AnyNode, scope: Scope): boolean {
    if (callee.type === 'Identifier') {
      const binding = scope.find(callee.name)
      if (binding === undefined) return GLOBAL_STEPS.has(callee.name)
      if (typeof binding === 'object') return this.#touching.has(binding)
      return binding === 'other' || binding === 'import'
    }
    if (callee.type !== 'MemberExpression') return callee.type !== 'Super'
    const name = nameOf(callee.property, callee.computed)
    return name === undefined || name === 'call' || name === 'apply' || this.touchesByName(name)
  }

  #anyTouches(nodes: AnyNode[] = []): boolean {
    return nodes.some((node) => this.#touching.has(node))
  }

  #reaches(facts: Facts): boolean {
    return (
      facts.direct ||
      [...facts.calls].some((name) => this.touchesByName(name)) ||
      [...facts.callees].some((node) => this.#touching.has(node)) ||
      [...facts.reads].some((name) => this.touchesByGetter(name)) ||
      [...facts.creates].some((name) => this.touchesByNew(name)) ||
      facts.callbacks.some((node) => this.#touching.has(node))
    )
  }

  /** Puts everything that `node` declares, nested functions left out, into `scope`. */
  #declare(node: AnyNode, scope: Scope, isTransformed: IsTransformed): void {
    for (const child of children(node)) {
      if (child.type === 'FunctionDeclaration' && child.id) scope.declare(child.id.name, child)
      else if (child.type === 'ClassDeclaration' && child.id) scope.declare(child.id.name, 'class')
      else if (child.type === 'VariableDeclarator') {
        for (const name of bound(child.id)) scope.declare(name, bindingOf(child.init, child.id.type === 'Identifier'))
      } else if (child.type === 'CatchClause')
        for (const name of bound(child.param ?? null)) scope.declare(name, 'other')
      else if (child.type === 'ImportDeclaration') {
        const binding = isTransformed(String(child.source.value)) ? 'import' : 'foreign'
        for (const { local } of child.specifiers) scope.declare(local.name, binding)
      }
      if (!isFunction(child) && child.type !== 'ClassDeclaration' && child.type !== 'ClassExpression') {
        this.#declare(child, scope, isTransformed)
      }
    }
  }

  #hides(name: string, scope: Scope): void {
    let owner: Scope | undefined = scope
    while (owner !== undefined && !owner.names.has(name)) owner = owner.parent
    if (owner !== undefined && owner !== scope && owner.parent !== undefined) this.hidden.add(name)
  }

  #name(name: string | undefined, node: AnyNode): void {
    if (name === undefined) return
    const known = this.#named.get(name)
    if (known) known.push(node)
    else this.#named.set(name, [node])
  }

  #visit(node: AnyNode, facts: Facts): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.type === 'FunctionDeclaration') this.#name(node.id?.name, node)
        this.#function(node, facts)
        return
      case 'ExportSpecifier':
        if (node.exported.type === 'Identifier') this.#alias(node.exported.name, node.local, facts)
        break
      case 'ExportDefaultDeclaration':
        if (isFunction(node.declaration)) this.#name('default', node.declaration)
        else this.#alias('default', node.declaration, facts)
        break
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#class(node, facts, node.id?.name)
        return
      case 'VariableDeclarator':
        if (node.init?.type === 'ClassExpression' && node.id.type === 'Identifier') {
          this.#class(node.init, facts, node.id.name)
          return
        }
        if (node.init && takesApart(node.id, node.init)) facts.direct = true
        if (isFunction(node.init) && node.id.type === 'Identifier') this.#name(node.id.name, node.init)
        break
      case 'Property':
        if (isFunction(node.value)) {
          const name = nameOf(node.key, node.computed)
          if (node.kind === 'get' && name !== undefined) this.#getter(name, node.value)
          else this.#name(name, node.value)
        } else this.#alias(nameOf(node.key, node.computed), node.value, facts)
        break
      case 'AssignmentExpression':
        this.#assignment(node, facts)
        if (takesApart(node.left, node.right)) facts.direct = true
        for (const name of bound(node.left)) this.#hides(name, facts.scope)
        break
      case 'UpdateExpression':
        for (const name of bound(node.argument)) this.#hides(name, facts.scope)
        break
      case 'CallExpression':
        this.#call(node, facts)
        break
      case 'NewExpression':
        if (node.callee.type === 'Identifier') facts.creates.add(node.callee.name)
        // What makes a promise is called at once.
        facts.callbacks.push(...node.arguments.filter((one) => isFunction(one)))
        break
      case 'MemberExpression':
        this.#member(node, facts)
        break
      case 'AwaitExpression':
      case 'SpreadElement':
        facts.direct = true
        break
      case 'ForOfStatement':
        if (node.right.type !== 'ArrayExpression') facts.direct = true
        break
    }
    for (const child of children(node)) this.#visit(child, facts)
  }

  #function(node: FunctionNode, outer: Facts): void {
    const scope = new Scope(outer.scope)
    if (node.type === 'FunctionExpression' && node.id) scope.declare(node.id.name, node)
    for (const parameter of node.params) for (const name of bound(parameter)) scope.declare(name, 'other')
    this.#declare(node.body, scope, () => false)
    const facts = new Facts(node, scope)
    this.#facts.set(node, facts)
    facts.direct = node.async
    for (const child of [...node.params, node.body]) this.#visit(child, facts)
  }

  #class(node: Class, outer: Facts, name: string | undefined): void {
    if (node.superClass) this.#visit(node.superClass, outer)
    const construction: Facts[] = []
    for (const member of node.body.body) {
      if (member.type === 'MethodDefinition') {
        const key = nameOf(member.key, member.computed)
        if (member.kind === 'get' && key !== undefined) this.#getter(key, member.value)
        else if (member.kind === 'method') this.#name(key, member.value)
        this.#function(member.value, outer)
        if (member.kind === 'constructor') construction.push(this.factsOf(member.value))
      } else {
        // An initializer runs as part of the constructor.
        const facts = new Facts(member, outer.scope)
        this.#facts.set(member, facts)
        if (member.type === 'PropertyDefinition' && isFunction(member.value)) {
          this.#name(nameOf(member.key, member.computed), member.value)
        }
        for (const child of children(member)) this.#visit(child, facts)
        construction.push(facts)
      }
    }
    if (name === undefined) return
    const parent = node.superClass?.type === 'Identifier' ? node.superClass.name : undefined
    const known = this.#classes.get(name) ?? []
    this.#classes.set(name, [...known, { construction, parent }])
  }

  #getter(name: string, node: AnyNode): void {
    this.#getters.set(name, [...(this.#getters.get(name) ?? []), node])
  }

  /** A function under another name than its own. */
  #alias(name: string | undefined, value: AnyNode, facts: Facts): void {
    if (name === undefined || value.type !== 'Identifier') return
    const binding = facts.scope.find(value.name)
    if (typeof binding === 'object') this.#name(name, binding)
    else if (binding === 'other' || binding === 'import') this.#unknown.add(name)
  }

  #assignment({ left, right }: AssignmentExpression, facts: Facts): void {
    if (left.type !== 'MemberExpression') return
    const name = nameOf(left.property, left.computed)
    if (isFunction(right)) this.#name(name, right)
    else this.#alias(name, right, facts)
  }

  #call({ callee, arguments: given }: CallExpression, facts: Facts): void {
    if (callee.type === 'Identifier') {
      const binding = facts.scope.find(callee.name)
      if (typeof binding === 'object') facts.callees.add(binding)
      else if (binding === 'other' || binding === 'import') facts.direct = true
      else if (binding === undefined && GLOBAL_STEPS.has(callee.name)) facts.direct = true
    } else if (callee.type === 'MemberExpression') {
      const name = nameOf(callee.property, callee.computed)
      if (callee.object.type === 'Identifier' && callee.object.name === 'Atomics') facts.direct = true
      else if (name === undefined || name === 'call' || name === 'apply' || BULK.has(name)) facts.direct = true
      else facts.calls.add(name)
      if (name !== undefined && (ITERATING.has(name) || name === 'from')) {
        for (const one of given) {
          if (isFunction(one)) facts.callbacks.push(one)
          else if (ITERATING.has(name) && one.type === 'Identifier') facts.direct = true
        }
      }
    } else if (callee.type !== 'Super') facts.direct = true
  }

  #member(node: MemberExpression, facts: Facts): void {
    if (mayBeElement(node, facts.scope)) facts.direct = true
    else if (!node.computed && node.property.type === 'Identifier') facts.reads.add(node.property.name)
  }
}

function bindingOf(init: AnyNode | null | undefined, whole: boolean): Binding {
  if (!whole) return 'other'
  if (isFunction(init)) return init
  if (init?.type === 'ClassExpression') return 'class'
  return init?.type === 'ArrayExpression' || init?.type === 'ObjectExpression' ? 'data' : 'other'
}

/** Whether `pattern` may take the elements of shared memory: not where `from` is an array that the source spells out. */
export function takesApart(pattern: AnyNode, from: AnyNode): pattern is ArrayPattern {
  return pattern.type === 'ArrayPattern' && from.type !== 'ArrayExpression'
}

/** Whether `a[i]` may be an element of shared memory: not where `a` is an array or object that the source spells out. */
export function mayBeElement({ object, property, computed }: MemberExpression, scope: Scope): boolean {
  if (!computed || (property.type === 'Literal' && typeof property.value === 'string')) return false
  if (
    property.type === 'MemberExpression' &&
    property.object.type === 'Identifier' &&
    property.object.name === 'Symbol'
  ) {
    return false
  }
  return object.type !== 'Super' && !(object.type === 'Identifier' && scope.find(object.name) === 'data')
}
