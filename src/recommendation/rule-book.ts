import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import type { Attachments } from '../knowledge/build-knowledge-base.ts';
import { readCorpus } from '../knowledge/corpus.ts';
import { type Document, sha256 } from '../knowledge/document.ts';
import { hasEnding, TEXT_ENDINGS } from '../knowledge/document-endings.ts';
import { PARSER_VERSION } from '../knowledge/document-parser.ts';
import type { ResolvedRules } from './evidence.ts';
import { createRuleTable } from './rule-table.ts';

/** The file beside the index that holds the rules with their evidence: rules and passages change together. */
const FILE = 'rules.json';
/** Increase when the same rules and documents give another result. */
const RULES_SCHEME = 1;

/** What a result was made of: while that is the same, it is taken over from the generation before. */
interface Basis {
  readonly version: string;
  /** Documents that rules name, as they name them. */
  readonly cited: readonly string[];
  /** Hash over those of them that the corpus holds. */
  readonly documents: string;
}

type StoredRules = Omit<ResolvedRules, 'table'> & { readonly basis?: Basis };

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
  const version = sha256(JSON.stringify([RULES_SCHEME, PARSER_VERSION, files, shipped.files.map(({ hash }) => hash)]));
  return {
    version,
    async make(documents, earlier) {
      const kept = earlier.get(FILE);
      if (kept && isSameBasis(kept, version, documents)) return new Map([[FILE, kept]]);
      // Loaded late: a build that finds nothing changed needs no rules.
      const [{ loadRules }, { resolveEvidence }] = await Promise.all([import('./rules.ts'), import('./evidence.ts')]);
      const ruleSet = loadRules(rulesDirectory);
      const references = ruleSet.rules.flatMap((rule) =>
        rule.kind === 'contested' ? rule.sides.map(({ evidence }) => evidence.document) : [rule.evidence.document],
      );
      const cells = ruleSet.criteria.flatMap((row) => row.cells.map(({ evidence }) => evidence.document));
      const held = citedDocuments(documents, references);
      const { table: _table, ...stored } = resolveEvidence(
        ruleSet,
        held.length > 0 ? documents : await parseAll(shipped.files),
      );
      const cited = [...new Set([...references, ...cells])];
      const basis: Basis = { version, cited, documents: hashOf(citedDocuments(documents, cited)) };
      return new Map([[FILE, JSON.stringify({ ...stored, basis } satisfies StoredRules)]]);
    },
  };
}

function isSameBasis(text: string, version: string, documents: readonly Document[]): boolean {
  const { basis } = JSON.parse(text) as StoredRules;
  return basis?.version === version && basis.documents === hashOf(citedDocuments(documents, basis.cited));
}

function citedDocuments(documents: readonly Document[], cited: readonly string[]): Document[] {
  const names = new Set(cited);
  return documents.filter(({ path }) => {
    const plain = path.replace(/\.[a-z]+$/i, '');
    // The file's own name, then with one folder more each time.
    let from = plain.length;
    do {
      from = from === 0 ? -1 : plain.lastIndexOf('/', from - 1);
      if (names.has(plain.slice(from + 1))) return true;
    } while (from !== -1);
    return false;
  });
}

function hashOf(documents: readonly Document[]): string {
  return sha256(JSON.stringify(documents.map(({ path, hash }) => [path, hash])));
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
    const { basis: _basis, ...stored } = JSON.parse(text) as StoredRules;
    return { ...stored, table: createRuleTable(stored.rules) };
  } catch (cause) {
    throw new AdvisorError('INDEX_DAMAGED', `${FILE} of the index does not load: ${messageOf(cause)}`, { cause });
  }
}
