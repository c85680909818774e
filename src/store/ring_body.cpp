#include "store/ring_body.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::store {
namespace {

constexpr std::uint64_t layout = 1;
constexpr std::size_t key_size = 32;
constexpr std::size_t table_length_size = sizeof(std::uint32_t);
constexpr std::size_t max_scope = 64;
constexpr std::uint64_t max_exchange_number = 255;               // one byte on the wire, protocol.md section 4
constexpr std::chrono::days exchange_number_rest{30};            // protocol.md section 3
constexpr std::uint64_t max_epoch = std::uint64_t{1} << 62U;     // next_epoch() never wraps
constexpr std::uint64_t max_moment_s = std::uint64_t{1} << 61U;  // leaves room for arithmetic with days

bool is_scope(std::string_view scope) noexcept {
  return scope.size() <= max_scope && std::ranges::all_of(scope, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_moment(Moment at) noexcept { return at >= Moment{} && at <= moment_of(max_moment_s); }

// Keys of these classes are handed to other algorithms only.
bool is_hmac_class(KeyClass cls) noexcept {
  return cls != KeyClass::exchange && cls != KeyClass::directory && cls != KeyClass::log;
}

std::string text_of(const KeyName& name) {
  return "key " + std::to_string(static_cast<unsigned>(name.cls)) + "/" + name.scope + "/" + std::to_string(name.epoch);
}

void set_bytes(RingEntry& entry, const Secret<key_size>& bytes) {
  entry.bytes = bytes;
  if (is_hmac_class(entry.info.name.cls)) entry.hmac = std::make_shared<const crypto::HmacKey>(bytes.view());
}

bool overlap(const KeyInfo& a, const KeyInfo& b) noexcept {
  return a.number == b.number && a.not_before < b.not_after + exchange_number_rest &&
         b.not_before < a.not_after + exchange_number_rest;
}

auto damaged(const char* what) { return fail(Errc::corrupt, std::string{"the ring's table: "} + what); }

// The table was written by us and is authenticated: what CBOR calls malformed is corrupt here.
template <class T>
Result<T> of_table(Result<T> read) {
  if (read.has_error()) return fail(Errc::corrupt, "the ring's table: " + read.error().detail);
  return read;
}

Result<RingEntry> read_entry(codec::CborReader& table) {
  constexpr std::uint64_t fields = 7;
  TRY(count, of_table(table.array()));
  if (count != fields) return damaged("a key of another shape");
  TRY(cls, of_table(table.uint()));
  TRY(scope, of_table(table.text()));
  TRY(epoch, of_table(table.uint()));
  TRY(number, of_table(table.uint()));
  TRY(not_before, of_table(table.uint()));
  TRY(not_after, of_table(table.uint()));
  TRY(destroyed, of_table(table.uint()));
  if (cls == 0) return damaged("a key without a class");
  if (cls > static_cast<std::uint64_t>(last_key_class)) {
    return fail(Errc::unsupported, "the ring holds keys of class " + std::to_string(cls) + ", of a newer program");
  }
  if (!is_scope(scope) || destroyed > 1 || not_before > max_moment_s || not_after > max_moment_s) {
    return damaged("a field out of range");
  }
  return RingEntry{.info = {.name = {.cls = static_cast<KeyClass>(cls), .scope = std::string{scope}, .epoch = epoch},
                            .number = number,
                            .not_before = moment_of(not_before),
                            .not_after = moment_of(not_after)},
                   .destroyed = destroyed == 1};
}

Result<void> read_keys(RingBody& body, codec::CborReader& table) {
  TRY(count, of_table(table.array()));
  if (count > max_ring_keys) return damaged("too many keys");
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(entry, read_entry(table));
    if (!body.entries.empty() && entry.info.name <= body.entries.rbegin()->first) return damaged("keys out of order");
    const auto name = entry.info.name;
    body.entries.emplace_hint(body.entries.end(), name, std::move(entry));
  }
  return ok();
}

Result<void> read_chains(RingBody& body, codec::CborReader& table) {
  TRY(count, of_table(table.array()));
  std::uint64_t least = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(fields, of_table(table.array()));
    if (fields != 2) return damaged("a chain of another shape");
    TRY(ratchet, of_table(table.uint()));
    TRY(period, of_table(table.uint()));
    if (ratchet >= ratchet_count) {
      return fail(Errc::unsupported, "the ring holds chain " + std::to_string(ratchet) + ", of a newer program");
    }
    if (ratchet < least) return damaged("chains out of order");
    least = ratchet + 1;
    body.chains.at(ratchet) = RatchetBase{.period = period};
  }
  return ok();
}

class KeyBytes {
 public:
  explicit KeyBytes(BytesView bytes) noexcept : left_{bytes} {}
  Result<Secret<key_size>> next() {
    if (left_.size() < key_size) return damaged("fewer key bytes than keys");
    Secret<key_size> out;
    std::ranges::copy(left_.first(key_size), out.mutable_view().begin());
    left_ = left_.subspan(key_size);
    return out;
  }
  [[nodiscard]] bool is_empty() const noexcept { return left_.empty(); }

