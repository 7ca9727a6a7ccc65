import { ACCELERATORS, DEFAULTS, GROUNDS, GUEST_MODES, kebab, SETTINGS, type Setting } from '@spsc/core'
import { Argument, Command, Option } from 'commander'
import { LOG_LEVELS } from './log-levels.js'

/** What help says of each setting: the value's form, and one line. */
const HELP: Readonly<Record<Setting, readonly [form: string, text: string]>> = {
  duration: ['time', 'measured per replicate: 500ms, 10s or bare seconds'],
  warmup: ['time', 'run before that and discarded'],
  prodIntervalUs: ['n', 'microseconds between two items; 0: as fast as possible'],
  queueCap: ['n', 'items the queue holds'],
  itemBytes: ['n', 'bytes of each item; more than 8 with queues native and mutex'],
  workBytes: ['n', 'bytes the consumer reads and writes per item'],
  pinProducer: ['cpu', "the producer's CPU: a number, first, last or none"],
  pinConsumer: ['cpu', "the consumer's CPU"],
  pacing: ['how', 'sleep (relative, drifts), deadline (absolute) or spin'],
  timerSlack: ['ns', "how late sleeps may end; the word default: the kernel's 50 µs"],
  arrival: ['how', 'fixed or poisson gaps'],
  burst: ['n', 'items due at the same moment; the mean rate stays'],
  onFull: ['what', 'drop or block'],
  wait: ['how', 'spin, yield or block while the queue is empty or full'],
  deadlineUs: ['us', 'from due to done, for an item to be on time: goodput; or none'],
  inject: ['faults', 'put in on purpose, joined by +: see spsc list injections'],
}

/** Collects repeated options; comma lists are split later, where an error can name the option. */
function repeatable(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value]
}

function listOption(flags: string, text: string): Option {
  return new Option(flags, text).argParser(repeatable)
}

function choiceOption(flags: string, text: string, choices: readonly string[]): Option {
  return new Option(flags, text).choices(choices)
}

function outOption(): Option {
  return listOption(
    '--out <where>',
    'folder of results (default: result_data); csv=FILE, hlog=, html=, json=, md= or ndjson= exports records too, - is stdout',
  )
}

function colorOption(): Option {
  return choiceOption('--color <when>', 'auto, always or never', ['auto', 'always', 'never'])
    .default('auto')
    .env('SPSC_COLOR')
}

export type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

/** What each command does with its arguments; they resolve to the exit code. */
export interface Handlers {
  run(targets: readonly string[], flags: Flags): Promise<number>
  sweep(targets: readonly string[], flags: Flags): Promise<number>
  list(what: string, flags: Flags): Promise<number>
  report(names: readonly string[], flags: Flags): Promise<number>
  compare(targets: readonly string[], flags: Flags): Promise<number>
  gate(targets: readonly string[], flags: Flags): Promise<number>
  why(run: string, scenario: string | undefined, flags: Flags): Promise<number>
  lint(files: readonly string[], flags: Flags): Promise<number>
  doctor(flags: Flags): Promise<number>
  qemu(what: string, flags: Flags): Promise<number>
  completion(shell: string, program: Command): Promise<number>
}

