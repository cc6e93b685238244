import { AdvisorError, type ErrorCode, messageOf } from '../errors.ts';
import type { GenerationFiles } from './generation-files.ts';
import { type InspectedTexts, type Inspection, inspectGeneration, inspectTexts } from './inspect-generation.ts';
import { readModel } from './model.ts';

/** Entry of the process that opens a candidate before it may serve: what crashes native code ends here, not in a bot. */
export type InspectionReply =
  | { readonly kind: 'fit'; readonly inspection: Inspection }
  | { readonly kind: 'unfit'; readonly code: ErrorCode; readonly message: string };

export type InspectionRequest =
  /** The texts of a candidate are on disk: inspect them while its vectors are made. No reply. */
  | { readonly kind: 'texts'; readonly directory: string; readonly files: GenerationFiles }
  | {
      readonly kind: 'inspect';
      readonly directory: string;
      readonly generation: string;
      readonly modelDirectory: string;
    };

type Order = Extract<InspectionRequest, { kind: 'inspect' }>;

async function inspect(
  { directory, generation, modelDirectory }: Order,
  early: Promise<InspectedTexts> | undefined,
): Promise<InspectionReply> {
  try {
    const model = await readModel(modelDirectory);
    return { kind: 'fit', inspection: await inspectGeneration(directory, generation, model, await early) };
  } catch (thrown) {
    const code = thrown instanceof AdvisorError ? thrown.code : 'INDEX_DAMAGED';
    return { kind: 'unfit', code, message: messageOf(thrown) };
  }
}

let early: Promise<InspectedTexts> | undefined;
process.on('message', (request: InspectionRequest) => {
  if (request.kind === 'texts') {
    early = inspectTexts(request.directory, request.files);
    // Told to who asks for the inspection.
    early.catch(() => {});
  } else void inspect(request, early).then((reply) => process.send?.(reply, () => process.exit(0)));
});
process.on('disconnect', () => process.exit(0));
