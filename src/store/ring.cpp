#include "store/ring.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "store/durable_file.h"
#include "store/ring_body.h"
#include "store/ring_file.h"
#include "store/ring_ratchet.h"

namespace lindung::store {

// An open ring, and what is needed to seal it again.
struct RingState {
  RingWrap wrap{};
  Secret<32> wrapping_key{};  // from the passphrase; rekey() wraps under it without asking again
  Secret<32> master{};
  Hash checksum{};  // of the file that this was read from or written to
  RingBody body{};
};

namespace {

constexpr std::chrono::milliseconds patience{5'000};
constexpr std::uint64_t days_before_creation = 32;
constexpr std::array own_classes{KeyClass::row, KeyClass::citizen_wrap};

Result<RingFile> read_ring(const std::string& path, const RingLimits& limits) {
  TRY(bytes, read_file(path, max_ring_bytes));
  auto file = parse_ring_file(bytes, limits);
  if (file.has_error()) return fail(path, file.error());
  return file;
}

Result<RingState> open_with(const RingFile& file, const Secret<32>& wrapping_key, const Secret<32>& master) {
  TRY(bytes, open_ring_body(file, master));
  TRY(body, read_ring_body(bytes));
  return RingState{.wrap = file.wrap,
                   .wrapping_key = wrapping_key,
                   .master = master,
                   .checksum = file.checksum,
                   .body = std::move(body)};
}

Result<RingState> unlock(const RingFile& file, BytesView passphrase) {
  if (passphrase.empty()) return fail(Errc::denied, "an empty passphrase opens no ring");
  TRY(wrapping_key, crypto::key_from_passphrase(passphrase, file.wrap.salt, file.wrap.cost));
  TRY(master, unwrap_master(file.wrap, wrapping_key));
  return open_with(file, wrapping_key, master);
}

// A new salt, and with it a new wrapping key.
Result<void> wrap_under(RingState& state, BytesView passphrase, const crypto::Argon2idCost& cost) {
  const auto salt = crypto::random_bytes<16>();
  TRY(wrapping_key, crypto::key_from_passphrase(passphrase, salt, cost));
  state.wrapping_key = wrapping_key;
  state.wrap = wrap_master(cost, salt, state.wrapping_key, state.master);
  return ok();
}

Bytes image_of(RingState& state) {
  ++state.body.serial;
  auto image = make_ring_file(state.wrap, state.master, write_ring_body(state.body));
  state.checksum = take<sizeof(Hash)>(BytesView{image}.last(sizeof(Hash)));
  return image;
}

// Takes over what another ring on the same file has written since (invariant 5). False if nothing was.
Result<bool> catch_up(RingState& state, const std::string& path, const RingLimits& limits) {
  TRY(file, read_ring(path, limits));
  if (file.checksum == state.checksum) return false;
  const auto master = unwrap_master(file.wrap, state.wrapping_key);
  if (master.has_error()) return fail(Errc::conflict, path + " is under another passphrase now: seal and unseal");
  TRY(found, open_with(file, state.wrapping_key, master.value()));
  if (found.body.serial <= state.body.serial) return fail(Errc::conflict, path + " was replaced by an older ring");
  state = std::move(found);
  return true;
}

Result<void> add_own_keys(RingBody& body, Moment now) {
  for (const auto cls : own_classes) {
    TRYV(body.add({.info = {.name = {.cls = cls, .scope = {}, .epoch = body.next_epoch(cls, {})}, .not_before = now}}));
  }
  return ok();
}

}  // namespace

KeyRing::KeyRing(std::string path, RingLimits limits) : path_{std::move(path)}, limits_{limits} {}
KeyRing::~KeyRing() = default;

Result<void> KeyRing::create(const std::string& path, BytesView passphrase, crypto::Argon2idCost cost, Moment now) {
  if (passphrase.empty()) return fail(Errc::invalid_argument, "an empty passphrase");
  TRYV(check_cost(cost, RingLimits{}));
  RingState state;
  state.master = crypto::random_secret<32>();
  TRYV(wrap_under(state, passphrase, cost));
  TRYV(add_own_keys(state.body, now));
  const auto start = now - std::chrono::days{days_before_creation};
  for (std::size_t i = 0; i < ratchet_count; ++i) {
    const std::uint64_t period =
        static_cast<Ratchet>(i) == Ratchet::answer_hour ? hour_of(start).number : day_of(start).number;
    state.body.chains.at(i) = RatchetBase{.period = period, .value = crypto::random_secret<32>()};
  }
  return create_file(path, image_of(state));
}

Result<std::unique_ptr<KeyRing>> KeyRing::open(const std::string& path, RingLimits limits) {
  TRYV(read_ring(path, limits));
  std::error_code error;
  auto target = std::filesystem::is_symlink(path, error) ? std::filesystem::canonical(path, error).string() : path;
  if (error) return fail(Errc::io, path + ": " + error.message());
  return std::unique_ptr<KeyRing>{new KeyRing{std::move(target), limits}};  // NOLINT: the constructor is private
}

Result<void> KeyRing::unseal(BytesView passphrase) {
  const std::scoped_lock writing{writing_};
  TRY(file, read_ring(path_, limits_));
  TRY(state, unlock(file, passphrase));
  const std::scoped_lock lock{mutex_};
  if (state_ && state.body.serial < state_->body.serial) {
    return fail(Errc::conflict, path_ + " was replaced by an older ring");
  }
  adopt(std::make_unique<RingState>(std::move(state)));
  return ok();
}

void KeyRing::seal() noexcept {
  const std::scoped_lock lock{mutex_};
  if (state_) adopt(nullptr);
}

bool KeyRing::is_sealed() const noexcept {
  const std::scoped_lock lock{mutex_};
  return state_ == nullptr;
}

Result<void> KeyRing::change_passphrase(BytesView old_one, BytesView new_one) {
  if (new_one.empty()) return fail(Errc::invalid_argument, "an empty passphrase");
  const std::scoped_lock writing{writing_};
  TRY(held, FileLock::hold(path_, patience));
  TRY(file, read_ring(path_, limits_));
  TRY(state, unlock(file, old_one));
  TRYV(wrap_under(state, new_one, file.wrap.cost));
  TRYV(replace_secret_file(path_, image_of(state)));
  publish(std::make_unique<RingState>(std::move(state)));
  return ok();
}

Result<void> KeyRing::rekey() {
  return change([](RingState& state) -> Result<bool> {
    state.master = crypto::random_secret<32>();
    state.wrap = wrap_master(state.wrap.cost, state.wrap.salt, state.wrapping_key, state.master);
    TRYV(add_own_keys(state.body, Moment{}));
    return true;
  });
}

// The read side: one short lock, one look-up.

Result<Secret<32>> KeyRing::key(const KeyName& name) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  TRY(entry, state->body.live(name));
  return entry->bytes;
}

Result<std::shared_ptr<const crypto::HmacKey>> KeyRing::hmac_key(const KeyName& name) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  TRY(entry, state->body.live(name));
  if (!entry->hmac) return fail(Errc::invalid_argument, "keys of this class are not for HMAC");
  return entry->hmac;
}

