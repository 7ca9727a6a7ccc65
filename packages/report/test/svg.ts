import { DOMParser } from 'linkedom'

function decode(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] as string)
}

function contents(svg: string, element: string): string[] {
  return [...svg.matchAll(new RegExp(`<${element}(?: [^>]*)?>([^<]*)</${element}>`, 'g'))].map(([, text]) =>
    decode(text as string),
  )
}

/** What is written in a picture, without the words only for screen readers and pointers. */
export function textsOf(svg: string): string[] {
  return contents(svg, 'text')
}

/** What a pointer over each mark says; the first is the picture's title. */
export function titlesOf(svg: string): string[] {
  return contents(svg, 'title')
}

export function descriptionOf(svg: string): string {
  return contents(svg, 'desc')[0] as string
}

/** Horizontal positions of the marks whose title begins so, in px. */
export function positionsOf(svg: string, title: string): number[] {
  return [...svg.matchAll(/<(?:path|line)([^>]*)><title>([^<]*)<\/title>/g)]
    .filter(([, , said]) => decode(said as string).startsWith(title))
    .map(([, attributes]) => Number(/(?:translate\(| x1=")(-?[\d.]+)/.exec(attributes as string)?.[1]))
}

/** Names of the elements in a picture. */
export function elementsOf(svg: string): string[] {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml')
  return [...document.querySelectorAll('*')].map((element) => element.localName as string)
}
