/**
 * Node's options for a child process that runs `worker`: from source it needs the TypeScript loader, a build does not.
 * Packages that the child will import are loaded before the loader, which would read every one of their files again:
 * that halves the start of an embedding process.
 */
export function childArguments(worker: URL, packages: readonly string[]): string[] {
  return worker.pathname.endsWith('.ts') ? [...packages, 'tsx/esm'].flatMap((name) => ['--import', name]) : [];
}
