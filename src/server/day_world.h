// The installation that a day is replayed on (`lindung bench day`): composed as `lindung serve` composes it, with
// made-up venues, partners and people, of whom each has one partner's app. Nothing in it is secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/link_token.h"
#include "domain/popularity.h"
#include "gateway/partner_client.h"
#include "server/core.h"
#include "server/data_folder.h"
#include "server/day_clock.h"
#include "service/alarm_board.h"
#include "store/ring.h"

namespace lindung::server {

class DayWorld {
 public:
  struct Size {
    std::uint64_t people{};  // who go out
    std::uint32_t venues{};
    std::uint32_t partners{};
    std::uint64_t seed{};
  };
  static constexpr const char* authority = "gateway.example";

  // In a new folder. Progress goes to standard error. Errors: conflict when there is an installation already; those of
  // ring and database.
  [[nodiscard]] static Result<std::unique_ptr<DayWorld>> make(const DataFolder& folder, const Size& size,
                                                              const DayClock& clock);
  DayWorld(const DayWorld&) = delete;
  DayWorld& operator=(const DayWorld&) = delete;
  ~DayWorld();

  [[nodiscard]] Core& core() noexcept { return *core_; }
  // Shape: about as many as asked for. Fourteen of fifteen of them are green.
  [[nodiscard]] std::uint32_t people() const noexcept { return people_; }
  [[nodiscard]] std::size_t partners() const noexcept { return partners_.size(); }
  [[nodiscard]] std::size_t partner_of(std::uint32_t person) const noexcept;
  [[nodiscard]] const gateway::PartnerIdentity& partner(std::size_t number) const { return partners_.at(number); }
  [[nodiscard]] domain::LinkToken token_of(std::uint32_t person) const;
  [[nodiscard]] const Bytes& code_of(std::uint32_t venue) const { return codes_.at(venue); }
  // The key that a partner seals for at this moment. Errors: not_found; sealed.
  [[nodiscard]] Result<gateway::GatewayKey> gateway_key(Moment at) const;
  // How many are inside each venue, as the database counts them.
  [[nodiscard]] Result<std::vector<std::uint64_t>> occupancy() const;

 private:
  DayWorld(const Size& size, std::unique_ptr<store::KeyRing> ring);
  [[nodiscard]] Result<void> add_partners();
  [[nodiscard]] Result<void> add_venues();
  [[nodiscard]] Result<void> add_people();
  [[nodiscard]] Result<void> link_people();
  [[nodiscard]] Result<std::vector<CitizenRef>> who_go_out(std::vector<CitizenRef> citizens) const;
  [[nodiscard]] ByteArray<domain::link_token_random_size> token_random(std::uint32_t person) const;

  Size size_;
  std::unique_ptr<store::KeyRing> ring_;
  service::AlarmBoard alarms_;
  std::unique_ptr<Core> core_;
  domain::Popularity popularity_;
  std::vector<gateway::PartnerIdentity> partners_;
  std::vector<crypto::HmacKey> trace_keys_;
  std::unordered_map<VenueId, std::uint32_t> venues_;
  std::vector<Bytes> codes_;
  std::uint32_t people_{};
};

}  // namespace lindung::server