 private:
  BytesView left_;
};

}  // namespace

Result<void> RingBody::add(const NewKey& key) {
  const auto& info = key.info;
  const bool is_class = info.name.cls >= KeyClass::exchange && info.name.cls <= last_key_class;
  if (!is_class || info.name.epoch > max_epoch || !is_scope(info.name.scope) || !is_moment(info.not_before) ||
      !is_moment(info.not_after)) {
    return fail(Errc::invalid_argument, "a key's class, scope, epoch or time is out of range");
  }
  if (entries.contains(info.name)) return fail(Errc::conflict, text_of(info.name) + " exists or existed");
  if (entries.size() >= max_ring_keys) return fail(Errc::too_large, "the ring is full");
  if (info.name.cls == KeyClass::exchange) {
    if (info.number > max_exchange_number) return fail(Errc::invalid_argument, "an exchange key's number is one byte");
    for (const auto& [name, entry] : entries) {
      if (name.cls == KeyClass::exchange && overlap(entry.info, info)) {
        return fail(Errc::conflict, "the number of " + text_of(info.name) + " rests 30 days after " + text_of(name));
      }
    }
  }
  RingEntry entry{.info = info};
  set_bytes(entry, key.bytes ? *key.bytes : crypto::random_secret<key_size>());
  entries.emplace(info.name, std::move(entry));
  return ok();
}

Result<bool> RingBody::destroy(const KeyName& name) {
  const auto found = entries.find(name);
  if (found == entries.end()) return fail(Errc::not_found, text_of(name) + " never existed");
  auto& entry = found->second;
  if (entry.destroyed) return false;
  entry.destroyed = true;
  entry.bytes.clear();
  entry.hmac.reset();
  return true;
}

Result<bool> RingBody::destroy_before(Ratchet ratchet, std::uint64_t period) {
  TRY(base, chain(ratchet));
  if (period <= base->period) return false;
  if (period - base->period > ratchet_limit(ratchet)) {
    return fail(Errc::invalid_argument, "period " + std::to_string(period) + " is too far ahead");
  }
  chains.at(static_cast<std::size_t>(ratchet)) = later_base(*base, period);
  return true;
}

Result<const RingEntry*> RingBody::live(const KeyName& name) const {
  const auto found = entries.find(name);
  if (found == entries.end()) return fail(Errc::not_found, text_of(name) + " never existed");
  if (found->second.destroyed) return fail(Errc::denied, text_of(name) + " was destroyed");
  return &found->second;
}

