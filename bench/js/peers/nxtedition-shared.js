// Not on every registry, and a native addon for newer Nodes than ours: in the tables so that nobody thinks it forgotten.
const missing = async () => {
  try {
    await import('@nxtedition/shared')
    return 'installed, but nobody has written yet how it is used here'
  } catch (error) {
    return `not installable here: ${error.code ?? error.message}`
  }
}

export default {
  name: '@nxtedition/shared',
  workloads: { bytes: { '': { missing } }, 'round-trip-blocked': { '': { missing } } },
}
