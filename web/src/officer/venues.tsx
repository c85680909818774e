// Venues that their owners registered and that wait, and all that there are.
import {useState} from "preact/hooks";
import {There} from "../parts/there";
import {useSay} from "../words/tongue";
import {look} from "./asks";
import {CommandForm, Facts, Listed, useMay, type Row} from "./desk";

const words = {
  title: {id: "Tempat", en: "Venues"},
  waiting: {id: "Menunggu keputusan", en: "Waiting for a decision"},
  name: {id: "Nama", en: "Name"},
  category: {id: "Jenis", en: "Category"},
  capacity: {id: "Kapasitas", en: "Capacity"},
  asked: {id: "Diajukan", en: "Asked at"},
  accept: {id: "Terima", en: "Accept"},
  decline: {id: "Tolak", en: "Decline"},
  all: {id: "Semua tempat", en: "All venues"},
  inside: {id: "Di dalam", en: "Inside"},
  owner: {id: "Buat kode pemilik", en: "Make a code for the owner"},
  venue: {id: "Nomor tempat", en: "Id of the venue"},
} as const;

export function VenuesPage() {
  const say = useSay();
  const may = useMay();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn(turn + 1);
  return (
    <>
      <h1>{say(words.title)}</h1>
      {may("venue/applications") && (
        <>
          <h2>{say(words.waiting)}</h2>
          <There load={(stop) => look<{applications: readonly Row[]}>("venue/applications", {}, stop)} turn={turn}>
            {({applications}) => (
              <Listed
                rows={applications}
                label={words.waiting}
                columns={[
                  ["name", words.name],
                  ["category", words.category],
                  ["capacity", words.capacity],
                  ["asked_at", words.asked],
                ]}
                act={(row) => (
                  <div class="line-buttons">
                    {(["accept", "decline"] as const).map((step) => (
                      <CommandForm
                        key={step}
                        command={"venue/" + step}
                        fields={[]}
                        also={{application: String(row.application)}}
                        button={words[step]}
                        quiet
                        then={again}
                      />
                    ))}
                  </div>
                )}
              />
            )}
          </There>
        </>
      )}
      <CommandForm
        command="venue/owner"
        fields={[{name: "venue", label: words.venue}]}
        button={words.owner}
        quiet
        show={(value) => <Facts of={value} />}
      />
      {may("venue/list") && (
        <>
          <h2>{say(words.all)}</h2>
          <There load={(stop) => look<{venues: readonly Row[]}>("venue/list", {}, stop)} turn={turn}>
            {({venues}) => (
              <Listed
                rows={venues}
                label={words.all}
                columns={[
                  ["name", words.name],
                  ["category", words.category],
                  ["capacity", words.capacity],
                  ["inside", words.inside],
                  ["venue", words.venue],
                ]}
              />
            )}
          </There>
        </>
      )}
    </>
  );
}
