#include "domain/contact_notice.h"

#include <chrono>
#include <cstddef>
#include <string>

#include "base/time.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

constexpr std::chrono::hours western_time{7};
constexpr std::size_t date_size = 10;  // "2021-09-01"

std::string date_of(Moment at) { return rfc3339(at + western_time).substr(0, date_size); }

}  // namespace

Text contact_notice(Moment last) {
  const auto day = date_of(last);
  return {
      .id = "Pada " + day +
            " (WIB) Anda berada di dekat seseorang yang terkonfirmasi positif. Status Anda hitam selama 10 hari "
            "sejak hari itu, atau sampai hasil NAAT negatif dari spesimen yang diambil mulai hari ke-5. Tinggallah "
            "di rumah, jagalah jarak, dan periksakan diri bila ada gejala.",
      .en = "On " + day +
            " (WIB) you were near a person who is a confirmed case. Your status is black for 10 days from that day, "
            "or until a negative NAAT of a specimen taken from day 5 on. Stay at home, keep your distance, and see "
            "a doctor if you have symptoms."};
}

Text contact_withdrawn_notice(Moment last) {
  const auto day = date_of(last);
  return {.id = "Catatan bahwa Anda berada di dekat orang yang terkonfirmasi positif pada " + day +
                " (WIB) ternyata keliru dan telah dibatalkan. Status Anda dihitung ulang tanpa catatan itu.",
          .en = "The record that you were near a confirmed case on " + day +
                " (WIB) turned out to be mistaken and was taken back. Your status was worked out again without it."};
}

}  // namespace lindung::domain
