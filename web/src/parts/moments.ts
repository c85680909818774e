// Moments in the reader's language and the device's zone, and how long ago they were.
import {useTongue} from "../words/tongue";

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function useMoments() {
  const {tongue} = useTongue();
  const at = (moment: string | number | Date, style: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tongue, style).format(new Date(moment));
  return {
    day: (moment: string | number | Date) => at(moment, {dateStyle: "long"}),
    clock: (moment: string | number | Date) => at(moment, {hour: "2-digit", minute: "2-digit"}),
    both: (moment: string | number | Date) => at(moment, {dateStyle: "medium", timeStyle: "short"}),
    ago: (moment: string | number | Date) => {
      const seconds = Math.max(0, (Date.now() - new Date(moment).getTime()) / 1000);
      const [unit, size] = steps.find(([, each]) => seconds >= each) ?? (["second", 1] as const);
      return new Intl.RelativeTimeFormat(tongue, {numeric: "auto"}).format(-Math.floor(seconds / size), unit);
    },
  };
}
