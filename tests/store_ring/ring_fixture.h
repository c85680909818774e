// A folder of its own for each test, and a ring in it that is cheap to unseal.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/passphrase.h"
#include "store/durable_file.h"
#include "store/ring.h"
#include "store/ring_file.h"

namespace lindung::store {

inline constexpr std::string_view passphrase{"empat belas gajah menyeberang"};
inline constexpr crypto::Argon2idCost small_cost{.passes = 1, .memory_bytes = 8192};
inline constexpr Moment now = moment_of(1'795'270'978);  // 2026-11-21T14:22:58Z

class RingTest : public ::testing::Test {
 protected:
  RingTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lindung-ring-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RingTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(std::string_view name = "ring") const { return folder_ + "/" + std::string{name}; }

  void create() const {
    const auto created = KeyRing::create(path(), as_bytes(passphrase), small_cost, now);
    ASSERT_TRUE(created.has_value()) << created.error().text();
  }

  [[nodiscard]] std::unique_ptr<KeyRing> open_unsealed() const {
    auto ring = KeyRing::open(path());
    if (ring.has_error()) {
      ADD_FAILURE() << ring.error().text();
      return nullptr;
    }
    const auto unsealed = ring.value()->unseal(as_bytes(passphrase));
    if (unsealed.has_error()) ADD_FAILURE() << unsealed.error().text();
    return std::move(ring).value();
  }

  [[nodiscard]] std::unique_ptr<KeyRing> create_unsealed() const {
    create();
    return open_unsealed();
  }

  [[nodiscard]] Bytes file_bytes() const {
    const auto read = read_file(path(), max_ring_bytes);
    if (read.has_error()) {
      ADD_FAILURE() << read.error().text();
      return {};
    }
    return {read.value().begin(), read.value().end()};
  }

  void write_raw(BytesView content, std::string_view name = "ring") const {
    std::ofstream out{path(name), std::ios::binary | std::ios::trunc};
    out << as_text(content);
    ASSERT_TRUE(out.flush().good());
  }

  // What someone with the passphrase reads out of the file.
  [[nodiscard]] SecretBytes opened_body() const {
    const auto bytes = file_bytes();
    const auto file = parse_ring_file(bytes, RingLimits{}).value();
    const auto wrapping = crypto::key_from_passphrase(as_bytes(passphrase), file.wrap.salt, file.wrap.cost).value();
    return open_ring_body(file, unwrap_master(file.wrap, wrapping).value()).value();
  }

  std::string folder_;
};

inline bool holds(BytesView haystack, BytesView needle) { return !std::ranges::search(haystack, needle).empty(); }

template <class T>
[[nodiscard]] Errc code_of(const Result<T>& result) {
  if (result.has_error()) return result.error().code;
  ADD_FAILURE() << "expected an error";
  return Errc{255};
}

inline Secret<32> secret_of_bytes(std::uint8_t fill) {
  ByteArray<32> bytes{};
  bytes.fill(fill);
  return Secret<32>{bytes};
}

inline bool same(const Secret<32>& a, const Secret<32>& b) { return equal_secret(a.view(), b.view()); }

}  // namespace lindung::store
