#include "api/portal_looks.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "api/public_get.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/question.h"
#include "gateway/proven_answer.h"
#include "http/message.h"
#include "http/router.h"
#include "log/checkpoint.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "log/verifier.h"
#include "people/caller.h"
#include "service/log_publisher.h"
#include "service/looks.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::size_t looks_a_page = 20;
constexpr std::size_t entries_a_page = 4'096;  // that are taken into the index first, so that the newest are there
// Asked in the portal by the citizen: not somebody else's look.
constexpr std::string_view own_partner = "portal";

std::string_view name_of(domain::Operation operation) {
  switch (operation) {
    case domain::Operation::status: return "status";
    case domain::Operation::check_in: return "check-in";
    case domain::Operation::check_out: return "check-out";
  }
  return "unknown";
}

// What the log has at an index, and the proof of it in the tree that is published.
class Proofs {
 public:
  static Result<Proofs> of(const PortalGround& ground) {
    Proofs proofs{ground};
    TRY(note, ground.publisher.folder().read(log::checkpoint_file));
    proofs.note_ = as_text(note);
    TRY(checkpoint, log::open_checkpoint(proofs.note_, ground.publisher.verifier_key()));
    proofs.size_ = checkpoint.size;
    return proofs;
  }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] const std::string& note() const noexcept { return note_; }

  Result<void> add(Object& look, std::uint64_t index) const {
    std::string leaf;
    TRYV(ground_->platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry WHERE idx = $1"}, {static_cast<std::int64_t>(index)},
                           [&](const store::Row& row) { leaf = codec::base64url(row.bytes(0)); }));
      return ok();
    }));
    const auto nodes = log::nodes_of_tiles(size_, ground_->publisher.folder().source());
    TRY(proof, log::inclusion_proof(index, size_, nodes));
    look["index"] = index;
    look["leaf"] = leaf;
    look["proof"] = proof_json(proof);
    return ok();
  }

 private:
  explicit Proofs(const PortalGround& ground) : ground_{&ground} {}
  const PortalGround* ground_;
  std::string note_;
  std::uint64_t size_{};
};

Result<std::optional<Object>> describe_answer(const PortalGround& ground, const CitizenRef& citizen,
                                              std::uint64_t index) {
  const auto proven = gateway::prove_answer(ground.platform, index);
  if (proven.has_error()) {
    const bool is_forgotten = proven.error().code == Errc::not_found || proven.error().code == Errc::denied;
    return is_forgotten ? Result<std::optional<Object>>{std::optional<Object>{}} : proven.error();
  }
  const auto& [about, partner, operation, answer] = proven.value();
  if (about != citizen) return fail(Errc::corrupt, "look: of another citizen");
  const bool tells_colour = answer.colour != domain::Colour::none;
  return std::optional{
      Object{{"kind", "answer"},
             {"at", rfc3339(answer.answered_at)},
             {"partner", partner.value()},
             {"operation", name_of(operation)},
             {"outcome", domain::name_of(answer.outcome)},
             {"colour", tells_colour ? json::value(domain::name_of(answer.colour)) : json::value(nullptr)},
             {"own", partner.value() == own_partner}}};
}

Object describe_officer(const service::KeptOfficerLook& kept) {
  return {{"kind", "officer"},          {"at", rfc3339(kept.at)},       {"officer", kept.look.officer},
          {"action", kept.look.action}, {"purpose", kept.look.purpose}, {"opening", codec::base64url(kept.opening)}};
}

Result<std::uint64_t> before_of(const http::Request& request) {
  if (request.query().empty()) return std::numeric_limits<std::int64_t>::max();
  return query_number(request.query(), "before");
}

Result<json::value> looks(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                          const Object& /*body*/) {
  if (!caller.citizen) return fail(Errc::denied, "role");
  const auto& citizen = *caller.citizen;
  TRY(before, before_of(request));
  TRYV(service::index_looks(ground.platform, entries_a_page));
  TRY(found, service::list_looks(ground.platform, citizen, before, looks_a_page + 1));
  TRY(proofs, Proofs::of(ground));
  struct Item {
    std::uint64_t index{};
    const service::KeptOfficerLook* officer{};
  };
  std::vector<Item> items;
  for (const auto index : found.answers) items.push_back({.index = index});
  for (const auto& each : found.officers) items.push_back({.index = each.log_index, .officer = &each});
  std::ranges::sort(items, [](const Item& a, const Item& b) { return a.index > b.index; });
  const bool is_more = items.size() > looks_a_page;
  if (is_more) items.resize(looks_a_page);
  json::array list;
  std::uint64_t newer = 0;
  for (const auto& item : items) {
    if (item.index >= proofs.size()) {
      ++newer;
      continue;
    }
    std::optional<Object> look;
    if (item.officer != nullptr) {
      look = describe_officer(*item.officer);
    } else {
      TRY(described, describe_answer(ground, citizen, item.index));
      look = std::move(described);
    }
    if (!look) continue;
    TRYV(proofs.add(*look, item.index));
    list.emplace_back(std::move(*look));
  }
  return Object{
      {"looks", std::move(list)},
      {"checkpoint", proofs.note()},
      {"size", proofs.size()},
      {"newer", newer},
      {"more", is_more},
      {"next", is_more ? json::value(items.back().index) : json::value(nullptr)},
      {"kept_from", found.kept_from ? json::value(rfc3339(start_of(*found.kept_from))) : json::value(nullptr)}};
}

}  // namespace

std::vector<http::Route> portal_look_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(portal_route("GET", "/v1/portal/looks", Who::citizen, source, looks));
  return routes;
}

}  // namespace lindung::api