/** Arguments and options of a command that measures: `run` and `sweep` share them. */
function measuring(command: Command, defaults: { readonly replicates: number; readonly name: string }): Command {
  command
    .addArgument(
      new Argument('[target...]', 'scenario, suite or file (.yaml .json .mjs .ts)').default(['baseline'], 'baseline'),
    )
    .addOption(listOption('--queue <a,b>', 'queues: built in, package or path (default: sab)'))
  for (const setting of SETTINGS) {
    const [form, text] = HELP[setting]
    command.addOption(listOption(`--${kebab(setting)} <${form}>`, `${text} (default: ${DEFAULTS[setting]})`))
  }
  return command
    .addOption(listOption('--rate <n>', 'items per second: another spelling of --prod-interval-us'))
    .option('--replicates <n>', `fresh processes per scenario and queue (default: ${defaults.replicates})`)
    .option('--seed <n>', 'orders the blocks and draws samples (default: random)')
    .addOption(listOption('--collect <a,b>', 'collectors: built in, package or path (default: histogram)'))
    .addOption(listOption('--perf-events <a,b>', "count these of perf's events: adds collector perf-stat"))
    .option('--emit-latencies <path>', 'write raw latencies, one integer ns a line')
    .option('--name <name>', `name of the run (default: ${defaults.name}, with a number when taken)`)
    .addOption(outOption())
    .addOption(choiceOption('--in <where>', 'host, or a guest of qemu (default: host)', GROUNDS))
    .addOption(choiceOption('--mode <how>', 'of the guest: smp or deterministic (default: smp)', GUEST_MODES))
    .option('--guest-cpus <n>', 'CPUs of the guest (default: 2)')
    .option('--guest-memory <size>', 'memory of the guest (default: 512M)')
    .addOption(
      choiceOption('--accel <how>', 'auto, tcg or kvm, if it boots (default: auto)', ['auto', ...ACCELERATORS]),
    )
    .option('--kernel <path>', 'Linux kernel of the guest (default: what setup fetched)')
    .option('--guest-timeout <time>', 'longest time of a boot (default: by the plan)')
    .option('--force', 'replace a stored run of that name')
    .option('--resume', 'go on with a stored run of that name')
    .option('--save-baseline <name>', 'keep the run under this name, to be compared with')
    .option('--serve [port]', 'follow the run on a page of this machine (default: any free port)')
    .option('--json', 'print records as NDJSON instead of the table')
    .option('--quiet', 'print nothing but errors (and records with --json)')
    .addOption(
      choiceOption('--log-level <level>', 'least severe message to log', LOG_LEVELS)
        .default('info')
        .env('SPSC_LOG_LEVEL'),
    )
    .addOption(colorOption())
    .option('--print-config', 'print the settings, and where each comes from, then stop')
}

function runCommand(handlers: Handlers, done: (code: number) => void): Command {
  const command = new Command('run')
    .summary('measure scenarios, suites or scenario files')
    .description(
      'Measure scenarios, suites or scenario files. Comma lists, ranges (8..64*2, 0..100+25) and repeated options ' +
        'form a matrix.',
    )
  return measuring(command, { replicates: 1, name: 'the target' }).action(
    async (targets: string[], _flags, self: Command) => done(await handlers.run(targets, kebabKeys(self))),
  )
}

function sweepCommand(handlers: Handlers, done: (code: number) => void): Command {
  const command = new Command('sweep')
    .summary('measure products of ranges, or search the highest rate')
    .description(
      'Measure every combination of lists and ranges (8..64*2, 0..100+25), in random order, and say before how long ' +
        'it takes. With --max-rate, search the highest rate at which an objective holds.',
    )
    .option('--max-rate', 'search the highest rate at which --slo holds')
    .option('--slo <terms>', 'with --max-rate: p99<100us,drop<0.001; of response unless latency.p99')
    .option('--resolution <share>', 'with --max-rate: width of the bracket (default: 5%)')
    .option('--max-time <time>', 'refuse what is estimated to take longer (default: 24h)')
  return measuring(command, { replicates: 3, name: 'sweep' })
    .addHelpText(
      'after',
      `
With --max-rate, --rate LOWEST..HIGHEST bounds the search (default:
1000..10000000) and --pacing is deadline by default. Each rate is measured with
all replicates, and anew where they disagree; a rate that is missed does not
hold. The answer is a bracket: exit code 0 found, 4 inconclusive.`,
    )
    .action(async (targets: string[], _flags, self: Command) => done(await handlers.sweep(targets, kebabKeys(self))))
}

