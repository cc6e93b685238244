export interface Faults {
  /** The call is carried out, then the connection breaks before its answer: the lost response. */
  dropNext(method: string, times?: number): void;
  /** Answers an HTTP status without carrying the call out. */
  failNext(method: string, status?: number, times?: number): void;
  /** Answers 429 with Retry-After, without carrying the call out. */
  rateLimitNext(method: string, seconds?: number, times?: number): void;
  /** Answers `ok: false` with this code, without carrying the call out. */
  platformError(method: string, code: string, times?: number): void;
  /** Answers 200 with an HTML page, as a broken front end does, without carrying the call out. */
  garbleNext(method: string, times?: number): void;
  /** Never answers while on; requests held back stay unanswered when it is turned off. */
  hang(method: string, on: boolean): void;
  /** Holds every answer back for so many milliseconds. */
  delay(method: string, milliseconds: number): void;
  /** `apps.connections.open` fails with an HTTP status or a platform error code, `times` times (default: until `heal`). */
  openFails(failure: number | string, times?: number): void;
  /** Ends every fault. */
  heal(): void;
}

type Failure =
  | { readonly kind: 'drop' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'rate'; readonly seconds: number }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'garble' };

export interface FaultPlan extends Faults {
  /** Takes the failure that is due for a method, if any. */
  take(method: string): Failure | null;
  hangs(method: string): boolean;
  delayOf(method: string): number;
}

/** Planned failures per method; the method `*` stands for all, `response_url` for posts to response URLs. */
export function createFaults(): FaultPlan {
  const planned = new Map<string, { failure: Failure; times: number }[]>();
  const hanging = new Set<string>();
  const delays = new Map<string, number>();
  const plan = (method: string, failure: Failure, times: number): void => {
    planned.set(method, [...(planned.get(method) ?? []), { failure, times }]);
  };
  const takeFrom = (method: string): Failure | null => {
    const queue = planned.get(method) ?? [];
    const first = queue[0];
    if (!first) return null;
    first.times -= 1;
    if (first.times <= 0) queue.shift();
    return first.failure;
  };
  return {
    dropNext: (method, times = 1) => plan(method, { kind: 'drop' }, times),
    failNext: (method, status = 500, times = 1) => plan(method, { kind: 'status', status }, times),
    rateLimitNext: (method, seconds = 1, times = 1) => plan(method, { kind: 'rate', seconds }, times),
    platformError: (method, code, times = 1) => plan(method, { kind: 'code', code }, times),
    garbleNext: (method, times = 1) => plan(method, { kind: 'garble' }, times),
    hang: (method, on) => void (on ? hanging.add(method) : hanging.delete(method)),
    delay: (method, milliseconds) => void delays.set(method, milliseconds),
    openFails: (failure, times = Number.POSITIVE_INFINITY) =>
      plan(
        'apps.connections.open',
        typeof failure === 'number' ? { kind: 'status', status: failure } : { kind: 'code', code: failure },
        times,
      ),
    heal() {
      planned.clear();
      hanging.clear();
      delays.clear();
    },
    take: (method) => takeFrom(method) ?? takeFrom('*'),
    hangs: (method) => hanging.has(method) || hanging.has('*'),
    delayOf: (method) => delays.get(method) ?? delays.get('*') ?? 0,
  };
}
