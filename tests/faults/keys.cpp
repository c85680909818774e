// Prints every secret of a key ring as bytes in hex and a name, a line each: faults_keys RING < PASSPHRASE
// The keys themselves, the master key and the one that wraps it, the hash states that are kept of keys for HMAC, the
// bases of the chains, and the keys of today. What is derived beyond that is made from these by whoever asks.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "store/durable_file.h"
#include "store/ring.h"
#include "store/ring_body.h"
#include "store/ring_file.h"
#include "store/ring_ratchet.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "faults_keys: %s\n", what.c_str());
  std::exit(1);
}

template <class T>
T value_of(Result<T> result) {
  if (result.has_error()) die(result.error().detail);
  return std::move(result).value();
}

void print(BytesView bytes, const std::string& name) {
  std::printf("%s %s\n", codec::hex(bytes).c_str(), name.c_str());
}

std::string name_of(const store::KeyName& name) {
  constexpr std::array names{"",
                             "exchange",
                             "directory",
                             "log",
                             "row",
                             "blind",
                             "partner_index",
                             "partner_rotation",
                             "partner_trace",
                             "citizen_wrap",
                             "link_commit",
                             "authority",
                             "document_signer",
                             "card_signer",
                             "pass_signer",
                             "15",
                             "16",
                             "17",
                             "report_exchange",
                             "report_seal",
                             "consent_signer"};
  static_assert(names.size() == static_cast<std::size_t>(store::last_key_class) + 1);
  return std::string{"key "} + names.at(static_cast<std::size_t>(name.cls)) + " " + name.scope + " " +
         std::to_string(name.epoch);
}

// A prepared key is two hash states of 112 bytes, each beginning with the eight words that depend on the key.
void print_states(const crypto::HmacKey& key, const std::string& name) {
  constexpr std::size_t words = 32;
  const BytesView memory{reinterpret_cast<const std::uint8_t*>(&key), sizeof key};  // NOLINT: as it lies there
  print(memory.first(words), name + ", inner state");
  print(memory.subspan(sizeof key / 2, words), name + ", outer state");
}

void print_chains(const store::RingBody& body) {
  const auto now = SystemClock{}.now();
  for (std::size_t i = 0; i < store::ratchet_count; ++i) {
    const auto ratchet = static_cast<store::Ratchet>(i);
    const auto period = ratchet == store::Ratchet::answer_hour ? hour_of(now).number : day_of(now).number;
    const auto& base = *value_of(body.chain(ratchet));
    store::RatchetChain chain;
    chain.stand_on(base);
    print(base.value.view(), "chain " + std::to_string(i));
    print(chain.key(period).view(), "chain " + std::to_string(i) + " of now");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) die("RING < PASSPHRASE");
  const std::string path = argv[1];
  std::string passphrase;
  std::getline(std::cin, passphrase);
  const auto file = value_of(store::parse_ring_file(value_of(store::read_file(path, store::max_ring_bytes)), {}));
  const auto wrapping = value_of(crypto::key_from_passphrase(as_bytes(passphrase), file.wrap.salt, file.wrap.cost));
  const auto master = value_of(store::unwrap_master(file.wrap, wrapping));
  print(wrapping.view(), "wrapping key");
  print(master.view(), "master key");
  const auto body = value_of(store::read_ring_body(value_of(store::open_ring_body(file, master))));
  for (const auto& [name, entry] : body.entries) {
    if (entry.destroyed) continue;
    print(entry.bytes.view(), name_of(name));
    if (entry.hmac) print_states(*entry.hmac, name_of(name));
  }
  print_chains(body);
  return 0;
}
