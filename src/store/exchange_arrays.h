// The batch statements of the exchange in PostgreSQL's words: one statement with arrays for a whole batch, instead of a
// round trip for each row. ExchangeRows chooses; what is read and written is the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/database.h"
#include "store/exchange_rows.h"

namespace lindung::store::arrays {

// Shape: as the functions of ExchangeRows with these names. Errors: the database's own.
[[nodiscard]] Result<void> answered(Transaction& transaction, std::span<const AnsweredKey> keys,
                                    std::vector<std::optional<AnsweredRow>>& found);
[[nodiscard]] Result<void> tokens(Transaction& transaction, std::span<const TokenKey> keys,
                                  std::vector<std::optional<TokenRow>>& found);
[[nodiscard]] Result<void> people(Transaction& transaction, std::span<const CitizenRef> keys, std::uint64_t generation,
                                  std::vector<std::optional<PersonRow>>& found);
[[nodiscard]] Result<void> quotas(Transaction& transaction, std::span<const LinkId> keys,
                                  std::vector<std::optional<QuotaRow>>& found);
[[nodiscard]] Result<void> occupancy(Transaction& transaction, std::span<const VenueId> keys,
                                     std::vector<std::uint64_t>& found);

[[nodiscard]] Result<void> put_answered(Transaction& transaction, std::span<const ExchangeRows::NewAnswered> rows);
[[nodiscard]] Result<void> put_evidence(Transaction& transaction, std::span<const ExchangeRows::NewEvidence> rows);
[[nodiscard]] Result<void> put_visit_events(Transaction& transaction,
                                            std::span<const ExchangeRows::NewVisitEvent> rows);
[[nodiscard]] Result<void> put_open_visits(Transaction& transaction, std::span<const ExchangeRows::NewOpenVisit> rows);
[[nodiscard]] Result<void> put_quotas(Transaction& transaction, std::span<const ExchangeRows::NewQuota> rows);

}  // namespace lindung::store::arrays