/** What is compared: rows that are measured now, or stored ones. */
function comparing(command: Command): Command {
  return measuring(command, { replicates: 10, name: 'compare' })
    .option('--run <run>', 'compare two rows of this stored run: SCENARIO or SCENARIO@QUEUE')
    .option('--baseline <name>', 'compare with a run that --save-baseline kept')
    .option('--margin <share>', 'within which figures count as equivalent (default: 10%)')
    .option('--across-machines', 'compare runs of machines that differ')
}

const FORMS = `
A B                    two scenarios (or one, with two queues): measured now, in
                       randomised blocks, A twice in each
--run RUN A B          two rows of a stored run
RUN RUN                two stored runs, by name or NAME_results.ndjson
--baseline NAME RUN    a stored run with a baseline; scenarios are measured now`

function compareCommand(handlers: Handlers, done: (code: number) => void): Command {
  const command = new Command('compare')
    .summary('say whether two rows differ, are equivalent, or can not be told')
    .description('Compare two rows figure by figure: B differs from A, is equivalent within a margin, or inconclusive.')
  return comparing(command)
    .addOption(listOption('--figures <a,b>', 'ask about these only (default: all): p99 of latency is latency.p99'))
    .addHelpText('after', `${FORMS}\n\nExit codes: 0 some figure tells, 4 none of a comparison's does.`)
    .action(async (targets: string[], _flags, self: Command) => done(await handlers.compare(targets, kebabKeys(self))))
}

function gateCommand(handlers: Handlers, done: (code: number) => void): Command {
  const command = new Command('gate')
    .summary('fail where a figure got worse than allowed')
    .description('Compare as compare does, and hold each figure against a bound.')
  return comparing(command)
    .addOption(listOption('--max <bounds>', 'what may get worse by how much: p99=+10%,ops_s=-5%,drop_rate=+0.01'))
    .addOption(
      choiceOption('--format <how>', 'text, or annotations of GitHub Actions', ['text', 'github']).default('text'),
    )
    .option('--junit <file>', 'write the verdicts as JUnit XML too')
    .addHelpText('after', `${FORMS}\n\nExit codes: 0 all pass, 1 one regressed, 4 inconclusive.`)
    .action(async (targets: string[], _flags, self: Command) => done(await handlers.gate(targets, kebabKeys(self))))
}

/** Options by the name the reader types, so that flags, environment and errors share one spelling. */
function kebabKeys(command: Command): Flags {
  return Object.fromEntries(Object.entries(command.opts()).map(([key, value]) => [kebab(key), value]))
}

