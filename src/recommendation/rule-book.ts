import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import type { Attachments } from '../knowledge/build-knowledge-base.ts';
import { readCorpus } from '../knowledge/corpus.ts';
import { type Document, sha256 } from '../knowledge/document.ts';
import { hasEnding, TEXT_ENDINGS } from '../knowledge/document-endings.ts';
import type { ResolvedRules } from './evidence.ts';
import { createRuleTable } from './rule-table.ts';

/** The file beside the index that holds the rules with their evidence: rules and passages change together. */
const FILE = 'rules.json';

/**
 * What an index build does about rules: resolves them against the documents and keeps the result in the generation.
 * A corpus that holds none of the documents that rules cite (an operator's own texts) is judged by the product's own
 * corpus instead; one that holds some must hold all. Throws RULES_INVALID or RULE_EVIDENCE_GONE, which stops the build.
 */
export async function createRuleAttachments(rulesDirectory: string, productCorpus: string): Promise<Attachments> {
  const names = (await readdir(rulesDirectory)).sort();
  const files = await Promise.all(
    names.map(async (name) => `${name}\0${await readFile(join(rulesDirectory, name), 'utf8')}`),
  );
  const shipped = await readCorpus([productCorpus]);
  return {
    version: sha256(JSON.stringify([files, shipped.files.map(({ hash }) => hash)])),
    async make(documents) {
      // Loaded late: a build that finds nothing changed needs no rules.
      const [{ loadRules }, { resolveEvidence }] = await Promise.all([import('./rules.ts'), import('./evidence.ts')]);
      const ruleSet = loadRules(rulesDirectory);
      const cited = new Set(
        ruleSet.rules.flatMap((rule) =>
          rule.kind === 'contested' ? rule.sides.map(({ evidence }) => evidence.document) : [rule.evidence.document],
        ),
      );
      const isCited = ({ path }: Document): boolean => {
        const parts = path.replace(/\.[a-z]+$/i, '').split('/');
        return parts.some((_, at) => cited.has(parts.slice(at).join('/')));
      };
      const { table: _table, ...stored } = resolveEvidence(
        ruleSet,
        documents.some(isCited) ? documents : await parseAll(shipped.files),
      );
      return new Map([[FILE, JSON.stringify(stored)]]);
    },
  };
}

/**
 * The rules resolved against corpus folders, without an index: for commands that answer from rules alone.
 * Throws RULES_INVALID, CORPUS_UNREADABLE or RULE_EVIDENCE_GONE.
 */
export async function readRules(rulesDirectory: string, corpus: readonly string[]): Promise<ResolvedRules> {
  const [{ loadRules }, { resolveEvidence }] = await Promise.all([import('./rules.ts'), import('./evidence.ts')]);
  const { files } = await readCorpus(corpus);
  return resolveEvidence(loadRules(rulesDirectory), await parseAll(files));
}

async function parseAll(files: readonly { readonly bytes: Uint8Array; readonly path: string }[]): Promise<Document[]> {
  const { parseDocument } = await import('../knowledge/parse-document.ts');
  return files.filter(({ path }) => hasEnding(path, TEXT_ENDINGS)).map(({ bytes, path }) => parseDocument(bytes, path));
}

/** The rules of a loaded generation. Throws INDEX_DAMAGED when they are missing or unreadable. */
export function readRuleAttachment(attachments: ReadonlyMap<string, string>): ResolvedRules {
  const text = attachments.get(FILE);
  if (text === undefined) throw new AdvisorError('INDEX_DAMAGED', `the index has no ${FILE}: run npm run build:index`);
  try {
    const stored = JSON.parse(text) as Omit<ResolvedRules, 'table'>;
    return { ...stored, table: createRuleTable(stored.rules) };
  } catch (cause) {
    throw new AdvisorError('INDEX_DAMAGED', `${FILE} of the index does not load: ${messageOf(cause)}`, { cause });
  }
}
