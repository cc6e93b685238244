import { AdvisorError, type ErrorCode, messageOf } from '../errors.ts';
import { type Inspection, inspectGeneration } from './inspect-generation.ts';
import { readModel } from './model.ts';

/** Entry of the process that opens a candidate before it may serve: what crashes native code ends here, not in a bot. */
export type InspectionReply =
  | { readonly kind: 'fit'; readonly inspection: Inspection }
  | { readonly kind: 'unfit'; readonly code: ErrorCode; readonly message: string };

export interface InspectionRequest {
  readonly directory: string;
  readonly generation: string;
  readonly modelDirectory: string;
}

process.once('message', async ({ directory, generation, modelDirectory }: InspectionRequest) => {
  let reply: InspectionReply;
  try {
    const inspection = await inspectGeneration(directory, generation, await readModel(modelDirectory));
    reply = { kind: 'fit', inspection };
  } catch (thrown) {
    const code = thrown instanceof AdvisorError ? thrown.code : 'INDEX_DAMAGED';
    reply = { kind: 'unfit', code, message: messageOf(thrown) };
  }
  process.send?.(reply, () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
