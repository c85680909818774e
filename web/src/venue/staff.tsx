// Who works here: invited by a one-time code, taken off with one tap.
import {useState} from "preact/hooks";
import {Act, useAct} from "../parts/act";
import {Field} from "../parts/field";
import {useMoments} from "../parts/moments";
import {There} from "../parts/there";
import {noHead, Rows} from "../staff/table";
import {useSay} from "../words/tongue";
import * as asks from "./asks";

const words = {
  title: {id: "Petugas", en: "Staff"},
  back: {id: "Tempat saya", en: "My places"},
  label: {id: "Nama atau tugasnya", en: "Their name or duty"},
  invite: {id: "Buat kode undangan", en: "Make an invitation"},
  code: {id: "Berikan kode ini. Berlaku satu hari, sekali pakai:", en: "Hand them this code. It is good for one day, once:"},
  role: {id: "Peran", en: "Role"},
  owner: {id: "pemilik", en: "owner"},
  staff: {id: "petugas", en: "staff"},
  since: {id: "Sejak", en: "Since"},
  me: {id: "Anda", en: "you"},
  remove: {id: "Keluarkan", en: "Take off"},
} as const;

function Invite({venue}: {venue: string}) {
  const say = useSay();
  const [label, setLabel] = useState("");
  const [code, setCode] = useState("");
  const {runs, run, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      setCode((await asks.invite(venue, label)).code);
      setLabel("");
    });
  };
  return (
    <form class="sheet" onSubmit={submit} aria-label={say(words.invite)}>
      <div class="line">
        <Field name={say(words.label)} value={label} set={setLabel} maxLength={40} autocomplete="off" />
        <button class="button" disabled={runs}>
          {say(words.invite)}
        </button>
      </div>
      {trouble}
      {code && (
        <p role="status">
          {say(words.code)} <br />
          <strong class="code-shown">{code}</strong>
        </p>
      )}
    </form>
  );
}

export function StaffPage({venue}: {venue: string}) {
  const say = useSay();
  const {day} = useMoments();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p>
        <a href="#/">{say(words.back)}</a>
      </p>
      <There load={(stop) => asks.staff(venue, stop)}>
        {({staff}, again) => (
          <Rows
            label={say(words.title)}
            head={[say(words.label), say(words.role), say(words.since), noHead]}
            rows={staff.map((each) => [
              each.label || "–",
              say(words[each.role]) + (each.me ? ` (${say(words.me)})` : ""),
              day(each.since),
              each.me ? (
                "–"
              ) : (
                <Act
                  kind="quiet"
                  act={async () => {
                    await asks.remove(venue, each.member);
                    again();
                  }}
                >
                  {say(words.remove)}
                  <span class="hidden"> {each.label}</span>
                </Act>
              ),
            ])}
          />
        )}
      </There>
      <Invite venue={venue} />
    </>
  );
}
