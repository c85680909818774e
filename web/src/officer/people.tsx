// The audit explorer: looking a person up takes a purpose and a passkey, is counted, and the person reads it as "who looked".
import {useState} from "preact/hooks";
import {There} from "../parts/there";
import {AsTable} from "../staff/table";
import {useSay} from "../words/tongue";
import {look, type Value} from "./asks";
import {CommandForm, Facts, useMay, usePurposeName} from "./desk";

const words = {
  title: {id: "Audit", en: "Audit"},
  lead: {
    id: "Setiap pencarian dihitung, dicatat dalam log publik, dan dapat dibaca oleh orangnya beserta keperluannya.",
    en: "Each look-up is counted, stands in the public log, and the person reads it with its purpose.",
  },
  find: {id: "Cari orang", en: "Find a person"},
  nik: {id: "NIK", en: "National number (NIK)"},
  search: {id: "Cari", en: "Find"},
  person: {id: "Orang ini", en: "This person"},
  reference: {id: "Rujukan warga", en: "Reference of the citizen"},
  why: {id: "Mengapa warnanya begitu", en: "Why this colour"},
  overrides: {id: "Penetapan", en: "Overrides"},
  disputes: {id: "Sengketa", en: "Disputes"},
  notices: {id: "Pemberitahuan", en: "Notices"},
  certificates: {id: "Sertifikat", en: "Certificates"},
  lookups: {id: "Pencarian menurut petugas dan keperluan, 30 hari", en: "Look-ups by officer and purpose, 30 days"},
  day: {id: "Hari", en: "Day"},
  officer: {id: "Petugas", en: "Officer"},
  purpose: {id: "Keperluan", en: "Purpose"},
  views: {id: "Kali", en: "Times"},
  open: {id: "Lihat", en: "Look"},
} as const;

interface Lookups {
  lookups: readonly {day: string; officer: string; purpose: string; views: number}[];
}

function Person({citizen}: {citizen: string}) {
  const say = useSay();
  const shown = (value: Value) => <Facts of={value} />;
  return (
    <section class="sheet" aria-label={say(words.person)}>
      <h2>{say(words.person)}</h2>
      <p>
        {say(words.reference)}: <code>{citizen}</code>
      </p>
      {(
        [
          ["why", words.why],
          ["override/list", words.overrides],
          ["dispute/list", words.disputes],
          ["notice/list", words.notices],
          ["certificate/list", words.certificates],
        ] as const
      ).map(([command, name]) => (
        <CommandForm key={command} command={command} fields={[]} also={{citizen}} button={name} quiet show={shown} />
      ))}
    </section>
  );
}

export function AuditPage() {
  const say = useSay();
  const may = useMay();
  const nameOf = usePurposeName();
  const [citizen, setCitizen] = useState("");
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <section class="sheet" aria-label={say(words.find)}>
        <h2>{say(words.find)}</h2>
        <CommandForm
          command="citizen/find"
          fields={[{name: "nik", label: words.nik}]}
          button={words.search}
          then={(given) => {
            const found = given.result as {citizen?: string} | undefined;
            setCitizen(found?.citizen ?? "");
          }}
        />
      </section>
      {citizen && <Person key={citizen} citizen={citizen} />}
      {may("officer/lookups") && (
        <There load={(stop) => look<Lookups>("officer/lookups", {days: 30}, stop)} turn={citizen ? 1 : 0}>
          {({lookups}) => (
            <AsTable
              name={say(words.lookups)}
              head={[say(words.day), say(words.officer), say(words.purpose), say(words.views)]}
              rows={lookups.map((each) => [each.day, each.officer, nameOf(each.purpose), each.views])}
            />
          )}
        </There>
      )}
    </>
  );
}