Result<const RingEntry*> RingBody::newest(KeyClass cls, std::string_view scope) const {
  auto behind = entries.upper_bound(
      KeyName{.cls = cls, .scope = std::string{scope}, .epoch = std::numeric_limits<std::uint64_t>::max()});
  while (behind != entries.begin()) {
    const auto& [name, entry] = *std::prev(behind);
    if (name.cls != cls || name.scope != scope) break;
    if (!entry.destroyed) return &entry;
    --behind;
  }
  return fail(Errc::not_found,
              "no live key of class " + std::to_string(static_cast<unsigned>(cls)) + "/" + std::string{scope});
}

std::uint64_t RingBody::next_epoch(KeyClass cls, std::string_view scope) const {
  const auto behind = entries.upper_bound(
      KeyName{.cls = cls, .scope = std::string{scope}, .epoch = std::numeric_limits<std::uint64_t>::max()});
  if (behind == entries.begin()) return 1;
  const auto& name = std::prev(behind)->first;
  return name.cls == cls && name.scope == scope ? name.epoch + 1 : 1;
}

Result<const RatchetBase*> RingBody::chain(Ratchet ratchet) const {
  const auto index = static_cast<std::size_t>(ratchet);
  if (index >= ratchet_count || !chains.at(index)) {
    return fail(Errc::not_found, "the ring has no chain " + std::to_string(index));
  }
  return &*chains.at(index);
}

SecretBytes write_ring_body(const RingBody& body) {
  codec::CborWriter table;
  std::size_t secrets = 0;
  table.array(4).uint(layout).uint(body.serial).array(body.entries.size());
  for (const auto& [name, entry] : body.entries) {
    table.array(7).uint(static_cast<std::uint64_t>(name.cls)).text(name.scope).uint(name.epoch);
    table.uint(entry.info.number).uint(unix_seconds(entry.info.not_before)).uint(unix_seconds(entry.info.not_after));
    table.uint(entry.destroyed ? 1 : 0);
    secrets += entry.destroyed ? 0 : 1;
  }
  const auto chains = std::ranges::count_if(body.chains, [](const auto& base) { return base.has_value(); });
  secrets += static_cast<std::size_t>(chains);
  table.array(static_cast<std::uint64_t>(chains));
  for (std::size_t i = 0; i < ratchet_count; ++i) {
    if (const auto& base = body.chains.at(i)) table.array(2).uint(i).uint(base->period);
  }

  SecretBytes out;
  out.reserve(table_length_size + table.view().size() + secrets * key_size);
  out.resize(table_length_size);
  put_be(MutableBytes{out}, static_cast<std::uint32_t>(table.view().size()));
  const auto append = [&out](BytesView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
  append(table.view());
  for (const auto& [name, entry] : body.entries) {
    if (!entry.destroyed) append(entry.bytes.view());
  }
  for (const auto& base : body.chains) {
    if (base) append(base->value.view());
  }
  return out;
}

Result<RingBody> read_ring_body(BytesView bytes) {
  if (bytes.size() < table_length_size) return damaged("too short");
  const std::size_t length = get_be<std::uint32_t>(bytes.first(table_length_size));
  bytes = bytes.subspan(table_length_size);
  if (length > bytes.size()) return damaged("longer than the ring");
  codec::CborReader table{bytes.first(length)};
  RingBody body;
  TRY(fields, of_table(table.array()));
  TRY(found, of_table(table.uint()));
  if (found != layout) return fail(Errc::unsupported, "the ring's table has layout " + std::to_string(found));
  if (fields != 4) return damaged("of another shape");
  TRY(serial, of_table(table.uint()));
  body.serial = serial;
  TRYV(read_keys(body, table));
  TRYV(read_chains(body, table));
  TRYV(of_table(table.end()));

  KeyBytes secrets{bytes.subspan(length)};
  for (auto& [name, entry] : body.entries) {
    if (entry.destroyed) continue;
    TRY(secret, secrets.next());
    set_bytes(entry, secret);
  }
  for (auto& base : body.chains) {
    if (!base) continue;
    TRY(secret, secrets.next());
    base->value = secret;
  }
  if (!secrets.is_empty()) return damaged("more key bytes than keys");
  return body;
}

}  // namespace lindung::store
