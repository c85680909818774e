// My venues, those that wait, and the two ways to a new one: register it, or take a code.
import {useState} from "preact/hooks";
import {categoryName, categories} from "../citizen/categories";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {There} from "../parts/there";
import {Empty} from "../parts/waits";
import {keepFile} from "../wire/portal";
import {Wrong} from "../staff/enrol";
import {addPasskey, leave, useSession} from "../staff/session";
import {useSay, useTongue} from "../words/tongue";
import * as asks from "./asks";

const words = {
  title: {id: "Tempat saya", en: "My places"},
  none: {id: "Belum ada tempat. Daftarkan, atau masukkan kode.", en: "There is no place yet. Register one, or enter a code."},
  inside: {id: "di dalam", en: "inside"},
  of: {id: "dari", en: "of"},
  short: {id: "Kode pada poster", en: "Code on the poster"},
  poster: {id: "Unduh poster (PDF)", en: "Download the poster (PDF)"},
  live: {id: "Keramaian", en: "Occupancy"},
  screen: {id: "Layar pintu", en: "Door screen"},
  scan: {id: "Periksa pas", en: "Check passes"},
  staff: {id: "Petugas", en: "Staff"},
  waits: {id: "Menunggu petugas", en: "Waits for an officer"},
  declined: {id: "Ditolak", en: "Declined"},
  accepted: {id: "Diterima", en: "Accepted"},
  register: {id: "Daftarkan tempat", en: "Register a place"},
  registerWhy: {id: "Seorang petugas memeriksanya sebelum kodenya berlaku.", en: "An officer looks at it before its code holds."},
  name: {id: "Nama tempat", en: "Name of the place"},
  category: {id: "Jenis", en: "Kind"},
  capacity: {id: "Muat berapa orang (0: tanpa batas)", en: "How many fit in (0: no limit)"},
  send: {id: "Daftarkan", en: "Register"},
  join: {id: "Punya kode?", en: "Do you have a code?"},
  joinWhy: {id: "Dari pemilik tempat, atau dari petugas.", en: "From the owner of a place, or from an officer."},
  code: {id: "Kode", en: "Code"},
  take: {id: "Pakai kode", en: "Use the code"},
  wrong: {id: "Kode itu tidak berlaku, atau sudah dipakai.", en: "That code does not hold, or it was used."},
  passkey: {id: "Tambah passkey di perangkat ini", en: "Add a passkey on this device"},
  added: {id: "Passkey ditambahkan.", en: "The passkey was added."},
  out: {id: "Keluar", en: "Sign out"},
} as const;

function Poster({venue, name}: {venue: string; name: string}) {
  const say = useSay();
  const {runs, run, trouble} = useAct();
  return (
    <>
      <button
        type="button"
        class="button quiet"
        disabled={runs}
        onClick={() => run(async () => keepFile(await asks.poster(venue), `poster-${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.pdf`))}
      >
        {say(words.poster)}
      </button>
      {trouble}
    </>
  );
}

function Place({of}: {of: asks.Venue}) {
  const say = useSay();
  const {tongue} = useTongue();
  return (
    <section class="sheet" aria-label={of.name} data-venue={of.venue}>
      <h2>{of.name}</h2>
      <p>
        {say(categoryName(of.category))} · <strong>{of.inside.toLocaleString(tongue)}</strong> {of.capacity > 0 && `${say(words.of)} ${of.capacity.toLocaleString(tongue)} `}
        {say(words.inside)}
      </p>
      <p>
        {say(words.short)}: <strong class="digits">{of.short_code}</strong>
      </p>
      <div class="line-buttons">
        <a class="button" href={"#/live/" + of.venue}>
          {say(words.live)}
        </a>
        <a class="button quiet" href={"#/door/" + of.venue}>
          {say(words.screen)}
        </a>
        <a class="button quiet" href="/venue/scan/">
          {say(words.scan)}
        </a>
        <Poster venue={of.venue} name={of.name} />
        {of.role === "owner" && (
          <a class="button quiet" href={"#/staff/" + of.venue}>
            {say(words.staff)}
          </a>
        )}
      </div>
    </section>
  );
}

function Register({done}: {done: () => void}) {
  const say = useSay();
  const [name, setName] = useState("");
  const [category, setCategory] = useState("restaurant");
  const [capacity, setCapacity] = useState("0");
  const {runs, run, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await asks.register({name, category, capacity: Number(capacity)});
      setName("");
      done();
    });
  };
  return (
    <form class="sheet" onSubmit={submit} aria-label={say(words.register)}>
      <h2>{say(words.register)}</h2>
      <p>{say(words.registerWhy)}</p>
      <Field name={say(words.name)} value={name} set={setName} required maxLength={100} />
      <label class="field">
        <span>{say(words.category)}</span>
        <select value={category} onChange={(event) => setCategory(event.currentTarget.value)}>
          {categories.map((each) => (
            <option key={each} value={each}>
              {say(categoryName(each))}
            </option>
          ))}
        </select>
      </label>
      <Field name={say(words.capacity)} value={capacity} set={setCapacity} type="number" min="0" max="1000000" required />
      <button class="button" disabled={runs}>
        {say(words.send)}
      </button>
      {trouble}
    </form>
  );
}

function Join({done}: {done: () => void}) {
  const say = useSay();
  const [code, setCode] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await asks.join(code);
      setCode("");
      done();
    });
  };
  return (
    <form class="sheet" onSubmit={submit} aria-label={say(words.join)}>
      <h2>{say(words.join)}</h2>
      <p>{say(words.joinWhy)}</p>
      <Field name={say(words.code)} value={code} set={setCode} autocomplete="off" spellcheck={false} required />
      <button class="button quiet" disabled={runs}>
        {say(words.take)}
      </button>
      {problem === "denied" ? <Wrong>{say(words.wrong)}</Wrong> : trouble}
    </form>
  );
}

function Account() {
  const say = useSay();
  const {session, look} = useSession();
  const [isAdded, setIsAdded] = useState(false);
  const {runs, run, trouble} = useAct();
  return (
    <p class="line-buttons">
      {!session.has_passkey && !isAdded && (
        <button type="button" class="button quiet" disabled={runs} onClick={() => run(async () => (await addPasskey(), setIsAdded(true)))}>
          {say(words.passkey)}
        </button>
      )}
      {isAdded && <span role="status">{say(words.added)}</span>}
      <button type="button" class="button quiet" disabled={runs} onClick={() => run(async () => (await leave(), look()))}>
        {say(words.out)}
      </button>
      {trouble}
    </p>
  );
}

export function ListPage() {
  const say = useSay();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn(turn + 1);
  return (
    <>
      <h1>{say(words.title)}</h1>
      <There load={asks.mine} turn={turn}>
        {({venues, applications}) => (
          <>
            {venues.length === 0 && applications.length === 0 && <Empty>{say(words.none)}</Empty>}
            {venues.map((each) => (
              <Place key={each.venue} of={each} />
            ))}
            {applications.some((each) => each.state !== "accepted") && (
              <ul>
                {applications
                  .filter((each) => each.state !== "accepted")
                  .map((each) => (
                    <li key={each.application} data-application={each.state}>
                      {each.name}: {say(words[each.state])}
                    </li>
                  ))}
              </ul>
            )}
          </>
        )}
      </There>
      <div class="pair">
        <Register done={again} />
        <Join done={again} />
      </div>
      <Account />
    </>
  );
}
