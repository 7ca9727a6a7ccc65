import { linearTicks, logTicks, position, type Scale, valueAt } from '../../charts/scale.js'
import { lookOf, shapePath } from '../looks.js'
import type { ChartData } from '../page-data.js'
import type { Axis, Controls, Draw, Drawing, Mark, Series } from './drawing.js'

const SVG = 'http://www.w3.org/2000/svg'
const MARGIN = { top: 12, right: 16, bottom: 44 }
/** Pixels between two ticks that a reader can tell apart. */
const TICK_ROOM = { x: 70, y: 36 }
/** Pixels that a pointer moves before it means to enlarge. */
const DRAG = 6
/** Of the part that is shown. */
const ZOOM_STEP = 0.6
const PER_CHARACTER = 7

type Span = readonly [number, number]

/** A mark where it stands, in pixels. */
interface Placed {
  readonly mark: Mark
  readonly series: Series
  readonly x: number
  readonly y: number
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  if (text !== undefined) made.textContent = text
  return made
}

// Not Math.min(...values): a long run has more marks than a call takes arguments.
function extentOf(values: readonly number[]): Span {
  return values.reduce<Span>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}

function within(value: number, [low, high]: Span): boolean {
  return value >= Math.min(low, high) && value <= Math.max(low, high)
}

/** The axis as numbers, for the values that it has to show; at least something where there are none. */
function scaleOf(axis: Axis, values: readonly number[], room: number, roomPerTick: number): Scale {
  const type = axis.type === 'log' ? 'log' : 'linear'
  const most = Math.max(2, Math.floor(room / roomPerTick))
  const [low, high] = axis.domain ?? fitted(type, values)
  const ticks = axis.ticks ?? (type === 'log' ? logTicks(low, high, most) : linearTicks(low, high, most))
  return { type, domain: [low, high], ticks: ticks.filter((tick) => within(tick, [low, high])) }
}

function fitted(type: Scale['type'], values: readonly number[]): Span {
  if (values.length === 0) return type === 'log' ? [1, 10] : [0, 1]
  const [low, high] = extentOf(values)
  if (type === 'log') return [low / 1.3, high * 1.3]
  return [0, high > 0 ? high * 1.06 : 1]
}

/** One figure of the page: draws, reads values at the pointer or with the keyboard, enlarges a part. */
export class Chart {
  #data: ChartData
  readonly #draw: Draw
  readonly #plot: HTMLElement
  readonly #svg: SVGElement
  readonly #tip: HTMLElement
  readonly #reset: HTMLButtonElement
  readonly #controls: Controls
  readonly #overlay = element('g', {})
  readonly #clip = element('clipPath', {})
  #hidden: ReadonlySet<number> = new Set()
  /** Part of the x axis that is shown; `undefined`: all. */
  #zoom: Span | undefined
  /** Places to read, from left to right: columns, or marks one by one. */
  #stops: readonly (readonly Placed[])[] = []
  #at = -1
  #x: Scale = { type: 'linear', domain: [0, 1], ticks: [] }
  #area = { left: 0, right: 0, top: 0, bottom: 0 }

