import type { Requirement } from '../recommendation/recommendation.ts';

/** Where something was said: what platform, which workspace (Slack team, Discord server), which channel and thread. */
export interface Place {
  readonly platform: 'slack' | 'discord';
  readonly workspace: string;
  readonly channel: string;
  /** The thread's id, or null outside of threads. */
  readonly thread: string | null;
}

/** A question that was answered, kept so that the buttons under its answer work after a restart. */
export interface AskedQuestion {
  readonly question: string;
  /** Requirements that came from elsewhere than the question: earlier messages, controls. */
  readonly requirements: readonly Requirement[];
  /** Ids of passages and places are the answer's own; only what makes it again is kept. */
  readonly place: Place;
  readonly user: string;
}

/** What a thread is about, so far. */
export interface ThreadMemory {
  readonly question: string;
  readonly requirements: readonly Requirement[];
}

export interface Feedback {
  readonly answer: string;
  /** The number of the citation that it is about, or null for the whole answer. */
  readonly citation: number | null;
  readonly kind: string;
  readonly text: string;
  readonly place: Place;
  readonly user: string;
}

/** A question that was not answered. */
export interface Miss {
  readonly question: string;
  readonly requirements: readonly Requirement[];
  readonly reason: string;
  readonly generation: string;
  readonly place: Place;
  readonly user: string;
}

export interface StoredMiss extends Miss {
  readonly id: number;
}

/** Settings of one channel; what is not set has its default. */
export interface ChannelSettings {
  /** Whether messages in a thread that the bot answered in are for it without a mention. Default true. */
  readonly followUps: boolean;
}

export interface AuditEntry {
  readonly user: string;
  readonly place: Place;
  readonly action: string;
  readonly allowed: boolean;
}

/** `at` is milliseconds since 1970. */
export type Dated<Entry> = Entry & { readonly at: number };

/**
 * What must survive a restart. One contract for every engine: all of it is asynchronous, so that a database on another
 * machine can take the embedded one's place. Methods throw STATE_FAILED when the store cannot be read or written.
 */
export interface State {
  /**
   * True for the first who claims the key of a message within an hour. A claim that was never settled (its process died
   * before anything was posted) can be claimed again after a minute, or at once when that process is gone. At most
   * 50,000 keys are held.
   */
  claim(key: string): Promise<boolean>;
  /** Says that the answer to this key is about to be posted: nobody may claim it again, whatever happens now. */
  settle(key: string): Promise<void>;

  /** Keeps a question under its answer's id; the newest 50,000 are held. */
  rememberQuestion(answer: string, asked: AskedQuestion): Promise<void>;
  /** The question of an answer, or null when it is no longer held. */
  questionOf(answer: string): Promise<AskedQuestion | null>;

  rememberThread(place: Place, memory: ThreadMemory): Promise<void>;
  /** What a thread is about, or null when the bot never answered in it. */
  threadOf(place: Place): Promise<ThreadMemory | null>;

  saveFeedback(feedback: Feedback): Promise<void>;
  /** Newest first. */
  listFeedback(limit: number): Promise<readonly Dated<Feedback>[]>;

  /** Records a question without an answer; the same question in the same thread once. Gives back its number. */
  saveMiss(miss: Miss): Promise<number>;
  /** Marks that the asker wants to hear when the documents answer it. */
  wantMiss(answer: string): Promise<boolean>;
  /** Misses whose askers want to hear, not yet tried with this generation; oldest first. */
  wantedMisses(generation: string, limit: number): Promise<readonly StoredMiss[]>;
  /** Says that a miss was tried with a generation, and whether its answer was offered. */
  triedMiss(id: number, generation: string, offered: boolean): Promise<void>;
  listMisses(limit: number): Promise<readonly Dated<StoredMiss>[]>;

  channelSettings(place: Place): Promise<ChannelSettings>;
  setChannelSettings(place: Place, settings: ChannelSettings): Promise<void>;

  audit(entry: AuditEntry): Promise<void>;
  listAudit(limit: number): Promise<readonly Dated<AuditEntry>[]>;

  /** Small values by key, for what one platform alone keeps (sealed installations, contexts of assistant threads). */
  put(collection: string, key: string, value: string): Promise<void>;
  get(collection: string, key: string): Promise<string | null>;
  remove(collection: string, key: string): Promise<void>;
  /** Removes every entry of a collection whose key begins so. */
  removeAll(collection: string, prefix: string): Promise<void>;

  close(): Promise<void>;
}
