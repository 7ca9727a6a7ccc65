import type {
  AnyNode,
  AssignmentExpression,
  AssignmentProperty,
  CallExpression,
  Class,
  Identifier,
  MemberExpression,
  MethodDefinition,
  NewExpression,
  Position,
  Program,
  Property,
  SourceLocation,
  UnaryExpression,
  UpdateExpression,
} from 'acorn'
import { type Analysis, BULK, ITERATING, mayBeElement, type Scope, takesApart } from './analysis.js'
import { bound, children, type FunctionNode, isFunction, nameOf } from './ast.js'
import { LoomError } from './errors.js'
import { ATOMIC } from './operation.js'
import type { Sites } from './sites.js'

/*
 * Ordinary code in, generators out. Whatever may come to a shared memory access becomes a generator, and every access in it a
 * `yield` of what is to be done, which the scheduler does when it is the thread's turn:
 *
 *   tryPush(item) {                                *tryPush(item) {
 *     this.slots[i] = item                           … yield $.op('set', 7, this.slots, i, item) …
 *     publish(this.words, next)                      … yield* publish(this.words, next) …
 *   }                                              }
 *
 *   Atomics.store(words, TAIL, next)               yield $.op('store', 8, words, TAIL, next)
 *
 * Whether an element access `a[i]` is of shared memory shows when it runs: of other arrays it stays what it is. Where a
 * called function is known only then, its result is looked at: a generator is run to its end.
 *
 * Constructors can't be generators. They run in one piece, as one step.
 *
 * Private names become public ones, which tell the class: so the state of an object can be looked at.
 */

/** Where the code being written stands. */
interface Place {
  /** In a generator: else calls of generators are run at once. */
  readonly steps: boolean
  /** How `this` is called. */
  readonly self: string
  readonly scope: Scope
  /** Names of temporaries of the function. */
  readonly temporaries: string[]
  /** For the names of sites. */
  readonly within: string
  readonly isAsync: boolean
  /** What the private names of the classes around are called here. */
  readonly privates: ReadonlyMap<string, string>
  /** Where the optional links of the chain around put the conditions by which it ends early. */
  readonly ends: string[]
}

/** What a thread has of its own in place of Node's. */
const GLOBALS = [
  'Promise',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'queueMicrotask',
  'performance',
  'Date',
  'AbortController',
  'globalThis',
  'pause',
]

/** What stands in place of a getter that touches. */
const GETTER = '$get_'

export class Transformer {
  readonly #source: string
  readonly #analysis: Analysis
  readonly #sites: Sites
  readonly #url: string
  /** What `import` and `export` of the module come to. */
  readonly #imports: string[] = []
  readonly #exports: string[] = []
  #temporaries = 0
  #classes = 0

  constructor(source: string, analysis: Analysis, sites: Sites, url: string) {
    this.#source = source
    this.#analysis = analysis
    this.#sites = sites
    this.#url = url
  }

  /** The body of a function of `$`, the runtime, and `imported`, a function that gives the exports of a module. */
  module(program: Program): string {
    const { scope } = this.#analysis.factsOf(program)
    const place: Place = {
      steps: false,
      self: 'this',
      scope,
      temporaries: [],
      within: '',
      isAsync: false,
      privates: new Map(),
      ends: [],
    }
    const body = this.#inside(program, place)
    const free = GLOBALS.filter((name) => !scope.names.has(name))
    return [
      `'use strict'; const { ${free.join(', ')} } = $.globals;`,
      ...this.#imports,
      body,
      `;$.state(${this.#stateOf(program)});`,
      `return { ${this.#exports.join(', ')} }`,
    ].join('\n')
  }

