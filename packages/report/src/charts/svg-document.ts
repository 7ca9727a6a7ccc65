import { escapeXml } from './frame.js'

// The little of the DOM that Observable Plot and d3-selection ask for when they write an SVG. A whole DOM takes longer
// to load than all pictures to draw.

const NAMESPACE = 'http://www.w3.org/2000/svg'

export class SvgElement {
  readonly namespaceURI = NAMESPACE
  readonly ownerDocument: SvgDocument
  readonly name: string
  readonly attributes = new Map<string, string>()
  readonly childNodes: (SvgElement | string)[] = []
  parentNode: SvgElement | null = null
  readonly style = {
    setProperty: (name: string, value: unknown) => {
      const styled = this.attributes.get('style')
      this.setAttribute('style', `${styled === undefined ? '' : `${styled};`}${name}:${value}`)
    },
  }

  constructor(ownerDocument: SvgDocument, name: string) {
    this.ownerDocument = ownerDocument
    this.name = name
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value))
  }

  setAttributeNS(_: string | null, name: string, value: unknown): void {
    this.setAttribute(name, value)
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name)
  }

  appendChild(child: SvgElement): SvgElement {
    return this.insertBefore(child, null)
  }

  /** At the end where there is nothing to stand before. */
  insertBefore(child: SvgElement, next: SvgElement | null): SvgElement {
    child.parentNode?.removeChild(child)
    child.parentNode = this
    this.childNodes.splice(next === null ? this.childNodes.length : this.childNodes.indexOf(next), 0, child)
    return child
  }

  removeChild(child: SvgElement): SvgElement {
    this.childNodes.splice(this.childNodes.indexOf(child), 1)
    child.parentNode = null
    return child
  }

  /** Text instead of what is in it. */
  set textContent(text: unknown) {
    this.childNodes.splice(0, this.childNodes.length, String(text))
  }

  /** @param attribute of an element, as it is to be written; `undefined`: not at all */
  write(attribute: (name: string, value: string) => string | undefined): string {
    const attributes = [...this.attributes].map(([name, value]) => {
      const text = attribute(name, value)
      return text === undefined ? '' : ` ${name}="${escapeXml(text)}"`
    })
    const inside = this.writeInside(attribute)
    const begin = `<${this.name}${attributes.join('')}`
    return inside === '' ? `${begin}/>` : `${begin}>${inside}</${this.name}>`
  }

  writeInside(attribute: (name: string, value: string) => string | undefined): string {
    return this.childNodes
      .map((child) => (typeof child === 'string' ? escapeXml(child) : child.write(attribute)))
      .join('')
  }
}

/** Makes elements, which is all that is asked of a document. */
export class SvgDocument {
  readonly documentElement = new SvgElement(this, 'svg')

  createElementNS(_: string, name: string): SvgElement {
    return new SvgElement(this, name)
  }

  createElement(name: string): SvgElement {
    return new SvgElement(this, name)
  }
}
