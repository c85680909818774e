#include "domain/contact_notice.h"

#include <chrono>
#include <cstddef>

#include "base/time.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

constexpr std::chrono::hours western_time{7};
constexpr std::size_t date_size = 10;  // "2021-09-01"

}  // namespace

Text contact_notice(Moment last) {
  const auto day = rfc3339(last + western_time).substr(0, date_size);
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

}  // namespace lindung::domain