Result<std::vector<KeyInfo>> KeyRing::list(KeyClass cls) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  std::vector<KeyInfo> out;
  for (auto at = state->body.entries.lower_bound(KeyName{.cls = cls}); at != state->body.entries.end(); ++at) {
    if (at->first.cls != cls) break;
    if (!at->second.destroyed) out.push_back(at->second.info);
  }
  return out;
}

Result<KeyInfo> KeyRing::newest(KeyClass cls, std::string_view scope) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  TRY(entry, state->body.newest(cls, scope));
  return entry->info;
}

Result<KeyRing::NewestHmacKey> KeyRing::newest_hmac_key(KeyClass cls, std::string_view scope) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  TRY(entry, state->body.newest(cls, scope));
  if (!entry->hmac) return fail(Errc::invalid_argument, "keys of this class are not for HMAC");
  return NewestHmacKey{.epoch = entry->info.name.epoch, .key = entry->hmac};
}

Result<std::uint64_t> KeyRing::next_epoch(KeyClass cls, std::string_view scope) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  return state->body.next_epoch(cls, scope);
}

Result<std::uint64_t> KeyRing::oldest(Ratchet ratchet) const {
  const std::scoped_lock lock{mutex_};
  TRY(state, open_state());
  TRY(base, state->body.chain(ratchet));
  return base->period;
}

