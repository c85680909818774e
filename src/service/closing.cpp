#include "service/closing.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/closing_certificate.h"
#include "domain/ledger.h"
#include "log/entry.h"
#include "service/ledger.h"
#include "service/logged_unit.h"
#include "service/officers.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using domain::ClosingSignature;

domain::LedgerEntry without_places(domain::LedgerEntry entry) {
  entry.places.clear();
  entry.system.clear();
  return entry;
}

Result<std::vector<ClosingSignature>> read_signatures(store::Transaction& transaction, std::string_view system) {
  std::vector<ClosingSignature> signatures;
  std::optional<Error> failed;
  TRYV(transaction.run(store::Sql{"SELECT officer_id, public_key, signature FROM ledger_signature WHERE name = $1 "
                                  "ORDER BY place"},
                       {system}, [&](const store::Row& row) {
                         const auto key = crypto::Ed25519PublicKey::from_bytes(row.bytes(1));
                         if (key.has_error() || row.bytes(2).size() != crypto::Ed25519Signature{}.size()) {
                           failed = Error{.code = Errc::corrupt, .detail = "ledger: a signature", .number = {}};
                           return;
                         }
                         signatures.push_back({.officer = std::string{row.text(0)},
                                               .key = key.value(),
                                               .signature = take<64>(row.bytes(2))});
                       }));
  if (failed) return *failed;
  return signatures;
}

Result<ClosingState> read_closing(store::Transaction& transaction, const Platform& platform, std::string_view system) {
  TRY(found, read_system(transaction, platform, system));
  if (found.steps.size() != domain::closing_steps.size()) {
    return fail(Errc::conflict,
                std::string{domain::name_of(domain::closing_steps.at(found.steps.size()))} + " is still to be made");
  }
  TRY(origin, read_setting(transaction, setting::log_origin));
  ClosingState state;
  auto& closing = state.certificate.closing;
  closing.log_origin = origin ? std::string{as_text(*origin)} : "";
  closing.system = without_places(std::move(found.service.entry));
  for (auto& part : found.parts) closing.parts.push_back(without_places(std::move(part.entry)));
  closing.steps = std::move(found.steps);
  state.certificate.canonical = domain::canonical_text(closing);
  BOOST_OUTCOME_TRY(state.certificate.signatures, read_signatures(transaction, system));
  Bytes digest;
  TRYV(transaction.run(store::Sql{"SELECT digest, log_index FROM ledger_closed WHERE name = $1"}, {system},
                       [&](const store::Row& row) {
                         digest = to_bytes(row.bytes(0));
                         state.is_closed = true;
                         state.certificate.log_index = static_cast<std::uint64_t>(row.integer(1));
                       }));
  if (state.is_closed && !std::ranges::equal(digest, domain::digest_of(state.certificate.canonical))) {
    return fail(Errc::corrupt, "ledger: another certificate than was signed");
  }
  return state;
}

Result<void> put_signature(store::Transaction& transaction, std::string_view system, const ClosingSignature& signature,
                           std::size_t place) {
  TRYV(transaction.run(store::Sql{"INSERT INTO ledger_signature (name, officer_id, public_key, signature, place) "
                                  "VALUES ($1, $2, $3, $4, $5)"},
                       {system, std::string_view{signature.officer}, BytesView{signature.key.bytes()},
                        BytesView{signature.signature}, static_cast<std::int64_t>(place)}));
  return ok();
}

Result<void> close(LoggedUnit& unit, std::string_view system, ClosingState& state) {
  const auto digest = domain::digest_of(state.certificate.canonical);
  std::optional<std::uint64_t> first;
  for (const auto& signature : state.certificate.signatures) {
    TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                          .action = std::string{domain::system_closed_action},
                                          .officer_key_digest = crypto::sha256(signature.key.bytes()),
                                          .case_digest = digest}));
    if (!first) first = index;
  }
  TRYV(unit.transaction().run(store::Sql{"INSERT INTO ledger_closed (name, digest, log_index) VALUES ($1, $2, $3)"},
                              {system, BytesView{digest}, static_cast<std::int64_t>(first.value_or(0))}));
  state.certificate.log_index = first.value_or(0);
  state.is_closed = true;
  return ok();
}

}  // namespace

Result<ClosingState> find_closing(const Platform& platform, std::string_view system) {
  ClosingState state;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    BOOST_OUTCOME_TRY(state, read_closing(transaction, platform, system));
    return ok();
  }));
  return state;
}

Result<ClosingState> sign_closing(const Platform& platform, std::string_view system, const OfficerId& officer,
                                  const crypto::Ed25519Signature& signature) {
  ClosingState state;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    BOOST_OUTCOME_TRY(state, read_closing(unit.transaction(), platform, system));
    TRY(keys, read_officer_keys(unit.transaction()));
    const auto key = keys.find(officer);
    if (key == keys.end() || !key->second.verifies(domain::signed_message(state.certificate.canonical), signature)) {
      return fail(Errc::denied, "no registered officer signed this certificate");
    }
    auto& signatures = state.certificate.signatures;
    if (std::ranges::find(signatures, officer.value(), &ClosingSignature::officer) != signatures.end()) return ok();
    if (state.is_closed) return fail(Errc::conflict, "two officers have signed this certificate");
    signatures.push_back({.officer = officer.value(), .key = key->second, .signature = signature});
    TRYV(put_signature(unit.transaction(), system, signatures.back(), signatures.size()));
    return signatures.size() == domain::closing_signatures ? close(unit, system, state) : Result<void>{ok()};
  }));
  return state;
}

}  // namespace lindung::service
