// Partners, their signing keys and the pacts, as the gateway knows them between transactions. What it says is checked
// again under the head of the log before anything is answered.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/partner.h"
#include "store/database.h"

namespace lindung::service {

struct DirectoryPartner {
  PartnerId id;
  domain::PartnerState state{};
  domain::Profile profile{};
  std::uint64_t epoch{};
  std::optional<std::uint64_t> cut_index;
};

struct DirectoryKey {
  KeyId id;
  PartnerId partner;
  crypto::Ed25519PublicKey public_key;
  Moment not_before;
  Moment not_after;
};

struct Pacts {
  Hash current{};
  std::optional<Hash> next;
  std::optional<Moment> next_required_at;
};

struct Directory {
  std::map<std::string, DirectoryKey, std::less<>> keys;  // by key id; revoked ones are not here
  std::map<PartnerId, DirectoryPartner> partners;
  Pacts pacts;

  // Null when there is none, or it is not valid at this moment.
  [[nodiscard]] const DirectoryKey* find_key(std::string_view key_id, Moment now) const;
  [[nodiscard]] const DirectoryPartner* find_partner(const PartnerId& id) const;
  [[nodiscard]] bool accepts_pact(const Hash& digest) const noexcept;
};

// `known`: an earlier one. A public key that stands in it is not checked again: that costs 0.1 ms for each.
[[nodiscard]] Result<Directory> load_directory(store::Transaction& transaction, const Directory& known);

// The newest directory, shared by all threads: replaced as a whole.
class CurrentDirectory {
 public:
  CurrentDirectory() : directory_{std::make_shared<const Directory>()} {}
  [[nodiscard]] std::shared_ptr<const Directory> get() const {
    const std::scoped_lock lock{mutex_};
    return directory_;
  }
  // One at a time from the reading on: what was read earlier never replaces what was read later.
  template <class Load>
  [[nodiscard]] Result<void> replace(const Load& load) {
    const std::scoped_lock one_at_a_time{replacing_};
    TRY(loaded, load());
    auto next = std::make_shared<const Directory>(std::move(loaded));
    const std::scoped_lock lock{mutex_};
    directory_ = std::move(next);
    return ok();
  }

 private:
  std::mutex replacing_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> directory_;
};

}  // namespace lindung::service
