// A day of hours: what a chart of time shows also has the hours in which nothing was.
const hour = 3_600_000;

/** The last 24 hours up to the one of `now`; `none` makes one in which nobody asked. */
export function wholeDay<T extends {at: string}>(hours: readonly T[], none: (at: string) => T, now = Date.now()): T[] {
  const known = new Map(hours.map((each) => [each.at, each]));
  const last = Math.floor(now / hour) * hour;
  return Array.from({length: 24}, (_, i) => {
    const at = new Date(last - (23 - i) * hour).toISOString().replace(/\.\d+Z$/, "Z");
    return known.get(at) ?? none(at);
  });
}
