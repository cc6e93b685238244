import { EventEmitter, once } from 'node:events';
import { AdvisorError, type ErrorCode, messageOf } from '../errors.ts';
import { type InspectedAhead, type Inspection, inspectAhead, inspectGeneration } from './inspect-generation.ts';
import { readModel } from './model.ts';
import type { Fingerprint } from './verified-file.ts';

/** Entry of the process that opens a candidate before it may serve: what crashes native code ends here, not in a bot. */
export type InspectionReply =
  | { readonly kind: 'fit'; readonly inspection: Inspection }
  | { readonly kind: 'unfit'; readonly code: ErrorCode; readonly message: string };

export type InspectionRequest =
  /** A file of a candidate is written: it can be inspected while the others are made. No reply. */
  | { readonly kind: 'file'; readonly directory: string; readonly name: string; readonly file: Fingerprint }
  | {
      readonly kind: 'inspect';
      readonly directory: string;
      readonly generation: string;
      readonly modelDirectory: string;
    };

type Order = Extract<InspectionRequest, { kind: 'inspect' }>;

async function inspect(
  { directory, generation, modelDirectory }: Order,
  ahead: Promise<InspectedAhead> | undefined,
): Promise<InspectionReply> {
  try {
    const model = await readModel(modelDirectory);
    return { kind: 'fit', inspection: await inspectGeneration(directory, generation, model, await ahead) };
  } catch (thrown) {
    const code = thrown instanceof AdvisorError ? thrown.code : 'INDEX_DAMAGED';
    return { kind: 'unfit', code, message: messageOf(thrown) };
  }
}

const files = new Map<string, Fingerprint>();
const arrivals = new EventEmitter();
let isComplete = false;

/** A file as soon as it is written; undefined when the candidate is complete without it. */
async function whenWritten(name: string): Promise<Fingerprint | undefined> {
  if (!files.has(name) && !isComplete) await once(arrivals, name);
  return files.get(name);
}

let ahead: Promise<InspectedAhead> | undefined;
process.on('message', (request: InspectionRequest) => {
  if (request.kind === 'file') {
    files.set(request.name, request.file);
    arrivals.emit(request.name);
    ahead ??= inspectAhead(request.directory, whenWritten);
    // Told to who asks for the inspection.
    ahead.catch(() => {});
    return;
  }
  isComplete = true;
  for (const name of arrivals.eventNames()) arrivals.emit(name);
  void inspect(request, ahead).then((reply) => process.send?.(reply, () => process.exit(0)));
});
process.on('disconnect', () => process.exit(0));
