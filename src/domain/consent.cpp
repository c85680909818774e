#include "domain/consent.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "domain/partner.h"
#include "domain/rule_set.h"

namespace lindung::domain {

std::string_view name_of(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::venue_entry: return "venue-entry";
    case Purpose::event: return "event";
    case Purpose::transport: return "transport";
    case Purpose::workplace: return "workplace";
    case Purpose::own_status: return "own-status";
  }
  return "unknown";
}

Result<Purpose> parse_purpose(std::string_view name) {
  const auto* const found = std::ranges::find(all_purposes, name, [](Purpose purpose) { return name_of(purpose); });
  if (found == all_purposes.end()) return fail(Errc::invalid_argument, "no such purpose");
  return *found;
}

const Text& text_of(Purpose purpose) {
  static const std::array<Text, all_purposes.size()> texts{
      Text{.id = "Memperlihatkan status Anda di pintu tempat yang Anda masuki.",
           .en = "Show your status at the door of a place that you enter."},
      Text{.id = "Masuk ke acara yang tiketnya Anda pesan di sana.",
           .en = "Enter an event for which you booked a ticket there."},
      Text{.id = "Naik kendaraan, kereta, kapal, atau pesawat yang Anda pesan di sana.",
           .en = "Board a vehicle, train, ship or aircraft that you booked there."},
      Text{.id = "Masuk ke tempat kerja Anda.", .en = "Enter your place of work."},
      Text{.id = "Memperlihatkan status Anda sendiri kepada Anda di aplikasi itu.",
           .en = "Show you your own status in that app."}};
  return texts.at(static_cast<std::size_t>(purpose) - 1);
}

std::span<const Text> learns(Profile profile) {
  static const std::array<Text, 2> colour{
      Text{.id = "Warna status Anda pada saat ditanya.", .en = "The colour of your status at the moment of asking."},
      Text{.id = "Apakah Anda boleh masuk ke tempat itu saat itu.", .en = "Whether you may enter that place then."}};
  if (profile == Profile::colour) return colour;
  return std::span{colour}.last(1);
}

std::span<const Text> never_learns() {
  static const std::array<Text, 3> texts{
      Text{.id = "Nama, NIK, dan tanggal lahir Anda.", .en = "Your name, your NIK and your date of birth."},
      Text{.id = "Vaksinasi, hasil tes, dan alasan di balik status Anda.",
           .en = "Vaccinations, test results, and the reason behind your status."},
      Text{.id = "Kunjungan Anda lewat aplikasi lain.", .en = "Your visits by other apps."}};
  return texts;
}

const Text& how_to_stop() {
  static const Text text{
      .id = "Buka Mitra di portal ini, lalu tekan Cabut. Berlaku seketika: pertanyaan berikutnya tidak dijawab lagi.",
      .en = "Open Partners in this portal and press Withdraw. It works at once: the next question gets no answer."};
  return text;
}

std::string_view name_of(ConsentEnd end) noexcept {
  switch (end) {
    case ConsentEnd::withdrawn: return "withdrawn";
    case ConsentEnd::expired: return "expired";
    case ConsentEnd::erased: return "erased";
    case ConsentEnd::ended_by_operator: return "operator";
  }
  return "unknown";
}

}  // namespace lindung::domain
