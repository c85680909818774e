// Line drawings for places and acts, of one weight; each stands beside a word.
import type {JSX} from "preact";

const drawings = {
  home: <path d="M4 11.500 12 5l8 6.500M6.500 10v9h11v-9" />,
  visits: <path d="M12 21a9 9 0 1 0-9-9 9 9 0 0 0 9 9ZM12 7v5.500l3.500 2" />,
  scan: (
    <path d="M4 8V5.500A1.500 1.500 0 0 1 5.500 4H8M16 4h2.500A1.500 1.500 0 0 1 20 5.500V8M20 16v2.500a1.500 1.500 0 0 1-1.500 1.500H16M8 20H5.500A1.500 1.500 0 0 1 4 18.500V16M4 12h16" />
  ),
  looks: (
    <path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM12 15a3 3 0 1 0-3-3 3 3 0 0 0 3 3Z" />
  ),
  more: <path d="M4 7h16M4 12h16M4 17h16" />,
  records: <path d="M7 3.500h7l4 4v13H7ZM14 3.500v4h4M10 12h5M10 16h5" />,
  partners: (
    <path d="M9.500 14.500l5-5M8 11l-2.500 2.500a3.500 3.500 0 0 0 5 5L13 16M11 8l2.500-2.500a3.500 3.500 0 0 1 5 5L16 13" />
  ),
  people: (
    <path d="M9 11a3.500 3.500 0 1 0-3.500-3.500A3.500 3.500 0 0 0 9 11ZM2.500 20c0-3.600 2.900-6 6.500-6s6.500 2.400 6.500 6M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2.200.8 3.500 2.800 3.500 5.500" />
  ),
  rights: (
    <path d="M12 3.500 5 6v5.500c0 4.300 2.900 7.500 7 9 4.100-1.500 7-4.700 7-9V6ZM9 12l2.200 2.200L15.200 10" />
  ),
  devices: <path d="M8 3.500h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1ZM11 17.500h2" />,
  notices: <path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15ZM10 20.500h4" />,
  out: <path d="M10 4.500H5.500v15H10M14 8l4.500 4-4.500 4M18.500 12H9" />,
  key: <path d="M8 15.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 11.500h9M18 11.500v3.500M15 11.500v2.500" />,
  next: <path d="m9 5 7 7-7 7" />,
} as const satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof drawings;

export function Icon({name}: {name: IconName}) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {drawings[name]}
    </svg>
  );
}
