// What a demo holds: its issuer, partners, venues, people and links, made in steps that can be repeated.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "service/import_receipt.h"
#include "service/platform.h"

namespace lindung::server {

// Everything secret of the demo derives from one key of its ring, so that a restart finds the same again.
class DemoWorld {
 public:
  struct Plan {
    std::uint64_t citizens{};  // made up; 0 where bundles stand in for them
    std::uint64_t seed{};
    Moment made_at;  // of the first start; people's histories are counted from it
    friend bool operator==(const Plan&, const Plan&) = default;
  };

  // Reads the plan that the database holds, or writes this one down. Errors: those of ring and database.
  [[nodiscard]] static Result<DemoWorld> open(const service::Platform& platform, const Plan& wanted);

  // As the database holds it.
  [[nodiscard]] const Plan& plan() const noexcept { return plan_; }

  [[nodiscard]] Result<void> make(const std::vector<std::string>& bundles);

  // The parts of the demo file that stand in the database: partners, venues, links, citizens.
  [[nodiscard]] Result<void> describe(boost::json::object& file) const;

 private:
  using Linked = std::map<std::string, std::set<CitizenRef>>;  // active partners

  DemoWorld(const service::Platform& platform, const Plan& plan, const crypto::HmacKey& secret)
      : platform_{platform}, plan_{plan}, secret_{secret} {}
  [[nodiscard]] Hash derive(std::string_view what, BytesView of) const;
  [[nodiscard]] crypto::Ed25519PrivateKey signing_key(std::string_view what, std::string_view of) const;
  [[nodiscard]] VenueId venue_id(std::size_t number) const;
  [[nodiscard]] Result<void> make_issuer();
  [[nodiscard]] Result<void> make_partners();
  [[nodiscard]] Result<void> make_venues();
  [[nodiscard]] Result<void> make_people();
  [[nodiscard]] Result<void> import_bundles(const std::vector<std::string>& paths);
  [[nodiscard]] Result<service::ImportReceipt> import(const std::string& import_id,
                                                      const std::vector<BytesView>& files);
  [[nodiscard]] Result<void> make_links();
  [[nodiscard]] Result<Linked> linked() const;

  const service::Platform& platform_;
  Plan plan_;
  crypto::HmacKey secret_;
};

}  // namespace lindung::server
