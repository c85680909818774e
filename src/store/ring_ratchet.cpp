#include "store/ring_ratchet.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/digest.h"

namespace lindung::store {
namespace {

constexpr std::string_view key_label{"lindung period key v1"};
constexpr std::string_view next_label{"lindung period next v1"};

Secret<32> derive(const Secret<32>& value, std::string_view label) noexcept {
  auto hash = crypto::hmac_sha256(value.view(), {as_bytes(label)});
  const Secret<32> out{hash};
  wipe(hash.data(), hash.size());
  return out;
}

void step(RatchetBase& base) noexcept {
  base.value = derive(base.value, next_label);
  ++base.period;
}

}  // namespace

RatchetBase later_base(const RatchetBase& base, std::uint64_t period) noexcept {
  RatchetBase out = base;
  while (out.period < period) step(out);
  return out;
}

void RatchetChain::stand_on(const RatchetBase& base) {
  if (base_ && base_->period == base.period && equal_secret(base_->value.view(), base.value.view())) return;
  clear();
  base_ = base;
  next_ = base;
}

void RatchetChain::clear() noexcept {
  base_.reset();
  next_ = {};
  keys_.clear();
  keys_.shrink_to_fit();
}

const Secret<32>& RatchetChain::key(std::uint64_t period) {
  const auto index = static_cast<std::size_t>(period - base_->period);
  while (keys_.size() <= index) {
    keys_.push_back(derive(next_.value, key_label));
    step(next_);
  }
  return keys_[index];
}

}  // namespace lindung::store
