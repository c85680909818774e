// What partners ask, counted in memory behind the answers: by partner and hour, and by token over ten minutes.
// Detectors read it by the clock (traffic_detector.h); nothing of it reaches an answer. One lock a batch, two counters
// a question.
//
// Tokens are counted in a count-min sketch over a part of their blind index, which is uniform already: it never counts
// too little, and too much only where two tokens share both of their places. Nothing in it leads back to a token.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "domain/answer.h"

namespace lindung::service {

class ExchangeWatch {
 public:
  ExchangeWatch() : rows_{std::vector<std::uint16_t>(places), std::vector<std::uint16_t>(places)} {}

  struct Seen {
    PartnerId partner;
    Moment at;
    domain::Outcome outcome{};
    std::uint64_t token{};  // the first bytes of its blind index
  };
  void look(std::span<const Seen> seen);

  struct Count {
    std::uint64_t questions{};
    std::uint64_t unlinked{};
    std::uint64_t denied{};
  };
  using Counts = std::map<std::pair<PartnerId, std::uint32_t>, Count>;  // by partner and hour
  // Since the last call; put_back() undoes it, for a database that did not take them.
  [[nodiscard]] Counts take();
  void put_back(const Counts& counts);

  // Tokens that were asked about poll_limit times within one window, by partner, since the last call.
  [[nodiscard]] std::map<PartnerId, std::uint64_t> take_polled();

  static constexpr std::uint16_t poll_limit = 20;  // a quota lets 24 pass in a day
  static constexpr seconds poll_window{600};

 private:
  static constexpr std::size_t places = 1U << 20U;
  void count_token(const Seen& seen);

  mutable std::mutex mutex_;
  Counts counts_;
  std::map<PartnerId, std::uint64_t> polled_;
  std::array<std::vector<std::uint16_t>, 2> rows_;
  std::uint64_t window_{};
};

}  // namespace lindung::service