  constructor(figure: HTMLElement, data: ChartData, draw: Draw) {
    this.#data = data
    this.#draw = draw
    this.#plot = figure.querySelector('.plot') as HTMLElement
    this.#svg = this.#plot.querySelector('svg') as SVGElement
    this.#tip = figure.querySelector('.tip') as HTMLElement
    this.#reset = figure.querySelector('[data-reset]') as HTMLButtonElement
    this.#clip.id = `clip-${figure.dataset.chart}`
    this.#controls = this.#enable(figure)
    this.#listen()
    new ResizeObserver(() => this.#redraw()).observe(this.#plot)
  }

  /** Draws other data of the same cells, the place that is read and the part that is enlarged as they were. */
  show(data: ChartData): void {
    this.#data = data
    this.#keepReading(() => this.#redraw())
  }

  /** Leaves out these cells. */
  hide(cells: ReadonlySet<number>): void {
    this.#hidden = cells
    this.#redraw()
  }

  #enable(figure: HTMLElement): Controls {
    const switches = new Map<string, HTMLButtonElement>()
    for (const button of figure.querySelectorAll<HTMLButtonElement>('[data-switch]')) {
      switches.set(button.dataset.switch as string, button)
      button.disabled = false
      button.addEventListener('click', () => {
        button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'))
        this.#setZoom(undefined)
      })
    }
    const choice = figure.querySelector<HTMLSelectElement>('[data-choice]')
    if (choice !== null) {
      choice.disabled = false
      choice.addEventListener('change', () => this.#redraw())
    }
    this.#reset.addEventListener('click', () => this.#setZoom(undefined))
    return {
      isOn: (name) => switches.get(name)?.getAttribute('aria-pressed') === 'true',
      get choice() {
        return choice?.value ?? ''
      },
    }
  }

  #redraw(): void {
    const width = this.#plot.clientWidth
    // Not shown, or taken out of the page.
    if (width === 0) return
    const drawing = this.#draw(this.#data, this.#controls)
    const height = Number(this.#svg.getAttribute('height'))
    // A printer's page is narrower than the window.
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    const series = drawing.series.filter(({ cell }) => !this.#hidden.has(cell))
    // On a log axis there is no place for 0.
    const canStand = ({ x, y }: Mark) => (drawing.x.type !== 'log' || x > 0) && (drawing.y.type !== 'log' || y > 0)
    const isShown = ({ x }: Mark) => this.#zoom === undefined || within(x, this.#zoom)
    const shown = series.map((one) => ({ ...one, marks: one.marks.filter(canStand) }))
    const marks = shown.flatMap((one) => one.marks.filter(isShown))
    const { top, right, bottom } = MARGIN
    const left = drawing.y.type === 'rows' ? this.#rowNames(drawing, width) : 58
    this.#area = { left, right: width - right, top, bottom: height - bottom }
    const xAxis = this.#zoom === undefined ? drawing.x : { ...drawing.x, domain: this.#zoom }
    this.#x = scaleOf(
      this.#zoom !== undefined && !hasTicksIn(drawing.x, this.#zoom) ? withoutTicks(xAxis) : xAxis,
      marks.map(({ x }) => x),
      width - left - right,
      TICK_ROOM.x,
    )
    const y = scaleOf(
      drawing.y,
      marks.map((mark) => mark.y),
      height - top - bottom,
      TICK_ROOM.y,
    )
    const place = (mark: Mark, one: Series): Placed => ({
      mark,
      series: one,
      x: position(this.#x, mark.x, this.#area.left, this.#area.right),
      y: position(y, mark.y, this.#area.bottom, this.#area.top),
    })
    const placed = shown.map((one) => ({ series: one, marks: one.marks.map((mark) => place(mark, one)) }))
    this.#stops = stopsOf(
      placed.flatMap((one) => one.marks.filter(({ mark }) => isShown(mark))),
      drawing.read,
    )
    const drawn = element('g', { 'clip-path': `url(#${this.#clip.id})` })
    drawn.append(...placed.flatMap((one) => seriesElements(one.series, one.marks)))
    this.#svg.replaceChildren(
      ...this.#axisX(drawing.x, height),
      ...this.#axisY(drawing.y, y),
      this.#clipped(),
      drawn,
      this.#overlay,
    )
    this.#leave()
  }

  /** Room for the names of rows: as much as they need, up to a part of a narrow window. */
  #rowNames({ y }: Drawing, width: number): number {
    const longest = Math.max(...(y.ticks ?? []).map((tick) => y.tickText(tick).length))
    return Math.min(24 + longest * PER_CHARACTER, Math.max(90, width * 0.34))
  }

