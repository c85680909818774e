// What the interface's own words are called where officers read them: members, states, roles, commands. What stands in no table here is
// shown as the interface writes it.
import {roleNames} from "../parts/roles";
import type {Text} from "../words/tongue";

type Names = Readonly<Record<string, Text>>;

/** Members of answers. */
export const members: Names = {
  sealed: {id: "Tersegel", en: "Sealed"},
  incidents: {id: "Insiden", en: "Incidents"},
  sandbox: {id: "Lingkungan percobaan", en: "Sandbox"},
  answering: {id: "Menjawab", en: "Answering"},
  closed_by: {id: "Ditutup oleh", en: "Closed by"},
  nodes: {id: "Simpul", en: "Nodes"},
  log_published: {id: "Entri log terbit", en: "Entries published"},
  questions: {id: "Pertanyaan", en: "Questions"},
  batches: {id: "Kelompok tulis", en: "Batches written"},
  repeated: {id: "Diulang", en: "Repeated"},
  refused: {id: "Ditolak", en: "Refused"},
  decommission_reminders_due: {id: "Pengingat penutupan", en: "Closing reminders due"},
  commits: {id: "Komit", en: "Commits"},
  pact_digest: {id: "Sidik pakta", en: "Digest of the pact"},
  directory_key: {id: "Kunci direktori", en: "Directory key"},
  log_key: {id: "Kunci log", en: "Key of the log"},
  log_origin: {id: "Nama log", en: "Name of the log"},
  origin: {id: "Nama", en: "Name"},
  size: {id: "Jumlah entri", en: "Entries"},
  root: {id: "Akar pohon", en: "Root of the tree"},
  checkpoint_at: {id: "Titik periksa", en: "Checkpoint"},
  committed: {id: "Tertulis", en: "Written"},
  to_publish: {id: "Akan diterbitkan", en: "To be published"},
  anchor_size: {id: "Entri pada jangkar", en: "Entries at the anchor"},
  anchor_root: {id: "Akar pada jangkar", en: "Root at the anchor"},
  country: {id: "Negara", en: "Country"},
  organisation: {id: "Lembaga", en: "Organisation"},
  fingerprint: {id: "Sidik", en: "Fingerprint"},
  from: {id: "Mulai", en: "From"},
  until: {id: "Sampai", en: "Until"},
  log_index: {id: "Nomor dalam log", en: "Index in the log"},
  signing: {id: "Menandatangani", en: "Signing"},
  ended: {id: "Berakhir", en: "Ended"},
  revoked: {id: "Dicabut", en: "Revoked"},
  partner: {id: "Mitra", en: "Partner"},
  issuer: {id: "Penerbit", en: "Issuer"},
  venue: {id: "Tempat", en: "Venue"},
  citizen: {id: "Rujukan warga", en: "Citizen’s reference"},
  colour: {id: "Warna", en: "Colour"},
  basis: {id: "Dasar hukum", en: "Legal basis"},
  reason: {id: "Alasan", en: "Reason"},
  purpose: {id: "Keperluan", en: "Purpose"},
  officer: {id: "Petugas", en: "Officer"},
  roles: {id: "Peran", en: "Roles"},
};

/** Values of members that come from a short list. */
const states: Names = {
  registered: {id: "terdaftar", en: "registered"},
  pact_signed: {id: "pakta ditandatangani", en: "pact signed"},
  active: {id: "aktif", en: "active"},
  suspended: {id: "dihentikan sementara", en: "suspended"},
  cut: {id: "diputuskan", en: "cut"},
  shredded: {id: "kuncinya dimusnahkan", en: "shredded"},
  signing: {id: "menandatangani", en: "signing"},
  ended: {id: "berakhir", en: "ended"},
  revoked: {id: "dicabut", en: "revoked"},
  proposed: {id: "diusulkan", en: "proposed"},
  retired: {id: "tidak berlaku lagi", en: "retired"},
  open: {id: "terbuka", en: "open"},
  closed: {id: "ditutup", en: "closed"},
  waits: {id: "menunggu", en: "waits"},
};
const values: Readonly<Record<string, Names>> = {
  state: states,
  profile: {
    colour: {id: "warna", en: "colour"},
    decision_only: {id: "boleh atau tidak", en: "decision only"},
  },
  kind: {
    "document-signer": {id: "penanda tangan dokumen", en: "document signer"},
  },
  roles: roleNames,
};

export function valueName(member: string, value: string): Text {
  return values[member]?.[value] ?? {id: value, en: value};
}

export function memberName(member: string): Text {
  const plain = member.replaceAll("_", " ");
  return members[member] ?? {id: plain, en: plain};
}

/** What a command does, in a line; its own name stands beside it, since that is what a passkey signs. */
const commands: Names = {
  "partner/uncut": {id: "Menyambungkan lagi mitra yang diputuskan", en: "Connect a partner again that was cut"},
  "partner/resume": {id: "Menjawab mitra lagi", en: "Answer a partner again"},
  "partner/suspend": {id: "Menghentikan mitra untuk sementara", en: "Suspend a partner"},
  "partner/activate": {id: "Mengaktifkan mitra", en: "Activate a partner"},
  "override/set": {id: "Menetapkan warna seseorang", en: "Set somebody’s colour"},
  "override/end": {id: "Mengakhiri penetapan warna", en: "End a colour that was set"},
  "rules/activate": {id: "Memberlakukan aturan", en: "Put rules in force"},
  "rules/rollback": {id: "Kembali ke aturan sebelumnya", en: "Go back to the rules of before"},
  "batch/undo": {id: "Membatalkan kiriman catatan", en: "Undo a batch of records"},
  "quarantine/release": {id: "Menerima baris yang ditahan", en: "Take in rows that were held"},
  "pki/revoke": {id: "Mencabut kunci penanda tangan", en: "Revoke a signer’s key"},
  "officer/passkey": {id: "Memberi petugas passkey baru", en: "Give an officer a new passkey"},
  "officer/roles": {id: "Mengubah peran petugas", en: "Change an officer’s roles"},
};

export function commandName(command: string): Text | null {
  return commands[command] ?? null;
}
