// Who acts for whom, as it is stored: a row on each side, under that side's own key, so that both see it and neither's
// row outlives its citizen's key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/person_rows.h"
#include "store/database.h"

namespace lindung::people {

using DelegationId = Id<struct DelegationIdTag, ByteArray<16>>;  // random

// What the one who acts is to the other. The numbers stand in stored rows.
enum class Relation : std::uint8_t { parent = 1, child = 2, spouse = 3, sibling = 4, carer = 5 };
[[nodiscard]] std::string_view name_of(Relation relation) noexcept;
// Errors: invalid_argument for an unknown word.
[[nodiscard]] Result<Relation> parse_relation(std::string_view word);

// Bits: what the one who acts may do.
struct Scope {
  bool see{};
  bool check_in{};
  bool consent{};
  friend bool operator==(const Scope&, const Scope&) = default;
};
[[nodiscard]] std::vector<std::string_view> names_of(const Scope& scope);
// Errors: invalid_argument for an unknown word, one that stands twice, and none.
[[nodiscard]] Result<Scope> parse_scope(const std::vector<std::string>& words);

// The numbers stand in stored rows.
enum class MadeBy : std::uint8_t { consent = 1, office = 2 };
[[nodiscard]] std::string_view name_of(MadeBy made_by) noexcept;

// Which of the two a row is of. The numbers stand in the database.
enum class Side : std::uint8_t {
  principal = 1,   // somebody acts for them
  agent = 2,       // they act for somebody
  invitation = 3,  // of a principal: nobody yet
};

// Privacy: that two people are close, and how.
struct Delegation {
  DelegationId id;
  Side side{Side::principal};
  CitizenRef other;  // zeros of an invitation
  Relation relation{Relation::carer};
  Scope scope;
  MadeBy made_by{MadeBy::consent};
  Moment since;
  Moment until;          // of an invitation: until when its code is taken
  std::uint64_t days{};  // of an invitation: how long the delegation will last
};

[[nodiscard]] Result<void> put_delegation(store::Transaction& transaction, const service::OpenPerson& person,
                                          const Delegation& delegation);
// All rows of this citizen, also those that are over. Errors: corrupt.
[[nodiscard]] Result<std::vector<Delegation>> read_delegations(store::Transaction& transaction,
                                                               const service::OpenPerson& person);
// None when there is no such row. Errors: corrupt.
[[nodiscard]] Result<std::optional<Delegation>> find_delegation(store::Transaction& transaction,
                                                                const service::OpenPerson& person,
                                                                const DelegationId& id);
[[nodiscard]] Result<void> drop_delegation(store::Transaction& transaction, const CitizenRef& citizen,
                                           const DelegationId& id);

}  // namespace lindung::people