  /** Keeps lines of an enlarged part off the axes; a mark on the edge stays whole. */
  #clipped(): SVGElement {
    const { left, right, top, bottom } = this.#area
    const [x, y] = [left - 6, top - 6]
    this.#clip.replaceChildren(element('rect', { x, y, width: right - left + 12, height: bottom - top + 12 }))
    return this.#clip
  }

  #axisX(axis: Axis, height: number): SVGElement[] {
    const { left, right, top, bottom } = this.#area
    let free = Number.NEGATIVE_INFINITY
    const ticks = this.#x.ticks.flatMap((tick) => {
      const x = position(this.#x, tick, left, right)
      const text = axis.tickText(tick)
      const half = (text.length * PER_CHARACTER) / 2
      const grid = element('line', { class: 'grid', x1: x, x2: x, y1: top, y2: bottom })
      if (x - half < free) return [grid]
      free = x + half + 6
      return [grid, element('text', { x, y: bottom + 17, 'text-anchor': 'middle' }, text)]
    })
    const title = element('text', { class: 'axis', x: (left + right) / 2, y: height - 6, 'text-anchor': 'middle' })
    title.textContent = axis.type === 'log' && axis.ticks === undefined ? `${axis.title}, log axis` : axis.title
    return [...ticks, title]
  }

  #axisY(axis: Axis, scale: Scale): SVGElement[] {
    const { left, right, top, bottom } = this.#area
    const room = Math.floor((left - 16) / PER_CHARACTER)
    const ticks = scale.ticks.flatMap((tick) => {
      const y = position(scale, tick, bottom, top)
      const text = axis.tickText(tick)
      const label = element('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, cutMiddle(text, room))
      if (axis.type === 'rows') label.append(element('title', {}, text))
      return [element('line', { class: 'grid', x1: left, x2: right, y1: y, y2: y }), label]
    })
    if (axis.type === 'rows') return ticks
    const middle = (top + bottom) / 2
    const title = element(
      'text',
      { class: 'axis', x: 0, y: 0, 'text-anchor': 'middle', transform: `translate(13 ${middle}) rotate(-90)` },
      axis.type === 'log' ? `${axis.title}, log axis` : axis.title,
    )
    return [...ticks, title]
  }

  #setZoom(zoom: Span | undefined): void {
    this.#zoom = zoom
    this.#reset.disabled = zoom === undefined
    this.#redraw()
  }

  /** Zooms about the place that is read, or the middle. @param factor of the part shown; above 1: out */
  #zoomBy(factor: number): void {
    const { left, right } = this.#area
    const about = this.#stops[this.#at]?.[0]?.x ?? (left + right) / 2
    const at = (pixel: number) => valueAt(this.#x, (pixel - left) / (right - left))
    const from = at(about - (about - left) * factor)
    const to = at(about + (right - about) * factor)
    const whole = this.#draw(this.#data, this.#controls).x.domain
    const isAll = factor > 1 && (this.#zoom === undefined || (whole && from <= whole[0] && to >= whole[1]))
    this.#keepReading(() => this.#setZoom(isAll ? undefined : [from, to]))
  }

  /** Reads the same place again after a change, if it is still there. */
  #keepReading(change: () => void): void {
    const read = this.#stops[this.#at]?.[0]?.mark
    change()
    const again = this.#stops.findIndex((stop) => stop[0]?.mark.x === read?.x && stop[0]?.mark.y === read?.y)
    if (again !== -1) this.#readStop(again)
  }

  #listen(): void {
    let from: number | undefined
    const plot = this.#plot
    const pixel = (event: PointerEvent) => event.clientX - plot.getBoundingClientRect().left
    plot.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      from = pixel(event)
      // A finger does not hover.
      this.#readNear(from, event.clientY - plot.getBoundingClientRect().top)
    })
    plot.addEventListener('pointermove', (event) => {
      const x = pixel(event)
      if (from !== undefined && Math.abs(x - from) > DRAG) {
        plot.setPointerCapture(event.pointerId)
        this.#select(from, x)
      } else this.#readNear(x, event.clientY - plot.getBoundingClientRect().top)
    })
    plot.addEventListener('pointerup', (event) => {
      const [begin, end] = [from, pixel(event)]
      from = undefined
      if (begin === undefined || Math.abs(end - begin) <= DRAG) return
      const { left, right } = this.#area
      const value = (at: number) => valueAt(this.#x, (Math.min(right, Math.max(left, at)) - left) / (right - left))
      this.#setZoom([value(Math.min(begin, end)), value(Math.max(begin, end))])
    })
    plot.addEventListener('pointercancel', () => {
      from = undefined
      this.#leave()
    })
    plot.addEventListener('pointerleave', () => this.#leave())
    plot.addEventListener('blur', () => this.#leave())
    plot.addEventListener('dblclick', () => this.#setZoom(undefined))
    plot.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const action = this.#keys[event.key]
      if (action === undefined) return
      event.preventDefault()
      action()
    })
  }

  readonly #keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => this.#readStop(this.#at + 1),
    ArrowLeft: () => this.#readStop(this.#at < 0 ? this.#stops.length - 1 : this.#at - 1),
    Home: () => this.#readStop(0),
    End: () => this.#readStop(this.#stops.length - 1),
    '+': () => this.#zoomBy(ZOOM_STEP),
    '=': () => this.#zoomBy(ZOOM_STEP),
    '-': () => this.#zoomBy(1 / ZOOM_STEP),
    '0': () => this.#setZoom(undefined),
    Escape: () => this.#leave(),
  }

  #readNear(x: number, y: number): void {
    const distance = (stop: readonly Placed[]) =>
      Math.min(...stop.map((one) => (stop.length > 1 ? Math.abs(one.x - x) : Math.hypot(one.x - x, one.y - y))))
    let nearest = -1
    let least = 60
    for (const [index, stop] of this.#stops.entries()) {
      const found = distance(stop)
      if (found < least) [nearest, least] = [index, found]
    }
    if (nearest === -1) this.#leave()
    else this.#readStop(nearest)
  }

  #readStop(index: number): void {
    const stop = this.#stops[Math.min(Math.max(index, 0), this.#stops.length - 1)]
    const [first] = stop ?? []
    if (stop === undefined || first === undefined) return
    this.#at = this.#stops.indexOf(stop)
    this.#overlay.replaceChildren(
      ...stop.map((one) =>
        element('circle', { class: `read ${lookOf(one.series.cell).color}`, cx: one.x, cy: one.y, r: 7 }),
      ),
    )
    this.#tip.replaceChildren(...stop.map(({ mark, series }) => tipLine(mark, series)))
    this.#tip.hidden = false
    const { offsetWidth, offsetHeight } = this.#tip
    const room = this.#plot.clientWidth - offsetWidth
    const beside = first.x + 14 > room ? first.x - offsetWidth - 14 : first.x + 14
    const above = first.y - offsetHeight - 10
    this.#tip.style.left = `${Math.max(0, Math.min(room, beside))}px`
    this.#tip.style.top = `${Math.max(0, above)}px`
  }

  #select(from: number, to: number): void {
    const { top, bottom } = this.#area
    this.#tip.hidden = true
    this.#overlay.replaceChildren(
      element('rect', {
        class: 'selected',
        x: Math.min(from, to),
        width: Math.abs(to - from),
        y: top,
        height: bottom - top,
      }),
    )
  }

  #leave(): void {
    this.#at = -1
    this.#overlay.replaceChildren()
    this.#tip.hidden = true
  }
}

