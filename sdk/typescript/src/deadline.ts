// Every wait has an end: of time, or because the caller gives up.

/** What the work gives; undefined when time is over or the signal comes first. The work itself goes on. */
export function within<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T | undefined> {
  let stop = (): void => undefined;
  const stopped = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  const timer = setTimeout(stop, Math.max(0, ms));
  signal?.addEventListener("abort", stop, {once: true});
  if (signal?.aborted) stop();
  return Promise.race([work, stopped]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  });
}
