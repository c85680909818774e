#include "service/signature_watch.h"

#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/address_limit.h"
#include "store/blind_index.h"
#include "store/ring.h"

namespace lindung::service {

Result<void> SignatureWatch::load(const store::KeyRing& ring) {
  TRY(key, ring.key({.cls = store::KeyClass::blind, .scope = "place", .epoch = store::BlindIndex::epoch}));
  use_key(key.view());
  return ok();
}

void SignatureWatch::use_key(BytesView key) {
  const std::scoped_lock lock{mutex_};
  key_.emplace(key);
}

void SignatureWatch::look(const PartnerId& partner, std::string_view peer, bool is_good, Moment at) {
  const std::scoped_lock lock{mutex_};
  if (!key_) return;
  Where where{.partner = partner,
              .hour = hour_of(at).number,
              .place = lindung::take<sizeof(Place)>(key_->mac(address_prefix(peer)))};
  auto found = counts_.find(where);
  if (found == counts_.end()) {
    if (!is_good && counts_.size() >= most_places) where.place = {};  // who signs well is bounded already
    found = counts_.try_emplace(std::move(where)).first;
  }
  ++(is_good ? found->second.good : found->second.failed);
}

SignatureWatch::Counts SignatureWatch::take() {
  Counts counts;
  {
    const std::scoped_lock lock{mutex_};
    counts = std::exchange(counts_, {});
  }
  std::erase_if(counts, [](const auto& each) { return each.first.partner.value().empty(); });
  return counts;
}

void SignatureWatch::put_back(const Counts& counts) {
  const std::scoped_lock lock{mutex_};
  for (const auto& [where, count] : counts) {
    auto& held = counts_[where];
    held.good += count.good;
    held.failed += count.failed;
  }
}

}  // namespace lindung::service
