/** Words by which a sentence says itself what its figures don't carry, or asks. */
const LIMITS =
  /\?\s*$|\binconclusive\b|\boverlap|\b(?:can(?:not|'t)|can not|could not|couldn't|does(?: not|n't)|do(?: not|n't)|did(?: not|n't)) (?:be )?(?:tell|told|say|said|show|separate|distinguish|resolve|support|carry|explain|rank|conclude|follow|compare|know|known|mean)|\b(?:nothing|no conclusion|no difference|no cause|no ranking) (?:is|are|was|can|follows?|here|could|in)\b|\bnothing follows\b|\bindistinguishable\b|\bnot (?:significant|comparable|conclusive|distinguishable|separated|established|supported|measured|counted|known)\b|\bunknown\b|\bunavailable\b|\bwithin (?:the )?(?:noise|spread|error)\b|\bno (?:significant|measurable|clear) (?:difference|change)|\bremains? (?:open|to be)\b|\bhypothes[ie]s\b|\bcould be chance\b|\bnoise\b/i

/** Words that ask for work yet to be done. */
const PLANS =
  /^\s*(?:next|todo|to do|plan(?:ned)?:|investigate|measure|repeat|rerun|re-run|try|check|find out|increase|reduce|add|run|use|test)\b/i

/** Whether a sentence claims something: neither a plan nor a limit. */
export function claims(text: string): boolean {
  return !LIMITS.test(text) && !PLANS.test(text)
}

/** Words of cause and diagnosis. */
export const CONCLUDES =
  /\b(?:because|caus(?:e[sd]?|ing)|due to|thanks to|root cause|culprit|bottleneck|explains?|explained|suggests?|indicates?|proves?|proven|shows? that|confirms?|demonstrates?|reveals?|therefore|so that|fix(?:es|ed)|solves?|solved|cured?|responsible|stems? from|leads? to|results? in|resulting in|is dominated by|means that|hence)\b/i

/** Words that call something good or bad, as a sign of a judgement drawn. */
export const JUDGES =
  /\b(?:poor|good|bad|excellent|great|low|high|lower|higher|better|worse|best|worst|superior|inferior|efficient|inefficien\w+|efficiency|more|fewer|less|miss(?:es|ed)? (?:too|more|less|often|rarely|seldom)|thrash\w*|pollut\w*|friendly|improv\w+|reduc\w+|degrad\w+|suffers?|bound|slow(?:s|ed|er|ing|ly)?|fast(?:er)?|speeds?|costs?|hurts?|expensive|cheap|dominat\w+|wast\w+|heavy|heavily|many|few|stalls?|stalled|limited)\b/i

/** A sentence without options and their values: `--arrival fixed` fixes nothing. */
export function withoutOptions(text: string): string {
  return text.replace(/(?<![\w-])--?[A-Za-z][\w-]*(?:[ =](?!-)[^\s,;)]+)?/g, '')
}
