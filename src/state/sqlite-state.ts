import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { AdvisorError, messageOf } from '../errors.ts';
import { MIGRATIONS } from './schema.ts';
import type { AuditEntry, ChannelSettings, Dated, Feedback, Miss, Place, State, StoredMiss } from './state.ts';

/** Milliseconds that a claim holds: Slack's last retry comes five minutes after the first delivery. */
const CLAIM_LIFE = 60 * 60_000;
/** Milliseconds after which an unsettled claim is taken for lost: twice the longest time that an answer may take. */
const UNSETTLED_LIFE = 60_000;
const MOST_CLAIMS = 50_000;
const MOST_QUESTIONS = 50_000;
const MOST_THREADS = 50_000;
/** Rows are counted and the oldest dropped once in so many writes. */
const TRIM_EVERY = 500;
const DEFAULT_CHANNEL: ChannelSettings = { followUps: true };

type Row = Readonly<Record<string, unknown>>;

export interface SqliteOptions {
  readonly now?: () => number;
  /** Names this process among those that share the file; claims of processes that are gone are freed at the start. */
  readonly holder?: string;
}

/**
 * State in one SQLite file, made where there is none; `:memory:` keeps nothing. Several processes may share a file.
 * Throws STATE_FAILED when it cannot be opened or is no database of this product.
 */
export function openSqliteState(path: string, options: SqliteOptions = {}): State {
  const { now = Date.now, holder = `${process.pid}` } = options;
  const database = open(path);
  const statements = new Map<string, Database.Statement>();
  let writes = 0;

  /** Runs one statement, prepared once, and turns its failure into one with a code. */
  function run(sql: string, ...values: readonly unknown[]): { readonly changes: number; readonly id: number } {
    return guarded(() => {
      const { changes, lastInsertRowid } = prepared(sql).run(...values);
      return { changes, id: Number(lastInsertRowid) };
    });
  }
  const rows = (sql: string, ...values: readonly unknown[]): Row[] =>
    guarded(() => prepared(sql).all(...values) as Row[]);
  function prepared(sql: string): Database.Statement {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }
  function value<Value>(sql: string, ...values: readonly unknown[]): Value | null {
    const [row] = rows(sql, ...values);
    return row ? (JSON.parse(row.value as string) as Value) : null;
  }
  function trim(table: 'claims' | 'questions' | 'threads', most: number): void {
    writes++;
    if (writes % TRIM_EVERY !== 0) return;
    run(`delete from ${table} where at < (select at from ${table} order by at desc limit 1 offset ?)`, most - 1);
  }
  function dated<Entry>(table: 'feedback' | 'audit', limit: number): Dated<Entry>[] {
    return rows(`select at, entry from ${table} order by id desc limit ?`, limit).map((row) => ({
      ...(JSON.parse(row.entry as string) as Entry),
      at: row.at as number,
    }));
  }
  const add = (table: 'feedback' | 'audit', entry: unknown): void => {
    run(`insert into ${table} (at, entry) values (?, ?)`, now(), JSON.stringify(entry));
  };

  for (const row of rows('select distinct holder from claims where settled = 0')) {
    const other = row.holder as string;
    if (other === holder || !isAlive(other)) run('delete from claims where settled = 0 and holder = ?', other);
  }

  return {
    async claim(key) {
      trim('claims', MOST_CLAIMS);
      const at = now();
      return (
        run(
          `insert into claims (key, at, holder) values (?, ?, ?)
           on conflict (key) do update set at = excluded.at, holder = excluded.holder, settled = 0
           where claims.at < ? or (claims.settled = 0 and claims.at < ?)`,
          key,
          at,
          holder,
          at - CLAIM_LIFE,
          at - UNSETTLED_LIFE,
        ).changes === 1
      );
    },
    async settle(key) {
      run('update claims set settled = 1 where key = ?', key);
    },

    async rememberQuestion(answer, asked) {
      trim('questions', MOST_QUESTIONS);
      run('insert or replace into questions values (?, ?, ?)', answer, now(), JSON.stringify(asked));
    },
    questionOf: async (answer) => value('select asked as value from questions where answer = ?', answer),

    async rememberThread(place, memory) {
      trim('threads', MOST_THREADS);
      run('insert or replace into threads values (?, ?, ?)', threadKey(place), now(), JSON.stringify(memory));
    },
    threadOf: async (place) => value('select memory as value from threads where place = ?', threadKey(place)),

    saveFeedback: async (feedback) => add('feedback', feedback),
    listFeedback: async (limit) => dated<Feedback>('feedback', limit),

    async saveMiss(miss) {
      const identity = JSON.stringify([threadKey(miss.place), miss.question]);
      run(
        'insert into misses (at, identity, entry, tried) values (?, ?, ?, ?) on conflict (identity) do nothing',
        now(),
        identity,
        JSON.stringify(miss),
        miss.generation,
      );
      return rows('select id from misses where identity = ?', identity)[0]?.id as number;
    },
    async wantMiss(answer) {
      const asked = value<{ place: Place; question: string }>(
        'select asked as value from questions where answer = ?',
        answer,
      );
      if (!asked) return false;
      const identity = JSON.stringify([threadKey(asked.place), asked.question]);
      return run('update misses set wanted = 1, offered = 0 where identity = ?', identity).changes === 1;
    },
    wantedMisses: async (generation, limit) =>
      rows(
        'select id, entry from misses where wanted = 1 and offered = 0 and tried <> ? order by id limit ?',
        generation,
        limit,
      ).map((row) => ({ ...(JSON.parse(row.entry as string) as Miss), id: row.id as number })),
    async triedMiss(id, generation, offered) {
      run('update misses set tried = ?, offered = ? where id = ?', generation, offered ? 1 : 0, id);
    },
    listMisses: async (limit) =>
      rows('select id, at, entry from misses order by id desc limit ?', limit).map(
        (row): Dated<StoredMiss> => ({
          ...(JSON.parse(row.entry as string) as Miss),
          id: row.id as number,
          at: row.at as number,
        }),
      ),

    channelSettings: async (place) => ({
      ...DEFAULT_CHANNEL,
      ...value<Partial<ChannelSettings>>('select settings as value from channels where place = ?', channelKey(place)),
    }),
    async setChannelSettings(place, settings) {
      run('insert or replace into channels values (?, ?)', channelKey(place), JSON.stringify(settings));
    },

    audit: async (entry) => add('audit', entry),
    listAudit: async (limit) => dated<AuditEntry>('audit', limit),

    async put(collection, key, text) {
      run('insert or replace into entries values (?, ?, ?)', collection, key, text);
    },
    get: async (collection, key) =>
      (rows('select value from entries where collection = ? and key = ?', collection, key)[0]?.value as
        | string
        | undefined) ?? null,
    async remove(collection, key) {
      run('delete from entries where collection = ? and key = ?', collection, key);
    },
    async removeAll(collection, prefix) {
      run('delete from entries where collection = ? and substr(key, 1, ?) = ?', collection, prefix.length, prefix);
    },

    async close() {
      database.close();
    },
  };
}

