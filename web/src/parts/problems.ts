// What a refusal means to whoever reads it, and what they can do: never the server's own words.
import {Problem} from "../wire/portal";
import type {Text} from "../words/tongue";

const unavailable: Text = {
  id: "Lindung sedang tidak dapat menjawab. Coba lagi sebentar.",
  en: "Lindung cannot answer right now. Try again in a moment.",
};

const meanings: Readonly<Record<string, Text>> = {
  offline: {id: "Tidak ada sambungan. Periksa internet Anda.", en: "There is no connection. Check your internet."},
  "signed-out": {id: "Sesi Anda sudah berakhir. Masuk lagi.", en: "Your session is over. Sign in again."},
  denied: {id: "Ini tidak diizinkan untuk Anda.", en: "You may not do this."},
  "not-found": {id: "Tidak ditemukan, atau bukan milik Anda.", en: "It is not there, or it is not yours."},
  conflict: {
    id: "Keadaannya sudah berubah. Muat ulang dan lihat lagi.",
    en: "Things have changed meanwhile. Load again and have a look.",
  },
  quota: {
    id: "Terlalu banyak percobaan dari jaringan ini. Tunggu sebentar.",
    en: "Too many attempts from this network. Wait a little.",
  },
  malformed: {id: "Ada isian yang belum benar.", en: "Something in the form is not right."},
  "too-large": {id: "Terlalu besar.", en: "It is too large."},
  unsupported: {id: "Tidak dapat dibuat dari data ini.", en: "This cannot be made out of these records."},
  "partner-suspended": {
    id: "Masuk lewat portal sedang dihentikan. Minta petugas pintu memeriksa kode Anda.",
    en: "Check-ins by the portal are stopped. Ask the door to read your pass.",
  },
  stopped: {id: "Dibatalkan.", en: "Cancelled."},
};

/** The word of a problem: its kind, or "stopped" where the holder of a passkey said no. */
export function kindOf(error: unknown): string {
  if (error instanceof Problem) return error.kind;
  if (error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError"))
    return "stopped";
  return "unavailable";
}

export function meaningOf(kind: string): Text {
  return meanings[kind === "partner-cut" ? "partner-suspended" : kind] ?? unavailable;
}