  /** How to save and restore what the module's variables hold. */
  #stateOf(program: Program): string {
    const names = program.body.flatMap((statement) => {
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      return declaration?.type === 'VariableDeclaration' ? declaration : []
    })
    const variables = names.flatMap(({ kind, declarations }) =>
      kind === 'const' ? [] : declarations.flatMap((d) => bound(d.id)),
    )
    const all = names.flatMap(({ declarations }) => declarations.flatMap((d) => bound(d.id)))
    return `() => [${all.join(', ')}], (values) => { [${variables.join(', ')}] = values }, [${variables.map((name) => all.indexOf(name)).join(', ')}]`
  }

  #refuse(node: AnyNode, what: string): never {
    const { line, column } = startOf(node)
    throw new LoomError(
      'ERR_UNSUPPORTED',
      `${this.#url}:${line}:${column + 1} has ${what}, which the checker can't follow`,
    )
  }

  #text(node: AnyNode): string {
    return this.#source.slice(node.start, node.end)
  }

  /** The source of `node` with the nodes in it rewritten. */
  #inside(node: AnyNode, place: Place): string {
    let text = ''
    let at = node.start
    for (const child of children(node)) {
      const written = this.#write(child, place)
      text += this.#source.slice(at, child.start) + written + (isUnterminated(child, node, written) ? ';' : '')
      at = child.end
    }
    return text + this.#source.slice(at, node.end)
  }

  /** What `.name`, `[i]` or `(…)` can be put behind. */
  #operand(node: AnyNode, place: Place): string {
    const text = this.#write(node, place)
    return SIMPLE.has(node.type) ? text : `(${text})`
  }

  #temporary(place: Place): string {
    const name = `$${this.#temporaries++}`
    place.temporaries.push(name)
    return name
  }

  #write(node: AnyNode, place: Place): string {
    switch (node.type) {
      case 'ImportDeclaration':
        return this.#import(node)
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
        return this.#export(node, place)
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(node, place)
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const within = node.id?.name ?? place.within
        return this.#inside(node, { ...place, within, privates: this.#privatesOf(node, place) })
      }
      case 'VariableDeclarator': {
        const within = node.id.type === 'Identifier' && (isFunction(node.init) || node.init?.type === 'ClassExpression')
        const inner = within ? { ...place, within: named(place.within, bound(node.id)[0]) } : place
        const id = this.#write(node.id, inner)
        return node.init ? `${id} = ${this.#takenApart(node.id, node.init, inner)}` : id
      }
      case 'MethodDefinition':
        return this.#method(node, place)
      case 'PropertyDefinition':
        return this.#inside(node, { ...place, steps: false, self: 'this', temporaries: [] })
      case 'Property':
        return this.#property(node, place)
      case 'ThisExpression':
        return place.self
      case 'CallExpression':
        return this.#call(node, place)
      case 'NewExpression':
        return this.#new(node, place)
      case 'MemberExpression':
        return this.#member(node, place)
      case 'AssignmentExpression':
        return this.#assignment(node, place)
      case 'UpdateExpression':
        return this.#update(node, place)
      case 'ChainExpression':
        return this.#chain(place, 'undefined', (inner) => this.#write(node.expression, inner))
      case 'UnaryExpression':
        return node.operator === 'delete' ? this.#delete(node, place) : this.#inside(node, place)
      case 'AwaitExpression':
        if (!place.isAsync) return this.#refuse(node, 'an await at the top level')
        return `(yield $.await(${this.#write(node.argument, place)}))`
      case 'SpreadElement':
        if (!place.steps) return this.#inside(node, place)
        return `...(yield* $.elements(${this.#write(node.argument, place)}, ${this.#site(node, 'get', place)}))`
      case 'ForOfStatement':
        if (node.await) return this.#refuse(node, 'a `for await`')
        if (place.steps) this.#checkTargets(node.left, place)
        if (!place.steps || node.right.type === 'ArrayExpression') return this.#inside(node, place)
        return `for (${this.#write(node.left, place)} of yield* $.elements(${this.#write(node.right, place)}, ${this.#site(node, 'get', place)})) ${this.#write(node.body, place)}`
      case 'MetaProperty':
        return node.meta.name === 'import' ? `({ url: ${JSON.stringify(this.#url)} })` : this.#text(node)
      case 'PrivateIdentifier':
        return place.privates.get(node.name) as string
      case 'BinaryExpression':
        if (node.left.type !== 'PrivateIdentifier') return this.#inside(node, place)
        return `('${this.#write(node.left, place)}' in ${this.#operand(node.right, place)})`
      case 'Identifier':
        if (node.name === 'arguments' && place.self !== 'this')
          return this.#refuse(node, '`arguments` in an arrow function or an async method')
        return node.name === 'Atomics' && !place.scope.find('Atomics') ? '$.Atomics' : node.name
      case 'SequenceExpression':
        // Parentheses are no nodes.
        return `(${this.#inside(node, place)})`
      case 'Super':
        if (place.self !== 'this') return this.#refuse(node, '`super` in an arrow function or an async method')
        return 'super'
      default:
        return this.#inside(node, place)
    }
  }

  #privatesOf({ body }: Class, place: Place): Map<string, string> {
    const privates = new Map(place.privates)
    const number = this.#classes++
    for (const member of body.body) {
      if ('key' in member && member.key.type === 'PrivateIdentifier') {
        privates.set(member.key.name, `$p${number}_${member.key.name}`)
      }
    }
    return privates
  }

  #import(node: AnyNode & { type: 'ImportDeclaration' }): string {
    const from = `imported(${JSON.stringify(node.source.value)})`
    const names: string[] = []
    for (const one of node.specifiers) {
      if (one.type === 'ImportNamespaceSpecifier') this.#imports.push(`const ${one.local.name} = ${from};`)
      else if (one.type === 'ImportDefaultSpecifier') names.push(`default: ${one.local.name}`)
      else names.push(`${exportName(one.imported)}: ${one.local.name}`)
    }
    if (names.length > 0) this.#imports.push(`const { ${names.join(', ')} } = ${from};`)
    return ''
  }

  #export(
    node: AnyNode & { type: 'ExportNamedDeclaration' | 'ExportDefaultDeclaration' | 'ExportAllDeclaration' },
    place: Place,
  ): string {
    if (node.type === 'ExportAllDeclaration') {
      const from = `imported(${JSON.stringify(node.source.value)})`
      if (node.exported) this.#exports.push(`${exportName(node.exported)}: ${from}`)
      // What the module exports itself comes before that.
      else this.#exports.unshift(`...${from}`)
      return ''
    }
    if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node
      const isDeclared = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
      if (isDeclared && declaration.id) {
        this.#exports.push(`default: ${declaration.id.name}`)
        return this.#write(declaration, place)
      }
      this.#exports.push('default: $default')
      return `const $default = ${this.#write(declaration, place)};`
    }
    if (node.declaration) {
      const { declaration } = node
      const names =
        declaration.type === 'VariableDeclaration'
          ? declaration.declarations.flatMap((one) => bound(one.id))
          : [declaration.id.name]
      // Read when asked for, as a binding is.
      this.#exports.push(...names.map((name) => `get ${name}() { return ${name} }`))
      return this.#write(declaration, place)
    }
    for (const { local, exported } of node.specifiers) {
      const value = node.source
        ? `imported(${JSON.stringify(node.source.value)})[${exportName(local)}]`
        : (local as Identifier).name
      this.#exports.push(`get ${exportName(exported)}() { return ${value} }`)
    }
    return ''
  }

  /** The body of a function, as statements; `steps`: as those of a generator. */
  #body(node: FunctionNode, place: Place): string {
    const text =
      node.body.type === 'BlockStatement'
        ? this.#inside(node.body, place).slice(1, -1)
        : `return (${this.#write(node.body, place)})`
    const declared = place.temporaries.length > 0 ? `let ${place.temporaries.join(', ')};` : ''
    return `{${declared}${text}}`
  }

  /** Parameters and body; the head is up to the caller. Of an async function the body runs as a task of the thread. */
  #signature(node: FunctionNode, place: Place): string {
    const { scope } = this.#analysis.factsOf(node)
    const steps = this.#analysis.touches(node)
    const inner: Place = { ...place, steps, scope, temporaries: [], isAsync: node.async }
    const outside: Place = { ...inner, steps: false, isAsync: false }
    const parameters = node.params.map((parameter) => this.#write(parameter, outside)).join(', ')
    if (!node.async) return `(${parameters}) ${this.#body(node, inner)}`
    const self = place.self === 'this' ? '$this' : place.self
    const body = this.#body(node, { ...inner, self })
    const capture = place.self === 'this' ? 'const $this = this;' : ''
    return `(${parameters}) {${capture} return yield* $.async((function* () ${body})()) }`
  }

  #function(node: FunctionNode, place: Place): string {
    if (node.generator)
      return this.#generator(node.type === 'FunctionDeclaration' ? `function ${node.id?.name ?? ''}` : '')
    const touches = this.#analysis.touches(node)
    if (node.type === 'ArrowFunctionExpression') {
      if (!touches) {
        const { scope } = this.#analysis.factsOf(node)
        const inner = { ...place, steps: false, scope, temporaries: [] }
        const parameters = node.params.map((parameter) => this.#write(parameter, inner)).join(', ')
        const body =
          node.body.type === 'BlockStatement' ? this.#inside(node.body, inner) : `(${this.#write(node.body, inner)})`
        return `(${parameters}) => ${body}`
      }
      // Arrows can't be generators: a function that is given the `this` of around.
      const text = this.#signature(node, { ...place, self: '$this' })
      return usesThis(node) ? `(($this) => function* ${text})(${place.self})` : `(function* ${text})`
    }
    const name = node.id?.name ?? ''
    const inner = { ...place, self: 'this', within: name === '' ? place.within : named(place.within, name) }
    const text = `function${touches ? '*' : ''} ${name}${this.#signature(node, inner)}`
    return node.type === 'FunctionDeclaration' ? text : `(${text})`
  }

  /** Generators of the source itself are left out: who calls one is told. */
  #generator(head: string): string {
    const what = `$.unsupported(${JSON.stringify(`a generator function in ${this.#url}`)})`
    return head === '' ? `(function () { ${what} })` : `${head}() { ${what} }`
  }

  #method(node: MethodDefinition, place: Place): string {
    const key = node.computed ? `[${this.#write(node.key, place)}]` : this.#name(node.key, place)
    const within = named(place.within, nameOf(node.key, node.computed) ?? '')
    const head = `${node.static ? 'static ' : ''}`
    return this.#callable(node.kind, node.value, head, key, '', { ...place, self: 'this', within })
  }

  #property(node: AssignmentProperty | Property, place: Place): string {
    if (node.shorthand) {
      if (node.value.type !== 'Identifier') return this.#write(node.value, place)
      const value = this.#write(node.value, place)
      return value === node.value.name ? value : `${node.value.name}: ${value}`
    }
    const key = node.computed ? `[${this.#write(node.key, place)}]` : this.#name(node.key, place)
    const within = named(place.within, nameOf(node.key, node.computed) ?? '')
    if (!isFunction(node.value) || !(node.method || node.kind !== 'init')) {
      const inner = isFunction(node.value) ? { ...place, within } : place
      return `${key}: ${this.#write(node.value, inner)}`
    }
    return this.#callable(node.kind, node.value, '', key, ',', { ...place, self: 'this', within })
  }

  /** A method, getter or setter of a class or an object, whose members `separator` parts. */
  #callable(kind: string, node: FunctionNode, head: string, key: string, separator: string, place: Place): string {
    if (node.generator) return this.#generator(`${head}${key}`)
    if (kind === 'constructor') return `${head}${key}${this.#construction(node, place)}`
    const touches = this.#analysis.touches(node)
    const signature = this.#signature(node, place)
    // A field before it may end without a semicolon.
    if (kind !== 'get' && kind !== 'set')
      return `${separator === '' && touches ? ';' : ''}${head}${touches ? '*' : ''}${key}${signature}`
    if (!touches) return `${head}${kind} ${key}${signature}`
    if (kind === 'set' || /^[["'\d]/.test(key)) {
      return this.#refuse(node, 'a setter, or a getter whose name is no identifier, that touches shared memory')
    }
    const own = `${GETTER}${key}`
    return `${head}get ${key}() { return $.run(this.${own}()) }${separator} ${head}*${own}${signature}`
  }

  #construction(node: FunctionNode, around: Place): string {
    const { scope } = this.#analysis.factsOf(node)
    const place = { ...around, steps: false, scope, temporaries: [] }
    const parameters = node.params.map((parameter) => this.#write(parameter, place)).join(', ')
    return `(${parameters}) ${this.#inside(node.body, place)}`
  }

  #site(node: AnyNode, operation: string, { within }: Place): number {
    const { line, column } = startOf(node)
    return this.#sites.add({ url: this.#url, line, column, within, operation })
  }

  /** What a call gives, which may be a generator still to be run. */
  #answer(call: string, place: Place): string {
    if (!place.steps) return `$.run(${call})`
    const answer = this.#temporary(place)
    return `((${answer} = ${call}) instanceof $.Generator ? yield* ${answer} : ${answer})`
  }

  #arguments(given: readonly AnyNode[], place: Place): string {
    return given.map((one) => this.#write(one, place)).join(', ')
  }

  #call(node: CallExpression, place: Place): string {
    const { callee } = node
    if (callee.type === 'MemberExpression' && callee.object.type !== 'Super') {
      const name = nameOf(callee.property, callee.computed)
      if (
        callee.object.type === 'Identifier' &&
        callee.object.name === 'Atomics' &&
        name !== undefined &&
        ATOMIC.has(name) &&
        !place.scope.find('Atomics')
      ) {
        return this.#atomic(node, name, place)
      }
      if (place.steps && !node.optional && name !== undefined && (BULK.has(name) || this.#iterates(node, name))) {
        const receiver = `${this.#linked(callee.object, callee.optional, place)}, '${name}', [${this.#arguments(node.arguments, place)}]`
        if (!BULK.has(name)) return `(yield* $.iterate(${receiver}))`
        return `(yield* $.bulk(${receiver}, ${this.#site(node, 'get', place)}, ${this.#site(node, 'set', place)}))`
      }
    }
    const text = this.#plainCall(node, place)
    return this.#analysis.mayTouch(callee, place.scope) ? this.#answer(text, place) : text
  }

  /** Whether it is an array's method that may call a generator function. */
  #iterates({ arguments: given }: CallExpression, name: string): boolean {
    if (!ITERATING.has(name) && name !== 'from') return false
    return given.some((one) =>
      isFunction(one) ? this.#analysis.touches(one) : name !== 'from' && one.type === 'Identifier',
    )
  }

  #plainCall({ callee, optional, arguments: given }: CallExpression, place: Place): string {
    if (callee.type !== 'MemberExpression') {
      return `${this.#linked(callee, optional, place)}(${this.#arguments(given, place)})`
    }
    if (!optional) return `${this.#calledMember(callee, place)}(${this.#arguments(given, place)})`
    // The method is looked at before it is called, as one of the same object.
    const from = this.#linked(callee.object, callee.optional, place)
    const receiver = callee.object.type === 'Super' ? 'this' : this.#temporary(place)
    const object = receiver === 'this' ? from : `(${receiver} = ${from})`
    const method = this.#link(`${object}${this.#behind(callee, place)}`, place)
    return `${method}.call(${[receiver, ...given.map((one) => this.#write(one, place))].join(', ')})`
  }

  /** A method that is called is no access to memory, whatever it is called by. */
  #calledMember(node: MemberExpression, place: Place): string {
    return `${this.#linked(node.object, node.optional, place)}${this.#behind(node, place)}`
  }

  /** `.name` or `[…]`. */
  #behind({ property, computed }: MemberExpression, place: Place): string {
    return computed ? `[${this.#write(property, place)}]` : `.${this.#name(property, place)}`
  }

  /** A name of a property, which is no variable. */
  #name(key: AnyNode, place: Place): string {
    return key.type === 'PrivateIdentifier' ? this.#write(key, place) : this.#text(key)
  }

  /** `a?.b` as `($0 = a) == null ? undefined : $0.b`: what comes behind a link is then written as it is elsewhere. */
  #chain(place: Place, otherwise: string, write: (place: Place) => string): string {
    const ends: string[] = []
    if (place.steps) {
      const text = write({ ...place, ends })
      return `(${ends.join(' || ')} ? ${otherwise} : ${text})`
    }
    const temporaries: string[] = []
    const text = write({ ...place, ends, temporaries })
    return `((${temporaries.join(', ')}) => ${ends.join(' || ')} ? ${otherwise} : ${text})()`
  }

  /** What a member is of, or what is called: where that may be nothing, the chain may end there. */
  #linked(node: AnyNode, optional: boolean, place: Place): string {
    const text = this.#operand(node, place)
    return optional ? this.#link(text, place) : text
  }

  #link(text: string, place: Place): string {
    const name = this.#temporary(place)
    place.ends.push(`(${name} = ${text}) == null`)
    return name
  }

  #delete(node: UnaryExpression, place: Place): string {
    const { argument } = node
    const target = argument.type === 'ChainExpression' ? argument.expression : argument
    if (target.type !== 'MemberExpression') return this.#inside(node, place)
    const write = (inner: Place) => `delete ${this.#calledMember(target, inner)}`
    return argument === target ? write(place) : this.#chain(place, 'true', write)
  }

  #atomic(node: CallExpression, name: string, place: Place): string {
    const given = this.#arguments(node.arguments, place)
    if (!place.steps) return `$.Atomics.${name}(${given})`
    return `(yield $.op('${name}', ${this.#site(node, name, place)}, ${given}))`
  }

  #new(node: NewExpression, place: Place): string {
    const { callee } = node
    if (!place.steps || callee.type !== 'Identifier') return this.#inside(node, place)
    const given = this.#arguments(node.arguments, place)
    const binding = place.scope.find(callee.name)
    if (callee.name === 'Promise' && binding === undefined) return `(yield* $.promise(${given}))`
    if (!this.#analysis.touchesByNew(callee.name)) return this.#inside(node, place)
    return `(yield* $.make(${callee.name}, [${given}], ${this.#site(node, 'new', place)}))`
  }

  #member(node: MemberExpression, place: Place): string {
    const { object, property, computed, optional } = node
    if (place.steps && mayBeElement(node, place.scope)) {
      const from = this.#linked(object, optional, place)
      const [array, index] = [this.#temporary(place), this.#write(property, place)]
      const site = this.#site(node, 'get', place)
      return `($.shared(${array} = ${from}) ? yield $.op('get', ${site}, ${array}, ${index}) : ${array}[${index}])`
    }
    const name = nameOf(property, computed)
    if (!place.steps || name === undefined || !this.#analysis.touchesByGetter(name))
      return this.#calledMember(node, place)
    if (property.type === 'PrivateIdentifier') {
      return `(yield* ${this.#linked(object, optional, place)}.${GETTER}${this.#write(property, place)}())`
    }
    if (object.type === 'Super') return `(yield* super.${GETTER}${name}())`
    const linked = this.#linked(object, optional, place)
    const from = this.#temporary(place)
    return `((${from} = ${linked}).${GETTER}${name} === undefined ? ${from}.${name} : yield* ${from}.${GETTER}${name}())`
  }

  #assignment(node: AssignmentExpression, place: Place): string {
    const { left, right, operator } = node
    if (left.type !== 'MemberExpression') {
      if (!place.steps) return this.#inside(node, place)
      this.#checkTargets(left, place)
      return `${this.#write(left, place)} ${operator} ${this.#takenApart(left, right, place)}`
    }
    if (!place.steps || !mayBeElement(left, place.scope)) {
      return `${this.#calledMember(left, place)} ${operator} ${this.#write(right, place)}`
    }
    const [array, index] = [this.#temporary(place), this.#temporary(place)]
    const target = `$.shared(${array} = ${this.#write(left.object, place)}, ${index} = ${this.#write(left.property, place)})`
    const value = this.#write(right, place)
    const set = this.#site(node, 'set', place)
    if (operator === '=')
      return `(${target} ? yield $.op('set', ${set}, ${array}, ${index}, ${value}) : (${array}[${index}] = ${value}))`
    const get = `(yield $.op('get', ${this.#site(node, 'get', place)}, ${array}, ${index}))`
    const how = operator.slice(0, -1)
    const shared = SHORT.includes(how)
      ? `${get} ${how} (yield $.op('set', ${set}, ${array}, ${index}, ${value}))`
      : `yield $.op('set', ${set}, ${array}, ${index}, ${get} ${how} (${value}))`
    return `(${target} ? ${shared} : (${array}[${index}] ${operator} ${value}))`
  }

  /** What is assigned to `pattern`: of shared memory, the elements that it takes, one after the other. */
  #takenApart(pattern: AnyNode, from: AnyNode, place: Place): string {
    const text = this.#write(from, place)
    if (!place.steps || !takesApart(pattern, from)) return text
    const { elements } = pattern
    const count = elements.at(-1)?.type === 'RestElement' ? '' : `, ${elements.length}`
    return `(yield* $.elements(${text}, ${this.#site(pattern, 'get', place)}${count}))`
  }

  /** A pattern can't wait for the access that one of its targets would be. */
  #checkTargets(pattern: AnyNode, place: Place): void {
    if (pattern.type !== 'MemberExpression') {
      for (const child of pattern.type === 'AssignmentPattern' ? [pattern.left] : children(pattern))
        this.#checkTargets(child, place)
    } else if (mayBeElement(pattern, place.scope)) this.#refuse(pattern, 'an element assigned to by a pattern')
  }

  #update(node: UpdateExpression, place: Place): string {
    const { argument, operator, prefix } = node
    if (argument.type !== 'MemberExpression') return this.#inside(node, place)
    if (!place.steps || !mayBeElement(argument, place.scope)) {
      const target = this.#calledMember(argument, place)
      return prefix ? `${operator}${target}` : `${target}${operator}`
    }
    const [array, index, old] = [this.#temporary(place), this.#temporary(place), this.#temporary(place)]
    const target = `$.shared(${array} = ${this.#write(argument.object, place)}, ${index} = ${this.#write(argument.property, place)})`
    const get = `${old} = yield $.op('get', ${this.#site(node, 'get', place)}, ${array}, ${index})`
    const set = `yield $.op('set', ${this.#site(node, 'set', place)}, ${array}, ${index}, ${old} ${operator[0]} 1)`
    const plain = prefix ? `${operator}${array}[${index}]` : `${array}[${index}]${operator}`
    return `(${target} ? (${get}, ${prefix ? set : `(${set}, ${old})`}) : ${plain})`
  }
}