function hasTicksIn({ ticks }: Axis, zoom: Span): boolean {
  return ticks !== undefined && ticks.filter((tick) => within(tick, zoom)).length > 1
}

function withoutTicks({ ticks: _, ...axis }: Axis): Axis {
  return axis
}

function cutMiddle(text: string, room: number): string {
  if (text.length <= room) return text
  const head = Math.ceil((room - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (room - 1 - head))}`
}

function tipLine({ text }: Mark, { cell }: Series): HTMLElement {
  const [line, words] = [document.createElement('span'), document.createElement('span')]
  line.className = lookOf(cell).color
  words.textContent = text
  line.append(words)
  return line
}

/** Places to read in the order of x. In a column only medians are read: replicates would fill the screen. */
function stopsOf(placed: readonly Placed[], read: Drawing['read']): readonly (readonly Placed[])[] {
  const sorted = [...placed].sort((a, b) => a.x - b.x || a.y - b.y)
  if (read === 'mark') return sorted.map((one) => [one])
  const columns = new Map<number, Placed[]>()
  for (const one of sorted.filter(({ series }) => !series.isReplicate)) {
    columns.set(one.x, [...(columns.get(one.x) ?? []), one])
  }
  return [...columns.values()]
}

function seriesElements({ cell, line, shape, isReplicate }: Series, placed: readonly Placed[]): SVGElement[] {
  const { color, dash } = lookOf(cell)
  const kind = isReplicate ? 'replicate' : 'median'
  const d = placed.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
  const path = element('path', { class: `line ${kind} ${color}`, d, 'stroke-dasharray': dash, 'data-of': cell })
  const marks = placed.map(({ x, y }) =>
    element('path', {
      class: `mark ${kind} ${color}`,
      d: shapePath(shape ?? 'circle'),
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})${isReplicate || line ? '' : ' scale(1.4)'}`,
      'data-of': cell,
    }),
  )
  return [...(line && d !== '' ? [path] : []), ...(shape === undefined ? [] : marks)]
}
