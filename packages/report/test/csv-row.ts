/** The cells of one row by column, for rows without quoted cells. */
export function row(csv: string, number = 1): Record<string, string> {
  const [header = '', ...rows] = csv.trimEnd().split('\n')
  const cells = rows[number - 1]?.split(',') ?? []
  return Object.fromEntries(header.split(',').map((column, index) => [column, cells[index] ?? 'MISSING']))
}
