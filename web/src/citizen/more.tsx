// All that a citizen does less often, one row each, and the way out.
import {Act} from "../parts/act";
import {Icon, type IconName} from "../parts/icons";
import {useSay, type Text} from "../words/tongue";
import {useWho} from "./who";

const words = {
  title: {id: "Lainnya", en: "More"},
  out: {id: "Keluar dari akun", en: "Sign out"},
  outWhy: {
    id: "Pas dan status yang tersimpan di perangkat ini ikut dihapus.",
    en: "The pass and the status that this device keeps are removed with it.",
  },
} as const;

const rows: readonly {to: string; icon: IconName; name: Text; why: Text}[] = [
  {
    to: "#/records",
    icon: "records",
    name: {id: "Catatan dan sertifikat", en: "Records and certificates"},
    why: {id: "Vaksin, tes, sertifikat PDF, sanggahan", en: "Vaccines, tests, certificates as PDF, disputes"},
  },
  {
    to: "#/partners",
    icon: "partners",
    name: {id: "Mitra", en: "Partners"},
    why: {id: "Aplikasi yang Anda izinkan, dan mencabutnya", en: "Apps that you allowed, and how to withdraw"},
  },
  {
    to: "#/dependants",
    icon: "people",
    name: {id: "Keluarga dan pendamping", en: "Family and carers"},
    why: {id: "Bertindak untuk orang lain", en: "Act for somebody else"},
  },
  {
    to: "#/rights",
    icon: "rights",
    name: {id: "Hak Anda", en: "Your rights"},
    why: {id: "Unduh, perbaiki, batasi, hapus", en: "Download, correct, restrict, erase"},
  },
  {
    to: "#/devices",
    icon: "devices",
    name: {id: "Perangkat dan passkey", en: "Devices and passkeys"},
    why: {id: "Di mana Anda masuk", en: "Where you are signed in"},
  },
  {
    to: "#/notices",
    icon: "notices",
    name: {id: "Pemberitahuan", en: "Notices"},
    why: {id: "Yang kami kabarkan kepada Anda", en: "What we told you"},
  },
  {
    to: "/open/",
    icon: "looks",
    name: {id: "Angka dan log publik", en: "Figures and the public log"},
    why: {id: "Terbuka bagi siapa pun", en: "Open to everybody"},
  },
];

export function MorePage() {
  const say = useSay();
  const {leave} = useWho();
  return (
    <>
      <h1>{say(words.title)}</h1>
      <ul class="rows links sheet">
        {rows.map((row) => (
          <li key={row.to}>
            <a href={row.to}>
              <Icon name={row.icon} />
              <span>
                <strong>{say(row.name)}</strong>
                <small>{say(row.why)}</small>
              </span>
              <Icon name="next" />
            </a>
          </li>
        ))}
      </ul>
      <Act
        kind="quiet"
        act={async () => {
          await leave();
          location.hash = "/";
        }}
      >
        <Icon name="out" />
        {say(words.out)}
      </Act>
      <p class="soft">{say(words.outWhy)}</p>
    </>
  );
}
