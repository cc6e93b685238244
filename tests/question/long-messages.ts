/** Messages that would be slow or break a parser that backtracks, by name. */
export function hostileLong(): [name: string, message: string][] {
  const size = 100_000;
  const fill = (part: string): string => part.repeat(Math.ceil(size / part.length)).slice(0, size);
  return [
    ['one word', fill('a')],
    ['names', fill('pytorch ')],
    ['near-names', fill('pytroch ')],
    ['negations', fill('not ')],
    ['statements', fill('we use tensorflow and ')],
    ['full stops', fill('. ')],
    ['unspaced', fill('还是PyTorch手机')],
    ['marks', fill('\u0301')],
    ['joiners', fill('\u200d')],
    ['brackets', fill('((((')],
    ['spaces', fill(' ')],
    ['different sentences', Array.from({ length: 9000 }, (_, at) => `is it ${at}?`).join(' ')],
  ];
}
