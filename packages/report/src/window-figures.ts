/** Of the latency in a stretch of time. Apart from what reads records, since the page's script needs it too. */
export const WINDOW_FIGURES = ['p50', 'p99', 'max'] as const
export type WindowFigure = (typeof WINDOW_FIGURES)[number]
