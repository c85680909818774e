// Who proved a telephone that nobody is registered with says who they are, once; the civil register answers yes or no.
import {useState} from "preact/hooks";
import {useAct} from "../parts/act";
import {Field} from "../parts/field";
import {useSay} from "../words/tongue";
import * as asks from "./asks";
import {deviceName} from "./device";
import {useWho} from "./who";

const words = {
  title: {id: "Anda baru di sini", en: "You are new here"},
  lead: {
    id: "Kode Anda benar. Isi seperti di KTP dan kartu keluarga, sekali saja; dicocokkan dengan catatan sipil.",
    en: "Your code is right. Fill this in as on your identity and family cards, once; it is compared with the civil register.",
  },
  nik: {id: "NIK (16 angka)", en: "National number, NIK (16 digits)"},
  card: {id: "Nomor kartu keluarga (16 angka)", en: "Number of the family card (16 digits)"},
  name: {id: "Nama lengkap", en: "Full name"},
  born: {id: "Tanggal lahir", en: "Date of birth"},
  go: {id: "Daftar", en: "Register"},
  unlike: {
    id: "Isian ini tidak cocok dengan catatan sipil. Periksa lagi; jika benar, datanglah ke kantor kesehatan dengan KTP Anda.",
    en: "This does not agree with the civil register. Check it; if it is right, come to a health office with your identity card.",
  },
} as const;

export function Register({code}: {code: string}) {
  const say = useSay();
  const {enter} = useWho();
  const [nik, setNik] = useState("");
  const [card, setCard] = useState("");
  const [name, setName] = useState("");
  const [born, setBorn] = useState("");
  const {runs, run, problem, trouble} = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    const digits = (text: string) => text.replace(/\D/g, "");
    void run(async () =>
      enter(
        await asks.register({
          code: digits(code),
          nik: digits(nik),
          name: name.trim(),
          born,
          family_card: digits(card),
          device: deviceName(),
        }),
      ),
    );
  };
  return (
    <form onSubmit={submit} class="appears">
      <h3>{say(words.title)}</h3>
      <p>{say(words.lead)}</p>
      <Field
        name={say(words.nik)}
        value={nik}
        set={setNik}
        inputMode="numeric"
        pattern="[0-9 ]{16,20}"
        autocomplete="off"
        required
        autoFocus
      />
      <Field
        name={say(words.card)}
        value={card}
        set={setCard}
        inputMode="numeric"
        pattern="[0-9 ]{16,20}"
        autocomplete="off"
        required
      />
      <Field name={say(words.name)} value={name} set={setName} autocomplete="name" required />
      <Field name={say(words.born)} value={born} set={setBorn} type="date" autocomplete="bday" required />
      {problem === "denied" ? (
        <p class="trouble" role="alert">
          {say(words.unlike)}
        </p>
      ) : (
        trouble
      )}
      <button class="button wide" disabled={runs}>
        {say(words.go)}
      </button>
    </form>
  );
}
