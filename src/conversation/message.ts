import type { Reply } from '../reply/reply.ts';
import type { Place } from '../state/state.ts';

/** A message as a platform delivered it. */
export interface Message {
  /** The same for every delivery of the same message, and for no other message of any platform. */
  readonly key: string;
  /** `thread` is the one that an answer goes to, or null where answers are not threaded (direct messages). */
  readonly place: Place;
  readonly user: string;
  /** Without the bot's own mention. */
  readonly text: string;
  /** `mention`: it names the bot or replies to it; `direct`: nobody else reads there; `none`: it merely was said. */
  readonly addressed: 'mention' | 'direct' | 'none';
  /** True when it begins by naming somebody else. */
  readonly isForOthers: boolean;
  /** True in a thread that the bot itself opened: what is said there is for it. */
  readonly isOwnThread: boolean;
}

/** A command, button or form: already for the bot, by one user, in one place. */
export interface Request {
  readonly key: string;
  readonly place: Place;
  readonly user: string;
}

/** What a message leads to. */
export interface Turn {
  readonly reply: Reply;
  /** Who may see it. */
  readonly audience: 'everyone' | 'asker';
  /** True when it takes the place of the answer whose button was pressed. */
  readonly replaces: boolean;
  /** A picture of what the reply says in words, where there is one. */
  readonly png?: () => Promise<Uint8Array>;
}

/** How a platform is told. */
export interface Outlet {
  /** Called once when the message is accepted and work begins: the moment for "typing". Must not throw. */
  begin?(): void;
  /** Posts one turn. What it throws is logged; it is not called again for the same message. */
  deliver(turn: Turn): Promise<void>;
}