function open(path: string): Database.Database {
  return guarded(() => {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const database = new Database(path);
    database.exec('pragma busy_timeout = 5000');
    // One writer beside readers, and a file that a killed process leaves whole; what was committed last may be lost
    // when the machine itself loses power, the file may not.
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
    if (version > MIGRATIONS.length) {
      throw new Error(`it has version ${version}, this program knows ${MIGRATIONS.length}: update the program`);
    }
    for (const [at, step] of MIGRATIONS.entries()) {
      if (at < version) continue;
      database.exec(`begin immediate; ${step} pragma user_version = ${at + 1}; commit;`);
    }
    return database;
  }, `the state file ${path} cannot be opened`);
}

function guarded<Result>(work: () => Result, what = 'the state could not be read or written'): Result {
  try {
    return work();
  } catch (cause) {
    throw new AdvisorError('STATE_FAILED', `${what}: ${messageOf(cause)}`, { cause });
  }
}

const threadKey = ({ platform, workspace, channel, thread }: Place): string =>
  JSON.stringify([platform, workspace, channel, thread]);
const channelKey = ({ platform, workspace, channel }: Place): string => JSON.stringify([platform, workspace, channel]);

/** Whether the process that a claim names still runs; a name that is no process id is taken for alive. */
function isAlive(holder: string): boolean {
  const pid = Number(holder);
  if (!Number.isInteger(pid)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