/** Every command, option and help text of `spsc`. `done` gets the exit code. */
export function createProgram(version: string, handlers: Handlers, done: (code: number) => void): Command {
  const program = new Command('spsc')
    .description('Measures a two-thread pipeline around a single-producer single-consumer queue, and says what it saw.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addCommand(runCommand(handlers, done))
    .addCommand(sweepCommand(handlers, done))
    .addCommand(compareCommand(handlers, done))
    .addCommand(gateCommand(handlers, done))
  program
    .command('list')
    .summary('list what can be named on the command line')
    .description('List what can be named on the command line.')
    .addArgument(
      new Argument('<what>', 'what to list').choices(['queues', 'collectors', 'scenarios', 'suites', 'injections']),
    )
    .option('--json', 'print NDJSON')
    .action(async (what: string, _flags, self: Command) => done(await handlers.list(what, kebabKeys(self))))
  program
    .command('report')
    .summary('render stored runs again, several side by side')
    .description(
      'Render the files of a stored run again from its results, and print its table; of several runs, print one ' +
        'table, and with --name store and render them as one run.',
    )
    .argument('<run...>', 'names of runs, or paths of NAME_results.ndjson')
    .addOption(outOption())
    .option('--name <name>', 'store and render several runs as this one')
    .option('--force', 'replace a stored run of that name')
    .option('--json', 'print the records as NDJSON')
    .action(async (names: string[], _flags, self: Command) => done(await handlers.report(names, kebabKeys(self))))
  program
    .command('why')
    .summary('say what the slow items of a stored run are slow by')
    .description(
      'Say which part of their time the slowest items lose, when, and what on the machine goes with it, against the ' +
        "run's baseline or its fastest comparable row; and the experiment that would show whether that is the cause.",
    )
    .argument('<run>', 'name of a run, or path of its NAME_results.ndjson')
    .argument('[scenario]', 'row to explain (default: the slowest)')
    .option('--queue <queue>', 'of several queues, this one')
    .option('--against <scenario>', 'row to compare with')
    .option('--hypothesis <cause>', 'cause to test (default: the first that is found)')
    .option('--confirm', 'measure with and without it, in random blocks, and judge')
    .option('--replicates <n>', 'with --confirm: blocks, 6 to 16 (default: 8)')
    .option('--duration <time>', "with --confirm: of a replicate (default: the scenario's)")
    .option('--seed <n>', 'with --confirm: orders the blocks (default: random)')
    .option('--name <name>', 'with --confirm: name of that run (default: RUN-confirm)')
    .option('--force', 'with --confirm: replace a stored run of that name')
    .option('--quiet', 'with --confirm: no progress')
    .addOption(outOption())
    .option('--json', 'print one JSON document')
    .addOption(colorOption())
    .addHelpText(
      'after',
      `
It needs what spsc run --collect histogram,ledger,sched stores; where some of it
is missing, it says what could not be looked at.
Exit codes: 0 a verdict, 4 nothing to diagnose; with --confirm 0 confirmed,
1 refuted, 4 inconclusive.`,
    )
    .action(async (run: string, scenario: string | undefined, _flags, self: Command) =>
      done(await handlers.why(run, scenario, kebabKeys(self))),
    )
  program
    .command('lint')
    .summary('find claims of a report that its figures do not carry')
    .description(
      'Read reports in Markdown, ours or others, and name each claim that their own tables, perf stat output and ' +
        'commands do not carry: the line, what the figures carry, what to do.',
    )
    .argument('[file...]', 'Markdown files')
    .option('--rules', 'list the rules, each with an example, and stop')
    .addOption(choiceOption('--format <as>', 'text, or annotations of GitHub Actions', ['text', 'github']))
    .addOption(new Option('--json', 'print findings as NDJSON').conflicts('format'))
    .addHelpText('after', '\nExit codes: 0 nothing found, 1 findings, 2 a file that cannot be read.')
    .action(async (files: string[], _flags, self: Command) => done(await handlers.lint(files, kebabKeys(self))))
  program
    .command('doctor')
    .summary('say what this machine can measure')
    .description('Say what this machine can measure, and the next command for what is missing or would do harm.')
    .option('--json', 'print one JSON document: machine, fingerprint, lines')
    .addOption(colorOption())
    .addHelpText('after', '\nExit codes: 0 whatever it finds, 5 where Node is too old to measure anything.')
    .action(async (_flags, self: Command) => done(await handlers.doctor(kebabKeys(self))))
  program
    .command('qemu')
    .summary('set up guests, for run --in qemu')
    .description(
      'Set up what guests need and is not here: on Debian the emulator, as root, and a kernel, which goes into a ' +
        'cache and not where this machine boots from. Elsewhere, say what to install. Sizes are said first.',
    )
    .addArgument(new Argument('<what>', 'what to do').choices(['setup']))
    .addHelpText('after', '\nExit codes: 0 all is there, 5 something is missing.')
    .action(async (what: string, _flags, self: Command) => done(await handlers.qemu(what, kebabKeys(self))))
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Print a completion script: source <(spsc completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string) => done(await handlers.completion(shell, program)))
  program.addHelpText(
    'after',
    `
Options of run and sweep that take a value are also read from the environment:
--queue-cap is SPSC_QUEUE_CAP.
Exit codes: 0 ok, 1 a check failed (gate, lint, why --confirm), 2 usage, 3 run
invalid or a cell failed, 4 inconclusive, 5 the machine or the queue lacks
something, 130/143 interrupted with what was measured stored.`,
  )
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .helpOption('--help', 'print this help')
      .configureOutput({ writeErr: () => {} })
  }
  return program
}
