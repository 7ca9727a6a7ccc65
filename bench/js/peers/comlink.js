import { expose, wrap } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { calling, counting, functions } from '../lib/rpc.js'

export default {
  name: 'comlink',
  workloads: {
    rpc: {
      '': {
        client: ({ port }) => {
          const remote = wrap(nodeEndpoint(port))
          return calling((item) => remote.echo(item))
        },
        server: ({ port }) => {
          let served
          const echo = (item) => {
            served()
            return functions.echo(item)
          }
          expose({ echo }, nodeEndpoint(port))
          return counting((use) => {
            served = use
          })
        },
      },
    },
  },
}
