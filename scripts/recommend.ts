import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolders, readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';
import { parseQuestion } from '../src/question/parse-question.ts';
import { CANDIDATE_NAMES, type CandidateId, FRAMEWORKS, type FrameworkId } from '../src/recommendation/candidate.ts';
import type { ResolvedRules } from '../src/recommendation/evidence.ts';
import { loadPolicies, policyFor } from '../src/recommendation/policy.ts';
import { type RecommendOptions, recommend } from '../src/recommendation/recommend.ts';
import type { Recommendation, Requirement } from '../src/recommendation/recommendation.ts';
import { readRules } from '../src/recommendation/rule-book.ts';
import { stability } from '../src/recommendation/stability.ts';

const USAGE = `usage: npm run --silent recommend -- [--json] [--priority NAME=FACTOR]... [--among ID,ID] [--policy FILE] "question"
       npm run --silent recommend -- [...] REQUIREMENT...    for instance target:mobile "not team:knows-pytorch"
       npm run --silent recommend -- --list                  every requirement that rules know`;

const REQUIREMENT = /^(not )?([a-z]+:[a-z0-9-]+)$/;

try {
  await main();
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`recommend failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      list: { type: 'boolean' },
      among: { type: 'string' },
      policy: { type: 'string' },
      priority: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const settings = readConfig(readEnvironment());
  const rules = await readRules(join(PRODUCT_DIRECTORY, 'rules'), corpusFolders(settings));
  if (values.list) {
    console.log(
      Object.entries(rules.labels)
        .map(([id, label]) => `${id.padEnd(28)} ${label}`)
        .join('\n'),
    );
    return;
  }
  const { requirements, among: named } = readRequirements(positionals, rules);
  const among = values.among === undefined ? named : values.among.split(',').map(readFramework);
  const options: RecommendOptions = {
    among,
    priorities: Object.fromEntries((values.priority ?? []).map(readPriority)),
    ...(values.policy === undefined ? {} : { policy: policyFor(loadPolicies(values.policy), {}) }),
  };
  const recommendation = recommend(requirements, rules, options);
  const steadiness = stability(requirements, rules, options);
  if (values.json) console.log(JSON.stringify({ requirements, among, recommendation, stability: steadiness }));
  else console.log([...describe(requirements, recommendation), ...describeStability(steadiness)].join('\n'));
}

/** Requirement ids when every argument is one, else a question in words. */
function readRequirements(
  args: readonly string[],
  rules: ResolvedRules,
): { requirements: readonly Requirement[]; among: readonly FrameworkId[] } {
  if (args.length === 0) throw new AdvisorError('USAGE', 'expected a question or requirements');
  const matches = args.map((arg) => REQUIREMENT.exec(arg));
  if (matches.some((match) => match === null)) {
    const { requirements, choices } = parseQuestion(args.join(' '));
    return { requirements, among: choices };
  }
  const requirements = matches.map((match) => {
    const id = match?.[2] ?? '';
    const label = rules.labels[id] ?? (id.startsWith('avoid:') ? id : undefined);
    if (label === undefined) throw new AdvisorError('USAGE', `no rule knows the requirement ${id}; --list shows all`);
    return { id, trigger: label, wanted: match?.[1] === undefined };
  });
  return { requirements, among: [] };
}

function readFramework(text: string): FrameworkId {
  const id = FRAMEWORKS.find((framework) => framework === text);
  if (!id) throw new AdvisorError('USAGE', `expected one of ${FRAMEWORKS.join(', ')}, got ${text}`);
  return id;
}

function readPriority(text: string): [string, number] {
  const [name = '', factor = ''] = text.split('=');
  const value = Number(factor);
  if (name === '' || factor === '' || !Number.isFinite(value) || value < 0 || value > 5) {
    throw new AdvisorError('USAGE', `expected --priority NAME=FACTOR with a factor from 0 to 5, got ${text}`);
  }
  return [name, value];
}

function describe(requirements: readonly Requirement[], recommendation: Recommendation): string[] {
  const { winner, dependsOn, runtime, ranking, reasons, excluded, contested, flips, nextQuestion } = recommendation;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length > 0 ? ['', title, ...lines] : [];
  const evidence = ({ quote, path, startLine }: Recommendation['caseAgainst'][number]): string =>
    `      "${quote}" (${path}:${startLine})`;
  return [
    winner === 'depends' ? `It depends. ${dependsOn}` : `Recommended: ${CANDIDATE_NAMES[winner]}`,
    ...(runtime ? [`Runtime: ${name(runtime.winner)}`] : []),
    `Confidence: ${recommendation.confidence.toFixed(2)}`,
    `Scores: ${ranking.map(({ framework, score }) => `${CANDIDATE_NAMES[framework]} ${score}`).join(', ')}`,
    ...section(
      'Understood:',
      requirements.map(({ id, wanted, trigger }) => `  ${wanted ? '' : 'not '}${id} ("${trigger}")`),
    ),
    ...section(
      'Reasons:',
      reasons.flatMap(({ candidate, weight, reason, citation }) => [
        `  ${weight > 0 ? '+' : ''}${weight} ${CANDIDATE_NAMES[candidate]}: ${reason}`,
        evidence(citation),
      ]),
    ),
    ...section(
      'Excluded:',
      excluded.map(({ candidate, by, reason }) => `  ${CANDIDATE_NAMES[candidate]} (${by}): ${reason}`),
    ),
    ...section(
      'Contested:',
      contested.flatMap(({ sides }) => sides.flatMap(({ claim, citation }) => [`  ${claim}`, evidence(citation)])),
    ),
    ...section('Case against:', recommendation.caseAgainst.map(evidence)),
    ...section(
      'It would change:',
      flips.map(({ change, winner: next }) => {
        const parts = change.map(({ kind, label }) => `${kind === 'drop' ? 'without' : 'if'} "${label}"`);
        return `  ${parts.join(' and ')}: ${name(next)}`;
      }),
    ),
    ...section(
      nextQuestion?.text ?? '',
      (nextQuestion?.options ?? []).map(({ label, leadsTo }) => `  ${label}: ${name(leadsTo)}`),
    ),
  ];
}

function describeStability({ share, changes }: ReturnType<typeof stability>): string[] {
  return [
    '',
    `Stable in ${Math.round(share * 100)} % of the trials with one requirement counted 0, 0.5, 2 or 3 times.`,
    ...changes.map(({ requirement, factor, winner }) => `  ${requirement} x ${factor}: ${name(winner)}`),
  ];
}

function name(winner: CandidateId | 'depends'): string {
  return winner === 'depends' ? 'it depends' : CANDIDATE_NAMES[winner];
}
