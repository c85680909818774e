#include "service/directory.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/partner.h"
#include "service/settings.h"
#include "store/database.h"

namespace lindung::service {

const DirectoryKey* Directory::find_key(std::string_view key_id, Moment now) const {
  const auto found = keys.find(key_id);
  if (found == keys.end() || now < found->second.not_before || now >= found->second.not_after) return nullptr;
  return &found->second;
}

const DirectoryPartner* Directory::find_partner(const PartnerId& id) const {
  const auto found = partners.find(id);
  return found == partners.end() ? nullptr : &found->second;
}

bool Directory::accepts_pact(const Hash& digest) const noexcept {
  return digest == pacts.current || (pacts.next && digest == *pacts.next);
}

namespace {

Result<crypto::Ed25519PublicKey> checked_key(const Directory& known, std::string_view id, BytesView bytes) {
  const auto found = known.keys.find(id);
  if (found != known.keys.end() && std::ranges::equal(found->second.public_key.bytes(), bytes)) {
    return found->second.public_key;
  }
  return crypto::Ed25519PublicKey::from_bytes(bytes);
}

}  // namespace

Result<Directory> load_directory(store::Transaction& transaction, const Directory& known) {
  Directory directory;
  TRYV(transaction.run(
      store::Sql{"SELECT partner_id, state, profile, epoch, cut_index FROM partner"}, {}, [&](const store::Row& row) {
        const PartnerId id{std::string{row.text(0)}};
        directory.partners.emplace(
            id,
            DirectoryPartner{.id = id,
                             .state = static_cast<domain::PartnerState>(row.integer(1)),
                             .profile = static_cast<domain::Profile>(row.integer(2)),
                             .epoch = static_cast<std::uint64_t>(row.integer(3)),
                             .cut_index = row.is_null(4) ? std::nullopt
                                                         : std::optional{static_cast<std::uint64_t>(row.integer(4))}});
      }));
  TRYV(transaction.run(store::Sql{"SELECT key_id, partner_id, public_key, not_before, not_after FROM partner_key "
                                  "WHERE revoked_at IS NULL"},
                       {}, [&](const store::Row& row) {
                         const auto key = checked_key(known, row.text(0), row.bytes(2));
                         if (key.has_error())
                           return;  // was checked when it was registered; a damaged row admits nobody
                         std::string id{row.text(0)};
                         directory.keys.emplace(
                             id, DirectoryKey{.id = KeyId{id},
                                              .partner = PartnerId{std::string{row.text(1)}},
                                              .public_key = key.value(),
                                              .not_before = moment_of(static_cast<std::uint64_t>(row.integer(3))),
                                              .not_after = moment_of(static_cast<std::uint64_t>(row.integer(4)))});
                       }));
  TRY(current, read_setting(transaction, setting::current_pact));
  if (current && current->size() == 32) directory.pacts.current = take<32>(*current);
  TRY(next, read_setting(transaction, setting::next_pact));
  if (next && next->size() == 40) {
    directory.pacts.next = take<32>(*next);
    directory.pacts.next_required_at = moment_of(get_be<std::uint64_t>(BytesView{*next}.subspan(32)));
  }
  return directory;
}

}  // namespace lindung::service
