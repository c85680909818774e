#include "service/hand_texts.h"

#include <string>
#include <string_view>

#include "base/time.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/legal_basis.h"
#include "domain/rule_set.h"
#include "service/hand_rows.h"
#include "service/hands.h"
#include "service/notices.h"

namespace lindung::service {

namespace {

std::string_view in_indonesian(domain::Colour colour) {
  switch (colour) {
    case domain::Colour::green: return "hijau";
    case domain::Colour::yellow: return "kuning";
    case domain::Colour::red: return "merah";
    case domain::Colour::black: return "hitam";
    case domain::Colour::none: break;
  }
  return "tidak ada";
}

// A basis that a later program no longer has keeps its id.
domain::Text name_of_basis(const KeptHand& hand) {
  const auto basis = domain::find_legal_basis(hand.basis);
  if (basis.has_error()) return {.id = hand.basis, .en = hand.basis};
  const auto& known = *basis.value();
  return {.id = known.name.id + " (" + known.source + ")", .en = known.name.en + " (" + known.source + ")"};
}

std::string reference(const KeptHand& hand) { return codec::hex(hand.id.bytes()); }

}  // namespace

Told told_of_set_override(const KeptHand& hand) {
  const auto basis = name_of_basis(hand);
  const auto until = rfc3339(hand.until);
  return {.kind = NoticeKind::override_set,
          .text = {.id = "Dua petugas menetapkan warna status Anda menjadi " + std::string{in_indonesian(hand.colour)} +
                         " sampai " + until + ". Dasar hukum: " + basis.id + ". Nomor rujukan: " + reference(hand) +
                         ". Anda dapat meminta penjelasan dengan nomor ini.",
                   .en = "Two officers set the colour of your status to " + std::string{name_of(hand.colour)} +
                         " until " + until + ". Legal basis: " + basis.en + ". Reference: " + reference(hand) +
                         ". You can ask for an explanation under this reference."}};
}

Told told_of_ended_override(const KeptHand& hand) {
  const auto at = rfc3339(hand.ended_at.value_or(hand.until));
  const bool by_officers = hand.state == HandState::ended;
  return {
      .kind = NoticeKind::override_ended,
      .text = {.id = "Penetapan warna " + std::string{in_indonesian(hand.colour)} + " atas status Anda " +
                     (by_officers ? "diakhiri oleh dua petugas" : "berakhir") + " pada " + at +
                     ". Warna Anda kembali mengikuti catatan kesehatan Anda. Nomor rujukan: " + reference(hand) + ".",
               .en = "The setting of your status to " + std::string{name_of(hand.colour)} +
                     (by_officers ? " was ended by two officers at " : " ended at ") + at +
                     ". Your colour follows your health records again. Reference: " + reference(hand) + "."}};
}

Told told_of_open_dispute(const KeptHand& hand) {
  const auto until = rfc3339(hand.until);
  return {.kind = NoticeKind::dispute_opened,
          .text = {.id = "Keberatan Anda atas status Anda diterima dan diperiksa paling lambat sampai " + until +
                         ". Selama itu warna merah atau hitam ditampilkan sebagai kuning. Nomor rujukan: " +
                         reference(hand) + ".",
                   .en = "Your dispute of your status was taken in and will be checked by " + until +
                         ". Until then red or black is shown as yellow. Reference: " + reference(hand) + "."}};
}

Told told_of_decided_dispute(const KeptHand& hand) {
  domain::Text text;
  switch (hand.state) {
    case HandState::upheld:
      text = {.id = "Keberatan Anda diterima; catatan Anda diperbaiki.",
              .en = "Your dispute was upheld; your records are being corrected."};
      break;
    case HandState::rejected:
      text = {.id = "Keberatan Anda ditolak. Anda dapat mengajukan keberatan lagi bila ada catatan baru.",
              .en = "Your dispute was rejected. You can dispute again when there is a new record."};
      break;
    default:
      text = {.id = "Batas waktu pemeriksaan keberatan Anda lewat tanpa keputusan. Anda dapat mengajukannya lagi.",
              .en = "The deadline of your dispute passed without a decision. You can open it again."};
  }
  if (!hand.outcome.empty()) {
    text.id += " Alasan: " + hand.outcome;
    text.en += " Reason: " + hand.outcome;
  }
  text.id += " Nomor rujukan: " + reference(hand) + ".";
  text.en += " Reference: " + reference(hand) + ".";
  return {.kind = NoticeKind::dispute_decided, .text = text};
}

}  // namespace lindung::service