/** Operators that come to their right side by what is on the left. */
const SHORT = ['&&', '||', '??']

/** Where it stands; the parser gives that of each node. */
function startOf({ loc }: AnyNode): Position {
  return (loc as SourceLocation).start
}

/** Expressions that need no parentheses where something is put behind them. */
const SIMPLE = new Set([
  'Identifier',
  'ThisExpression',
  'MemberExpression',
  'CallExpression',
  'Super',
  'ArrayExpression',
  'TemplateLiteral',
  'MetaProperty',
])

/** Statements that may have a semicolon wherever they stand. */
const ALWAYS_TERMINATED = new Set(['ExpressionStatement', 'ReturnStatement', 'ThrowStatement'])

/** What needs no semicolon in the source where a line ends after it, but may where what follows is rewritten. */
const TERMINATED = new Set([
  'VariableDeclaration',
  'PropertyDefinition',
  'ExportNamedDeclaration',
  'ExportDefaultDeclaration',
])

/** Whether `text`, of a statement or field in `parent`, lacks a semicolon that it may have. */
function isUnterminated({ type }: AnyNode, parent: AnyNode, text: string): boolean {
  if (text.endsWith(';')) return false
  return ALWAYS_TERMINATED.has(type) || (TERMINATED.has(type) && isList(parent))
}

function isList({ type }: AnyNode): boolean {
  return (
    type === 'Program' ||
    type === 'BlockStatement' ||
    type === 'ClassBody' ||
    type === 'SwitchCase' ||
    type === 'StaticBlock'
  )
}

function named(within: string, name = ''): string {
  if (name === '') return within
  return within === '' ? name : `${within}.${name}`
}

/** In quotes: what is exported may have any name. */
function exportName(node: AnyNode): string {
  return JSON.stringify(node.type === 'Literal' ? node.value : (node as Identifier).name)
}

/** Whether `this` in `node` is that of around it. */
function usesThis(node: AnyNode): boolean {
  return children(node).some(
    (child) =>
      child.type === 'ThisExpression' ||
      (child.type === 'ArrowFunctionExpression' || (!isFunction(child) && child.type !== 'ClassBody')
        ? usesThis(child)
        : false),
  )
}
