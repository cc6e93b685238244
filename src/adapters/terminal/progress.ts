/** Anything that progress can be written to; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Lines on a stream that is not a terminal come at most this often, milliseconds. */
const LINE_INTERVAL = 5000;

/** Shows how far a count has come: a bar that redraws itself on a terminal, a plain line now and then elsewhere. */
export function createProgress(
  stream: ProgressStream,
  label: string,
  now: () => number = Date.now,
): (done: number, total: number) => void {
  const started = now();
  let lastLine = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const rate = done / Math.max(0.001, (now() - started) / 1000);
    if (stream.isTTY) {
      const width = Math.max(10, Math.min(30, (stream.columns ?? 80) - label.length - 36));
      const filled = total === 0 ? width : Math.round((done / total) * width);
      const bar = '#'.repeat(filled) + '.'.repeat(width - filled);
      stream.write(`\r${label} [${bar}] ${done}/${total}, ${rate.toFixed(0)}/s ${done === total ? '\n' : ''}`);
    } else if (done === total || now() - lastLine >= LINE_INTERVAL) {
      lastLine = now();
      stream.write(`${label} ${done}/${total}\n`);
    }
  };
}
