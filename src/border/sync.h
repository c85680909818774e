// What goes between a device and the travel server: lists come, decisions go, conflicts come back. The transport is the
// caller's: a network, or a file that somebody carries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "border/device.h"
#include "domain/border_decision.h"
#include "domain/card_claims.h"

namespace lindung::border {

struct ListTaken {
  std::uint64_t serial{};
  Moment made_at;
  std::uint64_t keys{}, days{}, cards{}, passings{};
  bool clock_was_mended{};  // the last moment was later than the server's: the server's holds from now on
};

// Errors: those of open_border_list(); conflict for a list that is older than the last one or of another port;
// clock_skew when the device's clock was set back and the list is not of this moment.
[[nodiscard]] Result<ListTaken> take_list(Device& device, BytesView sealed);

// Not sent yet, in their order. Units: at most `most`.
[[nodiscard]] Result<std::vector<Bytes>> unsent_decisions(const Device& device, std::size_t most);
// The server has all up to this number, the first without `sent_at` on it; again: done already.
[[nodiscard]] Result<void> mark_sent(Device& device, std::uint64_t up_to);

struct ConflictTold {
  domain::CardId card;
  domain::DocumentMark mark{};
  domain::DeskConflict kind{};
};
// Those that this device had not heard of yet.
[[nodiscard]] Result<std::vector<ConflictTold>> take_conflicts(Device& device, const std::vector<ConflictTold>& told);

struct HourFigures {
  Moment hour;
  std::uint64_t admitted{}, tested{}, refused{}, isolated{}, overridden{};
};
struct QueueFigures {
  std::uint64_t waiting{};         // people who were scanned and not decided
  std::uint64_t longest_wait_s{};  // of those
  std::uint64_t decided{};         // of the last 24 hours, as all that follows
  std::uint64_t median_s{};        // from scan to decision
  std::uint64_t refused_codes{};
  std::uint64_t unsent{};  // decisions of any age that the server does not have
  std::uint64_t conflicts{};
  std::vector<HourFigures> hours;
};
[[nodiscard]] Result<QueueFigures> queue_figures(const Device& device);

}  // namespace lindung::border
