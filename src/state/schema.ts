/**
 * Steps from an empty file to the schema of today; `user_version` counts those that were made. A step is never edited
 * once released: a new one is added. Times are milliseconds since 1970.
 */
export const MIGRATIONS: readonly string[] = [
  `create table claims (key text primary key, at integer not null, holder text, settled integer not null default 0) without rowid;
   create index claims_at on claims (at);
   create table questions (answer text primary key, at integer not null, asked text not null) without rowid;
   create index questions_at on questions (at);
   create table threads (place text primary key, at integer not null, memory text not null) without rowid;
   create index threads_at on threads (at);
   create table feedback (id integer primary key, at integer not null, entry text not null);
   create table misses (id integer primary key, at integer not null, identity text not null unique, entry text not null,
     wanted integer not null default 0, tried text not null default '', offered integer not null default 0);
   create table channels (place text primary key, settings text not null) without rowid;
   create table audit (id integer primary key, at integer not null, entry text not null);
   create table entries (collection text not null, key text not null, value text not null, primary key (collection, key)) without rowid;`,
];
