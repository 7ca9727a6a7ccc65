type Order = 'none' | 'ascending' | 'descending'

const NEXT: Readonly<Record<Order, Order>> = { none: 'ascending', ascending: 'descending', descending: 'none' }

const { compare } = new Intl.Collator('en', { numeric: true })

/** The figure that a cell begins with; NaN where it has none. A bound `<0.2` counts as what it is a bound of. */
function numberIn(text: string): number {
  return Number.parseFloat(text.trim().replace(/^</, '').replace('−', '-'))
}

/** What was not measured comes last in either order. */
function compareNumbers(a: string, b: string, sign: number): number {
  const [x, y] = [numberIn(a), numberIn(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
  return sign * (x - y)
}

/** Turns each heading of a table into a button that sorts by its column: up, down, and as it was. */
export function enableSorting(table: HTMLTableElement): void {
  const [body] = table.tBodies
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])]
  if (body === undefined) return
  const original = [...body.rows]

  const sort = (column: number, order: Order, isNumeric: boolean) => {
    const sign = order === 'ascending' ? 1 : -1
    const textOf = (row: HTMLTableRowElement) => row.cells[column]?.textContent ?? ''
    const sorted = [...original]
    if (order !== 'none') {
      sorted.sort((a, b) =>
        isNumeric ? compareNumbers(textOf(a), textOf(b), sign) : sign * compare(textOf(a), textOf(b)),
      )
    }
    body.append(...sorted)
  }

  headings.forEach((heading, column) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...heading.childNodes)
    heading.append(button)
    heading.setAttribute('aria-sort', 'none')
    button.addEventListener('click', () => {
      const order = NEXT[heading.getAttribute('aria-sort') as Order]
      for (const other of headings) other.setAttribute('aria-sort', 'none')
      heading.setAttribute('aria-sort', order)
      sort(column, order, heading.classList.contains('number'))
    })
  })
}