Result<Secret<32>> KeyRing::period_key(Ratchet ratchet, std::uint64_t period) const {
  const std::scoped_lock lock{mutex_};
  TRY(chain, chain_for(ratchet, period));
  return chain->key(period);
}

// The write side: change a copy, make it durable, then show it.

Result<void> KeyRing::add(const KeyInfo& info, std::optional<Secret<32>> bytes) {
  const std::array one{NewKey{.info = info, .bytes = std::move(bytes)}};
  return add_all(one);
}

Result<void> KeyRing::add_all(std::span<const NewKey> keys) {
  return change([&](RingState& state) -> Result<bool> {
    for (const auto& key : keys) {
      TRYV(state.body.add(key));
    }
    return !keys.empty();
  });
}

Result<void> KeyRing::destroy(const KeyName& name) { return destroy_all({&name, 1}); }

Result<void> KeyRing::destroy_all(std::span<const KeyName> names) {
  return change([&](RingState& state) -> Result<bool> {
    bool any = false;
    for (const auto& name : names) {
      TRY(destroyed, state.body.destroy(name));
      any = any || destroyed;
    }
    return any;
  });
}

Result<void> KeyRing::destroy_before(Ratchet ratchet, std::uint64_t period) {
  return change([&](RingState& state) { return state.body.destroy_before(ratchet, period); });
}

Result<void> KeyRing::change(const std::function<Result<bool>(RingState&)>& make) {
  const std::scoped_lock writing{writing_};
  std::unique_ptr<RingState> next;
  {
    const std::scoped_lock lock{mutex_};
    TRY(state, open_state());
    next = std::make_unique<RingState>(*state);
  }
  TRY(held, FileLock::hold(path_, patience));
  TRY(caught_up, catch_up(*next, path_, limits_));
  TRY(changed, make(*next));
  // What was caught up on may be a change of our own of unknown outcome, made again now: so it is made durable again.
  if (changed || caught_up) {
    TRYV(replace_secret_file(path_, image_of(*next)));
  }
  publish(std::move(next));
  return ok();
}

Result<bool> KeyRing::refresh() {
  const std::scoped_lock writing{writing_};
  std::unique_ptr<RingState> next;
  {
    const std::scoped_lock lock{mutex_};
    TRY(state, open_state());
    next = std::make_unique<RingState>(*state);
  }
  TRY(held, FileLock::hold(path_, patience));  // whoever is changing it has made it durable then
  TRY(caught_up, catch_up(*next, path_, limits_));
  if (caught_up) publish(std::move(next));
  return caught_up;
}

// Shows a new state, unless the ring was sealed while it was made.
void KeyRing::publish(std::unique_ptr<RingState> next) noexcept {
  const std::scoped_lock lock{mutex_};
  if (state_) adopt(std::move(next));
}

void KeyRing::adopt(std::unique_ptr<RingState> next) noexcept {
  state_ = std::move(next);
  for (std::size_t i = 0; i < ratchet_count; ++i) {
    if (state_ && state_->body.chains.at(i)) {
      chains_.at(i).stand_on(*state_->body.chains.at(i));
    } else {
      chains_.at(i).clear();
    }
  }
  generation_.fetch_add(1, std::memory_order_acq_rel);
}

Result<const RingState*> KeyRing::open_state() const {
  if (!state_) return fail(Errc::sealed, "the key ring is sealed");
  return state_.get();
}

Result<RatchetChain*> KeyRing::chain_for(Ratchet ratchet, std::uint64_t period) const {
  TRY(state, open_state());
  TRY(base, state->body.chain(ratchet));
  if (period < base->period)
    return fail(Errc::denied, "the key of period " + std::to_string(period) + " was destroyed");
  if (period - base->period > ratchet_limit(ratchet)) {
    return fail(Errc::invalid_argument, "period " + std::to_string(period) + " is too far ahead");
  }
  return &chains_.at(static_cast<std::size_t>(ratchet));
}

}  // namespace lindung::store
